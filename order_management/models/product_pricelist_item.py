from odoo import api, models


class ProductPricelistItem(models.Model):
    """Joint: orders that wait for their price are checked again when the price list changes."""

    _inherit = "product.pricelist.item"

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._mark_orders(items.pricelist_id)
        return items

    def write(self, vals):
        pricelists = self.pricelist_id
        result = super().write(vals)
        self._mark_orders(pricelists | self.pricelist_id)
        return result

    def unlink(self):
        pricelists = self.pricelist_id
        result = super().unlink()
        self._mark_orders(pricelists)
        return result

    def _mark_orders(self, pricelists):
        if self.env.company._is_order_management_used():
            self.env["sale.order"]._mark_pricelists(pricelists)
