import base64
import io
import json

from openpyxl import load_workbook

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged

from ..tools.documents import template
from .common import plain
from .intake_common import IntakeCase


@tagged("post_install", "-at_install")
class TestIntakeChannel(IntakeCase):
    """What the settings of a channel do."""

    def test_name_and_code_are_enough(self):
        form = Form(self.env["order.channel"].with_user(self.users["manager"]))
        form.name, form.code = "Shop", "NEW"
        form.save()
        answer = self.submit_one(self._document("W-1"), channel="NEW")
        self.assertEqual((answer["outcome"], answer["hold_state"]), ("created", "clear"))

    def test_who_may_use_it(self):
        self.channel.user_ids = self.users["clerk"]
        for role in ("clerk", "manager"):
            with self.subTest(role=role):
                answer = self.submit_one(self._document(f"W-{role}"), role=role)
                self.assertEqual(answer["outcome"], "created")
        intake = self.env["order.intake"].browse(answer["intake_id"])
        before = self.env["order.intake"].search_count([])
        with self.assertRaises(AccessError):
            self.submit(self._document("W-9"))
        with self.assertRaises(AccessError):
            self.as_role("order.intake", "integration").find("WEB", ["W-clerk"])
        with self.assertRaises(AccessError):
            plain(self.as_role(intake, "integration")).retry()
        self.assertEqual(self.env["order.intake"].search_count([]), before)

    def test_archived_channel_takes_nothing(self):
        self.channel.active = False
        with self.assertRaisesRegex(AccessError, "archived"):
            self.submit(self._document("W-1"))

    def test_defaults(self):
        term = self.env["account.payment.term"].search([], limit=1)
        carrier = self.env["delivery.carrier"].create(
            {"name": "Post", "product_id": self._create_product("P", type="service").id}
        )
        self.channel.write(
            {"carrier_id": carrier.id, "payment_term_id": term.id, "ship_complete": True}
        )
        order = self.order_of(self.submit_one(self._document("W-1")))
        self.assertEqual((order.carrier_id, order.payment_term_id), (carrier, term))
        self.assertEqual(order.picking_policy, "one")
        order = self.order_of(self.submit_one(self._document("W-2", ship_complete=False)))
        self.assertEqual(order.picking_policy, "direct")

    def test_hold_policy_holds_whatever_the_check_s_severity(self):
        check = self.env.ref("order_management.order_check_price_deviation")
        check.severity = "warning"
        expected = {"keep": "warning", "hold": "held", "ours": "clear"}
        for policy, state in expected.items():
            with self.subTest(policy=policy):
                self.channel.price_policy = policy
                answer = self.submit_one(self._document(f"H-{policy}", ("OM-A", 1, 40.0)))
                self.assertEqual(answer["hold_state"], state)
                answer = self.submit_one(self._document(f"T-{policy}", ("OM-A", 1, 49.0)))
                self.assertEqual(answer["hold_state"], "clear", "at the tolerance")

    def test_channel_with_orders_is_not_deleted(self):
        self.submit_one(self._document("W-1"))
        with self.assertRaises(Exception) as caught:
            self.channel.with_user(self.users["manager"]).unlink()
        self.assertNotIsInstance(caught.exception, AccessError)


@tagged("post_install", "-at_install")
class TestIntakeInvoiceOn(IntakeCase):
    """Orders are invoiced by themselves when their channel says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ordered = cls._create_product("OM-O", price=20.0, stock=50, invoice_policy="order")
        cls.delivered = cls._create_product("OM-D", price=20.0, stock=50, invoice_policy="delivery")

    def order_from(self, moment, sku):
        self.channel.invoice_on = moment
        answer = self.submit_one(self._document(f"{moment}-{sku}", (sku, 2)), process="confirm")
        self.assertEqual(answer["order_state"], "sale", answer)
        return self.order_of(answer)

    def run_outbox(self):
        with self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_outbox").method_direct_trigger()
        self.env.invalidate_all()

    def ship(self, order):
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()

    def test_confirmation(self):
        order = self.order_from("confirmation", "OM-O")
        self.assertFalse(order.invoice_ids)
        self.run_outbox()
        self.assertEqual((order.invoice_ids.state, order.invoice_ids.amount_total), ("posted", 40))
        later = self.order_from("confirmation", "OM-D")
        self.run_outbox()
        self.assertFalse(later.invoice_ids)

    def test_shipment(self):
        order = self.order_from("shipment", "OM-D")
        self.run_outbox()
        self.assertFalse(order.invoice_ids)
        self.ship(order)
        self.run_outbox()
        self.assertEqual((order.invoice_ids.state, order.invoice_ids.amount_total), ("posted", 40))
        self.run_outbox()
        self.assertEqual(len(order.invoice_ids), 1)

    def test_delivery(self):
        order = self.order_from("delivery", "OM-D")
        self.ship(order)
        self.run_outbox()
        self.assertFalse(order.invoice_ids)
        shipments = self.env["order.shipment"].search([("order_ids", "in", order.ids)])
        plain(self.as_role(shipments, "integration")).confirm_delivery("2026-03-02T10:00:00Z")
        self.run_outbox()
        self.assertEqual(order.invoice_ids.state, "posted")

    def test_never(self):
        order = self.order_from("never", "OM-O")
        self.ship(order)
        self.run_outbox()
        self.assertFalse(order.invoice_ids)


@tagged("post_install", "-at_install", "om_lean")
class TestIntakeTables(IntakeCase):
    """Tables of a channel, with its own headers, numbers and dates."""

    def csv(self, text, channel="WEB", **values):
        content = base64.b64encode(text.encode()).decode()
        return self.submit(
            {"format": "csv", "filename": "a.csv", "content": content}, channel=channel, **values
        )

    def map_columns(self, **columns):
        self.channel.column_ids = [
            Command.create({"header": header.replace("_", " "), "key": key})
            for header, key in columns.items()
        ]

    def test_mapping_decimal_comma_and_local_date(self):
        self.warehouse.partner_id.tz = "Europe/Brussels"
        self.channel.decimal_sign = "comma"
        self.map_columns(
            Bestell_Nr="external_ref", Kunde="customer.name", Artikel="lines.sku",
            Menge="lines.quantity", Preis="lines.unit_price", Datum="ordered_at", Lager="-",
        )  # fmt: skip
        answers = self.csv(
            "Bestell Nr;Kunde;Artikel;Menge;Preis;Datum;LAGER\n"
            "B-1;Muster;OM-A;2,5;49,50;03.07.2026 09:30;x\n"
            "B-2;Muster;OM-A;1;50;03.01.2026 09:30;x\n"
        )
        self.assertOutcomes(answers, "created", "created")
        first, second = (self.order_of(answer) for answer in answers)
        self.assertEqual(first.order_line.product_uom_qty, 2.5)
        self.assertEqual(first.amount_untaxed, 123.75)
        self.assertEqual(str(first.date_order), "2026-07-03 07:30:00")
        self.assertEqual(str(second.date_order), "2026-01-03 08:30:00")
        again = self.csv(
            "external_ref;customer.name;lines.sku;lines.quantity;lines.unit_price;ordered_at\n"
            "B-1;Muster;OM-A;2,5;49,5;2026-07-03T07:30:00Z\n"
        )
        self.assertOutcomes(again, "replayed")

    def test_month_first(self):
        self.channel.date_order = "month"
        text = "external_ref,customer.name,lines.sku,lines.quantity,requested_date\n"
        (answer,) = self.csv(text + "B-1,Muster,OM-A,1,07/03/2026\n")
        self.assertEqual(str(self.order_of(answer).commitment_date.date()), "2026-07-03")

    def test_unmapped_header_is_told(self):
        self.map_columns(Kunde="customer.name", Rest=False)
        (answer,) = self.csv("external_ref,Kunde,lines.sku,lines.quantity,Rest\nB,M,OM-A,1,x\n")
        self.assertEqual(answer["errors"][0]["code"], "unknown_key")

    def test_headers_stand_once(self):
        self.map_columns(Kunde="customer.name")
        for header, key in (("KUNDE", "customer.ref"), ("Name", "customer.name")):
            with self.subTest(header=header), self.assertRaises(ValidationError):
                self.map_columns(**{header: key})

    def test_headers_read_from_a_file(self):
        text = b"external_ref;Kunde;quantity;Postcode\n"
        form = Form(self.channel.with_user(self.users["manager"]))
        form.headers_file = base64.b64encode(text)
        form.save()
        self.assertEqual(
            [(column.header, column.key) for column in self.channel.column_ids],
            [("Kunde", False), ("quantity", "lines.quantity"), ("Postcode", False)],
        )

    def test_template_comes_back_as_an_order(self):
        for sku in ("CHAIR-RED", "LAMP-SMALL"):
            self._create_product(sku, stock=9)
        self.map_columns(Bestellung="external_ref", Artikel="lines.sku")
        self.channel.company_id.currency_id.flush_recordset()
        for ending in ("csv", "xlsx"):
            with self.subTest(ending=ending):
                content = self.channel._get_template(ending)
                if ending == "xlsx":
                    sheet = load_workbook(io.BytesIO(content)).active
                    headers = [cell.value for cell in sheet[1]]
                    self.assertIn("Bestellung", headers)
                    self.assertNotIn("external_ref", headers)
                document = {"format": ending, "content": base64.b64encode(content).decode()}
                (answer,) = self.submit(document)
                codes = {problem["code"] for problem in answer["errors"]}
                self.assertLessEqual(codes, {"unknown_currency"}, answer)
        self.assertEqual(template("csv"), template("csv", {}))

    def test_retry_reads_by_the_channel_s_columns(self):
        (answer,) = self.csv("Nr,customer.name,lines.sku,lines.quantity\nB-1,M,OM-A,1\n")
        self.assertEqual(answer["outcome"], "rejected")
        intake = self.env["order.intake"].browse(answer["intake_id"])
        self.map_columns(Nr="external_ref")
        content = base64.b64encode(
            b"Nr,customer.name,lines.sku,lines.quantity\nB-1,M,OM-A,1\n"
        ).decode()
        (answer,) = plain(self.as_role(intake, "clerk")).retry({"format": "csv",
                                                               "content": content})  # fmt: skip
        self.assertEqual(answer["outcome"], "created", json.dumps(answer["errors"]))


@tagged("post_install", "-at_install")
class TestIntakeTemplateDownload(HttpCase, IntakeCase):
    def test_who_downloads(self):
        url = f"/order_management/template/{self.channel.id}"
        expected = {"om_clerk": 200, "om_integration": 200, "om_manager": 200, "om_picker": 404}
        for login, status in expected.items():
            self.users[login[3:]].password = login + "-pass"
            self.authenticate(login, login + "-pass")
            for ending in ("csv", "xlsx"):
                with self.subTest(login=login, ending=ending):
                    self.assertEqual(self.url_open(f"{url}.{ending}").status_code, status)
        self.assertEqual(self.url_open("/order_management/template/0.csv").status_code, 404)
