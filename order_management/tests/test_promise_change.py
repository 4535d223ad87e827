from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import OrderManagementCase, plain


class ChangeCase(OrderManagementCase):
    """Quotations and confirmed orders to be changed."""

    def amend(self, *changes, role="integration", **values):
        orders = plain(self.as_role("sale.order", role))
        return orders.amend_orders(list(changes), **values)

    def amend_one(self, order, **change):
        (answer,) = self.amend({"order_id": order.id, **change})
        return answer

    def confirmed(self, *lines, **values):
        order = self._create_order(list(lines) or None, **values)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def ship(self, picking, quantity):
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")

    def assertRefused(self, answer, code, path, outcome="refused"):
        self.assertEqual(answer["outcome"], outcome, answer)
        self.assertFalse(answer["ok"])
        self.assertEqual([(e["code"], e["path"]) for e in answer["errors"]], [(code, path)])
        self.assertEqual(answer["differences"], [])


@tagged("post_install", "-at_install")
class TestPromiseChange(ChangeCase):
    def test_quantity_price_and_new_line_of_a_quotation(self):
        other = self._create_product("OM-B", price=7.0, stock=5)
        order = self._create_order([(self.product, 2)])
        line = order.order_line
        answer = self.amend_one(
            order,
            lines=[
                {"line_id": line.id, "quantity": 3, "unit_price": 49.5},
                {"sku": "OM-B", "quantity": 2},
            ],
        )
        self.assertEqual((answer["outcome"], answer["ok"]), ("amended", True), answer)
        self.assertEqual(
            answer["differences"],
            [
                {"path": "changes[0].lines[0].quantity", "before": 2.0, "after": 3.0},
                {"path": "changes[0].lines[0].unit_price", "before": 50.0, "after": 49.5},
                {
                    "path": "changes[0].lines[1]",
                    "before": False,
                    "after": {"sku": "OM-B", "quantity": 2.0},
                },
            ],
        )
        self.assertEqual(order.amount_untaxed, 3 * 49.5 + 2 * 7)
        self.assertEqual(order.order_line.product_id, self.product | other)
        self.assertEqual(order.hold_state, "clear")

    def test_zero_takes_a_line_off(self):
        other = self._create_product("OM-B", stock=5)
        draft = self._create_order([(self.product, 2), (other, 1)])
        self.assertEqual(
            self.amend_one(draft, lines=[{"sku": "OM-B", "quantity": 0}])["outcome"], "amended"
        )
        self.assertEqual(draft.order_line.product_id, self.product)
        sold = self.confirmed((self.product, 2), (other, 1))
        self.amend_one(sold, lines=[{"sku": "OM-B", "quantity": 0}])
        self.assertEqual(sold.order_line.mapped("product_uom_qty"), [2.0, 0.0])
        self.assertEqual(sold.picking_ids.move_ids.filtered("quantity").product_id, self.product)

    def test_unchanged(self):
        order = self._create_order([(self.product, 2)])
        answer = self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 2}])
        self.assertEqual((answer["outcome"], answer["differences"]), ("unchanged", []))
        self.assertFalse(self.env["order.event"].search([("kind", "=", "amended")]))

    def test_held_quotation_keeps_the_change(self):
        order = self._create_order([(self.product, 2)])
        answer = self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 101}])
        self.assertEqual((answer["outcome"], answer["ok"]), ("held", True), answer)
        self.assertEqual([f["check"] for f in answer["findings"]], ["stock_short"])
        self.assertEqual(order.order_line.product_uom_qty, 101)

    def test_confirmed_order_that_would_be_held_stays(self):
        order = self.confirmed((self.product, 60))
        answer = self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 101}])
        self.assertRefused(answer, "held", "", outcome="held")
        self.assertEqual([f["check"] for f in answer["findings"]], ["stock_short"])
        self.assertEqual(answer["findings"][0]["id"], False)
        self.assertEqual(order.order_line.product_uom_qty, 60)
        self.assertEqual(order.picking_ids.move_ids.mapped("product_uom_qty"), [60.0])

    def test_own_reservation_is_no_shortage(self):
        """60 of 100 are reserved for it; 40 more are free."""
        order = self.confirmed((self.product, 60))
        answer = self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 100}])
        self.assertEqual(answer["outcome"], "amended", answer)
        self.assertEqual(order.picking_ids.move_ids.mapped("quantity"), [100.0])

    def test_credit_counts_a_confirmed_order_once(self):
        """A16: raising over the limit is found before it is stored; up to the limit it passes."""
        self.company.account_use_credit_limit = True
        self.customer.credit_limit = 500
        order = self.confirmed((self.product, 6))
        answer = self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 10}])
        self.assertEqual(answer["outcome"], "amended", answer)
        answer = self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 11}])
        self.assertEqual(answer["outcome"], "held", answer)
        self.assertEqual([f["check"] for f in answer["findings"]], ["credit_limit"])
        self.assertEqual(order.amount_total, 500)

    def test_released_hold_stops_no_harmless_change(self):
        """A6: a released deviation does not block a change of something else; a new one does."""
        other = self._create_product("OM-B", price=7.0, stock=50)
        order = self._create_order([(self.product, 1, 40.0), (other, 1)])
        order._run_checks()
        order.open_finding_ids.release("Agreed by phone")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        answer = self.amend_one(order, lines=[{"sku": "OM-B", "quantity": 3}])
        self.assertEqual(answer["outcome"], "amended", answer)
        answer = self.amend_one(order, lines=[{"sku": "OM-B", "unit_price": 5.0}])
        self.assertEqual(answer["outcome"], "held", answer)
        self.assertEqual([f["check"] for f in answer["findings"]], ["price_deviation"])
        self.assertEqual(order.order_line[1].price_unit, 7.0)

    def test_a_hold_that_gets_milder_stops_nothing(self):
        """A16, C6: what is short and over the limit, and was released so, may go down, not up."""
        self.company.account_use_credit_limit = True
        self.customer.credit_limit = 1000
        order = self._create_order([(self.product, 150)])
        order._run_checks()
        self.assertEqual(
            set(order.open_finding_ids.mapped("code")), {"stock_short", "credit_limit"}
        )
        order.open_finding_ids.release("Agreed by phone")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        answer = self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 130}])
        self.assertEqual(answer["outcome"], "amended", answer)
        answer = self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 140}])
        self.assertEqual(answer["outcome"], "held", answer)
        self.assertEqual(
            {found["check"] for found in answer["findings"]}, {"stock_short", "credit_limit"}
        )
        self.assertIn("40 are missing in", answer["errors"][0]["message"])
        self.assertEqual(order.order_line.product_uom_qty, 130)

    def test_the_document_s_total_was_of_the_order_before(self):
        order = self._create_order([(self.product, 2)], expected_total=100)
        answer = self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 3}])
        self.assertEqual((answer["outcome"], order.expected_total), ("amended", 0))

    def test_decrease_after_two_partial_shipments(self):
        """D3: 10 ordered, 6 shipped in two steps, down to 7: 1 remains, no counter transfer."""
        order = self.confirmed((self.product, 10))
        self.ship(order.picking_ids, 2)
        self.ship(order.picking_ids.filtered(lambda p: p.state == "assigned"), 4)
        answer = self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 7}])
        self.assertEqual(answer["outcome"], "amended", answer)
        moves = order.order_line.move_ids
        opened = moves.filtered(lambda move: move.state not in ("done", "cancel"))
        self.assertEqual(opened.mapped("product_uom_qty"), [1.0])
        self.assertEqual(set(moves.mapped("location_dest_id.usage")), {"customer"})
        self.assertEqual(order.order_line.qty_delivered, 6)

    def test_address_date_and_carrier_reach_the_transfer(self):
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Fast",
                "external_code": "FAST",
                "product_id": self._create_product("SHIP", type="service").id,
            }
        )
        self.warehouse.partner_id.tz = "Europe/Brussels"
        order = self.confirmed((self.product, 1))
        address = {"name": "Shop Antwerp", "street": "Meir 50", "zip": "2000",
                   "city": "Antwerpen", "country": "BE"}  # fmt: skip
        change = {"ship_to": address, "requested_date": "2026-12-24", "carrier": "FAST"}
        answer = self.amend_one(order, **change)
        self.assertEqual(answer["outcome"], "amended", answer)
        self.assertEqual(
            {d["path"]: d["after"] for d in answer["differences"] if "ship_to" not in d["path"]},
            {"changes[0].requested_date": "2026-12-24", "changes[0].carrier": "FAST"},
        )
        contact = order.partner_shipping_id
        self.assertEqual((contact.parent_id, contact.zip), (self.customer, "2000"))
        self.assertEqual(order.picking_ids.partner_id, contact)
        self.assertEqual(order.picking_ids.carrier_id, carrier)
        self.assertEqual(str(order.commitment_date), "2026-12-24 11:00:00")
        self.assertEqual(self.amend_one(order, **change)["outcome"], "unchanged")
        self.assertEqual(len(self.customer.child_ids), 1)

    def test_what_does_not_go_is_refused(self):
        other = self._create_product("OM-B", stock=50)
        self._create_product("TWICE")
        self._create_product("TWICE")
        order = self.confirmed((self.product, 5), (other, 1))
        first, second = order.order_line
        picking = order.picking_ids
        picking.move_ids[0].quantity = 3
        picking.move_ids[0].picked = True
        foreign = self._create_order().order_line
        cases = [
            ({"lines": [{"line_id": first.id, "quantity": 2}]}, "not_possible",
             "lines[0].quantity"),
            ({"lines": [{"line_id": first.id, "quantity": -1}]}, "wrong_value",
             "lines[0].quantity"),
            ({"lines": [{"sku": "NEW", "quantity": 1}]}, "unknown_product", "lines[0].sku"),
            ({"lines": [{"sku": "TWICE", "quantity": 1}]}, "ambiguous_product", "lines[0].sku"),
            ({"lines": [{"line_id": foreign.id, "quantity": 1}]}, "unknown_line",
             "lines[0].line_id"),
            ({"lines": [{"line_ref": "X", "quantity": 1}]}, "unknown_line", "lines[0].line_ref"),
            ({"lines": [{"line_id": second.id, "quantity": 4}, {"sku": "OM-B", "quantity": 1}]},
             "duplicate", "lines[1]"),
            ({"carrier": "NOBODY"}, "unknown_carrier", "carrier"),
            ({"ship_to": {"street": "Meir 1", "country": "XX"}}, "unknown_country",
             "ship_to.country"),
            ({"ship_to": {"name": "Nowhere"}}, "missing", "ship_to"),
            ({"ship_to": {"strasse": "Meir 1"}}, "unknown_key", "ship_to.strasse"),
        ]  # fmt: skip
        for change, code, path in cases:
            with self.subTest(change=change):
                self.assertRefused(self.amend_one(order, **change), code, f"changes[0].{path}")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [5.0, 1.0])
        self.assertFalse(self.customer.child_ids)

    def test_nothing_moves_after_shipping(self):
        order = self.confirmed((self.product, 5))
        self.ship(order.picking_ids, 5)
        address = {"street": "Meir 50", "zip": "2000", "city": "Antwerpen", "country": "BE"}
        self.assertRefused(
            self.amend_one(order, ship_to=address), "not_possible", "changes[0].ship_to"
        )
        self.assertRefused(
            self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 4}]),
            "not_possible",
            "changes[0].lines[0].quantity",
        )

    def test_invoiced_lines_stand(self):
        self.product.invoice_policy = "order"
        order = self.confirmed((self.product, 5))
        order._create_invoices().action_post()
        for change, path in (({"quantity": 4}, "quantity"), ({"unit_price": 50.5}, "unit_price")):
            with self.subTest(change=change):
                answer = self.amend_one(order, lines=[{"sku": "OM-A", **change}])
                self.assertRefused(answer, "not_possible", f"changes[0].lines[0].{path}")

    def test_locked_and_cancelled(self):
        locked, cancelled = self.confirmed(), self._create_order()
        locked.action_lock()
        cancelled._action_cancel()
        for order in (locked, cancelled):
            answer = self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 4}])
            self.assertRefused(answer, "not_possible", "changes[0].")
            self.assertEqual(order.order_line.product_uom_qty, 1)

    def test_one_bad_change_stops_no_other(self):
        good, bad = self._create_order(), self._create_order()
        answers = self.amend(
            {"order_id": bad.id, "lines": [{"sku": "NEW", "quantity": 1}]},
            {"order_id": good.id, "lines": [{"sku": "OM-A", "quantity": 2}]},
        )
        self.assertEqual([a["outcome"] for a in answers], ["refused", "amended"])
        self.assertEqual((bad.amount_untaxed, good.amount_untaxed), (50, 100))

    def test_request_key(self):
        order = self._create_order()
        change = {"lines": [{"sku": "OM-A", "quantity": 2}], "request_key": "K1"}
        first = self.amend_one(order, **change)
        self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 5}])
        again = self.amend_one(order, **change)
        self.assertEqual((again["outcome"], again["replayed"]), ("replayed", True))
        self.assertEqual(again["differences"], first["differences"])
        self.assertEqual(order.order_line.product_uom_qty, 5)

    @freeze_time("2026-03-02 10:00:00")
    def test_evidence(self):
        order = self.confirmed((self.product, 5))
        before = len(order.message_ids)
        self.amend(
            {"order_id": order.id, "lines": [{"sku": "OM-A", "quantity": 7}]},
            reason="Asked by phone",
        )
        event = self.env["order.event"].search(
            [("order_id", "=", order.id), ("kind", "=", "amended")]
        )
        self.assertEqual(event.data["reason"], "Asked by phone")
        self.assertEqual(event.data["differences"][0]["after"], 7.0)
        self.assertEqual(event.actor_id, self.users["integration"])
        self.assertEqual(event.message, "Changed: OM-A, quantity: 5 → 7 (Asked by phone)")
        ours = [m for m in order.message_ids[: len(order.message_ids) - before]
                if "Asked by phone" in m.body]  # fmt: skip
        self.assertEqual(len(ours), 1)

    def test_by_reference(self):
        channel = self.env["order.channel"].create({"name": "Shop", "code": "WEB"})
        order = self._create_order()
        order.write({"channel_id": channel.id, "external_ref": "W-1"})
        reference = {"channel": "WEB", "external_ref": "W-1"}
        (answer,) = self.amend(
            {"order_ref": reference, "lines": [{"sku": "OM-A", "quantity": 2}]}, role="clerk"
        )
        self.assertEqual((answer["order_id"], answer["outcome"]), (order.id, "amended"))
        with self.assertRaises(AccessError):
            self.amend({"order_ref": {**reference, "external_ref": "W-2"}, "lines": []})

    def test_wrong_arguments(self):
        order = self._create_order()
        for changes in (
            {},
            [{}],
            [{"order_id": "1"}],
            [{"order_id": order.id, "price": 1}],
            [{"order_id": order.id, "lines": [{"quantity": 1}]}],
            [{"order_id": order.id, "lines": [{"sku": "OM-A", "quantity": float("nan")}]}],
            [{"order_id": order.id, "requested_date": "tomorrow"}],
            [{"order_id": order.id}] * 201,
        ):
            with self.subTest(changes=str(changes)[:60]), self.assertRaises(ValidationError):
                plain(self.as_role("sale.order", "integration")).amend_orders(changes)
        self.assertEqual(order.amount_untaxed, 50)

    def test_a_foreign_order_refuses_the_whole_call(self):
        own = self._create_order()
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": company.id}
        )
        with self.assertRaises(AccessError):
            self.amend(
                {"order_id": own.id, "lines": [{"sku": "OM-A", "quantity": 2}]},
                {"order_id": foreign.id},
            )
        self.assertEqual(own.amount_untaxed, 50)

    def test_queries_of_many(self):
        """Twenty quotations cost no more each than five do."""
        counts = []
        for number in (5, 5, 20):
            orders = self.env["sale.order"].union(*(self._create_order() for _n in range(number)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.amend(
                *(
                    {"order_id": order.id, "lines": [{"sku": "OM-A", "quantity": 2}]}
                    for order in orders
                )
            )
            self.env.flush_all()
            counts.append((self.env.cr.sql_log_count - before) / number)
        self.assertLess(counts[2], 1.05 * counts[1])


@tagged("post_install", "-at_install")
class TestPromiseCancel(ChangeCase):
    def cancel(self, orders, reason="Customer changed mind", role="clerk", **values):
        return plain(self.as_role(orders, role)).cancel_orders(reason, **values)

    def assertCancelled(self, answer, outcome, cancelled=(), refused=()):
        self.assertEqual(answer["outcome"], outcome, answer)
        for key, expected in (("cancelled_lines", cancelled), ("refused_lines", refused)):
            found = [(line["sku"], line["quantity"]) for line in answer[key]]
            self.assertEqual(found, list(expected), key)

    def test_quotation_and_confirmed_order(self):
        draft, sold = self._create_order(), self.confirmed((self.product, 3))
        first, second = self.cancel(draft | sold)
        self.assertCancelled(first, "cancelled", [("OM-A", 1.0)])
        self.assertCancelled(second, "cancelled", [("OM-A", 3.0)])
        self.assertEqual((draft | sold).mapped("state"), ["cancel", "cancel"])
        self.assertEqual(sold.picking_ids.state, "cancel")
        self.assertEqual(sold.stage, "cancelled")
        self.assertEqual(self.product.free_qty, 100)
        again = self.cancel(draft | sold)
        self.assertEqual([a["outcome"] for a in again], ["unchanged", "unchanged"])

    def test_shipped_part_stays(self):
        """D5, C6: what left is refused, the open rest is free again."""
        order = self.confirmed((self.product, 10))
        self.ship(order.picking_ids, 4)
        (answer,) = self.cancel(order)
        self.assertCancelled(answer, "partly_cancelled", [("OM-A", 6.0)], [("OM-A", 4.0)])
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.product_uom_qty, 4)
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done", "cancel"})
        self.product.invalidate_recordset()
        self.assertEqual(self.product.free_qty, 96)

    def test_all_shipped_or_picked_is_refused(self):
        shipped, picked = self.confirmed((self.product, 2)), self.confirmed((self.product, 3))
        self.ship(shipped.picking_ids, 2)
        picked.picking_ids.move_ids.picked = True
        answers = self.cancel(shipped | picked)
        for answer, quantity, word in zip(answers, (2.0, 3.0), ("return", "back"), strict=True):
            self.assertCancelled(answer, "refused", (), [("OM-A", quantity)])
            self.assertFalse(answer["ok"])
            self.assertIn(word, answer["refused_lines"][0]["reason"])
        self.assertEqual(picked.picking_ids.state, "assigned")
        self.assertEqual(picked.order_line.product_uom_qty, 3)

    def test_some_lines(self):
        other = self._create_product("OM-B", stock=9)
        order = self.confirmed((self.product, 5), (other, 2))
        first, second = order.order_line
        (answer,) = self.cancel(order, lines=[{"line_id": first.id, "quantity": 2}])
        self.assertCancelled(answer, "partly_cancelled", [("OM-A", 2.0)])
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [3.0, 2.0])
        (answer,) = self.cancel(order, lines=[{"line_id": first.id}, {"line_id": second.id}])
        self.assertCancelled(answer, "cancelled", [("OM-A", 3.0), ("OM-B", 2.0)])
        self.assertEqual(order.state, "cancel")

    def test_unknown_line(self):
        order, other = self.confirmed(), self._create_order()
        (answer,) = self.cancel(order, lines=[{"line_id": other.order_line.id}])
        self.assertCancelled(answer, "refused")
        self.assertEqual(answer["errors"][0]["code"], "unknown_line")
        self.assertEqual(order.state, "sale")

    def test_locked(self):
        order = self.confirmed()
        order.action_lock()
        (answer,) = self.cancel(order)
        self.assertCancelled(answer, "refused")
        self.assertEqual(order.state, "sale")

    def test_reason_and_shapes(self):
        order = self.confirmed()
        for values in (
            {"reason": ""},
            {"reason": " "},
            {"reason": 1},
            {"lines": {}},
            {"lines": [{}]},
            {"lines": [{"line_id": 1, "quantity": 0}]},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.cancel(order, **values)
        self.assertEqual(order.state, "sale")

    def test_evidence(self):
        order = self.confirmed()
        self.cancel(order, "Out of business")
        event = self.env["order.event"].search(
            [("order_id", "=", order.id), ("kind", "=", "cancelled")]
        )
        self.assertEqual(event.data["reason"], "Out of business")
        self.assertEqual(event.data["lines"][0]["quantity"], 1.0)

    def test_money_to_be_given_back(self):
        order = self.confirmed()
        provider = self.env["payment.provider"].create({"name": "Test", "code": "none"})
        method = self.env["payment.method"].search([], limit=1)
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": 50,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "reference": "OM-PAID",
                "state": "done",
                "sale_order_ids": order.ids,
            }
        )
        self.assertEqual(self.cancel(order)[0]["outcome"], "cancelled")
        event = self.env["order.event"].search(
            [("order_id", "=", order.id), ("kind", "=", "cancelled")]
        )
        self.assertEqual(event.data["paid"], 50)
        self.assertIn("is to be given back", event.message)

    def test_purchase_for_it_is_core_s_business(self):
        """A service line is cancelled with its order."""
        service = self._create_product("WORK", type="service", is_storable=False)
        order = self.confirmed((self.product, 1), (service, 2))
        (answer,) = self.cancel(order)
        self.assertCancelled(answer, "cancelled", [("OM-A", 1.0), ("WORK", 2.0)])


@tagged("post_install", "-at_install")
class TestPromiseChangeForms(ChangeCase):
    """The same from the order's form, as a clerk."""

    def open_form(self, order, model):
        clerk = self.as_role(order, "clerk")
        action = clerk.action_change() if model == "order.change" else (
            clerk.action_cancel_with_reason()
        )  # fmt: skip
        return Form(
            self.env[model].with_user(self.users["clerk"]).with_context(**action["context"])
        )

    def test_change(self):
        self._create_product("OM-B", price=7.0, stock=9)
        order = self.confirmed((self.product, 2))
        form = self.open_form(order, "order.change")
        form.reason = "By phone"
        with form.line_ids.edit(0) as line:
            self.assertEqual((line.quantity_before, line.quantity), (2, 2))
            line.quantity = 4
        with form.line_ids.new() as line:
            line.product_id = self.env["product.product"].search([("default_code", "=", "OM-B")])
            line.quantity = 3
        answer = form.save().action_apply()
        self.assertEqual(
            answer["params"]["message"],
            "The order was changed. OM-A, quantity: 2 → 4; new: 3 × OM-B",
        )
        self.assertEqual(order.amount_untaxed, 4 * 50 + 3 * 7)
        self.assertEqual(order.picking_ids.move_ids.mapped("product_uom_qty"), [4.0, 3.0])

    def test_change_that_does_not_go(self):
        order = self.confirmed((self.product, 2))
        form = self.open_form(order, "order.change")
        with form.line_ids.edit(0) as line:
            line.quantity = 500
        with self.assertRaisesRegex(UserError, "would be held"):
            form.save().action_apply()

    def test_cancel(self):
        order = self.confirmed((self.product, 5))
        form = self.open_form(order, "order.cancel")
        form.reason = "Not wanted"
        with form.line_ids.edit(0) as line:
            line.quantity = 2
        answer = form.save().action_cancel_order()
        self.assertEqual(
            answer["params"]["message"], "A part was cancelled; the rest goes on. 2 × OM-A"
        )
        self.assertEqual((order.state, order.order_line.product_uom_qty), ("sale", 3))
        form = self.open_form(order, "order.cancel")
        form.reason = "Not wanted"
        form.save().action_cancel_order()
        self.assertEqual(order.state, "cancel")

    def test_nothing_chosen_to_cancel(self):
        order = self.confirmed((self.product, 5))
        form = self.open_form(order, "order.cancel")
        form.reason = "Not wanted"
        with form.line_ids.edit(0) as line:
            line.quantity = 0
        with self.assertRaisesRegex(UserError, "at least one line"):
            form.save().action_cancel_order()
        self.assertEqual((order.state, order.order_line.product_uom_qty), ("sale", 5))

    def test_new_line_has_the_customer_s_price(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Minus ten",
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 10.0})
                ],
            }
        )
        other = self._create_product("OM-B", price=7.0, stock=9)
        order = self._create_order([(self.product, 2)], pricelist_id=pricelist.id)
        form = self.open_form(order, "order.change")
        with form.line_ids.new() as line:
            line.product_id = other
            self.assertAlmostEqual(line.price_unit, 6.3)
            line.quantity = 3
        form.save().action_apply()
        self.assertAlmostEqual(order.amount_untaxed, 90 + 18.9)

    def test_what_somebody_else_changed_in_the_meantime(self):
        """Other fields keep their change; the same field is not overwritten."""
        other = self._create_product("OM-B", price=7.0, stock=9)
        order = self._create_order([(self.product, 2), (other, 1)])
        form = self.open_form(order, "order.change")
        self.amend_one(order, lines=[{"sku": "OM-A", "quantity": 5}], requested_date="2030-01-15")
        with form.line_ids.edit(1) as line:
            line.quantity = 4
        form.save().action_apply()
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [5.0, 4.0])
        self.assertEqual(str(order.commitment_date.date()), "2030-01-15")
        for name, value in (("quantity", 3), ("price_unit", 40)):
            with self.subTest(field=name):
                form = self.open_form(order, "order.change")
                self.amend_one(
                    order,
                    lines=[{"sku": "OM-A", "quantity": 6 + value, "unit_price": 50.1 + value}],
                )
                with form.line_ids.edit(0) as line:
                    setattr(line, name, value)
                with self.assertRaisesRegex(UserError, "somebody else"):
                    form.save().action_apply()
                self.assertEqual(order.order_line[0].product_uom_qty, 6 + value)

    def test_address_stands_after_shipping(self):
        order = self.confirmed((self.product, 2))
        self.ship(order.picking_ids, 1)
        form = self.open_form(order, "order.change")
        self.assertTrue(form.has_shipped)
        with self.assertRaises(AssertionError):
            form.partner_shipping_id = self._create_customer("Elsewhere")

    def test_who_may(self):
        order = self.confirmed()
        self.assertTrue(self.as_role(order, "clerk").may_change)
        self.assertFalse(self.as_role(order, "auditor").may_change)
        self.company.use_order_management = False
        order.invalidate_recordset(["may_change"])
        self.assertFalse(self.as_role(order, "clerk").may_change)
