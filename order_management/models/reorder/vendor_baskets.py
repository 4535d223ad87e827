"""Products that are ordered together from one vendor: a common cycle, and the least order value."""

from collections import defaultdict

from ...tools.replenishment import extend_cover, joint_replenishment

YEAR = 365.0


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


def extend_baskets(proposals):
    """Order more of a vendor's products where what is ordered now is worth too little.

    Only where something is ordered at all; all are brought to the same days of cover.

    :param list proposals: ``(values of a proposal, lead time, multiple, most)``; quantities in
        the values are raised
    :return list: the values that were changed
    """
    by_vendor = defaultdict(list)
    for proposal in proposals:
        lead = proposal[1]
        if lead.vendor.vendor_minimum_value > 0.0:
            by_vendor[lead.vendor, proposal[0]["company_id"]].append(proposal)
    changed = []
    for (vendor, _company), members in by_vendor.items():
        if not any(vals["quantity"] for vals, *_rest in members):
            continue
        items = [
            (
                vals["quantity"],
                vals["position"],
                vals["daily_demand"],
                lead.price,
                most,
                multiple,
            )
            for vals, lead, multiple, most in members
        ]
        quantities = extend_cover(items, vendor.vendor_minimum_value)
        if quantities is None:
            continue
        for (vals, *_rest), quantity in zip(members, quantities, strict=True):
            if quantity > vals["quantity"]:
                vals["quantity"] = quantity
                changed.append(vals)
    return changed
