from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.order_management.exceptions import HeldError

from .common import OrderManagementCase, plain


@tagged("post_install", "-at_install")
class TestValidationGuards(OrderManagementCase):
    """Nobody goes round the checks, whatever way they take."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesman = new_test_user(
            cls.env,
            login="om_salesman",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        stock = cls.env.ref("order_management.order_check_stock_short")
        stock.release_group_id = cls.env.ref("order_management.group_manager")

    def _sell(self, *args, **kwargs):
        order = self._create_order(*args, **kwargs)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    # The state

    def test_the_state_is_not_written(self):
        """Not by the clerk, not by the manager, not on a clean order."""
        for user in ("clerk", "manager"):
            order = self._create_order()
            with self.subTest(user), self.assertRaises(UserError):
                plain(self.as_role(order, user)).write({"state": "sale"})
            self.assertEqual((order.state, order.picking_ids.ids), ("draft", []))

    def test_orders_are_not_born_confirmed(self):
        sales = plain(self.env["sale.order"].with_user(self.salesman))
        vals = {"partner_id": self.customer.id}
        count = self.env["sale.order"].search_count([])
        attempts = [
            (sales, {**vals, "state": "sale"}, UserError),
            (sales.with_context(default_state="sale"), vals, UserError),
            (sales, {**vals, "hold_state": "clear"}, AccessError),
            (sales.with_context(default_hold_state="clear"), vals, AccessError),
            (sales, {**vals, "stage": "shipped"}, AccessError),
            (sales, {**vals, "confirm_requested": True}, AccessError),
        ]
        for model, values, error in attempts:
            with (
                self.subTest(values=values, context=model.env.context),
                self.assertRaises(error),
                self.env.cr.savepoint(),
            ):
                model.create(values)
        self.assertEqual(self.env["sale.order"].search_count([]), count)

    def test_a_confirmed_order_is_not_made_a_quotation(self):
        """As one it could be edited without the right to set prices."""
        order = self._sell()
        for state in ("draft", "sent"):
            with self.subTest(state), self.assertRaises(UserError):
                plain(self.as_role(order, "clerk")).write({"state": state})
        self.assertEqual(order.state, "sale")
        order._action_cancel()
        self.as_role(order, "clerk").action_draft()
        self.assertEqual(order.state, "draft")

    def test_what_the_document_said_is_not_written(self):
        """Whoever could, would take the total, or what was left out, away from its check."""
        order = self._create_order()
        order.write({"expected_total": 1.0, "left_out_lines": [{"index": 0}]})
        values = {
            "expected_total": 0.0,
            "document_payment_amount": 0.0,
            "left_out_lines": False,
            "ordered_at": "2020-01-01 00:00:00",
        }
        for name, value in values.items():
            with self.subTest(name), self.assertRaises(AccessError):
                plain(self.as_role(order, "manager")).write({name: value})
        self.assertEqual((order.expected_total, bool(order.left_out_lines)), (1.0, True))

    def test_only_managers_let_a_blocked_customer_order_again(self):
        clerk = plain(self.as_role(self.customer, "clerk"))
        clerk.write({"order_blocked": True})
        for value in (False, None, 0):
            with self.subTest(value=value), self.assertRaises(AccessError):
                clerk.write({"order_blocked": value})
        clerk.write({"comment": "Rings twice"})
        self.assertTrue(self.customer.order_blocked)
        plain(self.as_role(self.customer, "manager")).write({"order_blocked": False})
        self.assertFalse(self.customer.order_blocked)

    def test_what_the_checks_say_is_not_written(self):
        order = self._create_order([(self.product, 1, 40.0)])
        self.as_role(order, "clerk").process_orders()
        for role in ("clerk", "manager"):
            for vals in (
                {"hold_state": "clear"},
                {"stage": "closed"},
                {"confirm_requested": False},
            ):
                with self.subTest(role, **vals), self.assertRaises(AccessError):
                    plain(self.as_role(order, role)).write(vals)
            with self.subTest(role), self.assertRaises(AccessError):
                plain(self.as_role(order, role)).write({"finding_ids": [Command.clear()]})
        self.assertEqual((order.hold_state, order.stage), ("held", "held"))

    def test_where_checks_are_not_in_force_core_is_left_alone(self):
        for company, check in ({"order_check_mode": "shadow"}, {}), ({}, {"mode": "shadow"}):
            with self.subTest(company=company, check=check):
                self.company.write({"order_check_mode": "on", **company})
                self.env["order.check"].search([]).write({"mode": "on", **check})
                order = self._create_order()
                plain(self.as_role(order, "clerk")).write({"state": "sale"})
                self.assertEqual(order.state, "sale")

    # Edits of confirmed orders

    def test_an_edit_that_would_hold_is_refused_with_the_finding(self):
        scarce = self._create_product("OM-SCARCE", stock=5)
        order = self._sell([(scarce, 3)])
        line = plain(self.as_role(order.order_line, "clerk"))
        with self.assertRaises(HeldError) as caught, self.env.cr.savepoint():
            line.product_uom_qty = 6
        context = caught.exception.context
        self.assertEqual([row["check"] for row in context["findings"]], ["stock_short"])
        self.assertIs(context["may_release"], False)
        self.assertIn("missing", str(caught.exception))
        line.invalidate_recordset()
        self.assertEqual((line.product_uom_qty, order.picking_ids.move_ids.product_uom_qty), (3, 3))
        self.assertFalse(order.finding_ids)
        line.product_uom_qty = 5
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("product_uom_qty")), 5)

    def test_the_same_through_the_order(self):
        """The form writes the order, with commands for its lines."""
        order = self._sell()
        form = plain(self.as_role(order, "clerk"))
        edits = [
            {"order_line": [Command.update(order.order_line.id, {"product_uom_qty": 1000})]},
            {
                "order_line": [
                    Command.create({"product_id": self.product.id, "product_uom_qty": -2})
                ]
            },
            {"partner_shipping_id": self._create_customer("Nowhere", street=False).id},
        ]
        for vals in edits:
            with self.subTest(**vals), self.assertRaises(HeldError), self.env.cr.savepoint():
                form.write(vals)
            self.env.invalidate_all()
        with self.assertRaises(UserError), self.env.cr.savepoint():  # core itself
            form.write(
                {"order_line": [Command.update(order.order_line.id, {"product_uom_qty": -1})]}
            )
        self.env.invalidate_all()
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [1])
        self.assertEqual(order.partner_shipping_id, self.customer)
        self.assertEqual(order.picking_ids.picking_type_id, self.warehouse.out_type_id)

    def test_lines_added_later_are_checked(self):
        order = self._sell()
        lines = plain(self.as_role(self.env["sale.order.line"], "clerk"))
        vals = {"order_id": order.id, "product_id": self.product.id}
        with self.assertRaises(HeldError), self.env.cr.savepoint():
            lines.create({**vals, "product_uom_qty": 1000})
        self.env.invalidate_all()
        self.assertEqual(len(order.order_line), 1)
        lines.create({**vals, "product_uom_qty": 2})
        self.assertEqual(len(order.order_line), 2)

    def test_lines_do_not_come_in_by_another_way(self):
        """By a default of the context, or from another order."""
        order, draft = self._sell(), self._create_order([(self.product, 1000)])
        lines = plain(self.as_role(self.env["sale.order.line"], "clerk"))
        vals = {"product_id": self.product.id, "product_uom_qty": 1000}
        with self.assertRaises(HeldError), self.env.cr.savepoint():
            lines.with_context(default_order_id=order.id).create(vals)
        self.env.invalidate_all()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            plain(self.as_role(draft.order_line, "clerk")).write({"order_id": order.id})
        self.env.invalidate_all()
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [1])

    def test_who_may_release_says_why_in_the_same_go(self):
        order = self._sell()
        vals = {
            "order_line": [Command.update(order.order_line.id, {"product_uom_qty": 1000})],
            "release_reason": "More is on its way",
        }
        with self.assertRaises(HeldError), self.env.cr.savepoint():
            plain(self.as_role(order, "clerk")).write(vals)
        self.env.invalidate_all()
        with self.assertRaises(HeldError) as caught, self.env.cr.savepoint():
            plain(self.as_role(order, "manager")).write({**vals, "release_reason": "  "})
        self.assertIs(caught.exception.context["may_release"], True)
        self.env.invalidate_all()
        self.assertEqual(order.order_line.product_uom_qty, 1)
        plain(self.as_role(order, "manager")).write(vals)
        self.assertEqual(order.order_line.product_uom_qty, 1000)
        finding = order.finding_ids
        self.assertEqual(
            (finding.code, finding.state, finding.release_reason, finding.released_by_id),
            ("stock_short", "released", "More is on its way", self.users["manager"]),
        )
        events = self.env["order.event"].search([("order_id", "=", order.id)])
        self.assertIn("released", events.mapped("kind"))
        plain(self.as_role(order.order_line, "clerk")).write({"product_uom_qty": 999})
        self.assertEqual(order.order_line.product_uom_qty, 999, "less short than was released")

    def test_a_harmless_edit_is_not_stopped_by_what_was_released(self):
        order = self._create_order([(self.product, 1, 40.0)])
        self.as_role(order, "clerk").process_orders()
        self.as_role(order.finding_ids, "manager").release("Agreed")
        self.assertEqual(order.state, "sale")
        form = plain(self.as_role(order, "clerk"))
        form.write({"client_order_ref": "PO-7"})
        form.write({"order_line": [Command.update(order.order_line.id, {"name": "As agreed"})]})
        with self.assertRaises(HeldError), self.env.cr.savepoint():
            form.write(
                {"order_line": [Command.update(order.order_line.id, {"product_uom_qty": 1000})]}
            )

    def test_prices_of_confirmed_lines_need_the_right(self):
        """Within the tolerance, too; what the price list says anybody may take."""
        order = self._sell()
        self.env.ref("order_management.order_check_price_deviation").tolerance_percent = 50.0
        line = order.order_line
        for user in (self.salesman, self.users["clerk"]):
            for vals in ({"price_unit": 45.0}, {"discount": 10.0}):
                with self.subTest(user.login, **vals):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        plain(line.with_user(user)).write(vals)
                    self.env.invalidate_all()
                    self.assertEqual((line.price_unit, line.discount), (50.0, 0.0))
        plain(self.as_role(line, "manager")).write({"price_unit": 45.0})
        self.assertEqual(line.price_unit, 45.0)
        plain(line.with_user(self.salesman)).write({"price_unit": 50.0})
        self.assertEqual(line.price_unit, 50.0)

    def test_a_discount_on_a_confirmed_order_needs_the_right(self):
        """The whole order's discount is a line of its own, which is a price, too."""
        order = self._sell()
        discount = self._create_product("OM-DISCOUNT", type="service", is_storable=False)
        self.company.sale_discount_product_id = discount
        vals = {"order_id": order.id, "product_id": discount.id, "price_unit": -20.0}
        lines = self.env["sale.order.line"]
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            plain(lines.with_user(self.salesman)).create(vals)
        self.env.invalidate_all()
        self.assertEqual(order.amount_untaxed, 50.0)
        plain(self.as_role(lines, "manager")).create(vals)
        self.assertEqual(order.amount_untaxed, 30.0)

    def test_a_transfer_may_be_done_as_before(self):
        order = self._sell()
        self.as_role(order.picking_ids, "picker").button_validate()
        self.assertEqual(order.order_line.qty_delivered, 1)

    # Old orders

    def _create_history(self):
        return self.env["order.channel"].create(
            {"name": "Old shop", "code": "OLD", "kind": "history", "process": "confirm"}
        )

    def test_a_manager_takes_old_orders_over(self):
        """Sold at once: no checks, no goods moved, the date it was sold on."""
        self._create_history()
        documents = [
            {
                "external_ref": "OLD-1",
                "ordered_at": "2019-03-04T10:00:00",
                "customer": {"name": "Somebody", "email": "old@example.com", "country": "BE"},
                "lines": [{"sku": "OM-A", "quantity": 5000, "unit_price": 1.5}],
            }
        ]
        row = self.as_role("order.intake", "manager").submit("OLD", documents)[0]
        order = self.env["sale.order"].browse(row["order_id"])
        self.assertEqual((row["outcome"], row["order_state"]), ("created", "sale"), row)
        self.assertEqual(str(order.date_order), "2019-03-04 10:00:00")
        self.assertEqual((order.picking_ids.ids, order.finding_ids.ids), ([], []))
        self.assertEqual((order.amount_total, order.stage), (7500.0, "closed"))

    def test_old_orders_do_not_use_up_credit(self):
        self.company.account_use_credit_limit = True
        self.customer.with_company(self.company).credit_limit = 100.0
        old = self._create_order([(self.product, 50)], channel_id=self._create_history().id)
        old.action_confirm()
        self.assertEqual(old.state, "sale")
        order = self._create_order([(self.product, 2)])
        row = self.as_role(order, "manager").process_orders()[0]
        self.assertEqual(row["outcome"], "confirmed", row)

    def test_nobody_else_uses_the_history(self):
        channel = self._create_history()
        order = self._create_order([(self.product, 1, 1.0)])
        with self.assertRaises(AccessError):
            plain(self.as_role(order, "clerk")).write({"channel_id": channel.id})
        with self.assertRaises(AccessError):
            self.as_role("order.intake", "integration").submit("OLD", [])
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            plain(self.env["sale.order"].with_user(self.salesman)).create(
                {"partner_id": self.customer.id, "channel_id": channel.id}
            )
        self.assertFalse(order.channel_id)

    def test_a_manager_loads_old_orders_by_core_s_own_means(self):
        channel = self._create_history()
        order = plain(self.as_role("sale.order", "manager")).create(
            {
                "partner_id": self.customer.id,
                "channel_id": channel.id,
                "state": "sale",
                "date_order": "2018-01-02 10:00:00",
                "order_line": [
                    Command.create({"product_id": self.product.id, "product_uom_qty": 3})
                ],
            }
        )
        self.assertEqual((order.state, order.picking_ids.ids), ("sale", []))

    # How a company starts

    def test_a_company_that_has_sold_before_tries_the_checks_out(self):
        self.company.use_order_management = False
        sold = self._create_order()
        sold.action_confirm()
        self.env["order.channel"].create({"name": "First", "code": "FIRST"})
        self.assertTrue(self.company.use_order_management)
        self.assertEqual(self.company.order_check_mode, "shadow")
        order = self._create_order([(self.product, 1, 40.0)])
        row = self.as_role(order, "clerk").process_orders()[0]
        self.assertEqual((row["outcome"], row["hold_state"]), ("confirmed", "clear"))
        with self.assertRaises(AccessError):
            self.as_role(self.company, "clerk").action_enforce_order_checks()
        self.assertEqual(self.company.order_check_mode, "shadow")
        self.as_role("order.check", "manager").action_enforce()
        order = self._create_order([(self.product, 1, 40.0)])
        self.assertEqual(self.as_role(order, "clerk").process_orders()[0]["outcome"], "held")

    def test_a_new_company_starts_with_its_checks_in_force(self):
        company = self.env["res.company"].create({"name": "New one"})
        self.env["order.channel"].create(
            {"name": "First", "code": "FIRST", "company_id": company.id}
        )
        self.assertEqual((company.use_order_management, company.order_check_mode), (True, "on"))

    def test_shadow_is_counted_once_and_agrees_with_acting(self):
        """Checked thrice, counted once; in force the same orders are held."""
        check = self.env.ref("order_management.order_check_price_deviation")
        check.mode = "shadow"
        bad = [self._create_order([(self.product, 1, price)]) for price in (40.0, 30.0)]
        orders = self.env["sale.order"].union(*bad, self._create_order())
        for _time in range(3):
            self.as_role(orders, "clerk").check_orders()
        check.invalidate_recordset()
        self.assertEqual((check.shadow_order_count, check.shadow_amount), (2, 70.0))
        self.assertEqual(orders.mapped("hold_state"), ["clear"] * 3)
        bad[0].order_line.price_unit = 41.0
        self.as_role(orders, "clerk").check_orders()
        check.invalidate_recordset()
        self.assertEqual(check.shadow_order_count, 2)
        check.mode = "on"
        rows = self.as_role(orders, "clerk").check_orders()
        self.assertEqual([row["hold_state"] for row in rows], ["held", "held", "clear"])

    def test_a_dry_run_tells_and_changes_nothing(self):
        with freeze_time("2026-03-31 12:00:00"):
            check = self.env.ref("order_management.order_check_price_deviation")
            check.write(
                {"mode": "off", "order_domain": f"[('partner_id', '=', {self.customer.id})]"}
            )
            orders = self.env["sale.order"].union(
                self._create_order([(self.product, 1, 40.0)], date_order="2026-03-30 10:00:00"),
                self._create_order(date_order="2026-03-30 10:00:00"),
                self._create_order([(self.product, 2, 30.0)], date_order="2026-01-01 10:00:00"),
            )
            cancelled = self._create_order([(self.product, 1, 40.0)])
            cancelled._action_cancel()
            before = self.env["order.finding"].search_count([])
            row = self.as_role(check, "manager").dry_run(days=30)[0]
            self.assertEqual(
                {key: row[key] for key in ("check", "would_hold", "amount_held", "order_ids")},
                {
                    "check": "price_deviation",
                    "would_hold": 1,
                    "amount_held": 40.0,
                    "order_ids": orders[0].ids,
                },
            )
            row = self.as_role(check, "manager").dry_run()[0]
            self.assertEqual((row["would_hold"], row["amount_held"]), (2, 100.0))
            for days in (0, 731, "90", True, 1.5):
                with self.subTest(days=days), self.assertRaises(UserError):
                    self.as_role(check, "manager").dry_run(days=days)
            self.assertEqual(self.env["order.finding"].search_count([]), before)
            self.assertEqual(orders.mapped("hold_state"), ["unchecked"] * 3)

    # Checks that fail

    def test_a_check_that_fails_is_reported_and_the_others_run(self):
        """The order waits, since it could not be checked; another check's finding is there, too."""
        check = self.env.ref("order_management.order_check_quantity_not_positive")

        def fail(_check, _orders):
            raise ZeroDivisionError("half an order")

        self.patch(type(check), "_validate_quantity_not_positive", fail)
        orders = self._create_order([(self.product, 1, 40.0)]) | self._create_order()
        with self.assertLogs("odoo.addons.order_management", "WARNING"):
            rows = self.as_role(orders, "clerk").process_orders()
        self.assertEqual(
            [[finding["check"] for finding in row["findings"]] for row in rows],
            [["quantity_not_positive", "price_deviation"], ["quantity_not_positive"]],
        )
        self.assertEqual(
            orders.finding_ids.filtered("is_faulty").mapped("code"), ["quantity_not_positive"] * 2
        )
        self.assertTrue(check.is_faulty)
        self.assertEqual(check.last_fault_id.message, "ZeroDivisionError: half an order")
        self.assertEqual(check.last_fault_id.order_count, 2)
        self.assertNotIn("half an order", rows[0]["findings"][0]["message"])
        with self.assertRaises(AccessError):
            self.as_role(check.last_fault_id, "clerk").read(["message"])

    def test_a_domain_that_the_database_refuses_stops_nothing_else(self):
        check = self.env.ref("order_management.order_check_empty_order")

        def fail(model, _orders):
            model.env.cr.execute("SELECT nothing FROM nowhere")

        self.patch(type(check), "_validate_empty_order", fail)
        check.order_domain = "[('amount_total', '>', 0)]"
        order = self._create_order()
        with self.assertLogs("odoo.addons.order_management", "WARNING"):
            row = self.as_role(order, "clerk").check_orders()[0]
        self.assertEqual((row["hold_state"], len(row["findings"])), ("held", 1))

    def test_a_domain_that_cannot_be_used_is_refused(self):
        check = self.env.ref("order_management.order_check_empty_order")
        for domain in ("[('nowhere', '=', 1)]", "nonsense", "[('amount_total', 'near', 1)]", "7"):
            with self.subTest(domain), self.assertRaises(UserError):
                check.order_domain = domain
