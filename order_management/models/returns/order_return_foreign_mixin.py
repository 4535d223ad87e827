from odoo import api, fields, models

from ...tools import return_rules
from .credit_book import OpenDays, find_journals
from .delivery_book import today_at
from .foreign_goods import find_fiscal_position, price_goods
from .return_facts import path_of
from .return_words import explain


class OrderReturnForeignMixin(models.AbstractModel):
    """Returns of goods that we did not sell, or know of no order of.

    They name the customer in place of an order. Their lines name a product and a price, always
    wait for a person, and are paid by a credit note of their own. They may be asked for
    together with returns of orders.
    """

    _name = "order.return.foreign.mixin"
    _inherit = ["order.return.foreign.asking.mixin"]
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

    # -- Judging ------------------------------------------------------------------------------

    def _judge_foreign(self, party, asked, requested_on):
        """Goods that we did not sell are always looked at; what is stated is what is paid."""
        requested_on = requested_on or today_at(party.warehouse, party.company)
        return {
            "policy": self._find_foreign_policy(party, requested_on),
            "requested_on": requested_on,
            "currency": party.currency,
            "extras": {},
            "rewards": [],
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
        days, journals = OpenDays(), find_journals(self.company_id, "sale")
        return [
            (one, resolution, one._prepare_foreign_note_vals(lines, days, journals[one.company_id]))
            for one in self
            for resolution, lines in one.line_ids.filtered("settled_quantity")
            .grouped("resolution")
            .items()
        ]

    def _prepare_foreign_note_vals(self, lines, days, journal):
        company, partner = self.company_id, self.partner_id
        addresses = partner.address_get(["invoice", "delivery"])
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
