"""Parcels as rows of an answer, and the slip of the plan that made them."""

from dataclasses import asdict

from ...tools.parcels import Box, Goods, Rules, get_extents, plan_parcels, tell_losers

RULE_VERSION = "1"


def prepare_parcel(parcel, planned, records, divisor):
    """A planned parcel as ``plan_parcels`` answers it.

    :param planned: the :class:`PlannedPicking` it is part of
    :param dict records: box id → package type
    :param float divisor: the carrier's, cubic centimeters a kilogram; 0 when not known
    """
    boxes = {box.id: box for box in planned.boxes}
    box = boxes.get(parcel.box)
    placements = [one for content in parcel.contents for one in content.placements]
    billable = box.volume / divisor * planned.rules.kilogram if box and divisor else 0.0
    return {
        "package_type_id": parcel.box or False,
        "box": records[parcel.box].name if parcel.box else False,
        "weight": parcel.weight,
        "void": parcel.void,
        "fragile": parcel.fragile,
        "void_high": parcel.is_void_high,
        "measured": parcel.measured,
        "ships_alone": parcel.alone,
        "hazard_classes": list(parcel.hazards),
        "billable_weight": round(max(parcel.weight, billable), 4),
        "sizes": [box.length, box.width, box.height] if box else [],
        "extents": list(get_extents(placements)),
        "items": [_prepare_item(content, planned) for content in parcel.contents],
    }


def _prepare_item(content, planned):
    line, share, packaging = planned.shares[content.goods]
    return {
        "move_line_id": line.id,
        "product_id": line.product_id.id,
        "quantity": line.product_uom_id.round(content.pieces * share),
        "packaging_id": packaging.id if packaging else False,
        "placements": [
            {name: getattr(one, name) for name in ("x", "y", "z", "length", "width", "height")}
            for one in content.placements
        ],
    }


def settle_quantities(rows, lines):
    """Take rounding out of the quantities: those of a line add up to what it holds.

    :param list rows: parcels as :func:`prepare_parcel` makes them
    :param dict lines: line → quantity that was planned
    """
    items = {}
    for row in rows:
        for item in row["items"]:
            items.setdefault(item["move_line_id"], []).append(item)
    for line, quantity in lines.items():
        held = items.get(line.id, [])
        rest = line.product_uom_id.round(quantity - sum(item["quantity"] for item in held))
        if held and not line.product_uom_id.is_zero(rest):
            last = held[-1]
            last["quantity"] = line.product_uom_id.round(last["quantity"] + rest)


def prepare_slip(picking, planned, records):
    """The slip of a plan: goods, boxes and rules in; what lost, and why."""
    parcels = planned.plan.parcels
    names = {box_id: record.name for box_id, record in records.items()}
    return {
        "model": "stock.picking",
        "res_id": picking.id,
        "decision": "fulfillment.parcels",
        "outcome": tell_outcome(planned.plan),
        "inputs": {
            "goods": [asdict(one) for one in planned.goods],
            "boxes": [asdict(box) for box in planned.boxes],
            "rules": asdict(planned.rules),
        },
        "alternatives": [
            {"parcel": number, "box": names[box], "reason": reason, "by": amount}
            for number, parcel in enumerate(parcels, 1)
            for box, reason, amount in _find_losers(parcel, planned)
        ],
        "flip": _tell_flip(picking.env, parcels, planned),
        "rule_version": RULE_VERSION,
        "company_id": picking.company_id.id,
        "confidential": ["cost"],
    }


def _find_losers(parcel, planned):
    goods = {one.id: one for one in planned.goods}
    held = [(goods[content.goods], content.pieces) for content in parcel.contents]
    volume = sum(one.stated_volume * pieces for one, pieces in held)
    net = sum(one.weight * pieces for one, pieces in held)
    return tell_losers(parcel, planned.boxes, volume, net)


def _tell_flip(env, parcels, planned):
    """What a better box would have to be like: the block that the emptiest parcel's goods fill."""
    if planned.plan.unplaced:
        return env._("A larger or stronger box for the goods that were left out.")
    emptiest = max(
        (parcel for parcel in parcels if parcel.box and parcel.measured),
        key=lambda parcel: parcel.void,
        default=None,
    )
    if emptiest is None:
        return env._("Measures of all goods, and package types with measures.")
    placements = [one for content in emptiest.contents for one in content.placements]
    length, width, height = get_extents(placements)
    return env._(
        "A box of %(length)g × %(width)g × %(height)g cm inside, no dearer than the one chosen.",
        length=length,
        width=width,
        height=height,
    )


def tell_outcome(plan):
    """The plan in words that its inputs lead to again."""
    boxes = ",".join(str(parcel.box or "-") for parcel in plan.parcels)
    left = ",".join(f"{goods}*{pieces:g}" for goods, pieces, _reason in plan.unplaced)
    return f"parcels {len(plan.parcels)}: {boxes}" + (f"; left out: {left}" if left else "")


def replay(inputs):
    """The outcome that stored inputs lead to."""
    rules = dict(inputs["rules"])
    for name in ("apart", "together"):
        rules[name] = tuple(map(tuple, rules[name]))
    plan = plan_parcels(
        [Goods(**one) for one in inputs["goods"]],
        [Box(**box) for box in inputs["boxes"]],
        Rules(**rules),
    )
    return tell_outcome(plan)
