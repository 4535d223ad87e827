from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .returns_common import ReturnCase


@tagged("post_install", "-at_install")
class TestReturnBulk(ReturnCase):
    """Many returns in one call cost few queries each, and a bad one stops nobody."""

    def _count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def _run(self, size):
        """Queries of request, receive and settle of ``size`` orders."""
        orders = self.env["sale.order"].union(*(self._create_sold() for _turn in range(size)))
        requests = [
            {
                "order_id": order.id,
                "external_ref": "BULK",
                "lines": [self._ask(order)],
                "requested_on": "2026-03-10",
            }
            for order in orders
        ]
        Return = self.as_role("order.return", "returns")
        requested, answers = self._count(lambda: Return.request(requests))
        self.assertEqual({answer["state"] for answer in answers}, {"approved"})
        returns = Return.browse([answer["return_id"] for answer in answers])
        entries = [
            {"return_line_id": line["return_line_id"], "quantity": 1}
            for answer in answers
            for line in answer["lines"]
        ]
        received, answers = self._count(lambda: returns.receive(entries))
        self.assertEqual({answer["state"] for answer in answers}, {"received"})
        settled, answers = self._count(returns.settle)
        self.assertEqual({answer["refund_total"] for answer in answers}, {36.72})
        return requested, received, settled

    def test_queries_for_each_further_return(self):
        self._run(2)
        small, large = self._run(4), self._run(12)
        each = [(many - few) / 8 for few, many in zip(small, large, strict=True)]
        self.assertLessEqual(each[0], 20, f"request: {small} {large}")
        self.assertLessEqual(each[1], 25, f"receive: {small} {large}")
        self.assertLessEqual(each[2], 60, f"settle: {small} {large}")

    def test_quote_costs_the_same_for_many_lines(self):
        orders = []
        for size in (2, 10):
            lines = [(self.shirt, 1, 40.0 + index) for index in range(size)]
            order = self._deliver(self._create_order(lines))
            self._invoice(order)
            orders.append(order)
        counts = []
        for order in orders:
            asked = [self._ask(order, line=line) for line in order.order_line]
            Return = self.as_role("order.return", "clerk")
            count, answer = self._count(
                lambda asked=asked, order=order, Return=Return: Return.quote(
                    order.id, asked, requested_on="2026-03-10"
                )
            )
            self.assertEqual({line["decision"] for line in answer["lines"]}, {"accept"})
            counts.append(count)
        self.assertLessEqual(counts[1] - counts[0], 4, counts)

    def test_one_bad_return_stops_nobody(self):
        good, bad = self._create_sold(), self._create_sold()
        returns = self._return(good) | self._return(bad)
        for one in returns:
            self._receive(one)
        bad_invoice = bad.invoice_ids
        Move = type(self.env["account.move"])
        post = Move._post

        def refuse(moves, soft=True):
            if bad_invoice in moves.reversed_entry_id:
                raise UserError("The period is closed.")  # pylint: disable=translation-required
            return post(moves, soft)

        with patch.object(Move, "_post", refuse):
            answers = self.as_role(returns, "returns").settle()
        by_order = {answer["order_id"]: answer for answer in answers}
        self.assertEqual(by_order[good.id]["state"], "settled")
        self.assertEqual(by_order[bad.id]["state"], "received")
        self.assertEqual(by_order[bad.id]["errors"][0]["code"], "failed")
        self.assertFalse(bad.return_ids.credit_note_ids)
        self.assertEqual(bad.order_line.return_settled_quantity, 0)
