"""What an order that is being typed would cost, and when it could leave; nothing is stored."""

from typing import NamedTuple

from odoo import fields
from odoo.fields import Command

from ..common.results import plain


class Entry(NamedTuple):
    """What stands on the screen, read and allowed."""

    partner: object  # the customer; empty for one who is new
    shipping: object  # the delivery address; empty: core's choice
    customer: dict  # the new customer as typed, else empty
    lines: list  # of WantedLine


class WantedLine(NamedTuple):
    product: object
    unit: object
    quantity: float


class Quote:
    """Prices by core, from an order that is never saved; all lines share their queries.

    :param desk: the channel, with full rights
    :param Entry entry: what is wanted by whom
    """

    def __init__(self, desk, entry):
        self.env = desk.env
        self.desk = desk
        self.company = desk.company_id
        self.entry = entry

    def answer(self):
        """The keys of the answer: ``lines``, ``amount_untaxed``, ``amount_tax``, ...."""
        order = self._make_order()
        stock = self._get_availability()
        lines = [
            self._prepare_line(line, wanted, facts)
            for line, wanted, facts in zip(order.order_line, self.entry.lines, stock, strict=True)
        ]
        return {
            "lines": lines,
            "currency_id": order.currency_id.id,
            "amount_untaxed": order.amount_untaxed,
            "amount_tax": order.amount_tax,
            "amount_total": order.amount_total,
            "ship_date": _latest([line["ship_date"] for line in lines]),
        }

    def _make_order(self):
        """An order that is never saved, with all its lines at once."""
        vals = self._prepare_order_vals()
        pricelist = self.env["product.pricelist"].browse(vals["pricelist_id"])
        # One search for the rules of all lines, in the order of precedence.
        rules = pricelist._get_applicable_rules(self._get_products(), vals["date_order"])
        vals["order_line"] = [
            Command.create(self._prepare_line_vals(wanted, rules)) for wanted in self.entry.lines
        ]
        return self.env["sale.order"].new(vals)

    def _prepare_order_vals(self):
        vals = {
            "company_id": self.company.id,
            "channel_id": self.desk.id,
            "date_order": fields.Datetime.now(),
        }
        if self.desk.warehouse_id:
            vals["warehouse_id"] = self.desk.warehouse_id.id
        if not self.entry.partner:
            return {**vals, **self._prepare_stranger_vals()}
        vals["partner_id"] = self.entry.partner.id
        vals["pricelist_id"] = pricelist_of(self.desk, self.entry.partner).id
        if self.entry.shipping:
            vals["partner_shipping_id"] = self.entry.shipping.id
        return vals

    def _prepare_stranger_vals(self):
        """Prices and taxes for somebody who is no contact yet, by where they live."""
        code = (self.entry.customer.get("country") or "").upper()
        country_id = self.env["order.channel"]._get_country_ids().get(code, False)
        stranger = self.env["res.partner"].new(
            {
                "country_id": country_id,
                "zip": self.entry.customer.get("zip"),
                "vat": self.entry.customer.get("vat"),
            }
        )
        positions = self.env["account.fiscal.position"].with_company(self.company)
        pricelist = pricelist_of(self.desk, stranger.browse(), country_id)
        return {
            "fiscal_position_id": positions._get_fiscal_position(stranger).id,
            "pricelist_id": pricelist.id,
        }

    def _get_products(self):
        return self.env["product.product"].union(*(line.product for line in self.entry.lines))

    def _prepare_line_vals(self, wanted, rules):
        """Core computes price and discount from the rule, which it would search line by line."""
        quantity = _in_product_unit(wanted)
        rule = next(
            (rule for rule in rules if rule._is_applicable_for(wanted.product, quantity)),
            rules.browse(),
        )
        return {
            "product_id": wanted.product.id,
            "product_uom_id": wanted.unit.id,
            "product_uom_qty": wanted.quantity,
            "pricelist_item_id": rule.id,
            "analytic_distribution": False,  # else core searches its rules line by line
        }

    def _get_availability(self):
        return self._get_products()._get_availability(
            self.desk.warehouse_id,
            [(line.product, _in_product_unit(line)) for line in self.entry.lines],
        )

    def _prepare_line(self, line, wanted, facts):
        return {
            **describe_product(wanted.product, wanted.unit),
            **describe_stock(wanted.product, facts),
            "quantity": wanted.quantity,
            "price_unit": line.price_unit,
            "discount": line.discount,
            "price_subtotal": line.price_subtotal,
            "price_total": line.price_total,
        }


def describe_product(product, unit):
    """A product as the screen shows it."""
    return {
        "product_id": product.id,
        "sku": product.default_code or "",
        "name": product.with_context(display_default_code=False).display_name,
        "uom_id": unit.id,
        "uom": unit.name,
        "units": [
            {"id": choice.id, "name": choice.name}
            for choice in (product.uom_id | product.uom_ids | unit)
        ],
    }


def describe_stock(product, facts):
    """What is free, in the product's own unit, and when more comes."""
    return plain({**facts, "free_uom": product.uom_id.name})


def pricelist_of(desk, partner, country_id=False):
    """The pricelist of an order: the channel's, else the customer's.

    :param desk: the channel, with full rights
    :param partner: the customer; empty for somebody new
    :param int country_id: where somebody new lives
    """
    if desk.pricelist_id:
        return desk.pricelist_id
    if partner:
        return partner.with_company(desk.company_id).property_product_pricelist
    lists = desk.env["product.pricelist"].with_company(desk.company_id)
    if not desk.env["res.groups"]._is_feature_enabled("product.group_product_pricelist"):
        return lists
    return lists._get_country_pricelist_multi([country_id])[country_id]


def list_prices(desk, partner, products, quantity):
    """What a customer pays for a piece of each product, in one search for the rules.

    :return tuple: product id → price, and the currency
    """
    pricelist = pricelist_of(desk, partner)
    currency = pricelist.currency_id or desk.company_id.currency_id
    prices = pricelist._get_products_price(
        products, quantity, currency=currency, date=fields.Datetime.now()
    )
    return prices, currency


def _in_product_unit(wanted):
    if wanted.unit == wanted.product.uom_id:
        return wanted.quantity
    return wanted.unit._compute_quantity(
        wanted.quantity, wanted.product.uom_id, raise_if_failure=False
    )


def _latest(days):
    """The day on which the last line can leave; ``False`` while that is open."""
    return max(days) if days and all(days) else False
