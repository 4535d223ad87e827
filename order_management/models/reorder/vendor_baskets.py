"""Products that are ordered together from one vendor: a common cycle, the least order value, and
freight that is saved or paid."""

from collections import defaultdict
from typing import NamedTuple

from ...tools.replenishment import compare_freight, extend_cover, joint_replenishment

YEAR = 365.0


class Draft(NamedTuple):
    """What is to be ordered of one product."""

    vals: dict  # of its proposal; the quantity is raised
    lead: object
    multiple: float
    most: float  # that may be ordered; None: no limit
    holding_share: float  # the cost of stock as a share of its value, a year


class Change(NamedTuple):
    """Why so much is ordered, to be told with the proposal."""

    vals: dict
    why: str  # minimum: the least value is reached; more: it saves freight; freight: it is paid
    freight: float = 0.0
    holding: float = 0.0
    free_from: float = 0.0


def find_cycles(drafts):
    """What each rule orders at once where its vendor's products are best ordered together.

    :param list drafts: ``(rule, forecast, lead time)`` of rules that have a policy
    :return dict: rule → units; only of vendors whose order costs something, whatever is on it
    """
    by_vendor = defaultdict(list)
    for rule, forecast, lead in drafts:
        if lead.vendor.vendor_order_cost > 0.0:
            by_vendor[lead.vendor, rule.company_id].append((rule, forecast, lead))
    found = {}
    for (vendor, _company), members in by_vendor.items():
        items = [
            (
                forecast.policy.order_cost,
                forecast.policy.holding_percent / 100.0 * lead.price,
                forecast.daily_demand * YEAR,
            )
            for _rule, forecast, lead in members
        ]
        cycle, multiples, _cost = joint_replenishment(vendor.vendor_order_cost, items)
        for (rule, forecast, _lead), multiple in zip(members, multiples, strict=True):
            found[rule] = forecast.daily_demand * YEAR * cycle * multiple
    return found


def extend_baskets(drafts):
    """Order more of a vendor's products where what is ordered now is worth too little.

    Only where something is ordered at all; all are brought to the same days of cover. The
    vendor's least value is always reached, where that is possible; the value from which nothing
    is charged for freight where stock costs less than the freight.

    :param list drafts: :class:`Draft`; quantities in the values are raised
    :return list: :class:`Change` of what is to be told
    """
    by_vendor = defaultdict(list)
    for draft in drafts:
        vendor = draft.lead.vendor
        if vendor.vendor_minimum_value > 0.0 or vendor.vendor_freight_cost > 0.0:
            by_vendor[vendor, draft.vals["company_id"]].append(draft)
    changes = []
    for (vendor, _company), members in by_vendor.items():
        if not any(draft.vals["quantity"] for draft in members):
            continue
        if vendor.vendor_minimum_value > 0.0:
            changes += _reach_minimum(members, vendor.vendor_minimum_value)
        if vendor.vendor_freight_cost > 0.0:
            changes += _weigh_freight(members, vendor)
    return changes


def _reach_minimum(members, least):
    quantities = extend_cover([_as_item(draft) for draft in members], least)
    changed = _raise_quantities(members, quantities or ())
    return [Change(draft.vals, "minimum") for draft in changed]


def _weigh_freight(members, vendor):
    """Order more, or pay the freight of a small order: both figures are told."""
    free_from, cost = vendor.vendor_free_freight_from, vendor.vendor_freight_cost
    items = [(*_as_item(draft), draft.vals["minimum"], draft.holding_share) for draft in members]
    freight = compare_freight(items, free_from, cost)
    if not freight:
        return []
    if freight.is_extended:
        told, why = _raise_quantities(members, freight.quantities), "more"
    else:
        told = [draft for draft in members if draft.vals["quantity"]]
        why = "freight" if freight.holding is not None else "unreached"
    return [Change(draft.vals, why, cost, freight.holding or 0.0, free_from) for draft in told]


def _raise_quantities(members, quantities):
    """Put in what is ordered now; the drafts of which that is more."""
    changed = []
    for draft, quantity in zip(members, quantities, strict=False):
        if quantity > draft.vals["quantity"]:
            draft.vals["quantity"] = quantity
            changed.append(draft)
    return changed


def _as_item(draft):
    vals = draft.vals
    return (
        vals["quantity"],
        vals["position"],
        vals["daily_demand"],
        draft.lead.price,
        draft.most,
        draft.multiple,
    )
