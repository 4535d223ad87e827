import base64

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .returns_common import ReturnCase

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Er"
    "kJggg=="
)


@tagged("post_install", "-at_install")
class TestReturnReceiving(ReturnCase):
    """What arrives is counted, inspected and put where it belongs."""

    @classmethod
    def _take(cls, one, *entries, role="picker"):
        """The answer to receiving several parts of the first line of a return."""
        line = one.line_ids[0]
        return cls.as_role(one, role).receive(
            [{"return_line_id": line.id, "quantity": 1, **entry} for entry in entries]
        )[0]

    @classmethod
    def _create_tracked(cls, tracking, names, quantity=1):
        product = cls._create_product(
            f"T-{tracking}", price=40.0, tracking=tracking, invoice_policy="delivery"
        )
        lots = cls.env["stock.lot"].create(
            [{"name": name, "product_id": product.id} for name in names]
        )
        for lot in lots:
            cls.env["stock.quant"]._update_available_quantity(
                product, cls.warehouse.lot_stock_id, quantity, lot_id=lot
            )
        return product, lots

    def _count_in(self, location, product=None):
        quants = self.env["stock.quant"].search(
            [("location_id", "=", location.id), ("product_id", "=", (product or self.shirt).id)]
        )
        return sum(quants.mapped("quantity"))

    def test_each_disposition_in_one_call(self):
        """Data: 7 asked. Case: every disposition. Expected: 2 for sale, the others elsewhere."""
        vendor = self._create_customer("Mill")
        self.shirt.seller_ids = [(0, 0, {"partner_id": vendor.id})]
        order = self._create_sold(7)
        before = self._get_on_hand()
        one = self._return(order, 7, "defective")
        answer = self._take(
            one,
            {"quantity": 2},
            {"disposition": "quarantine", "condition": "B"},
            {"disposition": "refurbish", "condition": "B"},
            {"disposition": "scrap", "condition": "C"},
            {"disposition": "vendor", "condition": "C"},
        )
        self.assertTrue(answer["ok"], answer["errors"])
        self.assertEqual(self._get_on_hand(), before + 2)
        self.assertEqual(self.shirt.free_qty, before + 2)
        quarantine = self.warehouse.return_quarantine_location_id
        self.assertEqual(self._count_in(quarantine), 2, "one waits, one goes to the vendor")
        self.assertEqual(self._count_in(self.warehouse.return_refurbish_location_id), 1)
        scrap = self.env["stock.scrap"].search([("origin", "=", one.name)])
        self.assertRecordValues(scrap, [{"scrap_qty": 1, "state": "done"}])
        to_vendor = self.env["stock.picking"].search([("partner_id", "=", vendor.id)])
        self.assertRecordValues(to_vendor, [{"state": "draft", "origin": one.name}])
        self.assertEqual(to_vendor.move_ids.product_uom_qty, 1)
        self.assertEqual(to_vendor.location_dest_id.usage, "supplier")
        self.assertIn("Refurbish 1", one.picking_ids.activity_ids.summary)
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertEqual(len(one.picking_ids), 2, "what came, and one unit that is awaited")
        self.assertTrue(self._take(one, {"disposition": "quarantine"})["ok"])
        self.assertEqual(self._count_in(quarantine), 3)
        self.assertEqual(order.order_line.qty_delivered, 0)
        self.assertEqual(set(one.picking_ids.mapped("state")), {"done"})
        self.assertEqual(self._settle(one)["refund_total"], 302.4)

    def test_bought_goods_go_back_to_who_sold_them(self):
        """The purchase counts as received no more once the goods have left."""
        vendor = self._create_customer("Weaver")
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": vendor.id,
                "order_line": [(0, 0, {"product_id": self.shirt.id, "product_qty": 5})],
            }
        )
        purchase.button_confirm()
        purchase.picking_ids.button_validate()
        one = self._return(self._create_sold(2), 2, "defective")
        self.assertTrue(self._take(one, {"quantity": 2, "disposition": "vendor"})["ok"])
        back = self.env["stock.picking"].search([("origin", "=", one.name)]) - one.picking_ids
        self.assertEqual(back.partner_id, vendor)
        back.action_confirm()
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(purchase.order_line.qty_received, 3)
        self.assertEqual(self._count_in(self.warehouse.return_quarantine_location_id), 0)

    def test_nobody_to_send_it_back_to(self):
        one = self._return(self._create_sold(1), 1, "defective")
        answer = self._take(one, {"disposition": "vendor"})
        self.assertEqual(answer["errors"][0]["code"], "not_possible")
        self.assertEqual((one.state, one.line_ids.receipt_ids.ids), ("approved", []))
        self.assertEqual(one.picking_ids.state, "assigned")

    def test_two_good_and_one_damaged(self):
        """Scenario 25: 2 good to stock, 1 damaged to scrap, on two days. On hand + 2."""
        order = self._create_sold(3)
        before = self._get_on_hand()
        one = self._return(order, 3, "changed_mind")
        self._take(one, {"quantity": 2})
        self.assertEqual((one.state, one.can_receive), ("received", True))
        self.assertEqual(self._take(one, {"quantity": 2})["errors"][0]["code"], "too_many")
        self._take(one, {"disposition": "scrap", "condition": "C"})
        self.assertEqual(self._get_on_hand(), before + 2)
        self.assertEqual(one.line_ids.received_quantity, 3)
        self.assertEqual(len(one.picking_ids), 2)
        self.assertEqual(self._settle(one)["refund_total"], 110.16)

    def test_steps_of_a_receipt(self):
        """Data: two and three steps. Case: 1 of each kind. Expected: 1 goes on (G27)."""
        for steps, onward in (("two_steps", 1), ("three_steps", 1)):
            with self.subTest(steps=steps):
                self.warehouse.reception_steps = steps
                order = self._create_sold(3)
                before = self._get_on_hand()
                one = self._return(order, 3, "defective")
                answer = self._take(
                    one, {}, {"disposition": "quarantine"}, {"disposition": "scrap"}
                )
                self.assertTrue(answer["ok"], answer["errors"])
                self.assertEqual(order.order_line.qty_delivered, 0)
                following = one.line_ids.move_ids - one.line_ids._get_receipt_moves()
                self.assertEqual(following.product_uom_qty, onward)
                while following:
                    following.picked = True
                    following.picking_id._action_done()
                    following = following.move_dest_ids
                self.assertEqual(order.order_line.qty_delivered, 0)
                self.assertEqual(self._get_on_hand(), before + 1)
                self.assertEqual(self._count_in(self.warehouse.wh_input_stock_loc_id), 0)

    def test_serial_numbers_come_one_by_one_and_once(self):
        """Data: 3 serials sent. Expected: three entries, or refused; none twice (G25)."""
        product, lots = self._create_tracked("serial", ("S1", "S2", "S3"))
        order = self._create_sold(3, product=product)
        one = self._return(order, 3, "defective")
        for entry, code in (
            ({"quantity": 3}, "missing"),
            ({"quantity": 3, "lot": "S1"}, "wrong_value"),
            ({"lot": "S9"}, "unknown_lot"),
        ):
            with self.subTest(entry=entry):
                self.assertEqual(self._take(one, entry)["errors"][0]["code"], code)
        self.assertTrue(self._take(one, {"lot": "S3"})["ok"])
        self.assertEqual(self._take(one, {"lot": "S3"})["errors"][0]["code"], "unknown_lot")
        answer = self._take(one, {"lot": "S1", "disposition": "quarantine"}, {"lot": "S2"})
        self.assertTrue(answer["ok"], answer["errors"])
        places = {quant.lot_id: quant.location_id for quant in lots.quant_ids if quant.quantity > 0}
        stock = self.warehouse.lot_stock_id
        quarantine = self.warehouse.return_quarantine_location_id
        self.assertEqual(places, dict(zip(lots, (quarantine, stock, stock), strict=True)))

    def test_serial_of_the_delivery_that_was_not_reserved(self):
        """Data: S1 and S2 sent, one asked. Case: S2 comes. Then S1; then S2 is sold again."""
        product, lots = self._create_tracked("serial", ("S1", "S2"))
        order = self._create_sold(2, product=product)
        one, two = self._return(order, 1, "defective"), self._return(order, 1, "defective")
        self.assertTrue(self._take(one, {"lot": "S2"})["ok"])
        self.assertEqual(self._take(two, {"lot": "S2"})["errors"][0]["code"], "unknown_lot")
        again = self._create_order([(product, 1, 40.0)])
        again.action_confirm()
        again.picking_ids.move_line_ids.lot_id = lots[1]
        self._deliver(again)
        self.assertEqual(self._take(two, {"lot": "S2"})["lines"][0]["received_quantity"], 0)
        self.assertTrue(two.has_deviation, "S2 was sold with another order")
        three = self._return(again, 1, "defective")
        self.assertEqual(three.state, "approved")

    def test_another_lot_is_noted_and_not_paid(self):
        """Data: L1 sent. Case: L2 comes. Expected: in quarantine, noted, blocked (G24)."""
        product, lots = self._create_tracked("lot", ("L1", "L2"), 5)
        order = self._create_order([(product, 2, 40.0)])
        order.action_confirm()
        order.picking_ids.move_line_ids.lot_id = lots[0]
        self._deliver(order)
        self._invoice(order)
        one = self._return(order, 2, "defective")
        self.assertTrue(self._take(one, {})["ok"], "there is one lot it can be")
        before = self._get_on_hand(product)
        answer = self._take(one, {"lot": "L2"})
        self.assertTrue(answer["ok"], answer["errors"])
        self.assertEqual((one.has_deviation, self._get_on_hand(product)), (True, before))
        receipt = one.receipt_ids[-1]
        self.assertRecordValues(
            receipt, [{"outcome": "wrong_item", "is_mismatch": True, "lot": "L2"}]
        )
        self.assertEqual(receipt.move_id.move_line_ids.lot_id, lots[1])
        self.assertEqual(one.line_ids.accepted_quantity, 1)
        with self.assertRaises(AccessError):
            self.as_role(receipt, "picker").action_accept()
        found = self.env["order.return"].search([("has_deviation", "=", True)])
        self.assertEqual(found, one)
        self.as_role(receipt, "returns").action_accept()
        self.assertEqual((one.has_deviation, one.line_ids.accepted_quantity), (False, 2))
        self.assertEqual(self._settle(one)["refund_total"], 80.0)
        self.assertEqual(order.order_line.return_kept_quantity, 1)
        self.assertEqual(self._request(order, 1)["state"], "refused")

    def test_another_product_goes_to_quarantine(self):
        order = self._create_sold(2)
        one = self._return(order, 2, "defective")
        entry = {"outcome": "wrong_item", "received_sku": "OM-A", "note": "A pan"}
        for sku, code in (("NONE", "unknown_product"), ("SHIRT", "wrong_value")):
            refused = self._take(one, {**entry, "received_sku": sku})
            self.assertEqual(refused["errors"][0]["code"], code)
        self.assertTrue(self._take(one, entry)["ok"])
        quarantine = self.warehouse.return_quarantine_location_id
        self.assertEqual(self._count_in(quarantine, self.product), 1)
        self.assertEqual(len(order.order_line), 1)
        self.as_role(one.receipt_ids, "returns").action_reject()
        self.assertFalse(one.has_deviation)
        self._take(one, {})
        self.assertEqual(self._settle(one)["refund_total"], 43.2)

    def test_photos_of_an_inspection(self):
        one = self._return(self._create_sold(1), 1, "defective")
        photo = {"filename": "scratch.png", "content": PIXEL}
        text = {"filename": "x.png", "content": base64.b64encode(b"<html>").decode()}
        with self.assertRaises(ValidationError):
            self._take(one, {"photos": [text]})
        self.assertTrue(self._take(one, {"photos": [photo]})["ok"])
        photos = one.receipt_ids.photo_ids
        self.assertEqual(
            (photos.res_model, photos.res_id), (one.receipt_ids._name, one.receipt_ids.id)
        )
        self.assertTrue(self.as_role(photos, "clerk").datas)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.users["returns"].copy({"login": "om_far", "name": "Far"})
        stranger.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        with self.assertRaises(AccessError):
            photos.with_user(stranger).read(["datas"])

    def test_what_is_sent_back_to_the_customer_is_not_paid(self):
        """Data: 5 returned, 2 of them sent back. Expected: 3 refunded, 3 less delivered (G3)."""
        order = self._create_sold(5)
        line = order.order_line
        one = self._return(order, 5, "changed_mind")
        self._receive(one)
        self.assertEqual((line.qty_delivered, line.qty_invoiced), (0.0, 5.0))
        wizard = self.env["stock.return.picking"].create({"picking_id": one.picking_ids.id})
        wizard.product_return_moves.quantity = 2
        again = wizard._create_return()
        again.move_ids.picked = True
        again.button_validate()
        self.assertEqual(one.line_ids.received_quantity, 5.0)
        self.assertEqual(one.line_ids.accepted_quantity, 3.0)
        unit = order.amount_total / 5
        settled = self._settle(one)
        self.assertEqual(settled["refund_total"], one.currency_id.round(3 * unit * 0.85))
        self.assertEqual((line.qty_delivered, line.qty_invoiced), (2.0, 2.0))
        # What the customer has again may come back again.
        self.assertEqual(self._request(order, 3, "changed_mind")["state"], "refused")
        self.assertEqual(self._request(order, 2, "changed_mind")["state"], "approved")

    def test_what_the_carrier_lost_is_paid_by_decision(self):
        """Data: 3 asked, 1 came. Case: the rest is lost. Expected: paid, and gone for good."""
        order = self._create_sold(3)
        one = self._return(order, 3, "defective")
        self._receive(one, 1)
        with self.assertRaises(ValidationError):
            self.as_role(one, "returns").waive_goods(" ")
        with self.assertRaises(AccessError):
            self.as_role(one, "picker").waive_goods("lost")
        answer = self.as_role(one, "returns").waive_goods("Lost by the carrier")[0]
        self.assertEqual((answer["ok"], answer["state"]), (True, "received"))
        self.assertTrue(self.as_role(one, "returns").waive_goods("again")[0]["replayed"])
        self.assertEqual(sorted(one.picking_ids.mapped("state")), ["cancel", "done"])
        self.assertEqual(self._request(order, 1)["state"], "refused", "before it is settled")
        self.assertEqual(self._settle(one)["refund_total"], 129.6)
        line = order.order_line
        self.assertEqual((line.qty_delivered, line.qty_invoiced, line.qty_to_invoice), (2, 0, 0))
        self.assertEqual(self._request(order, 1)["state"], "refused")
        two = self._return(self._create_sold(1), 1, "defective")
        self.as_role(two, "returns").waive_goods("Lost by the carrier")
        self.assertEqual(self._settle(two)["refund_total"], 43.2)

    def test_cancel_after_receipt_changes_nothing(self):
        """G38"""
        order = self._create_sold(2)
        one = self._return(order, 2)
        self._receive(one, 1)
        before = self._get_on_hand()
        self.assertEqual(
            self.as_role(one, "returns").cancel("no")[0]["errors"][0]["code"], "not_possible"
        )
        self.assertEqual((one.state, self._get_on_hand()), ("received", before))
        self.assertIn("assigned", one.picking_ids.mapped("state"))

    def test_queries_of_dispositions(self):
        """Each further return that goes to quarantine costs few queries."""

        def count(size):
            lines = self.env["order.return.line"]
            for _turn in range(size):
                lines |= self._return(self._create_sold(2), 2, "defective").line_ids
            returns = self.as_role(lines.return_id, "picker")
            entries = [
                {"return_line_id": line.id, "quantity": 1, "disposition": disposition}
                for line in lines
                for disposition in ("restock", "quarantine")
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            answers = returns.receive(entries)
            self.env.flush_all()
            self.assertEqual({answer["ok"] for answer in answers}, {True})
            return self.env.cr.sql_log_count - before

        count(2)
        few, many = count(2), count(8)
        self.assertLessEqual((many - few) / 6, 45, (few, many))
