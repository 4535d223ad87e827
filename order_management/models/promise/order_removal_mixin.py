from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, ormcache

from ..common.optional import has_field

# The strategy that looks at when a lot runs out.
_BY_EXPIRY = "fefo"


class OrderRemovalLocationMixin(models.AbstractModel):
    """Zones that are emptied before others, whatever the removal strategy says."""

    _name = "order.removal.location.mixin"
    _description = "Location with a removal priority"

    removal_priority = fields.Integer(
        help="Goods are taken from 1 first, then 2 and so on, last from where there is none; "
        "within equal ones the removal strategy decides. It holds for all that lies beneath, "
        "unless a location beneath has its own.",
    )

    _removal_priority_positive = models.Constraint(
        "CHECK(removal_priority >= 0)", "A removal priority is never negative."
    )

    @api.model
    @ormcache()
    def _get_removal_priorities(self):
        """Location id → its own priority, of all locations that have one."""
        used = Domain("company_id", "=", False) | Domain(
            "company_id.use_order_management", "=", True
        )
        rows = self.sudo().search_fetch(Domain("removal_priority", ">", 0) & used)
        return {row.id: row.removal_priority for row in rows}

    def _get_removal_zone(self):
        """The location that gives this one its priority: itself or the nearest above it.

        :return: a location, empty where no rule applies
        """
        priorities = self._get_removal_priorities()
        if priorities:
            for part in reversed((self.sudo().parent_path or "").split("/")):
                if part and int(part) in priorities:
                    return self.browse(int(part))
        return self.browse()


class OrderRemovalQuantMixin(models.AbstractModel):
    """Stock that is taken zone by zone."""

    _name = "order.removal.quant.mixin"
    _description = "Stock taken zone by zone"

    def _sort_by_zone(self):
        """Zones in their order, and what the removal strategy chose within each."""
        locations = self.env["stock.location"]
        priorities = locations._get_removal_priorities()
        if not priorities:
            return self
        ranks = {}
        for location in self.location_id:
            zone = location._get_removal_zone()
            ranks[location] = (not zone, priorities.get(zone.id, 0))
        return self.sorted(lambda quant: ranks[quant.location_id])


class OrderRemovalMoveMixin(models.AbstractModel):
    """Moves that note why they take what they take."""

    _name = "order.removal.move.mixin"
    _description = "Move with a reason for its stock"

    def _get_removal_values(self, quant):
        """What a transfer line keeps of why this stock was chosen for it."""
        if not self.company_id.use_order_management:
            return {}
        method = quant._get_removal_strategy(self.product_id, self.location_id)
        return {
            "removal_method": method,
            "removal_zone_id": quant.location_id._get_removal_zone().id,
        }


class OrderRemovalLineMixin(models.AbstractModel):
    """Transfer lines that tell why they take from this place, and this lot."""

    _name = "order.removal.line.mixin"
    _description = "Transfer line with a reason for its stock"

    removal_method = fields.Char("Removal strategy used", readonly=True, copy=False)
    removal_zone_id = fields.Many2one(
        "stock.location",
        "Removal zone",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The location whose removal priority put this stock before other.",
    )
    removal_reason = fields.Char(
        "Why here", compute="_compute_removal_reason", help="Why this stock was reserved."
    )

    @api.depends("removal_method", "removal_zone_id", "lot_id")
    def _compute_removal_reason(self):
        strategies = self.env["product.removal"].sudo().search_fetch([])
        names = {strategy.method: strategy.name for strategy in strategies}
        for line in self:
            parts = []
            zone = line.removal_zone_id
            if zone:
                parts.append(
                    self.env._(
                        "%(zone)s goes first (priority %(priority)s)",
                        zone=zone.name,
                        priority=zone.removal_priority,
                    )
                )
            if line.removal_method:
                parts.append(line._tell_strategy(names))
            line.removal_reason = ", ".join(parts)

    def _tell_strategy(self, names):
        """The strategy by its name, with the day it looked at."""
        name = names.get(self.removal_method, self.removal_method)
        day = False
        if self.removal_method == _BY_EXPIRY and has_field(self.env, "stock.lot", "removal_date"):
            day = self.lot_id.removal_date or self.lot_id.expiration_date
        if not day:
            return name
        return self.env._("%(strategy)s: %(day)s", strategy=name, day=format_date(self.env, day))
