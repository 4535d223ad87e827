"""Pictures of planned parcels, from what is stored of them."""

from ...tools.cartonization import Box, Parcel, Placement
from ...tools.packing_picture import picture, steps

MOST_STEPS = 60  # pictures of one parcel, so that a form stays light


def draw_parcel(contents, names, step=None):
    """A parcel as SVG; False when nothing has a place in it.

    :param dict contents: the parcel as ``plan_parcels`` answers it
    :param dict names: product id → name
    :param int step: so many pieces are in it; all when None
    """
    parcel, box = _read(contents)
    return picture(parcel, box, names, step, "cm") if parcel.placements else False


def tell_steps(contents, names):
    """The pieces in the order in which they go in: ``product_id``, ``name``, place and sizes."""
    parcel, _box = _read(contents)
    pieces = [parcel.placements[at] for at in steps(parcel)]
    return [
        {
            "product_id": one.item,
            "name": names.get(one.item, ""),
            "place": [one.x, one.y, one.z],
            "sizes": [one.length, one.width, one.height],
        }
        for one in pieces
    ]


def draw_steps(contents, names):
    """One picture a piece, after it went in; the last one shows all."""
    parcel, _box = _read(contents)
    count = len(parcel.placements)
    first = 1 if count <= MOST_STEPS else count
    return [draw_parcel(contents, names, step) for step in range(first, count + 1)]


def _read(contents):
    placements = tuple(
        Placement(item["product_id"], **place)
        for item in contents["items"]
        for place in item["placements"]
    )
    sizes = contents["sizes"] or contents["extents"]
    parcel = Parcel(
        contents["package_type_id"],
        placements,
        contents["weight"],
        contents["void"],
        contents["fragile"],
    )
    return parcel, Box(contents["package_type_id"], *(max(size, 0.001) for size in sizes))
