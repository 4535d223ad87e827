from odoo import Command, models

from ...tools import return_rules
from ...tools.proration import share
from .credit_book import force_amounts, prepare_share_vals

SETTLED_FIELDS = ("gross", "discount", "fee", "credit_quantity", "settled_quantity")


class OrderReturnLineSettlementMixin(models.AbstractModel):
    """What a return line becomes on credit notes, to the cent."""

    _name = "order.return.line.settlement.mixin"
    _description = "Settlement of a return line"

    def _settle(self, book):
        """Take what this line is worth out of ``book`` and note it.

        :return: the :class:`Part`, the fee kept back of each of its shares, and whether it is
            what was promised
        """
        quantity = self._get_payable_quantity()
        if not quantity:
            promised = not self.gross or self.decision == "refuse"
            self.write(dict.fromkeys(SETTLED_FIELDS, 0.0))
            return None, [], promised
        is_whole = self.product_uom_id.compare(quantity, self.quantity) == 0
        promised = (self.credit_quantity, self.gross, self.discount) if is_whole else None
        part = book.price(self.sale_line_id, quantity, promised)
        gross = self.currency_id.round(part.gross)
        fee = self._get_final_fee(gross)
        is_kept = is_whole and not self.currency_id.compare_amounts(gross, self.gross)
        self.write(
            {
                "fee": fee,
                "gross": gross,
                "discount": part.discount,
                "credit_quantity": part.credit_quantity,
                "settled_quantity": quantity,
            }
        )
        totals = [one.total for one in part.shares]
        fees = share(fee, totals, self.currency_id.decimal_places) if totals else []
        return part, fees, is_kept

    def _reprice(self, book):
        """Take what is promised out of ``book``; what was worth nothing, being refused, is priced.

        :return: the :class:`Part`
        """
        promised = (self.credit_quantity, self.gross, self.discount) if self.gross else None
        part = book.price(self.sale_line_id, self.quantity, promised)
        if not self.gross and part.gross:
            gross = self.currency_id.round(part.gross)
            vals = {"gross": gross, "discount": part.discount, "fee": self._get_late_fee(gross)}
            self.write({**vals, "credit_quantity": part.credit_quantity})
        return part

    def _get_payable_quantity(self):
        """What was accepted, in the order line's unit."""
        if self.decision != "accept":
            return 0.0
        return self.accepted_quantity if self._needs_goods() else self.quantity

    def _get_final_fee(self, gross):
        """The fee promised, in proportion when less came back than was asked."""
        if self.gross:
            fee = self.currency_id.round(self.fee * gross / self.gross)
        else:
            fee = self._get_late_fee(gross)
        return min(fee, gross)

    def _get_late_fee(self, gross):
        """The fee of a line that was not invoiced when it was asked back."""
        percent, amount = self.rule_id._get_fee_of(self.reason_id)
        verdict = return_rules.Verdict("accept", "rule", self.rule_id.id, percent, amount)
        return self.return_id._get_fee(verdict, gross, self.order_id)

    def _prepare_credit_vals(self, part):
        """The credit note line for a share of an invoice line."""
        return {**prepare_share_vals(part, self.sale_line_id), "return_line_id": self.id}

    def _prepare_fee_vals(self, part, fee):
        """The line that keeps the fee back, taxed like what it belongs to."""
        billed, currency = part.billed.line, self.currency_id
        product = self.env.ref("order_management.product_return_fee")
        rate = fee / part.total
        payable = [tax for tax in part.taxes if tax not in part.billed.whole.reversed]
        taxes = {tax: -currency.round(part.taxes[tax] * rate) for tax in part.taxes}
        net = -currency.round(fee + sum(taxes[tax] for tax in payable))
        price = -fee if billed.tax_ids[:1].price_include else net
        return {
            "tax_ids": [Command.set(billed.tax_ids.ids)],
            "analytic_distribution": billed.analytic_distribution,
            "return_line_id": self.id,
            "name": self.env._("Return fee: %(product)s", product=self.product_id.display_name),
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "quantity": 1.0,
            "price_unit": price,
            "extra_tax_data": force_amounts(billed, 1.0, price, 0.0, net, taxes),
        }
