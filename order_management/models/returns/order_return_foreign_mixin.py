from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools import return_rules
from ..common.access import as_service, check_visible, has_role
from ..common.results import Arguments, error
from .credit_book import OpenDays
from .delivery_book import today_at
from .foreign_goods import Party, find_fiscal_position, price_goods
from .return_facts import path_of
from .return_words import explain


class OrderReturnForeignMixin(models.AbstractModel):
    """Returns of goods that we did not sell, or know of no order of.

    They name the customer in place of an order. Their lines name a product and a price, always
    wait for a person, and are paid by a credit note of their own. They may be asked for
    together with returns of orders.
    """

    _name = "order.return.foreign.mixin"
    _description = "Return without an order"

    is_foreign = fields.Boolean("Not sold by us", compute="_compute_is_foreign", store=True)
    warehouse_id = fields.Many2one(
        "stock.warehouse", readonly=True, copy=False, check_company=True,
        help="Where goods without an order come back to.",
    )  # fmt: skip

    _foreign_ref_uniq = models.UniqueIndex(
        "(partner_id, external_ref) WHERE order_id IS NULL AND external_ref IS NOT NULL",
        "The customer has a return with this external reference already.",
    )

    @api.depends("order_id")
    def _compute_is_foreign(self):
        for one in self:
            one.is_foreign = not one.order_id

    def _get_warehouse(self):
        return self.order_id.warehouse_id or self.warehouse_id

    # -- Reading what was asked ---------------------------------------------------------------

    def _read_party(self, document, path):
        """Check the shape of who sends goods without an order."""
        arguments = Arguments(self.env)
        document["partner_id"] = arguments.value(
            document["partner_id"], "integer", f"{path}partner_id", required=True
        )
        if document["order_id"] or document["order_ref"]:
            message = self.env._("a request names an order or a customer, not both.")
            arguments.refuse(f"{path}partner_id", message)

    def _read_goods(self, line, path, is_foreign):
        """Check that a line names an order line, or a product where there is no order."""
        arguments = Arguments(self.env)
        unfit = ("line_id", "line_ref", "lot") if is_foreign else ("product_id", "sku", "price")
        for key in unfit:
            if line[key] is not False:
                message = (
                    self.env._("without an order there is none; the product is named by its sku.")
                    if is_foreign
                    else self.env._(
                        "lines of orders have it; goods without an order are asked back by a "
                        "request of their own, with partner_id."
                    )
                )
                arguments.refuse(f"{path}.{key}", message)
        if is_foreign and not (line["product_id"] or line["sku"]):
            arguments.refuse(f"{path}.sku", self.env._("a value is required here."))

    def _find_parties(self, documents):
        """Who sends what without an order; asked with the rights of the caller.

        :return: a :class:`Party` or ``None`` per document
        """
        foreign = [document for document in documents if document["partner_id"]]
        if not foreign:
            return [None] * len(documents)
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Customers ask for returns of their orders alone."))
        priced = any(
            line["price"] is not False for document in foreign for line in document["lines"]
        )
        if priced and not has_role(self.env, "returns"):
            raise AccessError(self.env._("Only returns agents state what goods are worth."))
        ids = dict.fromkeys(document["partner_id"] for document in foreign)
        check_visible(self.env["res.partner"].browse(list(ids)))
        return [
            self._find_party(document) if document["partner_id"] else None for document in documents
        ]

    def _find_party(self, document):
        company, arguments = as_service(self.env.company), Arguments(self.env)
        partner = as_service(self.env["res.partner"]).browse(document["partner_id"])
        if partner.company_id and partner.company_id != company:
            arguments.refuse("partner_id", self.env._("the customer is another company's."))
        currency, code = company.currency_id, document["currency"]
        if code:
            currency = currency.search([("name", "=", code)])
            if not currency:
                message = self.env._("there is no currency “%(code)s”.", code=code)
                arguments.refuse("currency", message)
        domain = [("company_id", "=", company.id)]
        if document["warehouse"]:
            domain.append(("code", "=", document["warehouse"]))
        warehouse = partner.env["stock.warehouse"].search(domain, limit=1)
        if not warehouse:
            arguments.refuse("warehouse", self.env._("there is no such warehouse."))
        return Party(partner, company, currency, warehouse)

    def _find_asked(self, document, order, reasons):
        if not document.get("party"):
            return super()._find_asked(document, order, reasons)
        asked, errors = [], []
        products = self._find_products(document)
        for index, line in enumerate(document["lines"]):
            found = {
                **line,
                "line": order.order_line.browse(),
                "product": products[index],
                "reason_id": reasons.get(line["reason"]),
                "taxes": document["party"].get_taxes(products[index]),
            }
            errors += self._find_foreign_errors(found, f"lines[{index}]")
            asked.append(found)
        return asked, errors

    def _find_products(self, document):
        """The products that the lines of a request without an order name, none if unknown."""
        lines, party = document["lines"], document["party"]
        companies = [("company_id", "in", (False, party.company.id))]
        ids = [line["product_id"] for line in lines if line["product_id"]]
        skus = [line["sku"] for line in lines if not line["product_id"]]
        products = self.env["product.product"].search(
            ["|", ("id", "in", ids), ("default_code", "in", skus), *companies]
        )
        return [
            products.filtered(
                lambda one, line=line: (
                    one.id == line["product_id"]
                    if line["product_id"]
                    else one.default_code == line["sku"]
                )
            )
            for line in lines
        ]

    def _find_foreign_errors(self, asked, path):
        errors, product = [], asked["product"]
        key = f"{path}.product_id" if asked["product_id"] else f"{path}.sku"
        if len(product) > 1:
            message = self.env._("Several products match; name one by product_id.")
            errors.append(error("ambiguous_product", message, key))
        elif product.type != "consu":
            message = self.env._("No product that can come back matches.")
            errors.append(error("unknown_product", message, key))
        elif product.uom_id.compare(asked["quantity"], 0.0) <= 0:
            message = self.env._("The quantity must be more than zero.")
            errors.append(error("wrong_value", message, f"{path}.quantity"))
        if asked["price"] is not False and asked["price"] <= 0:
            message = self.env._("The price must be more than zero.")
            errors.append(error("wrong_value", message, f"{path}.price"))
        if asked["kind"] != "return":
            message = self.env._("Claims are made for goods of an order.")
            errors.append(error("wrong_value", message, f"{path}.kind"))
        if not asked["reason_id"]:
            message = self.env._("There is no return reason “%(code)s”.", code=asked["reason"])
            errors.append(error("unknown_reason", message, f"{path}.reason"))
        return errors

    # -- Judging ------------------------------------------------------------------------------

    def _judge_foreign(self, party, asked, requested_on):
        """Goods that we did not sell are always looked at; what is stated is what is paid."""
        requested_on = requested_on or today_at(party.warehouse, party.company)
        return {
            "policy": self._find_foreign_policy(party, requested_on),
            "requested_on": requested_on,
            "currency": party.currency,
            "extras": {},
            "lines": [self._judge_foreign_line(party, one, requested_on) for one in asked],
        }

    def _judge_foreign_line(self, party, asked, requested_on):
        product, quantity, price = asked["product"], asked["quantity"], asked["price"] or 0.0
        reason = asked["reason_id"]
        facts = {
            "foreign": True,
            "line": False,
            "product": product.id,
            "categories": path_of(product.categ_id),
            "reason": reason.id,
            "reason_code": reason.code,
            "our_fault": reason.our_fault,
            "resolution": asked["resolution"],
            "quantity": quantity,
            "returnable": quantity,
            "price": price,
            "requested_on": fields.Date.to_string(requested_on),
            "days": False,
        }
        verdict = return_rules.judge(facts, [])
        worth = price_goods(product, quantity, price, asked["taxes"], party.currency, party.company)
        return {
            **asked,
            "facts": facts,
            "rules": [],
            "verdict": verdict,
            "decision": verdict.decision,
            "returnable": quantity,
            "explanation": explain(self.env, verdict, asked["line"], quantity, quantity),
            "gross": worth.total if verdict.decision != "refuse" else 0.0,
            "discount": 0.0,
            "discounts": [],
            "fee": 0.0,
            "credit_quantity": quantity,
            "goods_vals": {
                "product_id": product.id,
                "unit_price": price,
                "tax_ids": [fields.Command.set(asked["taxes"].ids)],
            },
        }

    def _find_foreign_policy(self, party, day):
        """The policy whose limit for a second person counts: of the day, company and country."""
        country = party.partner.country_id
        policies = (
            self.env["order.return.policy"]._get_all().filtered(lambda one: not one.until_order)
        )
        channel = policies.channel_ids.browse()
        return policies.filtered(lambda one: one._fits_place(party.company, channel, country, day))[
            :1
        ]

    def _judge_lines(self, keep=()):
        foreign = self.filtered("is_foreign")
        foreign.line_ids._price_foreign()
        return super(OrderReturnForeignMixin, self - foreign)._judge_lines(keep)

    def _reprice(self):
        return super(OrderReturnForeignMixin, self.filtered("order_id"))._reprice()

    # -- Asking for real ----------------------------------------------------------------------

    def _judge_plan(self, plan, book):
        party = plan["document"].get("party")
        if not party:
            return super()._judge_plan(plan, book)
        return self._judge_foreign(party, plan["asked"], plan["document"]["requested_on"])

    def _prepare_return_vals(self, plan):
        vals = super()._prepare_return_vals(plan)
        party = plan["document"].get("party")
        if not party:
            return vals
        return {
            **vals,
            "partner_id": party.partner.id,
            "company_id": party.company.id,
            "currency_id": party.currency.id,
            "warehouse_id": party.warehouse.id,
        }

    def _find_known(self, documents, orders):
        known = super()._find_known(documents, orders)
        foreign = [document for document in documents if document.get("party")]
        references = [document["external_ref"] for document in foreign]
        if not any(references):
            return known
        found = self.search(
            [
                ("order_id", "=", False),
                ("partner_id", "in", [document["partner_id"] for document in foreign]),
                ("external_ref", "in", [reference for reference in references if reference]),
            ]
        )
        return known | {(one.partner_id, one.external_ref): one for one in found}

    # -- Settling -----------------------------------------------------------------------------

    def _prepare_foreign_notes(self):
        """One credit note per return and resolution, of no invoice.

        :return: list of ``(return, resolution, values)``
        """
        days = OpenDays()
        return [
            (one, resolution, one._prepare_foreign_note_vals(lines, days))
            for one in self
            for resolution, lines in one.line_ids.filtered("settled_quantity")
            .grouped("resolution")
            .items()
        ]

    def _prepare_foreign_note_vals(self, lines, days):
        company, partner = self.company_id, self.partner_id
        addresses = partner.address_get(["invoice", "delivery"])
        journal = self.env["account.journal"].search(
            [*self.env["account.journal"]._check_company_domain(company), ("type", "=", "sale")],
            limit=1,
        )
        today = today_at(self.warehouse_id, company)
        return {
            "move_type": "out_refund",
            "company_id": company.id,
            "journal_id": journal.id,
            "partner_id": addresses["invoice"],
            "partner_shipping_id": addresses["delivery"],
            "currency_id": self.currency_id.id,
            "fiscal_position_id": find_fiscal_position(partner, company).id,
            "invoice_payment_term_id": False,
            "invoice_date": days.find_for(company, journal, today),
            "invoice_origin": self.name,
            "ref": self.env._("%(name)s, goods not sold by us", name=self.name),
            "invoice_line_ids": [
                fields.Command.create(vals) for vals in lines._prepare_foreign_credit_vals()
            ],
        }
