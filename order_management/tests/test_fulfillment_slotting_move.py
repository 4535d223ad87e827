from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .slotting_common import NOW, SlottingCase


@tagged("post_install", "-at_install", "om_full")
@freeze_time(NOW)
class TestFulfillmentSlottingMove(SlottingCase):
    """Advised swaps become transfers, or are rejected; what they brought is measured."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(NOW):
            cls._create_standard()
            cls.env["order.slotting.advice"].sudo()._advise_warehouse(cls.warehouse)
        cls.swap = cls.env["order.slotting.swap"].search([("product_id", "=", cls.fast.id)])

    def _move(self, swaps=None):
        return self.as_role(swaps or self.swap, "manager").move()

    def _get_stock(self, product):
        """Location → quantity of a product."""
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id.usage", "=", "internal")]
        )
        return {quant.location_id: quant.quantity for quant in quants if quant.quantity}

    def _finish(self, picking):
        picking.move_ids.picked = True
        picking._action_done()

    def _assert_refused(self, answer, sentence):
        """Refused for that reason, and no transfer was made."""
        self.assertEqual((answer["ok"], answer["picking_id"]), (False, False))
        self.assertEqual(answer["errors"][0]["code"], "not_possible")
        self.assertIn(sentence, answer["errors"][0]["message"])
        self.assertFalse(self.env["stock.picking"].search([("slotting_swap_id", "!=", False)]))
        self.assertEqual(self._get_stock(self.fast), {self.far: 46.0})

    def test_swap_becomes_a_transfer(self):
        """Both directions on one transfer, reserved; with it the products have changed places."""
        (answer,) = self._move()
        picking = self.env["stock.picking"].browse(answer["picking_id"])
        self.assertEqual(
            (answer["ok"], answer["state"], answer["replayed"]), (True, "moving", False)
        )
        self.assertEqual(
            (picking.state, picking.picking_type_id, picking.slotting_swap_id),
            ("assigned", self.warehouse.int_type_id, self.swap),
        )
        self.assertEqual(
            [
                (line.product_id, line.location_id, line.location_dest_id, line.quantity)
                for line in picking.move_line_ids.sorted("id")
            ],
            [
                (self.fast, self.far, self.near, 46.0),
                (self.slow, self.near, self.far, 49.0),
            ],
        )
        self.assertEqual(self.swap.decided_by_id, self.users["manager"])
        self._finish(picking)
        self.assertEqual((self.swap.state, self.swap.done_at), ("done", NOW))
        self.assertEqual(self._get_stock(self.fast), {self.near: 46.0})
        self.assertEqual(self._get_stock(self.slow), {self.far: 49.0})

    def test_repeat(self):
        """A swap is moved once, however often one asks, also when it is done."""
        (first,) = self._move()
        for state in ("moving", "done"):
            with self.subTest(state=state):
                (again,) = self._move()
                self.assertEqual(again, {**first, "state": state, "replayed": True})
                if state == "moving":
                    self._finish(self.swap.picking_ids)
        self.assertEqual(len(self.swap.picking_ids), 1)

    def test_after_cancelling(self):
        """Its swap is open again and may be moved anew, until newer advice replaces it."""
        (first,) = self._move()
        self.swap.picking_ids.copy()
        self.swap.picking_ids.filtered(lambda picking: picking.state != "draft").action_cancel()
        self.assertEqual(self.swap.state, "proposed")
        (again,) = self._move()
        self.assertEqual((again["ok"], again["replayed"]), (True, False))
        self.assertNotEqual(again["picking_id"], first["picking_id"])
        self._advise()
        self.assertEqual(self.swap.state, "moving")
        self.swap.picking_ids.action_cancel()
        self.assertEqual(self.swap.state, "expired")
        self.assertFalse(self._move()[0]["ok"])

    def test_moving_swaps_stay(self):
        """Newer advice neither expires what is being moved nor proposes it again."""
        self._move()
        _answer, swaps = self._advise()
        self.assertEqual(self.swap.state, "moving")
        self.assertNotIn(self.fast, swaps.product_id | swaps.other_product_id)

    def test_in_parts(self):
        """With a backorder it is done when that is."""
        self._move()
        picking = self.swap.picking_ids
        picking.move_line_ids[:1].quantity = 6
        self._finish(picking)
        self.assertEqual((len(self.swap.picking_ids), self.swap.state), (2, "moving"))
        rest = self.swap.picking_ids - picking
        rest.action_assign()
        self._finish(rest)
        self.assertEqual(self.swap.state, "done")
        self.assertEqual(self._get_stock(self.fast), {self.near: 46.0})

    def test_empty_place(self):
        """Where nothing stands there is one direction."""
        self.env["stock.quant"]._update_available_quantity(self.slow, self.near, -49)
        self.env["stock.quant"]._unlink_zero_quants()
        _answer, swap = self._advise()
        (answer,) = self._move(swap)
        picking = self.env["stock.picking"].browse(answer["picking_id"])
        self.assertEqual(picking.move_ids.product_id, self.fast)
        self.assertEqual(picking.move_line_ids.location_dest_id, self.near)

    def test_lots_and_packages(self):
        """They stay what they are in the other place."""
        lots = self._create_product("OM-LOT", tracking="lot")
        package = self.env["stock.package"].create({"name": "OM-PALLET"})
        for name, quantity, inside in (("L1", 3, package), ("L2", 4, None)):
            lot = self.env["stock.lot"].create({"name": name, "product_id": lots.id})
            self.env["stock.quant"]._update_available_quantity(
                lots, self.far, quantity, lot_id=lot, package_id=inside
            )
        self.env["stock.quant"]._update_available_quantity(self.fast, self.far, -46)
        self.env["stock.quant"]._unlink_zero_quants()
        swap = self.swap.copy({"product_id": lots.id, "state": "proposed"})
        self._move(swap)
        self._finish(swap.picking_ids)
        quants = self.env["stock.quant"].search(
            [("product_id", "=", lots.id), ("location_id.usage", "=", "internal")]
        )
        self.assertEqual(
            sorted(
                (quant.lot_id.name, quant.quantity, quant.package_id, quant.location_id)
                for quant in quants
                if quant.quantity
            ),
            [("L1", 3.0, package, self.near), ("L2", 4.0, package.browse(), self.near)],
        )

    def test_what_stands_against_it(self):
        """Said with what, where and how; nothing changes."""
        more = self._create_product("OM-MORE")

        def reserve():
            order = self._create_order([(self.fast, 2)])
            order.action_confirm()
            return f"OM-FAST in WH/Stock/10-12-0 is wanted by {order.picking_ids.name}"

        def await_goods():
            self._set_stock(more, 5)
            picking = self.env["stock.picking"].create(
                {
                    "picking_type_id": self.warehouse.int_type_id.id,
                    "location_id": self.stock.id,
                    "location_dest_id": self.near.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": more.id,
                                "product_uom_qty": 5,
                                "location_id": self.stock.id,
                                "location_dest_id": self.near.id,
                            }
                        )
                    ],
                }
            )
            picking.action_confirm()
            picking.action_assign()
            return f"OM-MORE in WH/Stock/0-4-0 is wanted by {picking.name}"

        def mix():
            self._set_stock(more, 5, self.near)
            return "In WH/Stock/0-4-0 there is no longer [OM-SLOW] Product OM-SLOW alone"

        def flag():
            self.far.is_fixed_place = True
            return "WH/Stock/10-12-0 is to stay as it is"

        def fill():
            self.near.storage_category_id = self.env["stock.storage.category"].create(
                {
                    "name": "Bin",
                    "max_weight": 1000,
                    "capacity_ids": [Command.create({"product_id": self.fast.id, "quantity": 45})],
                }
            )
            return "WH/Stock/0-4-0 holds 45 of [OM-FAST] Product OM-FAST, not 46"

        def weigh():
            self.fast.weight = 2.0
            self.near.storage_category_id = self.env["stock.storage.category"].create(
                {"name": "Bin", "max_weight": 91}
            )
            return "WH/Stock/0-4-0 carries 91 kg; 46 of [OM-FAST] Product OM-FAST weigh 92 kg"

        for make in (reserve, await_goods, mix, flag, fill, weigh):
            with self.subTest(make=make.__name__), self.cr.savepoint() as savepoint:
                sentence = make()
                self._assert_refused(self._move()[0], sentence)
                self.assertEqual(self.swap.state, "proposed")
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertTrue(self._move()[0]["ok"])

    def test_one_place_twice(self):
        """Of two swaps that use a place the first is moved."""
        second = self.swap.copy({"product_id": self.mid.id, "location_id": self.middle.id})
        first, other = self._move(self.swap | second)
        self.assertTrue(first["ok"])
        self.assertIn("Another swap uses the same place", other["errors"][0]["message"])
        self.assertEqual(second.state, "proposed")

    def test_reject(self):
        """For a reason, kept from being proposed again for 90 days, both ways."""
        manager = self.as_role(self.swap, "manager")
        for reason in (None, "", "  "):
            self.assertEqual(manager.reject(reason)[0]["errors"][0]["code"], "reason_required")
        self.assertEqual(self.swap.state, "proposed")
        with self.assertRaises(ValidationError):
            manager.reject(5)
        (answer,) = manager.reject("Beside the saw")
        self.assertEqual((answer["ok"], answer["state"]), (True, "rejected"))
        self.assertTrue(manager.reject("Again")[0]["replayed"])
        self.assertEqual(self.swap.reject_reason, "Beside the saw")
        self._assert_refused(self._move()[0], "It was rejected: Beside the saw")
        _answer, swap = self._advise()
        self.assertEqual(swap.location_dest_id, self.middle)
        for days, expected in ((89, self.middle), (90, self.near)):
            with self.subTest(days=days), freeze_time(NOW + timedelta(days=days)):
                _answer, swap = self._advise(days=120)
                self.assertEqual(swap.location_dest_id, expected)

    def test_reject_after_moving(self):
        self._move()
        (answer,) = self.as_role(self.swap, "manager").reject("Too late")
        self.assertEqual(answer["errors"][0]["code"], "not_possible")
        self.assertEqual(self.swap.state, "moving")

    def test_who_may(self):
        for role in ("picker", "clerk", "auditor", "integration"):
            with self.subTest(role=role):
                for call in ("move", "reject"):
                    with self.assertRaises(AccessError):
                        getattr(self.as_role(self.swap, role), call)()
        stranger = self._create_other_company_user("manager")
        with self.assertRaises(AccessError):
            self.swap.with_user(stranger).move()
        with self.assertRaises(AccessError):
            self.as_role(self.swap, "manager").write({"state": "done"})
        self.assertEqual(self.swap.state, "proposed")

    def test_buttons(self):
        """They tell how it went."""
        told = self.as_role(self.swap, "manager").action_move()["params"]
        self.assertEqual((told["type"], told["message"]), ("success", "1 ready to be moved"))
        wizard = self.as_role("order.slotting.reject", "manager").create(
            {"swap_ids": [Command.set(self.swap.ids)], "reason": "No"}
        )
        told = wizard.action_reject()["params"]
        self.assertEqual(
            (told["type"], told["message"]),
            ("warning", "0 rejected. Its goods are moved already"),
        )

    # What it brought

    def _measure(self, day):
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_slotting_measure").method_direct_trigger()
        self.env.invalidate_all()

    def test_measured_saving(self):
        """On the four weeks after the day of the move, the last one included."""
        self._move()
        self._finish(self.swap.picking_ids)
        moved = "2026-03-16 22:59:00"  # the day itself does not count
        first, last = "2026-03-16 23:00:00", "2026-04-13 21:59:00"
        after = "2026-04-13 22:00:00"
        for at, orders in (
            (moved, [[self.fast]]),
            (first, [[self.fast]] * 2),
            (last, [[self.fast], [self.slow], [self.mid]]),
            (after, [[self.fast]] * 3),
        ):
            self._pick(orders, at)
        self._measure("2026-04-13 12:00:00")
        self.assertFalse(self.swap.is_measured)
        self._measure("2026-04-14 12:00:00")
        self.assertTrue(self.swap.is_measured)
        self.assertEqual(self.swap.measured_saving, (3 * 36.0 - 36.0) / 4)
        self.assertEqual((self.swap.promised_saving, self.swap.state), (27.0, "done"))

    def test_measured_loss(self):
        """When people buy otherwise a swap costs metres, and that is said."""
        self._move()
        self._finish(self.swap.picking_ids)
        self._pick([[self.slow]] * 2 + [[self.slow, self.fast]], "2026-03-20 12:00:00")
        self._measure("2026-04-20 12:00:00")
        self.assertEqual(self.swap.measured_saving, -2 * 36.0 / 4)

    def test_queries(self):
        """Measuring several swaps of a warehouse reads no more than one of them."""
        self._move()
        self._finish(self.swap.picking_ids)
        swaps = self.swap
        for _count in range(3):
            swaps |= self.swap.copy({"state": "done", "done_at": NOW})
        with freeze_time("2026-04-20 12:00:00"):
            self.swap._measure(self.warehouse)
            one = self._count_queries(lambda: self.swap._measure(self.warehouse))
            many = self._count_queries(lambda: swaps._measure(self.warehouse))
        self.assertLessEqual(many, one + 3)  # what is written
