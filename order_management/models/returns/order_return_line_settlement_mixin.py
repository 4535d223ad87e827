from odoo import Command, models

from ...tools import return_rules
from ...tools.proration import share
from ...tools.refunds import Amounts
from .credit_book import Kept, book_amounts, prepare_share_vals

SETTLED_FIELDS = ("gross", "discount", "fee", "wear", "credit_quantity", "settled_quantity")


class OrderReturnLineSettlementMixin(models.AbstractModel):
    """What a return line becomes on credit notes, to the cent."""

    _name = "order.return.line.settlement.mixin"
    _description = "Settlement of a return line"

    def _settle(self, book):
        """Take what this line is worth out of ``book`` and note it.

        :return: the :class:`Part`, what is kept back of each of its shares, and whether it is
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
        wear = self._get_wear(gross, fee, quantity)
        is_kept = is_whole and not self.currency_id.compare_amounts(gross, self.gross)
        self.write(
            {
                "fee": fee,
                "wear": wear,
                "gross": gross,
                "discount": part.discount,
                "credit_quantity": part.credit_quantity,
                "settled_quantity": quantity,
            }
        )
        totals, digits = [one.total for one in part.shares], self.currency_id.decimal_places
        if not totals:
            return part, [], is_kept
        kept = zip(share(fee, totals, digits), share(wear, totals, digits), strict=True)
        return part, [Kept(*one) for one in kept], is_kept

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
        elif self.is_foreign:
            fee = 0.0
        else:
            fee = self._get_late_fee(gross)
        return min(fee, gross)

    def _get_wear(self, gross, fee, quantity):
        """What the state of the goods takes off ``gross`` by the policy, after the fee.

        Nothing where it is our fault, and nothing of what did not have to come back.
        """
        if self.reason_id.our_fault or not (self.rule_id and gross and quantity):
            return 0.0
        lost, gone = 0.0, self._get_sent_back_quantity()
        inspected = [
            (1.0 - self.rule_id._get_refund_percent(receipt.condition) / 100.0, receipt.quantity)
            for receipt in self.receipt_ids
            if receipt.outcome == "as_requested" or receipt.is_accepted
        ]
        for share_lost, arrived in sorted(inspected, reverse=True):  # the worst was sent back
            kept = max(arrived - gone, 0.0)
            gone -= arrived - kept
            lost += kept * share_lost
        wear = self.currency_id.round(gross * min(lost / quantity, 1.0))
        return max(min(wear, gross - fee), 0.0)

    def _get_late_fee(self, gross):
        """The fee of a line that was not invoiced when it was asked back."""
        percent, amount = self.rule_id._get_fee_of(self.reason_id)
        verdict = return_rules.Verdict("accept", "rule", self.rule_id.id, percent, amount)
        return self.return_id._get_fee(verdict, gross, self.order_id)

    def _prepare_credit_vals(self, part):
        """The credit note line for a share of an invoice line."""
        return {**prepare_share_vals(part, self.sale_line_id), "return_line_id": self.id}

    def _tell_fee(self):
        return self.env._("Return fee: %(product)s", product=self.product_id.display_name)

    def _tell_wear(self):
        return self.env._("State of the goods: %(product)s", product=self.product_id.display_name)

    def _prepare_back_vals(self, part, kept):
        """The lines that keep something back, taxed like what they belong to."""
        billed = part.billed.line
        whole = Amounts(part.net, part.total, part.taxes, part.billed.whole.reversed)
        backs = [(self._tell_fee, kept.fee), (self._tell_wear, kept.wear)]
        return [
            {
                **self._prepare_kept_vals(tell(), amount, whole, billed.tax_ids),
                "analytic_distribution": billed.analytic_distribution,
            }
            for tell, amount in backs
            if amount
        ]

    def _prepare_kept_vals(self, name, kept, whole, tax_records):
        """A line that keeps ``kept`` back of ``whole``, with its share of the taxes."""
        currency = self.currency_id
        product = self.env.ref("order_management.product_return_fee")
        rate = kept / whole.total
        taxes = {tax: -currency.round(whole.taxes[tax] * rate) for tax in whole.taxes}
        payable = sum(taxes[tax] for tax in taxes if tax not in whole.reversed)
        net = -currency.round(kept + payable)
        price = -kept if tax_records[:1].price_include else net
        return {
            "tax_ids": [Command.set(tax_records.ids)],
            "return_line_id": self.id,
            "name": name,
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "quantity": 1.0,
            "price_unit": price,
            **book_amounts(self, 1.0, price, 0.0, net, taxes),
        }
