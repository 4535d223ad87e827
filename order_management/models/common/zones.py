"""Days where the goods leave, and the moments they stand for."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.tools import SQL

NOON = time(12)


def zone_of(warehouse, company):
    """The time zone of a warehouse, else of the company."""
    name = (
        warehouse.partner_id.tz or company.partner_id.tz or company.resource_calendar_id.tz or "UTC"
    )
    return ZoneInfo(name)


def noon_of(day, zone):
    """Noon of ``day`` (a date, or ``YYYY-MM-DD``) in ``zone``, as a naive UTC datetime."""
    noon = datetime.combine(fields.Date.to_date(day), NOON, zone)
    return noon.astimezone(UTC).replace(tzinfo=None)


def day_of(moment, zone):
    """The day that a naive UTC datetime falls on in ``zone``."""
    return moment.replace(tzinfo=UTC).astimezone(zone).date()


def get_places(warehouses):
    """Rows ``(warehouse id, time zone)`` of a VALUES list; one that matches nothing without any."""
    zones = [(place.id, str(zone_of(place, place.company_id))) for place in warehouses.sorted("id")]
    return SQL(", ").join(SQL("(%s, %s)", *zone) for zone in zones or [(0, "UTC")])
