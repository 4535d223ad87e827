from odoo import fields, models


class OrderPurchaseNoticeMixin(models.AbstractModel):
    """Purchase orders that tell their buyers what the work list says of them."""

    _name = "order.purchase.notice.mixin"
    _description = "Purchase order with advice on its dates"

    stock_advice = fields.Text("Advice", compute="_compute_stock_advice", compute_sudo=True)

    def _compute_stock_advice(self):
        alerts = self.env["order.stock.alert"].search(
            [("purchase_line_id", "in", self.order_line.ids), ("state", "=", "open")],
            order="day, id",
        )
        by_order = alerts.grouped(lambda alert: alert.purchase_line_id.order_id)
        for order in self:
            order.stock_advice = "\n".join(
                f"{alert.product_id.display_name}: {alert.message}"
                for alert in by_order.get(order._origin, ())
            )
