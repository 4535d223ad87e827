from odoo import api, fields, models
from odoo.exceptions import UserError

from ...exceptions import ItemError
from ..common.access import as_service, check_visible, public
from ..common.results import Arguments, error_of, row
from ..common.set_runner import run_set
from .order_packing_parcel import REASONS

MAX_CONTENTS = 1000  # lines a parcel
CONTENT_KEYS = {"move_line_id": "integer*", "quantity": "number"}


class OrderPackingMixin(models.AbstractModel):
    """Packing what was picked on a transfer into parcels."""

    _name = "order.packing.mixin"
    _description = "Packing of a transfer"

    parcel_count = fields.Integer(compute="_compute_parcel_count")

    @api.depends("move_line_ids.result_package_id")
    def _compute_parcel_count(self):
        for picking in self:
            picking.parcel_count = len(picking.move_line_ids.result_package_id)

    @public
    def pack(
        self, contents=None, package_type_id=None, weight=None, request_key=False, reason=None
    ):
        """Close one parcel per transfer.

        Contents that :meth:`plan_parcels` planned as one parcel go into the box planned for them
        when no other one is named.

        :param list contents: ``[{"move_line_id", "quantity"}]``, the quantity in the unit of the
            line, all of it when left out; all that is picked and not yet packed when None. Only
            with a single transfer; goods named here count as picked
        :param int package_type_id: the kind of box
        :param float weight: gross weight in the unit of weight of the database
        :param str request_key: makes the call safe to repeat; only with a single transfer
        :param str reason: why it is another box than the one planned: ``does_not_fit``,
            ``out_of_stock``, ``customer_wish``, ``bulky`` or ``other``
        :return: one item per transfer: ``picking_id``, ``package_id``, ``name``, ``sscc``,
            ``overridden`` (another box than planned), ``weight_expected`` (``False`` when a
            product has no weight), ``weight_alarm`` (``weight`` is off by more than the company
            tolerates), ``message``
        """
        self._read_request_key(request_key)
        parcel = self._read_parcel(contents, package_type_id, weight, reason)
        pickings, answers = as_service(self), {}

        def pack_all(part):
            for picking in part:
                answers[picking.id] = picking._pack_once(parcel, request_key)

        for picking, exception in run_set(pickings, pack_all, "Packing"):
            answers[picking.id] = picking._prepare_pack_row([error_of(exception)])
        pickings._get_sale_orders()._advance_stage()
        packed = (answers[picking.id]["package_id"] for picking in pickings)
        pickings._after_packed(pickings.env["stock.package"].browse(filter(None, packed)))
        return [answers[picking.id] for picking in pickings]

    def action_pack(self):
        """Button: close a parcel with all that is picked; everything when nothing was scanned."""
        self.check_access("write")
        self.ensure_one()
        lines = self.move_line_ids.filtered(lambda line: not line.result_package_id)
        untouched = not any(line.picked or line.scanned_quantity for line in self.move_line_ids)
        contents = [{"move_line_id": line.id} for line in lines] if untouched else None
        answer = self.pack(contents=contents)[0]
        if not answer["ok"]:
            raise UserError(answer["errors"][0]["message"])
        return self._get_label_action(answer["package_id"]) or True

    def action_print_labels(self):
        """Button: download the labels of all parcels as one PDF."""
        self.check_access("read")
        packages = self.move_line_ids.result_package_id
        if not packages:
            raise UserError(self.env._("Pack something first: there is no parcel yet."))
        return packages.sorted("id").action_print_label()

    def _read_parcel(self, contents, package_type_id, weight, reason=None):
        """Check shape and access of what is to be packed."""
        arguments = Arguments(self.env)
        package_type_id = arguments.value(package_type_id, "integer", "package_type_id")
        if package_type_id:
            check_visible(self.env["stock.package.type"].browse(package_type_id))
        weight = arguments.value(weight, "number", "weight")
        if weight and weight < 0:
            arguments.refuse("weight", self.env._("a weight is never negative."))
        return {
            "contents": self._read_contents(arguments, contents),
            "package_type_id": package_type_id,
            "weight": weight,
            "reason": arguments.choice(reason, [code for code, _name in REASONS], "reason"),
        }

    def _read_contents(self, arguments, contents):
        if contents is None or contents is False:
            return False
        if len(self) > 1:
            message = self.env._("contents can be named for a single transfer only.")
            arguments.refuse("contents", message)
        return arguments.rows(contents, "contents", CONTENT_KEYS, MAX_CONTENTS)

    def _pack_once(self, parcel, request_key):
        return self.env["order.request"]._once(
            "stock.picking.pack",
            request_key,
            [self.id, parcel],
            lambda: self._pack(parcel),
            self.company_id,
        )

    def _pack(self, parcel):
        self._check_open_for_packing(parcel)
        rests = {}
        if parcel["contents"] is False:
            lines = self.move_line_ids.filtered(lambda line: not line.result_package_id)
            lines = lines._settle_scanned()
        else:
            lines, rests = self._take_contents(parcel["contents"])
        planned = self._find_planned(lines)
        box = parcel["package_type_id"] or planned.package_type_id.id
        package = self._close_parcel(lines, {**parcel, "package_type_id": box})
        package._note_packed(lines, planned, parcel["weight"])
        self._follow_plan(package, planned, parcel["reason"], rests)
        self._tell_station("pack")
        return self._prepare_pack_row(package=package)

    def _prepare_pack_row(self, errors=(), package=None):
        package = package or self.env["stock.package"]
        return row(
            errors,
            picking_id=self.id,
            package_id=package.id,
            name=package.name,
            sscc=package.sscc,
            overridden=package.is_box_overridden,
            **package._tell_weight(),
        )

    def _check_open_for_packing(self, parcel):
        if not self._is_open_for_work():
            raise ItemError("not_possible", self._get_closed_error()["message"])
        package_type = self.env["stock.package.type"].browse(parcel["package_type_id"] or [])
        if package_type.company_id and package_type.company_id != self.company_id:
            message = self.env._("This package type belongs to another company.")
            raise ItemError("wrong_value", message, "package_type_id")

    def _take_contents(self, contents):
        """The lines to pack, each cut to the quantity that was named.

        :return: the lines, and by the id of each that was cut the id of the line of its rest
        """
        quantities, rests = self._read_quantities(contents), {}
        for line, quantity in quantities.items():
            if rest := line._keep_picked(quantity):
                rests[line.id] = rest.id
        return self.env["stock.move.line"].concat(*quantities), rests

    def _read_quantities(self, contents):
        """Check what is to be packed against the open lines: line → quantity in its unit."""
        lines = {line.id: line for line in self.move_line_ids}
        quantities = {}
        for index, entry in enumerate(contents):
            path = f"contents[{index}]"
            line = lines.get(entry["move_line_id"])
            if not line or line in quantities:
                raise self._refuse_content(line, f"{path}.move_line_id")
            quantities[line] = self._read_quantity(line, entry["quantity"], path)
        return quantities

    def _refuse_content(self, line, path):
        if line:
            message = self.env._("The line is named twice; put its quantities together.")
            return ItemError("duplicate", message, path)
        message = self.env._("%(transfer)s has no such line.", transfer=self.name)
        return ItemError("unknown_line", message, path)

    def _read_quantity(self, line, quantity, path):
        if line.result_package_id:
            message = self.env._("%(product)s is packed already.", product=line.product_id.name)
            raise ItemError("not_possible", message, f"{path}.move_line_id")
        quantity = line.quantity if quantity is False else line.product_uom_id.round(quantity)
        if line.product_uom_id.compare(quantity, 0.0) <= 0:
            message = self.env._("A quantity above nothing is required.")
            raise ItemError("wrong_value", message, f"{path}.quantity")
        if line.product_uom_id.compare(quantity, line.quantity) > 0:
            message = self.env._(
                "Only %(quantity)s of %(product)s can be packed.",
                quantity=line.quantity,
                product=line.product_id.name,
            )
            raise ItemError("too_many", message, f"{path}.quantity")
        return quantity

    def _close_parcel(self, lines, parcel):
        """Put lines into a new package, by core's own way of naming and placing it."""
        if not lines:
            message = self.env._("Nothing is picked that could be packed.")
            raise ItemError("nothing_picked", message)
        if len(lines.location_dest_id) > 1:
            message = self.env._("Goods for different destinations don't share a parcel.")
            raise ItemError("not_possible", message)
        sscc = self.picking_type_id.warehouse_id._next_sscc()
        package = lines._put_in_pack(package_type_id=parcel["package_type_id"], package_name=sscc)
        values = {"sscc": sscc, "shipping_weight": parcel["weight"] or 0.0}
        package.write({name: value for name, value in values.items() if value})
        return package
