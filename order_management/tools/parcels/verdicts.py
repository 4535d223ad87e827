"""What there is to say about a parcel: its edges, the boxes that lost, its weight."""

from .goods import PlannedParcel


def get_extents(placements):
    """The edges of the block that placements fill, from the corner of the box."""
    edges = [(one.x + one.length, one.y + one.width, one.z + one.height) for one in placements] or [
        (0.0, 0.0, 0.0)
    ]
    return tuple(round(max(ends), 4) for ends in zip(*edges, strict=True))


def tell_losers(parcel: PlannedParcel, boxes, volume: float, net: float) -> list[tuple]:
    """Why every other box lost against that of a parcel.

    :param volume: of its contents
    :param net: weight of its contents
    :return: ``(box id, reason, by how much)``; reason is ``too_small`` (by volume), ``too_heavy``,
        ``does_not_fit``, ``dearer`` or ``larger``
    """
    chosen = next((box for box in boxes if box.id == parcel.box), None)
    told = []
    for box in boxes:
        if chosen is None or box is chosen:
            continue
        if box.max_weight and round(net + box.weight - box.max_weight, 9) > 0:
            told.append((box.id, "too_heavy", net + box.weight - box.max_weight))
        elif volume > box.volume:
            told.append((box.id, "too_small", volume - box.volume))
        elif (box.cost, box.volume) < (chosen.cost, chosen.volume):
            told.append((box.id, "does_not_fit", 0.0))
        elif box.cost > chosen.cost:
            told.append((box.id, "dearer", box.cost - chosen.cost))
        else:
            told.append((box.id, "larger", box.volume - chosen.volume))
    return [(box, reason, round(amount, 4)) for box, reason, amount in told]


def is_weight_wrong(actual: float, expected: float, share: float, least: float) -> bool:
    """Whether a weighed parcel is off by more than is tolerated.

    :param share: of the expected weight
    :param least: what is tolerated in any case
    """
    return round(abs(actual - expected) - max(expected * share, least), 6) > 0
