"""The data model of a Peppol order: its elements and attributes, and which of them must be.

Which release a number belongs to matters: new elements are allowed here first, and counted when
the numbering of the official rules counts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

# One element a line, two blanks a level. `!`: must be there. `@name`: an attribute. `=list`: its
# values. `+`: newer than the numbering, allowed and not counted. `<name>` stands for a part.
OUTLINE = """
CustomizationID!
ProfileID!
ID!
SalesOrderID
IssueDate!
IssueTime
OrderTypeCode =order-type
Note
DocumentCurrencyCode! =currency
CustomerReference
AccountingCost
ValidityPeriod
  EndDate!
QuotationDocumentReference
  ID!
OrderDocumentReference
  ID!
OriginatorDocumentReference
  ID!
CatalogueReference
  ID!
AdditionalDocumentReference
  ID!
  DocumentType
  Attachment
    EmbeddedDocumentBinaryObject @mimeCode! =mime @filename!
    ExternalReference
      URI!
Contract
  ID!
ProjectReference
  ID!
BuyerCustomerParty!
  Party!
    <endpoint!>
    <identity>
    PostalAddress
      <address>
    <tax>
    <legal>
    <contact>
SellerSupplierParty!
  Party!
    <endpoint!>
    <identity>
    PostalAddress!
      <address>
    <legal>
    <contact>
OriginatorCustomerParty
  Party!
    <identity>
    <contact>
AccountingCustomerParty
  Party!
    EndpointID @schemeID! =eas
    <identity>
    PostalAddress!
      <address>
    <tax>
    <legal>
    <contact>
Delivery
  DeliveryLocation
    ID @schemeID =icd
    Name
    Address!
      <exact-address>
  RequestedDeliveryPeriod
    <period>
  DeliveryParty
    PartyIdentification
      ID! @schemeID =icd
    PartyName!
      Name!
    PostalAddress
      <exact-address>
    <contact>
  Despatch
    RequestedDespatchDate!
    RequestedDespatchTime
  Shipment
    ID!
    ShippingPriorityLevelCode =priority
    TransportHandlingUnit
      ShippingMarks
DeliveryTerms
  ID
  SpecialTerms
  DeliveryLocation
    ID!
PaymentTerms
  Note!
AllowanceCharge
  ChargeIndicator! =boolean
  AllowanceChargeReasonCode
  AllowanceChargeReason!
  MultiplierFactorNumeric
  Amount! @currencyID! =currency
  BaseAmount @currencyID! =currency
  TaxCategory
    <tax-category>
TaxTotal
  TaxAmount! @currencyID! =currency
AnticipatedMonetaryTotal
  LineExtensionAmount! @currencyID! =currency
  TaxExclusiveAmount @currencyID! =currency
  TaxInclusiveAmount @currencyID! =currency
  AllowanceTotalAmount @currencyID! =currency
  ChargeTotalAmount @currencyID! =currency
  PrepaidAmount @currencyID! =currency
  PayableRoundingAmount @currencyID! =currency
  PayableAmount! @currencyID! =currency
OrderLine!
  Note
  LineItem!
    ID!
    Quantity! @unitCode! =unit
    LineExtensionAmount @currencyID! =currency
    PartialDeliveryIndicator =boolean
    AccountingCost
    Delivery
      ID @schemeID =icd
      +DeliveryLocation
        +Name
        +Address
          +StreetName
          +AdditionalStreetName
          +CityName
          +PostalZone
          +CountrySubentity
          +AddressLine
            +Line
          +Country
            +IdentificationCode
      RequestedDeliveryPeriod!
        <period>
    OriginatorParty
      <identity>
    AllowanceCharge
      ChargeIndicator!
      AllowanceChargeReasonCode
      AllowanceChargeReason
      MultiplierFactorNumeric
      Amount! @currencyID! =currency
      BaseAmount @currencyID! =currency
    Price
      PriceAmount! @currencyID! =currency
      BaseQuantity @unitCode =unit
      AllowanceCharge
        ChargeIndicator! =false
        Amount! @currencyID! =currency
        BaseAmount @currencyID! =currency
    Item!
      Description
      Name!
      BuyersItemIdentification
        ID!
      SellersItemIdentification
        ID!
      ManufacturersItemIdentification
        ID!
      StandardItemIdentification
        ID! @schemeID! =icd
      ItemSpecificationDocumentReference
        ID!
      CommodityClassification
        ItemClassificationCode @listID! =item-list @listVersionID @name
      ClassifiedTaxCategory
        <tax-category>
      AdditionalItemProperty
        ID @schemeDataURI @schemeID @schemeVersionID
        Name!
        NameCode @listID!
        Value!
        ValueQuantity @unitCode! =unit
        ValueQualifier
      ItemInstance
        SerialID
        LotIdentification
          LotNumberID
  +QuotationLineReference
    +LineID
"""

PARTS = {
    "endpoint!": ["EndpointID! @schemeID! =eas"],
    "identity": ["PartyIdentification", "  ID! @schemeID =icd", "PartyName", "  Name!"],
    "address": [
        "StreetName",
        "AdditionalStreetName",
        "CityName",
        "PostalZone",
        "CountrySubentity",
        "AddressLine",
        "  Line",
        "Country!",
        "  IdentificationCode! =country",
    ],
    "tax": ["PartyTaxScheme", "  CompanyID!", "  TaxScheme!", "    ID!"],
    "legal": [
        "PartyLegalEntity!",
        "  RegistrationName!",
        "  CompanyID @schemeID =icd",
        "  RegistrationAddress",
        "    CityName",
        "    Country!",
        "      IdentificationCode! =country",
    ],
    "contact": ["Contact", "  Name", "  Telephone", "  ElectronicMail"],
    "period": ["StartDate", "StartTime", "EndDate", "EndTime"],
    "tax-category": ["ID!", "Percent", "TaxScheme!", "  ID!"],
}
PARTS["exact-address"] = [line.replace("  Line", "  Line!") for line in PARTS["address"]]


@dataclass(frozen=True)
class Attribute:
    """One attribute: whether it must be there, and which values it may have."""

    name: str
    required: bool
    values: str


@dataclass(frozen=True)
class Node:
    """One element of the outline: its number (0 if not counted), values, attributes, children."""

    name: str
    required: bool
    number: int
    values: str = ""
    attributes: tuple[Attribute, ...] = ()
    children: dict[str, Node] = field(default_factory=dict)


@cache
def outline() -> Node:
    """Return the outline as a tree."""
    path, free = [Node("Order", True, 1)], 2
    for depth, line in _lines():
        node = _node(line, free)
        free += (1 + len(node.attributes)) if node.number else 0
        del path[depth + 1 :]
        path[depth].children[node.name] = node
        path.append(node)
    return path[0]


def _lines() -> Iterator[tuple[int, str]]:
    """Yield (level, text) of each line, parts put in their places."""
    for line in OUTLINE.strip("\n").splitlines():
        part = re.fullmatch(r" *<(.+)>", line)
        indent = " " * (len(line) - len(line.lstrip()))
        for inner in [indent + item for item in PARTS[part[1]]] if part else [line]:
            yield (len(inner) - len(inner.lstrip())) // 2, inner.strip()


def _node(line: str, number: int) -> Node:
    term = re.match(r"(\+?)(\w+)(!?)(?: =([\w-]+))?", line)
    attributes = re.finditer(r"@(\w+)(!?)(?: =([\w-]+))?", line)
    return Node(
        term[2],
        required=bool(term[3]),
        number=0 if term[1] else number,
        values=term[4] or "",
        attributes=tuple(Attribute(a[1], bool(a[2]), a[3] or "") for a in attributes),
    )
