from odoo import models


class ResUsers(models.Model):
    """Joint: a user's own print station.

    Services that rooms offer each other on a user: none yet.
    """

    _name = "res.users"
    _inherit = ["res.users", "order.print.user.mixin"]

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "print_station_id"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "print_station_id"]
