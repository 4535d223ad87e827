"""From the changed content of a document to the values that change its order."""

from ...exceptions import ItemError
from .catalog import Catalog
from .contacts import Contacts
from .customers import Customers
from .document import Document
from .order_builder import OrderBuilder
from .places import Places

# What is another order, and not a change of this one.
FIXED_KEYS = {
    "currency": "currency",
    "prices_include_tax": "prices_include_tax",
}
PARTIES = ("customer", "ship_to", "bill_to")
CUSTOMER_KEYS = ("ref", "vat", "email", "name")
LINE_VALUES = (
    "product_uom_qty",
    "price_unit",
    "discount",
    "name",
    "product_uom_id",
    "document_price_unit",
    "external_position",
)


class OrderAmendment:
    """What the changed content of one document changes in the order it became.

    :param intake: the row whose changed content waits, with full rights
    """

    def __init__(self, intake):
        self.env = intake.env
        self.intake = intake
        self.order = intake.order_id
        self.channel = intake.channel_id
        self.before = intake.content or {}
        self.after = intake.pending_content

    def prepare(self):
        """The values of the order, and ``(path, line, values)`` of its lines.

        :raises ItemError: the content cannot be a change of this order
        """
        self._refuse_other_order()
        document = self._match()
        vals = self.builder.prepare_order_vals(document)
        return self._prepare_order_vals(vals, document), self._prepare_lines(vals, document)

    def _refuse_other_order(self):
        for key in FIXED_KEYS:
            if (self.before.get(key) or False) != (self.after.get(key) or False):
                self._refuse_key(key)
        old, new = self.before.get("customer", {}), self.after["customer"]
        for key in CUSTOMER_KEYS:
            if (old.get(key) or False) != (new.get(key) or False):
                self._refuse_key(f"customer.{key}")

    def _refuse_key(self, path):
        message = self.env._(
            "%(path)s cannot change on an order that exists: cancel it, and have the channel send "
            "a new one.",
            path=path,
        )
        raise ItemError("not_possible", message, path)

    def _match(self):
        """The content with its places, contacts, products and units found."""
        document = Document(0, 0, self.after, [], {"format": self.intake.format})
        places = Places(self.env, [self.after[key] for key in PARTIES if self.after.get(key)])
        for key in PARTIES:
            if self.after.get(key):
                places.locate(self.after[key], key, strict=self.intake.format != "ubl")
        self.builder = OrderBuilder(self.channel, [document])
        self.builder.verify(document)
        document.partner = self.order.partner_id
        contacts = Contacts(self.env, [document])
        Customers(self.channel, [document], places).request_contacts(document, contacts)
        contacts.create_requested()
        catalog = Catalog(self.channel, self.after["lines"])
        for index, line in enumerate(self.after["lines"]):
            product, unit = catalog.match(line, f"lines[{index}]", document.partner)
            document.lines.append((index, line, product, unit))
        return document

    def _prepare_order_vals(self, vals, document):
        """What a document may change on the order; what it stops naming goes back to unset."""
        changed = {
            "client_order_ref": self.after.get("customer_reference") or False,
            "expected_total": self.after.get("expected_total") or 0.0,
            "commitment_date": vals.get("commitment_date", False),
        }
        if (self.before.get("payment") or False) != (self.after.get("payment") or False):
            changed["document_payment_amount"] = vals["document_payment_amount"]
        if document.shipping:
            changed["partner_shipping_id"] = document.shipping.id
        if document.invoicing:
            changed["partner_invoice_id"] = document.invoicing.id
        if self.after.get("carrier"):
            changed["carrier_id"] = vals["carrier_id"]
        if (self.before.get("ship_complete") or False) != (
            self.after.get("ship_complete") or False
        ):
            changed["picking_policy"] = "one" if self.after.get("ship_complete") else "direct"
        if (self.before.get("note") or "") != (self.after.get("note") or ""):
            changed["note"] = vals.get("note", False)
        return changed

    def _prepare_lines(self, vals, document):
        """Lines that change, are new, or are taken off; matched by their reference, else place."""
        wanted = [values for _command, _id, values in vals["order_line"]]
        goods = [values for values in wanted if not values.get("is_document_charge")]
        found, seen = [], self.env["sale.order.line"]
        known = self.order.order_line.filtered("external_position")
        for (index, line, product, _unit), values in zip(document.lines, goods, strict=True):
            match = self._find_line(known - seen, line, index)
            path = f"lines[{index}]"
            if match and match.product_id == product:
                seen |= match
                found.append((path, match, self._keep_line_values(values)))
            else:
                found.append((path, self.env["sale.order.line"], values))
        found += [
            (
                f"lines[{line.external_position - 1}]",
                line,
                {"product_uom_qty": 0.0, "external_position": 0},
            )
            for line in known - seen
        ]
        return found + self._prepare_charges(wanted)

    def _find_line(self, lines, line, index):
        if line.get("ref"):
            return lines.filtered(lambda known: known.external_line_ref == line["ref"])[:1]
        return lines.filtered(lambda known: known.external_position == index + 1)[:1]

    def _keep_line_values(self, values):
        kept = {name: values[name] for name in LINE_VALUES if name in values}
        if "price_unit" in kept:
            kept["extra_tax_data"] = values.get("extra_tax_data", False)
        return kept

    def _prepare_charges(self, wanted):
        """Charges are matched in their order; their amount is what changes."""
        old = self.order.order_line.filtered("is_document_charge").sorted("id")
        new = [values for values in wanted if values.get("is_document_charge")]
        found = []
        for index in range(max(len(old), len(new))):
            path = f"charges[{index}]"
            if index >= len(new):
                found.append((path, old[index], {"product_uom_qty": 0.0}))
            elif index >= len(old):
                found.append((path, old.browse(), new[index]))
            else:
                found.append((path, old[index], {"price_unit": new[index]["price_unit"]}))
        return found
