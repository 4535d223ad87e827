from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import plain
from .fulfillment_common import FulfillmentCase


@tagged("post_install", "-at_install")
class TestShippingInvoicing(FulfillmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.invoice_policy = "order"
        cls.other.invoice_policy = "delivery"

    def _confirm(self, lines=None, **values):
        order = self._create_order(lines or [(self.product, 2)], **values)
        order.action_confirm()
        return order

    def test_invoice(self):
        order = self._confirm()
        seen = self.as_role(order, "clerk")
        answer = seen.invoice_orders()[0]
        invoice = order.invoice_ids
        self.assertEqual(
            answer,
            {
                "ok": True,
                "errors": [],
                "order_id": order.id,
                "name": order.name,
                "invoice_ids": invoice.ids,
                "invoice_state": "posted",
                "amount_total": 100.0,
                "amount_due": 100.0,
            },
        )
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(seen.invoice_orders()[0], answer, "safe to repeat")
        self.assertEqual(len(order.invoice_ids), 1)
        kinds = self.env["order.event"].search([("order_id", "=", order.id)]).mapped("kind")
        self.assertEqual(kinds.count("invoiced"), 1)

    def test_draft_then_post(self):
        """Drafts are posted by the next call instead of being made again."""
        seen = self.as_role(self._confirm(), "clerk")
        draft = seen.invoice_orders(post=False)[0]
        self.assertEqual(draft["invoice_state"], "draft")
        posted = seen.invoice_orders()[0]
        self.assertEqual(posted["invoice_state"], "posted")
        self.assertEqual(posted["invoice_ids"], draft["invoice_ids"])

    def test_after_delivery(self):
        """What is invoiced on delivery follows with the next call, on an invoice of its own."""
        order = self._confirm([(self.product, 1), (self.other, 2)])
        seen = self.as_role(order, "clerk")
        self.assertEqual(seen.invoice_orders()[0]["amount_total"], 50.0)
        self._scan_all(order.picking_ids)
        self.as_role(order.picking_ids, "picker").ship()
        answer = seen.invoice_orders()[0]
        self.assertEqual(answer["amount_total"], 90.0)
        self.assertEqual(len(answer["invoice_ids"]), 2)

    def test_nothing(self):
        """Nothing to invoice is an error of that order alone; one invoice per order."""
        empty = self._confirm([(self.other, 1)])
        draft = self._create_order()
        good = [self._confirm(), self._confirm()]
        orders = good[0] | empty | draft | good[1]
        answers = self.as_role(orders, "clerk").invoice_orders()
        self.assertEqual([answer["ok"] for answer in answers], [True, False, False, True])
        codes = {answer["errors"][0]["code"] for answer in answers if not answer["ok"]}
        self.assertEqual(codes, {"nothing_to_invoice"})
        self.assertEqual(answers[1]["invoice_ids"], [])
        self.assertEqual(len((good[0] | good[1]).invoice_ids), 2)

    def test_one_bad_of_many(self):
        """An order whose invoice cannot be posted leaves none; the others are invoiced."""
        currency = self.env.ref("base.CHF")
        currency.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Swiss", "currency_id": currency.id}
        )
        bad, good = self._confirm(pricelist_id=pricelist.id), self._confirm()
        currency.active = False
        answers = self.as_role(bad | good, "clerk").invoice_orders()
        self.assertEqual([answer["ok"] for answer in answers], [False, True])
        self.assertEqual(answers[0]["errors"][0]["code"], "failed")
        self.assertFalse(bad.invoice_ids)

    def test_down_payment(self):
        """A down payment is deducted."""
        order = self._confirm([(self.product, 2)])
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "percentage",
                "amount": 20,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        wizard.create_invoices()
        order.invoice_ids.action_post()
        self.as_role(order, "clerk").invoice_orders()
        self.assertEqual(sorted(order.invoice_ids.mapped("amount_total")), [20.0, 80.0])

    def test_send(self):
        """Sending is left to the outbox, once for each invoice."""
        order = self._confirm()
        seen = self.as_role(order, "clerk")
        seen.invoice_orders(send=True)
        seen.invoice_orders(send=True)
        effects = self.env["order.outbox"].search(
            [("key", "=", f"invoice/{order.invoice_ids.id}"), ("kind", "=", "invoice")]
        )
        self.assertEqual(len(effects), 1)
        self.assertEqual(effects.payload, {"move_id": order.invoice_ids.id})
        self.assertFalse(order.invoice_ids.is_move_sent)

    def test_arguments_and_rights(self):
        order = self._confirm()
        for role in ("picker", "returns", "integration", "auditor"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_role(order, role).invoice_orders()
        with self.assertRaises(AccessError):
            order.with_user(self._create_other_company_user("clerk")).invoice_orders()
        with self.assertRaisesRegex(ValidationError, "post"):
            self.as_role(order, "clerk").invoice_orders(post="yes")
        self.assertFalse(order.invoice_ids)

    def test_button(self):
        order = self.as_role(self._confirm(), "clerk")
        self.assertTrue(order.action_invoice_orders())
        self.assertEqual(order.invoice_ids.state, "posted")
        with self.assertRaises(UserError):
            self.as_role(self._create_order(), "clerk").action_invoice_orders()

    def test_queries(self):
        """Our own part of invoicing does not grow with the number of orders."""
        extra = []
        for size in (1, 5, 15):  # the first one fills the caches
            mine, cores = self._create_batch(size), self._create_batch(size)
            ours = self._count_queries(self.as_role(mine, "clerk").invoice_orders)
            core = self._count_queries(
                lambda cores=cores: plain(cores)._create_invoices(grouped=True).action_post()
            )
            extra.append(ours - core)
        self.assertLessEqual(extra[2] - extra[1], 10, extra)

    def _create_batch(self, size):
        orders = self.env["sale.order"]
        for _index in range(size):
            orders += self._confirm()
        return orders
