"""What was asked for of a product in a warehouse, period by period."""

from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

SEASONS = {"day": 7, "week": 52, "month": 12}
STEPS = {
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": relativedelta(months=1),
}


class DemandSeries(NamedTuple):
    """Closed periods only, oldest first, from the first one in which the product lived.

    Quantities are in the product's own unit and never negative.
    """

    first_day: date  # of the first period, in the warehouse's zone
    quantities: list  # what is forecast from: net by policy, one-off orders set aside
    raw: list  # what was shipped, before anything was deducted, added or set aside
    available: list  # whether it could be sold in the period
    notes: list  # what was changed: {"date", "kind", "quantity", "reference"}


def start_of(day, period):
    """The first day of the period that a day lies in; weeks begin on Monday."""
    if period == "month":
        return day.replace(day=1)
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day
