"""Goods that we did not sell: who sends them, what is paid for them, by which taxes."""

from dataclasses import dataclass
from typing import Any

from ...tools.refunds import Amounts
from .refund_book import amounts_of


@dataclass
class Party:
    """Who sends goods without an order, to which warehouse, and what is paid in."""

    partner: Any
    company: Any
    currency: Any
    warehouse: Any

    def get_taxes(self, product):
        """The taxes of ``product`` as the customer's fiscal position maps them."""
        taxes = product.taxes_id._filter_taxes_by_company(self.company)
        return find_fiscal_position(self.partner, self.company).map_tax(taxes)


def find_fiscal_position(partner, company):
    """The fiscal position that core finds for the customer."""
    positions = partner.env["account.fiscal.position"].with_company(company)
    addresses = partner.address_get(["delivery"])
    return positions._get_fiscal_position(partner, partner.browse(addresses["delivery"]))


def price_goods(product, quantity, price, taxes, currency, company):
    """What ``quantity`` of ``product`` is worth, each amount rounded, as the credit note has it.

    :param float price: per unit; the taxes come on top unless they are included in prices
    :return: :class:`Amounts`
    """
    if not (quantity and price):
        return Amounts(0.0, 0.0, dict.fromkeys(taxes.ids, 0.0))
    Tax = taxes.env["account.tax"].with_company(company)
    base_line = Tax._prepare_base_line_for_taxes_computation(
        {},
        product_id=product,
        product_uom_id=product.uom_id,
        quantity=quantity,
        price_unit=price,
        tax_ids=taxes,
        currency_id=currency,
    )
    Tax._add_tax_details_in_base_line(base_line, company, rounding_method="round_per_line")
    Tax._round_base_lines_tax_details([base_line], company)
    return amounts_of(base_line["tax_details"])
