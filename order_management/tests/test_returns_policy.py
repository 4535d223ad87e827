from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .returns_common import ReturnCase


class PolicyCase(ReturnCase):
    @classmethod
    def _quote(cls, order, reason="changed_mind", day="2026-03-10", **values):
        """The quote's answer for one unit."""
        line = cls._ask(order, reason=reason, **values)
        answer = cls.as_role("order.return", "clerk").quote(order.id, [line], requested_on=day)
        return answer["lines"][0]

    def _find_slips(self, order_return):
        domain = [("model", "=", "order.return"), ("res_id", "=", order_return.id)]
        return self.env["order.decision"].search(domain)

    @classmethod
    def _add_rule(cls, sequence=5, **values):
        return cls.rule.copy({"sequence": sequence, "fee_percent": 0.0, **values})


@tagged("post_install", "-at_install")
class TestReturnPolicyRules(PolicyCase):
    """Who, what, why, and what follows."""

    def test_scenario_25(self):
        order = self._create_sold()
        self.assertEqual(order.amount_total, 129.60)
        self.assertEqual(self._quote(order, day="2026-03-31")["decision"], "accept")
        late = self._quote(order, day="2026-04-01")
        self.assertEqual((late["decision"], late["code"]), ("refuse", "outside_window"))
        self.assertEqual(
            late["reason"],
            "The return window of 30 days closed on March 31, 2026. The days are counted from "
            "the delivery on March 1, 2026.",
        )
        self.assertEqual(late["last_day"], "2026-03-31")
        mind, fault = self._quote(order), self._quote(order, "defective")
        self.assertEqual((mind["refund"], mind["fee"]), (36.72, 6.48))
        self.assertEqual((fault["refund"], fault["fee"]), (43.20, 0.0))
        self.assertEqual((mind["return_shipping"], fault["return_shipping"]), ("customer", "us"))
        self.assertEqual(
            mind["reason"],
            "It can be returned until March 31, 2026: the window is 30 days. The days are "
            "counted from the delivery on March 1, 2026.",
        )
        # A later change, by whoever may: first of the rule itself, then of the policy.
        self.as_role(self.rule, "manager").write({"fee_percent": 50.0, "window_days": 5})
        self.as_role(self.policy, "manager").write(
            {"rule_ids": [Command.create({"sequence": 1, "decision": "refuse"})]}
        )
        self.assertEqual(self._quote(order, day="2026-03-31"), {**mind, "returnable": 3.0})
        before = self._get_on_hand()
        one = self._return(order, 3, "defective")
        self.as_role(one, "picker").receive(
            [
                {"return_line_id": one.line_ids.id, "quantity": 2, "condition": "A"},
                {
                    "return_line_id": one.line_ids.id,
                    "quantity": 1,
                    "condition": "C",
                    "disposition": "scrap",
                },
            ]
        )
        self.assertEqual(self._get_on_hand(), before + 2)
        self.assertEqual(self._settle(one)["refund_total"], 129.60)
        new = self._create_sold()
        self.assertEqual(self._quote(new)["decision"], "refuse", "the change counts from now on")

    def test_who_what_and_where(self):
        tag = self.env["res.partner.category"].create({"name": "VIP"})
        product_tag = self.env["product.tag"].create({"name": "Sealed"})
        channel = self.env["order.channel"].create({"name": "Shop", "code": "POLICY"})
        order = self._create_sold()
        special = self._add_rule(decision="review")
        company = order.partner_id.commercial_partner_id
        cases = (
            ({"customer_kind": "company"}, lambda: company.write({"is_company": True})),
            (
                {"partner_tag_ids": tag.ids},
                lambda: order.partner_id.write({"category_id": tag.ids}),
            ),
            (
                {"product_tag_ids": product_tag.ids},
                lambda: self.shirt.write({"additional_product_tag_ids": product_tag.ids}),
            ),
            ({"channel_ids": channel.ids}, lambda: order.write({"channel_id": channel.id})),
            (
                {"country_ids": self.env.ref("base.fr").ids},
                lambda: order.partner_shipping_id.write({"country_id": self.env.ref("base.fr").id}),
            ),
        )
        company.is_company = False
        empty = dict.fromkeys(
            ("partner_tag_ids", "product_tag_ids", "channel_ids", "country_ids"), [Command.clear()]
        )
        for values, make_fit in cases:
            with self.subTest(values=list(values)):
                special.write({"customer_kind": False, **empty})
                special.write(values)
                self.assertEqual(self._quote(order)["decision"], "accept")
                make_fit()
                self.assertEqual(self._quote(order)["decision"], "review")

    def test_condition_that_the_customer_states(self):
        order = self._create_sold()
        self.rule.goods = "unopened"
        opened = self._add_rule(sequence=20, goods="opened", fee_percent=50.0)
        self.assertEqual(self._quote(order, goods="unopened")["refund"], 36.72)
        self.assertEqual(self._quote(order, goods="opened")["refund"], 21.60)
        unknown = self._quote(order)
        self.assertEqual((unknown["decision"], unknown["code"]), ("review", "condition_missing"))
        one = self._return(order, 1)
        self.assertEqual(one.state, "review")
        self.as_role(one.line_ids, "returns").goods = "opened"
        self.assertEqual((one.line_ids.decision, one.refund_total), ("accept", 21.60))
        self.assertEqual(one.line_ids.rule_id, opened)

    def test_photo_is_wanted_for_a_reason(self):
        order = self._create_sold()
        self.rule.evidence_reason_ids = self.reasons["damaged"]
        without = self._quote(order, "damaged")
        self.assertEqual((without["decision"], without["code"]), ("review", "evidence_missing"))
        self.assertTrue(without["evidence_needed"])
        self.assertEqual(self._quote(order, "damaged", has_evidence=True)["decision"], "accept")
        self.assertFalse(self._quote(order)["evidence_needed"])
        one = self._return(order, 1, "damaged")
        slip = self._find_slips(one)
        self.assertEqual(slip.flip, "A photo with the request.")
        self.as_role(one.line_ids, "returns").has_evidence = True
        self.assertEqual((one.line_ids.decision, one.refund_total), ("accept", 43.20))
        slips = self._find_slips(one)
        self.assertEqual(slips._replay(), [True, True])

    def test_fees_by_reason(self):
        order = self._create_delivered()
        self.rule.write(
            {
                "fee_ids": [
                    Command.create(
                        {"reason_id": self.reasons["wrong_size"].id, "fee_amount": 2.50}
                    ),
                    Command.create({"reason_id": self.reasons["damaged"].id, "fee_percent": 90}),
                ],
            }
        )
        one = self._return(order, 1, "wrong_size")
        self.assertEqual(one.fee_total, 0.0, "nothing is invoiced yet")
        self._invoice(order)
        fees = {
            reason: self._quote(order, reason)["fee"]
            for reason in ("changed_mind", "wrong_size", "damaged", "defective")
        }
        self.assertEqual(
            fees, {"changed_mind": 6.48, "wrong_size": 2.5, "damaged": 0.0, "defective": 0.0}
        )
        self._receive(one)
        self.assertEqual(self._settle(one)["refund_total"], 40.70, "invoiced after the request")

    def test_window_of_each_delivery(self):
        """Case G35: each delivery has its own window; on day 31 a person decides."""
        order = self._create_order([(self.shirt, 2, 40.0)])
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking._action_done()
        self._deliver(order, "2026-03-01 10:00:00")
        later = order.picking_ids - picking
        self._deliver(order, "2026-03-15 10:00:00")
        picking.move_ids.date, later.move_ids.date = "2026-03-01 10:00:00", "2026-03-15 10:00:00"
        shipments = self.env["order.shipment"].search([("picking_id", "in", order.picking_ids.ids)])
        for shipment in shipments:
            shipment.delivered_at = shipment.picking_id.move_ids.date
        self._add_rule(sequence=20, window_days=0, decision="review")

        def judge(day, quantity=1):
            line = self._ask(order, quantity)
            quote = self.as_role("order.return", "clerk").quote(order.id, [line], day)["lines"][0]
            return quote["decision"], quote["code"]

        self.assertEqual(judge("2026-03-31", 2), ("accept", "rule"))
        self.assertEqual(judge("2026-04-01", 2), ("review", "late"))
        self.assertEqual(judge("2026-04-14"), ("accept", "rule"), "the newest comes back first")
        self.assertEqual(judge("2026-04-15"), ("review", "late"))

    def test_words_name_where_the_days_start(self):
        order = self._create_sold()
        shipments = self.env["order.shipment"].search([("picking_id", "in", order.picking_ids.ids)])
        shipments.write({"delivered_at": False})
        self.assertIn(
            "counted from March 1, 2026, when it left our warehouse, as we know of no delivery",
            self._quote(order)["reason"],
        )
        one = self._return(order, 1)
        slip = self._find_slips(one)
        self.assertEqual(slip.inputs["facts"]["delivered_by"], "transfer")

    def test_what_rules_name_is_not_deleted(self):
        """A rule for a category that is gone would be for everything."""
        category = self.env["product.category"].create({"name": "Hats"})
        self._add_rule(category_ids=category.ids)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            category.unlink()
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestReturnPolicyVersions(PolicyCase):
    """An order keeps the terms under which it came in."""

    def _find_earlier(self, policy=None):
        return self.env["order.return.policy"].search(
            [("head_id", "=", (policy or self.policy).id)]
        )

    def test_edits_before_the_first_order_are_made_in_place(self):
        policy = self.as_role("order.return.policy", "manager").create(
            {
                "name": "To come",
                "date_from": "2031-01-01",
                "rule_ids": [
                    Command.create(
                        {
                            "fee_ids": [
                                Command.create(
                                    {"reason_id": self.reasons["late"].id, "fee_percent": 1}
                                )
                            ]
                        }
                    )
                ],
            }
        )
        self._create_sold()
        policy.rule_ids.fee_percent = 20
        policy.rule_ids.fee_ids.fee_percent = 2
        policy.rule_ids = [Command.create({"sequence": 99})]
        policy.rule_ids[0].unlink()
        self.assertEqual((len(policy.rule_ids), policy.version_count), (1, 1))
        policy.unlink()
        self.assertFalse(policy.exists())

    def test_edits_of_every_kind_leave_earlier_orders_alone(self):
        fee = self.env["order.return.policy.fee"].create(
            {"rule_id": self.rule.id, "reason_id": self.reasons["wrong_size"].id, "fee_percent": 10}
        )
        edits = {
            "rule": lambda: self.as_role(self.rule, "manager").write({"decision": "refuse"}),
            "rules of the policy": lambda: self.as_role(self.policy, "manager").write(
                {"rule_ids": [Command.update(self.rule.id, {"window_days": 1})]}
            ),
            "another rule": lambda: self.as_role(self.rule, "manager").create(
                {"policy_id": self.policy.id, "sequence": 1, "decision": "refuse"}
            ),
            "a rule less": lambda: self.as_role(self.policy, "manager").write(
                {"rule_ids": [Command.clear(), Command.create({"decision": "refuse"})]}
            ),
            "fee": lambda: self.as_role(fee, "manager").write({"fee_percent": 99}),
            "a fee less": lambda: self.as_role(fee, "manager").unlink(),
            "countries": lambda: self.as_role(self.policy, "manager").write(
                {"country_ids": self.env.ref("base.jp").ids}
            ),
            "sequence": lambda: self.as_role(self.policy, "manager").write({"sequence": 999}),
            "archived": lambda: self.as_role(self.policy, "manager").action_archive(),
            "deleted": lambda: self.as_role(self.policy, "manager").unlink(),
            "ended": lambda: self.as_role(self.policy, "manager").write({"date_to": "2026-01-31"}),
        }
        order = self._create_sold()
        asked = ("changed_mind", "wrong_size")
        expected = [self._quote(order, reason, "2026-03-31") for reason in asked]
        self.assertEqual([line["fee"] for line in expected], [6.48, 4.32])
        for name, edit in edits.items():
            with self.subTest(edit=name):
                savepoint = self.env.cr.savepoint()
                edit()
                after = [self._quote(order, reason, "2026-03-31") for reason in asked]
                self.assertEqual(after, expected)
                new = self._create_sold()
                self.assertNotEqual(
                    [self._quote(new, reason, "2026-03-31") for reason in asked],
                    [{**line, "line_id": new.order_line.id} for line in expected],
                )
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_promises_beside_the_rules_and_on_paper(self):
        """What goes back beside the goods, and the days on the return slip, are kept as well."""
        order = self._create_sold()
        self.as_role(self.policy, "manager").write({"shipping_refund": "none"})
        self.as_role(self.rule, "manager").window_days = 5
        self.assertEqual(order._get_return_policy().shipping_refund, "full")
        new = self._create_sold()
        self.assertEqual(new._get_return_policy().shipping_refund, "none")
        self._add_rule(product_tag_ids=[Command.create({"name": "Sealed"})], window_days=99)
        terms = (order | new)._get_return_terms()
        days = [terms[one.id]["days"][one.order_line.id] for one in (order, new)]
        self.assertEqual(days, [30, 5])

    def test_one_version_an_edit_and_none_without_one(self):
        order = self._create_sold()
        one = self._return(order)
        rule = self.as_role(self.rule, "manager")
        rule.write({"window_days": 30, "fee_percent": 15.0, "reason_ids": [Command.clear()]})
        self.assertFalse(self._find_earlier(), "nothing changed")
        rule.fee_percent = 20.0
        rule.fee_percent = 25.0
        rule.window_days = 60
        earlier = self._find_earlier()
        self.assertRecordValues(
            earlier, [{"name": "Test", "after_order": 0, "version_count": 2, "return_count": 1}]
        )
        self.assertEqual((earlier.rule_ids.fee_percent, earlier.rule_ids.window_days), (15.0, 30))
        self.assertEqual((one.policy_id, one.line_ids.rule_id), (earlier, earlier.rule_ids))
        self.assertEqual(self._request(order)["policy"], "Test")
        self._create_sold()
        rule.fee_percent = 30.0
        self.assertEqual(self._find_earlier().mapped("rule_ids.fee_percent"), [15.0, 25.0])
        self.assertEqual(self.policy.version_ids.mapped("rule_ids.fee_percent"), [15, 25, 30])

    def test_earlier_versions_are_closed(self):
        self._create_sold()
        self.as_role(self.rule, "manager").fee_percent = 20.0
        earlier = self.as_role(self._find_earlier(), "manager")
        for write in (
            lambda: earlier.write({"active": False}),
            lambda: earlier.rule_ids.write({"fee_percent": 0.0}),
            lambda: earlier.rule_ids.unlink(),
            lambda: earlier.unlink(),
            lambda: earlier._create_version(date(2031, 1, 1)),
        ):
            with self.assertRaises(UserError):
                write()
        for vals in ({"after_order": 0}, {"until_order": 1}, {"head_id": False}):
            with self.assertRaises(AccessError):
                self.as_role(self.policy, "manager").write(vals)
        forged = self.as_role("order.return.policy", "manager").with_context(default_until_order=9)
        made = forged.create({"name": "Forged", "rule_ids": [Command.create({})]})
        self.assertEqual(made.until_order, 0)
        for role in ("clerk", "returns", "auditor", "integration", "picker"):
            with self.assertRaises(AccessError):
                self.as_role(self.rule, role).fee_percent = 1.0
        self.assertEqual(len(self._find_earlier()), 1)

    def test_second_person_counts_at_once(self):
        """The limit guards the company; it is no promise to the customer."""
        one = self._return(self._create_sold())
        self.as_role(self.rule, "manager").decision = "review"
        self.as_role(self.policy, "manager").four_eyes_amount = 20.0
        self.assertEqual(len(self._find_earlier()), 1)
        self.assertEqual(one.policy_id.four_eyes_amount, 20.0)

    def test_new_version_from_a_day(self):
        order = self._create_sold()
        dialog = self.as_role("order.return.policy.version", "manager").create(
            {"policy_id": self.policy.id, "date_from": "2031-05-01"}
        )
        version = self.env["order.return.policy"].browse(dialog.action_create()["res_id"])
        self.assertEqual(str(self.policy.date_to), "2031-04-30")
        self.assertEqual(str(version.date_from), "2031-05-01")
        self.as_role(version.rule_ids, "manager").decision = "refuse"
        self.assertFalse(self._find_earlier() | self._find_earlier(version))
        self.assertEqual(version.version_ids, self.policy | version)
        self.assertEqual(self._quote(order)["decision"], "accept")
        order.date_order = "2031-05-01 10:00:00"
        self.assertEqual(self._quote(order)["decision"], "refuse")
        for day in ("2026-01-01", "2031-05-01"):
            dialog = dialog.create({"policy_id": version.id, "date_from": day})
            with self.assertRaises(UserError):
                dialog.action_create()
        with self.assertRaises(AccessError):
            self.as_role(self.policy, "returns")._create_version(version.date_from)

    def test_queries_of_an_edit_do_not_grow_with_orders_and_returns(self):
        def count(size):
            for _turn in range(size):
                self._return(self._create_sold())
            self.env.flush_all()
            self.env.invalidate_all()
            rule = self.as_role(self.rule, "manager")
            rule.read(["fee_percent"])
            before = self.env.cr.sql_log_count
            rule.fee_percent += 1
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertLessEqual(count(4) - count(1), 1)
