from odoo import models
from odoo.tools import SQL

from ..common.set_runner import run_set


class OrderRecheckMixin(models.AbstractModel):
    """Orders whose findings are checked again when a cause changes.

    The joints of customers, ledger, stock, products and price lists call the ``_mark_…``
    methods here; each is one statement.
    """

    _name = "order.recheck.mixin"
    _description = "Order that is checked again"

    def _mark_for_recheck(self, codes=(), cause=None):
        """Check these quotations again within a minute, if they have open findings.

        :param codes: codes of checks whose cause changed; empty means all
        :param dict cause: what changed, for the slip
        """
        if self.ids:
            cause = cause or {"model": self._name, "ids": self.ids[:10]}
            condition = SQL("sold.id = ANY(%s)", self.ids)
            self.env["order.finding"].sudo()._mark(codes, condition, cause)

    def _mark_partners(self, partners, codes, what):
        """The orders of these customers, or of contacts beneath them."""
        if not partners:
            return
        ids = partners.ids
        condition = SQL(
            """EXISTS (SELECT 1 FROM res_partner AS partner
                        WHERE partner.id IN (sold.partner_id, sold.partner_shipping_id,
                                             sold.partner_invoice_id)
                          AND (partner.id = ANY(%s) OR partner.commercial_partner_id = ANY(%s)))""",
            ids,
            ids,
        )
        cause = {"model": "res.partner", "ids": ids[:10], "what": sorted(what)}
        self.env["order.finding"].sudo()._mark(codes, condition, cause)

    def _mark_products(self, products, codes, what):
        """The orders of these products."""
        if not products:
            return
        condition = SQL(
            """EXISTS (SELECT 1 FROM sale_order_line AS line
                        WHERE line.order_id = sold.id AND line.product_id = ANY(%s))""",
            products.ids,
        )
        cause = {"model": "product.product", "ids": products.ids[:10], "what": sorted(what)}
        self.env["order.finding"].sudo()._mark(codes, condition, cause)

    def _mark_pricelists(self, pricelists):
        """The orders priced by these price lists."""
        if pricelists:
            condition = SQL("sold.pricelist_id = ANY(%s)", pricelists.ids)
            cause = {"model": "product.pricelist", "ids": pricelists.ids[:10], "what": ["item_ids"]}
            codes = ("price_deviation", "discount_limit")
            self.env["order.finding"].sudo()._mark(codes, condition, cause)

    def _mark_companies(self, companies, what):
        """All orders of these companies."""
        if companies:
            condition = SQL("sold.company_id = ANY(%s)", companies.ids)
            cause = {"model": "res.company", "ids": companies.ids[:10], "what": sorted(what)}
            self.env["order.finding"].sudo()._mark((), condition, cause)

    def _recheck(self):
        """Check these orders again; those that came to be confirmed and are free now go on.

        Each order leaves the queue, also one on which the checks fail.
        """
        orders = self.sudo()
        run_set(orders, lambda part: part._recheck_set(), "Checking again")
        left = (
            self.env["order.finding"]
            .sudo()
            .search([("order_id", "in", self.ids), ("recheck", "=", True)])
        )
        left.write({"recheck": False})

    def _recheck_set(self):
        quotations = self._get_checkable()
        requested = quotations.filtered("confirm_requested")
        requested._process_orders()
        rest = quotations - requested
        rest._run_checks()
        rest._advance_stage()
