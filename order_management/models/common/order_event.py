from odoo import api, fields, models
from odoo.exceptions import AccessError

from .bulk import insert_sets


class OrderEvent(models.Model):
    """What happened to an order: a log that nobody can change, by any path.

    Rows come in only through :meth:`_append`, one call an operation.
    """

    _name = "order.event"
    _description = "Order event"
    _order = "id desc"
    _allow_sudo_commands = False

    order_id = fields.Many2one("sale.order", readonly=True, index=True, ondelete="set null")
    kind = fields.Char(required=True, readonly=True, index=True)
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    actor_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    message = fields.Char(readonly=True)
    data = fields.Json(readonly=True)
    seal = fields.Char(readonly=True, help="Digest that chains this event to the one before.")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )

    @api.model
    def _append(self, events, beside=()):
        """Store what one operation did.

        :param list events: dicts with ``order_id`` or ``company_id``, ``kind``, ``message``,
            ``data``
        :param beside: further evidence for the same statement: ``(model, vals_list)``
        :return: the events
        """
        if not events:
            insert_sets(list(beside))
            return self.browse()
        orders = (
            self.env["sale.order"]
            .sudo()
            .browse([event["order_id"] for event in events if event.get("order_id")])
        )
        company_of = {order.id: order.company_id.id for order in orders}
        values_list = [
            {
                "actor_id": self.env.uid,
                "company_id": company_of.get(event.get("order_id"), self.env.company.id),
                **event,
            }
            for event in events
        ]
        return self.browse(insert_sets([(self.sudo(), values_list), *beside])[0].ids)

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise AccessError(self.env._("Events are written by the operations themselves."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("Events can't be changed."))

    def unlink(self):  # pylint: disable=method-required-super
        raise AccessError(  # pylint: disable=no-raise-unlink
            self.env._("Events can't be deleted.")
        )
