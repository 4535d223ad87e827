from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.common.access import as_service, check_visible
from ..models.fulfillment.wave_planner import WaveLimits, WavePlanner

LIMITS = ("max_orders", "max_lines", "max_weight", "max_totes")


class OrderWavePlan(models.TransientModel):
    """Shows what waves would save, and makes them."""

    _name = "order.wave.plan"
    _description = "Plan waves"

    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, default=lambda self: self._get_default_warehouse()
    )
    max_orders = fields.Integer("Transfers of a wave", help="0: as the operation type says.")
    max_lines = fields.Integer("Lines of a wave", help="0: as the operation type says.")
    max_weight = fields.Float("Weight of a wave", help="0: as the operation type says.")
    max_totes = fields.Integer("Places on the cart", help="One a transfer; 0: no limit.")
    cutoff_at = fields.Datetime("Leaving until", help="Empty: whatever is ready.")
    carrier_ids = fields.Many2many("delivery.carrier", string="Delivery methods")
    lines = fields.Selection(
        [("single", "Of one line"), ("multi", "Of several lines")], "Transfers"
    )
    by_carrier = fields.Boolean("Keep delivery methods apart")

    transfers = fields.Integer("Ready", compute="_compute_preview")
    waves = fields.Integer(compute="_compute_preview")
    metres = fields.Float("Metres to walk", digits=(16, 0), compute="_compute_preview")
    first_come = fields.Float("As they came", digits=(16, 0), compute="_compute_preview")
    saving = fields.Float(compute="_compute_preview")

    @api.model
    def _get_default_warehouse(self):
        return self.env.user._get_default_warehouse_id()

    def _compute_display_name(self):
        for plan in self:
            plan.display_name = self.env._("Plan waves")

    @api.depends("warehouse_id", *LIMITS, "cutoff_at", "carrier_ids", "lines", "by_carrier")
    def _compute_preview(self):
        for wizard in self:
            wizard.update(wizard._get_preview())

    def _get_preview(self):
        """What the plan would be; changes nothing."""
        nothing = dict.fromkeys(("transfers", "waves", "metres", "first_come", "saving"), 0)
        if not self.warehouse_id:
            return nothing
        check_visible(self.warehouse_id)
        batches = as_service(self.env["stock.picking.batch"])
        domain = batches._get_wave_domain(
            self.cutoff_at, self.carrier_ids.ids, False, self.lines
        ) & batches._get_free_domain(as_service(self.warehouse_id))
        pickings = batches.env["stock.picking"].search(domain)
        if not pickings:
            return nothing
        limits = WaveLimits(
            max(self.max_orders, 0), max(self.max_lines, 0), max(self.max_weight, 0.0), 0.0,
            max(self.max_totes, 0),
        )  # fmt: skip
        plan = WavePlanner(limits, self.by_carrier).plan(pickings)
        saving = 1.0 - plan.length / plan.first_come if plan.first_come else 0.0
        return {
            "transfers": len(pickings),
            "waves": len(plan.waves),
            "metres": plan.length,
            "first_come": plan.first_come,
            "saving": saving,
        }

    def action_plan(self):
        """Make the waves and open them."""
        self.ensure_one()
        answers = self.env["stock.picking.batch"].plan_waves(
            self.warehouse_id.id,
            **{name: self[name] or None for name in LIMITS},
            cutoff_at=self.cutoff_at and fields.Datetime.to_string(self.cutoff_at),
            carrier_ids=self.carrier_ids.ids or None,
            lines=self.lines or None,
            by_carrier=self.by_carrier,
        )
        if not answers:
            raise UserError(self.env._("No transfer is ready for a wave."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.stock_picking_batch_action_waves"
        )
        batches = [answer["batch_id"] for answer in answers]
        return {**action, "domain": [("id", "in", batches)], "context": {}}
