from odoo import api, models
from odoo.tools import format_date, split_every

from ..common.cron_run import count_done
from .advice_book import AdviceBook
from .advice_sql import find_bought_products

CHUNK = 2000  # products in one transaction of the nightly run
KINDS = ("expedite", "postpone", "unneeded")
# Shortages of goods on order; others are found elsewhere and name no purchase.
LATE_ONES = ("purchase_line_id", "!=", False)


class OrderPurchaseAdvice(models.AbstractModel):
    """Goods on order whose date is no longer right, since demand has moved.

    Nothing is ordered or changed here: what is found is put on the work list of stock alerts. A
    purchase order that was moved far into the future makes a shortage, and no second order.
    """

    _name = "order.purchase.advice"
    _description = "Advice on goods on order"

    @api.model
    def _cron_run(self):
        """Look at all that is on order, a part in each transaction."""
        warehouses = (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id.use_order_management", "=", True)])
        )
        left = self._find_due(warehouses)[count_done(self.env) :]
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(left))
        for part in split_every(CHUNK, left, list):
            self._run(warehouses, part)
            if not progress(len(part)):
                return

    def _find_due(self, warehouses):
        """Products on order, and those that something was said of."""
        alerts = self.env["order.stock.alert"].sudo()
        said = alerts._read_group(
            [
                ("warehouse_id", "in", warehouses.ids),
                ("state", "!=", "closed"),
                "|", ("kind", "in", KINDS), "&", ("kind", "=", "shortage"), LATE_ONES,
            ],
            ["product_id"],
        )  # fmt: skip
        return sorted({*find_bought_products(warehouses), *(product.id for (product,) in said)})

    @api.model
    def _run(self, warehouses, product_ids):
        """Say what is so now of goods on order, and close what no longer is.

        :param warehouses: where they are to come
        :param list product_ids: the products that are looked at
        :return: the alerts that were raised just now
        """
        warehouses = warehouses.sudo()
        book = AdviceBook(warehouses, product_ids)
        rows = self._tell(book)
        alerts = raised = self.env["order.stock.alert"]
        looked_at = [("warehouse_id", "in", warehouses.ids), ("product_id", "in", product_ids)]
        for kind, told in rows.items():
            scope = [*looked_at, LATE_ONES] if kind == "shortage" else looked_at
            raised |= alerts._sync(kind, told, scope)
        return raised

    def _tell(self, book):
        """The alerts of what was found, by kind."""
        sentences, found = self._get_sentences(), {kind: [] for kind in (*KINDS, "shortage")}
        for pair, outlook in book.outlooks.items():
            for advice in outlook.advices:
                vals = self._prepare_alert(book, pair, advice.key)
                before = book.day_at(pair, advice.day_before)
                day = book.day_at(pair, advice.day)
                name = advice.kind
                if name == "expedite" and advice.day_before < 0:
                    name = "overdue"
                vals |= {"key": str(advice.key), "day_before": before, "day": day}
                vals["message"] = self._fill(sentences[name], book, pair, vals)
                found[advice.kind].append(vals)
            shortage = outlook.shortage
            if shortage and shortage.key:
                vals = self._prepare_alert(book, pair, shortage.key, shortage.quantity)
                arrives = book.receipts[pair][shortage.key].comes
                vals |= {
                    "key": f"late {pair[0]} {pair[1]}",
                    "day_before": book.day_at(pair, arrives),
                    "day": book.day_at(pair, shortage.day),
                }
                vals["message"] = self._fill(sentences["shortage"], book, pair, vals)
                found["shortage"].append(vals)
        return found

    def _prepare_alert(self, book, pair, line_id, quantity=None):
        line = book.lines[line_id]
        if quantity is None:
            quantity = book.receipts[pair][line_id].quantity
        return {
            "company_id": book.places[pair[1]].company_id.id,
            "product_id": pair[0],
            "warehouse_id": pair[1],
            "orderpoint_id": book.rules[pair].id if pair in book.rules else False,
            "purchase_line_id": line_id,
            "vendor_id": line.order_id.partner_id.id,
            "quantity": quantity,
            "value": quantity * book.get_price(line),
        }

    def _fill(self, sentence, book, pair, vals):
        line = book.lines[vals["purchase_line_id"]]
        return sentence % {
            "order": line.order_id.name,
            "vendor": line.order_id.partner_id.name,
            "quantity": f"{round(vals['quantity'], 2):g}",
            "unit": line.product_id.product_tmpl_id.uom_id.name,
            "before": format_date(self.env, vals["day_before"]),
            "day": vals["day"] and format_date(self.env, vals["day"]),
            "days": book.policies[pair].unneeded_days,
        }

    def _get_sentences(self):
        """What alerts tell, translated once for all."""
        return {
            "expedite": self.env._(
                "Needed by %(day)s, comes on %(before)s: %(quantity)s %(unit)s, %(order)s of "
                "%(vendor)s."
            ),
            "overdue": self.env._(
                "Was due on %(before)s, needed by %(day)s: %(quantity)s %(unit)s, %(order)s of "
                "%(vendor)s."
            ),
            "postpone": self.env._(
                "Not needed before %(day)s, comes on %(before)s: %(quantity)s %(unit)s, "
                "%(order)s of %(vendor)s."
            ),
            "unneeded": self.env._(
                "Not needed for %(days)s days, comes on %(before)s: %(quantity)s %(unit)s, "
                "%(order)s of %(vendor)s."
            ),
            "shortage": self.env._(
                "Runs out on %(day)s, %(quantity)s %(unit)s lack: %(order)s of %(vendor)s comes on "
                "%(before)s."
            ),
        }
