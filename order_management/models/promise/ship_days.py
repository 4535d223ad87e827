"""On which days a warehouse ships: its working days, handling time and cut-off."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..common.zones import day_of

LOOK_AHEAD = timedelta(days=60)
MAX_DAYS = 3650


class ShipDays:
    """The shipping days of one warehouse.

    Without working hours of its own every day counts. Days are dates where the goods leave.
    """

    def __init__(self, warehouse):
        rules = warehouse._get_shipping_rules()
        self.warehouse = warehouse
        self.handling_days, self.cutoff_hour = rules.handling_days, rules.cutoff_hour
        self.calendar = warehouse.env["resource.calendar"].browse(rules.calendar_id or [])
        self.zone = ZoneInfo(rules.zone)
        self.known_until = None
        self.open_days = set()

    def day_zero(self, moment):
        """The first day work on an order of that moment counts from; the next after the cut-off.

        :param moment: naive UTC datetime, or a date, which has no cut-off
        """
        if not isinstance(moment, datetime):
            return moment
        day, cutoff = day_of(moment, self.zone), self.cutoff_hour
        local = moment.replace(tzinfo=UTC).astimezone(self.zone)
        is_late = cutoff and local.hour + local.minute / 60 + local.second / 3600 > cutoff
        return day + timedelta(days=1) if is_late else day

    def ship_day(self, day):
        """When goods that are there on ``day`` can leave: after the days of handling."""
        left = self.handling_days
        day = self.next_open(day)
        while left > 0:
            day, left = self.next_open(day + timedelta(days=1)), left - 1
        return day

    def last_ship_day(self, day):
        """The last day to ship so that goods leave not after ``day``."""
        for _step in range(MAX_DAYS):
            if self.is_open(day):
                return day
            day -= timedelta(days=1)
        return day

    def next_open(self, day):
        """``day``, or the first working day after it."""
        for _step in range(MAX_DAYS):
            if self.is_open(day):
                return day
            day += timedelta(days=1)
        return day

    def is_open(self, day):
        """Whether the warehouse works on ``day``."""
        if not self.calendar:
            return True
        if self.known_until is None or not self.known_from <= day < self.known_until:
            self._learn(day)
        return day in self.open_days

    def _learn(self, day):
        """Read the working hours of some weeks around ``day``, leaves taken off."""
        self.known_from, self.known_until = day - timedelta(days=14), day + LOOK_AHEAD
        start = datetime.combine(self.known_from, time(), self.zone)
        end = datetime.combine(self.known_until, time(), self.zone)
        intervals = self.calendar._work_intervals_batch(start, end)[False]
        self.open_days = {begin.astimezone(self.zone).date() for begin, _end, _meta in intervals}
