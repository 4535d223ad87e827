from freezegun import freeze_time

from odoo.tests import tagged

from .common import plain
from .test_promise_change import ChangeCase


class StepsCase(ChangeCase):
    """Confirmed orders whose transfers are under way."""

    def stepped(self, steps, quantity, product=None):
        self.warehouse.delivery_steps = steps
        return self.confirmed((product or self.product, quantity))

    def ship_ready(self, order, quantity, code="internal"):
        """Finish the transfer of this kind that is ready, for a part of it; the rest waits."""
        picking = order.picking_ids.filtered(
            lambda one: one.state == "assigned" and one.picking_type_code == code
        )
        self.ship(picking, quantity)
        return picking

    def bring_back(self, picking, quantity):
        """Goods go back where ``picking`` took them from."""
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = quantity
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self.ship(back, quantity)

    def change(self, order, quantity, sku="OM-A"):
        answer = self.amend_one(order, lines=[{"sku": sku, "quantity": quantity}])
        self.assertEqual(answer["outcome"], "amended", answer)

    def assertOpen(self, order, *expected):
        """What is open: kind of transfer, demand and reserved quantity."""
        opened = order.order_line.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        self.assertEqual(
            [
                (move.picking_id.picking_type_id.sequence_code, move.product_uom_qty, move.quantity)
                for move in opened.sorted("id")
            ],
            [(code, float(quantity), float(quantity)) for code, quantity in expected],
        )

    def assertNothingComesBack(self, order, returned=0):
        back = self.env["stock.move"].search(
            [("sale_line_id", "in", order.order_line.ids), ("location_id.usage", "=", "customer")]
        )
        self.assertEqual(sum(back.mapped("quantity")), returned)
        self.assertLessEqual(len(back), 1)


@tagged("post_install", "-at_install")
class TestPromiseSteps(StepsCase):
    """Changes of orders whose transfers are under way: several steps, backorders, put back."""

    def test_up_and_down_before_anything_is_picked(self):
        for steps, code in (
            ("ship_only", "OUT"),
            ("pick_ship", "PICK"),
            ("pick_pack_ship", "PICK"),
        ):
            with self.subTest(steps=steps):
                order = self.stepped(steps, 5)
                for quantity in (3, 5, 1):
                    self.change(order, quantity)
                    self.assertOpen(order, (code, quantity))

    def test_down_after_one_was_put_back(self):
        """D1: 3 picked, 2 shipped, 1 brought back to stock, down to 2: all is shipped."""
        order = self.stepped("pick_ship", 3)
        pick = self.ship_ready(order, 3)
        self.ship_ready(order, 2, "outgoing")
        self.bring_back(pick, 1)
        self.change(order, 2)
        self.assertOpen(order)
        self.assertNothingComesBack(order)
        self.assertEqual((order.stage, order.order_line.qty_delivered), ("shipped", 2))

    def test_down_after_the_customer_returned_one(self):
        """D1: 3 picked, 2 shipped, 1 returned by the customer, down to 2: the picked one goes."""
        order = self.stepped("pick_ship", 3)
        self.ship_ready(order, 3)
        self.bring_back(self.ship_ready(order, 2, "outgoing"), 1)
        self.change(order, 2)
        self.assertOpen(order, ("OUT", 1))
        self.assertNothingComesBack(order, returned=1)

    def test_picked_goods_stand_until_they_are_put_back(self):
        """D2: 5 picked, 2 put back, down to 3 and up again: the pick of 2 comes back."""
        for steps, code in (("pick_ship", "OUT"), ("pick_pack_ship", "PACK")):
            with self.subTest(steps=steps):
                order = self.stepped(steps, 5)
                pick = self.ship_ready(order, 5)
                answer = self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 3}])
                self.assertRefused(answer, "not_possible", "changes[0].lines[0].quantity")
                self.bring_back(pick, 2)
                self.change(order, 3)
                self.assertOpen(order, (code, 3))
                self.change(order, 5)
                self.assertOpen(order, (code, 3), ("PICK", 2))

    def test_up_after_some_were_put_back(self):
        """5 picked, 2 put back, up to 6: 3 wait at the door, 3 are picked."""
        order = self.stepped("pick_ship", 5)
        self.bring_back(self.ship_ready(order, 5), 2)
        self.change(order, 6)
        self.assertOpen(order, ("OUT", 3), ("PICK", 3))

    def test_partly_picked(self):
        """D2: 2 of 5 picked: what is not picked goes up and down."""
        for steps, code in (("pick_ship", "OUT"), ("pick_pack_ship", "PACK")):
            with self.subTest(steps=steps):
                order = self.stepped(steps, 5)
                self.ship_ready(order, 2)
                self.change(order, 3)
                self.assertOpen(order, ("PICK", 1), (code, 2))
                self.change(order, 5)
                self.assertOpen(order, ("PICK", 3), (code, 2))
                self.change(order, 2)
                self.assertOpen(order, (code, 2))

    def test_down_after_two_shipments_of_two_steps(self):
        """D3: 10 ordered, 6 shipped in two parts, down to 7: only 1 remains."""
        order = self.stepped("pick_ship", 10)
        for quantity in (2, 4):
            self.ship_ready(order, quantity)
            self.ship_ready(order, quantity, "outgoing")
        self.change(order, 7)
        self.assertOpen(order, ("PICK", 1))
        self.assertNothingComesBack(order)

    def test_printed_transfer(self):
        """Core leaves a printed transfer alone and would bring goods back that never left."""
        order = self.stepped("ship_only", 5)
        order.picking_ids.printed = True
        self.change(order, 3)
        self.assertOpen(order, ("OUT", 3))
        self.change(order, 6)
        self.assertOpen(order, ("OUT", 3), ("OUT", 3))
        self.change(order, 2)
        self.assertEqual(len(order.picking_ids), 2)
        self.assertOpen(order, ("OUT", 2))

    def test_what_was_scanned_stays(self):
        order = self.stepped("ship_only", 5)
        scanned = order.picking_ids.move_line_ids
        scanned.scanned_quantity = 2
        self.change(order, 3)
        self.assertEqual((scanned.quantity, scanned.scanned_quantity), (3, 2))
        answer = self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 1}])
        self.assertRefused(answer, "not_possible", "changes[0].lines[0].quantity")

    @freeze_time("2026-03-02 10:00:00")
    def test_day_in_every_step(self):
        """Another day reaches the open steps, and quantities still find their transfer."""
        self.warehouse.partner_id.tz = "Europe/Brussels"
        for steps, code in (("ship_only", "OUT"), ("pick_ship", "PICK")):
            with self.subTest(steps=steps):
                order = self.stepped(steps, 5)
                answer = self.amend_one(
                    order, requested_date="2026-03-20", lines=[{"sku": "OM-A", "quantity": 7}]
                )
                self.assertEqual(answer["outcome"], "amended", answer)
                self.assertOpen(order, (code, 7))
                move = order.order_line.move_ids
                self.assertEqual(str(move.date), "2026-03-20 11:00:00")
                self.assertEqual(str(move.date_deadline), "2026-03-20 11:00:00")
                self.change(order, 4)
                self.assertOpen(order, (code, 4))

    def test_cancel_the_rest(self):
        """2 of 5 picked: 3 are cancelled; put back, the rest can be cancelled as well."""
        order = self.stepped("pick_ship", 5)
        pick = self.ship_ready(order, 2)
        (answer,) = plain(self.as_role(order, "clerk")).cancel_orders("Not wanted")
        self.assertEqual(answer["outcome"], "partly_cancelled", answer)
        self.assertOpen(order, ("OUT", 2))
        self.bring_back(pick, 2)
        (answer,) = plain(self.as_role(order, "clerk")).cancel_orders("Not wanted")
        self.assertEqual((answer["outcome"], order.state), ("cancelled", "cancel"))
        self.assertOpen(order)
        self.product.invalidate_recordset()
        self.assertEqual(self.product.free_qty, 100)
