"""The parcels of transfers as papers list them: in the order and with the weights of labels."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ListedParcel:
    package: Any
    move_lines: Any
    number: int
    weight: float
    tracking_ref: str


def list_parcels(pickings):
    """Transfer id → its :class:`ListedParcel` in the order in which they were closed."""
    lines = pickings.move_line_ids.filtered(lambda line: line.quantity > 0)
    packages = lines.result_package_id
    refs = packages._get_tracking_refs()
    packed = packages._get_parcels_of(pickings) if packages else {}
    by_package = lines.grouped("result_package_id")
    found = {}
    for picking in pickings:
        ids = [id_ for id_ in packed.get(picking.id, ()) if id_ in packages.ids]
        found[picking.id] = []
        for number, package in enumerate(packages.browse(ids), 1):
            held = by_package[package] & picking.move_line_ids
            weight = package.shipping_weight or package._get_contents_weight(held)
            ref = refs.get(package.id) or picking.carrier_tracking_ref or ""
            found[picking.id].append(ListedParcel(package, held, number, weight, ref))
    return found


def get_loose_lines(picking, parcels):
    """The lines of a transfer that are in no parcel."""
    packed = picking.env["stock.move.line"].union(*(parcel.move_lines for parcel in parcels))
    lines = picking.move_line_ids.filtered(
        lambda line: line.quantity > 0 and line.state != "cancel"
    )
    return lines - packed


def get_gross_weight(picking, parcels):
    """The weight of all parcels and of what is in none."""
    loose = get_loose_lines(picking, parcels)
    bare = sum(line.quantity_product_uom * line.product_id.weight for line in loose)
    return sum(parcel.weight for parcel in parcels) + bare
