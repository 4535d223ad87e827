from odoo import models
from odoo.tools import SQL, format_date

from ...tools import outliers
from .verdict import Verdict


class OrderCheckGoodsMixin(models.AbstractModel):
    """Checks of what is ordered and how much of it."""

    _name = "order.check.goods.mixin"
    _description = "Checks of goods"

    def _validate_quantity_not_positive(self, orders):
        return [
            Verdict(
                line.order_id,
                self.env._(
                    "%(product)s: the quantity is %(quantity)s; it must be above zero.",
                    product=line.product_id.display_name,
                    quantity=f"{line.product_uom_qty:g}",
                ),
                line,
                {"quantity": line.product_uom_qty},
            )
            for line in orders._get_goods_lines()
            if line.product_uom_id.compare(line.product_uom_qty, 0.0) <= 0
            and not line._is_taken_off()
        ]

    def _validate_stock_short(self, orders):
        shortages = orders._get_stock_shortages(self.tolerance_days)
        lines = orders.order_line.filtered(lambda line: line.id in shortages)
        return [
            Verdict(
                line.order_id,
                self._tell_shortage(line, shortages[line.id]),
                line,
                shortages[line.id],
            )
            for line in lines
        ]

    def _validate_promise_late(self, orders):
        late = orders._get_late_promises()
        return [
            Verdict(order, self._tell_late(late[order.id]), details=late[order.id])
            for order in orders
            if order.id in late
            and not 0 < (late[order.id]["late_days"] or 0) <= self.tolerance_days
        ]

    def _tell_late(self, found):
        asked = format_date(self.env, found["asked"])
        if not found["possible"]:
            return self.env._("Asked for %(asked)s; no day is possible so far.", asked=asked)
        return self.env._(
            "Asked for %(asked)s, possible on %(possible)s: %(count)s days late.",
            asked=asked,
            possible=format_date(self.env, found["possible"]),
            count=found["late_days"],
        )

    def _tell_shortage(self, line, shortage):
        shown = {
            "product": line.product_id.display_name,
            "warehouse": line.warehouse_id.name or self.env._("any warehouse"),
            **{name: f"{shortage[name]:g}" for name in ("asked", "free", "missing")},
        }
        if line.state == "sale":  # what is free is reserved for it already
            return self.env._("%(product)s: %(missing)s are missing in %(warehouse)s.", **shown)
        return self.env._(
            "%(product)s: %(asked)s ordered, %(free)s free in %(warehouse)s.", **shown
        )

    def _validate_product_not_sellable(self, orders):
        lines = orders._get_pricelist_lines().filtered(lambda line: not line._is_taken_off())
        impossible = self._find_impossible(lines.product_id)
        verdicts = []
        for line in lines:
            reason = self._find_unsellable(line, impossible)
            if reason:
                product = line.product_id
                details = {"product_id": product.id, "reason": reason}
                message = self._tell_unsellable(reason, product.display_name, line)
                verdicts.append(Verdict(line.order_id, message, line, details))
        return verdicts

    def _find_unsellable(self, line, impossible):
        """Why a line's product cannot be sold on it, or ``False``."""
        product = line.product_id
        if not product.active:
            return "archived"
        if not product.sale_ok and not line.combo_item_id:
            return "not_for_sale"
        if product.company_id and product.company_id not in line.company_id.parent_ids:
            return "other_company"
        if product.id in impossible:
            return "combination"
        return False if line.product_uom_id.active else "unit"

    def _tell_unsellable(self, reason, product, line):
        if reason == "archived":
            return self.env._("%(product)s is archived.", product=product)
        if reason == "not_for_sale":
            return self.env._("%(product)s is not for sale.", product=product)
        if reason == "other_company":
            return self.env._("%(product)s belongs to another company.", product=product)
        if reason == "combination":
            return self.env._("%(product)s cannot be had in this combination.", product=product)
        return self.env._(
            "%(product)s: the unit %(unit)s is archived.",
            product=product,
            unit=line.product_uom_id.name,
        )

    def _find_impossible(self, products):
        """Ids of variants whose combination of values is given up or excluded, in one statement."""
        variants = products.filtered("combination_indices")
        if not variants:
            return set()
        self.env["product.template.attribute.value"].flush_model(["ptav_active"])
        self.env["product.template.attribute.exclusion"].flush_model()
        self.env["product.product"].flush_model(["product_template_attribute_value_ids"])
        self.env.cr.execute(
            SQL(
                """
                SELECT own.product_product_id
                  FROM product_variant_combination AS own
                  JOIN product_template_attribute_value AS value
                    ON value.id = own.product_template_attribute_value_id
                 WHERE own.product_product_id = ANY(%s)
                   AND (value.ptav_active IS NOT TRUE
                        OR EXISTS (
                           SELECT 1
                             FROM product_template_attribute_exclusion AS exclusion
                             JOIN product_attr_exclusion_value_ids_rel AS excluded
                               ON excluded.product_template_attribute_exclusion_id = exclusion.id
                             JOIN product_variant_combination AS other
                               ON other.product_template_attribute_value_id
                                  = excluded.product_template_attribute_value_id
                              AND other.product_product_id = own.product_product_id
                            WHERE exclusion.product_template_attribute_value_id = value.id
                              AND exclusion.product_tmpl_id = value.product_tmpl_id))
                """,
                variants.ids,
            )
        )
        return {found[0] for found in self.env.cr.fetchall()}

    def _validate_quantity_outlier(self, orders):
        """Against what this customer ordered before; too little of that says nothing."""
        if self.factor < 1:
            return []
        lines = {line.id: line for line in orders._get_pricelist_lines()}
        verdicts = []
        for line_id, quantity, smallest, usual, largest in orders._get_usual_quantities(
            max(self.minimum_count, 1)
        ):
            if line_id not in lines:
                continue
            kind = outliers.compare(quantity, usual, smallest, largest, self.factor)
            if kind:
                details = {
                    "quantity": quantity,
                    "usual": usual,
                    "smallest": smallest,
                    "largest": largest,
                    "times": round(max(quantity / usual, usual / quantity), 2),
                }
                line = lines[line_id]
                message = self._tell_outlier(kind, line, details)
                verdicts.append(Verdict(line.order_id, message, line, details))
        return verdicts

    def _tell_outlier(self, kind, line, details):
        shown = {
            "product": line.product_id.display_name,
            "quantity": f"{details['quantity']:g}",
            "usual": f"{details['usual']:g}",
            "unit": line.product_uom_id.name,
        }
        if kind == "high":
            return self.env._(
                "%(product)s: %(quantity)s %(unit)s is unusually much; this customer's usual "
                "quantity is %(usual)s.",
                **shown,
            )
        return self.env._(
            "%(product)s: %(quantity)s %(unit)s is unusually little; this customer's usual "
            "quantity is %(usual)s.",
            **shown,
        )
