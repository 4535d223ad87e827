from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...tools import gs1_scan


class OrderReturnReceive(models.TransientModel):
    """The dialog in which arrived goods are scanned, counted and inspected."""

    _name = "order.return.receive"
    _description = "Receive returns"

    return_id = fields.Many2one("order.return")
    return_ids = fields.Many2many(
        "order.return", string="Returns", compute="_compute_return_ids", store=True, readonly=False
    )
    code = fields.Char(
        "Scan", store=False,
        help="A return, order, delivery, parcel, tracking number or serial number opens what is "
        "awaited; a product or serial number of it is counted.",
    )  # fmt: skip
    message = fields.Char(readonly=True)
    is_counting = fields.Boolean(help="Something was scanned; only what is scanned counts.")
    has_lots = fields.Boolean(compute="_compute_has_lots")
    line_ids = fields.One2many(
        "order.return.receive.line",
        "receive_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("return_id")
    def _compute_return_ids(self):
        for receive in self:
            receive.return_ids = receive.return_id

    @api.depends("return_id")
    def _compute_line_ids(self):
        for receive in self:
            receive.line_ids = [Command.clear(), *receive._prepare_lines(receive.return_id)]

    @api.depends("line_ids.tracking")
    def _compute_has_lots(self):
        for receive in self:
            receive.has_lots = any(line.tracking != "none" for line in receive.line_ids)

    @api.onchange("code")
    def _onchange_code(self):
        """Count what was scanned, or open the returns that await it."""
        code, self.code, self.message = (self.code or "").strip(), False, False
        if code and not self._count(code):
            self._open(code)

    def action_receive(self):
        """Take in what is filled in."""
        self.ensure_one()
        lines = self.line_ids.filtered("quantity")
        if not lines:
            raise UserError(self.env._("Nothing is counted yet."))
        returns = lines.return_line_id.return_id
        for answer in returns.receive([line._prepare_entry() for line in lines]):
            returns._raise_errors(answer)
        return True

    # -- Scanning ---------------------------------------------------------------------------

    def _open(self, code):
        """Show what the returns await that ``code`` names; those of one number together."""
        Return = self.env["order.return"]
        found = Return._find_sent(code)
        returns = (found.returns or Return._find_open_returns(found.sent))._get_together()
        returns = returns.filtered(lambda one: one.state in ("approved", "received"))
        new = returns - self.return_ids._origin
        if not new:
            self.message = self.env._("Nothing is awaited for “%(code)s”.", code=code)
            return
        self.return_ids |= new
        self.line_ids = self._prepare_lines(new)
        self._count(code)

    def _count(self, code):
        """Count one more of the awaited goods that ``code`` names.

        :return bool: whether it names any
        """
        content = gs1_scan.read(code, fields.Date.context_today(self), certain=False)
        lot = content and (content.serial or content.lot) or code
        named = self.line_ids.filtered(lambda line: line.lot == lot)
        named = named or self.line_ids.filtered(lambda line: line._may_bring(lot))
        goods = named or self.line_ids.filtered(
            lambda line: line._is_product(code, content.gtin if content else "")
        )
        if not goods:
            return False
        if not self.is_counting:
            self.is_counting = True
            self.line_ids.quantity = 0.0
        open_ones = goods.filtered(lambda line: line.quantity < line.expected)
        line = open_ones.filtered(lambda line: line.lot == lot)[:1] or open_ones[:1]
        name = goods[0].product_id.display_name
        if not line:
            self.message = self.env._("%(product)s: no more are awaited.", product=name)
        elif goods[0].product_id.tracking != "none" and not named and not line.lot:
            self.message = self.env._("%(product)s: scan the lot or serial number.", product=name)
        else:
            line.quantity += 1.0
            line.lot = line.lot or (lot if named else False)
            self.message = self.env._(
                "%(product)s: %(count)s of %(expected)s",
                product=name,
                count=f"{sum(goods.mapped('quantity')):g}",
                expected=f"{sum(goods.mapped('expected')):g}",
            )
        return True

    def _prepare_lines(self, returns):
        """A line for what each return line awaits, one per unit with a serial number."""
        commands = []
        for line in returns.line_ids:
            awaited = line.sudo()._get_outstanding()
            is_serial = line.product_id.tracking == "serial"
            parts = [1.0] * int(awaited) if is_serial else [awaited] * bool(awaited)
            commands += [
                Command.create(
                    {
                        "return_line_id": line.id,
                        "expected": part,
                        "quantity": 0.0 if self.is_counting else part,
                        "lot": line.sudo().lot_id.name,
                    }
                )
                for part in parts
            ]
        return commands
