from odoo import fields, models

KINDS = [
    ("discount", "Order discount"),
    ("shipping", "Shipping"),
    ("charge", "Charge"),
    ("rounding", "Rounding of down payments"),
    ("gift", "Free goods kept"),
]
# What comes on top and is no part of what was invoiced for its order line.
LOOSE_KINDS = ("rounding", "gift")


class OrderReturnExtra(models.Model):
    """What goes back with the goods: their part of discounts, shipping and charges of the order.

    Discounts are part of what the lines are worth; shipping and charges come on top.
    """

    _name = "order.return.extra"
    _description = "Discount, shipping or charge of a return"
    _order = "return_id, id"

    return_id = fields.Many2one(
        "order.return", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sale_line_id = fields.Many2one(
        "sale.order.line", "Order line", required=True, readonly=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    kind = fields.Selection(KINDS, required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="With tax; negative when it lowers the refund.")
    discount = fields.Monetary(
        "Order discount", readonly=True, help="What the amount was lowered by; with tax."
    )
    settled_quantity = fields.Float("Settled", digits="Product Unit", readonly=True)
    company_id = fields.Many2one(related="return_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="return_id.currency_id")

    def _prepare_row(self):
        return {"kind": self.kind, "name": self.name, "amount": self.amount}


def prepare_extra_rows(extras, discounts):
    """The rows to keep of a return: (order line, kind) → values.

    :param list extras: :class:`Extra`
    :param list discounts: shares of discounts that lower the return's lines
    """
    rows = {}
    for extra in extras:
        for share in extra.shares:
            row = _get_row(rows, extra.line, extra.kind)
            row["settled_quantity"] += share.quantity if extra.kind not in LOOSE_KINDS else 0.0
        if extra.shares:
            row["amount"] += extra.amount
            row["discount"] += extra.discount
    for share in lowering_of(discounts, extras):
        row = _get_row(rows, share.billed.line.sale_line_ids[:1], "discount")
        row["amount"] -= share.total
        row["settled_quantity"] += share.quantity
    return {key: row for key, row in rows.items() if row["amount"] or row["settled_quantity"]}


def lowering_of(discounts, extras):
    """The shares of discounts that lower a return: those of its lines and of its extras."""
    return [*discounts, *(share for extra in extras for share in extra.discounts)]


def _get_row(rows, line, kind):
    name = (line.name or "").split("\n")[0]
    empty = {"name": name, "amount": 0.0, "discount": 0.0, "settled_quantity": 0.0}
    return rows.setdefault((line, kind), empty)
