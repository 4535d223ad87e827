from odoo import fields, models


class OrderReturnRefundMixin(models.AbstractModel):
    """A line of a credit note knows the return it settles and the invoice line it credits."""

    _name = "order.return.refund.mixin"
    _description = "Line that settles a return"

    return_line_id = fields.Many2one(
        "order.return.line", "Return line", index="btree_not_null", copy=False, readonly=True
    )
    refunded_line_id = fields.Many2one(
        "account.move.line", "Credited invoice line", index="btree_not_null", copy=False,
        readonly=True,
    )  # fmt: skip
