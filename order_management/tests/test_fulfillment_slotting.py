from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Date
from odoo.tests import tagged

from .slotting_common import NOW, SlottingCase


@tagged("post_install", "-at_install", "om_lean")
@freeze_time(NOW)
class TestFulfillmentSlotting(SlottingCase):
    """Which products should change places, from what was picked."""

    def test_exact_advice(self):
        """Four times 44 metres become four times 8, once 8 becomes 44: 27 less a week."""
        self._create_standard()
        answer, swap = self._advise()
        self.assertEqual((answer["ok"], answer["orders"], answer["lines"]), (True, 7, 7))
        self.assertEqual((answer["before"], answer["after"]), (59.0, 32.0))
        self.assertEqual(
            answer["swaps"],
            [
                {
                    "swap_id": swap.id,
                    "product_id": self.fast.id,
                    "location_id": self.far.id,
                    "location_dest_id": self.near.id,
                    "other_product_id": self.slow.id,
                    "saving": 27.0,
                    "reason": "near",
                }
            ],
        )
        self.assertEqual((swap.abc, swap.other_abc, swap.rank), ("a", "c", 1))
        self.assertEqual((swap.line_count, swap.other_line_count), (4, 1))
        self.assertEqual((swap.distance_before, swap.distance_after), (44.0, 8.0))
        self.assertEqual(
            swap.reason,
            "4 picks in 28 days (A), 44 m to fetch, there 8 m.",
        )
        advice = swap.advice_id
        self.assertEqual(
            (advice.date_from, advice.date_to), (Date.to_date("2026-02-17"), NOW.date())
        )
        self.assertEqual((advice.walk_count, advice.unplaced_count, advice.saving), (7, 0, 27.0))

    def test_days_that_count(self):
        """The last day counts to its end, the first that does begins at midnight in Brussels."""
        self._create_standard()
        cases = [
            ("2026-02-16 22:59:59", 7),
            ("2026-02-16 23:00:00", 8),
            ("2026-03-16 22:59:59", 8),
            ("2026-03-16 23:00:00", 7),
        ]
        pick = self._pick([[self.mid]])
        for at, orders in cases:
            with self.subTest(at=at):
                pick.move_line_ids.date = at
                self.assertEqual(self._advise()[0]["orders"], orders)

    def test_other_days(self):
        """Metres are told a week, whatever number of days is looked at."""
        self._create_standard()
        answer, swap = self._advise(days=14)
        self.assertEqual((answer["before"], answer["after"], swap.saving), (118.0, 64.0, 54.0))
        self.assertEqual(self._advise(days=5)[0]["orders"], 0)

    def test_empty_place(self):
        """Where nothing stands in the near slot, nothing comes back."""
        self.fast = self._create_goods("OM-FAST", self.far)
        self._pick([[self.fast]] * 4)
        answer, swap = self._advise()
        self.assertEqual((answer["before"], answer["after"]), (44.0, 8.0))
        self.assertEqual((swap.location_dest_id, swap.saving), (self.near, 36.0))
        self.assertFalse(swap.other_product_id)

    def test_batches_are_walked_once(self):
        """Transfers that were picked in one batch are one tour."""
        self._create_standard()
        self._pick([[self.fast]] * 3, in_batch=True)
        answer, swap = self._advise()
        self.assertEqual((answer["orders"], answer["lines"], swap.line_count), (10, 10, 7))
        self.assertEqual((answer["before"], swap.advice_id.walk_count), (59.0 + 44.0 / 4, 8))

    def test_heavy_goods_go_low(self):
        """What is heavy and stands too high goes down, also where that saves no way."""
        self.far.pos_z = 3.2
        below = self._create_slot(10, 12)
        heavy = self._create_goods("OM-HEAVY", self.far, weight=12.0)
        light = self._create_goods("OM-LIGHT", below, weight=1.0)
        (self.near | self.middle).is_fixed_place = True
        self._pick([[heavy]] * 3 + [[light]])
        answer, swap = self._advise()
        self.assertEqual((swap.product_id, swap.location_dest_id), (heavy, below))
        self.assertEqual((swap.other_product_id, swap.kind, swap.saving), (light, "low", 0.0))
        self.assertEqual(swap.reason, "One weighs 12 kg and stands 3.2 m high, there 0 m.")
        self.assertEqual(answer["before"], answer["after"])
        for name, value in (("heavy_weight", 12.1), ("heavy_height", 3.2)):
            with self.subTest(name=name):
                self.floor.write({"heavy_weight": 10.0, "heavy_height": 1.0, name: value})
                self.assertFalse(self._advise()[1])

    def test_heavy_goods_stay_low(self):
        """A heavy product picked often is not advised to a near slot that is too high."""
        self._create_standard()
        self.near.pos_z = 3.0
        self.fast.weight = 10.0
        self.assertEqual(self._advise()[1].location_dest_id, self.middle)

    def test_bought_together(self):
        """What is bought together comes into one aisle."""
        first = self._create_goods("OM-FIRST", self.near)
        beside = self._create_slot(0, 8)
        other = self._create_goods("OM-OTHER", beside)
        second = self._create_goods("OM-SECOND", self.middle)
        third = self._create_goods("OM-THIRD", self.far)
        self.far.is_fixed_place = True
        self._pick([[first, second]] * 4 + [[first]] * 2 + [[other]] * 5 + [[third]] * 5)
        answer, swap = self._advise()
        self.assertEqual((swap.product_id, swap.location_dest_id), (second, beside))
        self.assertEqual((swap.other_product_id, swap.kind, swap.saving), (other, "together", 5.5))
        # Both: 34 metres, 16 after; the other: 16 metres, 26 after.
        rest = 2 * 8.0 + 5 * 44.0
        self.assertEqual(answer["before"], (4 * 34.0 + 5 * 16.0 + rest) / 4)
        self.assertEqual(answer["after"], (4 * 16.0 + 5 * 26.0 + rest) / 4)
        self.assertEqual(
            swap.reason,
            "Picked 4 times with [OM-FIRST] Product OM-FIRST, which stands in that aisle.",
        )

    def test_places_that_stay(self):
        """Flagged, mixed, promised to another product, awaited, of another owner: left alone."""
        self._create_standard()
        more = self._create_product("OM-MORE")

        def mix():
            self._set_stock(more, 5, self.near)

        def keep():
            self.env["stock.putaway.rule"].create(
                {
                    "product_id": more.id,
                    "location_in_id": self.stock.id,
                    "location_out_id": self.near.id,
                }
            )

        def lend():
            owner = self._create_customer("Owner")
            quant = self.env["stock.quant"]
            quant._update_available_quantity(self.slow, self.near, 1, owner_id=owner)

        def flag():
            self.near.is_fixed_place = True

        for make in (flag, mix, keep, lend):
            with self.subTest(make=make.__name__), self.cr.savepoint() as savepoint:
                make()
                answer, swap = self._advise()
                self.assertEqual(swap.location_dest_id, self.middle)
                self.assertEqual(swap.other_product_id, self.mid)
                self.assertEqual((answer["before"], answer["after"]), (59.0, 50.0))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_putaway_rule_is_named(self):
        """A rule that keeps the old place for the product goes on doing so."""
        self._create_standard()
        self.env["stock.putaway.rule"].create(
            {
                "product_id": self.fast.id,
                "location_in_id": self.stock.id,
                "location_out_id": self.far.id,
            }
        )
        _answer, swap = self._advise()
        self.assertEqual(
            swap.putaway_note,
            "A putaway rule keeps the old place for [OM-FAST] Product OM-FAST: change it after "
            "the move.",
        )

    def test_storage_categories(self):
        """Goods stay among places of their storage category."""
        self._create_standard()
        self.near.storage_category_id = self.env["stock.storage.category"].create(
            {"name": "Frozen", "max_weight": 500.0}
        )
        _answer, swap = self._advise()
        self.assertEqual(swap.location_dest_id, self.middle)

    def test_product_in_several_places(self):
        """It is fetched where it was picked most often; its other place is no target."""
        self._create_standard()
        reserve = self._create_slot(0, 1)
        self._set_stock(self.fast, 500, reserve)
        answer, swap = self._advise()
        self.assertEqual((answer["before"], answer["after"]), (59.0, 32.0))
        self.assertEqual((swap.location_id, swap.location_dest_id), (self.far, self.near))

    def test_two_steps(self):
        """Picks from stock count, the way from the packing place to the customer does not."""
        self._create_standard()
        self.warehouse.delivery_steps = "pick_ship"
        order = self._create_order([(self.mid, 1)])
        order.action_confirm()
        for _step in range(2):
            step = order.picking_ids.filtered(lambda picking: picking.state == "assigned")
            step.move_ids.picked = True
            step._action_done()
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done"})
        answer, _swap = self._advise()
        self.assertEqual((answer["orders"], answer["before"]), (8, 59.0 + 26.0 / 4))

    def test_newer_advice_replaces(self):
        """One advice a warehouse is current, and only its swaps are proposed."""
        self._create_standard()
        _answer, old = self._advise()
        _answer, new = self._advise()
        self.assertEqual((old.state, old.advice_id.state), ("expired", "replaced"))
        self.assertEqual((new.state, new.advice_id.state), ("proposed", "current"))

    def test_nothing_to_advise(self):
        """Without picks there is advice without swaps, without places there is none."""
        answer, swaps = self._advise()
        self.assertEqual((answer["ok"], answer["orders"], len(swaps)), (True, 0, 0))
        (self.near | self.middle | self.far).unlink()
        answer, _swaps = self._advise()
        self.assertFalse(answer["ok"])
        self.assertEqual(answer["errors"][0]["code"], "not_possible")
        table = self.as_role("order.slotting.advice", "manager")
        self.assertEqual(table.advise(warehouse_ids=[]), [])

    def test_wrong_arguments(self):
        table = self.as_role("order.slotting.advice", "manager")
        cases = [
            ({"days": 0}, "days"),
            ({"days": 366}, "days"),
            ({"days": "28"}, "days"),
            ({"most": 0}, "most"),
            ({"most": 201}, "most"),
            ({"warehouse_ids": ["WH"]}, r"warehouse_ids\[0\]"),
        ]
        for values, path in cases:
            with self.subTest(values=values), self.assertRaisesRegex(ValidationError, path):
                table.advise(**values)

    def test_who_may(self):
        """Managers of the company; a foreign and a missing warehouse sound alike."""
        self._create_standard()
        for role in ("picker", "clerk", "auditor", "integration"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_role("order.slotting.advice", role).advise()
        stranger = self._create_other_company_user("manager")
        table = self.env["order.slotting.advice"].with_user(stranger)
        sentences = set()
        for number in (self.warehouse.id, 999999):
            with self.assertRaises(AccessError) as refused:
                table.advise(warehouse_ids=[number])
            sentences.add(str(refused.exception))
        self.assertEqual(len(sentences), 1)
        self.assertFalse(self.env["order.slotting.advice"].search([]))

    def test_in_the_background(self):
        """The button leaves the work to a job."""
        self._create_standard()
        self.as_role("order.slotting.swap", "manager").action_advise()
        job = self.env["order.job"].search([("method", "=", "advise")], limit=1)
        with self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_jobs").method_direct_trigger()
        self.assertEqual(job.state, "done")
        self.assertEqual(job.result[0]["swaps"][0]["saving"], 27.0)

    def test_weekly(self):
        """The scheduled action looks at warehouses of companies that are switched on."""
        self._create_standard()
        run = self.env.ref("order_management.ir_cron_slotting_advice")
        for is_used, expected in ((False, 0), (True, 1)):
            self.company.use_order_management = is_used
            with self.enter_registry_test_mode():
                run.method_direct_trigger()
            found = self.env["order.slotting.swap"].search([("state", "=", "proposed")])
            self.assertEqual(len(found), expected)

    def test_queries(self):
        """As many for twelve products as for three."""
        self._create_standard()
        table = self.env["order.slotting.advice"].sudo()
        work = lambda: table._advise_warehouse(self.warehouse)  # noqa: E731
        work()
        few = self._count_queries(work)
        goods = [
            self._create_goods(f"OM-N{number}", self._create_slot(0, 5 + number))
            for number in range(9)
        ]
        self._pick([[product] for product in goods])
        work()
        self.assertEqual(self._count_queries(work), few)
