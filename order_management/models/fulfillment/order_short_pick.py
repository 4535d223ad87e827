from odoo import fields, models

DAMAGED = "damaged"


class OrderShortPick(models.Model):
    """A place that held less than it should: what was missing, and what became of it.

    Written by the operation alone.
    """

    _name = "order.short.pick"
    _description = "Short pick"
    _order = "id desc"
    _rec_name = "product_id"

    picking_id = fields.Many2one(
        "stock.picking", "Transfer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    location_id = fields.Many2one("stock.location", readonly=True, ondelete="set null")
    lot_id = fields.Many2one("stock.lot", readonly=True, ondelete="set null")
    quantity = fields.Float("Missing", digits="Product Unit", readonly=True)
    product_uom_id = fields.Many2one("uom.uom", "Unit", readonly=True, ondelete="restrict")
    resourced = fields.Float(
        "From other places", digits="Product Unit", readonly=True,
        help="Reserved elsewhere at once.",
    )  # fmt: skip
    backordered = fields.Float(
        digits="Product Unit", readonly=True, help="Left for a backorder: it lies nowhere else."
    )
    lost = fields.Float(
        "Booked out", digits="Product Unit", readonly=True,
        help="By how much the stock of the place was lowered, in the unit of the product.",
    )  # fmt: skip
    reason = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Picker", required=True, readonly=True, default=lambda self: self.env.user,
        ondelete="restrict",
    )  # fmt: skip
    at = fields.Datetime("Reported on", required=True, readonly=True, default=fields.Datetime.now)
    company_id = fields.Many2one(
        related="picking_id.company_id", store=True, index=True, readonly=True
    )
