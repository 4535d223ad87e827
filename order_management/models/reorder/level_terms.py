"""What levels of many rules rest on together: units and policies, read once."""

from typing import NamedTuple


class UnitFacts(NamedTuple):
    """A unit of measure."""

    record: object
    name: str
    rounding: float


class PolicyTerms(NamedTuple):
    """What a policy says to levels."""

    review_days: int
    order_cost: float
    holding_share: float  # of the price, a year
    max_cover_days: float
    service_levels: dict  # class → target

    def get_service_level(self, abc):
        """The target for a class, or for products without one."""
        return self.service_levels[abc or False]


def read_terms(policies):
    """Policy id → :class:`PolicyTerms`."""
    return {
        policy.id: PolicyTerms(
            policy.review_days,
            policy.order_cost,
            policy.holding_percent / 100.0,
            policy.max_cover_days,
            {abc: policy._get_service_level(abc) for abc in (False, "a", "b", "c")},
        )
        for policy in policies
    }


def read_units(rules):
    """Rule id → :class:`UnitFacts` of its product, past core's related fields."""
    known, found = {}, {}
    for template in rules.product_id.product_tmpl_id:
        unit = template.uom_id
        if unit.id not in known:
            known[unit.id] = UnitFacts(unit, unit.name, unit.rounding)
        found[template.id] = known[unit.id]
    return {rule.id: found[rule.product_id.product_tmpl_id.id] for rule in rules}
