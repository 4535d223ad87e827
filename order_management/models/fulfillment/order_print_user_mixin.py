from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OrderPrintUserMixin(models.AbstractModel):
    """A person, or a device that people share, at a print station."""

    _name = "order.print.user.mixin"
    _description = "User of a print station"

    print_station_id = fields.Many2one(
        "order.print.station",
        "Print station",
        ondelete="set null",
        domain="[('company_id', 'in', company_ids)]",
        help="Where labels and papers of this user are printed; else at the warehouse's station.",
    )

    @api.constrains("print_station_id", "company_ids")
    def _check_print_station(self):
        for user in self.sudo():
            if user.print_station_id.company_id - user.company_ids:
                raise ValidationError(
                    self.env._(
                        "The print station belongs to a company this user does not work for."
                    )
                )
