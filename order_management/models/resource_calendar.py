from odoo import models


class ResourceCalendar(models.Model):
    """Joint: the time zone of a company's working hours, where no address names one."""

    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            self.env.registry.clear_cache()
        return result
