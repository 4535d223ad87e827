import ast
from datetime import date

from odoo import fields, models
from odoo.tools import format_date

from ..common.zones import day_of, zone_of
from .verdict import Verdict


class OrderCheckDocumentMixin(models.AbstractModel):
    """Checks of the order as a document: is it whole, still valid, and not there already."""

    _name = "order.check.document.mixin"
    _description = "Checks of the document"

    def _validate_empty_order(self, orders):
        return [
            Verdict(order, self.env._("The order has no product line."))
            for order in orders
            if not order._get_goods_lines()
        ]

    def _validate_total_mismatch(self, orders):
        """The total, against what the order's document and its payment say."""
        verdicts = []
        for order, source, expected in orders._get_told_totals():
            difference = order.currency_id.round(order.amount_total - expected)
            if round(abs(difference) - self.tolerance_amount, 6) <= 0:
                continue
            details = {
                "source": source,
                "expected": expected,
                "actual": order.amount_total,
                "difference": difference,
            }
            shown = {
                "actual": order.currency_id.format(order.amount_total),
                "expected": order.currency_id.format(expected),
            }
            if source == "payment":
                message = self.env._(
                    "The total is %(actual)s, but %(expected)s came as payment.", **shown
                )
            else:
                message = self.env._(
                    "The total is %(actual)s, but the document says %(expected)s.", **shown
                )
            verdicts.append(Verdict(order, message, None, details))
        return verdicts

    def _validate_line_left_out(self, orders):
        return [
            Verdict(
                order,
                self.env._(
                    "Line %(number)s of the document (%(quantity)s × %(sku)s) was left out: "
                    "%(reason)s",
                    number=line["index"] + 1,
                    quantity=f"{line['quantity']:g}",
                    sku=line["sku"],
                    reason=line["message"],
                ),
                details=line,
            )
            for order in orders
            for line in order._get_left_out_lines()
        ]

    def _validate_quotation_expired(self, orders):
        """A sold order counts as of its confirmation."""
        now = fields.Datetime.now()
        verdicts = []
        for order in orders:
            until = order.validity_date
            moment = order.date_order if order.state == "sale" else now
            # Nowhere is it later than the day after today's date in UTC.
            if not until or until > moment.date():
                continue
            if until < day_of(moment, zone_of(order.warehouse_id, order.company_id)):
                message = self.env._(
                    "The quotation was valid until %(date)s.", date=format_date(self.env, until)
                )
                details = {"validity_date": fields.Date.to_string(until)}
                verdicts.append(Verdict(order, message, details=details))
        return verdicts

    def _validate_duplicate_order(self, orders):
        found = orders._find_duplicates(self.window_hours)
        return [
            Verdict(order, self._tell_duplicate(order, *found[order.id]), details=details)
            for order in orders
            if order.id in found
            for details in [dict(zip(("order_id", "name", "same"), found[order.id], strict=True))]
        ]

    def _tell_duplicate(self, order, _order_id, name, kind):
        if kind == "reference":
            return self.env._(
                "%(name)s of this customer has the same reference %(reference)s.",
                name=name,
                reference=order.client_order_ref,
            )
        return self.env._(
            "%(name)s of this customer has the same products, quantities and amount.", name=name
        )

    def _validate_domain(self, orders):
        """Whatever matches the domain; an empty one says nothing yet."""
        domain = fields.Domain(ast.literal_eval(self.match_domain or "[]"))
        if domain.is_true():
            return []
        is_about_lines = self.match_model == "sale.order.line"
        records = orders.order_line if is_about_lines else orders
        paths = sorted({condition.field_expr for condition in domain.iter_conditions()})
        message = self.name
        if self.hint:
            message = self.env._("%(name)s: %(hint)s", name=self.name, hint=self.hint)
        return [
            Verdict(
                record.order_id if is_about_lines else record,
                message,
                record if is_about_lines else None,
                {
                    "check_id": self.id,
                    "domain": self.match_domain,
                    "values": {path: _values_of(record, path) for path in paths},
                },
                ("values",),  # a domain may ask for figures that not everybody may see
            )
            for record in records.filtered_domain(domain)
        ]


def _values_of(record, path):
    """What a domain's path leads to, as plain values: a release holds for these."""
    if path == "id":
        return record.ids
    values = record.mapped(path)
    if isinstance(values, models.BaseModel):
        return values.ids
    return [str(value) if isinstance(value, date | bytes) else value for value in values]
