"""Judging one line of a return request by the rules of a policy.

Numbers and ids come in, a verdict goes out; the same facts always lead to the same verdict,
so that a decision can be taken again from what was stored with it. Facts and rules that were
stored before a key existed are read as if it were empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

# Differences of quantities below this are noise of binary fractions.
NOISE = 1e-9

OFFERED = ("refund", "credit")

# Key of a rule that lists what it is for → key of the facts that must be among it.
SCOPES = (
    ("products", "product"),
    ("categories", "categories"),
    ("product_tags", "product_tags"),
    ("partner_tags", "partner_tags"),
    ("channels", "channel"),
    ("countries", "country"),
    ("reasons", "reason"),
)


@dataclass(frozen=True)
class Verdict:
    """What becomes of one line.

    ``code`` says why: ``rule`` (a rule of the policy fits), ``not_offered``,
    ``not_returnable``, ``too_many``, ``outside_window``, ``late`` (out of every window, but
    a rule wants a person to look), ``foreign`` (not sold by us, so that no rule fits),
    ``evidence_missing`` (a photo is wanted),
    ``condition_missing`` (nobody said whether the goods were opened), ``unseen`` (a customer
    says it never came, so that nobody will see it) or ``no_rule``.
    ``fee_percent`` is of the gross refund, ``fee_amount`` in the company's currency.
    ``days_late`` counts from the longest window. ``return_shipping`` says who pays the way
    back, ``us`` or ``customer``, or is empty where no rule says it.
    """

    decision: str
    code: str
    rule: int | bool = False
    fee_percent: float = 0.0
    fee_amount: float = 0.0
    window_days: int | bool = False
    days_late: int = 0
    return_shipping: str = ""
    evidence_needed: bool = False


def judge(facts: Mapping, rules: Sequence[Mapping]) -> Verdict:
    """Judge one line.

    The first rule that fits and whose window is still open decides. Where it wants a photo
    or the state of the goods and nobody gave it, a person decides. Outside of every window a
    fitting rule that says ``review`` still leaves the decision to a person; otherwise the
    line is refused.

    :param facts: ``product``, ``categories`` (ids, the product's own and all above it),
        ``product_tags``, ``partner_tags`` (ids), ``is_company``, ``channel``, ``country``,
        ``reason`` (ids), ``our_fault``, ``goods`` (``unopened``, ``opened`` or empty where
        nobody said), ``has_evidence``, ``unseen`` (a customer alone says that it never came),
        ``foreign`` (goods that we did not sell), ``resolution``, ``quantity``, ``returnable``,
        ``days`` (whole days since the delivery, or ``False`` if unknown)
    :param rules: in their order: ``id``, ``products``, ``categories``, ``product_tags``,
        ``partner_tags``, ``channels``, ``countries``, ``reasons`` (ids), ``customer``
        (``company``, ``consumer``), ``goods``, ``resolutions`` (codes; each empty for all),
        ``window_days``, ``fee_percent``, ``fee_amount``, ``fees`` (``reason``, ``percent``,
        ``amount``: in place of the rule's own fee), ``evidence_reasons`` (ids),
        ``return_shipping`` (``us``, ``customer``, ``customer_unless_fault``), ``decision``
    """
    if facts.get("foreign"):
        offered = facts["resolution"] in OFFERED
        return Verdict("review", "foreign") if offered else Verdict("refuse", "not_offered")
    fitting = [rule for rule in rules if fits(rule, facts)]
    offering = [rule for rule in fitting if _offers(rule, facts)]
    refused = _refusal(facts) or (fitting and not offering and "not_offered")
    if refused:
        return Verdict("refuse", refused)
    if not fitting:
        return Verdict("review", "no_rule")
    in_time = next((rule for rule in offering if _is_in_time(rule, facts["days"])), None)
    verdict = _in_time(in_time, facts) if in_time else _late(offering, facts)
    if verdict.decision == "accept" and facts.get("unseen"):
        return replace(verdict, decision="review", code="unseen")
    return verdict


def last_day(facts: Mapping, rules: Sequence[Mapping]) -> int | bool:
    """The last day after the delivery on which a request is not refused, or ``False``."""
    for days in sorted({rule["window_days"] for rule in rules}, reverse=True):
        if judge({**facts, "days": days}, rules).decision != "refuse":
            return days
    return False


def fee_of(rule: Mapping, reason: int, our_fault: bool) -> tuple[float, float]:
    """The percentage and the fixed part that a rule keeps back for a reason.

    What is our fault costs the customer nothing.
    """
    if our_fault:
        return 0.0, 0.0
    for fee in rule.get("fees") or ():
        if fee["reason"] == reason:
            return fee["percent"], fee["amount"]
    return rule["fee_percent"], rule["fee_amount"]


def payer_of(rule: Mapping, our_fault: bool) -> str:
    """Who pays the way back: ``us``, ``customer``, or nothing where the rule does not say."""
    payer = rule.get("return_shipping") or ""
    if payer == "customer_unless_fault":
        return "us" if our_fault else "customer"
    return payer


def fits(rule: Mapping, facts: Mapping) -> bool:
    """Whether a rule is for what the facts describe, whatever its window and what it offers."""
    return (
        all(_is_among(rule.get(wanted), facts.get(given)) for wanted, given in SCOPES)
        and _fits_customer(rule.get("customer"), facts)
        and _fits_goods(rule.get("goods"), facts.get("goods"))
    )


def may_fit(rule: Mapping, facts: Mapping) -> bool:
    """Whether a rule is for what the facts describe, as far as they go.

    What they have no key for is not known, and any rule may be for it.
    """
    return (
        all(
            given not in facts or _is_among(rule.get(wanted), facts[given])
            for wanted, given in SCOPES
        )
        and ("is_company" not in facts or _fits_customer(rule.get("customer"), facts))
        and _fits_goods(rule.get("goods"), facts.get("goods"))
    )


def worth_telling(facts: Mapping, rules: Sequence[Mapping]) -> list[Mapping]:
    """The rules to tell somebody who looks at one product before buying it.

    Left out is what is for others, and what never decides since a rule before it takes all.

    :param facts: what is known, as :func:`may_fit` takes it
    """
    told, covered = [], -1
    for rule in rules:
        if not may_fit(rule, facts) or rule["window_days"] <= covered:
            continue
        told.append(rule)
        if _takes_all(rule, facts):
            if rule["decision"] == "refuse":
                break
            covered = rule["window_days"]
    return told


def _takes_all(rule: Mapping, facts: Mapping) -> bool:
    """Whether a rule that may fit does fit, whatever else there is to know."""
    return not (
        any(rule.get(wanted) and given not in facts for wanted, given in SCOPES)
        or (rule.get("customer") and "is_company" not in facts)
        or rule.get("goods")
        or rule.get("resolutions")
    )


def _refusal(facts: Mapping) -> str:
    """Return why no rule could allow this, or an empty text."""
    if facts["resolution"] not in OFFERED:
        return "not_offered"
    if facts["returnable"] <= NOISE:
        return "not_returnable"
    if facts["quantity"] - facts["returnable"] > NOISE:
        return "too_many"
    return ""


def get_window(
    product: int,
    categories: Sequence[int],
    rules: Sequence[Mapping],
    facts: Mapping | None = None,
) -> int | bool:
    """Return how many days a product may come back in without a fault of ours.

    :param facts: what else is known, as :func:`judge` takes it
    :return: ``False`` when the first rule for it refuses, or when no rule is for all reasons
    """
    facts = {**(facts or {}), "product": product, "categories": categories, "reason": False}
    general = [rule for rule in rules if not rule["reasons"] and fits(rule, facts)]
    if not general or general[0]["decision"] == "refuse":
        return False
    return max(rule["window_days"] for rule in general if rule["decision"] != "refuse")


def _is_among(wanted: Sequence[int] | None, given: Sequence[int] | int | bool | None) -> bool:
    """An empty list wants nothing in particular."""
    if not wanted:
        return True
    if not given:
        return False
    return given in wanted if isinstance(given, int) else not set(wanted).isdisjoint(given)


def _fits_customer(wanted: str | None, facts: Mapping) -> bool:
    return not wanted or (wanted == "company") == bool(facts.get("is_company"))


def _fits_goods(wanted: str | None, given: str | None) -> bool:
    """A rule for opened or unopened goods may fit as long as nobody said what they are."""
    return not wanted or not given or wanted == given


def _offers(rule: Mapping, facts: Mapping) -> bool:
    """A rule that names no resolutions offers all; so do rules stored before they could."""
    return not rule.get("resolutions") or facts["resolution"] in rule["resolutions"]


def _is_in_time(rule: Mapping, days: int | bool) -> bool:
    """The day of the delivery is day 0; the last day accepted is ``window_days``."""
    return days is False or days <= rule["window_days"]


def _in_time(rule: Mapping, facts: Mapping) -> Verdict:
    if rule.get("goods") and not facts.get("goods"):
        return _verdict("review", "condition_missing", rule, facts)
    verdict = _verdict(rule["decision"], "rule", rule, facts)
    if verdict.decision == "accept" and verdict.evidence_needed and not facts.get("has_evidence"):
        return _verdict("review", "evidence_missing", rule, facts)
    return verdict


def _late(fitting: Sequence[Mapping], facts: Mapping) -> Verdict:
    longest = max(fitting, key=lambda rule: rule["window_days"])
    late = facts["days"] - longest["window_days"]
    review = next((rule for rule in fitting if rule["decision"] == "review"), None)
    if review:
        return _verdict("review", "late", review, facts, late)
    return _verdict("refuse", "outside_window", longest, facts, late)


def _verdict(decision: str, code: str, rule: Mapping, facts: Mapping, late: int = 0) -> Verdict:
    percent, amount = fee_of(rule, facts["reason"], facts["our_fault"])
    return Verdict(
        decision,
        code,
        rule["id"],
        percent,
        amount,
        rule["window_days"],
        late,
        payer_of(rule, facts["our_fault"]),
        facts["reason"] in (rule.get("evidence_reasons") or ()),
    )
