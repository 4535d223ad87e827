"""The rules of Peppol BIS Ordering 3, transaction T01 (the order).

Three families: PEPPOL-T01-Rnnn and -CLnnn below, PEPPOL-COMMON in `ubl_common_rules`, and the
structure, PEPPOL-T01-Bnnnnn, in `ubl_structure`. To add a rule: add a `Check` to the table of the
elements it is for (or a `Rule`, where an element must meet no earlier one of the table), with a
predicate from `ubl_predicates`; add a good and a bad case to the tests.
"""

from __future__ import annotations

from . import ubl_predicates as ask
from .code_lists import ALLOWANCE_REASONS, CHARGE_REASONS
from .rules import FATAL, WARNING, Check, Problem, Rule, broken, indexed
from .ubl_common_rules import EMPTINESS, FORMATS
from .ubl_structure import STRUCTURE_LEVEL, structure_problems
from .xml_tree import Element, local_name, parse_order, text

CUSTOMIZATION = "urn:fdc:peppol.eu:poacc:trns:order:3"
PROFILES = frozenset(
    f"urn:fdc:peppol.eu:poacc:bis:{name}:3"
    for name in ("order_only", "ordering", "advanced_ordering")
)
TOTALS = (
    "TaxExclusiveAmount",
    "TaxInclusiveAmount",
    "AllowanceTotalAmount",
    "ChargeTotalAmount",
    "PrepaidAmount",
    "PayableRoundingAmount",
    "PayableAmount",
)
AMOUNTS = ("Amount", "TaxAmount", "LineExtensionAmount", "PriceAmount", "BaseAmount", *TOTALS)


def validate(content: bytes) -> list[Problem]:
    """Return every broken rule as `{"code", "message", "path", "level"}`.

    A fragment is judged by the rules for what it has. What is no UBL order is one error.
    """
    root, errors = parse_order(content)
    if root is None:
        return [{**problem, "level": FATAL} for problem in errors]
    return broken_rules(root)


def broken_rules(root: Element) -> list[Problem]:
    """Return every rule that this order breaks."""
    return [*_broken(root), *structure_problems(root)]


def fatal_rules(root: Element) -> list[Problem]:
    """Return the broken rules for which an order must be refused."""
    problems = _broken(root) if STRUCTURE_LEVEL == WARNING else broken_rules(root)
    return [problem for problem in problems if problem["level"] == FATAL]


def _broken(root: Element) -> list[Problem]:
    return list(broken(root, (EMPTINESS, FORMATS, ORDER), ask.facts_of(root)))


def _t01(number: str, holds: ask.Assertion, message: str, level: str = FATAL) -> Check:
    return Check(f"PEPPOL-T01-{number}", holds, message, level)


DOCUMENT = (
    Rule(
        ("ProfileID",),
        (
            _t01(
                "R031",
                lambda element, facts: text(element) in PROFILES,
                "this is no profile of an order; use order_only, ordering or advanced_ordering.",
            ),
        ),
    ),
    Rule(
        ("CustomizationID",),
        (
            _t01(
                "R034",
                lambda element, facts: text(element).startswith(CUSTOMIZATION),
                f"the specification must begin with {CUSTOMIZATION}.",
            ),
        ),
    ),
    Rule(
        AMOUNTS,
        (
            _t01(
                "R003",
                ask.in_currency,
                "the amount is in another currency than the order; state one currency only.",
            ),
            _t01("R028", ask.has_cents_at_most, "round the amount to two decimals."),
        ),
    ),
    Rule(
        ("Order",),
        (
            _t01(
                "R002",
                ask.has_one_of("ValidityPeriod/EndDate"),
                "The order should say until when it is valid; add ValidityPeriod/EndDate.",
                WARNING,
            ),
        ),
    ),
    Rule(
        ("OriginatorCustomerParty",),
        (
            _t01(
                "R014",
                ask.has_one_of("Party/PartyName/Name", "Party/PartyIdentification/ID"),
                "the originator has neither a name nor an identifier; give one of them.",
            ),
        ),
    ),
    Rule(
        ("PartyTaxScheme",),
        (
            _t01(
                "R026",
                ask.has_country_prefix,
                "the VAT number must begin with the two letters of its country (EL for Greece).",
            ),
        ),
        ask.is_vat_scheme,
    ),
)

TOTAL = Rule(
    ("AnticipatedMonetaryTotal",),
    (
        _t01(
            "R006",
            ask.not_negative("PayableAmount"),
            "PayableAmount is missing or negative; state what is to be paid.",
        ),
        _t01(
            "R007",
            ask.not_negative("LineExtensionAmount"),
            "LineExtensionAmount is missing or negative; state the sum of the lines.",
        ),
        _t01(
            "R008",
            ask.is_sum_of_lines,
            "LineExtensionAmount is not the sum of the lines' LineExtensionAmount; correct it.",
        ),
        _t01(
            "R009",
            ask.is_sum_of_allowances,
            "AllowanceTotalAmount is not the sum of the order's allowances; correct it.",
        ),
        _t01(
            "R010",
            ask.is_sum_of_charges,
            "ChargeTotalAmount is not the sum of the order's charges; correct it.",
        ),
        _t01(
            "R011",
            ask.adds_up_without_tax,
            "TaxExclusiveAmount must be the lines less the allowances plus the charges.",
        ),
        _t01(
            "R016",
            ask.adds_up_to_payable,
            "PayableAmount must be TaxInclusiveAmount less PrepaidAmount plus "
            "PayableRoundingAmount.",
        ),
        _t01(
            "R017",
            ask.adds_up_with_tax,
            "TaxInclusiveAmount must be the total without tax plus TaxTotal/TaxAmount.",
        ),
    ),
)

ALLOWANCES = (
    Rule(
        ("AllowanceCharge",),
        (_t01("R020", ask.never, "a percentage is given without its base; add BaseAmount."),),
        ask.lacks_base,
    ),
    Rule(
        ("AllowanceCharge",),
        (
            _t01(
                "R021",
                ask.never,
                "a base is given without a percentage; add MultiplierFactorNumeric.",
            ),
        ),
        ask.lacks_factor,
    ),
    Rule(
        ("AllowanceCharge",),
        (
            _t01(
                "R022",
                ask.is_share_of_base,
                "Amount must be BaseAmount × MultiplierFactorNumeric ÷ 100.",
            ),
            _t01(
                "R023",
                ask.has_one_of("AllowanceChargeReason", "AllowanceChargeReasonCode"),
                "the reason is missing; give a text or a code.",
            ),
            _t01(
                "R032",
                ask.not_negative("Amount"),
                "Amount is missing or negative; the indicator tells allowance from charge.",
            ),
        ),
        ask.is_top_level,
    ),
)

TAX = Rule(
    ("TaxCategory", "ClassifiedTaxCategory"),
    (
        _t01("R029", ask.has_rate, "the rate is missing; add Percent (only category O has none)."),
        _t01("R030", ask.has_standard_rate, "the standard rate must be above zero."),
    ),
)

LINE = Rule(
    ("LineItem",),
    (
        _t01(
            "R024",
            ask.has_right_amount,
            "LineExtensionAmount must be quantity × price ÷ base quantity, plus charges, less "
            "allowances.",
        ),
        _t01("R025", ask.has_positive_base, "Price/BaseQuantity must be above zero."),
        _t01("R001", ask.has_own_ref, "each line needs an ID that no other line has."),
        _t01("R004", ask.not_negative("Quantity"), "Quantity is missing or negative."),
        _t01(
            "R013", ask.has_one_of("Quantity"), "the line should say how much is ordered.", WARNING
        ),
    ),
    lambda element: local_name(element.getparent()) == "OrderLine",
)

PRICE = (
    Rule(
        ("AllowanceCharge",),
        (
            _t01(
                "R019",
                ask.is_net_of_discount,
                "the gross price (BaseAmount) less the discount (Amount) must be PriceAmount.",
            ),
        ),
        lambda element: local_name(element.getparent()) == "Price",
    ),
    Rule(
        ("Price",),
        (
            _t01("R005", ask.not_negative("PriceAmount"), "PriceAmount is missing or negative."),
            _t01(
                "R027",
                ask.none_negative("AllowanceCharge/BaseAmount"),
                "the gross price must not be negative.",
            ),
            _t01(
                "R033",
                ask.none_negative("AllowanceCharge/Amount"),
                "the discount must not be negative.",
            ),
        ),
    ),
)

REFERENCES = (
    Rule(
        ("LineID",),
        (
            _t01(
                "R035",
                lambda element, facts: facts.has_quotation,
                "a quotation's line is named, but no quotation; add QuotationDocumentReference.",
            ),
        ),
        lambda element: local_name(element.getparent()) == "QuotationLineReference",
    ),
    Rule(
        ("AllowanceChargeReasonCode",),
        (
            _t01(
                "CL001",
                lambda element, facts: text(element) in ALLOWANCE_REASONS,
                "this is no reason for an allowance; use a code of UNCL 5189.",
            ),
        ),
        ask.is_reason_of("false"),
    ),
    Rule(
        ("AllowanceChargeReasonCode",),
        (
            _t01(
                "CL002",
                lambda element, facts: text(element) in CHARGE_REASONS,
                "this is no reason for a charge; use a code of UNCL 7161.",
            ),
        ),
        ask.is_reason_of("true"),
    ),
)

ORDER = indexed(*DOCUMENT, TOTAL, *ALLOWANCES, TAX, LINE, *PRICE, *REFERENCES)
