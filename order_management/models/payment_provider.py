from odoo import api, fields, models
from odoo.fields import Command


class PaymentProvider(models.Model):
    """Joint: payments that were made at a sales channel."""

    _inherit = "payment.provider"

    code = fields.Selection(
        selection_add=[("external", "Paid at the sales channel")],
        ondelete={"external": "set default"},
    )

    def _compute_feature_support_fields(self):
        result = super()._compute_feature_support_fields()
        self.filtered(lambda provider: provider.code == "external").update(
            {"support_manual_capture": "full_only"}
        )
        return result

    @api.model
    def _get_external(self, company):
        """The provider under which a company's payments made elsewhere are booked.

        Made when first needed, with a bank journal if the company has none; it is never offered
        to customers. ``sudo``: configuration that the operation needs, not the caller.

        :param company: whose provider
        :return: the provider
        """
        providers = self.sudo().with_company(company)
        wanted = [("code", "=", "external"), ("company_id", "=", company.id)]
        return providers.search(wanted, limit=1) or providers._create_external(company)

    def _create_external(self, company):
        """Two parallel first payments make one provider: the later call is restarted."""
        self.env["order.lock"]._acquire("payment.provider", [company.id])
        self._setup_payment_method("external")
        self._ensure_bank_journal(company)
        method = self.env.ref("order_management.payment_method_external")
        provider = self.create(
            {
                "name": self.env._("Paid at the sales channel"),
                "code": "external",
                "state": "enabled",
                "is_published": False,
                "company_id": company.id,
                "payment_method_ids": [Command.set(method.ids)],
            }
        )
        provider._ensure_payment_method_line()
        return provider

    def _ensure_bank_journal(self, company):
        journals = self.env["account.journal"]
        if not journals.search_count([("type", "=", "bank"), ("company_id", "=", company.id)]):
            journals.create({"name": self.env._("Bank"), "type": "bank", "company_id": company.id})
