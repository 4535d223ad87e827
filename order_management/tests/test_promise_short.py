from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import OrderManagementCase, plain


class ShortCase(OrderManagementCase):
    """Orders of which something is missing, and a clerk who decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "anna@example.com"
        cls.check = cls.env.ref("order_management.order_check_stock_short")

    @classmethod
    def _create_short(cls, quantity=103, **values):
        order = cls._create_order([(cls.product, quantity)], **values)
        order.process_orders()
        return order

    def _confirm_short(self, quantity=103):
        order = self._create_short(quantity)
        order.open_finding_ids.release("Comes later")
        self.assertEqual(order.state, "sale")
        return order

    def open(self, orders, choice, role="clerk"):
        lines = plain(self.as_role(orders.order_line, role)).filtered("short_quantity")
        action = getattr(lines, f"action_short_{choice}")()
        self.assertEqual(action["res_model"], "order.short.decision", action)
        return Form(self.as_role("order.short.decision", role).with_context(**action["context"]))

    def decide(self, orders, choice, role="clerk", **values):
        with self.open(orders, choice, role) as form:
            for name, value in values.items():
                setattr(form, name, value)
        decision = form.record
        action = decision.action_decide()
        self.env.flush_all()
        self.env.invalidate_all()
        return decision, action

    def messages(self, order):
        return order.notification_ids.filtered(lambda message: message.kind == "order_short")

    def slip(self, order):
        return self.env["order.decision"].search(
            [("res_id", "=", order.id), ("decision", "=", "promise.short")], limit=1
        )


@tagged("post_install", "-at_install")
class TestPromiseShort(ShortCase):
    """Which lines are short, and since when."""

    def test_checks_note_what_is_missing(self):
        order = self._create_order([(self.product, 103)])
        line = order.order_line
        self.assertEqual(line.short_quantity, 0)
        order.check_orders()
        self.assertEqual((line.short_quantity, line.short_date), (3, False))
        self.assertTrue(line.short_since)
        self.assertEqual((line.short_free, line.short_amount), (100, 150))
        self.env["stock.quant"]._update_available_quantity(
            self.product, self.warehouse.lot_stock_id, 3
        )
        order.check_orders()
        self.assertEqual((line.short_quantity, line.short_since), (0, False))

    def test_the_line_s_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._create_order([(self.product, 9)])
        order.order_line.product_uom_id = dozen
        order.check_orders()
        line = order.order_line
        self.assertAlmostEqual(line.short_quantity, 8 / 12, 2)
        self.assertAlmostEqual(line.short_free, 8.33, 2)

    @freeze_time("2026-03-02 08:00:00")
    def test_the_rest_has_the_date_of_its_receipt(self):
        self._receive(10, "2026-03-10 08:00:00")
        order = self._create_short(date_order="2026-03-02 08:00:00")
        line = order.order_line
        (answer,) = order.promise_orders("split")
        self.assertEqual(
            fields.Date.to_string(line.short_date), answer["lines"][0]["parts"][-1]["delivery_date"]
        )
        self.assertGreaterEqual(fields.Date.to_string(line.short_date), "2026-03-10")

    def _receive(self, quantity, date):
        picking_type = self.warehouse.in_type_id
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": quantity,
                "picking_type_id": picking_type.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "date": date,
                "date_deadline": date,
            }
        )
        move._action_confirm()
        return move

    def test_it_drops(self):
        def cancel(order):
            order._action_cancel()

        def reduce(order):
            order.order_line.product_uom_qty = 100
            self.assertEqual(order.order_line.short_quantity, 0)
            order._action_cancel()

        def deliver(order):
            self._set_stock(self.product, 3)
            order.picking_ids.action_assign()
            order.picking_ids.button_validate()

        for name, happen in (("cancel", cancel), ("reduce", reduce), ("deliver", deliver)):
            with self.subTest(name):
                order = self._confirm_short()
                line = order.order_line
                self.assertEqual(line.short_quantity, 3)
                happen(order)
                self.assertEqual((line.short_quantity, line.short_since), (0, False))

    def test_less_is_wanted_but_not_enough_less(self):
        line = self._confirm_short(110).order_line
        self.assertEqual(line.short_quantity, 10)
        line.product_uom_qty = 106
        self.assertEqual(line.short_quantity, 6)

    def test_set_short_writes_only_what_changes(self):
        order = self._create_short()
        line = order.order_line
        since, day = line.short_since, fields.Date.to_date("2026-03-10")
        line._set_short({line: (3, day)})
        line.write({"short_decision": "wait"})
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        line._set_short({line: (3, day)})
        self.env.flush_all()
        self.assertEqual(self.env.cr.sql_log_count, before)
        line._set_short({line: (2, day)})
        self.assertEqual((line.short_decision, line.short_since), ("wait", since))
        line._set_short({line: (5, day)})
        self.assertFalse(line.short_decision, "more is missing: decide again")

    def test_noting_costs_nothing_when_nothing_changed(self):
        orders = self.env["sale.order"].union(*(self._create_short(150) for _i in range(5)))
        self.env.flush_all()
        shortages = orders._get_stock_shortages()
        orders._note_shortages(shortages)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        orders._note_shortages(shortages)
        self.env.flush_all()
        self.assertEqual(self.env.cr.sql_log_count, before)

    def test_noting_many_costs_as_many_queries_as_few(self):
        counts = []
        for count in (2, 20):
            orders = self.env["sale.order"].union(
                *(self._create_order([(self.product, 150)]) for _i in range(count))
            )
            orders._note_shortages({})
            shortages = orders._get_stock_shortages()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            orders._note_shortages(shortages)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertTrue(all(line.short_quantity for line in orders.order_line))
        self.assertLessEqual(counts[1], counts[0])

    def test_the_list_costs_as_many_queries_for_many_lines(self):
        names = ["order_id", "product_id", "short_free", "short_quantity", "short_amount"]
        counts = []
        for count in (3, 30):
            orders = self.env["sale.order"].union(*(self._create_short(150) for _i in range(count)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.as_role("sale.order.line", "clerk").search_read(
                [("short_quantity", ">", 0), ("order_id", "in", orders.ids)],
                names,
                order="short_priority desc, short_since, price_total desc, id",
            )
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(found), count)
        self.assertLessEqual(counts[1], counts[0])

    def test_decisions_are_the_clerks(self):
        line = self._create_short().order_line
        for role in ("picker", "auditor", "integration", "returns"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(line, role).action_short_wait()
        with self.assertRaises(AccessError):
            self.as_role("order.short.decision", "auditor").create(
                {"choice": "wait", "line_ids": line.ids}
            )

    def test_what_is_not_short_any_more_is_told(self):
        line = self._create_short().order_line
        self._set_stock(self.product, 50)
        action = self.as_role(line, "clerk").action_short_wait()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(line.short_quantity, 0)


@tagged("post_install", "-at_install")
class TestPromiseShortDecision(ShortCase):
    """Wait, split, substitute and cancel."""

    def test_wait_releases_what_the_clerk_may(self):
        order = self._create_short()
        decision, action = self.decide(order, "wait")
        self.assertEqual((order.state, order.picking_policy), ("sale", "one"))
        self.assertEqual(order.order_line.short_decision, "wait")
        self.assertEqual(order.finding_ids.release_reason, decision.reason)
        self.assertEqual(action["params"]["type"], "success")
        message = self.messages(order)
        self.assertEqual(message.state, "waiting")
        self.assertIn("3 of 103", message.body)
        self.assertEqual(order.picking_ids.move_type, "one")
        slip = self.slip(order)
        self.assertEqual((slip.outcome, slip.inputs["lines"][0]["missing"]), ("wait", 3))
        self.assertEqual(slip._replay(), [True])

    def test_what_the_clerk_may_not_release_stays_held_and_says_who_may(self):
        self.check.release_group_id = self.env.ref("order_management.group_manager")
        order = self._create_short()
        form = self.open(order, "wait")
        self.assertIn("Order manager", form.foreign_holds)
        _decision, action = self.decide(order, "wait")
        self.assertEqual((order.state, order.hold_state), ("draft", "held"))
        self.assertEqual(order.order_line.short_decision, "wait")
        self.assertIn("Order manager", action["params"]["message"])
        _decision, action = self.decide(order, "split", role="manager")
        self.assertEqual((order.state, order.picking_policy), ("sale", "direct"))

    def test_split_of_a_confirmed_order(self):
        order = self._confirm_short()
        order.picking_policy = "one"
        order.picking_ids.move_type = "one"
        self.assertEqual(order.picking_ids.state, "confirmed")
        self.decide(order, "split", tell_customer=False)
        self.assertEqual(order.picking_policy, "direct")
        self.assertEqual((order.picking_ids.move_type, order.picking_ids.state),
                         ("direct", "assigned"))  # fmt: skip
        self.assertFalse(self.messages(order))
        self.assertEqual(self.slip(order).inputs["told"], False)

    def test_wait_after_a_part_was_shipped(self):
        order = self._confirm_short()
        order.picking_ids.move_ids.picked = True
        order.picking_ids.with_context(skip_backorder=True).button_validate()
        self.assertEqual(order.order_line.short_quantity, 3)
        order.picking_policy = "direct"
        self.decide(order, "wait")
        self.assertEqual((order.picking_policy, order.order_line.short_decision),
                         ("direct", "wait"))  # fmt: skip

    def test_substitute_the_missing_at_the_agreed_price(self):
        other = self._create_product("OM-B", price=50.5, stock=20)
        for name, create in (("quotation", self._create_short), ("sold", self._confirm_short)):
            with self.subTest(name):
                order = create()
                price = order.order_line.price_unit
                form = self.open(order, "substitute")
                self.assertEqual(form.suggestion_ids._records[0]["product_id"], other.id)
                self.decide(order, "substitute", product_id=other)
                first, second = order.order_line.sorted("id")
                self.assertEqual(first.product_uom_qty, 100)
                self.assertEqual(
                    (second.product_id, second.product_uom_qty, second.price_unit),
                    (other, 3, price),
                )
                self.assertEqual(first.short_quantity, 0)
                self.assertIn(
                    "Product OM-B instead, at the price agreed", self.messages(order).body
                )
                self.assertEqual(self.slip(order).inputs["substitute"], "OM-B")
                order._action_cancel()

    def test_the_agreed_price_of_another_product_passes_where_the_clerk_may_release_it(self):
        other = self._create_product("OM-B", price=64.0, stock=20)
        price = self.env.ref("order_management.order_check_price_deviation")
        for group, state in (("clerk", "sale"), ("manager", "draft")):
            with self.subTest(group):
                price.release_group_id = self.env.ref(f"order_management.group_{group}")
                order = self._create_short()
                _decision, action = self.decide(order, "substitute", product_id=other)
                self.assertEqual(order.state, state)
                self.assertEqual(order.order_line.mapped("price_unit"), [50, 50])
                told = action["params"]["message"]
                self.assertEqual("stays held" in told, group == "manager", told)
                order._action_cancel()

    def test_substitute_all_at_its_own_price(self):
        other = self._create_product("OM-B", price=70.0, stock=200)
        order = self._create_short()
        self.decide(order, "substitute", product_id=other, swap="all", price="ours")
        line = order.order_line
        self.assertEqual((line.product_id, line.product_uom_qty, line.price_unit), (other, 103, 70))
        self.assertEqual(order.hold_state, "clear")

    def test_substitute_that_a_check_refuses_leaves_all_as_it_was(self):
        """The agreed price of a confirmed order is far from the other product's own."""
        other = self._create_product("OM-B", price=500.0, stock=20)
        order = self._confirm_short()
        with self.assertRaisesRegex(UserError, "would be held"):
            self.decide(order, "substitute", product_id=other)
        self.env.invalidate_all()
        self.assertEqual(order.order_line.product_uom_qty, 103)
        self.assertFalse(self.messages(order))

    def test_substitute_needs_one_product(self):
        third = self._create_product("OM-B", stock=1)
        other = self._create_product("OM-C", stock=1)
        order = self._create_order([(self.product, 103), (other, 5)])
        order.process_orders()
        form = self.open(order, "substitute")
        self.assertFalse(form.is_one_product)
        decision = self.as_role("order.short.decision", "clerk").create(
            {"choice": "substitute", "line_ids": order.order_line.ids, "product_id": third.id}
        )
        with self.assertRaisesRegex(UserError, "one product"):
            decision.action_decide()

    def test_cancel_takes_the_missing_rest_off(self):
        for name, create in (("quotation", self._create_short), ("sold", self._confirm_short)):
            with self.subTest(name):
                order = create()
                with self.assertRaises(AssertionError):  # the form wants a reason
                    self.decide(order, "cancel")
                self.decide(order, "cancel", reason="Not made any more")
                line = order.order_line
                self.assertEqual((line.product_uom_qty, line.short_quantity), (100, 0))
                self.assertIn("took it off your order", self.messages(order).body)
                order._action_cancel()

    def test_many_orders_at_once_and_one_that_fails(self):
        orders = self.env["sale.order"].union(*(self._confirm_short(150) for _i in range(3)))
        orders[1].action_lock()
        decision, action = self.decide(orders, "cancel", reason="Not made any more")
        self.assertEqual(orders.mapped("state"), ["sale", "sale", "cancel"])
        self.assertEqual(orders.mapped("order_line.short_quantity"), [0, 150, 0])
        self.assertIn("cancelled the order", self.messages(orders[2]).body)
        self.assertIn(orders[1].name, action["params"]["message"])
        self.assertEqual([len(self.messages(order)) for order in orders], [1, 0, 1])
        again = decision.action_decide()
        self.assertEqual(again["type"], "ir.actions.act_window_close")

    def test_figures_that_moved_are_not_decided_upon(self):
        order = self._create_short()
        with self.open(order, "cancel") as form:
            form.reason = "Not made any more"
        self._set_stock(self.product, 1)
        with self.assertRaisesRegex(UserError, "2 are missing now"):
            form.record.action_decide()

    def test_the_message_is_edited_before_it_leaves(self):
        order = self._create_short()
        with self.open(order, "wait") as form, form.message_ids.edit(0) as message:
            message.text = "Dear Anna, we call you."
        form.record.action_decide()
        self.assertEqual(self.messages(order).body, "Dear Anna, we call you.")

    def test_the_message_follows_the_choice_and_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_BE")
        self.customer.lang = "fr_BE"
        order = self._create_short()
        form = self.open(order, "wait")
        first = form.message_ids._records[0]["text"]
        form.choice = "split"
        self.assertNotEqual(form.message_ids._records[0]["text"], first)

    def test_a_customer_without_address_is_not_told(self):
        self.customer.email = False
        order = self._create_short()
        self.decide(order, "wait")
        self.assertFalse(self.messages(order))
