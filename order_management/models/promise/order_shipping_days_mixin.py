from typing import NamedTuple

from odoo import fields, models
from odoo.tools import ormcache

from ..common.zones import zone_of


class ShippingRules(NamedTuple):
    """When a warehouse ships; kept between calls, since every promise needs it."""

    handling_days: int
    cutoff_hour: float
    calendar_id: int
    zone: str
    view_location_id: int


class OrderShippingDaysMixin(models.AbstractModel):
    """When a warehouse ships what it is told to."""

    _name = "order.shipping.days.mixin"
    _description = "Warehouse with shipping days"

    handling_days = fields.Integer(
        "Handling time", help="Working days from an order, or its goods, to their leaving."
    )
    cutoff_hour = fields.Float(
        "Cut-off", help="Orders after this time of day count from the next day; 0: none."
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working hours",
        check_company=True,
        help="Days on which goods leave; without it, every day.",
    )

    _handling_days_positive = models.Constraint(
        "CHECK(handling_days >= 0)", "A handling time is never negative."
    )
    _cutoff_hour_of_day = models.Constraint(
        "CHECK(cutoff_hour >= 0 AND cutoff_hour < 24)", "The cut-off is an hour of the day."
    )

    @ormcache("self.id")
    def _get_shipping_rules(self):
        """The rules of one warehouse, as plain values."""
        warehouse = self.sudo()
        return ShippingRules(
            warehouse.handling_days,
            warehouse.cutoff_hour,
            warehouse.resource_calendar_id.id,
            str(zone_of(warehouse, warehouse.company_id)),
            warehouse.view_location_id.id,
        )

    def _is_place_of(self, partners):
        """Service for the joint: whether one of these is the address of a warehouse or company."""
        places = [
            "|",
            ("partner_id", "in", partners.ids),
            ("company_id.partner_id", "in", partners.ids),
        ]
        return bool(self.search_count(places, limit=1))
