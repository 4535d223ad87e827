from odoo import api, fields, models
from odoo.exceptions import UserError

MAX_TOTES = 500
MAX_NUMBER = 10**9


class OrderTotePrint(models.TransientModel):
    """Numbers totes: makes those that are missing, and goes on to print their labels."""

    _name = "order.tote.print"
    _description = "Number totes"

    prefix = fields.Char("Begins with", required=True, default="TOTE-")
    digits = fields.Integer(required=True, default=4)
    first = fields.Integer("First number", required=True, default=1)
    count = fields.Integer("How many", required=True, default=10)
    package_type_id = fields.Many2one(
        "stock.package.type", "Kind", domain="[('package_use', '=', 'reusable')]"
    )
    names = fields.Char("Totes", compute="_compute_names")

    @api.depends("prefix", "digits", "first", "count")
    def _compute_names(self):
        for wizard in self:
            names = wizard._get_names() if wizard._is_sensible() else [""]
            wizard.names = names[0] if len(names) == 1 else f"{names[0]} – {names[-1]}"

    def action_print(self):
        """Button: make the totes that are missing, and choose how to print their labels."""
        self.ensure_one()
        self.env["order.label.print"].check_access("create")
        if not self._is_sensible():
            raise UserError(
                self.env._("Number 1 to %(most)s totes, with 1 to 9 digits.", most=MAX_TOTES)
            )
        totes = self._make_totes()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.order_label_print_action_tote"
        )
        return {**action, "context": {"active_model": totes._name, "active_ids": totes.ids}}

    def _make_totes(self):
        names = self._get_names()
        totes = self.env["stock.package"].search([("name", "in", names)])
        known = set(totes.mapped("name"))
        made = totes.create(
            [
                {"name": name, "package_type_id": self.package_type_id.id}
                for name in names
                if name not in known
            ]
        )
        return (totes | made).sorted("name")

    def _get_names(self):
        numbers = range(self.first, self.first + self.count)
        return [f"{self.prefix.strip()}{number:0{self.digits}d}" for number in numbers]

    def _is_sensible(self):
        numbered = 0 <= self.first < MAX_NUMBER and 1 <= self.count <= MAX_TOTES
        return bool(self.prefix and self.prefix.strip()) and numbered and 1 <= self.digits <= 9
