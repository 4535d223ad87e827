from zlib import crc32

from odoo import fields, models

from ...exceptions import ItemError
from ..common.access import public
from ..common.results import Arguments, error_of, row
from ..common.set_runner import run_set

PAYMENT_KEYS = {
    "status": "text*",
    "provider": "text",
    "reference": "text",
    "amount": "number",
    "occurred_at": "text",
    "request_key": "text",
}
STATUSES = ("none", "authorized", "captured")
PAYMENT_STATES = {
    "draft": "none",
    "pending": "pending",
    "authorized": "authorized",
    "done": "captured",
    "cancel": "cancelled",
    "error": "failed",
}
LOCK_BUCKETS = 4096


class OrderPaymentMixin(models.AbstractModel):
    """Payments that were made where the order came from.

    They become core's own transactions and payments, so that core reconciles them with the
    order's invoices, posted before or after.
    """

    _name = "order.payment.mixin"
    _description = "Payments of an order"

    @public
    def record_payment(self, payment):
        """Record a payment that was made elsewhere.

        The same reference of the same provider is recorded once; an authorized payment moves on
        when it comes again as captured. An order that waited only for it goes on.

        :param dict payment: ``status`` (``none`` | ``authorized`` | ``captured``), ``provider``,
            ``reference``, ``amount`` in the order's currency (its total when not given),
            ``occurred_at``, ``request_key``
        :return: one item per order: ``order_id``, ``transaction_id``, ``payment_state``
        :raises ValidationError: the payment has another shape
        """
        payment, request_key = self._read_payment(payment)
        orders = self.sudo()
        answers = [order._record_payment_once(payment, request_key) for order in orders]
        orders._go_on_after_payment()
        return answers

    def _read_payment(self, payment):
        """The checked payment and its request key."""
        arguments = Arguments(self.env)
        payment = arguments.keys(payment, "payment", PAYMENT_KEYS)
        arguments.choice(payment["status"], STATUSES, "payment.status", required=True)
        moment = arguments.moment(payment.pop("occurred_at"), "payment.occurred_at")
        request_key = payment.pop("request_key")
        if request_key and len(self) > 1:
            request_key = f"{request_key}/"
        return {**payment, "occurred_at": moment and fields.Datetime.to_string(moment)}, request_key

    def _record_payment_once(self, payment, request_key):
        """The answer for one order; one request key serves several orders of a call."""
        if request_key and request_key.endswith("/"):
            request_key += str(self.id)
        return self.env["order.request"]._once(
            "sale.order.record_payment",
            request_key,
            {"order_id": self.id, **payment},
            lambda: self._record_payment_row(payment),
            self.company_id,
        )

    def _record_payment_row(self, payment):
        found = []
        failures = run_set(
            self, lambda order: found.append(order._record_payment(payment)), "Recording a payment"
        )
        if failures:
            errors = [error_of(failures[0][1])]
            return row(errors, order_id=self.id, transaction_id=False, payment_state=False)
        transaction, is_known = found[0]
        values = {"replayed": True} if is_known else {}
        return row(
            order_id=self.id,
            transaction_id=transaction.id,
            payment_state=PAYMENT_STATES[transaction.state] if transaction else "none",
            **values,
        )

    def _record_payment(self, payment):
        """Record one payment of one order.

        :param dict payment: as of :meth:`record_payment`, without ``request_key``
        :return tuple: the transaction, and whether nothing new was said
        :raises ItemError: impossible amount, or the reference is another payment's
        """
        self.ensure_one()
        transactions = self.env["payment.transaction"]
        if payment["status"] == "none":
            return transactions, False
        amount = self._get_payment_amount(payment)
        transaction = self._find_transaction(payment)
        if transaction and self._is_recorded(transaction, payment, amount):
            return transaction, True
        if not transaction:
            transaction = transactions.create(self._prepare_transaction_vals(payment, amount))
        self._advance_transaction(transaction, payment, amount)
        self._append_payment_event(payment, transaction)
        return transaction, False

    def _get_payment_amount(self, payment):
        amount = payment.get("amount")
        if amount is None or amount is False:
            amount = self.amount_total
        if self.currency_id.compare_amounts(amount, 0.0) <= 0:
            message = self.env._("The amount of a payment must be above zero.")
            raise ItemError("wrong_value", message, "payment.amount")
        return self.currency_id.round(amount)

    def _find_transaction(self, payment):
        """The transaction of that provider and reference; parallel calls come one by one."""
        transactions = self.env["payment.transaction"]
        if not payment.get("reference"):
            return transactions
        natural_key = f"{payment.get('provider') or ''}/{payment['reference']}"
        bucket = crc32(natural_key.encode()) % LOCK_BUCKETS
        self.env["order.lock"]._acquire("payment", [(self.company_id.id, bucket)])
        return transactions.search(
            [
                ("company_id", "=", self.company_id.id),
                ("provider_code", "=", "external"),
                ("external_provider", "=", payment.get("provider") or False),
                ("provider_reference", "=", payment["reference"]),
            ],
            limit=1,
        )

    def _is_recorded(self, transaction, payment, amount):
        """Whether a known transaction says all of it already.

        :raises ItemError: it says something else
        """
        if transaction.sale_order_ids != self:
            message = self.env._("This reference belongs to the payment of another order.")
            raise ItemError("conflict", message, "payment.reference")
        is_captured = transaction.state == "done"
        difference = self.currency_id.compare_amounts(amount, transaction.amount)
        if difference > 0 or (difference and (is_captured or payment["status"] == "authorized")):
            message = self.env._(
                "This reference was recorded with %(amount)s.",
                amount=self.currency_id.format(transaction.amount),
            )
            raise ItemError("conflict", message, "payment.amount")
        return is_captured or payment["status"] == "authorized"

    def _prepare_transaction_vals(self, payment, amount):
        provider = self.env["payment.provider"]._get_external(self.company_id)
        parts = (self._get_channel_code(), self.name, payment.get("reference"))
        prefix = "-".join(part for part in parts if part)
        return {
            "provider_id": provider.id,
            "payment_method_id": self.env.ref("order_management.payment_method_external").id,
            "reference": self.env["payment.transaction"]._compute_reference("external", prefix),
            "provider_reference": payment.get("reference"),
            "external_provider": payment.get("provider"),
            "amount": amount,
            "currency_id": self.currency_id.id,
            "partner_id": self.partner_invoice_id.id,
            "operation": "offline",
            # Nobody is mailed and nothing confirmed: that is what this module decides.
            "is_post_processed": True,
            "sale_order_ids": [fields.Command.set(self.ids)],
        }

    def _advance_transaction(self, transaction, payment, amount):
        """Bring a transaction to the state the payment tells; captured money is posted."""
        if payment["status"] == "authorized":
            transaction._set_authorized()
            return
        transaction.amount = amount
        transaction.invoice_ids = self.invoice_ids.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_invoice"
                and move.payment_state in ("not_paid", "partial")
            )
        )
        transaction._set_done()
        values = {}
        if payment.get("occurred_at"):
            moment = fields.Datetime.to_datetime(payment["occurred_at"])
            transaction.last_state_change = moment
            values["date"] = fields.Date.context_today(self, moment)
        transaction.with_company(self.company_id)._create_payment(**values)

    def _get_missing_payments(self):
        """Service for the validation room: what is not paid where the channel wants it first.

        :return dict: order id → ``expected``, ``paid`` (authorized or captured), ``missing``
        """
        missing = {}
        for order in self.filtered("channel_id.needs_payment"):
            given = order.transaction_ids.filtered(lambda tx: tx.state in ("authorized", "done"))
            paid = order.currency_id.round(sum(given.mapped("amount")))
            if order.currency_id.compare_amounts(paid, order.amount_total) < 0:
                missing[order.id] = {
                    "expected": order.amount_total,
                    "paid": paid,
                    "missing": order.currency_id.round(order.amount_total - paid),
                }
        return missing

    def _get_overpaid_amount(self):
        """Service for the promise room: what was captured beyond the order's total."""
        done = self.sudo().transaction_ids.filtered(lambda tx: tx.state == "done")
        paid = sum(done.mapped("amount"))
        return self.currency_id.round(max(paid - self.amount_total, 0.0)) if paid else 0.0

    def _append_payment_event(self, payment, transaction):
        message = self.env._(
            "%(amount)s %(status)s",
            amount=self.currency_id.format(transaction.amount),
            status=payment["status"],
        )
        data = {
            "status": payment["status"],
            "amount": transaction.amount,
            "provider": payment.get("provider") or False,
            "reference": payment.get("reference") or False,
            "transaction_id": transaction.id,
        }
        self.env["order.event"]._append(
            [{"order_id": self.id, "kind": "payment", "message": message, "data": data}]
        )

    def _go_on_after_payment(self):
        """Check waiting orders again: the payment may be what they waited for."""
        waiting = self.filtered(
            lambda order: order.state in ("draft", "sent") and order.hold_state == "held"
        )
        if waiting:
            waiting._run_checks()
            waiting._after_release()
        self._advance_stage()
