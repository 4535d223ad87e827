from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.misc import formatLang

from ..common.access import as_service
from .order_return_line import RESOLUTIONS
from .order_return_reward import tell_reward
from .return_book import ReturnBook


class OrderReturnDesk(models.TransientModel):
    """The dialog of the desk: scan or type anything, choose, see the refund, request."""

    _name = "order.return.desk"
    _inherit = ["order.return.counter.mixin"]
    _description = "New return"

    code = fields.Char(
        "Scan or search", store=False,
        help="Order, channel reference, delivery, parcel, tracking number, serial number, or the "
        "customer's name, e-mail, phone or number.",
    )  # fmt: skip
    message = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer")
    address_id = fields.Many2one(
        "res.partner", "Sent from", domain="[('commercial_partner_id', '=', partner_id)]"
    )
    requested_on = fields.Date("Requested on", default=fields.Date.context_today, required=True)
    reason_id = fields.Many2one("order.return.reason", help="For all lines without one.")
    resolution = fields.Selection(
        [choice for choice in RESOLUTIONS if choice[0] in ("refund", "credit")],
        required=True,
        default="refund",
    )
    note = fields.Text()
    line_ids = fields.One2many("order.return.desk.line", "desk_id", "What may come back")
    goods_ids = fields.One2many("order.return.desk.goods", "desk_id", "Goods not sold by us")
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id, readonly=True
    )
    has_lots = fields.Boolean(compute="_compute_has_lots")
    has_extras = fields.Boolean(compute="_compute_has_extras")
    refund_text = fields.Char("Refund", compute="_compute_refund_text")
    reward_text = fields.Text("Points and cards", readonly=True)
    open_return_ids = fields.Many2many(
        "order.return", string="Open returns", readonly=True, help="They await something already."
    )

    @api.depends("line_ids.lot_id")
    def _compute_has_lots(self):
        for desk in self:
            desk.has_lots = bool(desk.line_ids.lot_id)

    @api.depends("line_ids.extra")
    def _compute_has_extras(self):
        for desk in self:
            desk.has_extras = any(desk.line_ids.mapped("extra"))

    @api.depends("line_ids.refund", "line_ids.extra", "line_ids.decision", "goods_ids.refund")
    def _compute_refund_text(self):
        for desk in self:
            totals = {}
            amounts = [(line.currency_id, line.refund + line.extra) for line in desk.line_ids]
            amounts += [(line.currency_id, line.refund) for line in desk.goods_ids]
            for currency, amount in amounts:
                totals[currency] = totals.get(currency, 0.0) + amount
            desk.refund_text = ", ".join(
                formatLang(self.env, amount, currency_obj=currency)
                for currency, amount in totals.items()
            )

    @api.onchange("code")
    def _onchange_code(self):
        """Add what the code names."""
        code, self.code = (self.code or "").strip(), False
        if not code:
            return
        Return = self.env["order.return"]
        found = Return._find_sent(code)
        self.message = self._explain(code, found)
        self.open_return_ids = [
            Command.set((found.returns or Return._find_open_returns(found.sent)).ids)
        ]
        if self.message:
            return
        self.partner_id = found.sent[0][0].order_id.partner_id.commercial_partner_id
        self._add(found)
        self._quote()

    @api.onchange("line_ids", "requested_on", "reason_id", "resolution")
    def _onchange_lines(self):
        self._quote()

    def action_request(self):
        """Ask for what is chosen; returns of several orders get one number."""
        self.ensure_one()
        returns, _pairs = self._request()
        return self._show(returns)

    def _request(self):
        """Ask for what is chosen.

        :return tuple: the returns, and pairs of a line of this dialog and its return line
        """
        Return = self.env["order.return"]
        Return._ensure_role("order.return.request")
        requests = self._prepare_requests()
        if not requests:
            raise UserError(self.env._("Say how much of what comes back."))
        answers = Return.request(requests, together=len(requests) > 1)
        for answer in answers:
            Return._raise_errors(answer)
        returns = Return.browse([answer["return_id"] for answer in answers])
        wanted = [line for lines in self._get_wanted().values() for line in lines]
        asked = returns.filtered("order_id").line_ids
        return returns, list(zip(wanted, asked, strict=True))

    def _show(self, returns):
        return returns._get_records_action(name=self.env._("Returns"))

    # -- Finding ----------------------------------------------------------------------------

    def _explain(self, code, found):
        """Why nothing is added, or nothing."""
        if found.returns:
            names = ", ".join(found.returns.mapped("display_name"))
            return self.env._("%(names)s exists already; see below.", names=names)
        if not found.sent:
            return self.env._("Nothing that was delivered is known by “%(code)s”.", code=code)
        partners = (
            found.sent[0][0]
            .browse([line.id for line, _quantity, _lot in found.sent])
            .order_id.partner_id.commercial_partner_id
        )
        if len(partners | self.partner_id) > 1:
            return self.env._("“%(code)s” belongs to another customer.", code=code)
        return False

    def _add(self, found):
        """Add lines for what was sent and may still come back, once each."""
        lines = found.sent[0][0].union(*(line for line, _quantity, _lot in found.sent))
        book = ReturnBook(lines)
        known = {(line.sale_line_id.id, line.lot_id.id) for line in self.line_ids}
        commands = []
        for line, quantity, lot in found.sent:
            left = book.get_returnable(line)
            left = left if quantity is None else min(left, quantity)
            key = (line.id, lot.id if lot else False)
            if key in known or line.product_uom_id.compare(left, 0.0) <= 0:
                continue
            known.add(key)
            commands.append(
                Command.create(
                    {
                        "sale_line_id": line.id,
                        "lot_id": key[1],
                        "returnable": left,
                        "delivered_on": book.get_delivery(line, left)[0],
                        "quantity": left if quantity is not None else 0.0,
                    }
                )
            )
        if not commands:
            self.message = self.env._("Nothing of this is left to return.")
        self.line_ids = commands

    # -- Quoting ----------------------------------------------------------------------------

    def _quote(self):
        """Tell on each line what would become of it; nothing is written."""
        Return = as_service(self.env["order.return"])
        chosen = self._get_chosen()
        for line in self.line_ids - chosen:
            line.update(
                {
                    "decision": False,
                    "decision_reason": False,
                    "refund": 0.0,
                    "fee": 0.0,
                    "extra": 0.0,
                }
            )
        told = []
        for order, lines in chosen.grouped(lambda line: line.sale_line_id.order_id._origin).items():
            asked = [line._prepare_asked() for line in lines]
            judged = Return._judge(order.sudo(), asked, self.requested_on)
            quote = Return._prepare_quote(order.sudo(), judged)
            for line, values in zip(lines, quote["lines"], strict=True):
                line.update(
                    {
                        "decision": values["decision"],
                        "decision_reason": values["reason"],
                        "refund": values["refund"],
                        "fee": values["fee"],
                        "extra": 0.0,
                    }
                )
            goods = sum(values["refund"] for values in quote["lines"])
            lines[:1].extra = quote["refund_total"] - goods
            told += [
                tell_reward(self.env, one, order.return_currency_id) for one in quote["rewards"]
            ]
        self.reward_text = "\n".join(filter(None, told))

    def _get_chosen(self):
        return self.line_ids.filtered(lambda line: line.quantity > 0 and line._get_reason())

    def _get_wanted(self):
        """The lines that come back, by their order."""
        wanted = self.line_ids.filtered(lambda line: line.quantity > 0)
        return wanted.grouped(lambda line: line.sale_line_id.order_id)

    def _prepare_requests(self):
        """One request per order, as :meth:`order.return.request` takes them."""
        wanted = self._get_wanted()
        goods = self.goods_ids.filtered(lambda line: line.quantity > 0)
        for line in [*self.line_ids.union(*wanted.values()), *goods]:
            if not (line.reason_id or self.reason_id):
                name = line.product_id.display_name
                raise UserError(self.env._("Why does %(product)s come back?", product=name))
        shared = {
            "address_id": self.address_id.id,
            "requested_on": fields.Date.to_string(self.requested_on),
            "note": self.note or False,
        }
        requests = [
            {
                **shared,
                "order_id": order.id,
                "lines": [line._prepare_request_line() for line in lines],
            }
            for order, lines in wanted.items()
        ]
        if goods:
            lines = [line._prepare_request_line() for line in goods]
            requests.append({**shared, "partner_id": self.partner_id.id, "lines": lines})
        return requests
