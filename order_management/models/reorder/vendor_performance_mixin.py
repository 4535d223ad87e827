from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..common.zones import get_places

LOOKED_AT = timedelta(days=365)
READERS = (
    "order_management.group_manager,order_management.group_auditor,purchase.group_purchase_user"
)


class VendorPerformanceMixin(models.AbstractModel):
    """How long a vendor takes, and how reliably, by the receipts of the last 12 months.

    Core's own rate compares with the day that was agreed last, so that a vendor who moves every
    date looks punctual; here it is the day that was promised first.
    """

    _name = "vendor.performance.mixin"
    _description = "Vendor with observed lead time"

    vendor_lead_days = fields.Float(
        "Observed lead time",
        compute="_compute_vendor_performance",
        groups=READERS,
        digits=(16, 1),
        help="Days from order to receipt, half of all took longer; last 12 months.",
    )
    vendor_lead_deviation = fields.Float(
        "Its deviation",
        compute="_compute_vendor_performance",
        groups=READERS,
        digits=(16, 1),
        help="Standard deviation of the days from order to receipt.",
    )
    vendor_on_time = fields.Float(
        "Received on time",
        compute="_compute_vendor_performance",
        groups=READERS,
        digits=(16, 4),
        help="The share of receipts that came not later than was promised first.",
    )
    vendor_receipts = fields.Integer(
        "Receipts counted",
        compute="_compute_vendor_performance",
        groups=READERS,
        help="Of the last 12 months, one a product.",
    )

    @api.depends_context("company")
    def _compute_vendor_performance(self):
        found = self._read_performance(self.env.company)
        for vendor in self:
            lead, deviation, on_time, receipts = found.get(
                vendor.commercial_partner_id.id, (0.0, 0.0, 0.0, 0)
            )
            vendor.vendor_lead_days = lead
            vendor.vendor_lead_deviation = deviation
            vendor.vendor_on_time = on_time
            vendor.vendor_receipts = receipts

    def _read_performance(self, company):
        """What receipts tell of these vendors, in one statement.

        Days are days where the goods came; returns to a vendor and goods sent on to a customer
        are not counted.

        :param company: whose receipts
        :return dict: commercial partner id → ``(median days, deviation, share on time, receipts)``
        """
        vendors = self.commercial_partner_id
        places = (
            self.env["stock.warehouse"]
            .sudo()
            .with_context(active_test=False)
            .search([("company_id", "=", company.id)])
        )
        if not vendors.ids or not places:
            return {}
        self.env["stock.move"].flush_model()
        self.env["purchase.order.line"].flush_model(["first_date_planned", "order_id"])
        self.env["purchase.order"].flush_model(["date_approve", "partner_id"])
        self.env.cr.execute(
            SQL(
                """
                WITH place (warehouse_id, zone) AS (VALUES %(places)s),
                receipt AS (
                    SELECT vendor.commercial_partner_id AS vendor_id,
                           %(received)s - %(ordered)s AS days,
                           %(received)s <= %(promised)s AS is_on_time
                      FROM stock_move AS move
                      JOIN stock_picking_type AS type ON type.id = move.picking_type_id
                      JOIN place ON place.warehouse_id = type.warehouse_id
                      JOIN stock_location AS source ON source.id = move.location_id
                      JOIN purchase_order_line AS line ON line.id = move.purchase_line_id
                      JOIN purchase_order AS purchase ON purchase.id = line.order_id
                      JOIN res_partner AS vendor ON vendor.id = purchase.partner_id
                     WHERE move.state = 'done' AND move.date >= %(since)s
                       AND type.code = 'incoming' AND source.usage IN ('supplier', 'transit')
                       AND purchase.date_approve IS NOT NULL
                       AND vendor.commercial_partner_id = ANY(%(vendors)s)
                )
                SELECT vendor_id, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY days),
                       COALESCE(STDDEV_SAMP(days), 0)::float,
                       COALESCE(AVG(is_on_time::int), 0)::float, COUNT(*)
                  FROM receipt
                 GROUP BY vendor_id
                """,
                places=get_places(places),
                received=_local("move.date"),
                ordered=_local("purchase.date_approve"),
                promised=_local("COALESCE(line.first_date_planned, move.date_deadline)"),
                since=fields.Datetime.now() - LOOKED_AT,
                vendors=vendors.ids,
            )
        )
        return {vendor: tuple(rest) for vendor, *rest in self.env.cr.fetchall()}


def _local(moment):
    """The day of a moment where the goods are."""
    return SQL(f"(({moment}) AT TIME ZONE 'UTC' AT TIME ZONE place.zone)::date")
