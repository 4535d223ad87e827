from odoo import Command
from odoo.tests import Form, tagged

from .common import OrderManagementCase


@tagged("post_install", "-at_install")
class TestPromiseReservation(OrderManagementCase):
    """What is reserved stays whole when orders are processed again, cut short, or counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = cls._create_product("OM-KEEP", stock=10)
        cls.warehouse.out_type_id.auto_batch = False
        cls.env.ref("order_management.order_check_stock_short").mode = "on"

    def _confirm(self, *quantities, **values):
        orders = self.env["sale.order"].union(
            *(self._create_order([(self.item, quantity)], **values) for quantity in quantities)
        )
        rows = self.as_role(orders, "clerk").process_orders()
        self.assertEqual({row["outcome"] for row in rows}, {"confirmed"})
        return orders

    def _read(self):
        self.env.invalidate_all()
        quants = self.env["stock.quant"]._gather(self.item, self.warehouse.lot_stock_id)
        return sum(quants.mapped("quantity")), sum(quants.mapped("reserved_quantity"))

    def assertFree(self, quantity):
        """Exactly so much can be sold: one more would be held."""
        for asked, outcome in ((quantity + 1, "held"), (quantity, "confirmed")):
            row = self.as_role(self._create_order([(self.item, asked)]), "clerk").process_orders()[
                0
            ]
            self.assertEqual(row["outcome"], outcome)

    # C5

    def test_processing_again_doubles_nothing(self):
        orders = self._confirm(2, 3)
        moves, lines = orders.picking_ids.move_ids, orders.picking_ids.move_line_ids
        rows = self.as_role(orders, "clerk").process_orders()
        orders.picking_ids.action_assign()
        self.assertEqual({row["outcome"] for row in rows}, {"unchanged"})
        self.assertEqual(
            (orders.picking_ids.move_ids, orders.picking_ids.move_line_ids), (moves, lines)
        )
        self.assertEqual(self._read(), (10, 5))

    # C6

    def test_what_is_not_shipped_is_free_again(self):
        """5 ordered, 3 shipped, no backorder: 7 lie there, and 7 can be sold."""
        picking = self._confirm(5).picking_ids
        picking.move_ids.write({"quantity": 3, "picked": True})
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=picking.ids
        ).button_validate()
        self.assertEqual(self._read(), (7, 0))
        self.assertFree(7)

    def test_what_is_not_picked_is_free_again(self):
        """The same where goods are picked first: the three at the output belong to the order."""
        self.warehouse.delivery_steps = "pick_ship"
        self.warehouse.pick_type_id.auto_batch = False
        order = self._confirm(5)
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 3, "picked": True})
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=picking.ids
        ).button_validate()
        self.assertEqual(self._read(), (7, 0))
        out = order.picking_ids - picking
        self.assertEqual((out.state, sum(out.move_ids.mapped("quantity"))), ("assigned", 3))
        self.assertFree(7)

    # C7

    def test_one_of_three_orders_of_a_transfer_is_cancelled(self):
        """Its goods have left: it is refused. One whose goods lie there frees exactly its two."""
        orders = self._confirm(2, 2, 2)
        first, second, third = orders
        picking = first.picking_ids
        (second | third).picking_ids.move_ids.write({"picking_id": picking.id})
        (second | third).picking_ids.move_line_ids.write({"picking_id": picking.id})
        first.order_line.move_ids.picked = True
        Form.from_action(self.env, picking.button_validate()).save().process()
        self.assertEqual(self._read(), (8, 4))
        rows = self.as_role(first | second, "clerk").cancel_orders("Not wanted")
        self.assertEqual([row["ok"] for row in rows], [False, True], rows)
        self.assertEqual(self._read(), (8, 2))
        self.assertEqual(third.order_line.move_ids.quantity, 2)
        third._action_cancel()
        self.assertEqual(self._read(), (8, 0))

    def test_the_later_of_two_orders_of_a_transfer_is_cancelled(self):
        """Core would leave its goods in the transfer, for it belongs to the first."""
        first, second = self._confirm(2, 3)
        second.picking_ids.move_line_ids.write({"picking_id": first.picking_ids.id})
        second.picking_ids.move_ids.write({"picking_id": first.picking_ids.id})
        row = self.as_role(second, "clerk").cancel_orders("Not wanted")[0]
        self.assertEqual((row["outcome"], second.state), ("cancelled", "cancel"))
        self.assertEqual(second.order_line.move_ids.state, "cancel")
        self.assertEqual(self._read(), (10, 2))
        self.assertEqual(first.picking_ids.move_ids, first.order_line.move_ids)

    # C10

    def test_packs_of_fifty_and_five_for_sixty(self):
        """Core's strategy for few packages takes 50 + 5 + 5; nothing is taken twice."""
        strategy = self.env["product.removal"].search([("method", "=", "least_packages")])
        category = self.env["product.category"].create(
            {"name": "Packs", "removal_strategy_id": strategy.id}
        )
        packed = self._create_product("OM-PACKS", categ_id=category.id)
        for number, quantity in enumerate((50, 5, 5, 5)):
            package = self.env["stock.package"].create({"name": f"OM-PACK-{number}"})
            self.env["stock.quant"]._update_available_quantity(
                packed, self.warehouse.lot_stock_id, quantity, package_id=package
            )
        orders = self._create_order([(packed, 60)]) | self._create_order([(packed, 5)])
        self.as_role(orders, "clerk").process_orders()
        taken = [sorted(order.picking_ids.move_line_ids.mapped("quantity")) for order in orders]
        self.assertEqual(taken, [[5, 5, 50], [5]])
        quants = self.env["stock.quant"]._gather(packed, self.warehouse.lot_stock_id)
        self.assertEqual(quants.mapped("reserved_quantity"), quants.mapped("quantity"))

    # C11

    def test_a_count_while_goods_are_picked(self):
        """10 on hand, 8 reserved, 5 counted: nothing blocks, and no more is reserved."""
        orders = self._confirm(5, 3)
        quant = self.env["stock.quant"]._gather(self.item, self.warehouse.lot_stock_id)
        quant.with_context(inventory_mode=True).inventory_quantity = 5
        quant.action_apply_inventory()
        on_hand, reserved = self._read()
        self.assertEqual(on_hand, 5)
        self.assertEqual(reserved, 5)
        self.assertEqual(sum(orders.picking_ids.move_ids.mapped("quantity")), 5)
        ready = orders.picking_ids.filtered(lambda picking: picking.state == "assigned")
        for picking in ready:
            picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self._read(), (0, 0))

    # A transfer of several goods in one call

    def test_a_bad_order_does_not_stop_the_others(self):
        """The set is halved until the bad one stands alone; the held one stays held."""
        orders = self.env["sale.order"].union(
            *(self._create_order([(self.item, 1)]) for _number in range(5))
        )
        bad = orders[2]
        bad.order_line = [
            Command.create({"product_id": self._create_product("OM-BAD", stock=5).id})
        ]
        self.env.cr.execute(
            "UPDATE sale_order_line SET product_id = NULL WHERE id = %s", bad.order_line[1].ids
        )
        self.env.invalidate_all()
        held = self._create_order([])
        orders |= held
        rows = self.as_role(orders, "clerk").process_orders()
        self.assertEqual([row["order_id"] for row in rows], orders.ids)
        outcomes = [row["outcome"] for row in rows]
        self.assertEqual(outcomes[:2] + outcomes[3:5], ["confirmed"] * 4)
        self.assertIn(outcomes[2], ("failed", "held"))
        self.assertEqual(outcomes[5], "held")
        self.assertEqual(self._read(), (10, 4))
