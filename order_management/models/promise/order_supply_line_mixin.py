from odoo import api, fields, models


class OrderSupplyLineMixin(models.AbstractModel):
    """What a vendor promised first.

    Core moves the expected arrival and the receipt's deadline along whenever somebody agrees to
    a later day, so that every vendor looks punctual.
    """

    _name = "order.supply.line.mixin"
    _description = "Purchase order line with its vendor's first promise"

    first_date_planned = fields.Datetime(
        "First promised",
        compute="_compute_first_date_planned",
        store=True,
        help="The expected arrival when the order was confirmed, whatever was agreed later.",
    )

    @api.depends("order_id.state", "date_planned")
    def _compute_first_date_planned(self):
        for line in self:
            is_bought = line.order_id.state == "purchase"
            first = line.first_date_planned or line.date_planned
            line.first_date_planned = is_bought and first
