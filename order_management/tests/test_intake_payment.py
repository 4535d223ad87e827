from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .intake_common import IntakeCase


@tagged("post_install", "-at_install", "om_full")
class TestIntakePayment(IntakeCase):
    """Payments made elsewhere become core's own."""

    def setUp(self):
        super().setUp()
        self.order = self.order_of(self.submit_one(self._document("PAY-1"), process="confirm"))

    def _payment(self, status="captured", reference="ch_1", **values):
        return {"status": status, "provider": "stripe", "reference": reference, **values}

    def _pay(self, payment, order=None, role="integration"):
        return self.as_role(order or self.order, role).record_payment(payment)

    def _invoice(self):
        order = self.order.sudo()
        self.product.invoice_policy = "order"
        order.order_line.invalidate_recordset()
        order.order_line._compute_qty_to_invoice()
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def test_captured_then_invoiced(self):
        (answer,) = self._pay(self._payment(amount=100.0))
        self.assertEqual((answer["ok"], answer["payment_state"]), (True, "captured"))
        transaction = self.env["payment.transaction"].browse(answer["transaction_id"])
        self.assertEqual(transaction.state, "done")
        self.assertEqual(transaction.provider_reference, "ch_1")
        self.assertEqual(transaction.payment_id.amount, 100.0)
        self.assertTrue(transaction.reference.startswith("WEB-"))
        invoice = self._invoice()
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    def test_invoiced_then_captured(self):
        invoice = self._invoice()
        self.assertEqual(invoice.amount_residual, 100.0)
        self._pay(self._payment())
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    def test_a_channel_that_needs_payment_waits_for_it(self):
        """100.00 asked: 40.00 paid leaves 60.00; the rest lets the order go on by itself."""
        self.channel.needs_payment = True
        answer = self.submit_one(
            self._document("PAY-2", payment=self._payment(reference="a", amount=40.0)),
            process="confirm",
        )
        (finding,) = answer["findings"]
        self.assertEqual((finding["check"], finding["severity"]), ("payment_missing", "hold"))
        self.assertEqual(finding["details"], {"expected": 100.0, "paid": 40.0, "missing": 60.0})
        order = self.order_of(answer)
        self.assertEqual((order.state, order.hold_state), ("draft", "held"))
        self._pay(self._payment("authorized", reference="b", amount=60.0), order)
        self.assertEqual((order.state, order.hold_state), ("sale", "clear"))

    def test_part_payments(self):
        invoice = self._invoice()
        self._pay(self._payment(reference="a", amount=40.0))
        self.assertEqual(invoice.amount_residual, 60.0)
        self._pay(self._payment(reference="b", amount=60.0))
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_the_same_reference_once(self):
        (first,) = self._pay(self._payment())
        (second,) = self._pay(self._payment())
        self.assertTrue(second["replayed"])
        self.assertEqual(second["transaction_id"], first["transaction_id"])
        self.assertEqual(len(self.order.transaction_ids), 1)
        self.assertEqual(len(self.order.transaction_ids.payment_id), 1)

    def test_the_same_request_once(self):
        (first,) = self._pay(self._payment(reference=False, request_key="k1"))
        (second,) = self._pay(self._payment(reference=False, request_key="k1"))
        self.assertTrue(second["replayed"])
        self.assertEqual(second["transaction_id"], first["transaction_id"])
        self.assertEqual(len(self.order.transaction_ids), 1)
        with self.assertRaisesRegex(ValidationError, "^request_key: "):
            self._pay(self._payment(reference=False, request_key="k1", amount=5.0))

    def test_authorized_then_captured(self):
        (held,) = self._pay(self._payment("authorized"))
        self.assertEqual(held["payment_state"], "authorized")
        self.assertFalse(self.order.transaction_ids.payment_id)
        (taken,) = self._pay(self._payment(amount=90.0))
        self.assertEqual(taken["transaction_id"], held["transaction_id"])
        self.assertEqual(taken["payment_state"], "captured")
        self.assertEqual(self.order.transaction_ids.amount, 90.0)
        (late,) = self._pay(self._payment("authorized", amount=90.0))
        self.assertEqual(late["payment_state"], "captured")

    def test_refusals(self):
        self._pay(self._payment(reference="mine"))
        other = self.order_of(self.submit_one(self._document("PAY-2")))
        for payment, order, code, path in (
            (self._payment(amount=0), self.order, "wrong_value", "payment.amount"),
            (self._payment(amount=-5.0), self.order, "wrong_value", "payment.amount"),
            (self._payment(reference="mine"), other, "conflict", "payment.reference"),
            (self._payment(reference="mine", amount=1.0), self.order, "conflict", "payment.amount"),
        ):
            with self.subTest(path=path, code=code):
                (answer,) = self._pay(payment, order)
                self.assertEqual([(e["code"], e["path"]) for e in answer["errors"]], [(code, path)])
                self.assertFalse(answer["transaction_id"])
        self.assertEqual(len(self.order.transaction_ids), 1)
        self.assertFalse(other.transaction_ids)

    def test_bad_shapes(self):
        for payment in (
            {},
            {"status": "paid"},
            {"status": "captured", "amount": "5"},
            {"status": "captured", "card": "4111"},
            {"status": "captured", "occurred_at": "yesterday"},
        ):
            with self.subTest(payment=payment), self.assertRaisesRegex(ValidationError, "^payment"):
                self._pay(payment)

    def test_none_records_nothing(self):
        (answer,) = self._pay({"status": "none"})
        self.assertEqual((answer["transaction_id"], answer["payment_state"]), (False, "none"))
        self.assertFalse(self.order.transaction_ids)

    def test_date_of_payment(self):
        self._pay(self._payment(occurred_at="2026-01-05T12:00:00Z"))
        self.assertEqual(str(self.order.transaction_ids.payment_id.date), "2026-01-05")

    def test_several_orders(self):
        other = self.order_of(self.submit_one(self._document("PAY-2")))
        answers = self._pay(
            self._payment(reference=False, amount=10.0, request_key="k"), self.order + other
        )
        self.assertEqual([answer["order_id"] for answer in answers], [self.order.id, other.id])
        self.assertEqual(len({answer["transaction_id"] for answer in answers}), 2)

    def test_rights(self):
        portal = new_test_user(self.env, "om_portal", groups="base.group_portal")
        roles = ("clerk", "picker", "auditor", "returns")
        for user in (portal, *(self.users[role] for role in roles)):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.order.with_user(user).record_payment(self._payment())
        self.assertFalse(self.order.transaction_ids)
        self.assertTrue(self._pay(self._payment(), role="manager")[0]["ok"])

    def test_payment_of_a_document(self):
        for status in ("authorized", "captured"):
            with self.subTest(status=status):
                payment = self._payment(status, reference=f"ref-{status}", amount=100.0)
                answer = self.submit_one(self._document(f"D-{status}", payment=payment))
                self.assertEqual((answer["ok"], answer["errors"]), (True, []))
                order = self.order_of(answer)
                self.assertEqual(order.transaction_ids.provider_reference, f"ref-{status}")
                self.assertEqual(order.amount_paid, 100.0)
                self.assertEqual(order.state, "draft")

    def test_bad_payment_of_a_document(self):
        payment = self._payment(amount=-1.0)
        answer = self.submit_one(self._document("D-1", payment=payment))
        self.assertEqual(answer["errors"][0]["path"], "payment.amount")
        self.assertFalse(answer["order_id"])

    def test_payment_that_cannot_be_booked_leaves_its_order(self):
        self._pay(self._payment(reference="taken"))
        answer = self.submit_one(self._document("D-1", payment=self._payment(reference="taken")))
        self.assertEqual((answer["ok"], answer["outcome"]), (True, "created"))
        self.assertEqual(answer["errors"][0]["path"], "payment.reference")
        intake = self.env["order.intake"].browse(answer["intake_id"])
        self.assertEqual((intake.state, intake.error_count), ("created", 1))

    def test_held_and_paid_order_stays_held(self):
        answer = self.submit_one(self._document("D-1", ("OM-A", 500, 50.0)), process="confirm")
        order = self.order_of(answer)
        self.assertEqual(order.hold_state, "held")
        self._pay(self._payment(), order)
        self.assertEqual((order.state, order.hold_state), ("draft", "held"))
        self.assertEqual(order.transaction_ids.state, "done")
        confirmed = order.sudo().transaction_ids._check_amount_and_confirm_order()
        self.assertFalse(confirmed)
        self.assertEqual(order.state, "draft")

    def test_joint_reports_what_was_confirmed(self):
        order = self.order_of(self.submit_one(self._document("D-1")))
        self._pay(self._payment(reference="full"), order)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.sudo().transaction_ids._check_amount_and_confirm_order(), order)
        self.assertEqual(order.state, "sale")
