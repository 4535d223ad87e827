from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..common.access import as_service, public
from ..common.results import Arguments, error, row
from .tracking_status import STATUSES

LABEL_FORMATS = [("pdf", "PDF"), ("zpl", "ZPL"), ("png", "PNG"), ("epl", "EPL")]


class OrderShipment(models.Model):
    """One parcel (or the loose goods) of a delivery on its way to the customer.

    It is made when the delivery leaves, or before, when the carrier announces it. Written by
    the operations alone.
    """

    _name = "order.shipment"
    _description = "Shipment"
    _inherit = ["order.registration.mixin", "order.tracking.mixin"]
    _order = "id desc"
    _check_company_auto = True

    picking_id = fields.Many2one(
        "stock.picking", "Transfer", required=True, readonly=True, index=True,
        ondelete="restrict", check_company=True,
    )  # fmt: skip
    package_id = fields.Many2one(
        "stock.package", "Parcel", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    order_ids = fields.Many2many(
        "sale.order", "order_shipment_order_rel", "shipment_id", "order_id", "Orders",
        readonly=True,
    )  # fmt: skip
    partner_id = fields.Many2one(
        related="picking_id.partner_id", string="Ship to", store=True, index="btree_not_null"
    )
    carrier_id = fields.Many2one(
        "delivery.carrier", readonly=True, ondelete="restrict", check_company=True
    )
    service = fields.Char(readonly=True, help="The carrier's product, e.g. next day.")
    tracking_ref = fields.Char("Tracking number", readonly=True, index="btree_not_null")
    tracking_url = fields.Char(compute="_compute_tracking_url")
    sscc = fields.Char("SSCC", readonly=True, index="btree_not_null")
    status = fields.Selection(
        STATUSES, required=True, readonly=True, default="pending", index=True, group_expand=True
    )
    status_at = fields.Datetime("Status since", readonly=True)
    shipped_at = fields.Datetime("Shipped", readonly=True, index="btree_not_null")
    promised_date = fields.Date("Promised", readonly=True)
    delivered_at = fields.Datetime("Delivered", readonly=True)
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    received_by = fields.Char("Received by", readonly=True)
    proof = fields.Binary("Proof of delivery", readonly=True, attachment=True)
    cost = fields.Monetary(readonly=True, help="What the carrier charges us.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    label = fields.Binary("Carrier label", readonly=True, attachment=True)
    label_format = fields.Selection(LABEL_FORMATS, readonly=True)
    label_filename = fields.Char(compute="_compute_label_filename")
    is_void = fields.Boolean("Voided", readonly=True, index=True)
    void_reason = fields.Char(readonly=True)
    voided_at = fields.Datetime("Voided on", readonly=True)
    event_ids = fields.One2many("order.tracking.event", "shipment_id", "Tracking", readonly=True)
    company_id = fields.Many2one(
        related="picking_id.company_id", store=True, index=True, readonly=True
    )

    _parcel_uniq = models.UniqueIndex(
        "(picking_id, COALESCE(package_id, 0)) WHERE is_void IS NOT TRUE",
        "This parcel has a shipment already.",
    )

    @api.depends("tracking_ref", "sscc", "picking_id.name")
    def _compute_display_name(self):
        for shipment in self:
            shipment.display_name = (
                shipment.tracking_ref or shipment.sscc or shipment.picking_id.name
            )

    @api.depends("tracking_ref", "carrier_id.tracking_url")
    def _compute_tracking_url(self):
        for shipment in self:
            template = shipment.carrier_id.sudo().tracking_url or ""
            number = shipment.tracking_ref
            shipment.tracking_url = (
                template.replace("<shipmenttrackingnumber>", number)
                if template and number
                else False
            )

    @api.depends("label_format", "tracking_ref")
    def _compute_label_filename(self):
        for shipment in self:
            name = shipment.display_name
            shipment.label_filename = f"{name}.{shipment.label_format or 'pdf'}"

    @api.depends("promised_date", "delivered_at", "is_void")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for shipment in self:
            delivered = shipment.delivered_at and fields.Datetime.context_timestamp(
                shipment, shipment.delivered_at
            )
            day = delivered.date() if delivered else today
            promised = shipment.promised_date
            shipment.is_late = bool(promised and not shipment.is_void and day > promised)

    def _search_is_late(self, operator, value):
        """Open shipments whose day has passed; what was delivered late is found by its dates."""
        if operator != "in":
            return NotImplemented
        late = Domain(
            [
                ("is_void", "=", False),
                ("delivered_at", "=", False),
                ("promised_date", "<", fields.Date.context_today(self)),
            ]
        )
        return late if True in value else ~late

    def action_open_tracking(self):
        """Button: the carrier's page about this shipment."""
        self.ensure_one()
        self.check_access("read")
        if not self.tracking_url:
            raise UserError(self.env._("The carrier has no page to follow this shipment."))
        return {"type": "ir.actions.act_url", "url": self.tracking_url, "target": "new"}

    def action_print_label(self):
        """Button: our label of the parcel."""
        self.check_access("read")
        return self.package_id.action_print_label()

    @public
    def void(self, reason):
        """Void shipments whose label is not used, so that another can be registered.

        :param str reason: why, for the record
        :return: one item per shipment: ``shipment_id``, ``status``, ``voided``
        """
        reason = (Arguments(self.env).value(reason, "text", "reason") or "").strip()
        shipments = as_service(self)
        open_ones = shipments.filtered(lambda shipment: not shipment.is_void)
        refusals = {shipment.id: shipment._get_void_refusal(reason) for shipment in open_ones}
        voided = open_ones.filtered(lambda shipment: not refusals[shipment.id])
        voided.write({"is_void": True, "void_reason": reason, "voided_at": fields.Datetime.now()})
        # Another shipment of the same parcel may follow, and the index must know by then.
        voided.flush_recordset(["is_void"])
        voided._sync_transfers()
        self.env["order.event"]._append(voided._prepare_events("shipment_voided", reason))
        voided.order_ids._advance_stage()
        return [
            shipment._prepare_void_row(refusals.get(shipment.id), shipment not in open_ones)
            for shipment in shipments
        ]

    def _get_void_refusal(self, reason):
        if not reason:
            return error("reason_required", self.env._("Tell why it is voided."), "reason")
        if self.status in ("pending", "info_received"):
            return False
        message = self.env._("The carrier has %(number)s already.", number=self.display_name)
        return error("not_possible", message)

    def _prepare_void_row(self, refusal, repeated):
        values = {"replayed": True} if repeated else {}
        return row(
            [refusal] if refusal else [],
            shipment_id=self.id,
            status=self.status,
            voided=self.is_void,
            **values,
        )

    def _get_view_action(self, domain):
        """The screen of the shipments in ``domain``; the form when there is one only."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.order_shipment_action"
        )
        action.update(domain=domain, context={})
        shipments = self.search(domain, limit=2)
        if len(shipments) == 1:
            action.update(views=[(False, "form")], res_id=shipments.id)
        return action

    def _note_departure(self, pickings):
        """Make the shipments of transfers that have left, taking over announced ones.

        :return: the shipments that left just now
        """
        pickings.move_ids.sale_line_id.order_id.fetch(["commitment_date", "promise_date"])
        known = self.search([("picking_id", "in", pickings.ids)])
        left = known.filtered("shipped_at")
        gone = {(shipment.picking_id, shipment.package_id) for shipment in left}
        waiting = (known - left).filtered(lambda shipment: not shipment.is_void)
        parcels = [
            parcel for parcel in pickings._get_contents_by_parcel() if parcel[:2] not in gone
        ]
        departed = waiting._depart(parcels)
        departed._share_tracking_refs()
        departed._apply_tracking()
        self.env["order.event"]._append(departed._prepare_events("shipped"))
        return departed

    def _depart(self, parcels):
        """Let parcels leave: as one of these announced shipments, else as a new one."""
        waiting, departed, vals_list = self, self.browse(), []
        for picking, package, lines in parcels:
            vals = self._prepare_departure_vals(picking, package, lines)
            announced = waiting._take_over(picking, package)
            if announced:
                waiting -= announced
                announced.write(announced._prepare_take_over_vals(vals))
                departed += announced
            else:
                vals_list.append(vals)
        return departed + self.create(vals_list)

    def _take_over(self, picking, package):
        """The announced shipment of a parcel: its own, else one for the whole transfer."""
        ours = self.filtered(lambda shipment: shipment.picking_id == picking)
        own = ours.filtered(lambda shipment: shipment.package_id == package)
        return (own or ours.filtered(lambda shipment: not shipment.package_id))[:1]

    def _prepare_departure_vals(self, picking, package, lines):
        orders = lines.move_id.sale_line_id.order_id
        return {
            "picking_id": picking.id,
            "package_id": package.id,
            "order_ids": [Command.set(orders.ids)],
            "carrier_id": picking.carrier_id.id,
            "sscc": package.sscc,
            "shipped_at": picking.date_done,
            "promised_date": picking._get_promised_date(orders),
            "currency_id": picking.company_id.currency_id.id,
        }

    def _prepare_take_over_vals(self, vals):
        """What an announced shipment learns when it leaves; what the carrier told stays."""
        told = ("carrier_id", "currency_id")
        return {name: value for name, value in vals.items() if name not in told or not self[name]}

    def _share_tracking_refs(self):
        """Give the numbers that stand on the transfers to shipments that have none."""
        numbers = [ref for picking in self.picking_id for ref in picking._get_own_tracking_refs()]
        self._acquire_numbers(self.company_id, numbers)
        for picking, shipments in self.grouped("picking_id").items():
            taken = set(
                picking.shipment_ids.filtered(lambda s: not s.is_void).mapped("tracking_ref")
            )
            refs = [ref for ref in picking._get_own_tracking_refs() if ref not in taken]
            nameless = shipments.filtered(lambda shipment: not shipment.tracking_ref)
            if len(refs) == 1:
                nameless.tracking_ref = refs[0]
            elif len(refs) == len(nameless):
                for shipment, ref in zip(nameless, refs, strict=True):
                    shipment.tracking_ref = ref

    def _sync_transfers(self):
        """Let each transfer carry the numbers of its shipments, for core's tracking link."""
        for picking in self.picking_id:
            live = picking.shipment_ids.filtered(lambda shipment: not shipment.is_void)
            refs = dict.fromkeys(filter(None, live.sorted("id").mapped("tracking_ref")))
            joined = ",".join(refs) or False
            if picking.carrier_tracking_ref != joined:
                picking.carrier_tracking_ref = joined

    def _prepare_events(self, kind, reason=False):
        """One event of ``kind`` for each order of these shipments."""
        labels = {
            "shipped": self.env._("Shipped"),
            "delivered": self.env._("Delivered"),
            "exception": self.env._("Trouble on the way"),
            "shipment_voided": self.env._("Shipment voided"),
        }
        return [
            {
                "order_id": order.id,
                "kind": kind,
                "message": labels[kind],
                "data": {"shipments": ours._prepare_event_data(), "reason": reason},
            }
            for order in self.order_ids
            if (ours := self.filtered(lambda shipment, order=order: order in shipment.order_ids))
        ]

    def _prepare_event_data(self):
        return [
            {
                "shipment_id": shipment.id,
                "transfer": shipment.picking_id.name,
                "tracking_ref": shipment.tracking_ref,
                "sscc": shipment.sscc,
                "at": fields.Datetime.to_string(shipment.status_at or shipment.shipped_at or False),
            }
            for shipment in self
        ]

    def _is_tracked(self, hears):
        """Whether word of its delivery is to be expected.

        :param bool hears: whether anybody is set up to send word
        """
        return self.status not in ("pending", "delivered") or bool(hears and self.tracking_ref)

    def _prepare_status(self):
        """What an order's status says about this shipment."""
        return {
            "shipment_id": self.id,
            "tracking_ref": self.tracking_ref,
            "tracking_url": self.tracking_url,
            "carrier": self.carrier_id.external_code or self.carrier_id.name,
            "sscc": self.sscc,
            "status": self.status,
            "shipped_at": self.shipped_at,
            "delivered_at": self.delivered_at,
            "picking_id": self.picking_id.id,
            "package_id": self.package_id.id,
        }
