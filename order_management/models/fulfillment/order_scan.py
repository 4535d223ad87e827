from odoo import fields, models

SCAN_KINDS = [
    ("product", "Product"),
    ("lot", "Lot"),
    ("package", "Package"),
    ("location", "Location"),
    ("order", "Order"),
    ("command", "Command"),
    ("unknown", "Unknown"),
]

REFUSALS = [
    ("wrong_product", "Wrong product"),
    ("too_many", "Too many"),
    ("wrong_lot", "Wrong lot"),
    ("expired_lot", "Expired lot"),
    ("wrong_location", "Wrong location"),
    ("unknown_code", "Unknown code"),
    ("not_yours", "Somebody else's work"),
]


class OrderScan(models.Model):
    """What a scanner read, accepted or refused: the evidence of picking.

    One row per transfer line that a scan went to; a refused scan, a place, a command have one row
    without a line.
    Written by the operations alone.
    """

    _name = "order.scan"
    _description = "Scan"
    _order = "id desc"
    _rec_name = "barcode"

    picking_id = fields.Many2one(
        "stock.picking", "Transfer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    move_line_id = fields.Many2one(
        "stock.move.line", "Transfer line", readonly=True, index="btree_not_null",
        ondelete="set null",
    )  # fmt: skip
    product_id = fields.Many2one("product.product", readonly=True, ondelete="set null")
    lot_id = fields.Many2one("stock.lot", readonly=True, ondelete="set null")
    location_id = fields.Many2one("stock.location", readonly=True, ondelete="set null")
    barcode = fields.Char(required=True, readonly=True)
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="In the unit of the transfer line."
    )
    kind = fields.Selection(SCAN_KINDS, required=True, readonly=True)
    accepted = fields.Boolean(readonly=True)
    code = fields.Selection(REFUSALS, "Refused because", readonly=True)
    user_id = fields.Many2one(
        "res.users", "Picker", required=True, readonly=True, default=lambda self: self.env.user,
        ondelete="restrict",
    )  # fmt: skip
    at = fields.Datetime("Scanned on", required=True, readonly=True, default=fields.Datetime.now)
    has_named_lot = fields.Boolean(
        readonly=True, help="The transfer line had no lot and got the one that was scanned."
    )
    request_key = fields.Char(readonly=True)
    undone_at = fields.Datetime(readonly=True)
    company_id = fields.Many2one(
        related="picking_id.company_id", store=True, index=True, readonly=True
    )

    _request_key_idx = models.Index("(picking_id, request_key) WHERE request_key IS NOT NULL")
