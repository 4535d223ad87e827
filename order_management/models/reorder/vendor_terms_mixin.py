from datetime import datetime, time, timedelta
from typing import NamedTuple

from odoo import api, fields, models

from ...tools.replenishment import find_order_days, get_review_days

AHEAD = timedelta(days=60)


class Rhythm(NamedTuple):
    """When a vendor is ordered from."""

    review_days: int  # so long an order has to last until the next; 0: orders on any day
    order_day: object  # the next one, today if it is one


class VendorTermsMixin(models.AbstractModel):
    """What an order from a vendor costs, has to be worth, and on which days it is placed."""

    _name = "vendor.terms.mixin"
    _description = "Vendor with terms of ordering"

    vendor_order_cost = fields.Float(
        "Cost of an order",
        company_dependent=True,
        digits="Product Price",
        help="What an order from this vendor costs, whatever is on it: handling, freight that is "
        "always charged. Above 0, the vendor's products are ordered in a common cycle.",
    )
    vendor_minimum_value = fields.Float(
        "Least order value",
        company_dependent=True,
        digits="Product Price",
        help="Orders are made so large that they reach it, all products lasting equally long.",
    )
    vendor_freight_cost = fields.Float(
        "Freight of a small order",
        company_dependent=True,
        digits="Product Price",
        help="Charged on orders that are worth less than what is delivered free. Orders are made "
        "larger where that costs less than the freight.",
    )
    vendor_free_freight_from = fields.Float(
        "Delivered free from",
        company_dependent=True,
        digits="Product Price",
        help="The value of an order from which no freight is charged.",
    )
    vendor_order_day_ids = fields.Many2many(
        "order.weekday",
        "order_vendor_weekday_rel",
        "vendor_id",
        "weekday_id",
        string="Orders on",
        help="Days of the week on which orders are placed; none: any day. What is in stock then "
        "lasts until the order after the next can arrive.",
    )
    vendor_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working days",
        company_dependent=True,
        help="No orders are placed on the vendor's days off.",
    )
    vendor_next_order_day = fields.Date("Next order day", compute="_compute_vendor_next_order_day")

    @api.depends("vendor_order_day_ids", "vendor_calendar_id", "group_rfq", "group_on")
    @api.depends_context("company", "tz")
    def _compute_vendor_next_order_day(self):
        rhythms = self._get_rhythms(self.env.company)
        for vendor in self:
            vendor.vendor_next_order_day = rhythms[vendor].order_day

    def _get_rhythms(self, company):
        """When these vendors are ordered from.

        Without order days of its own, a vendor whose requests core groups by the weekday of
        arrival is ordered from once a week.

        :param company: who orders
        :return dict: vendor → :class:`Rhythm`
        """
        today = fields.Date.context_today(self)
        vendors, known, found = self.with_company(company), {}, {}
        for vendor in vendors:
            is_weekly = vendor.group_rfq == "week" and vendor.group_on != "default"
            key = (*vendor._get_weekdays(company), is_weekly)
            if key not in known:
                known[key] = _get_rhythm(today, company, *key)
            found[vendor] = known[key]
        return {vendor: found[own] for vendor, own in zip(self, vendors, strict=True)}

    def _get_order_moment(self, company, moment):
        """When an order is placed that has to be placed by then: on the last order day before.

        :param company: who orders
        :param datetime moment: by when, naive UTC
        :return datetime: the moment itself where orders are placed on any day
        """
        weekdays, calendar = self._get_weekdays(company)
        if not weekdays and not calendar:
            return moment
        today, day = fields.Date.context_today(self), moment.date()
        weekdays, closed = _leave_out_closed(today, company, weekdays, calendar)
        days = find_order_days(today, weekdays, closed, AHEAD.days)
        chosen = max((other for other in days if other <= day), default=days[0] if days else day)
        return moment + (chosen - day)

    def _move_requests(self, company):
        """Move the day by which open requests are to be sent to a day that takes orders.

        What is sent later than it had to be comes later. What a buyer wrote by hand alone stays.
        """
        picky = self.sudo().filtered(lambda vendor: any(vendor._get_weekdays(company)))
        if not picky:
            return
        requests = picky.env["purchase.order"].search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", picky.ids),
                ("state", "=", "draft"),
                ("origin", "!=", False),
            ]
        )
        for request in requests:
            moment = request.partner_id._get_order_moment(company, request.date_order)
            if moment == request.date_order:
                continue
            is_later = moment > request.date_order
            request.date_order = moment
            for line in request.order_line if is_later else ():
                arrival = moment + timedelta(days=line.selected_seller_id.delay)
                if line.date_planned and line.date_planned < arrival:
                    line.date_planned = arrival

    def _get_weekdays(self, company):
        """Order days as numbers, and the calendar that leaves some out."""
        vendor = self.with_company(company)
        return frozenset(vendor.vendor_order_day_ids.mapped("number")), vendor.vendor_calendar_id


def _get_rhythm(today, company, weekdays, calendar, is_weekly):
    if not weekdays and not calendar:
        return Rhythm(7 if is_weekly else 0, today)
    weekdays, closed = _leave_out_closed(today, company, weekdays, calendar)
    days = find_order_days(today, weekdays, closed)
    review = max(get_review_days(today, weekdays, closed), 7 if is_weekly else 0)
    return Rhythm(review, days[0] if days else False)


def _leave_out_closed(today, company, weekdays, calendar):
    """The weekdays on which a vendor works as a rule, and the days on which it does not."""
    if not calendar:
        return weekdays, []
    start = datetime.combine(today, time())
    days_off = calendar.sudo()._get_unusual_days(start, start + AHEAD, company)
    days = {fields.Date.to_date(day): is_off for day, is_off in days_off.items()}
    usual = {day.isoweekday() for day, is_off in days.items() if not is_off}
    weekdays = (weekdays or usual) & usual or weekdays
    return weekdays, [day for day, is_off in days.items() if is_off]
