from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain


class OrderReturnSourceMixin(models.AbstractModel):
    _name = "order.return.source.mixin"
    _description = "Order whose goods may come back"

    return_ids = fields.One2many("order.return", "order_id", "Returns", copy=False)
    return_count = fields.Integer(compute="_compute_return_count", compute_sudo=True)
    return_currency_id = fields.Many2one(
        "res.currency", compute="_compute_return_currency_id", compute_sudo=True,
        help="What returns are paid in: the currency of the invoices, if it is one alone.",
    )  # fmt: skip

    @api.depends("return_ids")
    def _compute_return_count(self):
        counts = dict(
            self.env["order.return"]._read_group(
                [("order_id", "in", self.ids)], ["order_id"], ["__count"]
            )
        )
        for order in self:
            order.return_count = counts.get(order, 0)

    @api.depends("currency_id", "invoice_ids.currency_id", "invoice_ids.state")
    def _compute_return_currency_id(self):
        for order in self:
            invoices = order.invoice_ids.filtered(
                lambda move: move.move_type == "out_invoice" and move.state == "posted"
            )
            billed = invoices.currency_id
            order.return_currency_id = billed if len(billed) == 1 else order.currency_id

    def _get_returns(self):
        """Returns of each order as plain rows.

        :return dict: order id → list of ``return_id``, ``name``, ``state``,
            ``refund_total``, ``credit_note_ids``, ``lines``
        """
        rows = defaultdict(list)
        returns = self.env["order.return"].sudo().search([("order_id", "in", self.ids)])
        for one in returns.sorted("id"):
            rows[one.order_id.id].append(one._prepare_row(credit_note_ids=one.credit_note_ids.ids))
        return dict(rows)

    def _get_return_terms(self):
        """What customers are told about returns on paper.

        :return dict: order id → ``days``: order line id → days after the delivery in which it may
            come back without a fault, ``False`` when it may not, ``None`` when no policy says;
            ``reasons``: ``[{"code", "name"}]``; ``address``: lines; ``url``: of the portal
        """
        policies = self.env["order.return.policy"]._get_all()
        reasons = [
            {"code": reason.code, "name": reason.name}
            for reason in self.env["order.return.reason"].sudo().search([("active", "=", True)])
        ]
        terms = {}
        for order in self:
            policy = self.env["order.return"]._find_policy(order, policies)
            rules = policy._get_rules()._as_facts()
            terms[order.id] = {
                "days": {
                    line.id: line._get_return_window(rules) if policy else None
                    for line in order.order_line
                },
                "reasons": reasons,
                "address": _lines_of(order.warehouse_id.partner_id or order.company_id.partner_id),
                "url": f"{order.get_base_url()}/my/orders/{order.id}",
            }
        return terms

    def _get_orders_with_open_return(self):
        """Ids of those orders that have an approved or received return not yet settled."""
        domain = Domain("order_id", "in", self.ids)
        domain &= Domain("state", "in", ("approved", "received"))
        groups = self.env["order.return"].sudo()._read_group(domain, ["order_id"])
        return {order.id for (order,) in groups}

    def action_view_returns(self):
        """Open the returns of this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.order_return_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {"default_order_id": self.id}
        if self.return_count == 1:
            action.update(res_id=self.return_ids.id, views=[(False, "form")])
        return action

    def action_create_return(self):
        """Open a draft return of this order with everything that may still come back."""
        self.ensure_one()
        draft = self.env["order.return"]._create_draft(self)
        action = self.action_view_returns()
        action.update(res_id=draft.id, views=[(False, "form")])
        return action


def _lines_of(partner):
    lines = (partner.name or "", *partner._display_address(without_company=True).splitlines())
    return [line.strip() for line in lines if line.strip()]
