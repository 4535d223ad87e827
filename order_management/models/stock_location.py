from odoo import api, models


class StockLocation(models.Model):
    """Joint: zones are emptied in a stated order.

    Services that rooms offer each other on a location: ``_get_removal_zone()`` (promise).
    """

    _name = "stock.location"
    _inherit = [
        "stock.location",
        "order.place.mixin",
        "order.slotting.place.mixin",
        "order.removal.location.mixin",
    ]

    def write(self, vals):
        result = super().write(vals)
        if "removal_priority" in vals or "company_id" in vals:
            self.env.registry.clear_cache()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        locations = super().create(vals_list)
        if any(vals.get("removal_priority") for vals in vals_list):
            self.env.registry.clear_cache()
        return locations

    def unlink(self):
        kept = self._get_removal_priorities()
        ruled = any(location.id in kept for location in self)
        result = super().unlink()
        if ruled:
            self.env.registry.clear_cache()
        return result
