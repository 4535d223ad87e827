from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..common.zones import day_of, zone_of


class OrderCreditMixin(models.AbstractModel):
    """What an order's payer owes, against the credit limit of the paying commercial entity."""

    _name = "order.credit.mixin"
    _description = "Order bought on credit"

    def _get_limited_payers(self):
        """Who pays these orders and has a credit limit."""
        company = self.env.company
        if not company.account_use_credit_limit:
            return self.env["res.partner"]
        payers = self.partner_invoice_id.commercial_partner_id.with_company(company)
        return payers.filtered(lambda payer: payer.credit_limit > 0)

    def _is_surely_within_credit(self):
        """Whether even the most that can be owed stays within every limit; one statement.

        Confirmed orders that are not wholly invoiced count in full, down payments are not taken
        off: where that already fits, nobody need look closer.
        """
        company = self.env.company
        payers = self._get_limited_payers()
        if not payers:
            return True
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model(["order_id", "untaxed_amount_to_invoice"])
        self.env["account.move.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT payer.id,
                       (SELECT COALESCE(SUM(line.amount_residual), 0)
                          FROM account_move_line AS line
                          JOIN account_account AS account ON account.id = line.account_id
                         WHERE line.partner_id = payer.id AND line.parent_state = 'posted'
                           AND line.company_id = %(company)s
                           AND account.account_type = 'asset_receivable'
                           AND line.reconciled IS NOT TRUE),
                       SUM(sold.amount_total) FILTER (WHERE sold.amount_total > 0),
                       BOOL_OR(sold.currency_id != %(currency)s)
                  FROM res_partner AS payer
                  LEFT JOIN res_partner AS contact ON contact.commercial_partner_id = payer.id
                  LEFT JOIN sale_order AS sold
                         ON sold.partner_invoice_id = contact.id AND sold.state = 'sale'
                        AND sold.company_id = %(company)s AND sold.id NOT IN %(own)s
                        AND (sold.invoice_status != 'invoiced' OR EXISTS (
                             SELECT 1 FROM sale_order_line AS line
                              WHERE line.order_id = sold.id AND line.untaxed_amount_to_invoice > 0))
                 WHERE payer.id IN %(payers)s
                 GROUP BY payer.id
                """,
                company=company.id,
                currency=company.currency_id.id,
                own=tuple(self.ids),
                payers=tuple(payers.ids),
            )
        )
        most = {}
        for payer_id, receivable, ordered, is_foreign in self.env.cr.fetchall():
            if is_foreign:
                return False
            most[payer_id] = float(receivable) + float(ordered or 0.0)
        for order in self:
            payer = order.partner_invoice_id.commercial_partner_id
            if payer.id in most:
                most[payer.id] += order._get_amount_in_company_currency()
        return all(
            company.currency_id.compare_amounts(most[payer.id], payer.credit_limit) <= 0
            for payer in payers
        )

    def _get_credit_used(self):
        """What payers with a credit limit have used up, without these orders.

        :return dict: commercial partner id → (limit, exposure) in company currency
        """
        limited = self._get_limited_payers()
        if not limited:
            return {}
        # Core computes it without dependencies, so an earlier value of this call may be stale.
        limited.invalidate_recordset(["credit"])
        uninvoiced = self._get_uninvoiced_amounts(limited)
        return {
            payer.id: (payer.credit_limit, payer.credit + uninvoiced.get(payer.id, 0.0))
            for payer in limited
        }

    def _get_uninvoiced_amounts(self, payers):
        """What payers have ordered and not been invoiced for, less their down payments.

        Core's own ``credit_to_invoice`` overlooks what is invoiced on delivery and not delivered
        yet, and counts the invoice of a down payment on top of the order it belongs to.

        :return dict: commercial partner id → amount with tax in company currency
        """
        company = self.env.company
        orders = self.search(
            fields.Domain(
                [
                    ("id", "not in", self.ids),
                    ("company_id", "=", company.id),
                    ("state", "=", "sale"),
                    ("partner_invoice_id.commercial_partner_id", "in", payers.ids),
                ]
            )
            & self._get_living_domain()
            & (
                fields.Domain("invoice_status", "in", ("no", "to invoice"))
                | fields.Domain("order_line", "any", [("untaxed_amount_to_invoice", ">", 0)])
            )
        )
        amounts = {}
        for order in orders:
            payer = order.partner_invoice_id.commercial_partner_id
            open_amount = max(sum(line._get_uninvoiced_amount() for line in order.order_line), 0.0)
            amounts[payer.id] = amounts.get(payer.id, 0.0) + order.currency_id._convert(
                open_amount, company.currency_id, company, fields.Date.context_today(order)
            )
        return amounts

    def _get_amount_in_company_currency(self):
        """What this order adds to its customer's debt, beyond what was invoiced of it."""
        amount = self.amount_total
        if self.state == "sale":
            amount = max(sum(line._get_uninvoiced_amount() for line in self.order_line), 0.0)
        return self.currency_id._convert(
            amount,
            self.company_id.currency_id,
            self.company_id,
            self.date_order or fields.Date.context_today(self),
        )

    def _get_overdue(self, days):
        """What the payers of these orders owe past its due date, in one statement.

        Payments and credit notes that are not matched yet are set off.

        :param int days: how many days past due do not count
        :return dict: commercial partner id → (amount in company currency, first such due date)
        """
        company = self.env.company
        payers = self.partner_invoice_id.commercial_partner_id
        now = fields.Datetime.now()
        self.env["account.move.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.partner_id, line.date_maturity, SUM(line.amount_residual)
                  FROM account_move_line AS line
                  JOIN account_account AS account ON account.id = line.account_id
                 WHERE line.partner_id = ANY(%(payers)s) AND line.parent_state = 'posted'
                   AND line.company_id = %(company)s AND line.reconciled IS NOT TRUE
                   AND account.account_type = 'asset_receivable'
                   AND (line.date_maturity <= %(latest)s OR line.amount_residual < 0)
                 GROUP BY line.partner_id, line.date_maturity, line.amount_residual < 0
                """,
                payers=payers.ids,
                company=company.id,
                latest=now.date() - timedelta(days=days),
            )
        )
        found = self.env.cr.fetchall()
        if not any(residual > 0 for _payer, _due, residual in found):
            return {}
        today = day_of(now, zone_of(self.env["stock.warehouse"], company))
        return _sum_up(found, today - timedelta(days=days))


def _sum_up(rows, last_day):
    """Add up ``(payer id, due date, residual)``: what was due before ``last_day``, less credits."""
    overdue = {}
    for payer_id, due, residual in sorted(rows, key=lambda found: str(found[1])):
        if residual > 0 and not (due and due < last_day):
            continue
        amount, since = overdue.get(payer_id, (0.0, False))
        if residual > 0:
            since = since or fields.Date.to_string(due)
        overdue[payer_id] = (amount + float(residual), since)
    return overdue
