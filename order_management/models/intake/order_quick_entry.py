from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.documents.order import read
from ..common.access import as_service, check_visible, hidden, public
from ..common.results import Arguments, plain, row
from .document import Document
from .order_channel import DESK_KINDS
from .quick_quote import (
    Entry,
    Quote,
    WantedLine,
    describe_product,
    describe_stock,
    list_prices,
)
from .quick_search import find_customers, find_products

LAST_ORDERS = 5
LINE_LIMIT = 200
ENTRY_KEYS = {
    "partner_id": "integer",
    "shipping_id": "integer",
    "customer": "object",
    "lines": "list",
    "requested_date": "text",
    "note": "text",
    "customer_reference": "text",
}
LINE_KEYS = {"product_id": "integer*", "uom_id": "integer", "quantity": "number*"}
CUSTOMER_KEYS = dict.fromkeys(
    ("name", "email", "phone", "vat", "street", "street2", "zip", "city", "country"), "text"
)


class OrderQuickEntry(models.AbstractModel):
    """What the screen for phone and counter asks; it keeps nothing of its own.

    Everything is asked of a channel that the caller may use; customers and products are those
    the caller may see, in the channel's company.
    """

    _name = "order.quick.entry"
    _description = "Quick entry"

    # What may be asked

    @api.model
    @public
    def get_channels(self):
        """The phone and counter channels the caller may use.

        :return: ``channels`` (``code``, ``name``, ``kind``, ``warehouse``, ``company``),
            ``may_create``: whether the caller may make one, ``managers``: names of those who may,
            ``countries`` (``code``, ``name``) and the company's own ``country``
        """
        channels = self.env["order.channel"]
        found = channels.search([("kind", "in", DESK_KINDS)])
        usable = [channel for channel in found if self._is_usable(channel)]
        managers = self.env.ref("order_management.group_manager").sudo().all_user_ids
        company = self.env.company
        return row(
            channels=[
                {
                    "code": channel.code,
                    "name": channel.name,
                    "kind": channel.kind,
                    "warehouse": channel.sudo().warehouse_id.name or "",
                    "company": channel.company_id.name,
                }
                for channel in usable
            ],
            may_create=channels.has_access("create"),
            managers=managers.filtered(
                lambda user: company in user.company_ids and not user._is_superuser()
            )[:5].mapped("name"),
            countries=[
                {"code": country.code, "name": country.name}
                for country in self.env["res.country"].search([])
            ],
            country=company.country_id.code or "",
        )

    @api.model
    @public
    def search_customers(self, channel, text):
        """Find customers by phone, e-mail address, number, tax number or part of the name.

        :param str channel: code of a phone or counter channel
        :param str text: what was typed
        :return: ``customers``: ``id``, ``name``, ``phone``, ``email``, ``ref``, ``address`` and
            ``match``, the key each was found by
        """
        desk = self._open_desk(channel)
        text = self._read_text(text)
        found = find_customers(desk, self._get_partners(), text) if text else []
        return row(customers=[_describe_partner(partner, match=key) for partner, key in found])

    @api.model
    @public
    def get_customer(self, channel, partner_id):
        """Who a customer is: address, delivery addresses, open holds and last orders.

        :param str channel: code of a phone or counter channel
        :param int partner_id: the customer
        :return: ``customer``, ``addresses`` (``id``, ``name``, ``address``), ``holds`` and
            ``orders`` (``id``, ``name``, ``date``, ``total``, ``currency_id``, ``stage``,
            ``message``, ``lines``)
        """
        desk = self._open_desk(channel)
        partner = self._find_partner(desk, partner_id, "partner_id")
        return row(
            customer={**_describe_partner(partner), "warning": partner.sale_warn_msg or ""},
            addresses=self._get_addresses(partner),
            **self._get_orders(desk, partner),
        )

    @api.model
    @public
    def search_products(self, channel, text, partner_id=None, quantity=1.0):
        """Find products by barcode, code or part of the name.

        :param str channel: code of a phone or counter channel
        :param str text: what was typed or scanned
        :param int partner_id: the customer, whose prices and own codes count
        :param float quantity: how many, for price and availability
        :return: ``exact``: whether the text is the code of the first one alone; ``products``:
            ``product_id``, ``sku``, ``name``, ``uom_id``, ``uom``, ``units``, ``price``,
            ``state``, ``free``, ``next_date``, ``ship_date``; ``currency_id``
        """
        desk = self._open_desk(channel)
        text = self._read_text(text)
        quantity = Arguments(self.env).value(quantity, "number", "quantity") or 1.0
        partner = desk.env["res.partner"]
        if partner_id:
            partner = as_service(self._find_partner(desk, partner_id, "partner_id"))
        if not text:
            return row(exact=False, products=[], currency_id=desk.company_id.currency_id.id)
        found, unit, is_code = find_products(desk, self._get_products(), text, partner)
        products = desk.env["product.product"].browse(found.ids)
        prices, currency = list_prices(desk, partner, products, quantity)
        wishes = [(product, quantity) for product in products]
        stock = products._get_availability(desk.warehouse_id, wishes)
        return row(
            exact=is_code,
            currency_id=currency.id,
            products=[
                {
                    **describe_product(product, unit or product.uom_id),
                    **describe_stock(product, facts),
                    "price": prices[product.id],
                    "price_uom": product.uom_id.name,
                }
                for product, facts in zip(products, stock, strict=True)
            ],
        )

    @api.model
    @public
    def quote(self, channel, entry):
        """What an order would cost and when it could leave; nothing is stored.

        :param str channel: code of a phone or counter channel
        :param dict entry: ``partner_id`` or ``customer``, ``shipping_id``, ``lines``
            (``product_id``, ``uom_id``, ``quantity``)
        :return: ``lines`` (the product as in :meth:`search_products`, ``quantity``,
            ``price_unit``, ``discount``, ``price_subtotal``, ``price_total``), ``amount_untaxed``,
            ``amount_tax``, ``amount_total``, ``currency_id``, ``ship_date``
        """
        desk = self._open_desk(channel)
        wanted, _values = self._read_entry(desk, entry)
        return row(**Quote(desk, wanted).answer())

    # Saving

    @api.model
    @public
    def save(self, channel, external_ref, entry):
        """Save and check an order; the same reference saves it once.

        :param str channel: code of a phone or counter channel
        :param str external_ref: made by the screen when the entry began
        :param dict entry: as for :meth:`quote`, and ``requested_date``, ``note``,
            ``customer_reference``
        :return: an item as of ``order.intake.submit``, and the order as of :meth:`get_order`
        """
        desk = self._open_desk(channel)
        ref = Arguments(self.env).value(external_ref, "text", "external_ref", required=True)
        wanted, values = self._read_entry(desk, entry)
        document = self._prepare_document(ref, wanted, values)
        # Orders of a desk are checked before the customer hangs up, whatever the channel says.
        process = "confirm" if desk.process == "confirm" else "check"
        (answer,) = self.env["order.intake"]._receive(desk, [document], process)
        order = desk.env["sale.order"].browse(answer["order_id"] or [])
        return {**answer, **_describe_saved(order)}

    @api.model
    @public
    def get_order(self, order_id):
        """How an order stands that was saved here.

        :param int order_id: the order
        :return: ``order_id``, ``order_name``, ``order_state``, ``hold_state``, ``findings``,
            ``amount_total``, ``currency_id``
        """
        order_id = Arguments(self.env).value(order_id, "integer", "order_id", required=True)
        order = self.env["sale.order"].browse(order_id)
        check_visible(order)
        order = as_service(order)
        findings = order._get_findings(self.env)
        return row(
            order_id=order.id,
            order_name=order.name,
            order_state=order.state,
            hold_state=order.hold_state,
            findings=findings.get(order.id, []),
            **_describe_saved(order),
        )

    # Channels and rights

    def _is_usable(self, channel):
        try:
            return channel._find_by_code(channel.code) == channel
        except AccessError:
            return False

    def _open_desk(self, code):
        """The channel with full rights, for use after the caller's access was checked."""
        arguments = Arguments(self.env)
        code = arguments.value(code, "text", "channel", required=True)
        channel = self.env["order.channel"]._find_by_code(code)
        if channel.kind not in DESK_KINDS:
            arguments.refuse("channel", self.env._("orders of this channel are not typed in here."))
        return as_service(channel).with_context(allowed_company_ids=channel.company_id.ids)

    def _get_partners(self):
        return self.env["res.partner"]

    def _get_products(self):
        return self.env["product.product"]

    def _find_partner(self, desk, partner_id, path):
        """A contact the caller may see, of the channel's company."""
        partner_id = Arguments(self.env).value(partner_id, "integer", path, required=True)
        return self._find_visible(desk, self._get_partners().browse(partner_id))

    def _find_visible(self, desk, records):
        """Records the caller may see, of the channel's company.

        :raises AccessError: alike for foreign and for missing ones
        """
        check_visible(records)
        allowed = (desk.company_id.browse(), desk.company_id)
        if any(record.company_id not in allowed for record in records.sudo()):
            raise hidden(self.env)
        return records

    # Reading what the screen sends

    def _read_text(self, text):
        return (Arguments(self.env).value(text, "text", "text") or "").strip()[:128]

    def _read_entry(self, desk, entry):
        """The entry as records the caller may use, and its other values."""
        arguments = Arguments(self.env)
        values = arguments.keys(entry, "entry", ENTRY_KEYS)
        partner = shipping = desk.env["res.partner"]
        if values["partner_id"]:
            found = self._find_partner(desk, values["partner_id"], "entry.partner_id")
            partner = partner.browse(found.id)
        if values["shipping_id"]:
            shipping = self._find_shipping(desk, partner, values["shipping_id"])
        customer = values["customer"] or {}
        if customer:
            found = arguments.keys(customer, "entry.customer", CUSTOMER_KEYS)
            customer = {key: text.strip() for key, text in found.items() if text}
        lines = self._read_lines(desk, values["lines"])
        return Entry(partner, shipping, customer, lines), values

    def _find_shipping(self, desk, partner, shipping_id):
        """A delivery address beneath the customer."""
        path = "entry.shipping_id"
        found = self._find_partner(desk, shipping_id, path)
        shipping = desk.env["res.partner"].browse(found.id)
        if shipping.commercial_partner_id != partner.commercial_partner_id:
            Arguments(self.env).refuse(path, self.env._("this is not an address of the customer."))
        return shipping

    def _read_lines(self, desk, lines):
        arguments = Arguments(self.env)
        rows = arguments.rows(lines, "entry.lines", LINE_KEYS, limit=LINE_LIMIT)
        ids = dict.fromkeys(line["product_id"] for line in rows)
        products = desk.env["product.product"].browse(ids)
        self._find_visible(desk, self._get_products().browse(ids))
        unit_ids = dict.fromkeys(line["uom_id"] for line in rows if line["uom_id"])
        units = desk.env["uom.uom"].browse(unit_ids).exists()
        return [
            self._read_line(line, products, units, f"entry.lines[{index}]")
            for index, line in enumerate(rows)
        ]

    def _read_line(self, line, products, units, path):
        product = products.browse(line["product_id"]).with_prefetch(products._prefetch_ids)
        unit = product.uom_id
        if line["uom_id"]:
            unit = units.filtered(lambda known: known.id == line["uom_id"])
            if not (unit and unit._has_common_reference(product.uom_id)):
                message = self.env._("this product is not sold in that unit.")
                Arguments(self.env).refuse(f"{path}.uom_id", message)
        return WantedLine(product, unit, line["quantity"])

    def _prepare_document(self, ref, entry, values):
        """The entry as an order document whose customer and products are picked already."""
        customer = entry.customer
        if entry.partner:
            keys = ("ref", "name", "email", "phone")
            customer = {key: entry.partner[key] for key in keys if entry.partner[key]}
        content = {
            "external_ref": ref,
            "customer": customer,
            "lines": [_prepare_line(index, line) for index, line in enumerate(entry.lines)],
            "requested_date": values["requested_date"],
            "note": values["note"],
            "customer_reference": values["customer_reference"],
        }
        if entry.shipping:
            content["ship_to"] = _prepare_address(entry.shipping)
        content, errors = read(content)
        document = Document(0, 0, content, errors, {"format": "json", "filename": False})
        document.chosen = entry.partner
        document.chosen_shipping = entry.shipping
        document.chosen_lines = [(line.product, line.unit) for line in entry.lines]
        return document

    # What the screen shows of a customer

    def _get_addresses(self, partner):
        """The customer's own address, then those beneath the company; the default one first."""
        partner = as_service(partner)
        commercial = partner.commercial_partner_id
        beneath = self._get_partners().search(
            [
                ("commercial_partner_id", "=", commercial.id),
                ("type", "in", ("delivery", "other")),
            ],
            order="type, id",
            limit=20,
        )
        default = partner.address_get(["delivery"])["delivery"]
        choices = (partner | as_service(beneath) | partner.browse(default)).sorted(
            lambda choice: choice.id != default
        )
        return [
            {"id": choice.id, "name": choice.name or "", "address": _address_of(choice)}
            for choice in choices
        ]

    def _get_orders(self, desk, partner):
        """The last orders of the customer's company, and those that wait because of a hold."""
        orders = self.env["sale.order"]
        theirs = [
            ("partner_id", "child_of", as_service(partner).commercial_partner_id.id),
            ("company_id", "=", desk.company_id.id),
        ]
        waiting = [*theirs, ("state", "in", ("draft", "sent")), ("hold_state", "=", "held")]
        held = orders.search(waiting, limit=LAST_ORDERS)
        last = orders.search(
            [*theirs, ("state", "!=", "cancel")],
            order="date_order desc, id desc",
            limit=LAST_ORDERS,
        )
        stages = dict(orders._fields["stage"]._description_selection(self.env))
        return {
            "holds": [_describe_order(order, stages) for order in as_service(held)],
            "orders": [
                {**_describe_order(order, stages), "lines": _list_lines(order)}
                for order in as_service(last)
            ],
        }


def _prepare_line(index, line):
    product = line.product
    return {
        "ref": str(index + 1),
        "sku": (product.default_code or product.barcode or product.display_name)[:128],
        "quantity": line.quantity,
        "uom": line.unit.name,
    }


def _prepare_address(partner):
    texts = {key: partner[key] for key in ("name", "street", "street2", "zip", "city")}
    return {
        **{key: text for key, text in texts.items() if text},
        **({"state": partner.state_id.code} if partner.state_id else {}),
        **({"country": partner.country_id.code} if partner.country_id else {}),
    }


def _describe_partner(partner, **values):
    return {
        "id": partner.id,
        "name": partner.display_name,
        "phone": partner.phone or "",
        "email": partner.email or "",
        "ref": partner.ref or "",
        "address": _address_of(partner),
        **values,
    }


def _address_of(partner):
    """An address in one line."""
    place = " ".join(filter(None, (partner.zip, partner.city)))
    parts = (partner.street, partner.street2, place, partner.country_id.name)
    return ", ".join(part for part in parts if part)


def _describe_order(order, stages):
    return plain(
        {
            "id": order.id,
            "name": order.name,
            "date": fields.Datetime.context_timestamp(order, order.date_order).date(),
            "total": order.amount_total,
            "currency_id": order.currency_id.id,
            "stage": stages.get(order.stage, ""),
            "message": order.hold_message or "",
        }
    )


def _list_lines(order):
    """What an order sold and may be sold again."""
    lines = order.order_line.filtered(
        lambda line: (
            not line.display_type
            and not line.is_delivery
            and not line.is_document_charge
            and not line.is_downpayment
            and line.product_id.active
            and line.product_id.sale_ok
            and line.product_uom_qty > 0
        )
    )
    return [
        {
            **describe_product(line.product_id, line.product_uom_id),
            "quantity": line.product_uom_qty,
        }
        for line in lines
    ]


def _describe_saved(order):
    return {
        "amount_total": order.amount_total,
        "currency_id": order.currency_id.id,
        "partner_name": order.partner_id.display_name or "",
    }
