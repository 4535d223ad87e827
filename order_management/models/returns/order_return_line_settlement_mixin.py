from odoo import Command, models

from ...tools import return_rules
from ...tools.proration import share


class OrderReturnLineSettlementMixin(models.AbstractModel):
    """What a return line becomes on credit notes, to the cent."""

    _name = "order.return.line.settlement.mixin"
    _description = "Settlement of a return line"

    def _settle(self, book):
        """Take what this line is worth out of ``book`` and note it.

        :return: list of ``(share of an invoice line, fee kept back of it)``
        """
        quantity = self._get_payable_quantity()
        if not quantity:
            self.write({"gross": 0.0, "fee": 0.0, "credit_quantity": 0.0})
            return []
        is_whole = self.product_uom_id.compare(quantity, self.quantity) == 0
        promised = (self.credit_quantity, self.gross) if is_whole else None
        part = book.price(self.sale_line_id, quantity, promised)
        gross = self.currency_id.round(part.gross)
        fee = self._get_final_fee(gross)
        self.write({"fee": fee, "gross": gross, "credit_quantity": part.credit_quantity})
        self._note_settled(quantity)
        totals = [one.total for one in part.shares]
        fees = share(fee, totals, self.currency_id.decimal_places) if totals else []
        return list(zip(part.shares, fees, strict=True))

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

    def _note_settled(self, quantity):
        """Tell the order line, so that core does not invoice this again."""
        line = self.sale_line_id
        line.return_settled_quantity += quantity
        kept = self.product_uom_id.round(quantity - self.received_quantity)
        if kept > 0:
            line.return_kept_quantity += kept

    def _prepare_credit_vals(self, part):
        """The credit note line for a share of an invoice line."""
        billed = part.billed.line
        quantity = self.product_uom_id._compute_quantity(
            part.quantity, billed.product_uom_id, round=False
        )
        return {
            **self._prepare_shared_vals(billed),
            "name": billed.name,
            "product_id": billed.product_id.id,
            "product_uom_id": billed.product_uom_id.id,
            "quantity": quantity,
            "price_unit": billed.price_unit,
            "discount": billed.discount,
            "account_id": billed.account_id.id,
            "sale_line_ids": [Command.link(self.sale_line_id.id)],
            "refunded_line_id": billed.id,
            "extra_tax_data": _force_amounts(
                billed, quantity, billed.price_unit, billed.discount, part.net, part.taxes
            ),
        }

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
            **self._prepare_shared_vals(billed),
            "name": self.env._("Return fee: %(product)s", product=self.product_id.display_name),
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "quantity": 1.0,
            "price_unit": price,
            "extra_tax_data": _force_amounts(billed, 1.0, price, 0.0, net, taxes),
        }

    def _prepare_shared_vals(self, billed):
        return {
            "tax_ids": [Command.set(billed.tax_ids.ids)],
            "analytic_distribution": billed.analytic_distribution,
            "return_line_id": self.id,
        }


def _force_amounts(billed, quantity, price_unit, discount, net, taxes):
    """Core's own stored tax details, which fix the amounts of a document line.

    Core reads them only with a tax; a line without gets an entry that no tax has.
    """
    amounts = {
        str(tax): {"tax_amount_currency": amount, "base_amount_currency": net}
        for tax, amount in taxes.items()
    }
    return {
        "manual_total_excluded_currency": net,
        "manual_tax_amounts": amounts or {"0": {}},
        "currency_id": billed.currency_id.id,
        "price_unit": price_unit,
        "discount": discount,
        "quantity": quantity,
    }
