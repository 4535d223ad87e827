from odoo import models


class AccountMove(models.Model):
    """Joint: a paid invoice may close its orders; a credit note may settle a return."""

    _name = "account.move"
    _inherit = [
        "account.move",
        "order.return.credit.note.mixin",
        "order.return.refund.guard.mixin",
    ]

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self.sudo().line_ids.sale_line_ids.order_id._advance_stage()
        return result

    def _post(self, soft=True):
        self._ensure_may_post_refunds()
        self._ensure_refundable()
        posted = self.browse()
        for batch in self._get_post_batches():
            posted |= super(AccountMove, batch)._post(soft)
        posted._mark_orders_of_debtors()
        posted._pay_drafted()
        posted._resettle_returns()
        return posted

    def button_draft(self):
        self._refuse_wallet_entries()
        result = super().button_draft()
        self._mark_orders_of_debtors()
        self._reopen_returns(is_lost=False)
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._reopen_returns(is_lost=True)
        return result

    def unlink(self):
        self._reopen_returns(is_lost=True)
        return super().unlink()

    def _mark_orders_of_debtors(self):
        """What these customers owe has changed: their waiting orders are checked again soon."""
        if not self.env.company._is_order_management_used():
            return
        lines = self.sudo().line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.env["sale.order"]._mark_partners(
            lines.partner_id.commercial_partner_id,
            ("credit_limit", "overdue_invoices"),
            ["account.move"],
        )
