from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .fulfillment_common import FulfillmentCase


@tagged("post_install", "-at_install", "om_lean")
class TestFulfillmentWaves(FulfillmentCase):
    """Transfers that lie together are picked together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["stock.picking"].search([("state", "=", "assigned")]).do_unreserve()
        cls.floor = cls.env["order.floor"].create(
            {
                "name": "Hall",
                "warehouse_id": cls.warehouse.id,
                "cross_aisle_ids": [
                    Command.create({"pos_y": 0.0}),
                    Command.create({"pos_y": 20.0}),
                ],
            }
        )
        cls.goods = [cls._place(aisle, metre) for aisle in (1, 2, 3, 4) for metre in (5.0, 15.0)]

    @classmethod
    def _place(cls, aisle, metre):
        """A product in a place of its own."""
        place = cls.env["stock.location"].create(
            {
                "name": f"{aisle}-{metre:02.0f}",
                "location_id": cls.warehouse.lot_stock_id.id,
                "aisle": str(aisle),
                "pos_x": 5.0 * (aisle - 1),
                "pos_y": metre,
            }
        )
        product = cls._create_product(f"OM-W{aisle}{metre:02.0f}", weight=2.0)
        cls.env["stock.quant"]._update_available_quantity(product, place, 100)
        return product

    def _create_orders(self, *wanted):
        """A delivery for each list of indices of ``goods``."""
        pickings = self.env["stock.picking"]
        for indices in wanted:
            pickings |= self._create_delivery([(self.goods[index], 1) for index in indices])
        return pickings

    def _plan(self, role="picker", **limits):
        batches = self.as_role(self.env["stock.picking.batch"], role)
        return batches.plan_waves(self.warehouse.id, **limits)

    def _as_sets(self, answers):
        return [set(answer["picking_ids"]) for answer in answers]

    def test_together(self):
        """Two orders of the first aisles and two of the last make a wave each."""
        near, far, near_too, far_too = self._create_orders((0, 1), (6, 7), (0, 1), (6, 7))
        answers = self._plan(max_orders=2)
        self.assertCountEqual(
            self._as_sets(answers), [{near.id, near_too.id}, {far.id, far_too.id}]
        )
        # Into the aisle and back: up to 15 m; to the fourth aisle 15 m across and back as well.
        self.assertEqual([answer["tour_length"] for answer in answers], [30.0, 60.0])
        self.assertEqual([answer["tour_bound"] for answer in answers], [30.0, 60.0])
        self.assertEqual((answers[0]["orders"], answers[0]["lines"]), (2, 4))
        batches = near.batch_id | far.batch_id
        self.assertEqual(set(batches.mapped("state")), {"in_progress"})
        self.assertEqual(near.batch_id.tour_length, 30.0)
        self.assertEqual(sorted((near | near_too).move_line_ids.mapped("tour_rank")), [1, 2, 3, 4])

    def test_slip(self):
        """The slip tells what picking in the order of arrival would have been."""
        self._create_orders((0,), (6,), (1,), (7,))
        self._plan(max_orders=2)
        slip = self.env["order.decision"].search(
            [("decision", "=", "fulfillment.waves"), ("res_id", "=", self.warehouse.id)], limit=1
        )
        self.assertEqual((slip.inputs["transfers"], slip.inputs["waves"]), (4, 2))
        self.assertEqual(slip.inputs["length"], 90.0)
        self.assertEqual((slip.outcome, slip._replay()), ("2 waves, 90.0 m", [True]))
        self.assertEqual(slip.alternatives, [{"choice": "first_come", "length": 120.0}])

    def test_wizard(self):
        """It shows what would be saved and changes nothing; then it plans just that."""
        pickings = self._create_orders((0,), (6,), (1,), (7,))
        wizard = self.as_role(self.env["order.wave.plan"], "picker").create(
            {"warehouse_id": self.warehouse.id, "max_orders": 2}
        )
        self.assertEqual((wizard.transfers, wizard.waves), (4, 2))
        self.assertEqual((wizard.metres, wizard.first_come, wizard.saving), (90.0, 120.0, 0.25))
        self.assertFalse(pickings.batch_id)
        (_field, _operator, batches), *_others = wizard.action_plan()["domain"]
        self.assertCountEqual(batches, pickings.batch_id.ids)
        self.assertEqual(sum(pickings.batch_id.mapped("tour_length")), 90.0)
        with self.assertRaisesRegex(UserError, "No transfer is ready"):
            wizard.action_plan()

    def test_nothing_to_do(self):
        """Waves are planned once; what is claimed or in a batch stays out."""
        self.assertEqual(self._plan(), [])
        (picking,) = self._create_orders((0,))
        self.assertEqual(self._as_sets(self._plan()), [{picking.id}])
        self.assertEqual(self._plan(), [])
        (claimed,) = self._create_orders((1,))
        claimed.claimed_by_id = self.users["picker"]
        self.assertEqual(self._plan(), [])

    def test_limits(self):
        """Each kind of limit holds to the last unit."""
        cases = (
            ({"max_orders": 3}, [3, 1]),
            ({"max_lines": 4}, [2, 2]),
            ({"max_lines": 5}, [2, 2]),
            ({"max_weight": 8.0}, [2, 2]),
            ({"max_weight": 7.9}, [1, 1, 1, 1]),
            ({"max_totes": 4}, [4]),
        )
        pickings = self._create_orders(*[(0, 1)] * 4)
        for limits, sizes in cases:
            with self.subTest(limits):
                answers = self._plan(**limits)
                found = sorted((answer["orders"] for answer in answers), reverse=True)
                self.assertEqual(found, sizes)
                pickings.batch_id.action_cancel()

    def test_too_large(self):
        """What exceeds a wave gets one of its own; nothing is left lying."""
        large, small = self._create_orders((0, 1, 2, 3, 4), (0,))
        answers = self._plan(max_lines=3)
        self.assertCountEqual(self._as_sets(answers), [{large.id}, {small.id}])

    def test_operation_type_limits(self):
        """Without limits in the call those of the operation type hold."""
        self._create_orders((0,), (0,), (0,))
        self.warehouse.out_type_id.batch_max_pickings = 2
        self.assertEqual([answer["orders"] for answer in self._plan()], [2, 1])

    def test_cutoff(self):
        """Up to the moment; the last one that is taken, the first that is not."""
        early, late = self._create_orders((0,), (1,))
        moment = datetime.fromisoformat("2026-03-05 15:00:00")
        early.move_ids.date_deadline = moment
        late.move_ids.date_deadline = datetime.fromisoformat("2026-03-05 15:00:01")
        self.assertEqual(self._as_sets(self._plan(cutoff_at="2026-03-05T15:00:00Z")), [{early.id}])
        self.assertFalse(late.batch_id)

    def test_urgent_first(self):
        """An urgent transfer is in the first wave, filled up with what lies there."""
        plain = self._create_orders((0,), (0,), (6,))
        urgent = self._create_orders((6,))
        urgent.priority = "1"
        answers = self._plan(max_orders=2)
        self.assertEqual(self._as_sets(answers)[0], {urgent.id, plain[2].id})

    def test_choice(self):
        """By lines, delivery method and zone."""
        one, two = self._create_orders((0,), (0, 1))
        carrier = self._create_carrier("DHL")
        two.carrier_id = carrier
        zone = two.move_line_ids.location_id.filtered(lambda place: place.name == "1-05")
        for limits, wanted in (
            ({"lines": "single"}, one),
            ({"lines": "multi"}, two),
            ({"carrier_ids": carrier.ids}, two),
            ({"location_id": zone.id}, one),
        ):
            with self.subTest(limits):
                self.assertEqual(self._as_sets(self._plan(**limits)), [{wanted.id}])
                wanted.batch_id.action_cancel()
        self.assertEqual(len(self._plan(by_carrier=True)), 2)

    def test_without_places(self):
        """What lies nowhere is planned, too, as it came."""
        pickings = self._create_delivery() | self._create_delivery()
        answers = self._plan(max_orders=1)
        self.assertEqual(self._as_sets(answers), [{picking.id} for picking in pickings])
        self.assertEqual([answer["tour_length"] for answer in answers], [0.0, 0.0])

    def test_refused(self):
        """Wrong arguments name themselves; a foreign warehouse is no warehouse."""
        self._create_orders((0,))
        for limits in (
            {"max_orders": 0}, {"max_lines": -1}, {"max_weight": "5"}, {"lines": "some"},
            {"cutoff_at": "noon"}, {"carrier_ids": ["DHL"]},
        ):  # fmt: skip
            with self.subTest(limits), self.assertRaisesRegex(ValidationError, next(iter(limits))):
                self._plan(**limits)
        stranger = self._create_other_company_user("picker")
        batches = self.env["stock.picking.batch"].with_user(stranger)
        for warehouse in (self.warehouse.id, 10**8):
            with self.assertRaises(AccessError):
                batches.plan_waves(warehouse)
        with self.assertRaises(AccessError):
            self._plan("clerk")
        self.assertFalse(self.env["stock.picking.batch"].search([("state", "=", "draft")]))

    def test_first_step_only(self):
        """Where picking is a step of its own, waves are made of that."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._create_order([(self.goods[0], 1)])
        order.action_confirm()
        pick = order.picking_ids
        self.assertEqual(self._as_sets(self._plan()), [{pick.id}])
        self._scan_all(pick)
        self.as_role(pick, "picker").ship()
        self.assertEqual((len(order.picking_ids), self._plan()), (2, []))

    def test_queries(self):
        """The cost of planning grows with waves, hardly with transfers."""
        batches = self.as_role(self.env["stock.picking.batch"], "picker")

        def measure(count):
            self._create_orders(*[(0, 1)] * count)
            return self._count_queries(lambda: batches.plan_waves(self.warehouse.id, max_orders=20))

        measure(2)
        few, many = measure(4), measure(16)
        self.assertLessEqual(few, 70)
        self.assertLessEqual(many - few, 12 * 3)


@tagged("post_install", "-at_install", "om_full")
class TestFulfillmentWaveRules(FulfillmentCase):
    """Waves that plan themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["stock.picking"].search([("state", "=", "assigned")]).do_unreserve()
        cls.company.partner_id.tz = "Europe/Berlin"
        cls.warehouse.partner_id.tz = "Europe/Berlin"

    def _create_rule(self, **values):
        return self.env["order.wave.rule"].create(
            {"name": "Noon", "warehouse_id": self.warehouse.id, "mode": "on", **values}
        )

    def _run(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_waves").method_direct_trigger()

    def test_when(self):
        """The last moment at which it is not due, and the first at which it is."""
        cases = (
            ({"when": "interval", "interval_minutes": 30}, "2026-03-05 10:00:00",
             "2026-03-05 10:29:59", "2026-03-05 10:30:00"),
            ({"when": "hour", "hour": 12.0}, "2026-03-05 10:00:00",
             "2026-03-05 10:59:59", "2026-03-05 11:00:00"),
            ({"when": "hour", "hour": 12.0}, "2026-03-05 11:00:00",
             "2026-03-06 10:59:59", "2026-03-06 11:00:00"),
            ({"when": "cutoff", "minutes_before": 90}, "2026-03-05 08:00:00",
             "2026-03-05 11:29:59", "2026-03-05 11:30:00"),
        )  # fmt: skip
        self.warehouse.cutoff_hour = 14.0
        for values, last, early, due in cases:
            with self.subTest(values=values, last=last):
                rule = self._create_rule(**values)
                rule.last_run_at = last
                found = [rule._is_due(datetime.fromisoformat(at)) for at in (early, due)]
                self.assertEqual(found, [False, True])

    def test_cutoff_after_midnight(self):
        """An hour before half past midnight is the evening before."""
        self.warehouse.cutoff_hour = 0.5
        rule = self._create_rule(when="cutoff", minutes_before=60)
        rule.last_run_at = "2026-03-04 22:30:00"
        for at, due in (("22:29:59", False), ("22:30:00", True)):
            with self.subTest(at):
                self.assertEqual(rule._is_due(datetime.fromisoformat(f"2026-03-05 {at}")), due)

    def test_no_cutoff(self):
        """Before a cut-off that does not exist nothing is planned."""
        rule = self._create_rule(when="cutoff")
        self.warehouse.cutoff_hour = 0.0
        self.assertFalse(rule._is_due(datetime.fromisoformat("2026-03-05 12:00:00")))

    def test_modes(self):
        """Off does nothing, shadow leaves the slip, on plans."""
        picking = self._create_delivery()
        rule = self._create_rule(mode="off")
        slips = self.env["order.decision"]
        domain = [("model", "=", "order.wave.rule"), ("res_id", "=", rule.id)]
        for mode, count, batched in (("off", 0, False), ("shadow", 1, False), ("on", 2, True)):
            with self.subTest(mode):
                rule.write({"mode": mode, "last_run_at": False})
                self._run("2026-03-05 10:00:00")
                found = slips.search(domain)
                self.assertEqual((len(found), bool(picking.batch_id)), (count, batched))
        self.assertEqual(picking.batch_id.wave_rule_id, rule)
        self.assertEqual(rule.last_result, "1 waves of 1 transfers, 0 m.")

    def test_switched_off_company(self):
        """Where order management is off, no rule acts."""
        picking = self._create_delivery()
        self._create_rule()
        self.company.use_order_management = False
        self._run("2026-03-05 10:00:00")
        self.assertFalse(picking.batch_id)

    def test_which(self):
        """Conditions of the rule, and how many there must be."""
        one = self._create_delivery()
        urgent = self._create_delivery([(self.product, 1), (self.other, 1)])
        urgent.priority = "1"
        for values, wanted in (
            ({"only_urgent": True}, urgent),
            ({"lines": "single"}, one),
            ({"transfer_domain": f"[('id', '=', {one.id})]"}, one),
            ({"least_orders": 3}, one.browse()),
            ({"least_orders": 2}, one | urgent),
        ):
            with self.subTest(values):
                rule = self._create_rule(**values)
                rule.action_plan_now()
                self.assertEqual((one | urgent).filtered("batch_id"), wanted)
                (one | urgent).batch_id.action_cancel()
                rule.unlink()

    def test_wrong_conditions(self):
        """Conditions that cannot be read are refused when they are written."""
        for text in ("[('nothing', '=', 1)]", "no domain"):
            with self.subTest(text), self.assertRaises(ValidationError):
                self._create_rule(transfer_domain=text)
