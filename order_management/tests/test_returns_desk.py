from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..tools import gs1
from .returns_common import ReturnCase


@tagged("post_install", "-at_install")
class TestReturnDesk(ReturnCase):
    """From what is said or scanned to a return: orders, parcels, serial numbers, customers."""

    def _look_up(self, code, role="clerk"):
        return self.as_role("order.return", role).look_up(code)

    def _ask_together(self, orders, role="clerk", **values):
        requests = [
            {
                "order_id": order.id,
                "lines": [self._ask(order, 1, "defective")],
                "requested_on": "2026-03-10",
                **values,
            }
            for order in orders
        ]
        return self.as_role("order.return", role).request(requests, together=True)

    def test_several_orders_and_one_number(self):
        """Each order keeps its return and refund; the customer is told one number (G34)."""
        first, second = self._create_sold(2), self._create_sold(3)
        answers = self._ask_together([first, second], external_ref="T1")
        self.assertEqual([answer["outcome"] for answer in answers], ["created"] * 2)
        numbers = {answer["number"] for answer in answers}
        self.assertEqual(len(numbers), 1)
        (number,) = numbers
        self.assertEqual([answer["name"] for answer in answers], [f"{number}-1", f"{number}-2"])
        self.assertEqual([answer["order_id"] for answer in answers], [first.id, second.id])
        found = self._look_up(number)
        self.assertEqual(found["kind"], "return")
        self.assertEqual([one["lines"][0]["awaited"] for one in found["returns"]], [1, 1])
        again = self._ask_together([first, second], external_ref="T1")
        self.assertEqual([answer["outcome"] for answer in again], ["replayed"] * 2)
        returns = (first | second).return_ids
        self.assertEqual(self.as_role(returns[0], "returns")._get_together(), returns)

    def test_all_or_none_of_several_orders(self):
        first, second = self._create_sold(1), self._create_sold(1)
        requests = [
            {"order_id": first.id, "lines": [self._ask(first, 1, "defective")]},
            {"order_id": second.id, "lines": [self._ask(first, 1, "defective")]},
        ]
        answers = self.as_role("order.return", "clerk").request(requests, together=True)
        self.assertEqual(
            [answer["errors"][0]["code"] for answer in answers], ["not_possible", "unknown_line"]
        )
        self.assertFalse((first | second).return_ids)
        other = self._create_sold(1, customer=self._create_customer("Somebody else"))
        with self.assertRaises(ValidationError):
            self._ask_together([first, other])
        self.assertFalse((first | other).return_ids)

    def test_the_sender_is_the_customer(self):
        """A foreign address is refused like a missing one; nothing is written (G20)."""
        order = self._create_sold(2)
        own = self._create_customer("Shop 2", parent_id=self.customer.id, type="delivery")
        foreign = self._create_customer("Stranger")
        for address in (foreign.id, 987654321):
            with self.subTest(address=address):
                answer = self._request(order, 1, "defective", address_id=address)
                self.assertEqual(answer["outcome"], "rejected")
                self.assertEqual(answer["errors"][0]["path"], "address_id")
        self.assertFalse(order.return_ids)
        one = self._return(order, 1, "defective", address_id=own.id)
        self.assertEqual((one.address_id, one.picking_ids.partner_id), (own, own))

    def test_what_codes_name(self):
        """Data: one order in two parcels. Expected: each code finds what it stands for."""
        channel = self.env["order.channel"].create({"name": "Shop", "code": "DESK"})
        order = self._create_order([(self.shirt, 3, 40.0)], client_order_ref="PO-77")
        order.write({"channel_id": channel.id, "external_ref": "W-9"})
        order.action_confirm()
        delivery = order.picking_ids
        delivery.move_ids.quantity = 2
        delivery.move_ids.picked = True
        package = delivery.move_line_ids.action_put_in_pack(package_name="PARCEL-1")
        package = self.env["stock.package"].search([("name", "=", "PARCEL-1")])
        sscc = gs1.sscc("4012345", 1)
        package.sscc = sscc
        delivery.with_context(cancel_backorder=False)._action_done()
        self._deliver(order)
        shipment = self.env["order.shipment"].search([("package_id", "=", package.id)])
        shipment.tracking_ref = "TRACK-5"
        line = order.order_line
        for code, kind, returnable in (
            (order.name, "order", 3),
            ("W-9", "order", 3),
            ("PO-77", "order", 3),
            (delivery.name, "order", 3),
            ("PARCEL-1", "parcel", 2),
            (f"(00){sscc}", "parcel", 2),
            ("TRACK-5", "tracking", 2),
            ("deco sud", "customer", 3),
        ):
            with self.subTest(code=code):
                found = self._look_up(code)
                self.assertEqual(found["kind"], kind)
                self.assertEqual(
                    [(row["line_id"], row["returnable"]) for row in found["lines"]],
                    [(line.id, returnable)],
                )
        self.assertEqual(self._look_up("NONE")["kind"], "unknown")
        one = self._return(order, 1)
        found = self._look_up("PARCEL-1")
        self.assertEqual(found["lines"][0]["returnable"], 2)
        self.assertEqual([row["return_id"] for row in found["returns"]], [one.id])
        self.assertEqual(self._look_up(one.name, "picker")["kind"], "return")

    def test_a_stranger_finds_nothing(self):
        order = self._create_sold(1)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.users["clerk"].copy({"login": "om_desk", "name": "Desk"})
        stranger.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        Return = self.env["order.return"].with_user(stranger)
        for code in (order.name, order.picking_ids.name, "Deco Sud"):
            answer = Return.look_up(code)
            self.assertEqual(
                (answer["kind"], answer["lines"], answer["returns"]), ("unknown", [], [])
            )
        with self.assertRaises(AccessError):
            self._look_up(order.name, "auditor")

    def test_a_serial_number_finds_its_order_and_comes_back_once(self):
        """Data: S1 sold twice, S2 once. Expected: its last sale; not asked twice (G25, G26)."""
        product = self._create_product(
            "SERIAL", price=40.0, tracking="serial", invoice_policy="delivery"
        )
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": product.id} for name in ("S1", "S2")]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(
                product, self.warehouse.lot_stock_id, 1, lot_id=lot
            )
        order = self._create_sold(2, product=product)
        found = self._look_up("S1")
        self.assertEqual((found["kind"], found["lines"][0]["order_id"]), ("lot", order.id))
        self.assertEqual((found["lines"][0]["lot"], found["lines"][0]["returnable"]), ("S1", 1))

        def ask(order, lot, quantity=1):
            line = self._ask(order, quantity, "defective", lot=lot)
            return self._request(order, lines=[line])

        answer = ask(order, "S1")
        self.assertEqual((answer["state"], answer["lines"][0]["lot"]), ("approved", "S1"))
        for lot, quantity in (("S1", 1), ("S2", 2), ("S9", 1)):
            with self.subTest(lot=lot):
                refused = ask(order, lot, quantity)
                self.assertEqual(refused["errors"][0]["code"], "unknown_lot")
                self.assertEqual(refused["errors"][0]["path"], "lines[0].lot")
        one = self.env["order.return"].browse(answer["return_id"])
        self.assertEqual(one.picking_ids.move_line_ids.lot_id, lots[0])
        other = self._receive(one, 1, lot="S2")
        self.assertEqual((other["ok"], one.has_deviation), (True, True), "S1 was asked back")
        two = self._return(order, 1, "defective")
        self.assertTrue(self._receive(two, 1, lot="S1")["ok"])
        self.assertEqual(self._look_up("S1")["kind"], "unknown", "it is back")
        again = self._create_sold(1, product=product)
        self.assertEqual(self._look_up("S1")["lines"][0]["order_id"], again.id)
        self.assertEqual(ask(again, "S1")["state"], "approved")
        self.assertEqual(ask(order, "S1")["errors"][0]["code"], "unknown_lot")

    def test_dialog_quotes_what_it_requests(self):
        """Data: two orders. Case: searched by customer, one unit of each. (desk)"""
        self.customer.email = "deco@example.com"
        first, second = self._create_sold(3), self._create_sold(1)
        self._create_sold(1, customer=self._create_customer("Somebody else")).name = "OTHER-1"
        form = Form(self.as_role("order.return.desk", "clerk"))
        form.code = "NONE"
        self.assertIn("NONE", form.message)
        form.code = "deco@example.com"
        self.assertFalse(form.message)
        self.assertEqual((form.partner_id, len(form.line_ids)), (self.customer, 2))
        form.code = "OTHER-1"
        self.assertIn("another customer", form.message)
        form.code = first.name
        self.assertEqual(len(form.line_ids), 2, "known already")
        form.requested_on = "2026-03-10"
        form.reason_id = self.reasons["changed_mind"]
        for index, quantity in enumerate((1, 1)):
            with form.line_ids.edit(index) as line:
                line.quantity = quantity
        self.assertEqual([line["refund"] for line in form.line_ids._records], [36.72, 36.72])
        self.assertIn("73.44", form.refund_text)
        with form.line_ids.edit(0) as line:
            line.quantity = 2
        refused = form.line_ids._records[0]
        self.assertEqual((refused["decision"], refused["refund"]), ("refuse", 0.0))
        with form.line_ids.edit(0) as line:
            line.quantity = 1
            line.reason_id = self.reasons["defective"]
        quoted = sum(line["refund"] for line in form.line_ids._records)
        self.assertAlmostEqual(quoted, 79.92)
        form.save().action_request()
        returns = (first | second).return_ids
        self.assertEqual(len(set(returns.mapped("group_ref"))), 1)
        self.assertAlmostEqual(sum(returns.mapped("refund_total")), quoted)
        desk = self.as_role("order.return.desk", "clerk").create({})
        with self.assertRaises(UserError):
            desk.action_request()
        with self.assertRaises(AccessError):
            self.as_role(desk, "manager").with_user(self.users["auditor"]).action_request()

    def test_arrivals_are_opened_and_counted_by_scanning(self):
        """Data: a shirt and two serial numbers are awaited. Case: scanned one by one."""
        self.shirt.barcode = "4006381333931"
        product = self._create_product("SERIAL", price=40.0, tracking="serial")
        for name in ("S1", "S2"):
            lot = self.env["stock.lot"].create({"name": name, "product_id": product.id})
            self.env["stock.quant"]._update_available_quantity(
                product, self.warehouse.lot_stock_id, 1, lot_id=lot
            )
        order = self._create_order([(self.shirt, 2, 40.0), (product, 2, 40.0)])
        self._deliver(order)
        asked = [self._ask(order, 2, "defective", line=line) for line in order.order_line]
        one = self._return(order, lines=asked)
        form = Form(self.as_role("order.return.receive", "picker"))
        form.code = "NONE"
        self.assertIn("Nothing is awaited", form.message)
        form.code = one.name
        self.assertEqual([line["expected"] for line in form.line_ids._records], [2, 1, 1])
        self.assertEqual([line["quantity"] for line in form.line_ids._records], [2, 1, 1])
        for code in ("4006381333931", "S2"):
            form.code = code
        self.assertEqual([line["quantity"] for line in form.line_ids._records], [1, 1, 0])
        form.code = "S2"
        self.assertIn("no more", form.message)
        form.code = "SERIAL"
        self.assertIn("scan the lot", form.message)
        form.code = "S1"
        form.code = "SHIRT"
        self.assertEqual([line["quantity"] for line in form.line_ids._records], [2, 1, 1])
        self.assertEqual([line["lot"] for line in form.line_ids._records], [False, "S2", "S1"])
        with form.line_ids.edit(1) as line:
            line.disposition = "quarantine"
        form.save().action_receive()
        self.assertEqual((one.state, one.can_receive), ("received", False))
        self.assertEqual(one.line_ids[1].receipt_ids.mapped("lot"), ["S2", "S1"])
