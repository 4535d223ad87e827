from psycopg2.errors import CheckViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from .returns_common import ReturnCase


@tagged("post_install", "-at_install")
class TestReturnConditions(ReturnCase):
    """What of the price is refunded by the state in which goods come back (G32).

    The rule: 15 % for a change of mind, 80 % for used goods, nothing for broken ones.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule.write({"refund_percent_b": 80.0, "refund_percent_c": 0.0})

    def _receive_as(self, order_return, *conditions):
        line = order_return.line_ids.id
        entries = [
            {"return_line_id": line, "quantity": quantity, "condition": condition}
            for quantity, condition in conditions
        ]
        return self.as_role(order_return, "picker").receive(entries)[0]

    def test_previewed_and_paid_by_condition(self):
        """Data: 43.20 a piece. Expected: what the inspection shows is what is credited."""
        for reason, conditions, wear, fee, refund in (
            ("changed_mind", [(1, "A")], 0.0, 6.48, 36.72),
            ("changed_mind", [(1, "B")], 8.64, 6.48, 28.08),
            ("changed_mind", [(1, "C")], 36.72, 6.48, 0.0),
            ("changed_mind", [(1, "A"), (1, "B"), (1, "C")], 51.84, 19.44, 58.32),
            ("defective", [(1, "C")], 0.0, 0.0, 43.20),
        ):
            with self.subTest(reason=reason, conditions=conditions):
                order = self._create_sold()
                quantity = sum(count for count, _condition in conditions)
                one = self._return(order, quantity, reason)
                promised = one.refund_total
                answer = self._receive_as(one, *conditions)
                self.assertEqual(answer["refund_total"], refund)
                self.assertEqual(
                    (answer["lines"][0]["wear"], answer["lines"][0]["fee"]), (wear, fee)
                )
                settled = self._settle(one)
                self.assertEqual((settled["ok"], settled["refund_total"]), (True, refund))
                note = one.credit_note_ids
                self.assertEqual(note.amount_total, refund)
                self.assertEqual(promised, one.currency_id.round(refund + wear))
                self.assertEqual(order.order_line.qty_invoiced, 3 - quantity)
                kept = note.invoice_line_ids.filtered(lambda line: "State of" in line.name)
                self.assertEqual(-sum(kept.mapped("price_total")), wear)
                self.assertEqual(kept.tax_ids, self.tax if wear else kept.tax_ids)

    def test_less_came_than_was_asked(self):
        order = self._create_sold()
        one = self._return(order, 2)
        self._receive_as(one, (1, "B"))
        self.assertEqual(self._settle(one)["refund_total"], 28.08)

    def test_units_that_need_not_come_are_as_new(self):
        order = self._create_sold()
        one = self._return(order, 2)
        self._receive_as(one, (1, "B"))
        self.as_role(one, "returns").waive_goods("Lost by the carrier")
        self.assertEqual(self._settle(one)["refund_total"], 64.80)

    def test_the_rest_of_the_invoice_is_as_it_was(self):
        order = self._create_sold(3, 33.33, 10.0)
        self.rule.fee_percent = 0.0
        totals = []
        for condition in ("B", "A", "C"):
            one = self._return(order, 1)
            self._receive_as(one, (1, condition))
            totals.append(self._settle(one)["refund_total"])
        self.assertEqual(totals, [28.80, 35.99, 0.0])
        self.assertEqual(order.order_line.qty_invoiced, 0)
        self.assertEqual(self._request(order, 1)["lines"][0]["code"], "not_returnable")

    def test_the_quote_is_for_goods_as_new(self):
        order = self._create_sold()
        quote = self.as_role("order.return", "clerk").quote
        (line,) = quote(order.id, [self._ask(order)], requested_on="2026-03-10")["lines"]
        note = (
            "The amount is for goods as new: goods that show use are refunded at 80 %, "
            "broken goods are not refunded."
        )
        self.assertEqual((line["refund"], line["condition_note"]), (36.72, note))
        self.assertIn(note, line["reason"])
        asked = [self._ask(order, 1, "defective")]
        (line,) = quote(order.id, asked, requested_on="2026-03-10")["lines"]
        self.assertEqual((line["refund"], line["condition_note"]), (43.20, False))
        self.assertNotIn("as new", line["reason"])
        self.rule.write({"refund_percent_b": 100.0, "refund_percent_c": 100.0})
        fresh = self._create_sold()
        (line,) = quote(fresh.id, [self._ask(fresh)], requested_on="2026-03-10")["lines"]
        self.assertEqual(line["condition_note"], False)

    def test_the_policy_says_it(self):
        words = str(self.policy.words)
        self.assertIn("goods that show use are refunded at 80 %", words)
        self.assertIn("broken goods are not refunded", words)
        self.assertIn("We keep nothing back when it is our fault.", words)
        self.rule.refund_percent_c = 30.0
        self.assertIn("broken goods are refunded at 30 %", str(self.policy.words))
        self.rule.refund_percent_b = 20.0
        self.assertIn("refunds more for broken goods", str(self.policy.doubts))
        self.rule.write({"refund_percent_b": 100.0, "refund_percent_c": 100.0})
        self.assertNotIn("show use", str(self.policy.words))

    def test_orders_keep_the_percentages_they_came_in_under(self):
        order = self._create_sold()
        self.as_role(self.rule, "manager").write({"refund_percent_b": 10.0})
        one = self._return(order)
        self._receive_as(one, (1, "B"))
        self.assertEqual(self._settle(one)["refund_total"], 28.08)

    @mute_logger("odoo.sql_db")
    def test_percentages_lie_between_0_and_100(self):
        for value in (-1.0, 101.0):
            with self.subTest(value), self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self.rule.refund_percent_b = value
                self.env.flush_all()
        self.env.invalidate_all(flush=False)
        self.assertEqual(self.rule.refund_percent_b, 80.0)
