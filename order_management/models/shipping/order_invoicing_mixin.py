from odoo import models
from odoo.exceptions import UserError

from ..common.access import as_service, public
from ..common.results import Arguments, error, error_of, row
from ..common.set_runner import run_set


class OrderInvoicingMixin(models.AbstractModel):
    """Invoicing orders as a set."""

    _name = "order.invoicing.mixin"
    _description = "Invoicing of an order"

    @public
    def invoice_orders(self, post=True, send=False):
        """Invoice what can be invoiced, one invoice per order; safe to repeat.

        A payment recorded on the order is matched with the invoice when it is posted.

        :param bool post: post the invoices, also drafts made before
        :param bool send: send what is posted by e-mail, after this call
        :return: one item per order: ``order_id``, ``name``, ``invoice_ids``, ``invoice_state``
            (``draft`` | ``posted``), ``amount_total``, ``amount_due`` (in the order's currency;
            credit notes count negative)
        """
        arguments = Arguments(self.env)
        arguments.value(post, "boolean", "post", required=True)
        arguments.value(send, "boolean", "send", required=True)
        orders = as_service(self)
        self.env["order.lock"]._acquire("invoice", self.ids)
        confirmed = orders.filtered(lambda order: order.state == "sale")
        failures = {
            order.id: error_of(exception)
            for order, exception in run_set(
                confirmed, lambda part: part._invoice_set(post), "Invoicing"
            )
        }
        if send:
            orders.filtered(lambda order: order.id not in failures)._queue_invoices()
        orders._advance_stage()
        return [order._prepare_invoicing_row(failures.get(order.id)) for order in orders]

    def action_invoice_orders(self):
        """Button: invoice and post."""
        self.check_access("write")
        refused = [answer for answer in self.invoice_orders() if not answer["ok"]]
        if refused:
            raise UserError(
                "\n".join(entry["message"] for answer in refused for entry in answer["errors"])
            )
        return True

    def _invoice_set(self, post):
        """Create the missing invoices and post the drafts, all at once."""
        before = self._get_live_invoices()
        # Down payments are deducted; credit for returned goods is left to the returns.
        with_advance = self.filtered(lambda order: any(order.order_line.mapped("is_downpayment")))
        for orders, final in ((with_advance, True), (self - with_advance, False)):
            if orders:
                orders.with_context(raise_if_nothing_to_invoice=False)._create_invoices(
                    grouped=True, final=final
                )
        self.invalidate_recordset(["invoice_ids"])
        invoices = self._get_live_invoices()
        if post:
            invoices.filtered(lambda move: move.state == "draft").action_post()
        created = invoices - before
        self.env["order.event"]._append(self._prepare_invoiced_events(created))

    def _invoice_at(self, moment, cause):
        """Have orders invoiced after commit whose channel wants it now, once a cause.

        :param str moment: ``confirmation``, ``shipment`` or ``delivery``
        :param str cause: what happened, e.g. which transfer left
        """
        wanted = self.filtered(
            lambda order: (
                order.company_id.use_order_management and order._get_invoice_moment() == moment
            )
        )
        for company, orders in wanted.grouped("company_id").items():
            effects = {f"{order.id}/{cause}": {"order_id": order.id} for order in orders}
            self.env["order.outbox"].sudo()._queue("auto_invoice", effects, company)

    def _get_live_invoices(self):
        return self.invoice_ids.filtered(lambda move: move.state != "cancel")

    def _prepare_invoiced_events(self, created):
        return [
            {
                "order_id": order.id,
                "kind": "invoiced",
                "message": self.env._("Invoiced"),
                "data": {
                    "invoice_ids": moves.ids,
                    "amount_total": sum(moves.mapped("amount_total")),
                },
            }
            for order in self
            if (moves := order.invoice_ids & created)
        ]

    def _queue_invoices(self):
        """Have posted invoices that were never sent leave after commit, each once."""
        for company, orders in self.grouped("company_id").items():
            moves = orders.invoice_ids.filtered(
                lambda move: move.state == "posted" and not move.is_move_sent
            )
            effects = {f"invoice/{move.id}": {"move_id": move.id} for move in moves}
            self.env["order.outbox"]._queue("invoice", effects, company)

    def _prepare_invoicing_row(self, failure):
        moves = self._get_live_invoices()
        if not (failure or moves):
            message = self.env._("%(order)s has nothing to invoice.", order=self.name)
            failure = error("nothing_to_invoice", message)
        drafts = moves.filtered(lambda move: move.state == "draft")
        return row(
            [failure] if failure else [],
            order_id=self.id,
            name=self.name,
            invoice_ids=sorted(moves.ids),
            invoice_state=("draft" if drafts else "posted") if moves else False,
            amount_total=self._sum_signed(moves, "amount_total"),
            amount_due=self._sum_signed(moves, "amount_residual"),
        )

    def _sum_signed(self, moves, amount):
        """The sum of an amount of invoices, less that of credit notes."""
        total = sum(-move.direction_sign * move[amount] for move in moves)
        return self.currency_id.round(total)
