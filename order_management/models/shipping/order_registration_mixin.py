import base64
import binascii

from odoo import api, models
from odoo.fields import Command

from ...exceptions import ItemError
from ..common.access import as_service, check_visible, public
from ..common.results import MAX_FILE_BYTES, Arguments, error_of, row

SHIPMENT_KEYS = {
    "picking_id": "integer",
    "package_id": "integer",
    "carrier": "text",
    "service": "text",
    "tracking_ref": "text",
    "label": "text",
    "label_format": "text",
    "cost": "number",
    "currency": "text",
    "request_key": "text",
}


class OrderRegistrationMixin(models.AbstractModel):
    """What a shipping service announces: carrier, number, label and cost of a parcel."""

    _name = "order.registration.mixin"
    _description = "Registered shipment"

    @api.model
    @public
    def register(self, shipments):
        """Note carrier, tracking number, label and cost of parcels, before or after they leave.

        Registering a parcel again changes its shipment; a voided one gets a new shipment.

        :param list shipments: ``[{"picking_id"|"package_id", "carrier" (external code),
            "service", "tracking_ref", "label" (base64), "label_format", "cost", "currency",
            "request_key"}]``; a transfer of several parcels wants ``package_id``
        :return: one item per entry: ``shipment_id``, ``status``, ``picking_id``, ``package_id``
        """
        arguments = Arguments(self.env)
        entries = arguments.rows(shipments, "shipments", SHIPMENT_KEYS)
        self._check_parcels_visible(arguments, entries)
        service = as_service(self)
        numbers = [(entry["tracking_ref"] or "").strip() for entry in entries]
        companies = service._get_entry_companies(entries)
        service._acquire_numbers(companies, numbers)
        answers = [
            service._register_once(entry, f"shipments[{index}]")
            for index, entry in enumerate(entries)
        ]
        new = service.browse(
            [
                answer["shipment_id"]
                for answer in answers
                if answer["ok"] and "replayed" not in answer
            ]
        )
        new._sync_transfers()
        new._apply_tracking()
        return [service._with_status(answer) for answer in answers]

    def _check_parcels_visible(self, arguments, entries):
        """Check access to every transfer and parcel that is named, and that one is."""
        for index, entry in enumerate(entries):
            if not (entry["picking_id"] or entry["package_id"]):
                message = self.env._("picking_id or package_id is required.")
                arguments.refuse(f"shipments[{index}]", message)
        pickings, packages = (
            self.env[model].browse({entry[key] for entry in entries if entry[key]})
            for model, key in (("stock.picking", "picking_id"), ("stock.package", "package_id"))
        )
        check_visible(packages)
        # A package has no company before it leaves: its transfer tells whose it is.
        check_visible(pickings | pickings.browse(self._get_package_lines(packages).picking_id.ids))

    def _get_package_lines(self, packages):
        return (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("result_package_id", "in", packages.ids),
                    ("picking_id", "!=", False),
                    ("state", "!=", "cancel"),
                ]
            )
        )

    def _get_entry_companies(self, entries):
        pickings = self.env["stock.picking"].browse({e["picking_id"] for e in entries} - {False})
        packages = self.env["stock.package"].browse({e["package_id"] for e in entries} - {False})
        return (pickings | self._get_package_lines(packages).picking_id).company_id

    def _register_once(self, entry, path):
        """Register one entry; with a key only once."""
        asked = {key: value for key, value in entry.items() if key != "request_key"}
        return self.env["order.request"]._once(
            "order.shipment.register",
            entry["request_key"],
            asked,
            lambda: self._register_parcel(entry, path),
            self._get_entry_companies([entry])[:1],
        )

    def _register_parcel(self, entry, path):
        try:
            picking, package = self._find_parcel(entry, path)
            vals = self._prepare_registration_vals(picking, entry, path)
        except ItemError as refusal:
            return row([error_of(refusal)], shipment_id=False)
        shipment = picking.shipment_ids.filtered(
            lambda shipment: not shipment.is_void and shipment.package_id == package
        )
        if shipment:
            shipment.write(shipment._prepare_update_vals(vals))
        else:
            shipment = self.create(self._prepare_parcel_vals(picking, package) | vals)
        if vals.get("carrier_id"):
            picking.carrier_id = shipment.carrier_id
        return row(
            shipment_id=shipment.id, picking_id=picking.id, package_id=shipment.package_id.id
        )

    def _with_status(self, answer):
        shipment = self.browse(answer["shipment_id"] or [])
        return {**answer, "status": shipment.status or False}

    def _find_parcel(self, entry, path):
        """The delivery and the parcel an entry means."""
        package = self.env["stock.package"].browse(entry["package_id"] or [])
        picking = self.env["stock.picking"].browse(entry["picking_id"] or [])
        if package:
            lines = self._get_package_lines(package)
            held_by = lines.picking_id.filtered(lambda p: p._goes_to_customer()).sorted("id")[-1:]
            if picking and picking not in lines.picking_id or not held_by:
                message = self.env._("This package is not part of that delivery.")
                raise ItemError("wrong_value", message, f"{path}.package_id")
            return picking or held_by, package
        if picking.state == "cancel" or not picking._goes_to_customer():
            message = self.env._("%(transfer)s is no open delivery.", transfer=picking.name)
            raise ItemError("not_possible", message, f"{path}.picking_id")
        return picking, self._get_only_package(picking, path)

    def _get_only_package(self, picking, path):
        packages = picking.move_line_ids.result_package_id
        if len(packages) > 1:
            message = self.env._("This delivery has several parcels: name the package.")
            raise ItemError("missing", message, f"{path}.package_id")
        return packages

    def _prepare_registration_vals(self, picking, entry, path):
        """What the entry tells; keys that are left out change nothing."""
        texts = {key: entry[key].strip() for key in ("service", "tracking_ref") if entry[key]}
        return {
            **texts,
            **self._prepare_label_vals(entry, path),
            **self._prepare_cost_vals(picking, entry, path),
            **self._prepare_carrier_vals(picking, entry, path),
        }

    def _prepare_label_vals(self, entry, path):
        if not entry["label"]:
            return {}
        formats = dict(self._fields["label_format"]._description_selection(self.env))
        label_format = (entry["label_format"] or "pdf").lower()
        if label_format not in formats:
            message = self.env._("Labels come as %(known)s.", known=", ".join(formats))
            raise ItemError("unsupported_format", message, f"{path}.label_format")
        if len(entry["label"]) > MAX_FILE_BYTES * 4 // 3 + 4:
            raise ItemError("too_large", self.env._("The label is too large."), f"{path}.label")
        try:
            base64.b64decode(entry["label"], validate=True)
        except (binascii.Error, ValueError) as refusal:
            message = self.env._("The label is not base64.")
            raise ItemError("malformed", message, f"{path}.label") from refusal
        return {"label": entry["label"], "label_format": label_format}

    def _prepare_cost_vals(self, picking, entry, path):
        if entry["cost"] is False:
            return {}
        if entry["cost"] < 0:
            message = self.env._("A cost is never negative.")
            raise ItemError("wrong_value", message, f"{path}.cost")
        currency = picking.company_id.currency_id
        if entry["currency"]:
            currency = currency.search([("name", "=", entry["currency"].upper())], limit=1)
        if not currency:
            message = self.env._("The currency is unknown or not in use.")
            raise ItemError("unknown_currency", message, f"{path}.currency")
        return {"cost": currency.round(entry["cost"]), "currency_id": currency.id}

    def _prepare_carrier_vals(self, picking, entry, path):
        if not entry["carrier"]:
            return {}
        carrier = self.env["delivery.carrier"].search(
            [
                ("external_code", "=", entry["carrier"].strip()),
                ("company_id", "in", [False, picking.company_id.id]),
            ],
            order="company_id",
            limit=1,
        )
        if not carrier:
            message = self.env._("No delivery method has this external code.")
            raise ItemError("unknown_carrier", message, f"{path}.carrier")
        return {"carrier_id": carrier.id}

    def _prepare_parcel_vals(self, picking, package):
        """A shipment that is announced; on a delivery that has left, one that left with it."""
        orders = self._get_parcel_orders(picking, package)
        return {
            "picking_id": picking.id,
            "package_id": package.id,
            "order_ids": [Command.set(orders.ids)],
            "sscc": package.sscc,
            "status": "info_received",
            "shipped_at": picking.date_done if picking.state == "done" else False,
            "carrier_id": picking.carrier_id.id,
            "currency_id": picking.company_id.currency_id.id,
            "promised_date": picking._get_promised_date(orders),
        }

    def _get_parcel_orders(self, picking, package):
        lines = picking.move_line_ids.filtered(lambda line: line.result_package_id == package)
        moves = lines.move_id if package else picking.move_ids
        return moves.sale_line_id.order_id

    def _prepare_update_vals(self, vals):
        announced = {"status": "info_received"} if self.status == "pending" else {}
        return {**announced, **vals}
