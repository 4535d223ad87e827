from odoo import api, models
from odoo.tools import ormcache


class AccountTax(models.Model):
    """Joint: whether taxes are part of prices, which the check of prices asks for every order."""

    _inherit = "account.tax"

    @api.model
    @ormcache("company_id")
    def _is_any_included(self, company_id):
        """Whether any tax of a company is part of the price."""
        company = self.env["res.company"].sudo().browse(company_id)
        if company.account_price_include == "tax_included":
            return True
        included = [
            ("price_include_override", "=", "tax_included"),
            ("company_id", "parent_of", company.ids),
        ]
        return bool(self.sudo().search_count(included, limit=1))

    @api.model_create_multi
    def create(self, vals_list):
        taxes = super().create(vals_list)
        self.env.registry.clear_cache()
        return taxes

    def write(self, vals):
        result = super().write(vals)
        if {"price_include_override", "company_id", "active"} & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
