from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..models.reorder import order_reorder_trial_mixin as trial
from .reorder_levels_common import DAY, NEXT_DAY, ReorderLevelsCase


@tagged("post_install", "-at_install", "om_lean")
class TestReorderTrial(ReorderLevelsCase):
    """A policy acts by itself only after it was tried, as it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        others = cls.env["stock.warehouse.orderpoint"].search([("id", "!=", cls.rule.id)])
        others.active = False
        cls.planned = cls.as_role(cls.policy, "manager")

    def _try(self, moment=DAY):
        with freeze_time(moment):
            self.planned.action_try()

    def _is_refused(self, work):
        mode = self.policy.mode
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            work()
        self.env.invalidate_all()
        self.assertEqual(self.policy.mode, mode)
        return True

    def test_on_only_after_a_trial(self):
        policies = self.as_role("order.reorder.policy", "manager")
        with freeze_time(DAY):
            self._is_refused(lambda: self.planned.write({"mode": "on"}))
            self._is_refused(lambda: self.policy.sudo().write({"mode": "on"}))
            self._is_refused(self.planned.action_switch_on)
            self._is_refused(lambda: policies.create({"name": "New", "mode": "on"}))
            self._try()
            self.assertEqual((self.policy.mode, self.policy.trial_state), ("shadow", "valid"))
            self.planned.action_switch_on()
            self.assertEqual(self.policy.mode, "on")
            self.assertEqual(self.planned.copy().mode, "shadow")

    def test_a_trial_is_not_written_by_hand(self):
        self._try()
        policies = self.as_role("order.reorder.policy", "manager")
        for name in ("trial", "trial_at", "trial_by_id", "trial_seal"):
            with self.assertRaises(AccessError, msg=name):
                self.planned.write({name: self.policy[name]})
            with self.assertRaises(AccessError, msg=name):
                policies.create({"name": "New", name: False})
        forged = {f"default_{name}": self.policy[name] for name in ("trial_at", "trial_seal")}
        new = policies.with_context(**forged).create({"name": "New", "sequence": 200})
        self.assertEqual((new.trial_state, new.trial_seal, new.trial_at), ("none", False, False))
        for role in ("clerk", "auditor", "integration"):
            for call in ("action_try", "action_switch_on"):
                with self.assertRaises(AccessError, msg=(role, call)):
                    getattr(self.as_role(self.policy, role), call)()

    def test_a_trial_is_good_for_thirty_days(self):
        self._try()
        last = fields.Datetime.to_datetime(DAY) + timedelta(days=30)
        with freeze_time(last + timedelta(seconds=1)):
            self.assertEqual(self.policy.trial_state, "old")
            self._is_refused(self.planned.action_switch_on)
        self.policy.invalidate_recordset()
        with freeze_time(last):
            self.assertEqual(self.policy.trial_state, "valid")
            self.planned.action_switch_on()
        self.assertEqual(self.policy.mode, "on")

    def test_a_trial_is_good_until_a_setting_changes(self):
        """Of those that levels depend on: the limits are none of them."""
        changes = [
            ({"service_level": 0.9}, "changed"),
            ({"review_days": 2}, "changed"),
            ({"method": "naive"}, "changed"),
            ({"product_ids": [(6, 0, self.item.ids)]}, "changed"),
            ({"period": "day"}, "changed"),
            ({"max_change_percent": 1.0, "budget": 5.0, "min_change_percent": 1.0}, "valid"),
            ({"name": "Another", "service_level": 0.95}, "valid"),
        ]
        for values, state in changes:
            with self.subTest(values), self.env.cr.savepoint() as savepoint, freeze_time(DAY):
                self._try()
                self.planned.write(values)
                self.assertEqual(self.policy.trial_state, state)
                if state == "changed":
                    self._is_refused(lambda: self.planned.write({"mode": "on"}))
                else:
                    self.planned.write({"mode": "on"})
                savepoint.rollback()
            self.env.invalidate_all()

    def test_a_change_takes_it_back_to_shadow(self):
        self._switch_on()
        with freeze_time(NEXT_DAY):
            self.planned.write({"budget": 5.0})
            self.assertEqual(self.policy.mode, "on")
            self._is_refused(lambda: self.planned.write({"service_level": 0.9, "mode": "on"}))
            self.planned.write({"service_level": 0.9})
        self.assertEqual((self.policy.mode, self.policy.trial_state), ("shadow", "changed"))

    def test_what_a_trial_shows(self):
        """The rule's own replay, current levels beside proposed ones; rules stay as they are."""
        with freeze_time(DAY):
            (row,) = self.as_role(self.rule, "manager").simulate_levels(
                [{"minimum": 80, "maximum": 371}, {"minimum": 100, "maximum": 371}], 180
            )
        self._try()
        shown = self.policy.trial
        self.assertEqual((shown["days"], shown["rules"], shown["rules_in_all"]), (180, 1, 1))
        self.assertEqual(shown["demand"], 560)
        for name, tried in zip(("current", "proposed"), row["candidates"], strict=True):
            for figure in ("fill_rate", *trial.SUMS):
                self.assertAlmostEqual(shown[name][figure], tried[figure], 6, (name, figure))
        self.assertIn("all 1 rules", self.policy.trial_html)
        self.assertEqual(self.policy.trial_by_id, self.users["manager"])
        self.assertEqual(self._levels(), (80, 371))
        self.assertFalse(self.rule.proposal_ids)

    def test_a_sample_of_many(self):
        self._add_rule("OM-SAMPLE-1")
        self._add_rule("OM-SAMPLE-2")
        with patch.object(trial, "SAMPLE", 2):
            self._try()
            first = self.policy.trial
            self._try()
        self.assertEqual((first["rules"], first["rules_in_all"]), (2, 3))
        self.assertEqual(self.policy.trial, first)
        self.assertIn("a sample of 2 of 3 rules", self.policy.trial_html)

    def test_only_its_own_rules(self):
        """A policy before it takes one of two products."""
        other = self._add_rule("OM-OTHERS")
        narrow = self.as_role("order.reorder.policy", "manager").create(
            {"name": "Narrow", "sequence": 1, "product_ids": [(6, 0, other.product_id.ids)]}
        )
        self._try()
        with freeze_time(DAY):
            narrow.action_try()
        self.assertEqual((self.policy.trial["rules"], narrow.trial["rules"]), (1, 1))
        forecasts = self.env["order.forecast"].search([("product_id", "=", other.product_id.id)])
        self.assertEqual(forecasts.policy_id, narrow)

    def test_nothing_to_try(self):
        self.rule.active = False
        with self.assertRaisesRegex(UserError, "no reordering rule"):
            self._try()
        self.assertEqual(self.policy.trial_state, "none")
