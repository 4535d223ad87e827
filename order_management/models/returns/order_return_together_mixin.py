from odoo import api, fields, models

from ..common.results import Arguments, error
from .lot_book import LotBook
from .return_book import OPEN_STATES


class OrderReturnTogetherMixin(models.AbstractModel):
    """Who sends what back: one parcel of several orders, its sender, its serial numbers.

    Each order keeps a return of its own, with its own policy, currency and refund; returns that
    were asked for together share the number that the customer is told.
    """

    _name = "order.return.together.mixin"
    _description = "Returns asked for together"

    group_ref = fields.Char(
        "Number for the customer", readonly=True, copy=False, index="btree_not_null",
        help="Returns of several orders that come back in one go share it.",
    )  # fmt: skip
    address_id = fields.Many2one(
        "res.partner", "Sent from", readonly=True, copy=False,
        help="The customer's address that sends the goods; else the delivery address.",
    )  # fmt: skip

    def _get_together(self):
        """These returns and those that were asked for together with them."""
        references = [ref for ref in self.mapped("group_ref") if ref]
        return self | self.search([("group_ref", "in", references)]) if references else self

    def _get_sender(self):
        if self.address_id or self.order_id:
            return self.address_id or self.order_id.partner_shipping_id
        address = self.partner_id.address_get(["delivery"])["delivery"]
        return self.partner_id.browse(address)

    @api.model
    def _ensure_one_customer(self, documents, orders):
        """Refuse to put returns of several customers or companies under one number."""
        parties = [document["party"] for document in documents if document["party"]]
        owners = [
            *((order.partner_id, order.company_id) for order in orders if order),
            *((party.partner, party.company) for party in parties),
        ]
        partners = {partner.commercial_partner_id for partner, _company in owners}
        companies = {company for _partner, company in owners}
        if len(partners) > 1 or len(companies) > 1:
            message = self.env._("orders of one customer and one company are expected.")
            Arguments(self.env).refuse("requests", message)

    def _group_plans(self, plans, new):
        """Put ``new`` under one number; none of them is made when one of ``plans`` can't be.

        :return: list of lists of plans that are made together or not at all
        """
        if any(plan["errors"] and not plan["known"] for plan in plans):
            message = self.env._("Another part of this return was rejected.")
            for plan in new:
                plan["errors"] = [error("not_possible", message)]
            return []
        if len(new) > 1:
            number = self.env["ir.sequence"].next_by_code("order.return")
            for index, plan in enumerate(new, 1):
                plan["numbers"] = {"group_ref": number, "name": f"{number}-{index}"}
        return [new] if new else []

    def _create_groups(self, groups):
        self._create_planned([plan for group in groups for plan in group])

    def _find_address_errors(self, document, partner):
        """A foreign address is no address of the customer; a missing one neither."""
        if not document["address_id"]:
            return []
        owner = partner.commercial_partner_id
        if self.env["res.partner"].search(
            [("id", "=", document["address_id"]), ("commercial_partner_id", "=", owner.id)]
        ):
            return []
        message = self.env._("The customer has no such address.")
        return [error("wrong_value", message, "address_id")]

    def _find_lot_errors(self, asked):
        """Find the lots that are asked back by name; those that can't come back are errors."""
        named = [one for one in asked if one.get("lot")]
        if not named:
            return []
        lines, errors = self.env["sale.order.line"].union(*(one["line"] for one in named)), []
        book = LotBook(lines.sudo())
        for open_line in self._search_lines_with_lots(lines):
            quantity = open_line._get_product_quantity(open_line._get_outstanding())
            book.take(open_line.sale_line_id, open_line.lot_id.name, quantity)
        for index, one in enumerate(asked):
            if not one.get("lot"):
                continue
            line = one["line"].sudo()
            quantity = line.product_uom_id._compute_quantity(
                one["quantity"], line.product_id.uom_id, round=False
            )
            lot = book.take(line, one["lot"], quantity)
            one["lot_id"] = lot and lot.id
            if not lot:
                message = self.env._(
                    "%(lot)s of %(product)s was not sent with this order, or is back or asked "
                    "back already.",
                    lot=one["lot"],
                    product=line.product_id.display_name,
                )
                errors.append(error("unknown_lot", message, f"lines[{index}].lot"))
        return errors

    def _search_lines_with_lots(self, lines):
        """Open return lines that ask for a certain lot."""
        return (
            self.env["order.return.line"]
            .sudo()
            .search(
                [
                    ("sale_line_id", "in", lines.ids),
                    ("lot_id", "!=", False),
                    ("return_id.state", "in", OPEN_STATES),
                    ("decision", "!=", "refuse"),
                ]
            )
        )
