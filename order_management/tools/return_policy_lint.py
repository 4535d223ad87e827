"""What is doubtful about the rules of a return policy: gaps, rules in vain, too short windows.

Nothing here is forbidden; each finding is told to whoever writes the policy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .return_rules import OFFERED, fee_of, fits, judge

# Days in which a consumer in the European Union may withdraw from a purchase at a distance.
WITHDRAWAL_DAYS = 14

CUSTOMERS = ("company", "consumer")
GOODS = ("unopened", "opened")

# An id that no record has: a product, customer or country that no rule names.
NOBODY = -1

SCOPES = ("product_tags", "partner_tags", "channels", "countries")


@dataclass(frozen=True)
class Doubt:
    """One finding.

    ``code``: ``gap`` (requests for ``reason`` that no rule fits; ``customer`` and ``goods``
    where it is only some of them), ``unreachable`` (``rule`` is never reached because of
    ``other``), ``window_short`` (``days``) and ``withdrawal_refused`` (a consumer of the
    European Union may withdraw), ``withdrawal_fee``, ``fee_on_fault`` (a fee that is never
    taken), ``wear_on_fault`` (less for used or broken goods, though in vain), ``wear_odd`` (more
    for broken than for used goods), ``not_offered`` (``resolution`` is offered by no rule),
    ``only_unknown`` (``rule`` offers nothing that can be had), ``date_gap`` (no version counts
    ``first`` to ``last``), ``ends`` (nothing follows ``last``).
    """

    code: str
    rule: int | bool = False
    other: int | bool = False
    reason: int | bool = False
    customer: str = ""
    goods: str = ""
    resolution: str = ""
    days: int = 0
    first: date | bool = False
    last: date | bool = False


def lint(
    rules: Sequence[Mapping],
    reasons: Sequence[Mapping],
    countries: Sequence[int] = (),
    union: Sequence[int] = (),
    parents: Mapping[int, Sequence[int]] | None = None,
    products: Mapping[int, Sequence[int]] | None = None,
) -> list[Doubt]:
    """Return what is doubtful about ``rules``, in their order.

    :param rules: as :func:`return_rules.judge` takes them
    :param reasons: ``id``, ``our_fault``
    :param countries: ids of the countries the policy is for, empty for all
    :param union: ids of the countries of the European Union
    :param parents: category id → its own id and those of all above it
    :param products: product id → ids of its category and all above it
    """
    parents, products = parents or {}, products or {}
    served = [one for one in union if not countries or one in countries]
    doubts = _find_gaps(rules, reasons)
    for index, rule in enumerate(rules):
        doubts += _find_unreachable(rules[:index], rule, parents, products)
        doubts += _find_idle(rule, reasons)
        doubts += _find_unlawful(rules, rule, reasons, served, parents, products)
    return doubts + _find_not_offered(rules)


def lint_dates(periods: Sequence[tuple[date | bool, date | bool]]) -> list[Doubt]:
    """Return the days on which none of the versions of a policy counts.

    :param periods: first and last day of each, ``False`` where it is open
    """
    doubts, end = [], None
    for first, last in sorted(periods, key=lambda one: one[0] or date.min):
        if end and first and first - end > timedelta(days=1):
            gap = first - timedelta(days=1)
            doubts.append(Doubt("date_gap", first=end + timedelta(days=1), last=gap))
        end = max(end or date.min, last or date.max)
    if end and end != date.max:
        doubts.append(Doubt("ends", last=end))
    return doubts


def _find_gaps(rules: Sequence[Mapping], reasons: Sequence[Mapping]) -> list[Doubt]:
    """Reasons for which a product that no rule names finds no rule."""
    doubts = []
    for reason in reasons:
        missing = [
            (customer, goods)
            for customer in CUSTOMERS
            for goods in GOODS
            if not any(fits(rule, _facts(reason, customer, goods)) for rule in rules)
        ]
        customers = {customer for customer, _goods in missing}
        goods = {one for _customer, one in missing}
        if missing and len(missing) == len(customers) * len(goods):
            doubts.append(
                Doubt(
                    "gap",
                    reason=reason["id"],
                    customer=customers.pop() if len(customers) == 1 else "",
                    goods=goods.pop() if len(goods) == 1 else "",
                )
            )
        elif missing:
            doubts.append(Doubt("gap", reason=reason["id"]))
    return doubts


def _facts(reason: Mapping, customer: str, goods: str, **values) -> dict:
    return {
        "product": NOBODY,
        "categories": (),
        "reason": reason["id"],
        "our_fault": reason["our_fault"],
        "is_company": customer == "company",
        "goods": goods,
        "has_evidence": True,
        "resolution": OFFERED[0],
        "quantity": 1.0,
        "returnable": 1.0,
        "days": 0,
        **values,
    }


def _find_unreachable(before, rule, parents, products) -> list[Doubt]:
    """Whether one rule above takes everything this one is for.

    A rule that lets a person look also catches what is late, and so is never in vain below
    rules that do not.
    """
    for other in before:
        catches_late = rule["decision"] == "review" and other["decision"] != "review"
        if _includes(other, rule, parents, products) and not catches_late:
            return [Doubt("unreachable", rule=rule["id"], other=other["id"])]
    return []


def _includes(other, rule, parents, products) -> bool:
    """Whether all that fits ``rule`` in time fits ``other`` in time."""
    return (
        other["window_days"] >= rule["window_days"]
        and _holds(other.get("reasons"), rule.get("reasons"))
        and _holds(other.get("resolutions"), rule.get("resolutions"))
        and all(_holds(other.get(scope), rule.get(scope)) for scope in SCOPES)
        and other.get("customer") in (None, "", False, rule.get("customer"))
        and other.get("goods") in (None, "", False, rule.get("goods"))
        and _holds(other.get("products"), rule.get("products"))
        and _holds_categories(other.get("categories"), rule, parents, products)
    )


def _holds(wider, narrower) -> bool:
    """An empty list is for all."""
    return not wider or (bool(narrower) and set(narrower) <= set(wider))


def _holds_categories(wider, rule, parents, products) -> bool:
    if not wider:
        return True
    for narrower, paths in ((rule.get("categories"), parents), (rule.get("products"), products)):
        if narrower and all(not set(paths.get(one, (one,))).isdisjoint(wider) for one in narrower):
            return True
    return False


def _find_idle(rule: Mapping, reasons: Sequence[Mapping]) -> list[Doubt]:
    """A fee that is never taken, and a rule that offers nothing that can be had."""
    doubts = []
    faults = {reason["id"] for reason in reasons if reason["our_fault"]}
    named = [fee["reason"] for fee in rule.get("fees") or () if fee["percent"] or fee["amount"]]
    has_fee = rule["fee_percent"] or rule["fee_amount"]
    only_faults = rule.get("reasons") and set(rule["reasons"]) <= faults
    if (has_fee and only_faults) or faults.intersection(named):
        doubts.append(Doubt("fee_on_fault", rule=rule["id"]))
    used, broken = rule.get("refund_percent_b", 100.0), rule.get("refund_percent_c", 100.0)
    if only_faults and min(used, broken) < 100:
        doubts.append(Doubt("wear_on_fault", rule=rule["id"]))
    elif broken > used:
        doubts.append(Doubt("wear_odd", rule=rule["id"]))
    if rule.get("resolutions") and set(rule["resolutions"]).isdisjoint(OFFERED):
        doubts.append(Doubt("only_unknown", rule=rule["id"]))
    return doubts


def _find_unlawful(rules, rule, reasons, served, parents, products) -> list[Doubt]:
    """What consumers of the European Union who change their mind meet on the last day."""
    countries = [one for one in served if not rule.get("countries") or one in rule["countries"]]
    if rule.get("customer") == "company" or not countries:
        return []
    chosen = [
        reason
        for reason in reasons
        if not reason["our_fault"] and (not rule.get("reasons") or reason["id"] in rule["reasons"])
    ]
    for reason in chosen:
        facts = _facts_of(rule, reason, countries[0], parents, products)
        verdict = judge(facts, rules)
        if verdict.code == "outside_window" and verdict.rule == rule["id"]:
            return [Doubt("window_short", rule=rule["id"], days=rule["window_days"])]
        if verdict.rule != rule["id"]:
            continue
        if verdict.decision == "refuse" and not _is_special(rule):
            return [Doubt("withdrawal_refused", rule=rule["id"], reason=reason["id"])]
        if verdict.decision != "refuse" and any(fee_of(rule, reason["id"], False)):
            return [Doubt("withdrawal_fee", rule=rule["id"], reason=reason["id"])]
    return []


def _facts_of(rule, reason, country, parents, products) -> dict:
    """The facts of a request on the last day of withdrawal that this rule is for."""
    product = (rule.get("products") or (NOBODY,))[0]
    category = (rule.get("categories") or (NOBODY,))[0]
    resolutions = [one for one in rule.get("resolutions") or () if one in OFFERED] or OFFERED
    return _facts(
        reason,
        "consumer",
        rule.get("goods") or GOODS[0],
        product=product,
        categories={*parents.get(category, (category,)), *products.get(product, ())},
        product_tags=rule.get("product_tags") or (),
        partner_tags=rule.get("partner_tags") or (),
        channel=(rule.get("channels") or (NOBODY,))[0],
        country=country,
        resolution=resolutions[0],
        days=WITHDRAWAL_DAYS,
    )


def _is_special(rule: Mapping) -> bool:
    """Some goods may be excluded by law, such as unsealed or made to measure ones."""
    return any(rule.get(key) for key in ("products", "categories", "product_tags", "goods"))


def _find_not_offered(rules: Sequence[Mapping]) -> list[Doubt]:
    allowing = [rule for rule in rules if rule["decision"] != "refuse"]
    if not allowing:
        return []
    return [
        Doubt("not_offered", resolution=code)
        for code in OFFERED
        if all(rule.get("resolutions") and code not in rule["resolutions"] for rule in allowing)
    ]
