from odoo import Command, fields, models

from .order_return_extra import lowering_of, prepare_extra_rows
from .return_book import ReturnBook


class OrderReturnExtraMixin(models.AbstractModel):
    """A return with what goes back beside its goods, and what it did to the order's lines."""

    _name = "order.return.extra.mixin"
    _description = "Return with discounts, shipping and charges"

    extra_ids = fields.One2many(
        "order.return.extra", "return_id", "Discounts, shipping and charges", copy=False
    )

    def _get_extra_total(self):
        """Shipping and charges that go back; discounts are part of the lines."""
        return sum(extra.amount for extra in self.extra_ids if extra.kind != "discount")

    def _judge(self, order, asked, requested_on, book=None):
        """Beside the lines: what of the order's shipping and charges goes back with them."""
        lines = self.env["sale.order.line"].union(*(one["line"] for one in asked))
        book = book or ReturnBook(lines)
        before = book.get_goods_taken(order)
        judged = super()._judge(order, asked, requested_on, book)
        extras = book.price_extras(order, judged["policy"], before)
        worth = sum(one["gross"] - one["fee"] for one in judged["lines"])
        extras += _price_gifts(book, order, judged["policy"], worth, extras)
        discounts = [share for line in judged["lines"] for share in line["discounts"]]
        judged["extras"] = prepare_extra_rows(extras, discounts)
        judged["extra_total"] = sum(extra.amount for extra in extras)
        judged["lowering"], judged["book"] = lowering_of(discounts, extras), book
        return judged

    def _prepare_quote(self, order, judged):
        quote = super()._prepare_quote(order, judged)
        currency = judged.get("currency") or order.return_currency_id
        rows = [
            {"kind": kind, "name": row["name"], "amount": currency.round(row["amount"])}
            for (_line, kind), row in judged["extras"].items()
        ]
        more = sum(row["amount"] for row in rows if row["kind"] != "discount")
        total = currency.round(quote["refund_total"] + more)
        return {**quote, "extras": rows, "refund_total": total}

    def _prepare_return_vals(self, plan):
        vals = super()._prepare_return_vals(plan)
        rows = plan["judged"]["extras"].items()
        extras = [_create(*key, {**row, "settled_quantity": 0.0}) for key, row in rows]
        return {**vals, "extra_ids": extras}

    def _judge_lines(self, keep=()):
        result = super()._judge_lines(keep)
        self._reprice()
        return result

    def _reprice(self):
        """Reckon anew what goes back, after somebody decided about lines by hand."""
        for one in self:
            book = one._open_book(ignored=one)
            before, discounts = book.get_goods_taken(one.order_id), []
            for line in one.line_ids.filtered(lambda line: line.decision != "refuse"):
                discounts += line._reprice(book).discounts
            extras = book.price_extras(one.order_id, one.policy_id, before)
            extras += one._price_gifts(book, extras)
            one._write_extras(prepare_extra_rows(extras, discounts))
            one._write_rewards(book, lowering_of(discounts, extras))

    def _price_gifts(self, book, extras):
        """What free goods take off, or add to, what this return is worth by now."""
        lines = self.line_ids.filtered(lambda line: line.decision != "refuse")
        worth = sum(lines.mapped("refund"))
        return _price_gifts(book, self.order_id, self.policy_id, worth, extras)

    def _write_extras(self, rows, is_settled=False):
        """Keep ``rows``, (order line, kind) → values, in place of what was known."""
        known = {(extra.sale_line_id, extra.kind): extra for extra in self.extra_ids}
        commands = [Command.delete(known[key].id) for key in known if key not in rows]
        for key, row in rows.items():
            vals = {**row, "settled_quantity": row["settled_quantity"] if is_settled else 0.0}
            if key in known:
                commands.append(Command.update(known[key].id, vals))
            else:
                commands.append(_create(*key, vals))
        if commands:
            self.write({"extra_ids": commands})


def _price_gifts(book, order, policy, worth, extras):
    worth += sum(extra.amount for extra in extras)
    return book.price_gifts(order, policy, order.currency_id.round(worth))


def _create(sale_line, kind, row):
    return Command.create({"sale_line_id": sale_line.id, "kind": kind, **row})
