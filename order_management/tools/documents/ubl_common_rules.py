"""Peppol's rules for all documents (PEPPOL-COMMON): no empty elements, dates, party numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from .identifiers import (
    has_form,
    is_australian,
    is_belgian,
    is_gln,
    is_italian_fiscal_code,
    is_italian_vat,
    is_luxembourgish,
    is_norwegian,
)
from .rules import FATAL, WARNING, Check, Index, Rule, indexed
from .xml_tree import Element, local_name, raw_text, text

AGGREGATES = "CommonAggregateComponents-2"

DATES = ("IssueDate", "DueDate", "TaxPointDate", "StartDate", "EndDate", "ActualDeliveryDate")


def _is_day(element: Element, facts: object) -> bool:
    value = raw_text(element)
    try:
        return has_form(r"\d{4}-\d{2}-\d{2}", value) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _has_no_schema_location(element: Element, facts: object) -> bool:
    return not any(name.endswith("}schemaLocation") for name in element.attrib)


def _is_aggregate(element: Element) -> bool:
    return AGGREGATES in element.tag


def _is_root(element: Element) -> bool:
    return element.getparent() is None


def _numbered(scheme: str, endpoint_only: bool = False) -> Callable[[Element], bool]:
    """Tell whether an element identifies a party by a number of this scheme."""

    def where(element: Element) -> bool:
        if element.get("schemeID") != scheme:
            return False
        name, parent = local_name(element), element.getparent()
        if name == "ID":
            return not endpoint_only and local_name(parent) == "PartyIdentification"
        return name == "EndpointID" or not endpoint_only

    return where


def _number_rule(
    code: str, scheme: str, what: str, is_right: Callable[[str], bool], level: str = FATAL
) -> Rule:
    message = f"this is no valid {what} (scheme {scheme}); correct the number or its scheme."
    check = Check(
        f"PEPPOL-COMMON-{code}", lambda element, facts: is_right(text(element)), message, level
    )
    endpoint_only = scheme in ("9906", "9907")
    names = ("EndpointID", "ID", "CompanyID")
    return Rule(names, (check,), _numbered(scheme, endpoint_only))


def _form(pattern: str) -> Callable[[str], bool]:
    return lambda value: has_form(pattern, value)


def _is_dutch_vat_of_party(element: Element) -> bool:
    parent = element.getparent()
    is_vat = local_name(parent) == "PartyTaxScheme" and text(parent, "TaxScheme/ID") == "VAT"
    return is_vat and text(element).startswith("NL")


_DUTCH_VAT = r"NL\d{9}B\d{2}"

EMPTINESS: Index = indexed(
    Rule(
        (),
        (
            Check(
                "PEPPOL-COMMON-R002",
                lambda element, facts: len(element) > 0,
                "this group is empty; fill it or leave it out.",
            ),
        ),
        _is_aggregate,
    ),
    Rule(
        (),
        (
            Check(
                "PEPPOL-COMMON-R001",
                lambda element, facts: bool(text(element)),
                "this element is empty; fill it or leave it out.",
            ),
        ),
        lambda element: len(element) == 0 and not _is_root(element),
    ),
)

FORMATS: Index = indexed(
    Rule(
        DATES,
        (
            Check(
                "PEPPOL-COMMON-R030",
                _is_day,
                "this is no date; write it as YYYY-MM-DD, without a time zone.",
            ),
        ),
    ),
    _number_rule("R040", "0088", "GLN", is_gln),
    _number_rule("R041", "0192", "Norwegian organization number", is_norwegian),
    _number_rule("R042", "0184", "Danish CVR number", _form(r"(DK)?\d{8}")),
    _number_rule("R052", "0096", "Danish P number", _form(r"\d{10}")),
    _number_rule("R053", "0198", "Danish SE number", _form(r"DK\d{8}")),
    _number_rule("R043", "0208", "Belgian enterprise number", is_belgian),
    _number_rule("R044", "0201", "Italian IPA code", _form(r"[A-Za-z0-9]{6}"), WARNING),
    _number_rule("R045", "0210", "Codice Fiscale", is_italian_fiscal_code, WARNING),
    _number_rule("R046", "9907", "Codice Fiscale", is_italian_fiscal_code, WARNING),
    _number_rule("R047", "0211", "Partita IVA", is_italian_vat, WARNING),
    _number_rule("R048", "9906", "Partita IVA", is_italian_vat, WARNING),
    _number_rule("R049", "0007", "Swedish organization number", _form(r"\d{10}")),
    _number_rule("R050", "0151", "Australian business number", is_australian),
    _number_rule("R054", "0106", "Dutch KVK number", _form(r"\d{8}"), WARNING),
    _number_rule("R055", "0190", "Dutch OIN", _form(r"\d{20}"), WARNING),
    _number_rule("R056-1", "9944", "Dutch VAT number", _form(_DUTCH_VAT), WARNING),
    _number_rule("R057", "0217", "Dutch establishment number", _form(r"\d{12}"), WARNING),
    _number_rule("R059", "0240", "Luxembourgish number", is_luxembourgish, WARNING),
    Rule(
        ("CompanyID",),
        (
            Check(
                "PEPPOL-COMMON-R056-2",
                lambda element, facts: has_form(_DUTCH_VAT, text(element)),
                "a Dutch VAT number reads NL123456789B12; correct it.",
                WARNING,
            ),
        ),
        _is_dutch_vat_of_party,
    ),
    Rule(
        (),
        (
            Check(
                "PEPPOL-COMMON-R003",
                _has_no_schema_location,
                "The file should not name a schema location; leave the attribute out.",
                WARNING,
            ),
        ),
        _is_root,
    ),
)
