from odoo import api, fields, models
from odoo.tools import SQL

from ..common.zones import get_places

# The carrier has the parcel and has not brought it.
UNDER_WAY = ("in_transit", "out_for_delivery", "attempt_failed", "exception")


class OrderTransitMixin(models.AbstractModel):
    """How long a delivery method really takes."""

    _name = "order.transit.mixin"
    _description = "Delivery method with a record of its transit times"

    @api.model
    def _get_transit_delays(self, since):
        """Service for the joint: calendar days that shipments took beyond the transit time.

        Days are those where the goods left. What the carrier has and should have brought counts
        with the days it is late so far; what nobody tracks counts not at all.

        :param datetime since: shipments that left since then
        :return list: ``(company id, delivery method id, days, count)``
        """
        warehouses = (
            self.env["stock.warehouse"]
            .sudo()
            .with_context(active_test=False)
            .search([("company_id.use_order_management", "=", True)])
        )
        self.env["order.shipment"].flush_model()
        self.env["delivery.carrier"].flush_model(["transit_days"])
        self.env.cr.execute(
            SQL(
                """
                WITH place (warehouse_id, zone) AS (VALUES %(places)s),
                brought AS (
                    SELECT shipment.company_id, shipment.carrier_id, shipment.delivered_at,
                           (COALESCE(shipment.delivered_at, %(now)s)
                            AT TIME ZONE 'UTC' AT TIME ZONE place.zone)::date
                           - (shipment.shipped_at
                              AT TIME ZONE 'UTC' AT TIME ZONE place.zone)::date
                           - carrier.transit_days AS days
                      FROM order_shipment AS shipment
                      JOIN delivery_carrier AS carrier ON carrier.id = shipment.carrier_id
                      JOIN stock_picking AS picking ON picking.id = shipment.picking_id
                      JOIN stock_picking_type AS type ON type.id = picking.picking_type_id
                      JOIN place ON place.warehouse_id = type.warehouse_id
                     WHERE shipment.is_void IS NOT TRUE AND shipment.shipped_at >= %(since)s
                       AND (shipment.delivered_at IS NOT NULL OR shipment.status IN %(under_way)s)
                )
                SELECT company_id, carrier_id, days, COUNT(*)
                  FROM brought
                 WHERE days IS NOT NULL AND (delivered_at IS NOT NULL OR days > 0)
                 GROUP BY company_id, carrier_id, days
                """,
                places=get_places(warehouses),
                now=fields.Datetime.now(),
                since=since,
                under_way=UNDER_WAY,
            )
        )
        return self.env.cr.fetchall()
