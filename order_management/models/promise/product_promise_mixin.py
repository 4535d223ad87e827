from datetime import timedelta

from odoo import api, fields, models

from ...exceptions import ItemError
from ..common.access import as_service, hidden, public
from ..common.results import Arguments, error, error_of, row
from .kits import Kits
from .serving import serve
from .ship_days import ShipDays
from .supply_book import SupplyBook

MAX_LINES = 1000
KEYS = {"sku": "text*", "quantity": "number*"}


class ProductPromiseMixin(models.AbstractModel):
    """Dates of goods before there is an order."""

    _name = "product.promise.mixin"
    _description = "Product that is promised"

    @api.model
    @public
    def quote_promise(self, lines, warehouse, on_date=None, country=None):
        """Tell when goods could be shipped and delivered, without an order; nothing is kept.

        Lines draw on the same supply, earlier ones first. Delivery is reckoned by the warehouse's
        own days alone, since no delivery method is chosen yet. ``chance`` is how likely a part's
        day is kept, 0 to 1, learned from past receipts and picking.

        :param list lines: ``{"sku", "quantity"}``, quantities in the product's unit
        :param str warehouse: code of the warehouse
        :param str on_date: the day to reckon from, ``YYYY-MM-DD``; without it, today, after the
            cut-off tomorrow
        :param str country: ISO code of the country of delivery
        :return: ``{}``: ``lines``: ``sku``, ``ok``, ``errors``, ``parts`` as of ``promise_orders``,
            each with its ``chance``
        :raises AccessError: the warehouse does not exist, or is not of the caller's companies
        :raises ValidationError: an argument is of the wrong shape
        """
        arguments = Arguments(self.env)
        code = arguments.value(warehouse, "text", "warehouse", required=True)
        place = self.env["stock.warehouse"].search([("code", "=", code)])
        if len(place) != 1:
            raise hidden(self.env)
        wishes = arguments.rows(lines, "lines", KEYS, limit=MAX_LINES)
        day = arguments.day(on_date, "on_date")
        self._check_country(arguments, country)
        place = as_service(place).with_company(place.company_id)
        products = self._find_by_sku({wish["sku"] for wish in wishes}, place)
        return row(lines=place.env["product.product"]._quote(wishes, products, place, day))

    def _check_country(self, arguments, country):
        code = arguments.value(country, "text", "country")
        if code and not self.env["res.country"].sudo().search_count([("code", "=", code)], limit=1):
            arguments.refuse("country", self.env._("there is no country %(code)s.", code=code))

    def _find_by_sku(self, skus, warehouse):
        """Products of the warehouse's company by internal reference.

        :return dict: sku → product with full rights
        """
        found = warehouse.env["product.product"].search(
            [
                ("default_code", "in", list(skus)),
                ("company_id", "in", (False, warehouse.company_id.id)),
            ]
        )
        return found.grouped("default_code")

    def _quote(self, wishes, products, warehouse, day):
        days = ShipDays(warehouse)
        zero = day or days.day_zero(fields.Datetime.now())
        known = self.union(*products.values())
        kits = Kits(known, warehouse.company_id)
        needs = {product: kits.get_needs(product) for product in known}
        wanted = {(warehouse, part) for parts in needs.values() for part in parts}
        lines = self.env["sale.order.line"]
        book = SupplyBook(wanted, lines, {warehouse: zero})
        answers = []
        for index, wish in enumerate(wishes):
            try:
                product = self._pick(products, wish, index)
                parts = product._quote_parts(book, needs[product], wish["quantity"], zero, days)
                answers.append(product._prepare_quote_row(wish, index, parts))
            except ItemError as exception:
                answers.append(row([error_of(exception)], sku=wish["sku"], parts=[]))
        self._add_quote_chances(warehouse, [part for row in answers for part in row["parts"]])
        return answers

    def _add_quote_chances(self, warehouse, parts):
        """How likely the days of parts are kept; nobody knows yet who carries them."""
        wishes = [part.pop("wish") for part in parts]
        learned = self.env["order.promise.delay"]
        chances = learned._get_chances(warehouse.company_id, wishes)
        for part, chance in zip(parts, chances, strict=True):
            part["chance"] = chance

    def _pick(self, products, wish, index):
        found = products.get(wish["sku"], self.browse())
        path = f"lines[{index}]"
        if len(found) != 1:
            raise ItemError(
                "ambiguous_product" if found else "unknown_product",
                self.env._(
                    "%(count)s products have the reference %(sku)s.",
                    count=len(found),
                    sku=wish["sku"],
                ),
                f"{path}.sku",
            )
        if wish["quantity"] <= 0:
            raise ItemError(
                "wrong_value", self.env._("the quantity must be above zero."), f"{path}.quantity"
            )
        return found

    def _quote_parts(self, book, needs, quantity, zero, days):
        if needs:
            each = {part: (each, each * quantity) for part, each in needs.items()}
            found = serve(book, days.warehouse, self, each, quantity)
        else:
            found = [(quantity, zero, "stock", False)]
        vendors = book.vendors
        rest = quantity - sum(part[0] for part in found)
        if self.uom_id.compare(rest, 0.0) > 0:
            seller = self._get_lead_seller(zero, rest)
            if seller:
                lead = zero + timedelta(days=seller.delay)
                found.append((rest, lead, "lead_time", False))
                vendors = {**book.vendors, False: seller.partner_id.id}
        return [
            self._prepare_quote_part(
                amount,
                days.ship_day(max(there, zero)),
                source,
                reference,
                {
                    "source": source,
                    "slack": 0,
                    "vendor_id": source != "stock" and vendors.get(reference, False),
                    "warehouse_id": days.warehouse.id,
                    "carrier_id": False,
                },
            )
            for amount, there, source, reference in found
        ]

    def _prepare_quote_part(self, quantity, ship_day, source, reference, wish):
        return {
            "wish": wish,
            "quantity": self.uom_id.round(quantity),
            "ship_date": ship_day,
            "delivery_date": ship_day,
            "source": source,
            "reference": reference,
        }

    def _prepare_quote_row(self, wish, index, parts):
        promised = sum(part["quantity"] for part in parts)
        errors = []
        if self.uom_id.compare(promised, wish["quantity"]) < 0:
            message = self.env._(
                "for %(missing)s there is neither stock nor a receipt, and no vendor is known.",
                missing=f"{wish['quantity'] - promised:g}",
            )
            errors = [error("out_of_stock", message, f"lines[{index}].quantity")]
        return row(errors, sku=wish["sku"], parts=parts)

    def _get_lead_seller(self, day, quantity):
        """Whom it would be bought from on a day, or today."""
        return self._select_seller(quantity=quantity, date=day or None, uom_id=self.uom_id)
