from odoo import api, fields, models


class OrderShipmentSourceMixin(models.AbstractModel):
    """A delivery to a customer leaves as shipments: one a parcel, one for loose goods."""

    _name = "order.shipment.source.mixin"
    _description = "Transfer that becomes shipments"

    shipment_ids = fields.One2many("order.shipment", "picking_id", "Shipments", readonly=True)
    shipment_count = fields.Integer(compute="_compute_shipment_count", compute_sudo=True)

    @api.depends("shipment_ids.is_void")
    def _compute_shipment_count(self):
        groups = self.env["order.shipment"]._read_group(
            [("picking_id", "in", self.ids), ("is_void", "=", False)], ["picking_id"], ["__count"]
        )
        counts = {picking.id: count for picking, count in groups}
        for picking in self:
            picking.shipment_count = counts.get(picking.id, 0)

    def action_view_shipments(self):
        """Button: the shipments of these transfers."""
        self.check_access("read")
        return self.env["order.shipment"]._get_view_action([("picking_id", "in", self.ids)])

    def _create_shipments(self, every=False):
        """Note that these done transfers have left; one that did leave stays as it is.

        :param bool every: also of transfers that serve no order or whose company is not switched
            on, because somebody asked for it
        :return: the shipments that are new or were announced before
        """
        leaving = self.sudo().filtered(
            lambda picking: picking.state == "done" and picking._goes_to_customer()
        )
        if not every:
            leaving = leaving.filtered(
                lambda picking: (
                    picking.company_id.use_order_management and picking.move_ids.sale_line_id
                )
            )
        return self.env["order.shipment"].sudo()._note_departure(leaving)

    def _goes_to_customer(self):
        """Whether this transfer is a delivery to a customer, not a step before or a return."""
        return self.picking_type_code == "outgoing" and "customer" in set(
            self.move_ids.mapped("location_dest_usage")
        )

    @api.model
    def _find_by_tracking(self, number):
        """What left under a carrier's number: list of ``(transfer, package or none)``."""
        shipments = self.env["order.shipment"].search(
            [("tracking_ref", "=", number), ("is_void", "=", False)]
        )
        return [(shipment.picking_id, shipment.package_id) for shipment in shipments]

    def _get_shipment_ids(self):
        """Ids of the shipments that have left: transfer id → list."""
        groups = (
            self.env["order.shipment"]
            .sudo()
            ._read_group(
                [("picking_id", "in", self.ids), ("is_void", "=", False)],
                ["picking_id"],
                ["id:array_agg"],
            )
        )
        return {picking.id: sorted(ids) for picking, ids in groups}

    def _get_contents_by_parcel(self):
        """What left on these transfers: list of (transfer, package or none, its lines)."""
        contents = []
        for picking in self:
            lines = picking.move_line_ids.filtered("quantity").sorted("id")
            by_package = lines.grouped("result_package_id")
            packages = sorted(by_package, key=lambda package: (not package, package.id or 0))
            contents += [(picking, package, by_package[package]) for package in packages]
        return contents

    def _get_own_tracking_refs(self):
        """The numbers that stand on the transfer; core joins several by commas."""
        refs = (self.carrier_tracking_ref or "").split(",")
        return list(dict.fromkeys(ref.strip() for ref in refs if ref.strip()))

    def _get_promised_date(self, orders):
        """The first day promised to the customers of ``orders``, in the warehouse's time zone."""
        warehouse = self.picking_type_id.warehouse_id
        zone = warehouse.partner_id.tz or self.company_id.partner_id.tz or "UTC"
        here = self.with_context(tz=zone)
        dates = [
            fields.Datetime.context_timestamp(here, order.commitment_date).date()
            if order.commitment_date
            else order.promise_date
            for order in orders
        ]
        return min(filter(None, dates), default=False)
