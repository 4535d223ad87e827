"""From a matched document to the values of a sales order."""

from odoo.fields import Command
from odoo.tools import plaintext2html

from ...exceptions import ItemError
from ..common.optional import has_field
from .prices import Prices


class OrderBuilder:
    """Prepares the orders of a call; what they share is looked up once.

    :param channel: where the documents came in
    :param list documents: the documents of the call
    """

    def __init__(self, channel, documents):
        self.env = channel.env
        self.channel = channel
        self.company = channel.company_id
        contents = [document.content for document in documents]
        self.currencies = self._search_currencies(contents)
        self.pricelists = self._search_pricelists()
        self.carriers = self._search_carriers(contents)
        self.prices = Prices(channel)
        self.salesperson = channel._prepare_salesperson_vals()
        self.skips_analytics = not self.env["account.analytic.distribution.model"].search_count(
            [], limit=1
        )

    def _search_currencies(self, contents):
        """Currency code → currency, of those that documents name beside the company's."""
        home = self.company.currency_id
        foreign = {content["currency"] for content in contents if content.get("currency")}
        foreign.discard(home.name)
        found = self.env["res.currency"]
        if foreign:
            found = found.search([("name", "in", sorted(foreign))])
        return {home.name: home, **{currency.name: currency for currency in found}}

    def _search_pricelists(self):
        """Foreign currency → the pricelist that sells in it."""
        currencies = self.env["res.currency"].union(*self.currencies.values())
        foreign = currencies - self.company.currency_id
        if not foreign:
            return {}
        pricelists = self.env["product.pricelist"].search(
            [
                ("currency_id", "in", foreign.ids),
                *self.env["product.pricelist"]._check_company_domain(self.company),
            ]
        )
        return {pricelist.currency_id: pricelist for pricelist in reversed(pricelists)}

    def _search_carriers(self, contents):
        """External code → delivery method."""
        codes = {content["carrier"] for content in contents if content.get("carrier")}
        if not (codes and has_field(self.env, "delivery.carrier", "external_code")):
            return {}
        carriers = self.env["delivery.carrier"].search(
            [
                ("external_code", "in", sorted(codes)),
                ("company_id", "in", [False, self.company.id]),
            ],
            order="sequence desc, id desc",
        )
        return {carrier.external_code: carrier for carrier in carriers}

    def verify(self, document):
        """Refuse what can't be ordered here.

        :raises ItemError: unknown currency or carrier, or an impossible payment
        """
        content = document.content
        self._verify_currency(content)
        if content.get("carrier") and content["carrier"] not in self.carriers:
            message = self.env._("There is no carrier %(code)s.", code=content["carrier"])
            raise ItemError("unknown_carrier", message, "carrier")
        payment = content.get("payment", {})
        if payment.get("status", "none") != "none" and payment.get("amount", 1) <= 0:
            message = self.env._("The amount of a payment must be above zero.")
            raise ItemError("wrong_value", message, "payment.amount")

    def _verify_currency(self, content):
        code = content.get("currency")
        currency = self.currencies.get(code)
        if not code or currency == self.company.currency_id:
            return
        if not currency or not self._get_foreign_pricelist(currency):
            message = self.env._("Nothing is sold in %(code)s: no pricelist has it.", code=code)
            raise ItemError("unknown_currency", message, "currency")

    def _get_foreign_pricelist(self, currency):
        own = self.channel.pricelist_id
        return own if own.currency_id == currency else self.pricelists.get(currency)

    def prepare_order_vals(self, document):
        """The values of one order whose customer and lines are known."""
        content = document.content
        vals = {
            **self.salesperson,
            **self._prepare_parties_vals(document),
            **self._prepare_pricelist_vals(document),
            **self._prepare_delivery_vals(content),
            "company_id": self.company.id,
            "channel_id": self.channel.id,
            "external_ref": content["external_ref"],
            "client_order_ref": content.get("customer_reference"),
            "expected_total": content.get("expected_total"),
            "document_payment_amount": self._get_payment_amount(content),
            "left_out_lines": document.left_out or False,
        }
        if content.get("ordered_at"):
            vals["date_order"] = content["ordered_at"]
        if content.get("note"):
            vals["note"] = plaintext2html(content["note"])
        vals["order_line"] = [
            Command.create(line_vals) for line_vals in self._prepare_lines_vals(document)
        ]
        return vals

    def _get_payment_amount(self, content):
        """What a document says was paid with it, if it names an amount."""
        payment = content.get("payment", {})
        is_paid = payment.get("status", "none") != "none"
        return payment.get("amount", 0.0) if is_paid else 0.0

    def _prepare_parties_vals(self, document):
        vals = {"partner_id": document.partner.id}
        if document.shipping:
            vals["partner_shipping_id"] = document.shipping.id
        if document.invoicing:
            vals["partner_invoice_id"] = document.invoicing.id
        return vals

    def _prepare_pricelist_vals(self, document):
        """The pricelist: the channel's, or one in the document's currency; else core's choice."""
        code = document.content.get("currency")
        currency = self.currencies[code] if code else self.channel.pricelist_id.currency_id
        if not currency:
            return {}
        if self.channel.pricelist_id.currency_id == currency:
            return {"pricelist_id": self.channel.pricelist_id.id}
        customers = document.partner.with_company(self.company).property_product_pricelist
        if (customers.currency_id or self.company.currency_id) == currency:
            return {}
        return {"pricelist_id": self.pricelists.get(currency, customers.browse()).id}

    def _prepare_delivery_vals(self, content):
        vals = {"warehouse_id": self.channel.warehouse_id.id} if self.channel.warehouse_id else {}
        if content.get("requested_date"):
            vals["commitment_date"] = self.channel._get_noon(content["requested_date"])
        if content.get("carrier"):
            vals["carrier_id"] = self.carriers[content["carrier"]].id
        elif self.channel.carrier_id:
            vals["carrier_id"] = self.channel.carrier_id.id
        if content.get("ship_complete", self.channel.ship_complete):
            vals["picking_policy"] = "one"
        if self.channel.payment_term_id:
            vals["payment_term_id"] = self.channel.payment_term_id.id
        return vals

    # Lines

    def _prepare_lines_vals(self, document):
        """The lines in the document's order, each followed by its charges."""
        charges = {}
        for charge in document.content.get("charges", []):
            charges.setdefault(charge.get("line", False), []).append(charge)
        for index, line, product, unit in document.lines:
            yield self._prepare_line_vals(document, index, line, product, unit)
            if line.get("ref"):
                for charge in charges.get(line["ref"], []):
                    yield self._prepare_charge_vals(document, charge)
        for charge in charges.get(False, []):
            yield self._prepare_charge_vals(document, charge)

    def _prepare_line_vals(self, document, index, line, product, unit):
        vals = {
            "product_id": product.id,
            "product_uom_qty": line["quantity"],
            "product_uom_id": unit.id,
            "external_line_ref": line.get("ref"),
            "external_position": index + 1,
            **self._prepare_analytic_vals(),
        }
        if line.get("name"):
            vals["name"] = line["name"]
        if line.get("unit_price") is not None:
            vals.update(self._prepare_price_vals(document, line, product))
        return vals

    def _prepare_price_vals(self, document, line, product):
        """The document's price, which ``ours`` only notes."""
        vals = self.prices.prepare_price_vals(
            document, product, line["unit_price"], line["quantity"], line.get("discount", 0.0)
        )
        noted = {"document_price_unit": vals["price_unit"]}
        return noted if self.channel.price_policy == "ours" else {**noted, **vals}

    def _prepare_charge_vals(self, document, charge):
        product = self.channel.charge_product_id or self.channel._default_charge_product()
        if not product:
            message = self.env._("The sales channel has no product for charges.")
            raise ItemError("unknown_product", message, "charges")
        prices = self.prices.prepare_price_vals(document, product, charge["amount"])
        return {
            "product_id": product.id,
            "name": charge.get("name") or product.name,
            "product_uom_qty": 1.0,
            **prices,
            "document_price_unit": prices["price_unit"],
            "is_document_charge": True,
            **self._prepare_analytic_vals(),
        }

    def _prepare_analytic_vals(self):
        """Where nobody distributes analytically, core need not search twice a line."""
        return {"analytic_distribution": False} if self.skips_analytics else {}
