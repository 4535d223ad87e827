from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.reorder import order_reorder_review_mixin as review
from .reorder_levels_common import DAY, NEXT_DAY, WRITTEN, ReorderLevelsCase


@tagged("post_install", "-at_install", "om_full")
class TestReorderReview(ReorderLevelsCase):
    """At night: what changed is proposed, what is within limits applied, the rest waits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        others = cls.env["stock.warehouse.orderpoint"].search([("id", "!=", cls.rule.id)])
        others.active = False

    # What is proposed

    def test_only_what_changes_by_more_than_a_little(self):
        """80 → 100 is a quarter: more than 24.99 %, no more than 25 %."""
        for least, found in ((24.99, 1), (25.0, 0), (25.01, 0)):
            with self.subTest(least), self.env.cr.savepoint() as savepoint:
                self.policy.min_change_percent = least
                self.assertEqual(len(self._review()), found)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_what_was_written_is_not_proposed_again(self):
        self.policy.min_change_percent = 0
        proposal = self._review()[self.rule]
        with freeze_time(DAY):
            self.as_role(proposal, "manager").apply()
        self.assertEqual(self._review(NEXT_DAY), {})
        self.assertEqual(self._review("2026-03-04 10:00:00"), {})

    def test_off_proposes_nothing(self):
        self.policy.mode = "off"
        self.assertEqual(self._review(), {})
        self.assertEqual(self._propose().state, "proposed")

    def test_rules_are_reviewed_when_they_are_due(self):
        """Every third day; what waits in between is left."""
        self.policy.review_days = 3
        days = [f"2026-03-0{day} 10:00:00" for day in range(2, 9)]
        self.assertEqual([len(self._review(day)) for day in days], [1, 0, 0, 1, 0, 0, 1])
        states = self.rule.proposal_ids.sorted("review_day").mapped("state")
        self.assertEqual(states, ["replaced", "replaced", "proposed"])

    def test_what_is_no_longer_so_is_replaced(self):
        proposal = self._review()[self.rule]
        self.rule.product_min_qty = 100
        self.assertEqual(self._review(NEXT_DAY), {})
        self.assertEqual(proposal.state, "replaced")

    def test_what_was_rejected_is_not_proposed_again(self):
        """Until it is something else by more than a little, or the rule has other levels."""
        proposal = self._review()[self.rule]
        with freeze_time(DAY):
            self.as_role(proposal, "manager").reject("Phased out")
        self.assertEqual(self._review(NEXT_DAY), {})
        self.item.seller_ids.delay = 10
        self.assertEqual(self._review("2026-03-04 10:00:00")[self.rule].minimum, 110)
        self.item.seller_ids.delay = 9
        with freeze_time("2026-03-04 12:00:00"):
            self.as_role(self.rule.proposal_ids[0], "manager").reject("Nor this")
        self.rule.product_min_qty = 79
        self.assertEqual(self._review("2026-03-05 10:00:00")[self.rule].minimum, 100)

    def test_old_ones_are_not_kept(self):
        """Replaced: 30 days, with their slips. Decided on: 180 days; their slips stay."""
        replaced = self._review()[self.rule]
        decided = self._review(NEXT_DAY)[self.rule]
        with freeze_time(NEXT_DAY):
            self.as_role(decided, "manager").reject("No")
        waiting = self._review("2026-03-04 10:00:00")
        self.assertEqual((replaced.state, decided.state, waiting), ("replaced", "rejected", {}))
        slips = {one: self._slips(one) for one in (replaced, decided)}
        self.rule.active = False
        for day, kept in (
            ("2026-04-01", [True, True]),
            ("2026-04-02", [False, True]),
            ("2026-08-30", [False, True]),
            ("2026-08-31", [False, False]),
        ):
            self._review(f"{day} 10:00:00")
            self.assertEqual([bool(one.exists()) for one in (replaced, decided)], kept, day)
        self.assertEqual(slips[replaced].exists().ids, [])
        self.assertEqual(slips[decided].exists(), slips[decided])

    def test_what_waits_is_kept(self):
        proposal = self._review()[self.rule]
        self.rule.active = False
        self._review("2027-03-02 10:00:00")
        self.assertEqual(proposal.exists().state, "proposed")

    # Limits

    def test_applied_within_the_limits(self):
        """80 → 100 for 50.0: at the limit it is applied, a hair beyond it waits."""
        self._switch_on()
        for limits, waits in (
            ({}, False),
            ({"max_change_percent": 24.99}, "change"),
            ({"budget": 50.0}, False),
            ({"budget": 49.99}, "budget"),
        ):
            with self.subTest(limits), self.env.cr.savepoint() as savepoint:
                self.policy.write(limits)
                self.assertEqual(self.policy.mode, "on")
                proposal = self._review()[self.rule]
                self.assertEqual(proposal.waiting_reason, waits)
                self.assertEqual(proposal.state, "proposed" if waits else "applied")
                self.assertEqual(proposal.is_automatic, not waits)
                self.assertEqual(self._levels(), (80.0, 371.0) if waits else WRITTEN)
                slip = self._slips(proposal)
                self.assertEqual((slip.outcome, slip.mode), (waits or "applied", "on"))
                self.assertEqual(slip._replay(), [True])
                self.assertTrue(slip.flip)
                self.assertEqual(proposal.has_effect, bool(waits))
                savepoint.rollback()
            self.env.invalidate_all()

    def test_the_flip_really_flips(self):
        self._switch_on()
        self.policy.write({"max_change_percent": 10, "budget": 10})
        proposal = self._review()[self.rule]
        self.assertEqual(self._slips(proposal).flip, "A limit of 25 %.")
        self.assertEqual(self.as_role(proposal, "manager").flip, "A limit of 25 %.")
        self.policy.max_change_percent = 25
        slip = self._slips(self._review(NEXT_DAY)[self.rule])
        self.assertEqual(slip.flip, "A budget of 50.00.")
        self.policy.budget = 50
        self.assertEqual(self._review("2026-03-04 10:00:00")[self.rule].state, "applied")

    def test_in_shadow_nothing_changes(self):
        proposal = self._review()[self.rule]
        self.assertEqual((proposal.state, proposal.waiting_reason), ("proposed", "shadow"))
        self.assertEqual(self._levels(), (80.0, 371.0))
        slip = self._slips(proposal)
        self.assertEqual((slip.outcome, slip.mode), ("applied", "shadow"))
        self.assertEqual(slip._replay(), [True])
        with freeze_time(DAY):  # a person may, in any mode
            self.as_role(proposal, "manager").apply()
        self.assertEqual((proposal.state, self._levels()), ("applied", WRITTEN))

    def test_the_budget_in_shadow(self):
        rules = self.rule | self._add_rule("OM-SHADOW", 84)
        self.policy.budget = 60
        found = self._review()
        self.assertEqual([found[rule].waiting_reason for rule in rules], ["budget", "shadow"])

    def test_never_without_a_person(self):
        """No level before, or too little history, however wide the limits."""
        self._switch_on()
        self.policy.write({"max_change_percent": 100000, "min_change_percent": 0})
        first = self._add_rule("OM-FIRST", 0, 0)
        lower = self._add_rule("OM-HALF", 0, 371)
        new = self._add_rule("OM-NEW", 80, 371, weeks=3)
        found = self._review()
        waits = [found[rule].waiting_reason for rule in (self.rule, first, lower, new)]
        self.assertEqual(waits, [False, "first", "first", "uncertain"])
        self.assertEqual([self._levels(rule) for rule in (first, lower)], [(0, 0), (0, 371)])
        self.assertTrue(found[new].is_uncertain)
        self.assertEqual(self._slips(found[first]).flip, "A level before.")

    def test_reductions_first_then_the_smallest(self):
        """60.0 of budget: 40.0 fits, 50.0 no more; what takes from stock costs nothing."""
        smaller = self._add_rule("OM-SMALLER", 84)
        fewer = self._add_rule("OM-FEWER", 110)
        self._switch_on()
        self.policy.budget = 60
        found = self._review()
        self.assertEqual(
            [found[rule].value_change for rule in (self.rule, smaller, fewer)], [50, 40, -25]
        )
        self.assertEqual(
            [found[rule].state for rule in (self.rule, smaller, fewer)],
            ["proposed", "applied", "applied"],
        )
        self.assertEqual(found[self.rule].waiting_reason, "budget")

    def test_one_bad_never_stops_the_others(self):
        other = self._add_rule("OM-OTHER")
        self._switch_on()
        write, bad = type(self.rule).write, self.rule.id

        def refuse(records, vals):
            if bad in records.ids and "product_min_qty" in vals:
                raise UserError(records.env._("Not this one."))
            return write(records, vals)

        with patch.object(type(self.rule), "write", refuse):
            found = self._review()
        self.assertEqual((found[other].state, self._levels(other)), ("applied", WRITTEN))
        self.assertEqual(found[self.rule].waiting_reason, "failed")
        self.assertEqual(found[self.rule].failure, "Not this one.")
        self.assertEqual(self._slips(found[self.rule]).outcome, "failed")
        self.assertEqual(self._levels(), (80.0, 371.0))

    # Many

    def test_a_stopped_run_goes_on(self):
        """After each part the time is up: the next run starts where it ended, with its budget."""
        rules = self.rule
        for index in range(3):
            rules |= self._add_rule(f"OM-STOP-{index}")
        for rule in rules:  # parts end with a vendor's rules
            rule.product_id.seller_ids.partner_id = self._create_customer(rule.name)
        self._switch_on()
        self.policy.budget = 150
        with freeze_time(DAY):
            self.env["order.forecast"]._run(self.warehouse, rules.product_id)

        def stop(records, processed=0, **values):
            records.env.flush_all()
            return 0 if processed else 1

        with (
            patch.object(review, "CHUNK", 1),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", stop),
        ):
            states = []
            for _run in range(12):
                self._run_review()
                found = self.env["order.reorder.proposal"].search([])
                states.append(
                    (
                        len(found),
                        len(found.filtered(lambda one: one.state == "applied")),
                        len(found.filtered("waiting_reason")),
                        len(found.filtered("has_effect")),
                    )
                )
        self.assertEqual(
            states[:9],
            [(1, 0, 0, 0), (2, 0, 0, 0), (3, 0, 0, 0), (4, 0, 0, 0), (4, 1, 0, 0), (4, 2, 0, 0),
             (4, 3, 0, 0), (4, 3, 1, 0), (4, 3, 1, 1)],
        )  # fmt: skip
        self.assertEqual(set(states[9:]), {(4, 3, 1, 1)})

    def test_a_vendors_rules_stay_together(self):
        """Common cycles and least order values are reckoned over all of them."""
        other = self._add_rule("OM-SAME-VENDOR")
        alone = self._add_rule("OM-ANOTHER-VENDOR")
        alone.product_id.seller_ids.partner_id = self._create_customer("Another")
        with freeze_time(DAY):
            self.env["order.forecast"]._run(self.warehouse, (other | alone | self.rule).product_id)
        with patch.object(review, "CHUNK", 1):
            parts = self.rule._find_due(date(2026, 3, 2))
        self.assertEqual(sorted(map(sorted, parts)), sorted([[self.rule.id, other.id], [alone.id]]))

    def test_companies_that_are_off_are_left(self):
        with freeze_time(DAY):
            self.env["order.forecast"]._run(self.warehouse, self.item)
        self.company.use_order_management = False
        self.assertEqual(self.rule._find_due(date(2026, 3, 2)), [])

    def _run_review(self):
        with freeze_time(DAY):
            self.env["stock.warehouse.orderpoint"]._cron_review()
        self.env.invalidate_all()

    def test_queries_do_not_grow_with_rules(self):
        counts = []
        for count in (3, 30):
            rules = self.rule.browse()
            for index in range(count):
                rules |= self._create_rule(self._create_product(f"OM-N-{count}-{index}"), 5, 10)
            with freeze_time(DAY):
                self.env["order.forecast"]._run(self.warehouse, rules.product_id)
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                rules.sudo()._review(date(2026, 3, 2))
                self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(rules.proposal_ids), count)
        self.assertLessEqual(counts[1] - counts[0], 3, counts)
        self.assertLessEqual(counts[1], 60, counts)
