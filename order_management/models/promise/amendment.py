"""What is asked to change on one order, in core's values, and what it comes to."""

from odoo import fields
from odoo.tools import LazyTranslate

from ...exceptions import ItemError
from ..common.zones import day_of, zone_of
from .open_moves import write_change

_lt = LazyTranslate(__name__)

ORDER_FIELDS = {
    "partner_shipping_id": "ship_to",
    "partner_invoice_id": "bill_to",
    "commitment_date": "requested_date",
    "carrier_id": "carrier",
    "picking_policy": "ship_complete",
    "note": "note",
    "client_order_ref": "customer_reference",
    "expected_total": "expected_total",
}
LINE_FIELDS = {
    "product_uom_qty": "quantity",
    "price_unit": "unit_price",
    "discount": "discount",
    "product_uom_id": "uom",
    "name": "name",
}
WORDS = {
    "ship_to": _lt("delivery address"),
    "bill_to": _lt("invoice address"),
    "requested_date": _lt("requested date"),
    "carrier": _lt("carrier"),
    "ship_complete": _lt("ship complete"),
    "note": _lt("note"),
    "customer_reference": _lt("customer's reference"),
    "expected_total": _lt("expected total"),
    "quantity": _lt("quantity"),
    "unit_price": _lt("unit price"),
    "discount": _lt("discount"),
    "uom": _lt("unit"),
    "name": _lt("description"),
}
# What cannot change any more once something has left.
SHIPPED_FIELDS = ("partner_shipping_id", "carrier_id", "picking_policy")


class Amendment:
    """One order's change.

    :param order: the order, with full rights
    :param dict order_vals: core values of the order
    :param list lines: ``(path, line, values)`` of core values; an empty line is a new one, and a
        quantity of 0 takes a line off
    :param str path: what stands before the paths of the order's own keys
    """

    def __init__(self, order, order_vals, lines, path=""):
        self.order = order
        self.path = path
        self.differences = []
        self.texts = []
        self.order_vals = self._keep_changes(order, order_vals, ORDER_FIELDS, path)
        self.lines = [
            (where, line, self._keep_line_changes(where, line, values))
            for where, line, values in lines
        ]
        self.lines = [entry for entry in self.lines if entry[2]]
        if self.lines:
            outdated = order._prepare_outdated_vals()
            self.order_vals.update(
                {name: value for name, value in outdated.items() if name not in order_vals}
            )

    def _keep_line_changes(self, path, line, values):
        if line:
            return self._keep_changes(line, values, LINE_FIELDS, f"{path}.")
        product = self.order.env["product.product"].browse(values["product_id"])
        after = {"sku": _sku_of(product)}
        after.update(
            {LINE_FIELDS[name]: values[name] for name in ("product_uom_qty", "price_unit")
             if name in values}
        )  # fmt: skip
        self.differences.append({"path": path, "before": False, "after": after})
        self.texts.append(
            self.order.env._(
                "new: %(quantity)s × %(sku)s",
                quantity=f"{values.get('product_uom_qty', 1.0):g}",
                sku=after["sku"],
            )
        )
        return values

    def _keep_changes(self, record, values, names, path):
        """The values that say something new; notes the difference of those that have a name."""
        kept = {}
        for name, value in values.items():
            before = self._shown(record, name, record[name])
            after = self._shown(record, name, value)
            if before == after:
                continue
            kept[name] = value
            if name in names:
                self.differences.append(
                    {"path": f"{path}{names[name]}", "before": before, "after": after}
                )
                self.texts.append(self._tell(record, names[name], before, after))
        return kept

    def _tell(self, record, key, before, after):
        """One difference in words."""
        line = "" if record == self.order else f"{_sku_of(record.product_id)}, "
        word = self.order.env._(WORDS[key])
        return f"{line}{word}: {_text_of(before)} → {_text_of(after)}"

    def get_summary(self):
        """What changes, in words."""
        return "; ".join(self.texts)

    def _shown(self, record, name, value):
        """A field's value as it is compared and told."""
        field = record._fields[name]
        if field.type == "many2one":
            found = record.env[field.comodel_name].browse(value.id if value and not isinstance(
                value, int) else value or [])  # fmt: skip
            return self._shown_record(found)
        if field.type == "datetime":
            moment = fields.Datetime.to_datetime(value)
            return moment and day_of(moment, self.zone).isoformat()
        if field.type == "float":
            return round(value or 0.0, 6)
        if name == "picking_policy":
            return value == "one"
        return str(value) if value else False

    def _shown_record(self, found):
        if not found:
            return False
        if found._name == "delivery.carrier":
            return found.external_code or found.display_name
        if found._name == "res.partner":
            address = ", ".join(found._display_address(without_company=True).split("\n"))
            return ", ".join(part for part in (found.display_name, address) if part)
        return found.display_name

    @property
    def zone(self):
        return zone_of(self.order.warehouse_id, self.order.company_id)

    def is_empty(self):
        return not (self.order_vals or self.lines)

    # What does not go any more

    def verify(self):
        """Refuse what the order's state does not allow.

        :raises ItemError: the first thing that is impossible
        """
        order = self.order
        if order.state == "cancel":
            self._refuse(self.path, order.env._("The order is cancelled; hand in a new one."))
        if order.locked:
            self._refuse(self.path, order.env._("The order is locked; unlock it first."))
        if any(name in self.order_vals for name in SHIPPED_FIELDS) and order._has_shipped_goods():
            name = next(name for name in SHIPPED_FIELDS if name in self.order_vals)
            message = order.env._("Goods have left already, so this cannot be changed any more.")
            self._refuse(f"{self.path}{ORDER_FIELDS[name]}", message)
        for path, line, values in self.lines:
            self._verify_line(path, line, values)

    def _verify_line(self, path, line, values):
        env = self.order.env
        unit = line.product_uom_id or env["product.product"].browse(values["product_id"]).uom_id
        quantity = values.get("product_uom_qty", line.product_uom_qty)
        if unit.compare(quantity, 0.0) < 0:
            message = env._("The quantity must not be below zero.")
            raise ItemError("wrong_value", message, f"{path}.quantity")
        if not line:
            if unit.is_zero(quantity):
                message = env._("The quantity of a new line must be above zero.")
                raise ItemError("wrong_value", message, f"{path}.quantity")
            return
        self._verify_done(path, line, values, quantity)

    def _verify_done(self, path, line, values, quantity):
        """What was picked, shipped or invoiced stands."""
        env, unit = self.order.env, line.product_uom_id
        done = max(line.qty_delivered, line._get_started_quantity())
        if unit.compare(quantity, done) < 0:
            message = env._("%(done)s are picked or shipped already.", done=f"{done:g}")
            self._refuse(f"{path}.quantity", message)
        invoiced = line.qty_invoiced
        if unit.compare(quantity, invoiced) < 0:
            message = env._(
                "%(done)s are invoiced already; credit them first.", done=f"{invoiced:g}"
            )
            self._refuse(f"{path}.quantity", message)
        prices = [name for name in ("price_unit", "discount") if name in values]
        if prices and not unit.is_zero(invoiced):
            message = env._("The line is invoiced already; credit the invoice first.")
            self._refuse(f"{path}.{LINE_FIELDS[prices[0]]}", message)
        if "product_uom_id" in values and self.order.state == "sale":
            message = env._("The unit of a confirmed line cannot change; add another line.")
            self._refuse(f"{path}.uom", message)

    def _refuse(self, path, message):
        raise ItemError("not_possible", message, path)

    # Writing

    def apply(self):
        """Write the change; the open transfers follow."""
        commands = [self._prepare_command(line, vals) for _path, line, vals in self.lines]
        quantities = {
            line: values["product_uom_qty"]
            for _path, line, values in self.lines
            if line and "product_uom_qty" in values
        }
        write_change(self.order, self.order_vals, commands, quantities)

    def _prepare_command(self, line, values):
        if not line:
            return fields.Command.create(values)
        quantity = values.get("product_uom_qty", line.product_uom_qty)
        if self.order.state != "sale" and line.product_uom_id.is_zero(quantity):
            return fields.Command.delete(line.id)
        return fields.Command.update(line.id, values)


def _sku_of(product):
    return product.default_code or product.display_name or ""


def _text_of(value):
    if isinstance(value, bool):
        return "✓" if value else "–"
    return f"{value:g}" if isinstance(value, float) else str(value)
