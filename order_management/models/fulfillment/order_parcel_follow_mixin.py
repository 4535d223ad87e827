from odoo import models
from odoo.exceptions import UserError

from ..common.access import as_service
from .parcel_book import get_open_lines


class OrderParcelFollowMixin(models.AbstractModel):
    """What becomes of the planned parcels of a transfer while it is packed."""

    _name = "order.parcel.follow.mixin"
    _description = "Transfer whose planned parcels are packed"

    def action_plan_parcels(self):
        """Button: plan the parcels of these transfers anew."""
        self.check_access("read")
        self._raise_refused(self.plan_parcels())
        return True

    def action_pack_all(self):
        """Button: pack all that is planned; what was never planned is planned first."""
        self.check_access("read")
        self._raise_refused(self.plan_parcels(apply=True))
        return True

    def _raise_refused(self, answers):
        refused = [entry["message"] for answer in answers for entry in answer["errors"]]
        if refused:
            raise UserError("\n".join(refused))

    def _get_parcel_plan(self):
        """Service for screens: the parcels of one transfer as they are planned now.

        Planned anew when what is to be packed has changed. Access is the caller's to check.

        :return dict: as ``plan_parcels`` answers; each parcel also has ``svg`` (its picture, or
            ``False``) and ``steps`` (``[{"product_id", "name", "place", "sizes"}]``, in the order
            in which the pieces go in). Packed parcels come first
        """
        self.ensure_one()
        picking = as_service(self)
        if picking._is_plan_current():
            parcels = picking._get_open_parcels()
            answer = picking._prepare_plan_row([parcel._as_row() for parcel in parcels])
        else:
            answer = picking._plan_anew()[picking.id]
        parcels = picking.packing_parcel_ids.sorted("id")
        shown = parcels.filtered("package_id") | parcels
        return {**answer, "parcels": shown._as_drawn_rows()}

    def _get_open_parcels(self):
        return self.packing_parcel_ids.filtered(lambda parcel: not parcel.package_id).sorted("id")

    def _pack_planned(self, parcel, package_type=None, reason=False, weight=False):
        """Pack one planned parcel, in the box it was planned for unless another one is named."""
        contents = [
            {"move_line_id": line, "quantity": quantity}
            for line, quantity in parcel._get_quantities().items()
        ]
        return self._pack(
            {
                "contents": contents,
                "package_type_id": package_type.id if package_type else False,
                "weight": weight,
                "reason": reason,
            }
        )

    def _find_planned(self, lines):
        """The planned parcel that holds just these lines, or none."""
        packed = {line.id: round(line.quantity, 6) for line in lines}
        for parcel in self._get_open_parcels():
            if parcel._get_quantities() == packed:
                return parcel
        return self.env["order.packing.parcel"]

    def _follow_plan(self, package, planned, reason, rests):
        """Note what a parcel was packed in; what is planned otherwise now is void.

        :param planned: the planned parcel it is, or none
        :param reason: why another box was taken
        :param dict rests: move line id → id of the line of its rest
        """
        others = self._get_open_parcels() - planned
        if not planned:
            others.unlink()
            return
        planned._note_package(package, reason)
        others._follow_lines(rests)

    def _is_plan_current(self):
        """Whether the open parcels hold just what is to be packed now."""
        planned = {}
        for parcel in self._get_open_parcels():
            for line, quantity in parcel._get_quantities().items():
                planned[line] = round(planned.get(line, 0.0) + quantity, 6)
        wanted = {line.id: round(quantity, 6) for line, quantity in get_open_lines(self).items()}
        return bool(planned) and planned == wanted
