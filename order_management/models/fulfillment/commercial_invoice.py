"""The commercial invoice: what customs wants to know of goods that leave the territory.

It tells of the goods on one transfer; an order that leaves in parts has one invoice a part, and
their values add up to the order's.
"""

from odoo.tools import formatLang

from ..common.results import error
from .delivery_contents import DeliveryContents
from .paper_pages import get_head_height, get_row_height, make_pages
from .paper_values import (
    address_lines,
    get_day,
    get_ship_to,
    name_of,
    prepare_head,
    tell_amount,
    tell_quantity,
    tell_weight,
)
from .parcel_list import get_gross_weight, list_parcels

NOISE = 1e-3
WIDTH = 26  # characters a line of the description
SMALL_LINES = ("contact", "VAT", "EORI")  # below each address
TERMS, TAIL, CHARGE = 95.0, 250.0, 30.0
UNIT_DIGITS = 4  # of a unit's value, where the cent is not enough


def prepare_commercial_invoices(pickings):
    """Transfer id → what its commercial invoice shows; ``warnings`` tell what is missing."""
    contents = DeliveryContents(pickings)
    parcels = list_parcels(pickings)
    return {
        picking.id: _CommercialInvoice(picking, contents, parcels[picking.id]).prepare()
        for picking in pickings
    }


class _CommercialInvoice:
    """The invoice of one transfer."""

    def __init__(self, picking, contents, parcels):
        self.picking, self.env = picking, picking.env
        self.contents, self.parcels = contents, parcels
        self.orders = contents.get_orders(picking)
        self.company = picking.company_id
        self.currency = self.orders.currency_id[:1] or self.company.currency_id
        self.day = get_day(picking)
        self.warnings = []

    def prepare(self):
        rows = self._prepare_rows()
        charges = self._prepare_charges()
        goods = self.currency.round(sum(row["value"] for row in rows))
        freight = self.currency.round(sum(charge["value"] for charge in charges))
        gross = get_gross_weight(self.picking, self.parcels)
        if not gross:
            self._warn("weight_missing", self.env._("The gross weight is unknown."))
        head = prepare_head(self.picking, self.contents)
        parties = self._prepare_parties()
        if gross and gross < sum(row["net"] for row in rows) - NOISE:
            message = self.env._("The parcels weigh less than what is in them.")
            self._warn("weight_mismatch", message)
        return {
            **head,
            **parties,
            "pages": self._make_pages(head, parties, rows, charges),
            **self._prepare_terms(),
            "charges": charges,
            "currency": self.currency.name,
            "goods_value": goods,
            "goods_total": tell_amount(self.env, goods, self.currency),
            "total_value": self.currency.round(goods + freight),
            "total": tell_amount(self.env, goods + freight, self.currency),
            **self._prepare_statistics(goods + freight),
            "has_free": any(row["is_free"] for row in rows),
            "net_weight": tell_weight(self.env, sum(row["net"] for row in rows)),
            "gross_weight": tell_weight(self.env, gross),
            "parcel_count": len(self.parcels) or "",
            "place": self.picking.picking_type_id.warehouse_id.partner_id.city
            or self.company.city
            or "",
            "warnings": self.warnings,
        }

    def _make_pages(self, head, parties, rows, charges):
        heights = [
            get_row_height(row["name"], WIDTH, f"{row['sku']} {row['lots']}") for row in rows
        ]
        blocks = [[*party["lines"], *SMALL_LINES] for party in parties.values()]
        top = get_head_height(head, *blocks) + TERMS
        tail = TAIL + CHARGE * len(charges)
        return make_pages(self.picking, [("goods", rows, heights)], top, tail)

    def _prepare_parties(self):
        seller = self.company.partner_id
        buyer = self.orders.partner_invoice_id[:1] or get_ship_to(self.picking)
        if not buyer.country_id or not get_ship_to(self.picking).country_id:
            self._warn("address_incomplete", self.env._("The buyer's address has no country."))
        return {
            "seller": _prepare_party(seller),
            "buyer": _prepare_party(buyer),
            "consignee": _prepare_party(get_ship_to(self.picking)),
        }

    def _prepare_terms(self):
        order = self.orders.filtered("incoterm")[:1]
        if not order:
            self._warn("incoterm_missing", self.env._("The order names no incoterm."))
        reasons = dict(self.picking._fields["export_reason"]._description_selection(self.env))
        return {
            "incoterm": " ".join(filter(None, (order.incoterm.code, order.incoterm_location))),
            "reason": reasons[self.picking.export_reason],
        }

    def _prepare_statistics(self, total):
        """The value in the company's own currency, which the declaration is made in."""
        own = self.company.currency_id
        if own == self.currency:
            return {"statistical": "", "statistical_value": total, "own_currency": own.name}
        value = self._convert(total, self.currency, own)
        return {
            "statistical": tell_amount(self.env, value, own),
            "statistical_value": value,
            "own_currency": own.name,
        }

    def _prepare_rows(self):
        items = self.contents.get_items(self.picking)
        values = {}
        for line in self.contents.get_lines(self.picking):
            parts = [item for item in items if item.line == line]
            amount = self.contents.get_amount(self.picking, line, line.price_subtotal)
            shares = self.contents.share_item(parts, amount, line.currency_id.decimal_places)
            values.update(zip(map(id, parts), shares, strict=True))
        return [
            self._prepare_row(number, item, values.get(id(item), 0.0))
            for number, item in enumerate(items, 1)
        ]

    def _prepare_row(self, number, item, paid):
        product, value = item.product, self._convert(paid, item.line.currency_id, self.currency)
        is_free = not value
        if is_free:
            worth = product.uom_id._compute_price(product.lst_price, item.uom) * item.now
            value = self._convert(worth, self.company.currency_id, self.currency)
        net = product.weight * item.now * self._in_product_unit(item)
        self._warn_of(product, value, net)
        return {
            "number": number,
            "sku": product.default_code or "",
            "name": name_of(product),
            "lots": ", ".join(item.move_lines.lot_id.mapped("name")),
            "hs_code": product.hs_code or "",
            "origin": product.country_of_origin.code or "",
            "quantity": tell_quantity(self.env, item.now),
            "uom": item.uom.name,
            "net": net,
            "weight": tell_weight(self.env, net),
            "unit_value": self._tell_unit_value(value / item.now),
            "value": value,
            "amount": tell_amount(self.env, value, self.currency),
            "is_free": is_free,
        }

    def _in_product_unit(self, item):
        return item.uom._compute_quantity(1.0, item.product.uom_id, round=False)

    def _tell_unit_value(self, value):
        digits = self.currency.decimal_places
        exact = abs(self.currency.round(value) - value) < 10**-UNIT_DIGITS / 2
        return formatLang(self.env, value, digits=digits if exact else max(digits, UNIT_DIGITS))

    def _warn_of(self, product, value, net):
        missing = {
            "hs_code_missing": (product.hs_code, self.env._("%s has no HS code.")),
            "origin_missing": (
                product.country_of_origin,
                self.env._("%s has no country of origin."),
            ),
            "weight_missing": (net, self.env._("%s has no weight.")),
            "value_missing": (value, self.env._("%s has neither a price nor a list price.")),
        }
        for code, (known, message) in missing.items():
            if not known:
                self._warn(code, message % product.display_name, product.default_code or "")

    def _prepare_charges(self):
        """Freight, insurance, discounts and whatever else the order charges."""
        charges = []
        for order in self.orders:
            for line, amount in self.contents.get_charges(self.picking, order):
                value = self._convert(amount, line.currency_id, self.currency)
                name = self.env._("Freight") if line.is_delivery else line.name
                charges.append(
                    {
                        "name": name,
                        "value": value,
                        "amount": tell_amount(self.env, value, self.currency),
                    }
                )
        return charges

    def _convert(self, amount, source, target):
        if not source or source == target:
            return target.round(amount)
        return source._convert(amount, target, self.company, self.day)

    def _warn(self, code, message, path=""):
        entry = error(code, message, path)
        if entry not in self.warnings:
            self.warnings.append(entry)


def _prepare_party(partner):
    owner = partner.commercial_partner_id
    return {
        "lines": address_lines(partner),
        "vat": partner.vat or owner.vat or "",
        "eori": partner.eori_number or owner.eori_number or "",
        "contact": ", ".join(filter(None, (partner.phone, partner.email))),
    }
