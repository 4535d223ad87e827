from odoo import fields, models


class OrderPaperOrderMixin(models.AbstractModel):
    """What papers show of an order."""

    _name = "order.paper.order.mixin"
    _description = "Order with papers"

    gift_message = fields.Text(
        copy=False,
        help="Printed on the packing slip. A gift's papers show no prices.",
    )

    def _shows_prices_on_slips(self):
        """Whether the packing slip of these orders, which go in one transfer, shows prices."""
        return bool(self) and all(
            order.partner_id._wants_prices_on_slips(order.company_id) and not order.gift_message
            for order in self
        )
