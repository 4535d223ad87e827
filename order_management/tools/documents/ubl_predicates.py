"""What Peppol's rules for orders ask of an element: sums, prices, allowances, lines, parties.

A number that is missing or cannot be read makes a comparison fail, unless the rule says what
stands in for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from .code_lists import VAT_PREFIXES
from .xml_tree import Element, find, find_all, local_name, parse_decimal, raw_text, text

SLACK = Decimal("0.02")  # what products of rounded numbers may be off by
ZERO = Decimal(0)

Assertion = Callable[[Element, "Facts"], bool]


@dataclass(frozen=True)
class Facts:
    """What rules need to know of the whole order."""

    currency: str
    line_refs: Counter[str]
    line_sum: Decimal | None
    allowance_sum: Decimal | None
    charge_sum: Decimal | None
    tax_amount: Decimal | None
    has_tax: bool
    has_quotation: bool


def facts_of(root: Element) -> Facts:
    """Collect them."""
    items = find_all(root, "OrderLine/LineItem")
    return Facts(
        currency=text(root, "DocumentCurrencyCode"),
        line_refs=Counter(raw_text(node) for node in find_all(root, "OrderLine/LineItem/ID")),
        line_sum=_sum(node for item in items for node in find_all(item, "LineExtensionAmount")),
        allowance_sum=_sum_of(root, "false"),
        charge_sum=_sum_of(root, "true"),
        tax_amount=_number(root, "TaxTotal/TaxAmount", ZERO),
        has_tax=find(root, "TaxTotal") is not None,
        has_quotation=find(root, "QuotationDocumentReference/ID") is not None,
    )


def _number(
    element: Element | None, path: str = "", missing: Decimal | None = None
) -> Decimal | None:
    """Return the first number at `path`, `missing` if there is none, None if it is no number."""
    node = find(element, path) if path else element
    return missing if node is None else parse_decimal(raw_text(node))


def _sum(nodes: Iterable[Element]) -> Decimal | None:
    numbers = [_number(node) for node in nodes]
    return None if None in numbers else _rounded(sum(numbers, ZERO))


def _sum_of(holder: Element, indicator: str) -> Decimal | None:
    """Return the sum of the charges ("true") or of the allowances ("false") on this level."""
    chosen = [
        node
        for node in find_all(holder, "AllowanceCharge")
        if text(node, "ChargeIndicator") == indicator
    ]
    return _sum(amount for node in chosen for amount in find_all(node, "Amount"))


def _rounded(number: Decimal) -> Decimal:
    """Round to cents, halves upwards."""
    return (number * 100 + Decimal("0.5")).to_integral_value(ROUND_FLOOR) / 100


def _combined(*numbers: Decimal | None) -> Decimal | None:
    return None if None in numbers else sum(numbers, ZERO)


def _minus(number: Decimal | None) -> Decimal | None:
    return None if number is None else -number


def _equal(one: Decimal | None, other: Decimal | None, slack: Decimal = ZERO) -> bool:
    return one is not None and other is not None and abs(one - other) <= slack


def not_negative(path: str) -> Assertion:
    """The number at `path` is there and not negative."""

    def holds(element: Element, facts: Facts) -> bool:
        number = _number(element, path)
        return number is not None and number >= 0

    return holds


def none_negative(path: str) -> Assertion:
    """No number at `path` is negative."""

    def holds(element: Element, facts: Facts) -> bool:
        return all(not_negative("")(node, facts) for node in find_all(element, path))

    return holds


def has_one_of(*paths: str) -> Assertion:
    """Something stands at one of these paths."""
    return lambda element, facts: any(find(element, path) is not None for path in paths)


def never(element: Element, facts: Facts) -> bool:
    """What the rule is for is wrong by itself."""
    return False


# Amounts


def in_currency(element: Element, facts: Facts) -> bool:
    """The amount states no currency, or that of the order."""
    return element.get("currencyID") in (None, facts.currency)


def has_cents_at_most(element: Element, facts: Facts) -> bool:
    """The amount has at most two decimals, unless it is part of a price."""
    if any(local_name(ancestor) == "Price" for ancestor in element.iterancestors()):
        return True
    return len(raw_text(element).strip().partition(".")[2]) <= 2


# Totals


def _line_total(total: Element) -> Decimal | None:
    return _number(total, "LineExtensionAmount")


def _without_tax(total: Element) -> Decimal | None:
    return _combined(
        _line_total(total),
        _minus(_number(total, "AllowanceTotalAmount", ZERO)),
        _number(total, "ChargeTotalAmount", ZERO),
    )


def adds_up_without_tax(total: Element, facts: Facts) -> bool:
    """Lines less allowances plus charges make TaxExclusiveAmount, where it is stated."""
    expected = _without_tax(total)
    stated = find(total, "TaxExclusiveAmount")
    return _equal(expected if stated is None else _number(stated), expected)


def _with_tax(total: Element) -> Decimal | None:
    """Return TaxInclusiveAmount, or None when there is nothing to compare with."""
    return _number(total, "TaxInclusiveAmount") or None


def adds_up_to_payable(total: Element, facts: Facts) -> bool:
    """The total with tax, less what is prepaid, plus rounding, makes PayableAmount."""
    if _with_tax(total) is None:
        return True
    expected = _combined(
        _with_tax(total),
        _minus(_number(total, "PrepaidAmount", ZERO)),
        _number(total, "PayableRoundingAmount", ZERO),
    )
    return _equal(_number(total, "PayableAmount"), expected)


def adds_up_with_tax(total: Element, facts: Facts) -> bool:
    """The total without tax plus tax makes TaxInclusiveAmount."""
    if _with_tax(total) is None or not facts.has_tax:
        return True
    stated = find(total, "TaxExclusiveAmount")
    net = _without_tax(total) if stated is None else _number(stated)
    return _equal(_with_tax(total), _combined(net, facts.tax_amount))


def is_sum_of_lines(total: Element, facts: Facts) -> bool:
    """LineExtensionAmount is the sum of the lines'."""
    return _equal(_line_total(total), facts.line_sum)


def is_sum_of_allowances(total: Element, facts: Facts) -> bool:
    """AllowanceTotalAmount is the sum of the order's own allowances."""
    return _equal(_number(total, "AllowanceTotalAmount", ZERO), facts.allowance_sum)


def is_sum_of_charges(total: Element, facts: Facts) -> bool:
    """ChargeTotalAmount is the sum of the order's own charges."""
    return _equal(_number(total, "ChargeTotalAmount", ZERO), facts.charge_sum)


# Allowances and charges


def is_top_level(element: Element) -> bool:
    """Tell whether an allowance is the order's or a line's own, not a price's."""
    parents = [local_name(node) for node in element.iterancestors()]
    return parents in (["Order"], ["LineItem", "OrderLine", "Order"])


def lacks_base(element: Element) -> bool:
    """Tell whether there is a percentage without a base amount."""
    factor, base = find(element, "MultiplierFactorNumeric"), find(element, "BaseAmount")
    return factor is not None and base is None


def lacks_factor(element: Element) -> bool:
    """Tell whether an order or a line has a base amount without a percentage."""
    factor, base = find(element, "MultiplierFactorNumeric"), find(element, "BaseAmount")
    return factor is None and base is not None and is_top_level(element)


def is_share_of_base(element: Element, facts: Facts) -> bool:
    """The amount is the stated percentage of the base amount, if both are stated."""
    if not (find_all(element, "MultiplierFactorNumeric") and find_all(element, "BaseAmount")):
        return True
    base = _number(element, "BaseAmount")
    factor = _number(element, "MultiplierFactorNumeric")
    if base is None or factor is None:
        return False
    return _equal(_number(element, "Amount", ZERO), base * factor / 100, SLACK)


def is_reason_of(indicator: str) -> Callable[[Element], bool]:
    """Tell whether a reason belongs to a charge ("true") or an allowance ("false")."""
    return lambda element: (
        local_name(element.getparent()) == "AllowanceCharge"
        and raw_text(element.getparent(), "ChargeIndicator") == indicator
    )


# Lines


def has_right_amount(item: Element, facts: Facts) -> bool:
    """Quantity × price, plus charges, less allowances makes the line's amount."""
    price = _number(item, "Price/PriceAmount", ZERO)
    quantity = _number(item, "Quantity", Decimal(1))
    base = _number(item, "Price/BaseQuantity", Decimal(1))
    if price is None or quantity is None or base is None:
        return False
    expected = _combined(
        quantity * price / (base or Decimal(1)),
        _sum_of(item, "true"),
        _minus(_sum_of(item, "false")),
    )
    return _equal(_number(item, "LineExtensionAmount", ZERO), expected, SLACK)


def has_positive_base(item: Element, facts: Facts) -> bool:
    """The quantity that the price is for is above zero."""
    base = _number(item, "Price/BaseQuantity", Decimal(1))
    return base is not None and base > 0


def has_own_ref(item: Element, facts: Facts) -> bool:
    """The line has an ID that no other line has."""
    refs = [raw_text(node) for node in find_all(item, "ID")]
    return sum(facts.line_refs[ref] for ref in refs) == 1


def is_net_of_discount(element: Element, facts: Facts) -> bool:
    """The gross price less the discount makes the net price, if a gross price is stated."""
    if find(element, "BaseAmount") is None:
        return True
    net = _combined(_number(element, "BaseAmount"), _minus(_number(element, "Amount")))
    return _equal(_number(element.getparent(), "PriceAmount"), net)


# Parties and taxes


def is_vat_scheme(element: Element) -> bool:
    """Tell whether a party's tax scheme is VAT."""
    return any(raw_text(node) == "VAT" for node in find_all(element, "TaxScheme/ID"))


def has_country_prefix(element: Element, facts: Facts) -> bool:
    """The VAT number begins with a country."""
    number = raw_text(element, "CompanyID")
    return not number or number[:2] in VAT_PREFIXES


def has_rate(element: Element, facts: Facts) -> bool:
    """The tax category states a rate, or is "not subject to tax"."""
    return find(element, "Percent") is not None or text(element, "ID") == "O"


def has_standard_rate(element: Element, facts: Facts) -> bool:
    """The standard rate is above zero."""
    rate = _number(element, "Percent")
    return text(element, "ID") != "S" or (rate is not None and rate > 0)
