from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ..common.access import as_service, check_visible, public
from ..common.results import Arguments, row
from .wave_planner import WaveLimits, WavePlanner, tell_outcome

KINDS_OF_LINES = ("single", "multi")
# Transfers that wait with a single line.
_SINGLES = SQL(
    """(
    SELECT picking_id FROM stock_move_line
     WHERE state IN ('assigned', 'partially_available') AND picking_id IS NOT NULL
     GROUP BY picking_id HAVING COUNT(*) = 1
    )"""
)


class OrderWaveMixin(models.AbstractModel):
    """Batches of transfers that lie together: planned so that people walk little."""

    _name = "order.wave.mixin"
    _description = "Batch planned as a wave"

    wave_rule_id = fields.Many2one(
        "order.wave.rule", "Planned by", readonly=True, copy=False, index="btree_not_null",
        ondelete="set null",
    )  # fmt: skip
    order_count = fields.Integer("Number of transfers", compute="_compute_work_counts")
    line_count = fields.Integer("Number of lines", compute="_compute_work_counts")
    tour_gap = fields.Float(
        "Above the shortest", compute="_compute_tour_gap",
        help="By what share the tour is at most longer than the shortest one.",
    )  # fmt: skip

    @api.depends("picking_ids", "move_line_ids")
    def _compute_work_counts(self):
        pickings = self.env["stock.picking"]._read_group(
            [("batch_id", "in", self.ids)], ["batch_id"], ["__count"]
        )
        lines = self.env["stock.move.line"]._read_group(
            [("picking_id.batch_id", "in", self.ids), ("quantity", ">", 0)],
            ["picking_id"],
            ["__count"],
        )
        counts = {batch.id: count for batch, count in pickings}
        line_counts = {}
        for picking, count in lines:
            batch = picking.batch_id.id
            line_counts[batch] = line_counts.get(batch, 0) + count
        for batch in self:
            batch.order_count = counts.get(batch.id, 0)
            batch.line_count = line_counts.get(batch.id, 0)

    @api.depends("tour_length", "tour_bound")
    def _compute_tour_gap(self):
        for batch in self:
            bound = batch.tour_bound
            batch.tour_gap = batch.tour_length / bound - 1.0 if bound else 0.0

    @api.model
    @public
    def plan_waves(
        self,
        warehouse_id,
        max_orders=None,
        max_lines=None,
        cutoff_at=None,
        max_weight=None,
        max_volume=None,
        max_totes=None,
        carrier_ids=None,
        location_id=None,
        lines=None,
        by_carrier=False,
    ):
        """Put transfers that lie together into batches, so that people walk little.

        Taken are transfers of the warehouse's first step to customers whose goods are reserved,
        which are in no batch and nobody's claimed work. A transfer that exceeds what a wave
        carries gets a batch of its own. Without any limit, here or on the operation type, a wave
        has at most 20 transfers.

        :param int warehouse_id: where is planned
        :param int max_orders: transfers of a wave
        :param int max_lines: lines of a wave
        :param str cutoff_at: UTC; only what must leave until then
        :param float max_weight: of a wave, in the unit of weight of the database
        :param float max_volume: of a wave, in the unit of volume of the database
        :param int max_totes: boxes on the cart, one a transfer
        :param list carrier_ids: only these delivery methods
        :param int location_id: only what lies in this zone as a whole
        :param str lines: ``single`` (transfers of one line) or ``multi``
        :param bool by_carrier: delivery methods never share a wave
        :return: one item per batch, in the order in which to pick them: ``batch_id``,
            ``picking_ids``, ``tour_length`` and ``tour_bound`` (metres), ``orders``, ``lines``
        """
        arguments = Arguments(self.env)
        warehouse_id = arguments.value(warehouse_id, "integer", "warehouse_id", required=True)
        warehouse = self.env["stock.warehouse"].browse(warehouse_id)
        check_visible(warehouse)
        limits = self._read_limits(
            arguments, max_orders, max_lines, max_weight, max_volume, max_totes
        )
        carriers = arguments.value(carrier_ids, "list", "carrier_ids") or []
        domain = self._get_wave_domain(
            arguments.moment(cutoff_at, "cutoff_at"),
            [arguments.value(one, "integer", "carrier_ids", required=True) for one in carriers],
            arguments.value(location_id, "integer", "location_id"),
            arguments.choice(lines, KINDS_OF_LINES, "lines"),
        )
        planner = WavePlanner(limits, arguments.value(by_carrier, "boolean", "by_carrier"))
        service = as_service(self)
        batches = service._plan_waves(as_service(warehouse), domain, planner)
        return [batch._prepare_wave_row() for batch in batches]

    def _read_limits(self, arguments, orders, lines, weight, volume, totes):
        """:class:`WaveLimits` of what a caller sent."""
        values = {
            "orders": ("max_orders", orders, "integer"),
            "lines": ("max_lines", lines, "integer"),
            "weight": ("max_weight", weight, "number"),
            "volume": ("max_volume", volume, "number"),
            "totes": ("max_totes", totes, "integer"),
        }
        limits = {}
        for name, (path, value, kind) in values.items():
            limits[name] = arguments.value(value, kind, path) or 0
            if limits[name] < 0 or value == 0 and value is not False:
                arguments.refuse(path, self.env._("a number above nothing is required."))
        return WaveLimits(**limits)

    @api.model
    def _get_wave_domain(self, cutoff_at=False, carrier_ids=(), location_id=False, lines=False):
        """Which transfers a plan looks at, beside those that it may take."""
        domain = Domain.TRUE
        if cutoff_at:
            by_deadline = Domain("date_deadline", "<=", cutoff_at)
            by_schedule = Domain("scheduled_date", "<=", cutoff_at)
            domain &= by_deadline | Domain("date_deadline", "=", False) & by_schedule
        if carrier_ids:
            domain &= Domain("carrier_id", "in", carrier_ids)
        if location_id:
            inside = Domain("move_line_ids.location_id", "child_of", location_id)
            outside = Domain("location_id", "not any", [("id", "child_of", location_id)])
            domain &= inside & ~Domain("move_line_ids", "any", outside)
        if lines:
            domain &= Domain("id", "in" if lines == "single" else "not in", _SINGLES)
        return domain

    @api.model
    def _plan_waves(self, warehouse, domain, planner, rule=None):
        """Plan and make the batches of one warehouse; the slip tells what it saves.

        :param domain: which transfers
        :param WavePlanner planner: how
        :param rule: the ``order.wave.rule`` that decides, none when somebody asked for it
        :return: the batches
        """
        self.env["order.lock"].sudo()._acquire("wave", [warehouse.id])
        pickings = self.env["stock.picking"].search(domain & self._get_free_domain(warehouse))
        batches = self.browse()
        if not pickings:
            return batches
        plan = planner.plan(pickings)
        acts = not rule or rule.mode == "on"
        if acts:
            batches = self._create_waves(plan.waves, rule)
        self.env["order.decision"]._record([_prepare_slip(warehouse, rule, plan, planner)])
        return batches

    def _get_free_domain(self, warehouse):
        """Transfers of the first step to customers that are ready and that nobody works on."""
        if warehouse.delivery_steps == "ship_only":
            first_step = Domain("picking_type_id.code", "=", "outgoing") & Domain(
                "picking_type_id.warehouse_id", "=", warehouse.id
            )
        else:
            first_step = Domain("picking_type_id", "=", warehouse.pick_type_id.id)
        free = Domain("batch_id", "=", False) & Domain("claimed_by_id", "=", False)
        return first_step & free & Domain("state", "=", "assigned")

    def _create_waves(self, waves, rule=None):
        batches = self.create(
            [
                {
                    "picking_type_id": pickings.picking_type_id.id,
                    "company_id": pickings.company_id.id,
                    "wave_rule_id": rule.id if rule else False,
                    "description": rule.name if rule else False,
                    "picking_ids": [Command.link(picking) for picking in pickings.ids],
                }
                for pickings in waves
            ]
        )
        for batch in batches:
            batch.action_confirm()
        batches._plan_tours()
        return batches

    def _prepare_wave_row(self):
        return row(
            batch_id=self.id,
            name=self.name,
            picking_ids=self.picking_ids.ids,
            orders=len(self.picking_ids),
            lines=len(self.move_line_ids),
            tour_length=round(self.tour_length, 3),
            tour_bound=round(self.tour_bound, 3),
        )


def _prepare_slip(warehouse, rule, plan, planner):
    """What was planned, and what picking in the order of arrival would have cost.

    Replayed by ``_replay_fulfillment_waves``.
    """
    figures = plan.as_inputs()
    return {
        "model": rule._name if rule else warehouse._name,
        "res_id": rule.id if rule else warehouse.id,
        "decision": "fulfillment.waves",
        "outcome": tell_outcome([plan]),
        "mode": rule.mode if rule else "on",
        "inputs": {**figures, "limits": planner.limits._asdict(), "by_carrier": planner.by_carrier},
        "alternatives": [
            {"choice": "first_come", "length": figures["first_come_length"]},
        ],
        "company_id": warehouse.company_id.id,
    }
