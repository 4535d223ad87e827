from odoo import api, models
from odoo.tools import format_date

# Those of goods on order that come too late are the vendor's side.
OWN_ONES = ("purchase_line_id", "=", False)
KINDS = ("shortage", "overstock", "dead", "expiring")


class OrderStockHealthAlertMixin(models.AbstractModel):
    """What is wrong with stock is put on the work list."""

    _name = "order.stock.health.alert.mixin"
    _description = "Stock health that is told of"

    @api.model
    def _raise_alerts(self, warehouses, pairs, rows, policies):
        """Say what is wrong now, and close what no longer is.

        :param list pairs: all that was looked at
        :param dict rows: pair → field values of those that there are
        :param dict policies: pair → the policy that says from which money on
        """
        alerts, told = self.env["order.stock.alert"], self._tell(pairs, rows, policies)
        looked_at = [
            ("warehouse_id", "in", warehouses.ids),
            ("key", "in", [_key(pair) for pair in pairs]),
        ]
        for kind, found in told.items():
            alerts._sync(kind, found, [*looked_at, OWN_ONES])

    def _tell(self, pairs, rows, policies):
        """The alerts of what was found, by kind."""
        sentences, found = self._get_sentences(), {kind: [] for kind in KINDS}
        late = self._find_late(pairs)
        products = self.env["product.product"].sudo().browse({product for product, _place in rows})
        units = {}
        if rows:
            products.fetch(["product_tmpl_id"])
            products.product_tmpl_id.fetch(["uom_id"])
            units = {product.id: product.product_tmpl_id.uom_id.name for product in products}
        for pair, row in rows.items():
            policy = policies[pair]
            if policy.mode == "off":
                continue
            for kind in KINDS:
                if not row[kind] or kind == "shortage" and pair in late:
                    continue
                if kind != "shortage" and row[f"{kind}_value"] < policy.alert_value:
                    continue
                sentence = sentences[_get_sentence(kind, row)]
                found[kind].append(self._prepare_alert(kind, row, policy, sentence, units[pair[0]]))
        return found

    def _find_late(self, pairs):
        """Products of which is said already that what is on order comes too late."""
        late = (
            self.env["order.stock.alert"]
            .sudo()
            ._read_group(
                [
                    ("kind", "=", "shortage"),
                    ("state", "!=", "closed"),
                    ("purchase_line_id", "!=", False),
                    ("product_id", "in", list({product for product, _place in pairs})),
                ],
                ["product_id", "warehouse_id"],
            )
        )
        return {(product.id, place.id) for product, place in late}

    def _prepare_alert(self, kind, row, policy, sentence, unit):
        days = {"shortage": row["runs_out_on"], "expiring": row["expires_on"]}
        told = {
            "quantity": f"{round(row[kind], 2):g}",
            "unit": unit,
            "day": days.get(kind) and format_date(self.env, days[kind]),
            "until": row["next_receipt_on"] and format_date(self.env, row["next_receipt_on"]),
            "days": {"overstock": policy.overstock_days, "dead": policy.dead_days}.get(kind),
        }
        return {
            "key": _key((row["product_id"], row["warehouse_id"])),
            "company_id": row["company_id"],
            "product_id": row["product_id"],
            "warehouse_id": row["warehouse_id"],
            "orderpoint_id": row["orderpoint_id"],
            "lot_id": row["lot_id"] if kind == "expiring" else False,
            "quantity": row[kind],
            "value": row[f"{kind}_value"],
            "day": days.get(kind, False),
            "message": sentence % told,
        }

    def _get_sentences(self):
        """What alerts tell, translated once for all."""
        return {
            "awaited": self.env._(
                "Runs out on %(day)s, %(quantity)s %(unit)s lack until goods come on %(until)s."
            ),
            "shortage": self.env._(
                "Runs out on %(day)s and nothing is on order: %(quantity)s %(unit)s lack."
            ),
            "below": self.env._("%(quantity)s %(unit)s below the minimum of the rule."),
            "above": self.env._("%(quantity)s %(unit)s above the maximum of the rule."),
            "overstock": self.env._(
                "%(quantity)s %(unit)s more than is asked for in %(days)s days."
            ),
            "dead": self.env._("Nobody wanted any for %(days)s days: %(quantity)s %(unit)s."),
            "expiring": self.env._(
                "%(quantity)s %(unit)s will not be sold before they expire, the first on %(day)s."
            ),
        }


def _key(pair):
    return f"{pair[0]} {pair[1]}"


def _get_sentence(kind, row):
    if kind == "shortage" and row["is_below_minimum"]:
        return "below"
    if kind == "shortage" and row["next_receipt_on"]:
        return "awaited"
    if kind == "overstock" and row["is_above_maximum"]:
        return "above"
    return kind
