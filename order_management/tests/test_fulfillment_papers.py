import base64
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..models.fulfillment.papers import PAPERS
from .fulfillment_common import PREFIX, FulfillmentCase
from .label_reader import CODE_128, read_pdf, read_pdf_texts

STATE = "odoo.addons.base.models.ir_actions_report.IrActionsReport.get_wkhtmltopdf_state"
RUN = "odoo.addons.base.models.ir_actions_report.IrActionsReport._run_wkhtmltopdf"
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TITLES = {
    "packing_slip": "Packing slip",
    "pick_list": "Pick list",
    "commercial_invoice": "Commercial invoice",
    "return_slip": "Return slip",
}


def without_pdf():
    """A server without wkhtmltopdf."""
    return patch(STATE, return_value="install")


@tagged("post_install", "-at_install", "om_full")
class TestFulfillmentPapers(FulfillmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["order.check"].search([]).write({"mode": "off"})
        cls.warehouse.gs1_company_prefix = PREFIX
        cls.box = cls.env["stock.package.type"].create({"name": "Box M", "base_weight": 0.5})
        cls.product.weight = 2.0
        cls.picking = cls._create_delivery(
            [(cls.product, 3), (cls.other, 1)], client_order_ref="PO-77"
        )
        cls.seen = cls.as_role(cls.picking, "picker")
        line = cls.picking.move_line_ids[0]
        contents = [{"move_line_id": line.id, "quantity": 2}]
        cls.seen.pack(contents=contents, package_type_id=cls.box.id)
        rest = cls.picking.move_line_ids.filtered(lambda line: not line.result_package_id)
        cls.seen.pack(contents=[{"move_line_id": line.id} for line in rest], weight=7.25)

    def _prepare(self, picking=None, kind="packing_slip"):
        picking = picking or self.picking
        return PAPERS[kind].prepare_contents(picking.sudo())[picking.id]

    def _render_html(self, kind, picking=None, role="picker"):
        report = self.as_role("ir.actions.report", role)
        ids = (picking or self.picking).ids
        return report._render_qweb_html(PAPERS[kind].report, ids)[0].decode()

    def test_papers_of_two_transfers(self):
        """One run of wkhtmltopdf a kind; each document is its own, with its bars and texts."""
        second = self._create_delivery([(self.product, 1)])
        pickings = self.seen + self.as_role(second, "picker")
        report = self.env["ir.actions.report"]
        runs = []
        original = type(report)._run_wkhtmltopdf

        def count(records, bodies, **options):
            runs.append(len(bodies))
            return original(records, bodies, **options)

        with patch.object(type(report), "_run_wkhtmltopdf", count):
            answers = pickings.render_documents(list(TITLES))
        self.assertEqual(runs, [1, 1, 1, 1])
        expected = [(one.id, kind) for one in pickings for kind in TITLES]
        self.assertEqual([(one["picking_id"], one["kind"]) for one in answers], expected)
        for answer in answers:
            with self.subTest(picking=answer["picking_id"], kind=answer["kind"]):
                picking = self.env["stock.picking"].browse(answer["picking_id"])
                self.assertEqual(
                    (answer["ok"], answer["errors"], answer["format"]), (True, [], "pdf")
                )
                number = picking.name.replace("/", "-")
                self.assertEqual(answer["filename"], f"{answer['kind']}_{number}.pdf")
                content = base64.b64decode(answer["content"])
                (codes,) = read_pdf(content, CODE_128)
                name = picking.name if answer["kind"] == "pick_list" else picking.sale_id.name
                self.assertEqual(codes, [("]C0", name)])
                (text,) = read_pdf_texts(content)
                self.assertIn(TITLES[answer["kind"]], text)
                self.assertIn(picking.name, text)
        self.assertEqual(self.picking.state, "assigned")

    def test_many_lines(self):
        """Forty lines go over two pages; each has the table's head and its number."""
        items = [self._create_product(f"OM-M{at:02}", stock=5) for at in range(40)]
        picking = self._create_delivery([(item, 1) for item in items])
        (answer,) = self.as_role(picking, "picker").render_documents(["packing_slip"])
        texts = read_pdf_texts(base64.b64decode(answer["content"]))
        self.assertEqual(len(texts), 2)
        for number, text in enumerate(texts, 1):
            self.assertIn("Shipped now", text)
            self.assertIn(f"{number} / 2", text)
        found = [[item.default_code in text for text in texts].count(True) for item in items]
        self.assertEqual(found, [1] * 40)

    def test_scenario_21(self):
        """Two parcels of a delivery, from the first scan to a voided label."""
        self.customer.packing_slip_prices = "without"
        picking = self._create_delivery([(self.product, 3)])
        seen = self.as_role(picking, "picker")
        clerk = self.as_role("order.shipment", "integration")
        seen.scan("OM-A", 2)
        open_number = {"picking_id": picking.id, "tracking_ref": "T-0"}
        self.assertFalse(picking.move_line_ids.result_package_id, "no parcel, no label")
        empty = self.env["stock.package"].create({"name": "EMPTY"})
        refused = self.as_role(empty, "picker").render_labels()[0]
        self.assertEqual(
            (refused["content"], refused["errors"][0]["code"]), (False, "not_possible")
        )
        seen.pack()
        seen.scan("OM-A", 1)
        seen.pack()
        self.assertFalse(clerk.register([open_number])[0]["ok"], "of which parcel?")
        parcels = picking.move_line_ids.result_package_id.sorted("id")
        held = [sum(picking.move_line_ids.filtered(
            lambda line, parcel=parcel: line.result_package_id == parcel
        ).mapped("quantity")) for parcel in parcels]  # fmt: skip
        self.assertEqual(held, [2.0, 1.0])
        answers = clerk.register(
            [{"package_id": parcel.id, "tracking_ref": f"T-{parcel.id}"} for parcel in parcels]
        )
        first, second = clerk.browse([answer["shipment_id"] for answer in answers])
        prints = [self.as_role(parcels, "picker").render_labels() for _time in range(2)]
        self.assertEqual([row["copy"] for row in prints[0] + prints[1]], [1, 1, 2, 2])
        numbers = [[row["sscc"] for row in rows] for rows in prints]
        self.assertEqual(numbers[0], numbers[1])
        self.assertEqual(len(set(numbers[0])), 2)
        self.assertTrue(first.void("torn")[0]["voided"])
        self.assertEqual((first.is_void, second.is_void), (True, False))
        self.assertEqual(picking.carrier_tracking_ref, second.tracking_ref)
        self.assertNotIn("50.00", self._render_html("packing_slip", picking))

    def test_contents_add_up(self):
        """Scenario 21: 2 + 1 = 3; parcels carry the numbers and weights of their labels."""
        content = self._prepare()
        first, second = content["parcels"]
        self.assertEqual(
            [(row["sku"], row["ordered"], row["quantity"]) for row in first["rows"]],
            [("OM-A", "3", "2")],
        )
        self.assertEqual(
            [(row["sku"], row["ordered"], row["quantity"]) for row in second["rows"]],
            [("OM-A", "3", "1"), ("OM-B", "1", "1")],
        )
        packages = self.picking.move_line_ids.result_package_id.sorted("id")
        self.assertEqual([part["sscc"] for part in content["parcels"]], packages.mapped("sscc"))
        self.assertEqual([part["weight"] for part in content["parcels"]], ["4.50", "7.25"])
        self.assertEqual((first["box"], first["number"], first["count"]), ("Box M", 1, 2))
        self.assertEqual((content["reference"], content["weight"]), ("PO-77", "11.75"))
        self.assertEqual(content["ship_to"][0], "Deco Sud")

    def test_prices_as_the_customer_wishes(self):
        """Scenario 21; contacts inherit, the company decides for the rest, gifts never show any."""
        contact = self.env["res.partner"].create({"name": "Ana", "parent_id": self.customer.id})
        order = self.picking.sale_id
        cases = [
            # customer's wish, company shows, gift, expected
            (False, False, False, False),
            (False, True, False, True),
            ("without", True, False, False),
            ("with", False, False, True),
            ("with", True, "Happy birthday!", False),
        ]
        for wish, company, gift, expected in cases:
            with self.subTest(wish=wish, company=company, gift=gift):
                self.customer.packing_slip_prices = wish
                self.company.packing_slip_prices = company
                order.gift_message = gift
                self.assertIs(self._prepare()["with_prices"], expected)
                self.assertIs(contact._wants_prices_on_slips(self.company), expected or bool(gift))
                html = self._render_html("packing_slip")
                self.assertEqual("150.00" in html or "50.00" in html, expected)
                self.assertEqual("Happy birthday!" in html, bool(gift))

    def test_prices_of_parts(self):
        """What is shown per parcel and per transfer adds up to the order's line, to the cent."""
        self.customer.packing_slip_prices = "with"
        picking = self._create_delivery([(self.product, 3, 17.77)])
        order = picking.sale_id
        order.order_line.discount = 5.0  # 50.64
        seen = self.as_role(picking, "picker")
        amounts = []
        for coming in ("2", "1", ""):
            seen.scan("OM-A")
            seen.ship()
            amounts.append(float(self._prepare(picking)["total"]))
            backorder = picking.backorder_ids
            ((part,),) = self._prepare(picking)["pages"]
            rows = part["rows"]
            self.assertEqual(rows[0]["open"], coming)
            self.assertEqual((rows[0]["price"], rows[0]["discount"]), ("17.77", "5 %"))
            picking, seen = backorder, self.as_role(backorder, "picker")
        self.assertEqual(amounts, [16.88, 16.88, 16.88])
        self.assertAlmostEqual(sum(amounts), order.order_line.price_subtotal)

    def test_language_of_the_customer(self):
        """Dates and product names are the customer's, whoever prints."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.product.with_context(lang="fr_FR").name = "Chaise en chêne"
        self.customer.lang = "fr_FR"
        self.assertIn("Chaise en chêne", self._render_html("packing_slip"))
        self.assertNotIn("Chaise en chêne", self._render_html("commercial_invoice"))

    def test_return_slip(self):
        """Order, reasons, window and address; a gift's slip leads to no prices."""
        content = self._prepare(kind="return_slip")
        self.assertEqual(content["days"], 30)
        self.assertEqual([row["quantity"] for row in content["pages"][0][0]["rows"]], ["3", "1"])
        reasons = self.env["order.return.reason"].search([])
        self.assertEqual([one["name"] for one in content["reasons"]], reasons.mapped("name"))
        self.assertEqual(content["reasons"][1]["letter"], "B")
        self.assertIn(f"/my/orders/{self.picking.sale_id.id}", content["url"])
        policy = self.env["order.return.policy"].search([])
        policy.rule_ids = [
            (0, 0, {"product_ids": [(6, 0, self.other.ids)], "decision": "refuse", "sequence": 1})
        ]
        self.env.invalidate_all()
        html = self._render_html("return_slip")
        self.assertEqual(html.count("Only when something is wrong with it"), 1)
        self.picking.sale_id.gift_message = "For you"
        self.assertEqual(self._prepare(kind="return_slip")["url"], "")

    def test_without_wkhtmltopdf(self):
        """The paper comes as a whole HTML document with a warning; print jobs are told."""
        with without_pdf():
            (answer,) = self.seen.render_documents(["packing_slip"])
            self.assertTrue(answer["ok"])
            self.assertEqual(answer["format"], "html")
            self.assertTrue(answer["filename"].endswith(".html"))
            self.assertEqual([entry["code"] for entry in answer["warnings"]], ["no_pdf"])
            html = base64.b64decode(answer["content"]).decode()
            self.assertIn("<svg", html)
            for needed in ("/web/", "<script", "src=", "href="):
                self.assertNotIn(needed, html)
            with self.assertRaises(UserError):
                self.picking._render_papers(["packing_slip"])
        with patch(RUN, side_effect=UserError("crashed")):
            (answer,) = self.seen.render_documents(["packing_slip"])
            self.assertEqual((answer["ok"], answer["format"]), (True, "html"))

    def test_shipping_without_wkhtmltopdf(self):
        """Case F16: goods leave though the mail's slip can't be made; it can be printed later."""
        self.company.stock_move_email_validation = True
        picking_type = self.picking.picking_type_id
        picking_type.write({"auto_print_delivery_slip": True, "auto_print_return_slip": True})
        self.customer.email = "deco@example.com"
        report = type(self.env["ir.actions.report"])
        with patch.object(report, "_render_qweb_pdf", side_effect=UserError("no wkhtmltopdf")):
            (answer,) = self.seen.ship()
            self.picking.signature = PIXEL
        self.assertEqual((answer["ok"], answer["state"]), (True, "done"))
        bodies = " ".join(self.picking.message_ids.mapped("body"))
        self.assertEqual(bodies.count("could not make a PDF"), 2)
        self.assertIn("shipped", bodies)  # the mail itself
        self.assertTrue(self.seen.render_documents(["return_slip"])[0]["ok"])

    def test_refusals(self):
        """No paper without goods, none of what is cancelled; nothing is written."""
        waiting = self._create_delivery([(self._create_product("OM-NONE"), 1)])
        answers = self.as_role(waiting, "picker").render_documents(list(TITLES))
        self.assertEqual({one["errors"][0]["code"] for one in answers}, {"not_possible"})
        self.assertEqual({(one["ok"], one["content"]) for one in answers}, {(False, False)})
        waiting.action_cancel()
        (answer,) = self.as_role(waiting, "picker").render_documents(["packing_slip"])
        self.assertIn("is cancelled", answer["errors"][0]["message"])

    def test_arguments_and_rights(self):
        for kinds in (None, "packing_slip", ["slip"], ["pick_list", "pick_list"], [1]):
            with self.subTest(kinds=kinds), self.assertRaises(ValidationError):
                self.seen.render_documents(kinds)
        self.assertEqual(self.seen.render_documents([]), [])
        self.assertEqual(self.seen.browse().render_documents(["pick_list"]), [])
        stranger = self._create_other_company_user("picker")
        with self.assertRaises(AccessError):
            self.picking.with_user(stranger).render_documents(["packing_slip"])
        report = self.env["ir.actions.report"].with_user(stranger)
        for kind in ("packing_slip", "commercial_invoice", "return_slip"):
            with self.subTest(kind=kind), self.assertRaises(AccessError):
                report._render_qweb_html(PAPERS[kind].report, self.picking.ids)
        self.assertIn("OM-A", self._render_html("packing_slip", role="auditor"))

    def test_queries_do_not_grow(self):
        """The contents of twelve transfers take as many queries as those of three."""
        pickings = self.picking.concat(
            *(self._create_delivery([(self.product, 1), (self.other, 1)]) for _n in range(11))
        )
        for kind in ("packing_slip", "commercial_invoice", "return_slip"):
            with self.subTest(kind=kind):
                counts = [
                    self._count_queries(
                        lambda ids=part.ids, kind=kind: PAPERS[kind].prepare_contents(
                            self.env["stock.picking"].sudo().browse(ids)
                        )
                    )
                    for part in (pickings[:3], pickings)
                ]
                self.assertLessEqual(counts[1], counts[0] + 2)
