from odoo import api, fields, models

STAGES = [
    ("received", "Received"),
    ("held", "Held"),
    ("confirmed", "Confirmed"),
    ("waiting", "Waiting"),
    ("ready", "Ready"),
    ("picking", "Picking"),
    ("packed", "Packed"),
    ("shipped", "Shipped"),
    ("delivered", "Delivered"),
    ("returning", "Returning"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]

MILESTONES = {
    "confirmed": "confirmed_at",
    "ready": "ready_at",
    "packed": "packed_at",
    "shipped": "shipped_at",
    "delivered": "delivered_at",
    "closed": "closed_at",
}

# Stages that follow one another; the others are side tracks that pass no milestone.
MAIN_LINE = [key for key, _label in STAGES if key not in ("held", "returning", "cancelled")]


class OrderStageMixin(models.AbstractModel):
    """Where an order stands between intake and the customer's door, and since when.

    Stored, and written once at the end of each operation by :meth:`_advance_stage`; the
    facts come from the order's own documents and from the rooms' services.
    """

    _name = "order.stage.mixin"
    _description = "Stage of an order"

    stage = fields.Selection(
        STAGES, required=True, default="received", readonly=True, index=True, copy=False,
        group_expand=True,
    )  # fmt: skip
    confirmed_at = fields.Datetime(readonly=True, copy=False)
    ready_at = fields.Datetime(readonly=True, copy=False)
    packed_at = fields.Datetime(readonly=True, copy=False)
    shipped_at = fields.Datetime(readonly=True, copy=False)
    delivered_at = fields.Datetime(readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)

    def _advance_stage(self, events=(), beside=()):
        """Bring stage and milestones up to date; one event for each order that moved.

        :param events: what else happened, to be stored in the same go
        :param beside: further evidence for it: ``(model, vals_list)``
        """
        orders = self.sudo().filtered("company_id.use_order_management")
        if not orders:
            self.env["order.event"]._append(list(events), beside)
            return orders
        stages = orders._find_stages()
        moved = orders.filtered(lambda order: order.stage != stages[order.id])
        self.env["order.event"]._append(
            [*events, *(_stage_event(order, stages[order.id]) for order in moved)], beside
        )
        for stage, group in moved.grouped(lambda order: stages[order.id]).items():
            group._set_stage(stage)
        return moved

    def _set_stage(self, stage):
        now, milestones = fields.Datetime.now(), milestones_until(stage)
        missing = self.grouped(lambda order: tuple(name for name in milestones if not order[name]))
        for names, orders in missing.items():
            orders.write({"stage": stage, **dict.fromkeys(names, now)})

    def _find_stages(self):
        """The stage each order should be in.

        :return dict: order id → stage
        """
        facts = self._get_stage_facts()
        return {order.id: order._stage_from(facts[order.id]) for order in self}

    def _stage_from(self, facts):
        """The stage that follows from the facts of one order."""
        if self.state == "cancel":
            return "cancelled"
        if self.state != "sale":
            return "held" if self.hold_state == "held" else "received"
        if facts["open_return"]:
            return "returning"
        if facts["open_moves"]:
            return self._stage_of_open_work(facts)
        if not facts["done_moves"]:
            return self._stage_without_delivery(facts)
        if not facts["delivered"]:
            return "shipped"
        return "closed" if facts["settled"] else "delivered"

    def _stage_without_delivery(self, facts):
        """What is sold without goods, such as services, is closed when it is paid."""
        return "closed" if facts["settled"] and not facts["has_goods"] else "confirmed"

    def _stage_of_open_work(self, facts):
        if facts["packed"]:
            return "packed"
        if facts["picked"]:
            return "picking"
        return "ready" if facts["reserved"] else "waiting"

    def action_view_events(self):
        """Open the log of this order."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Timeline"),
            "res_model": "order.event",
            "view_mode": "list",
            "domain": [("order_id", "in", self.ids)],
        }

    @api.model
    def _init_order_management(self, companies=None):
        """Fill the stage of what companies that are switched on have sold so far.

        Neither events nor milestones: when it happened is not known.
        """
        companies = companies or self.env["res.company"].sudo().search(
            [("use_order_management", "=", True)]
        )
        orders = self.sudo().search([("company_id", "in", companies.ids), ("state", "=", "sale")])
        done = orders.filtered_domain(self._get_finished_domain())
        done.write({"stage": "closed"})
        opened = orders - done
        stages = opened._find_stages()
        for stage, group in opened.grouped(lambda order: stages[order.id]).items():
            group.write({"stage": stage})
        cancelled = [("company_id", "in", companies.ids), ("state", "=", "cancel")]
        self.sudo().search(cancelled).write({"stage": "cancelled"})

    def _get_finished_domain(self):
        """Orders of which nothing is left to do."""
        return [("delivery_status", "=", "full"), ("invoice_status", "=", "invoiced")]


def milestones_until(stage):
    """The milestones that an order has passed when it reaches ``stage``."""
    if stage not in MAIN_LINE:
        return []
    passed = MAIN_LINE[: MAIN_LINE.index(stage) + 1]
    return [MILESTONES[reached] for reached in passed if reached in MILESTONES]


def _stage_event(order, stage):
    """The event that an order reached ``stage``."""
    label = dict(order._fields["stage"]._description_selection(order.env))[stage]
    return {
        "order_id": order.id,
        "kind": f"stage_{stage}",
        "message": label,
        "data": {"before": order.stage, "after": stage},
    }
