from odoo import models
from odoo.exceptions import AccessError

from ..common.access import as_service, check_visible, has_role
from ..common.results import Arguments, error
from .foreign_goods import Party


class OrderReturnForeignAskingMixin(models.AbstractModel):
    """Reading what is asked of goods without an order: who sends what, stated at what price."""

    _name = "order.return.foreign.asking.mixin"
    _description = "What is asked of goods without an order"

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

    def _find_parties(self, documents, is_list=True):
        """Who sends what without an order; asked with the rights of the caller.

        :param bool is_list: whether ``documents`` is a list of requests, for the paths of errors
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
            self._find_party(document, f"requests[{index}]." if is_list else "")
            if document["partner_id"]
            else None
            for index, document in enumerate(documents)
        ]

    def _find_party(self, document, path):
        company, arguments = as_service(self.env.company), Arguments(self.env)
        partner = as_service(self.env["res.partner"]).browse(document["partner_id"])
        if partner.company_id and partner.company_id != company:
            arguments.refuse(f"{path}partner_id", self.env._("the customer is another company's."))
        currency, code = company.currency_id, document["currency"]
        if code:
            currency = currency.search([("name", "=", code)])
            if not currency:
                message = self.env._("there is no currency “%(code)s”.", code=code)
                arguments.refuse(f"{path}currency", message)
        domain = [("company_id", "=", company.id)]
        if document["warehouse"]:
            domain.append(("code", "=", document["warehouse"]))
        warehouse = partner.env["stock.warehouse"].search(domain, limit=1)
        if not warehouse:
            arguments.refuse(f"{path}warehouse", self.env._("there is no such warehouse."))
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
