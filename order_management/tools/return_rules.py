"""Judging one line of a return request by the rules of a policy.

Numbers and ids come in, a verdict goes out; the same facts always lead to the same verdict,
so that a decision can be taken again from what was stored with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Differences of quantities below this are noise of binary fractions.
NOISE = 1e-9

OFFERED = ("refund", "credit")


@dataclass(frozen=True)
class Verdict:
    """What becomes of one line.

    ``code`` says why: ``rule`` (a rule of the policy fits), ``not_offered``,
    ``not_returnable``, ``too_many``, ``outside_window``, ``late`` (out of every window, but
    a rule wants a person to look) or ``no_rule``. ``fee_percent`` is of the gross refund,
    ``fee_amount`` in the company's currency. ``days_late`` counts from the longest window.
    """

    decision: str
    code: str
    rule: int | bool = False
    fee_percent: float = 0.0
    fee_amount: float = 0.0
    window_days: int | bool = False
    days_late: int = 0


def judge(facts: Mapping, rules: Sequence[Mapping]) -> Verdict:
    """Judge one line.

    The first rule that fits the product, its category and the reason, and whose window is
    still open, decides. Outside of every window a fitting rule that says ``review`` still
    leaves the decision to a person; otherwise the line is refused.

    :param facts: ``product``, ``categories`` (ids, the product's own and all above it),
        ``reason`` (id), ``our_fault``, ``resolution``, ``quantity``, ``returnable``,
        ``days`` (whole days since the delivery, or ``False`` if unknown)
    :param rules: in their order: ``id``, ``products``, ``categories``, ``reasons`` (ids),
        ``resolutions`` (codes; each empty for all), ``window_days``, ``fee_percent``,
        ``fee_amount``, ``decision``
    """
    fitting = [rule for rule in rules if _fits(rule, facts)]
    offering = [rule for rule in fitting if _offers(rule, facts)]
    refused = _refusal(facts) or (fitting and not offering and "not_offered")
    if refused:
        return Verdict("refuse", refused)
    if not fitting:
        return Verdict("review", "no_rule")
    in_time = next((rule for rule in offering if _is_in_time(rule, facts["days"])), None)
    if in_time:
        return _verdict(in_time["decision"], "rule", in_time, facts)
    return _late(offering, facts)


def _refusal(facts: Mapping) -> str:
    """Return why no rule could allow this, or an empty text."""
    if facts["resolution"] not in OFFERED:
        return "not_offered"
    if facts["returnable"] <= NOISE:
        return "not_returnable"
    if facts["quantity"] - facts["returnable"] > NOISE:
        return "too_many"
    return ""


def get_window(product: int, categories: Sequence[int], rules: Sequence[Mapping]) -> int | bool:
    """Return how many days a product may come back in without a fault of ours.

    :return: ``False`` when the first rule for it refuses, or when no rule is for all reasons
    """
    facts = {"product": product, "categories": categories, "reason": False}
    general = [rule for rule in rules if not rule["reasons"] and _fits(rule, facts)]
    if not general or general[0]["decision"] == "refuse":
        return False
    return max(rule["window_days"] for rule in general if rule["decision"] != "refuse")


def _fits(rule: Mapping, facts: Mapping) -> bool:
    return (
        (not rule["products"] or facts["product"] in rule["products"])
        and (not rule["categories"] or not set(rule["categories"]).isdisjoint(facts["categories"]))
        and (not rule["reasons"] or facts["reason"] in rule["reasons"])
    )


def _offers(rule: Mapping, facts: Mapping) -> bool:
    """A rule that names no resolutions offers all; so do rules stored before they could."""
    return not rule.get("resolutions") or facts["resolution"] in rule["resolutions"]


def _is_in_time(rule: Mapping, days: int | bool) -> bool:
    """The day of the delivery is day 0; the last day accepted is ``window_days``."""
    return days is False or days <= rule["window_days"]


def _late(fitting: Sequence[Mapping], facts: Mapping) -> Verdict:
    longest = max(fitting, key=lambda rule: rule["window_days"])
    late = facts["days"] - longest["window_days"]
    review = next((rule for rule in fitting if rule["decision"] == "review"), None)
    if review:
        return _verdict("review", "late", review, facts, late)
    return _verdict("refuse", "outside_window", longest, facts, late)


def _verdict(decision: str, code: str, rule: Mapping, facts: Mapping, late: int = 0) -> Verdict:
    """What is our fault costs the customer nothing."""
    free = facts["our_fault"]
    return Verdict(
        decision,
        code,
        rule["id"],
        0.0 if free else rule["fee_percent"],
        0.0 if free else rule["fee_amount"],
        rule["window_days"],
        late,
    )
