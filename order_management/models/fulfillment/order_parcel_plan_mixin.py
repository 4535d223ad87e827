from odoo import fields, models

from ...tools.fingerprint import fingerprint
from ..common.access import as_service, public
from ..common.bulk import insert_rows, update_rows
from ..common.results import Arguments, error_of, row
from ..common.set_runner import run_set
from .parcel_book import ParcelBook
from .parcel_slip import prepare_parcel, prepare_slip, settle_quantities


class OrderParcelPlanMixin(models.AbstractModel):
    """Planning the parcels of a transfer."""

    _name = "order.parcel.plan.mixin"
    _description = "Transfer with planned parcels"

    packing_parcel_ids = fields.One2many(
        "order.packing.parcel", "picking_id", "Planned parcels", readonly=True
    )
    parcel_plan_key = fields.Char(
        readonly=True, copy=False, help="Digest of what the last plan rests on."
    )

    @public
    def plan_parcels(self, apply=False):
        """Plan which boxes the goods go into, and where each piece lies.

        Planned is what is picked and not packed yet; while nothing is picked, all that is
        reserved. When all is packed, the packed parcels are answered. Lengths are centimeters,
        weights the database's unit of weight.

        :param bool apply: also pack the parcels, as :meth:`pack` does
        :return: one item per transfer: ``picking_id``, ``parcels`` = ``[{"package_type_id",
            "package_id", "weight", "void", "fragile", "items": [{"move_line_id", "product_id",
            "quantity", "packaging_id", "placements": [{"x", "y", "z", "length", "width",
            "height"}]}], "box", "void_high", "measured", "ships_alone", "hazard_classes",
            "billable_weight", "sizes", "extents", "parcel_id"}]``, ``unplaced`` =
            ``[{"move_line_id", "product_id", "quantity", "reason"}]`` (``too_large``,
            ``too_heavy``), ``measured`` (``False`` when something was planned by volume),
            ``warnings``
        """
        arguments = Arguments(self.env)
        wanted = arguments.value(apply, "boolean", "apply")
        pickings, answers = as_service(self), {}
        failures = run_set(
            pickings, lambda part: answers.update(part._plan_anew()), "Planning parcels"
        )
        for picking, exception in failures:
            answers[picking.id] = picking._prepare_plan_row(errors=[error_of(exception)])
        if wanted:
            pickings._pack_plans(answers)
        return [answers[picking.id] for picking in pickings]

    def _plan_anew(self):
        """Plan these and keep the plans: transfer id → result row."""
        answers = {}
        open_ones = self.filtered(lambda picking: picking._is_open_for_work())
        book, plans = ParcelBook(open_ones), {}
        for picking in self:
            if picking not in open_ones:
                answers[picking.id] = picking._prepare_closed_plan()
            elif not book.lines[picking.id]:
                answers[picking.id] = picking._prepare_plan_row(picking._get_packed_rows())
            else:
                plans[picking] = book.plan(picking)
        rows = {picking: picking._prepare_rows(planned, book) for picking, planned in plans.items()}
        kept = self._keep_plans(rows)
        self._note_plans(plans, book)
        for picking, planned in plans.items():
            parcels = [parcel._as_row() for parcel in kept[picking]]
            left = picking._prepare_unplaced(planned)
            answers[picking.id] = picking._prepare_plan_row(parcels, left, planned)
        return answers

    def _prepare_closed_plan(self):
        parcels = self._get_packed_rows()
        return self._prepare_plan_row(parcels, errors=[] if parcels else [self._get_closed_error()])

    def _get_packed_rows(self):
        packed = self.packing_parcel_ids.filtered("package_id")
        return [parcel._as_row() for parcel in packed.sorted("id")]

    def _prepare_plan_row(self, parcels=(), unplaced=(), planned=None, errors=()):
        return row(
            errors,
            picking_id=self.id,
            parcels=list(parcels),
            unplaced=list(unplaced),
            measured=all(parcel["measured"] for parcel in parcels),
            warnings=self._tell_warnings(parcels, unplaced, planned),
        )

    def _tell_warnings(self, parcels, unplaced, planned):
        warnings = []
        if planned and not planned.boxes:
            warnings.append(self.env._("No package type has measures: no box was chosen."))
        missing = sorted(
            {
                planned.shares[one.id][0].product_id.display_name
                for one in (planned.goods if planned else ())
                if not one.is_measured
            }
        )
        if missing:
            warnings.append(
                self.env._(
                    "Planned by volume, for want of measures: %(goods)s", goods=", ".join(missing)
                )
            )
        high = [str(number) for number, one in enumerate(parcels, 1) if one["void_high"]]
        if high:
            warnings.append(
                self.env._("More than half empty: parcel %(numbers)s", numbers=", ".join(high))
            )
        if unplaced:
            warnings.append(self.env._("Some goods fit no box; see what was left out."))
        return warnings

    def _prepare_rows(self, planned, book):
        divisor = self.carrier_id._get_volumetric_divisor() if self.carrier_id else 0.0
        rows = [
            prepare_parcel(parcel, planned, book.records, divisor)
            for parcel in planned.plan.parcels
        ]
        if not planned.plan.unplaced:
            settle_quantities(rows, book.lines[self.id])
        return rows

    def _prepare_unplaced(self, planned):
        found = []
        for goods, pieces, reason in planned.plan.unplaced:
            line, share, _packaging = planned.shares[goods]
            found.append(
                {
                    "move_line_id": line.id,
                    "product_id": line.product_id.id,
                    "quantity": line.product_uom_id.round(pieces * share),
                    "reason": reason,
                }
            )
        return found

    def _keep_plans(self, rows):
        """Store the parcels in place of those planned before: transfer → records."""
        self.packing_parcel_ids.filtered(lambda parcel: not parcel.package_id).unlink()
        values, owners = [], []
        for picking, parcels in rows.items():
            packed = len(picking.packing_parcel_ids)
            for number, parcel in enumerate(parcels, packed + 1):
                owners.append(picking)
                values.append(
                    {
                        "picking_id": picking.id,
                        "company_id": picking.company_id.id,
                        "sequence": number,
                        "package_type_id": parcel["package_type_id"],
                        "weight": parcel["weight"],
                        "void_share": parcel["void"],
                        "is_void_high": parcel["void_high"],
                        "fragile": parcel["fragile"],
                        "measured": parcel["measured"],
                        "contents": parcel,
                    }
                )
        records = insert_rows(self.env["order.packing.parcel"], values)
        kept = {picking: [] for picking in rows}
        for picking, record in zip(owners, records, strict=True):
            kept[picking].append(record)
        return kept

    def _note_plans(self, plans, book):
        """Leave a slip for each plan that rests on something else than the one before."""
        slips, keys = [], {}
        for picking, planned in plans.items():
            slip = prepare_slip(picking, planned, book.records)
            key = fingerprint(slip["inputs"])
            if key != picking.parcel_plan_key:
                slips.append(slip)
                keys[picking.id] = {"parcel_plan_key": key}
        self.env["order.decision"]._record(slips)
        update_rows(self.browse(), keys)

    def _pack_plans(self, answers):
        """Pack what was planned; a transfer that fails is left as it was."""
        ready = self.filtered(lambda picking: answers[picking.id]["ok"])

        def pack_all(part):
            for picking in part:
                answers[picking.id] = picking._pack_plan(answers[picking.id])

        for picking, exception in run_set(ready, pack_all, "Packing"):
            answers[picking.id] = {
                **answers[picking.id],
                "ok": False,
                "errors": [error_of(exception)],
            }
        packed = {
            parcel["package_id"]
            for picking in ready
            if answers[picking.id]["ok"]
            for parcel in answers[picking.id]["parcels"]
        }
        ready._after_packed(self.env["stock.package"].browse(sorted(filter(None, packed))))
        ready._get_sale_orders()._advance_stage()

    def _pack_plan(self, answer):
        """Pack the open parcels of the plan one after the other."""
        for parcel in self._get_open_parcels():
            self._pack_planned(parcel)
        by_id = {parcel.id: parcel for parcel in self.packing_parcel_ids}
        parcels = [
            by_id[entry["parcel_id"]]._as_row() if entry["parcel_id"] in by_id else entry
            for entry in answer["parcels"]
        ]
        return {**answer, "parcels": parcels}
