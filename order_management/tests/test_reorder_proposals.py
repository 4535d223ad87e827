from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import plain
from .reorder_levels_common import DAY, LEVELS, NEXT_DAY, WRITTEN, ReorderLevelsCase


@tagged("post_install", "-at_install")
class TestReorderProposals(ReorderLevelsCase):
    """What is applied reaches core's rules, exactly and once; what is refused changes nothing."""

    def _apply(self, proposals, moment=DAY):
        with freeze_time(moment):
            return plain(self.as_role(proposals, "manager")).apply()

    def _reject(self, proposals, *reason):
        with freeze_time(DAY):
            return plain(self.as_role(proposals, "manager")).reject(*reason)

    def _read_rule(self):
        """All of the rule that is stored by hand."""
        self.env.flush_all()
        self.env.invalidate_all()
        return {
            name: value
            for name, value in self.rule.read()[0].items()
            if self.rule._fields[name].store
            and not self.rule._fields[name].compute
            and name not in ("write_date", "write_uid")
        }

    # What is proposed

    def test_before_and_after(self):
        proposal = self._propose()
        self.assertEqual((proposal.minimum, proposal.maximum), LEVELS)
        self.assertEqual((proposal.minimum_before, proposal.maximum_before), (80.0, 371.0))
        self.assertEqual((proposal.written_minimum, proposal.written_maximum), WRITTEN)
        self.assertEqual((proposal.change_percent, proposal.value_change), (25.0, 50.0))
        self.assertFalse(proposal.is_first or proposal.is_uncertain or proposal.is_review)
        self.assertEqual(proposal.since_last, "This is the first proposal for this rule.")
        self.assertEqual(len(proposal.spark["gone"]), 8)
        self.assertEqual(proposal.spark["ahead"], [70.0] * 8)

    # Applying

    def test_apply(self):
        proposal, before = self._propose(), self._read_rule()
        orders = self.env["purchase.order"].search_count([])
        (row,) = self._apply(proposal)
        self.assertEqual(
            row,
            {
                "ok": True,
                "errors": [],
                "proposal_id": proposal.id,
                "orderpoint_id": self.rule.id,
                "state": "applied",
                "minimum": 100.0,
                "maximum": 371.0,
                "written_minimum": 100.01,
                "written_maximum": 371.0,
                "replayed": False,
            },
        )
        after = self._read_rule()
        changed = {name for name in before if before[name] != after[name]}
        self.assertEqual(changed, {"product_min_qty"})
        self.assertEqual(self._levels(), WRITTEN)
        self.assertEqual(self.env["purchase.order"].search_count([]), orders)
        self.assertEqual(proposal.decided_by_id, self.users["manager"])
        self.assertEqual(str(proposal.decided_at), DAY)
        self.assertFalse(proposal.is_automatic)

    def test_core_orders_at_the_minimum_and_not_above(self):
        self._apply(self._propose())
        for stock, ordered in ((101, 0), (100, 271), (99, 272)):
            here = self.item.with_context(location=self.warehouse.lot_stock_id.id)
            self._set_stock(self.item, stock - here.qty_available)
            self.env.invalidate_all()
            self.rule._compute_qty_to_order_computed()
            self.assertEqual(self.rule.qty_to_order_computed, ordered, stock)

    def test_every_decision_leaves_its_slip(self):
        proposal = self._propose()
        self._apply(proposal)
        (slip,) = self._slips(proposal)
        self.assertEqual((slip.decision, slip.outcome), ("reorder.levels", "applied"))
        self.assertEqual(slip.inputs["minimum_before"], 80.0)
        self.assertEqual(slip.alternatives, [{"choice": "keep", "minimum": 80.0, "maximum": 371.0}])
        self.assertEqual(slip._replay(), [True])
        explained = self.as_role("order.decision", "manager").explain(
            "order.reorder.proposal", proposal.id
        )
        self.assertEqual([row["outcome"] for row in explained], ["applied"])

    def test_the_vendors_pack(self):
        """Written as multiple where the rule has none, else left."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.item.uom_ids |= dozen
        self.item.seller_ids.write({"product_uom_id": dozen.id, "price": 60.0})
        proposal = self._propose()
        self.assertEqual(proposal.pack_id, dozen)
        self._apply(proposal)
        self.assertEqual(self.rule.replenishment_uom_id, dozen)
        other = self._add_rule("OM-OWN-PACK")
        six = self.env.ref("uom.product_uom_pack_6")
        other.product_id.seller_ids.write({"product_uom_id": dozen.id, "price": 60.0})
        other.replenishment_uom_id = six
        self._apply(self._propose(other))
        self.assertEqual(other.replenishment_uom_id, six)

    # Repeats and refusals

    def test_the_same_decision_again_answers_the_same(self):
        applied = self._propose()
        rejected = self._propose(self._add_rule("OM-REJECTED"))
        first = self._apply(applied) + self._reject(rejected, "Phased out")
        again = self._apply(applied, NEXT_DAY) + self._reject(rejected, "Another reason")
        self.assertEqual([row.pop("replayed") for row in first], [False, False])
        self.assertEqual([row.pop("replayed") for row in again], [True, True])
        self.assertEqual(first, again)
        self.assertEqual(rejected.reject_reason, "Phased out")
        self.assertEqual(len(self._slips(applied | rejected)), 2)

    def test_refusals_change_nothing(self):
        proposal = self._propose()

        def outdated():
            self.rule.product_max_qty = 372

        def archived():
            self.rule.active = False

        def rejected():
            self._reject(proposal, "No")

        def replaced():
            self._propose(moment=NEXT_DAY)

        for prepare in (outdated, archived, rejected, replaced):
            with self.subTest(prepare.__name__), self.env.cr.savepoint() as savepoint:
                prepare()
                before = self._read_rule()
                slips = len(self._slips(proposal))
                state = proposal.state
                (row,) = self._apply(proposal)
                self.assertFalse(row["ok"])
                self.assertEqual([entry["code"] for entry in row["errors"]], ["not_possible"])
                self.assertEqual((row["state"], row["replayed"]), (state, False))
                self.assertEqual(self._read_rule(), before)
                self.assertEqual(len(self._slips(proposal)), slips)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_applied_is_not_rejected(self):
        proposal = self._propose()
        self._apply(proposal)
        (row,) = self._reject(proposal, "Too late")
        self.assertEqual([entry["code"] for entry in row["errors"]], ["not_possible"])
        self.assertEqual((proposal.state, self._levels()), ("applied", WRITTEN))

    def test_a_rejection_has_a_reason(self):
        proposal = self._propose()
        for reason in ((), ("",), ("  ",), (False,)):
            (row,) = self._reject(proposal, *reason)
            self.assertEqual(
                [(entry["code"], entry["path"]) for entry in row["errors"]],
                [("reason_required", "reason")],
            )
        with self.assertRaises(ValidationError):
            self._reject(proposal, 5)
        self.assertEqual((proposal.state, self._slips(proposal).ids), ("proposed", []))
        (row,) = self._reject(proposal, " Phased out ")
        self.assertEqual((row["ok"], row["state"]), (True, "rejected"))
        self.assertEqual(proposal.reject_reason, "Phased out")
        self.assertEqual(self._slips(proposal).outcome, "rejected")
        self.assertEqual(self._slips(proposal)._replay(), [True])
        self.assertEqual(self._levels(), (80.0, 371.0))

    def test_one_bad_never_stops_the_others(self):
        rules = self.rule | self._add_rule("OM-BAD") | self._add_rule("OM-GOOD")
        proposals = self._propose(rules)
        write = type(self.rule).write

        def refuse(records, vals):
            if rules[1] in records and "product_min_qty" in vals:
                raise UserError(records.env._("Not this one."))
            return write(records, vals)

        with patch.object(type(self.rule), "write", refuse):
            rows = self._apply(proposals)
        self.assertEqual([row["ok"] for row in rows], [True, False, True])
        self.assertEqual(rows[1]["errors"][0]["message"], "Not this one.")
        self.assertEqual(proposals.mapped("state"), ["applied", "proposed", "applied"])
        self.assertEqual([self._levels(rule) for rule in rules], [WRITTEN, (80.0, 371.0), WRITTEN])
        self.assertEqual(len(self._slips(proposals)), 2)

    def test_only_managers_decide(self):
        proposal = self._propose()
        for role in ("clerk", "picker", "returns", "auditor", "integration"):
            for call in ("apply", "action_apply", "action_reject", "action_simulate"):
                with self.assertRaises(AccessError, msg=(role, call)):
                    getattr(self.as_role(proposal, role), call)()
            with self.assertRaises(AccessError):
                self.as_role(proposal, role).reject("No")
        with self.assertRaises(AccessError):
            self.as_role(proposal, "manager").write({"state": "applied"})
        self.assertEqual(self.as_role(proposal, "auditor").reason, proposal.reason)
        self.assertEqual((proposal.state, self._levels()), ("proposed", (80.0, 371.0)))

    # One a rule and day

    def test_what_was_decided_on_answers_the_whole_day(self):
        for decide, state in ((self._apply, "applied"), (self._reject, "rejected")):
            with self.subTest(state), self.env.cr.savepoint() as savepoint:
                proposal = self._propose()
                decide(*((proposal, "No") if state == "rejected" else (proposal,)))
                self.assertEqual(self._propose(), proposal)
                self.assertEqual(proposal.state, state)
                self.policy.review_days = 8  # a week more to cover
                self.assertEqual(self._propose(), proposal)
                self.assertEqual((proposal.state, proposal.minimum), ("proposed", 170.0))
                self.assertFalse(proposal.decided_by_id or proposal.reject_reason)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_levels_changed_by_hand_are_proposed_on_again(self):
        proposal = self._propose()
        self._apply(proposal)
        self.rule.product_min_qty = 50
        self.assertEqual(self._propose(), proposal)
        self.assertEqual((proposal.state, proposal.minimum_before), ("proposed", 50.0))

    def test_what_was_written_is_no_change(self):
        self._apply(self._propose())
        proposal = self._propose(moment=NEXT_DAY)
        self.assertEqual(proposal.minimum_before, 100.01)
        self.assertEqual((proposal.minimum, proposal.maximum), LEVELS)
        self.assertEqual((proposal.change_percent, proposal.value_change), (0.0, 0.0))

    def test_a_newer_one_replaces_what_waits(self):
        first = self._propose()
        second = self._propose(moment=NEXT_DAY)
        self.assertNotEqual(first, second)
        self.assertEqual((first.state, second.state), ("replaced", "proposed"))
        self.assertEqual(second.since_last, "Since 03/02/2026 (replaced) nothing changed.")
        self.item.seller_ids.delay = 12
        self._propose(moment=NEXT_DAY)
        self.assertEqual(
            second.since_last,
            "Since 03/02/2026 (replaced): order at 100 → 130, order up to 371 → 401, lead time in "
            "days 9 → 12.",
        )

    # Effects

    def test_the_effect_of_levels(self):
        proposal = self._propose()
        with freeze_time(DAY):
            self.as_role(proposal, "manager").action_simulate()
            (row,) = self.as_role(self.rule, "manager").simulate_levels(
                [{"minimum": 80, "maximum": 371}, {"minimum": 100, "maximum": 371}], 180
            )
        before, after = row["candidates"]
        self.assertTrue(proposal.has_effect)
        for name in ("fill_rate", "average_stock"):
            self.assertAlmostEqual(proposal[f"{name}_before"], before[name], 2)
            self.assertAlmostEqual(proposal[f"{name}_after"], after[name], 2)
        self.assertEqual(proposal.effect, "91.2 → 100 %, stock 297 → 295")

    # Screens

    def test_buttons_tell_how_it_went(self):
        proposals = self._propose(self.rule | self._add_rule("OM-BUTTON"))
        self.rule.product_max_qty = 400
        with freeze_time(DAY):
            action = self.as_role(proposals, "manager").action_apply()
            self.assertEqual(action["params"]["type"], "warning")
            self.assertIn("1 applied. [OM-DEMAND]", action["params"]["message"])
            action = self.as_role(proposals[0], "manager").action_reject()
            wizard = (
                self.as_role(action["res_model"], "manager")
                .with_context(**action["context"])
                .create({"reason": "Phased out"})
            )
            self.assertEqual(wizard.proposal_count, 1)
            self.assertIn("1 rejected", wizard.action_reject()["params"]["message"])
        self.assertEqual(proposals.mapped("state"), ["rejected", "applied"])

    # Many

    def test_queries_do_not_grow_with_proposals(self):
        """Beside what core takes for writing levels, a constant number."""
        counts = []
        for count in (3, 30):
            rules = self.rule.browse()
            for index in range(count):
                product = self._create_product(f"OM-Q-{count}-{index}")
                rules |= self._create_rule(product, 5, 10)
            proposals = self._propose(rules)
            alone = self._count_queries(lambda rules=rules: rules.write({"product_min_qty": 6.5}))
            rules.write({"product_min_qty": 5, "product_max_qty": 10})
            spent = self._count_queries(lambda proposals=proposals: self._apply(proposals))
            self.assertEqual(set(proposals.mapped("state")), {"applied"})
            counts.append(spent - alone)
        self.assertLessEqual(counts[1] - counts[0], 5, counts)
        self.assertLessEqual(counts[1], 45, counts)

    def _count_queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
