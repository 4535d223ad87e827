from odoo import api, models


class AccountPartialReconcile(models.Model):
    """Joint: a payment that is matched may make an invoice no longer overdue."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._mark_orders_of_debtors()
        return partials

    def unlink(self):
        partners = self._get_debtors() if self._is_watched() else self.env["res.partner"]
        result = super().unlink()
        self._mark(partners)
        return result

    def _is_watched(self):
        return self.env.company._is_order_management_used()

    def _get_debtors(self):
        lines = (self.debit_move_id | self.credit_move_id).sudo()
        return lines.partner_id.commercial_partner_id

    def _mark_orders_of_debtors(self):
        if self._is_watched():
            self._mark(self._get_debtors())

    def _mark(self, partners):
        self.env["sale.order"]._mark_partners(
            partners, ("credit_limit", "overdue_invoices"), ["account.partial.reconcile"]
        )
