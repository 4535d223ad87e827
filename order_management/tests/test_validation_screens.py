from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import OrderManagementCase


@tagged("post_install", "-at_install", "om_full")
class TestValidationScreens(OrderManagementCase):
    """What buttons, lists and dialogs of the holds do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bad = cls._create_customer(
            "Berlin", zip="1234", city="Berlin", country_id=cls.env.ref("base.de").id
        )

    def _hold(self, lines=None, **values):
        order = self._create_order(lines, customer=self.bad, **values)
        order.process_orders()
        self.assertEqual(order.hold_state, "held")
        return order

    def _mend(self, finding, role="clerk"):
        finding = self.as_role(finding, role)
        action = finding.action_mend()
        wizard = self.env[action["res_model"]].with_user(self.users[role])
        return Form(wizard.with_context(**action["context"]))

    def test_mending_the_address_confirms_what_waited_for_it(self):
        order = self._hold()
        form = self._mend(order.open_finding_ids)
        self.assertIn("five digits", form.problems)
        form.zip = "10115"
        self.assertFalse(form.problems)
        told = form.save().action_save()
        self.assertEqual((order.state, self.bad.zip), ("sale", "10115"))
        self.assertIn("is confirmed", told["params"]["message"])

    def test_an_address_for_this_order_only(self):
        order = self._hold()
        form = self._mend(order.open_finding_ids)
        form.zip, form.scope = "10115", "order"
        form.save().action_save()
        self.assertEqual((order.state, self.bad.zip), ("sale", "1234"))
        address = order.partner_shipping_id
        self.assertEqual((address.parent_id, address.type), (self.bad, "delivery"))

    def test_what_is_still_wrong_is_told(self):
        order = self._hold()
        form = self._mend(order.open_finding_ids)
        form.zip = "12"
        told = form.save().action_save()
        self.assertEqual(order.hold_state, "held")
        self.assertIn("still held", told["params"]["message"])

    def test_mending_a_line_takes_the_price_list_s_price(self):
        order = self._create_order([(self.product, 1, 30.0)])
        order.process_orders()
        finding = order.open_finding_ids.filtered(lambda found: found.code == "price_deviation")
        form = self._mend(finding)
        self.assertEqual((form.price_unit, form.expected_price), (30.0, 50.0))
        form.save().action_take_expected()
        self.assertEqual((order.state, order.order_line.price_unit), ("sale", 50.0))

    def test_mending_needs_the_rights_of_core_s_forms(self):
        order = self._hold()
        form = self._mend(order.open_finding_ids, role="auditor")
        form.zip = "10115"
        wizard = form.save()
        with self.assertRaises(AccessError):
            wizard.action_save()
        self.assertEqual(self.bad.zip, "1234")

    def test_each_finding_knows_its_way(self):
        order = self._hold([(self.product, 500, 1.0)])
        ways = {}
        for finding in self.as_role(order.open_finding_ids, "clerk"):
            ways[finding.code] = (finding.mend_label, finding.action_mend()["res_model"])
        self.assertEqual(ways["address_incomplete"], ("Mend address", "order.finding.mend"))
        self.assertEqual(ways["stock_short"], ("Mend line", "order.finding.mend"))
        self.assertEqual(ways["price_deviation"], ("Mend line", "order.finding.mend"))
        empty = self._create_order([])
        empty.check_orders()
        (finding,) = empty.open_finding_ids
        self.assertEqual((finding.mend_label, finding.action_mend()["res_id"]), (False, empty.id))

    def test_debts_lead_to_the_invoices_as_far_as_they_may_be_seen(self):
        check = self.env.ref("order_management.order_check_credit_limit")
        order = self._create_order()
        values = {"order_id": order.id, "check_id": check.id, "severity": "hold", "message": "x"}
        for code in ("credit_limit", "overdue_invoices"):
            finding = self.env["order.finding"].create({**values, "code": code})
            self.assertEqual(finding.action_mend()["res_model"], "account.move")
        for code, model in (
            ("customer_blocked", "res.partner"),
            ("payment_missing", "payment.link.wizard"),
            ("duplicate_order", "sale.order"),
        ):
            finding = self.env["order.finding"].create({**values, "code": code})
            with self.subTest(code):
                self.assertEqual(finding.action_mend()["res_model"], model)

    def test_a_reason_is_picked_and_time_limited(self):
        order = self._hold()
        preset = self.env.ref("order_management.order_release_reason_agreed")
        until = fields.Datetime.now().replace(microsecond=0) + timedelta(days=1)
        action = self.as_role(order.open_finding_ids, "clerk").action_release()
        wizard = self.env[action["res_model"]].with_user(self.users["clerk"])
        form = Form(wizard.with_context(**action["context"]))
        form.preset_id = preset
        self.assertEqual(form.reason, preset.name)
        form.until = until
        form.save().action_confirm()
        finding = order.finding_ids
        self.assertEqual((finding.state, finding.release_until), ("released", until))
        self.assertEqual(order.released_finding_ids, finding)
        self.assertEqual(order.state, "sale")

    def test_bulk_release_is_all_or_nothing(self):
        """A clerk may release the address, not the price."""
        order = self._hold([(self.product, 1, 1.0)])
        findings = self.as_role(order.open_finding_ids, "clerk")
        self.assertEqual(len(findings), 2)
        wizard = self.env["order.finding.release"].with_user(self.users["clerk"])
        with self.assertRaises(AccessError):
            wizard.create(
                {"finding_ids": [Command.set(findings.ids)], "reason": "x"}
            ).action_confirm()
        self.assertEqual(set(findings.mapped("state")), {"open"})

    def test_what_the_caller_may_release_can_be_searched(self):
        order = self._hold([(self.product, 1, 1.0)])
        domain = [("order_id", "=", order.id), ("may_release", "=", True)]
        findings = self.env["order.finding"]
        for role, codes in (
            ("clerk", {"address_incomplete"}),
            ("manager", {"address_incomplete", "price_deviation"}),
            ("auditor", set()),
        ):
            with self.subTest(role):
                found = self.as_role(findings, role).search(domain)
                self.assertEqual(set(found.mapped("code")), codes)
                self.assertEqual(found, found.filtered("may_release"))
                rest = self.as_role(findings, role).search(
                    [*domain[:1], ("may_release", "=", False)]
                )
                self.assertEqual(len(found) + len(rest), 2)

    def test_money_held_counts_an_order_once(self):
        euro = self.company.currency_id
        foreign = self.env["res.currency"].create(
            {"name": "XOM", "symbol": "X", "rate_ids": [Command.create({"rate": 2.0})]}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        one = self._hold([(self.product, 1, 10.0), (self.product, 1, 20.0)])
        other = self._hold([(self.product, 1, 10.0)], pricelist_id=pricelist.id)
        domain = [("order_id", "in", (one | other).ids)]
        by_code = {
            code: (count, amount)
            for code, count, amount in self.env["order.finding"]._read_group(
                domain, ["code"], ["__count", "amount_waiting:sum"]
            )
        }
        price = by_code["price_deviation"]
        self.assertEqual(price[0], 3)
        self.assertAlmostEqual(float(price[1]), euro.round(30.0 + 10.0 / 2), 2)
        ((total,),) = self.env["order.finding"]._read_group(domain, [], ["amount_waiting:sum"])
        self.assertAlmostEqual(float(total), 35.0, 2)
        (group,) = self.env["order.finding"].web_read_group(
            [*domain, ("code", "=", "price_deviation")],
            ["check_id"],
            ["amount_waiting:sum_currency", "company_currency_id:array_agg_distinct"],
        )["groups"]
        self.assertAlmostEqual(float(group["amount_waiting:sum_currency"]), 35.0, 2)
        self.assertAlmostEqual(sum(one.open_finding_ids[:1].mapped("amount_waiting")), 30.0, 2)
        ordered = self.env["order.finding"].search(domain, order="amount_waiting desc, id")
        self.assertEqual(ordered[0].order_id, one)
        self.assertTrue(self.env["order.finding"].search(domain, order="waiting_hours desc, id"))

    def test_the_holds_list_costs_the_same_for_many(self):
        orders = self.env["sale.order"]
        for _number in range(12):
            orders |= self._create_order(customer=self.bad)
        orders.check_orders()
        findings = self.env["order.finding"].browse(orders.finding_ids.ids)
        names = ["waiting_time", "amount_waiting", "mend_label", "may_release", "releaser"]

        def count(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.with_user(self.users["clerk"]).read(names)
            return self.env.cr.sql_log_count - before

        count(findings)
        self.assertEqual(count(findings[:2]), count(findings))

    def test_age_is_told_in_people_s_words(self):
        finding = self._hold().open_finding_ids
        for age, text in (
            (timedelta(minutes=5), "5 min"),
            (timedelta(hours=30), "30 h"),
            (timedelta(days=3), "3 days"),
        ):
            self.env.cr.execute(
                "UPDATE order_finding SET create_date = %s WHERE id = %s",
                (fields.Datetime.now() - age, finding.id),
            )
            finding.invalidate_recordset()
            with self.subTest(text):
                self.assertEqual(finding.waiting_time, text)

    def test_checking_again_is_the_clerk_s(self):
        order = self._hold()
        self.bad.zip = "10115"
        self.assertTrue(order.open_finding_ids.recheck)
        with self.assertRaises(AccessError):
            self.as_role(order.open_finding_ids, "auditor").action_recheck()
        self.as_role(order.open_finding_ids, "clerk").action_recheck()
        self.assertEqual(order.state, "sale")

    def test_confirming_many_tells_how_it_went(self):
        held = self._create_order(customer=self.bad)
        orders = held | self._create_order() | self._create_order()
        told = self.as_role(orders, "clerk").action_process()["params"]
        self.assertEqual(told["title"], "2 confirmed, 1 held")
        self.assertIn(held.name, told["message"])
        self.assertEqual(told["type"], "warning")

    def test_dry_run_shows_what_would_be_held(self):
        order = self._create_order(customer=self.bad)
        check = self.env.ref("order_management.order_check_address_incomplete")
        wizard = self.env["order.check.dry.run"]
        with self.assertRaises(AccessError):
            wizard.with_user(self.users["clerk"]).create({"check_ids": check.ids})
        run = wizard.with_user(self.users["manager"]).create(
            {"days": 30, "check_ids": [Command.set(check.ids)]}
        )
        run.action_run()
        line = run.line_ids
        self.assertEqual((run.state, line.check_id, line.held_count), ("done", check, 1))
        self.assertEqual(line.amount_held, 50.0)
        self.assertIn(("id", "in", order.ids), line.action_view_orders()["domain"])
        self.assertEqual(order.hold_state, "unchecked")

    def test_dry_run_of_all_checks_of_the_company(self):
        run = self.env["order.check.dry.run"].with_user(self.users["manager"]).create({})
        run.action_run()
        checks = self.env["order.check"].search([("company_ids", "=", False)])
        self.assertLessEqual(checks, run.line_ids.check_id)

    def test_settings_put_the_checks_in_force(self):
        self.company.order_check_mode = "shadow"
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.order_check_mode, "shadow")
        settings.action_enforce_order_checks()
        self.assertEqual(self.company.order_check_mode, "on")

    def test_shadow_findings_are_no_findings(self):
        """They are counted on the check, and not shown on the order."""
        self.company.order_check_mode = "shadow"
        order = self._create_order(customer=self.bad)
        order.process_orders()
        self.assertEqual((order.state, len(order.finding_ids)), ("sale", 0))
        check = self.env.ref("order_management.order_check_address_incomplete")
        self.assertEqual((check.shadow_order_count, check.shadow_amount), (1, 50.0))
        self.assertEqual(check.company_check_mode, "shadow")

    def test_every_check_shows_its_own_parameters(self):
        used = {check.code: check.parameters for check in self.env["order.check"].search([])}
        self.assertEqual(used["price_deviation"], "tolerance_percent tolerance_amount")
        self.assertEqual(used["empty_order"], "")
        names = set(" ".join(used.values()).split())
        self.assertLessEqual(names, set(self.env["order.check"]._fields))

    def test_employees_release_what_their_group_may(self):
        """A credit manager needs no role of ours."""
        group = self.env.ref("account.group_account_manager")
        self.env.ref("order_management.order_check_address_incomplete").release_group_id = group
        manager = new_test_user(self.env, login="om_credit", groups="account.group_account_manager")
        order = self._hold()
        finding = order.open_finding_ids.with_user(manager)
        self.assertTrue(finding.may_release)
        self.env["order.finding.release"].with_user(manager).create(
            {"finding_ids": [Command.set(finding.ids)], "reason": "Good customer"}
        ).action_confirm()
        self.assertEqual(order.state, "sale")
