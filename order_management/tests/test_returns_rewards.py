from random import Random
from unittest import SkipTest

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..models.common.optional import has_field
from .test_returns_extras import ReturnExtraCase


class ReturnRewardCase(ReturnExtraCase):
    """Orders with rewards of loyalty programs; skipped where there are none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not has_field(cls.env, "sale.order", "coupon_point_ids"):
            raise SkipTest("sale_loyalty is not installed")
        cls.env["loyalty.program"].search([]).active = False

    @classmethod
    def _create_program(cls, program_type, rule=None, reward=None, **values):
        return cls.env["loyalty.program"].create(
            {
                "name": f"Test {program_type}",
                "program_type": program_type,
                "company_id": cls.company.id,
                "rule_ids": [Command.clear(), Command.create(rule or {})],
                "reward_ids": [Command.clear(), Command.create(reward or {})],
                **values,
            }
        )

    @classmethod
    def _create_discount(cls, program_type="promotion", **reward):
        """A program that takes something off each order."""
        return cls._create_program(
            program_type,
            {"reward_point_mode": "order", "minimum_amount": 0.0, "minimum_qty": 0},
            {"reward_type": "discount", "required_points": 1, **reward},
            trigger="auto",
            applies_on="current",
        )

    @classmethod
    def _create_gift(cls, product=None, **reward):
        """Buy two shirts and get one more, or ``product``."""
        return cls._create_program(
            "buy_x_get_y",
            {
                "reward_point_mode": "unit",
                "product_ids": [Command.set(cls.shirt.ids)],
                "minimum_qty": 2,
                "minimum_amount": 0.0,
            },
            {
                "reward_type": "product",
                "reward_product_id": (product or cls.shirt).id,
                "required_points": 2,
                **reward,
            },
            trigger="auto",
            applies_on="current",
        )

    @classmethod
    def _create_points(cls, **reward):
        """A point for each unit of money; 100 points take 10 off."""
        values = {"discount_mode": "per_order", "discount": 10, "required_points": 100, **reward}
        return cls._create_program(
            "loyalty",
            {"reward_point_mode": "money", "reward_point_amount": 1},
            values,
            trigger="auto",
            applies_on="both",
        )

    @classmethod
    def _create_payer(cls, program_type, **values):
        """A program of gift cards or wallets."""
        product = cls._create_service("TOPUP", cls.env["account.tax"])
        return cls._create_program(
            program_type,
            {
                "reward_point_mode": "money",
                "reward_point_amount": 1,
                "product_ids": [Command.set(product.ids)],
            },
            {
                "reward_type": "discount",
                "discount_mode": "per_point",
                "discount": 1,
                "discount_applicability": "order",
                "required_points": 1,
            },
            applies_on="future",
            trigger="auto",
            **values,
        )

    @classmethod
    def _create_card(cls, program, points, **values):
        return cls.env["loyalty.card"].create(
            {"program_id": program.id, "partner_id": cls.customer.id, "points": points, **values}
        )

    @classmethod
    def _sell(cls, lines, card=None, **values):
        """An order of ``lines`` with all rewards that it can have, delivered and invoiced.

        :param card: use this card, too
        """
        order = cls._create_order(lines, **values)
        if card:
            order.applied_coupon_ids = card
        cls._claim(order)
        return cls._finish(order)

    @classmethod
    def _claim(cls, order):
        """Take all rewards that can be had, payments last."""
        for is_payment in (False, True):
            order._update_programs_and_rewards()
            for coupon, rewards in order._get_claimable_rewards().items():
                for reward in rewards - order.order_line.reward_id:
                    if reward.program_id.is_payment_program == is_payment:
                        order._apply_program_reward(reward, coupon)

    @classmethod
    def _finish(cls, order):
        order.action_confirm()
        cls._deliver(order)
        cls._invoice(order)
        return order

    @classmethod
    def _pay(cls, order):
        """The invoice is paid by transfer."""
        invoices = order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
        cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        ).create({})._create_payments()
        return order

    @classmethod
    def _get_rewards(cls, answer):
        return [
            (row["kind"], row["points"], row["missing"], row["amount"]) for row in answer["rewards"]
        ]

    def _bring_back(self, order, *parts):
        """As quoted; points and cards, too."""
        asked = [self._ask(order, quantity, "defective", line) for line, quantity in parts]
        quote = self.as_role("order.return", "clerk").quote(
            order.id, asked, requested_on="2026-03-10"
        )
        one, answer = super()._bring_back(order, *parts)
        self.assertEqual(answer["rewards"], quote["rewards"])
        settled = self._settle(one)  # a repeat
        self.assertEqual(settled["rewards"], answer["rewards"])
        self.assertTrue(settled["replayed"])
        return one, answer

    def _bring_back_drafted(self, order):
        """One unit of the first line comes back; its refund waits for accounting."""
        answer = self._request(order, lines=[self._ask(order, 1, "defective", order.order_line[0])])
        one = self.env["order.return"].browse(answer["return_id"])
        answer = self._take_back(one, answer)
        self.assertEqual((one.state, answer["refund_drafted"]), ("received", True))
        return one, answer

    @classmethod
    def _create_accountant(cls):
        return new_test_user(cls.env, login="om_accountant", groups="account.group_account_invoice")

    def _check_whole(self, order):
        """Everything came back: all that was invoiced is credited, net and tax."""
        for name in ("amount_total", "amount_untaxed", "amount_tax"):
            invoiced, credited = self._sum(order, name)
            self.assertEqual(credited, invoiced, name)

    def _get_history(self, card):
        rows = self.env["loyalty.history"].search([("card_id", "=", card.id)], order="id")
        return [(row.issued, row.used) for row in rows]


@tagged("post_install", "-at_install")
class TestReturnDiscountRewards(ReturnRewardCase):
    """Rewards that lower an order go back in proportion to what they lowered."""

    def test_each_kind_of_discount(self):
        shirts = [Command.set(self.shirt.ids)]
        # The order: 2 shirts at 50 (20 %) and a book at 25 (6 %), 146.50 with tax.
        cases = [
            # reward, paid, refund of a shirt, of the book, of the other shirt
            ({"discount": 10}, 131.85, 54.0, 23.85, 54.0),
            (
                {
                    "discount": 10, "discount_applicability": "specific",
                    "discount_product_ids": shirts,
                },
                134.50, 54.0, 26.5, 54.0,
            ),
            ({"discount": 50, "discount_applicability": "cheapest"}, 133.25, 60.0, 13.25, 60.0),
            ({"discount": 14.65, "discount_mode": "per_order"}, 131.85, 54.0, 23.85, 54.0),
            ({"discount": 10, "discount_max_amount": 7.32}, 139.18, 57.0, 25.18, 57.0),
        ]  # fmt: skip
        for reward, paid, *refunds in cases:
            with self.subTest(reward=reward):
                program = self._create_discount(**reward)
                order = self._sell([(self.shirt, 2, 50.0), (self.book, 1, 25.0)])
                self.assertEqual(order.order_line.reward_id, program.reward_ids)
                self.assertEqual(self._sum(order)[0], paid)
                line, book = order.order_line[:2]
                for part, refund in zip((line, book, line), refunds, strict=True):
                    _one, answer = self._bring_back(order, (part, 1))
                    self.assertEqual(answer["refund_total"], refund)
                    self.assertEqual(answer["rewards"], [])
                self._check_whole(order)
                program.active = False

    def test_cheapest_of_several_is_lowered_by_what_it_got(self):
        self._create_discount(discount=100, discount_applicability="cheapest")
        order = self._sell([(self.shirt, 1, 50.0), (self.shirt, 2, 30.0)])
        self.assertEqual(self._sum(order)[0], 96.0)
        dear, cheap = order.order_line[:2]
        _one, answer = self._bring_back(order, (cheap, 1))
        self.assertEqual(answer["refund_total"], 18.0)
        _one, answer = self._bring_back(order, (dear, 1))
        self.assertEqual(answer["refund_total"], 60.0)
        self._bring_back(order, (cheap, 1))
        self._check_whole(order)


@tagged("post_install", "-at_install")
class TestReturnGifts(ReturnRewardCase):
    """Free goods come back with what they came with, or are kept back at the order's price."""

    def _sell_gift(self, quantity=2):
        order = self._sell([(self.shirt, quantity, 50.0)])
        line, gift = order.order_line
        self.assertEqual((gift.reward_id.reward_type, gift.price_total), ("product", 0.0))
        return order, line, gift

    def _get_gifts(self, answer):
        return [(row["kind"], row["amount"]) for row in answer["extras"]]

    def test_gift_kept_is_kept_back(self):
        self._create_gift()
        order, line, gift = self._sell_gift()
        self.assertEqual((gift.product_uom_qty, gift.price_unit), (1.0, 40.0))
        one, answer = self._bring_back(order, (line, 2))
        self.assertEqual(
            (answer["refund_total"], self._get_gifts(answer)), (72.0, [("gift", -48.0)])
        )
        self.assertEqual(self._sum(order, "amount_tax"), (20.0, 12.0))
        self.assertEqual(one.credit_note_ids.amount_total, 72.0)
        self.assertIn("Kept: ", " ".join(one.credit_note_ids.invoice_line_ids.mapped("name")))
        self.assertEqual(order.invoice_status, "invoiced")
        # It comes after all: what was kept back is paid out.
        _one, answer = self._bring_back(order, (gift, 1))
        self.assertEqual(
            (answer["refund_total"], self._get_gifts(answer)), (48.0, [("gift", 48.0)])
        )
        self._check_whole(order)

    def test_gift_comes_along(self):
        self._create_gift()
        order, line, gift = self._sell_gift()
        _one, answer = self._bring_back(order, (line, 2), (gift, 1))
        self.assertEqual((answer["refund_total"], answer["extras"]), (120.0, []))
        self._check_whole(order)

    def test_gift_alone_is_worth_nothing(self):
        self._create_gift()
        order, line, gift = self._sell_gift()
        _one, answer = self._bring_back(order, (gift, 1))
        self.assertEqual((answer["refund_total"], answer["extras"]), (0.0, []))
        _one, answer = self._bring_back(order, (line, 2))
        self.assertEqual((answer["refund_total"], answer["extras"]), (120.0, []))
        self._check_whole(order)

    def test_a_part_decides_whether_it_is_still_earned(self):
        self._create_gift()
        order, line, gift = self._sell_gift(5)
        self.assertEqual(gift.product_uom_qty, 2.0)
        expected = [
            # back, refund, gifts kept back
            (1, 60.0, []),  # 4 stay: both are earned
            (1, 12.0, [("gift", -48.0)]),  # 3 stay: one is
            (1, 60.0, []),  # 2 stay
            (2, 72.0, [("gift", -48.0)]),
        ]
        for quantity, refund, gifts in expected:
            _one, answer = self._bring_back(order, (line, quantity))
            self.assertEqual((answer["refund_total"], self._get_gifts(answer)), (refund, gifts))
        _one, answer = self._bring_back(order, (gift, 2))
        self.assertEqual(answer["refund_total"], 96.0)
        self._check_whole(order)

    def test_the_customer_may_keep_it(self):
        self._create_gift()
        self.policy.gift_refund = "keep"
        order, line, gift = self._sell_gift()
        _one, answer = self._bring_back(order, (line, 2))
        self.assertEqual((answer["refund_total"], answer["extras"]), (120.0, []))
        _one, answer = self._bring_back(order, (gift, 1))
        self.assertEqual((answer["refund_total"], answer["extras"]), (0.0, []))

    def test_the_refund_is_never_negative(self):
        dear = self._create_product("DEAR", price=100.0, stock=10, invoice_policy="delivery")
        self._create_gift(dear)
        order, line, gift = self._sell_gift()
        self.assertEqual(gift.product_id, dear)
        one, answer = self._bring_back(order, (line, 1))
        self.assertEqual(
            (answer["refund_total"], self._get_gifts(answer)), (0.0, [("gift", -60.0)])
        )
        self.assertEqual(one.credit_note_ids.mapped("amount_total"), [0.0])
        _one, answer = self._bring_back(order, (line, 1))
        self.assertEqual(
            (answer["refund_total"], self._get_gifts(answer)), (20.0, [("gift", -40.0)])
        )
        _one, answer = self._bring_back(order, (gift, 1))
        self.assertEqual(answer["refund_total"], 100.0)
        self._check_whole(order)

    def test_after_the_fee(self):
        self._create_gift()
        self.rule.fee_percent = 15.0
        order, line, _gift = self._sell_gift()
        answer = self._request(order, 2)
        self.assertEqual(
            (answer["refund_total"], self._get_gifts(answer)), (54.0, [("gift", -48.0)])
        )
        one = self.env["order.return"].browse(answer["return_id"])
        self._take_back(one, answer)
        self.assertEqual(one.fee_total, 18.0)

    def test_gift_that_comes_instead_of_another_return(self):
        """What an open return keeps back is looked at again at its settlement."""
        self._create_gift()
        order, line, gift = self._sell_gift()
        first = self._return(order, 2, "defective")
        self.assertEqual(first.refund_total, 72.0)
        second, answer = self._bring_back(order, (gift, 1))
        self.assertEqual(answer["refund_total"], 0.0)
        self._receive(first)
        self.assertEqual(self._settle(first)["refund_total"], 120.0)
        self._check_whole(order)

    def test_less_comes_than_was_asked(self):
        self._create_gift()
        order, line, _gift = self._sell_gift(4)
        one = self._return(order, 2, "defective")
        self.assertEqual(one.refund_total, 72.0)
        self._receive(one, 1)
        self.assertEqual(self._settle(one)["refund_total"], 12.0)
        self.assertEqual(self._get_gifts(self._settle(one)), [("gift", -48.0)])

    def test_on_several_invoices(self):
        """Kept back and paid out on both, none credited above what it has left."""
        dear = self._create_product("DEAR", price=150.0, stock=10, invoice_policy="delivery")
        self._create_gift(dear)
        self.book.invoice_policy = "order"
        order = self._create_order([(self.shirt, 2, 50.0), (self.book, 1, 25.0)])
        self._claim(order)
        order.action_confirm()
        order.date_order = "2026-02-20 10:00:00"
        self._invoice(order)
        self._deliver(order)
        self._invoice(order)
        self.assertEqual(sorted(order.invoice_ids.mapped("amount_total")), [26.5, 120.0])
        shirts, book, gift = order.order_line
        one, answer = self._bring_back(order, (shirts, 2), (book, 1))
        self.assertEqual(
            (answer["refund_total"], self._get_gifts(answer)), (0.0, [("gift", -146.5)])
        )
        self.assertEqual(one.credit_note_ids.mapped("amount_total"), [0.0, 0.0])
        one, answer = self._bring_back(order, (gift, 1))
        self.assertEqual(answer["refund_total"], 146.5)
        for note in one.credit_note_ids:
            self.assertEqual(note.amount_total, note.reversed_entry_id.amount_total)
        self.assertEqual(len(one.credit_note_ids), 2)

    def test_gift_of_a_least_amount(self):
        self._create_program(
            "promotion",
            {"reward_point_mode": "order", "minimum_amount": 100.0,
             "minimum_amount_tax_mode": "excl", "minimum_qty": 0},
            {"reward_type": "product", "reward_product_id": self.book.id, "required_points": 1},
            trigger="auto", applies_on="current",
        )  # fmt: skip
        order = self._sell([(self.shirt, 3, 50.0)])
        line, gift = order.order_line
        _one, answer = self._bring_back(order, (line, 1))
        self.assertEqual((answer["refund_total"], answer["extras"]), (60.0, []))
        _one, answer = self._bring_back(order, (line, 1))
        self.assertEqual(
            (answer["refund_total"], self._get_gifts(answer)), (33.5, [("gift", -26.5)])
        )
        self._bring_back(order, (line, 1), (gift, 1))
        self._check_whole(order)


@tagged("post_install", "-at_install")
class TestReturnPoints(ReturnRewardCase):
    """Points follow the goods, in the customer's favor, once, and are undone exactly."""

    def test_earned_points_are_taken_in_proportion(self):
        program = self._create_points(required_points=500)
        order = self._sell([(self.shirt, 3, 33.33)])
        card = order.coupon_point_ids.coupon_id
        self.assertEqual((card.program_id, card.points), (program, 119.99))
        line = order.order_line
        for points, left in ((-39.0, 80.99), (-40.0, 40.99), (-40.99, 0.0)):
            one, answer = self._bring_back(order, (line, 1))
            self.assertEqual(self._get_rewards(answer), [("earned", points, 0.0, 0.0)])
            self.assertEqual(card.points, left)
            self.assertEqual(set(one.reward_ids.mapped("is_settled")), {True})
        self.assertEqual(
            self._get_history(card), [(119.99, 0.0), (0.0, 39.0), (0.0, 40.0), (0.0, 40.99)]
        )

    def test_the_desk_tells_points_before(self):
        """Case: one of three at the desk. Expected: what the settlement takes off is told."""
        program = self._create_points(required_points=500)
        order = self._sell([(self.shirt, 3, 33.33)])
        form = Form(self.as_role("order.return.desk", "returns"))
        form.code = order.name
        form.requested_on = "2026-03-10"
        form.reason_id = self.reasons["defective"]
        self.assertFalse(form.reward_text)
        with form.line_ids.edit(0) as line:
            line.quantity = 1
        unit = program.portal_point_name
        self.assertEqual(form.reward_text, f"Taken off “{program.name}”: 39 {unit}.")
        form.save().action_take_back()
        self.assertEqual(order.return_ids.reward_ids.mapped("points"), [-39.0])
        self.assertEqual(order.coupon_point_ids.coupon_id.points, 80.99)

    def test_only_goods_that_earn(self):
        self._create_program(
            "loyalty",
            {"reward_point_mode": "unit", "reward_point_amount": 5,
             "product_ids": [Command.set(self.book.ids)]},
            {"discount": 10, "required_points": 500},
            trigger="auto", applies_on="both",
        )  # fmt: skip
        order = self._sell([(self.shirt, 1, 50.0), (self.book, 2, 25.0)])
        card = order.coupon_point_ids.coupon_id
        shirt, book = order.order_line
        _one, answer = self._bring_back(order, (shirt, 1))
        self.assertEqual((answer["rewards"], card.points), ([], 10.0))
        _one, answer = self._bring_back(order, (book, 1))
        self.assertEqual((self._get_rewards(answer), card.points), ([("earned", -5, 0, 0)], 5.0))

    def test_a_draft_changes_no_card(self):
        """Where accounting posts refunds the points go with the posting, or stay."""
        self.company.return_posting = "accounting"
        self._create_points(required_points=500)
        order = self._sell([(self.shirt, 3, 33.33)])
        card = order.coupon_point_ids.coupon_id
        one, answer = self._bring_back_drafted(order)
        self.assertEqual(self._get_rewards(answer), [("earned", -39.0, 0.0, 0.0)])
        self.assertEqual((card.points, one.reward_ids.is_settled), (119.99, False))
        one.credit_note_ids.unlink()
        self.assertEqual((one.state, card.points), ("received", 119.99))
        self._settle(one)
        one.credit_note_ids.with_user(self._create_accountant()).action_post()
        self.assertEqual((one.state, card.points), ("settled", 80.99))
        self.assertEqual(self._get_history(card), [(119.99, 0.0), (0.0, 39.0)])

    def test_points_that_are_gone_are_told(self):
        self._create_points(required_points=500)
        order = self._sell([(self.shirt, 2, 50.0)])
        card = order.coupon_point_ids.coupon_id
        self.assertEqual(card.points, 120.0)
        card.points = 25.0
        _one, answer = self._bring_back(order, (order.order_line, 1))
        self.assertEqual(self._get_rewards(answer), [("earned", -25.0, 35.0, 0.0)])
        self.assertEqual(card.points, 0.0)
        event = self.env["order.event"].search(
            [("order_id", "=", order.id), ("kind", "=", "return_points_missing")]
        )
        self.assertIn("not taken back: 35 ", event.message)
        # The rest is taken when it can be.
        card.points = 500.0
        _one, answer = self._bring_back(order, (order.order_line, 1))
        self.assertEqual(self._get_rewards(answer), [("earned", -95.0, 0.0, 0.0)])

    def test_points_earned_and_spent_at_once(self):
        """119.99 points earned, 100 of them spent: the whole order back leaves nothing."""
        self._create_points()
        order = self._sell([(self.shirt, 3, 33.33)])
        card = order.coupon_point_ids.coupon_id
        self.assertEqual((order.amount_total, round(card.points, 2)), (109.99, 19.99))
        line = order.order_line[0]
        _one, answer = self._bring_back(order, (line, 1))
        self.assertEqual(self._get_rewards(answer), [("earned", -19.99, 19.01, 0.0)])
        _one, answer = self._bring_back(order, (line, 2))
        self.assertEqual(
            self._get_rewards(answer), [("spent", 100.0, 0.0, 0.0), ("earned", -100.0, 0.0, 0.0)]
        )
        self.assertEqual(card.points, 0.0)
        self._check_whole(order)

    def _sell_for_points(self, quantity=2):
        """50.00 a shirt less 10.00 for 100 points; the order earned 100 points or more."""
        program = self._create_points()
        card = self._create_card(program, 150.0)
        order = self._sell([(self.shirt, quantity, 50.0)], card)
        self.assertEqual(order.order_line.filtered("reward_id").points_cost, 100.0)
        return order, card

    def test_spent_points_come_back_by_the_policy(self):
        cases = [
            # rule, what the two shirts bring back, one after the other
            ("none", (0.0, 0.0)),
            ("full", (0.0, 100.0)),
            ("prorata", (50.0, 50.0)),
        ]
        for rule, given in cases:
            with self.subTest(rule=rule):
                self.policy.points_refund = rule
                order, card = self._sell_for_points()
                earned = order.coupon_point_ids.points
                before = card.points
                self.assertEqual(before, 150.0 + earned - 100.0)
                for points in given:
                    _one, answer = self._bring_back(order, (order.order_line[0], 1))
                    rows = {row["kind"]: row["points"] for row in answer["rewards"]}
                    self.assertEqual(rows.get("spent", 0.0), points)
                self.assertEqual(card.points, 50.0 + sum(given))
                self._check_whole(order)
                card.program_id.active = False

    def test_free_goods_for_points(self):
        program = self._create_points()
        program.reward_ids = [
            Command.clear(),
            Command.create(
                {
                    "reward_type": "product", "reward_product_id": self.book.id,
                    "required_points": 100,
                }
            ),
        ]  # fmt: skip
        card = self._create_card(program, 100.0)
        order = self._sell([(self.shirt, 1, 10.0)], card)
        line, gift = order.order_line
        self.assertEqual((gift.points_cost, card.points), (100.0, 12.0))
        # They were paid for: nothing is asked back with the shirt.
        _one, answer = self._bring_back(order, (line, 1))
        self.assertEqual((answer["refund_total"], answer["extras"]), (12.0, []))
        self.assertEqual(card.points, 0.0)
        _one, answer = self._bring_back(order, (gift, 1))
        self.assertEqual(self._get_rewards(answer), [("spent", 100.0, 0.0, 0.0)])
        self.assertEqual((answer["refund_total"], card.points), (0.0, 100.0))

    def test_lost_credit_note_undoes_it_exactly(self):
        order, card = self._sell_for_points()
        before = card.points
        one, answer = self._bring_back(order, (order.order_line[0], 2))
        earned = -sum(row["points"] for row in answer["rewards"] if row["kind"] == "earned")
        self.assertEqual(card.points, 150.0)
        note = one.credit_note_ids
        note.button_draft()
        self.assertEqual((one.state, card.points), ("received", 150.0))
        note.action_post()
        self.assertEqual((one.state, card.points), ("settled", 150.0))
        note.button_draft()
        note.button_cancel()
        self.assertEqual((one.state, card.points), ("received", before))
        self.assertEqual(set(one.reward_ids.mapped("is_settled")), {False})
        history = self._get_history(card)
        self.assertEqual(sum(issued - used for issued, used in history), before - 150.0)
        settled = self._settle(one)
        self.assertEqual(settled["rewards"], answer["rewards"])
        self.assertEqual(card.points, 150.0)
        # Given back and spent since: not undone before somebody looked at it.
        card.points = 100.0 - earned - 1.0
        note = one.credit_note_ids.filtered(lambda move: move.state == "posted")
        note.button_draft()
        with self.assertRaisesRegex(UserError, "1.00 are missing there"), self.cr.savepoint():
            note.button_cancel()
        self.assertEqual((note.state, card.points), ("draft", 100.0 - earned - 1.0))

    def test_two_returns_at_once_take_what_one_would(self):
        self._create_points(required_points=500)
        order = self._sell([(self.shirt, 3, 33.33)])
        card = order.coupon_point_ids.coupon_id
        answers = self.as_role("order.return", "returns").request(
            [
                {
                    "order_id": order.id, "requested_on": "2026-03-10",
                    "lines": [self._ask(order, quantity, "defective")],
                }
                for quantity in (1, 2)
            ]
        )  # fmt: skip
        points = [row["points"] for answer in answers for row in answer["rewards"]]
        self.assertEqual(points, [-39.0, -80.99])
        returns = self.env["order.return"].browse([one["return_id"] for one in answers])
        for one in returns:
            self._receive(one)
        settled = self.as_role(returns, "returns").settle()
        self.assertEqual([one["ok"] for one in settled], [True, True])
        self.assertEqual(card.points, 0.0)
        self.assertEqual([row["points"] for one in settled for row in one["rewards"]], points)


@tagged("post_install", "-at_install")
class TestReturnCards(ReturnRewardCase):
    """What was paid with a gift card or a wallet goes back to it, to the cent."""

    def test_both_kinds_in_proportion(self):
        for kind in ("gift_card", "ewallet"):
            with self.subTest(kind=kind):
                program = self._create_payer(kind)
                card = self._create_card(program, 50.0)
                order = self._sell([(self.shirt, 3, 33.33), (self.book, 1, 25.0)], card)
                self.assertEqual((order.amount_total, card.points), (96.49, 0.0))
                line, book = order.order_line[:2]
                balance = 0.0
                for part, refund, paid in (
                    (line, 26.35, 13.65), (book, 17.45, 9.05), (line, 26.34, 13.65),
                    (line, 26.35, 13.65),
                ):  # fmt: skip
                    _one, answer = self._bring_back(order, (part, 1))
                    self.assertEqual(answer["refund_total"], refund)
                    self.assertEqual(self._get_rewards(answer), [("payment", paid, 0.0, paid)])
                    balance += paid
                    self.assertAlmostEqual(card.points, balance)
                self.assertEqual(card.points, 50.0)
                self._check_whole(order)
                program.active = False

    def test_paid_with_a_card_alone(self):
        card = self._create_card(self._create_payer("gift_card"), 500.0)
        order = self._sell([(self.shirt, 2, 50.0)], card)
        self.assertEqual((order.amount_total, card.points), (0.0, 380.0))
        one, answer = self._bring_back(order, (order.order_line[0], 1))
        self.assertEqual(answer["refund_total"], 0.0)
        self.assertEqual(self._get_rewards(answer), [("payment", 60.0, 0.0, 60.0)])
        self.assertEqual(card.points, 440.0)
        messages = order.notification_ids.filtered(lambda told: told.kind == "return_update")
        self.assertIn("Back on “Test gift_card”: ", messages.sorted("id")[-1].body)
        self.assertIn("60.00", messages.sorted("id")[-1].body)
        note = one.credit_note_ids
        note.button_draft()
        note.button_cancel()
        self.assertEqual(card.points, 380.0)

    def test_the_card_pays_for_shipping_and_all_taxes_alike(self):
        card = self._create_card(self._create_payer("ewallet"), 50.0)
        untaxed = self._create_product("FREE", price=40.0, stock=9, invoice_policy="delivery")
        order = self._create_order([(untaxed, 1, 40.0), (self.shirt, 1, 50.0)])
        vals = self._prepare_line(self.wrapping, 1, 0.0)
        order.order_line = [Command.create({**vals, "is_delivery": True, "price_unit": 0.0})]
        order.applied_coupon_ids = card
        order._update_programs_and_rewards()
        order._apply_program_reward(card.program_id.reward_ids, card)
        order.action_confirm()
        self._deliver(order)
        self._invoice(order)
        plain, shirt = order.order_line[:2]
        _one, answer = self._bring_back(order, (plain, 1))
        self.assertEqual((answer["refund_total"], card.points), (20.0, 20.0))
        self._bring_back(order, (shirt, 1))
        self.assertEqual(card.points, 50.0)
        self._check_whole(order)

    def _sell_cards(self, quantity=2):
        """Gift cards of plastic, 50.00 each."""
        plastic = self._create_product("PLASTIC", price=50.0, stock=9, invoice_policy="delivery")
        program = self._create_payer("gift_card")
        rule = {"product_ids": [Command.set(plastic.ids)], "reward_point_split": True}
        program.rule_ids.write(rule)
        order = self._sell([(plastic, quantity, 50.0)])
        cards = order.coupon_point_ids.coupon_id
        self.assertEqual(cards.mapped("points"), [50.0] * quantity)
        return order, cards

    def test_bought_card_is_emptied(self):
        order, cards = self._sell_cards()
        one, answer = self._bring_back(order, (order.order_line, 1))
        self.assertEqual(answer["refund_total"], 50.0)
        self.assertEqual(self._get_rewards(answer), [("bought", -50.0, 0.0, 0.0)])
        self.assertEqual(sorted(cards.mapped("points")), [0.0, 50.0])
        self._bring_back(order, (order.order_line, 1))
        self.assertEqual(cards.mapped("points"), [0.0, 0.0])
        note = one.credit_note_ids
        note.button_draft()
        note.button_cancel()
        self.assertEqual(sorted(cards.mapped("points")), [0.0, 50.0])

    def test_bought_card_that_was_used_is_refused(self):
        order, cards = self._sell_cards()
        cards[0].points = 49.99
        line = order.order_line
        answer = self._request(order, 2, "defective")
        self.assertEqual(
            [(one["decision"], one["code"]) for one in answer["lines"]], [("refuse", "too_many")]
        )
        split = self._request(
            order, lines=[self._ask(order, 1, "defective"), self._ask(order, 1, "defective")]
        )
        self.assertEqual([one["decision"] for one in split["lines"]], ["accept", "refuse"])
        self.as_role("order.return", "returns").browse(split["return_id"]).cancel("mistake")
        one, answer = self._bring_back(order, (line, 1))
        self.assertEqual((answer["refund_total"], cards.mapped("points")), (50.0, [49.99, 0.0]))
        answer = self._request(order, 1, "defective")
        self.assertEqual(
            [(one["decision"], one["code"]) for one in answer["lines"]],
            [("refuse", "not_returnable")],
        )
        self.assertEqual(cards.mapped("points"), [49.99, 0.0])

    def test_what_goes_back_on_a_card_needs_a_second_person_too(self):
        self.policy.four_eyes_amount = 100.0
        card = self._create_card(self._create_payer("gift_card"), 500.0)
        order = self._sell([(self.shirt, 2, 50.0)], card)
        answer = self._request(order, 2, "defective")
        self.assertEqual((answer["refund_total"], answer["state"]), (0.0, "review"))
        self.assertEqual(answer["needs"], "second_person")


@tagged("post_install", "-at_install")
class TestReturnWallet(ReturnRewardCase):
    """Credit goes on the customer's wallet, and the ledger balances."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wallets = cls._create_payer("ewallet")
        cls.owed = cls.env["account.account"].create(
            {"code": "219900", "name": "Wallets", "account_type": "liability_current"}
        )
        cls.wallets.trigger_product_ids.property_account_income_id = cls.owed

    def _bring_credit(self, order, quantity=1):
        asked = [self._ask(order, quantity, "defective", resolution="credit")]
        quote = self.as_role("order.return", "clerk").quote(
            order.id, asked, requested_on="2026-03-10"
        )
        answer = self._request(order, lines=asked)
        self.assertEqual(answer["rewards"], quote["rewards"])
        one = self.env["order.return"].browse(answer["return_id"])
        return one, self._take_back(one, answer)

    def _get_card(self):
        return self.env["loyalty.card"].search([("program_id", "=", self.wallets.id)])

    def _get_balances(self):
        """What is owed on wallets, and what customers owe or are owed."""
        lines = self.env["account.move.line"].search(
            [("parent_state", "=", "posted"), ("partner_id", "=", self.customer.id)]
        )
        open_lines = lines.filtered(lambda line: line.account_type == "asset_receivable")
        owed = lines.filtered(lambda line: line.account_id == self.owed)
        return -sum(owed.mapped("balance")), sum(open_lines.mapped("balance"))

    def _get_slip(self, one):
        (slip,) = [
            slip
            for slip in self.as_role("order.decision", "auditor").explain("order.return", one.id)
            if slip["decision"] == "return.credit"
        ]
        return slip["outcome"], slip["inputs"]["reason"]

    def test_credit_goes_on_the_wallet(self):
        order = self._pay(self._create_sold())
        for wallet, quantity in ((43.20, 1), (129.60, 2)):
            one, settled = self._bring_credit(order, quantity)
            amount = 43.20 * quantity
            self.assertEqual(
                self._get_rewards(settled), [("credit", round(amount, 2), 0.0, round(amount, 2))]
            )
            self.assertEqual(self._get_card().mapped("points"), [wallet])
            self.assertEqual(self._get_card().partner_id, self.customer)
            self.assertEqual(one.credit_note_ids.amount_residual, 0.0)
            self.assertEqual(one.payout_state, "none")
            self.assertEqual(self._get_slip(one), ("wallet", ""))
        owed, open_balance = self._get_balances()
        self.assertAlmostEqual(owed, 129.60)
        self.assertAlmostEqual(open_balance, 0.0)
        self.assertEqual(self._get_history(self._get_card()), [(43.20, 0.0), (86.40, 0.0)])
        slips = self.env["order.decision"].search([("decision", "=", "return.credit")])
        self.assertTrue(all(slips._replay()))

    def test_a_draft_fills_no_wallet(self):
        self.company.return_posting = "accounting"
        order = self._pay(self._create_sold())
        one, settled = self._bring_credit(order)
        self.assertEqual((one.state, settled["refund_drafted"]), ("received", True))
        self.assertFalse(self._get_card())
        one.credit_note_ids.with_user(self._create_accountant()).action_post()
        self.assertEqual((one.state, self._get_card().points), ("settled", 43.20))
        self.assertEqual((one.credit_note_ids.amount_residual, one.payout_state), (0.0, "none"))
        self.assertAlmostEqual(self._get_balances()[0], 43.20)

    def test_the_wallet_pays_the_next_order(self):
        self._bring_credit(self._pay(self._create_sold()))
        order = self._sell([(self.shirt, 1, 40.0)])
        self.assertEqual(order.amount_total, 4.80)
        self.assertEqual(self._get_card().points, 0.0)

    def test_lost_credit_note_undoes_it_exactly(self):
        order = self._pay(self._create_sold())
        one, settled = self._bring_credit(order)
        note, before = one.credit_note_ids, self._get_balances()
        note.button_draft()
        self.assertEqual(self._get_card().points, 43.20)
        note.action_post()
        self.assertEqual((one.state, note.amount_residual), ("settled", 0.0))
        self.assertEqual(self._get_balances(), before)
        note.button_draft()
        note.button_cancel()
        self.assertEqual((one.state, self._get_card().points), ("received", 0.0))
        for balance in self._get_balances():
            self.assertAlmostEqual(balance, 0.0)
        again = self._settle(one)
        self.assertEqual(again["rewards"], settled["rewards"])
        self.assertEqual(self._get_card().points, 43.20)
        self.assertAlmostEqual(self._get_balances()[0], 43.20)
        self._get_card().points = 43.0
        note = one.credit_note_ids.filtered(lambda move: move.state == "posted")
        note.button_draft()
        with self.assertRaisesRegex(UserError, "0.20 are missing there"), self.cr.savepoint():
            note.button_cancel()
        self.assertEqual((note.state, self._get_card().points), ("draft", 43.0))

    def test_the_entry_goes_with_its_credit_note(self):
        one, _settled = self._bring_credit(self._pay(self._create_sold()))
        entry = one.reward_ids.entry_id
        for button in ("button_draft", "button_cancel"):
            with self.assertRaisesRegex(UserError, "instead"), self.cr.savepoint():
                getattr(entry, button)()
        self.assertEqual((entry.state, self._get_card().points), ("posted", 43.20))
        note = one.credit_note_ids
        note.button_draft()
        note.button_cancel()
        self.assertEqual((one.reward_ids.entry_id.ids, self._get_card().points), ([], 0.0))

    def test_what_is_not_paid_stays_open(self):
        one, settled = self._bring_credit(self._create_sold())
        self.assertEqual((settled["rewards"], self._get_card().ids), ([], []))
        self.assertEqual(one.credit_note_ids.amount_residual, 43.20)
        self.assertEqual(self._get_slip(one), ("open", "not_paid"))

    def test_no_wallet_or_several(self):
        order = self._pay(self._create_sold())
        self.wallets.active = False
        one, _settled = self._bring_credit(order)
        self.assertEqual(self._get_slip(one), ("open", "no_wallet"))
        self.assertEqual(one.credit_note_ids.amount_residual, 43.20)
        self.wallets.active = True
        self._create_payer("ewallet")
        one, _settled = self._bring_credit(order)
        self.assertEqual(self._get_slip(one), ("open", "several_wallets"))
        self.assertEqual(one.credit_note_ids.amount_residual, 43.20)

    def test_part_refund_part_credit(self):
        order = self._pay(self._sell([(self.shirt, 1, 50.0), (self.book, 1, 25.0)]))
        shirt, book = order.order_line[:2]
        asked = [
            self._ask(order, 1, "defective", shirt, resolution="credit"),
            self._ask(order, 1, "defective", book),
        ]
        answer = self._request(order, lines=asked)
        self.assertEqual(self._get_rewards(answer), [("credit", 60.0, 0.0, 60.0)])
        one = self.env["order.return"].browse(answer["return_id"])
        settled = self._take_back(one, answer)
        self.assertEqual(settled["rewards"], answer["rewards"])
        self.assertEqual(self._get_card().points, 60.0)
        self.assertEqual(sorted(one.credit_note_ids.mapped("amount_residual")), [0.0, 26.5])

    def test_part_credit_with_a_gift_kept(self):
        """120.00 for shirts and 26.50 for a book, less 48.00 for the free shirt that is kept."""
        self._create_gift()
        cases = [
            # which is first, put on the wallet, left open to be paid
            ("shirts", "credit", 72.0, [0.0, 26.5]),
            ("book", "credit", 98.5, [0.0, 0.0]),
            ("shirts", "refund", 26.5, [0.0, 72.0]),
            ("book", "refund", 0.0, [0.0, 98.5]),
        ]
        balance = 0.0
        for first, resolution, wallet, left in cases:
            with self.subTest(first=first, resolution=resolution):
                order = self._create_order(
                    [(self.shirt, 2, 50.0), (self.book, 1, 25.0)],
                    customer=self._create_customer(f"{first} {resolution}"),
                )
                self._claim(order)
                self._pay(self._finish(order))
                shirts, book = order.order_line[:2]
                other = "refund" if resolution == "credit" else "credit"
                asked = [
                    self._ask(order, 2, "defective", shirts, resolution=resolution),
                    self._ask(order, 1, "defective", book, resolution=other),
                ]
                asked = asked if first == "shirts" else asked[::-1]
                answer = self._request(order, lines=asked)
                self.assertEqual(answer["refund_total"], 98.5)
                one = self.env["order.return"].browse(answer["return_id"])
                settled = self._take_back(one, answer)
                self.assertEqual(settled["rewards"], answer["rewards"])
                self.assertEqual(sum(row["amount"] for row in settled["rewards"]), wallet)
                balance += wallet
                self.assertAlmostEqual(sum(self._get_card().mapped("points")), balance)
                self.assertEqual(sorted(one.credit_note_ids.mapped("amount_residual")), left)


@tagged("post_install", "-at_install")
class TestReturnRewardWords(ReturnRewardCase):
    """The policy says what becomes of rewards, where there are any."""

    def test_words(self):
        plain = self.policy._describe()
        self._create_gift()
        self._create_points()
        program = self._create_payer("gift_card")
        self.assertNotIn("gift card", " ".join(self.policy._describe()))
        self._create_card(program, 10.0)
        self.policy.write({"gift_refund": "keep", "points_refund": "prorata"})
        self.assertEqual(
            self.policy._describe()[len(plain) :],
            [
                "What you got for free is yours, whatever you return.",
                "Points that you earned with what you return are taken off again, in proportion.",
                "Points that you spent are given back in proportion to what you return.",
                "What you paid with a gift card or a wallet goes back to it, in proportion to "
                "what is refunded.",
            ],
        )

    def test_orders_keep_the_terms_they_came_under(self):
        self._create_gift()
        order = self._sell([(self.shirt, 2, 50.0)])
        self.as_role(self.policy, "manager").write({"gift_refund": "keep"})
        self.assertEqual(order._get_return_policy().gift_refund, "return")
        _one, answer = self._bring_back(order, (order.order_line[0], 2))
        self.assertEqual(answer["refund_total"], 72.0)


@tagged("post_install", "-at_install")
class TestReturnRewardProperty(ReturnRewardCase):
    """Random orders with rewards, taken apart in random order: all goes back where it came from."""

    def _create_random(self, random):
        order = self._create_order(
            [
                (product, random.randint(1, 4), random.randint(100, 9999) / 100)
                for product in random.choices((self.shirt, self.book), k=random.randint(1, 3))
            ]
        )
        for line in order.order_line:
            line.discount = random.choice((0.0, 0.0, 7.5, 33.33))
        return order

    def _start_programs(self, random):
        """Some programs, and what the customer has on cards."""
        self.env["loyalty.program"].search([]).active = False
        cards = []
        if random.random() < 0.7:
            self._create_discount(
                **random.choice(
                    (
                        {"discount": 13.3},
                        {"discount": 50, "discount_applicability": "cheapest"},
                        {"discount": 7.77, "discount_mode": "per_order"},
                    )
                )
            )
        if random.random() < 0.5:
            self._create_gift(random.choice((self.shirt, self.book)))
        if random.random() < 0.6:
            cards.append(self._create_card(self._create_points(), random.randint(0, 250)))
        if random.random() < 0.7:
            program = self._create_payer(random.choice(("ewallet", "gift_card")))
            cards.append(self._create_card(program, random.randint(100, 9999) / 100))
        return cards

    def _take_apart(self, order, random):
        left = {
            line: line.product_uom_qty for line in order.order_line if line.product_id.is_storable
        }
        while left:
            line = random.choice(list(left))
            quantity = random.randint(1, int(left[line]))
            left[line] -= quantity
            if not left[line]:
                del left[line]
            self._bring_back(order, (line, quantity))
            invoiced, credited = self._sum(order)
            self.assertLessEqual(credited, invoiced)

    def test_all_goes_back_where_it_came_from(self):
        self.policy.points_refund = "prorata"
        seen = set()
        for seed in range(10):
            random = Random(seed)
            with self.subTest(seed=seed):
                cards = self._start_programs(random)
                before = [card.points for card in cards]
                order = self._create_random(random)
                for card in cards:
                    order.applied_coupon_ids |= card
                self._claim(order)
                self._finish(order)
                seen |= {
                    (reward.program_id.program_type, reward.reward_type)
                    for reward in order.order_line.reward_id
                }
                self._take_apart(order, random)
                self._check_whole(order)
                for card, points in zip(cards, before, strict=True):
                    self.assertAlmostEqual(card.points, points)
        self.assertEqual(
            seen,
            {
                ("promotion", "discount"),
                ("buy_x_get_y", "product"),
                ("loyalty", "discount"),
                ("ewallet", "discount"),
                ("gift_card", "discount"),
            },
        )
