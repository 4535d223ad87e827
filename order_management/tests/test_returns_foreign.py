from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .returns_common import ReturnCase


class ForeignCase(ReturnCase):
    """``lamp``: a product that the customer has, of no order; ``_goods``, ``_ask_foreign``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamp = cls._create_product("LAMP", price=99.0, taxes_id=[Command.set(cls.tax.ids)])

    @classmethod
    def _goods(cls, quantity=2, price=25.0, **values):
        """One line of a request for goods that were not sold by us."""
        line = {"sku": "LAMP", "quantity": quantity, "reason": "changed_mind", **values}
        return {**line, "price": price} if price is not None else line

    @classmethod
    def _prepare_foreign(cls, lines=None, **values):
        request = {"partner_id": cls.customer.id, "lines": lines or [cls._goods()]}
        return {**request, "requested_on": "2026-03-10", **values}

    @classmethod
    def _ask_foreign(cls, lines=None, role="returns", **values):
        request = cls._prepare_foreign(lines, **values)
        return cls.as_role("order.return", role).request([request])[0]

    @classmethod
    def _return_foreign(cls, lines=None, role="returns", **values):
        answer = cls._ask_foreign(lines, role, **values)
        return cls.env["order.return"].browse(answer["return_id"])

    @classmethod
    def _approve(cls, returns, role="manager"):
        return cls.as_role(returns, role).approve()

    @classmethod
    def _bring_back(cls, lines=None):
        """A return of goods without an order, approved and received."""
        one = cls._return_foreign(lines)
        cls._approve(one)
        cls._receive(one)
        return one


@tagged("post_install", "-at_install")
class TestReturnForeign(ForeignCase):
    """Goods that were not sold by us: a stated price, approval, a credit note of their own."""

    def test_from_request_to_refund(self):
        """Data: 2 lamps at 25.00 and 20 %. Expected: 60.00 asked, approved, refunded (G34)."""
        answer = self._ask_foreign()
        self.assertEqual(
            (answer["outcome"], answer["state"], answer["order_id"], answer["partner_id"]),
            ("created", "review", False, self.customer.id),
        )
        self.assertEqual(
            [(one["decision"], one["code"], one["refund"]) for one in answer["lines"]],
            [("review", "foreign", 60.0)],
        )
        one = self.env["order.return"].browse(answer["return_id"])
        self.assertTrue(one.is_foreign and one.line_ids.is_foreign)
        self.assertFalse(one.picking_ids)
        self.assertEqual(self._approve(one)[0]["state"], "approved")
        self.assertRecordValues(
            one.picking_ids.move_ids,
            [
                {
                    "product_id": self.lamp.id,
                    "product_uom_qty": 2.0,
                    "origin_returned_move_id": False,
                    "sale_line_id": False,
                    "to_refund": False,
                    "location_id": self.customer.property_stock_customer.id,
                    "location_dest_id": self.warehouse.lot_stock_id.id,
                    "partner_id": self.customer.id,
                }
            ],
        )
        self.assertEqual(one.picking_ids.picking_type_code, "incoming")
        self.assertEqual(self._receive(one)["state"], "received")
        self.assertEqual(self._get_on_hand(self.lamp), 2)
        settled = self._settle(one)
        self.assertEqual((settled["state"], settled["refund_total"]), ("settled", 60.0))
        self.assertRecordValues(
            one.credit_note_ids,
            [
                {
                    "move_type": "out_refund",
                    "state": "posted",
                    "reversed_entry_id": False,
                    "partner_id": self.customer.id,
                    "amount_untaxed": 50.0,
                    "amount_tax": 10.0,
                    "amount_total": 60.0,
                    "amount_residual": 60.0,
                    "invoice_origin": one.name,
                }
            ],
        )
        line = one.credit_note_ids.invoice_line_ids
        accounts = self.lamp.product_tmpl_id.with_company(self.company).get_product_accounts()
        self.assertEqual(
            (line.account_id, line.tax_ids, line.sale_line_ids.ids, line.return_line_id),
            (accounts["income"], self.tax, [], one.line_ids),
        )
        self.assertEqual(self._settle(one)["replayed"], True)
        self.assertEqual(len(one.credit_note_ids), 1)

    def test_quote_preview_and_settlement_are_the_same(self):
        included = self._create_tax("21 % in it", 21.0, price_include_override="tax_included")
        odd = self._create_tax("7 %", 7.0)
        for taxes, price, quantity, came, quoted, paid in (
            (self.tax, 33.33, 3, 3, 119.99, 119.99),
            (self.tax, 33.33, 3, 2, 119.99, 79.99),
            (included, 9.99, 3, 1, 29.97, 9.99),
            (self.tax | odd, 3.33, 7, 7, 29.60, 29.60),
            (self.env["account.tax"], 0.07, 3, 3, 0.21, 0.21),
        ):
            for method in ("round_per_line", "round_globally"):
                with self.subTest(taxes=taxes.mapped("name"), came=came, method=method):
                    self.company.tax_calculation_rounding_method = method
                    self.lamp.taxes_id = taxes
                    lines = [self._goods(quantity, price)]
                    answer = self.as_role("order.return", "returns").quote(
                        lines=lines, partner_id=self.customer.id
                    )
                    self.assertEqual(answer["refund_total"], quoted)
                    self.assertEqual(answer["lines"][0]["sku"], "LAMP")
                    one = self._return_foreign(lines)
                    self._approve(one)
                    self.assertEqual(one.refund_total, quoted)
                    self._receive(one, came)
                    self.assertEqual(self._settle(one)["refund_total"], paid)
                    self.assertEqual(one.credit_note_ids.amount_total, paid)

    def test_who_may_state_a_price(self):
        portal = new_test_user(self.env, login="om_foreign_portal", groups="base.group_portal")
        before = self.env["order.return"].search_count([])
        for user in (self.users["integration"], self.users["clerk"], portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["order.return"].with_user(user).request([self._prepare_foreign()])
        unpriced = self._prepare_foreign([self._goods(price=None)])
        with self.assertRaises(AccessError):
            self.env["order.return"].with_user(portal).request([unpriced])
        with self.assertRaises(AccessError):
            # As the portal's own pages call it, for the visitor.
            self.env["order.return"].with_user(portal).sudo().request([unpriced])
        self.assertEqual(self.env["order.return"].search_count([]), before)

    def test_whoever_states_no_price_leaves_it_to_a_returns_agent(self):
        for role in ("clerk", "integration"):
            with self.subTest(role):
                one = self._return_foreign([self._goods(price=None)], role)
                self.assertEqual((one.state, one.refund_total), ("review", 0.0))
                (refused,) = self._approve(one)
                self.assertEqual(
                    [(error["code"], error["path"]) for error in refused["errors"]],
                    [("missing", "lines[0].price")],
                )
                self.assertEqual((one.state, one.picking_ids.ids), ("review", []))
                line = one.line_ids
                with self.assertRaises(AccessError):
                    self.as_role(line, role).unit_price = 10.0
                self.as_role(line, "returns").unit_price = 10.0
                self.assertEqual(
                    (one.refund_total, one.last_editor_id), (24.0, self.users["returns"])
                )
                self.as_role(line, "returns").quantity = 3
                self.assertEqual(one.refund_total, 36.0)
                self.as_role(line, "returns").fee = 6.0
                self.assertEqual(self._approve(one)[0]["refund_total"], 30.0)
                self._receive(one)
                self.assertEqual(self._settle(one)["refund_total"], 30.0)
                self.assertEqual(one.credit_note_ids.amount_total, 30.0)

    def test_prices_of_what_we_sold_are_not_stated(self):
        order = self._create_sold()
        self.rule.decision = "review"
        one = self._return(order)
        with self.assertRaises(AccessError):
            self.as_role(one.line_ids, "returns").unit_price = 1.0
        self.assertEqual(one.line_ids.unit_price, 0.0)

    def test_another_person_approves_from_the_limit_on(self):
        self.policy.four_eyes_amount = 60.0
        second = new_test_user(self.env, login="om_second", groups="order_management.group_manager")
        one = self._return_foreign(role="manager")
        self.assertEqual(one.policy_id, self.policy)
        for role in ("manager", "returns"):
            (answer,) = self._approve(one, role)
            self.assertEqual((answer["state"], answer["needs"]), ("review", "second_person"))
        edited = self._return_foreign()
        self.as_role(edited.line_ids, "manager").unit_price = 26.0
        self.assertEqual(self._approve(edited)[0]["needs"], "second_person")
        self.assertFalse((one | edited).picking_ids)
        answers = (one | edited).with_user(second).approve()
        self.assertEqual([answer["state"] for answer in answers], ["approved"] * 2)
        below = self._return_foreign([self._goods(1)])
        self.assertEqual(self._approve(below, "returns")[0]["state"], "approved")

    def test_taxes_and_account_by_the_customer_s_fiscal_position(self):
        income = self.lamp.product_tmpl_id.with_company(self.company).get_product_accounts()
        export = income["income"].copy({"code": "OMEXPORT", "name": "Export"})
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Export",
                "account_ids": [
                    Command.create(
                        {"account_src_id": income["income"].id, "account_dest_id": export.id}
                    )
                ],
            }
        )
        free = self._create_tax("0 % export", 0.0)
        free.write(
            {
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.tax.ids)],
            }
        )
        self.customer.property_account_position_id = position
        one = self._bring_back()
        self.assertEqual(self._settle(one)["refund_total"], 50.0)
        note = one.credit_note_ids
        self.assertEqual((note.fiscal_position_id, note.amount_tax), (position, 0.0))
        self.assertEqual(
            (note.invoice_line_ids.tax_ids, note.invoice_line_ids.account_id), (free, export)
        )

    def test_nothing_counts_against_an_order(self):
        """Data: the same product sold and returned by an order. Expected: it is as it was."""
        self._set_stock(self.lamp, 5)
        order = self._create_sold(2, product=self.lamp)
        figures = ("qty_delivered", "qty_invoiced", "qty_to_invoice", "return_settled_quantity")
        before = order.order_line.read(figures)
        self._settle(self._bring_back())
        self.assertEqual(order.order_line.read(figures), before)
        self.assertEqual(len(order.order_line), 1)
        self.assertFalse(order.return_ids)
        quote = self.as_role("order.return", "clerk").quote(
            order.id, [self._ask(order, 1)], requested_on="2026-03-10"
        )
        self.assertEqual(quote["lines"][0]["returnable"], 2)

    def test_open_again_without_its_credit_note(self):
        for kind in ("cancelled", "deleted"):
            with self.subTest(kind):
                one = self._bring_back()
                self._settle(one)
                note = one.credit_note_ids
                note.button_draft()
                self.assertEqual((one.state, one.credit_note_ids), ("received", note))
                if kind == "cancelled":
                    note.button_cancel()
                else:
                    note.unlink()
                self.assertEqual((one.state, one.credit_note_ids.ids), ("received", []))
                self.assertEqual(one.line_ids.settled_quantity, 0)
                self.assertEqual(self._settle(one)["refund_total"], 60.0)
                self.assertEqual(one.credit_note_ids.mapped("state"), ["posted"])

    def test_settled_in_bulk_with_returns_of_orders(self):
        order = self._create_sold()
        sold = self._return(order, 1, "defective")
        self._receive(sold)
        two, three = self._bring_back(), self._bring_back([self._goods(1)])
        answers = self.as_role(two | sold | three, "returns").settle()
        self.assertEqual(
            [(one["state"], one["refund_total"]) for one in answers],
            [("settled", 60.0), ("settled", 43.20), ("settled", 30.0)],
        )
        for one, total in ((two, 60.0), (sold, 43.20), (three, 30.0)):
            self.assertEqual(one.credit_note_ids.mapped("amount_total"), [total])
        self.assertEqual(sold.credit_note_ids.reversed_entry_id.move_type, "out_invoice")

    def test_what_can_t_be_asked(self):
        rows = (
            ("sku", {"sku": "NONE"}, "unknown_product", "lines[0].sku"),
            ("quantity", {"quantity": 0}, "wrong_value", "lines[0].quantity"),
            ("price", {"price": -1.0}, "wrong_value", "lines[0].price"),
            ("free", {"price": 0}, "wrong_value", "lines[0].price"),
            ("reason", {"reason": "none"}, "unknown_reason", "lines[0].reason"),
            ("claim", {"kind": "claim", "reason": "missing"}, "wrong_value", "lines[0].kind"),
        )
        before = self.env["order.return"].search_count([])
        for name, values, code, path in rows:
            with self.subTest(name):
                answer = self._ask_foreign([{**self._goods(), **values}])
                self.assertEqual(answer["outcome"], "rejected")
                self.assertEqual(
                    [(one["code"], one["path"]) for one in answer["errors"]], [(code, path)]
                )
        order = self._create_sold()
        Return = self.as_role("order.return", "returns")
        for name, request, path in (
            ("both", self._prepare_foreign(order_id=order.id), "partner_id"),
            ("currency", self._prepare_foreign(currency="XXY"), r"requests\[0\].currency"),
            ("warehouse", self._prepare_foreign(warehouse="NONE"), r"requests\[0\].warehouse"),
            ("no product", self._prepare_foreign([{"quantity": 1, "reason": "late"}]), "sku"),
            ("lot", self._prepare_foreign([{**self._goods(), "lot": "L"}]), "lot"),
            (
                "price of an order's line",
                {"order_id": order.id, "lines": [{**self._ask(order), "price": 1.0}]},
                "price",
            ),
        ):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, path):
                Return.request([request])
        with self.assertRaises(AccessError):
            Return.request([self._prepare_foreign(partner_id=987654321)])
        self.assertEqual(self.env["order.return"].search_count([]), before)

    def test_exchange_is_not_offered(self):
        answer = self._ask_foreign([self._goods(resolution="exchange")])
        self.assertEqual((answer["state"], answer["lines"][0]["code"]), ("refused", "not_offered"))

    def test_a_reference_is_asked_once_a_customer(self):
        first = self._ask_foreign(external_ref="F-1")
        again = self._ask_foreign(external_ref="F-1")
        self.assertEqual((again["outcome"], again["return_id"]), ("replayed", first["return_id"]))
        other = self._ask_foreign([self._goods(5)], external_ref="F-1")
        self.assertEqual((other["outcome"], other["ok"]), ("conflict", False))
        stranger = self._create_customer("Somebody else")
        fresh = self._ask_foreign(external_ref="F-1", partner_id=stranger.id)
        self.assertEqual(fresh["outcome"], "created")

    def test_the_decision_can_be_replayed(self):
        one = self._return_foreign()
        slip = self.env["order.decision"].search(
            [("model", "=", "order.return"), ("res_id", "=", one.id)]
        )
        self.assertEqual((slip.outcome, slip._replay()), ("review", [True]))

    def test_credit_stays_on_the_customer_s_account(self):
        one = self._bring_back([self._goods(resolution="credit")])
        self._settle(one)
        self.assertEqual((one.credit_note_ids.amount_residual, one.payout_state), (60.0, "none"))

    def test_lots_and_serial_numbers_are_read_from_the_goods(self):
        self.lamp.tracking = "serial"
        one = self._return_foreign()
        self._approve(one)
        line = one.line_ids.id
        answer = self._receive(one, 1)
        self.assertEqual(answer["errors"][0]["code"], "missing")
        entries = [{"return_line_id": line, "quantity": 1, "lot": lot} for lot in ("S1", "S2")]
        self.assertTrue(self.as_role(one, "picker").receive(entries)[0]["ok"])
        lots = self.env["stock.lot"].search([("product_id", "=", self.lamp.id)])
        self.assertEqual(sorted(lots.mapped("name")), ["S1", "S2"])
        self.assertEqual(lots.mapped("product_qty"), [1, 1])
        two = self._return_foreign()
        self._approve(two)
        answer = self._receive(two, 1, lot="S1")
        self.assertEqual(answer["errors"][0]["code"], "unknown_lot")
        self.assertEqual(two.line_ids.received_quantity, 0)

    def test_cancelled_before_it_comes(self):
        one = self._return_foreign()
        self._approve(one)
        receipt = one.picking_ids
        self.assertEqual(self.as_role(one, "returns").cancel("Kept it")[0]["state"], "cancelled")
        self.assertEqual(receipt.state, "cancel")

    def test_the_customer_is_told(self):
        self.customer.email = "deco@example.com"
        one = self._return_foreign()
        self._approve(one)
        self._receive(one)
        self._settle(one)
        told = one.message_ids.filtered(lambda message: message.partner_ids == self.customer)
        texts = [str(message.body) for message in told.sorted("id")]
        self.assertEqual(len(texts), 3)
        for text, words in zip(texts, ("look at it", "you get back", "are refunded"), strict=True):
            self.assertIn(words, text)

    def test_papers(self):
        one = self._return_foreign()
        self._approve(one)
        self.assertTrue(self.as_role(one, "returns").get_label("zpl")[0]["ok"])
        content, _kind = one._render_return_slip()
        self.assertTrue(content)


@tagged("post_install", "-at_install")
class TestReturnForeignTogether(ForeignCase):
    """Several orders and goods without one, sent back in one go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "deco@example.com"
        cls.euro = cls.env.ref("base.EUR")
        cls.dollar = cls.env.ref("base.USD")
        (cls.euro | cls.dollar).active = True

    def _create_sold_in(self, currency):
        pricelist = self.env["product.pricelist"].create(
            {"name": currency.name, "currency_id": currency.id}
        )
        return self._create_sold(2, pricelist_id=pricelist.id)

    def _get_messages(self, orders):
        messages = self.env["order.notification"].search(
            [("order_id", "in", orders.ids), ("kind", "=", "return_update")], order="id"
        )
        return messages.mapped("body")

    def test_two_currencies_of_one_payer(self):
        """Data: an order in EUR, one in USD. Expected: one number, message, receipt (G6)."""
        orders = self._create_sold_in(self.euro) | self._create_sold_in(self.dollar)
        requests = [
            {
                "order_id": order.id,
                "lines": [self._ask(order, 1, "defective")],
                "requested_on": "2026-03-10",
            }
            for order in orders
        ]
        answers = self.as_role("order.return", "returns").request(requests, together=True)
        (number,) = {answer["number"] for answer in answers}
        self.assertEqual([answer["state"] for answer in answers], ["approved"] * 2)
        returns = orders.return_ids
        (message,) = self._get_messages(orders)
        self.assertIn(number, message)
        receipt = returns.picking_ids
        self.assertEqual((len(receipt), receipt.origin, len(receipt.move_ids)), (1, number, 2))
        entries = [{"return_line_id": line.id, "quantity": 1} for line in returns.line_ids]
        self.as_role(returns, "picker").receive(entries)
        self.assertEqual(receipt.state, "done")
        self.as_role(returns, "returns").settle()
        notes = returns.credit_note_ids
        self.assertEqual(
            {note.currency_id: note.amount_total for note in notes},
            {self.euro: 43.20, self.dollar: 43.20},
        )
        self.assertEqual((len(notes), notes.partner_id), (2, self.customer))
        self.assertEqual(len(self._get_messages(orders)), 2)

    def test_mixed_with_goods_without_an_order(self):
        orders = self._create_sold_in(self.euro) | self._create_sold_in(self.dollar)
        requests = [
            {
                "order_id": order.id,
                "lines": [self._ask(order, 1, "defective")],
                "requested_on": "2026-03-10",
            }
            for order in orders
        ]
        requests.append(self._prepare_foreign(currency="EUR"))
        answers = self.as_role("order.return", "returns").request(requests, together=True)
        (number,) = {answer["number"] for answer in answers}
        self.assertEqual([one["name"] for one in answers], [f"{number}-{n}" for n in (1, 2, 3)])
        self.assertEqual(
            [answer["state"] for answer in answers], ["approved", "approved", "review"]
        )
        (message,) = self._get_messages(orders)
        for name in [answer["name"] for answer in answers]:
            self.assertIn(name, message)
        returns = self.env["order.return"].browse([answer["return_id"] for answer in answers])
        self._approve(returns)
        self.assertEqual(len(self._get_messages(orders)), 2)
        receipt = returns.picking_ids
        self.assertEqual((len(receipt), len(receipt.move_ids)), (1, 3))
        entries = [
            {"return_line_id": line.id, "quantity": line.quantity} for line in returns.line_ids
        ]
        self.as_role(returns, "picker").receive(entries)
        settled = self.as_role(returns, "returns").settle()
        self.assertEqual([one["refund_total"] for one in settled], [43.20, 43.20, 60.0])
        notes = returns.credit_note_ids
        self.assertEqual(len(notes), 3)
        self.assertEqual({note.partner_id for note in notes}, {self.customer})
        self.assertEqual(
            sorted((note.currency_id.name, note.amount_total) for note in notes),
            [("EUR", 43.20), ("EUR", 60.0), ("USD", 43.20)],
        )
        self.assertEqual(len(self._get_messages(orders)), 3)
        self.assertEqual([len(order.order_line) for order in orders], [1, 1])

    def test_one_of_them_is_cancelled(self):
        """What the others send stays announced."""
        first, second = self._create_sold(2), self._create_sold(2)
        requests = [
            {"order_id": order.id, "lines": [self._ask(order, 1)], "requested_on": "2026-03-10"}
            for order in (first, second)
        ]
        self.as_role("order.return", "returns").request(requests, together=True)
        receipt = first.return_ids.picking_ids
        self.assertEqual(receipt, second.return_ids.picking_ids)
        self.as_role(first.return_ids, "returns").cancel("Keeps it")
        self.assertEqual(sorted(receipt.move_ids.mapped("state")), ["assigned", "cancel"])
        self._receive(second.return_ids)
        self._settle(second.return_ids)
        self.assertEqual(second.return_ids.state, "settled")

    def test_another_customer_s_goods_are_refused(self):
        order = self._create_sold()
        requests = [
            {"order_id": order.id, "lines": [self._ask(order, 1)]},
            self._prepare_foreign(partner_id=self._create_customer("Else").id),
        ]
        with self.assertRaises(ValidationError):
            self.as_role("order.return", "returns").request(requests, together=True)
        self.assertFalse(order.return_ids)

    def test_from_the_desk(self):
        order = self._create_sold()
        with Form(self.as_role("order.return.desk", "returns")) as desk:
            desk.code = order.name
            desk.reason_id = self.reasons["changed_mind"]
            with desk.line_ids.edit(0) as line:
                line.quantity = 1
            with desk.goods_ids.new() as goods:
                goods.product_id = self.lamp
                goods.quantity = 2
                goods.unit_price = 25.0
                self.assertEqual(goods.refund, 60.0)
        desk.record.action_request()
        foreign = self.env["order.return"].search([("is_foreign", "=", True)])
        self.assertEqual(
            (foreign.partner_id, foreign.state, foreign.refund_total, foreign.group_ref),
            (self.customer, "review", 60.0, order.return_ids.group_ref),
        )

    def test_from_the_desk_without_any_order(self):
        with Form(self.as_role("order.return.desk", "clerk")) as desk:
            desk.partner_id = self.customer
            desk.reason_id = self.reasons["changed_mind"]
            with desk.goods_ids.new() as goods:
                goods.product_id = self.lamp
        desk.record.action_request()
        one = self.env["order.return"].search([("is_foreign", "=", True)])
        self.assertEqual(
            (one.state, one.line_ids.unit_price, one.group_ref), ("review", 0.0, False)
        )
        with self.assertRaisesRegex(UserError, "state a price"):
            self.as_role(one, "manager").action_approve()
