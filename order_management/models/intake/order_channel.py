import base64
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import ormcache

from ...tools.documents import KINDS as KEYS
from ...tools.documents import TableOptions, fold, guess, template
from ...tools.documents.columns import REQUIRED
from ...tools.documents.headers import read_headers
from ..common.access import has_role
from ..common.zones import noon_of, zone_of
from .order_channel_column import LEFT_OUT
from .order_source_mixin import INTAKE_READERS
from .words import place_of

KINDS = [
    ("shop", "Web shop"),
    ("marketplace", "Marketplace"),
    ("api", "Application"),
    ("file", "Files"),
    ("phone", "Phone"),
    ("counter", "Counter"),
    ("history", "History"),
]
DESK_KINDS = ("phone", "counter")  # where somebody types what a customer says


class OrderChannel(models.Model):
    """Where orders come from, and what may be done with them without asking.

    Every setting has a default that works untouched. The first channel of a company switches
    Order Management on there.
    """

    _name = "order.channel"
    _description = "Sales channel"
    _inherit = ["mail.thread"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    code = fields.Char(
        required=True, index=True, tracking=True, help="The short name that integrations use."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    kind = fields.Selection(KINDS, required=True, default="shop")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        compute="_compute_warehouse_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        tracking=True,
        check_company=True,
        domain=[("share", "=", False)],
        help="Salesperson of the orders that an integration hands in.",
    )
    user_ids = fields.Many2many(
        "res.users",
        string="May use it",
        domain=[("share", "=", False)],
        help="Only these users hand orders in here, and managers; nobody named: every order clerk "
        "and integration of the company.",
    )
    # Kept by create and write: a stored compute would search channels whenever a user changes.
    is_restricted = fields.Boolean(readonly=True, copy=False)
    team_id = fields.Many2one("crm.team", "Sales team", check_company=True)
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="Used for this channel's orders in its currency; else the customer's own.",
    )
    carrier_id = fields.Many2one(
        "delivery.carrier",
        "Delivery method",
        check_company=True,
        help="Of orders whose document names no carrier.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        "Payment terms",
        check_company=True,
        help="Of this channel's orders; empty: the customer's own.",
    )
    ship_complete = fields.Boolean(
        help="Orders are shipped whole, unless their document says otherwise."
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        "Language",
        help="Of new customers whose document names none.",
    )
    charge_product_id = fields.Many2one(
        "product.product",
        "Product for charges",
        check_company=True,
        default=lambda self: self._default_charge_product(),
        domain=[("type", "=", "service")],
        help="Stands on the order lines for fees and deductions of a document.",
    )
    process = fields.Selection(
        [
            ("create", "Create a quotation"),
            ("check", "Create and check"),
            ("confirm", "Create, check and confirm"),
        ],
        required=True,
        default="check",
        tracking=True,
        help="What happens to an order that comes in, unless the sender asks for something else.",
    )
    unknown_customer = fields.Selection(
        [("refuse", "Refuse the order"), ("create", "Create the customer")],
        required=True,
        default="create",
        tracking=True,
    )
    price_policy = fields.Selection(
        [
            ("keep", "Keep the document's prices"),
            ("ours", "Use our prices"),
            ("hold", "Keep them, hold the order when they deviate"),
        ],
        required=True,
        default="keep",
        tracking=True,
        help="Keep: the document's prices stand; a deviation beyond the tolerance is found by the "
        "price check, which says how grave it is. Ours: our pricelist decides, the document's "
        "price is only noted. Hold: as keep, and a deviation beyond the tolerance always holds.",
    )
    price_tolerance = fields.Float(
        "Price tolerance (%)",
        default=2.0,
        tracking=True,
        help="A price that deviates from ours by at most this percentage passes.",
    )
    bad_line = fields.Selection(
        [("refuse", "Refuse the order"), ("leave_out", "Leave the line out")],
        "Unusable line",
        required=True,
        default="refuse",
        tracking=True,
        help="What happens when a line names an unknown product or unit.",
    )
    needs_payment = fields.Boolean(
        tracking=True, help="Orders wait until their payment is authorized or captured."
    )
    invoice_on = fields.Selection(
        [
            ("never", "By hand"),
            ("confirmation", "Confirmation"),
            ("shipment", "Shipment"),
            ("delivery", "Delivery"),
        ],
        "Invoice on",
        required=True,
        default="never",
        tracking=True,
    )
    quiet = fields.Boolean(
        "Without chatter",
        tracking=True,
        help="Confirming this channel's orders writes no messages and adds no followers, neither "
        "on the order nor on its transfer; the order's timeline still tells it. For channels with "
        "many orders. Orders confirmed together with another channel's have their messages.",
    )
    decimal_sign = fields.Selection(
        [("auto", "As the file shows"), ("point", "1234.50"), ("comma", "1234,50")],
        "Numbers in files",
        required=True,
        default="auto",
    )
    date_order = fields.Selection(
        [("day", "Day first (31/12/2026)"), ("month", "Month first (12/31/2026)")],
        "Dates in files",
        required=True,
        default="day",
    )
    column_ids = fields.One2many(
        "order.channel.column", "channel_id", "Columns", groups=INTAKE_READERS
    )
    headers_file = fields.Binary("Read headers from", attachment=False, store=False)
    product_code_ids = fields.One2many(
        "order.product.code", "channel_id", "Product codes", groups=INTAKE_READERS
    )
    partner_ids = fields.One2many("order.channel.partner", "channel_id", "Customer numbers")
    received_today = fields.Integer(compute="_compute_counts")
    rejected_count = fields.Integer("Rejected", compute="_compute_counts")
    conflict_count = fields.Integer("Conflicts", compute="_compute_counts")
    order_count = fields.Integer("Orders", compute="_compute_order_count")

    _code_uniq = models.UniqueIndex(
        "(code, company_id)", "The code is used by another channel of this company."
    )
    _price_tolerance_check = models.Constraint(
        "CHECK(price_tolerance >= 0)", "The price tolerance can't be negative."
    )

    @api.model
    def _default_charge_product(self):
        return self.env.ref("order_management.product_charge", raise_if_not_found=False)

    @api.depends("company_id")
    def _compute_warehouse_id(self):
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "in", self.company_id.ids)], order="sequence desc, id desc"
        )
        first = {warehouse.company_id: warehouse for warehouse in warehouses}
        for channel in self:
            if channel.warehouse_id.company_id != channel.company_id:
                channel.warehouse_id = first.get(channel.company_id)

    def _compute_counts(self):
        """What waits in each channel, by one grouped query for the day and one for the rest."""
        intakes = self.env["order.intake"]
        mine = Domain("channel_id", "in", self.ids)
        today = dict(
            intakes._read_group(
                mine & Domain("received_at", ">=", self._get_start_of_day()),
                ["channel_id"],
                ["__count"],
            )
        )
        waiting = {
            (channel.id, state): count
            for channel, state, count in intakes._read_group(
                mine & Domain("state", "in", ("rejected", "conflict")),
                ["channel_id", "state"],
                ["__count"],
            )
        }
        for channel in self:
            channel.received_today = today.get(channel, 0)
            channel.rejected_count = waiting.get((channel.id, "rejected"), 0)
            channel.conflict_count = waiting.get((channel.id, "conflict"), 0)

    def _compute_order_count(self):
        orders = self.env["sale.order"]._read_group(
            [("channel_id", "in", self.ids)], ["channel_id"], ["__count"]
        )
        counts = {channel.id: count for channel, count in orders}
        for channel in self:
            channel.order_count = counts.get(channel.id, 0)

    def _get_start_of_day(self):
        """Midnight of the reader's day, in UTC."""
        zone = ZoneInfo(self.env.tz.zone)
        midnight = datetime.combine(fields.Date.context_today(self), time(), zone)
        return midnight.astimezone(UTC).replace(tzinfo=None)

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        channels._switch_company_on()
        channels._note_restricted()
        return channels

    def write(self, vals):
        result = super().write(vals)
        if "user_ids" in vals:
            self._note_restricted()
        return result

    def _note_restricted(self):
        for restricted, channels in self.grouped(lambda channel: bool(channel.user_ids)).items():
            changed = channels.filtered(
                lambda channel, now=restricted: channel.is_restricted != now
            )
            if changed:
                changed.is_restricted = restricted

    def _switch_company_on(self):
        """The first channel switches Order Management on.

        ``sudo``: whoever may create channels decides this, and need not manage companies.
        """
        sleeping = self.company_id.sudo().filtered(lambda company: not company.use_order_management)
        if sleeping:
            sleeping.use_order_management = True
            sleeping._set_up_ordering()

    def action_view_intakes(self):
        """Open what came in through this channel."""
        return self._open("order_management.order_intake_action", {})

    def action_view_rejected(self):
        """Open the documents of this channel that were rejected."""
        return self._open("order_management.order_intake_action", {"search_default_rejected": 1})

    def action_view_conflicts(self):
        """Open the documents of this channel that came back with other content."""
        return self._open("order_management.order_intake_action", {"search_default_conflict": 1})

    def action_view_orders(self):
        """Open the orders of this channel."""
        return self._open("sale.action_orders", {})

    def _open(self, action, context):
        self.check_access("read")
        values = self.env["ir.actions.act_window"]._for_xml_id(action)
        values.update(domain=[("channel_id", "in", self.ids)], context=context)
        return values

    @api.model
    def _find_by_code(self, code):
        """The channel of that code that the caller may see, of the current company first.

        :raises AccessError: alike for a foreign and for a missing channel
        """
        channels = self.search_fetch([("code", "=", code)], self._get_intake_fields())
        here = channels.filtered(lambda channel: channel.company_id == self.env.company)
        channel = here or channels
        if len(channel) != 1:
            channel._refuse_use()
        channel._ensure_usable()
        return channel

    def _ensure_usable(self):
        """Refuse whoever is not named where users are; old orders are for managers alone.

        :raises AccessError: as for a channel that does not exist
        """
        closed = self.sudo().filtered(
            lambda channel: (
                channel.kind == "history"
                or (channel.is_restricted and self.env.user not in channel.user_ids)
            )
        )
        if closed and not has_role(self.env, "manager"):
            self._refuse_use()

    def _refuse_use(self):
        raise AccessError(
            self.env._("This sales channel does not exist, is archived, or you may not use it.")
        )

    def _get_table_options(self):
        """How this channel's tables are written."""
        mapping = {
            column.header: "" if column.key == LEFT_OUT else column.key
            for column in self.sudo().column_ids
            if column.key
        }
        decimal = {"point": ".", "comma": ","}.get(self.decimal_sign, "auto")
        return TableOptions(mapping, decimal, self.date_order == "day", self._get_timezone())

    @api.onchange("headers_file")
    def _onchange_headers_file(self):
        """Add the headers of a table that are not known yet, each with the best guess."""
        if not self.headers_file:
            return None
        headers = read_headers(base64.b64decode(self.headers_file))
        known = {fold(column.header) for column in self.column_ids}
        taken = {column.key for column in self.column_ids}
        for header in headers:
            if fold(header) in known or fold(header) in KEYS:
                continue
            key = guess(header)
            self.column_ids += self.column_ids.new(
                {"header": header, "key": key if key not in taken else False}
            )
            taken.add(key)
        self.headers_file = False
        missing = [key for key in REQUIRED if key not in taken and key not in map(fold, headers)]
        if not headers:
            message = self.env._("The file holds no table that can be read.")
        elif missing:
            places = ", ".join(place_of(self.env, key) for key in missing)
            message = self.env._("Still to be mapped: %(places)s.", places=places)
        else:
            return None
        return {"warning": {"title": self.env._("Columns"), "message": message}}

    def action_download_template(self):
        """Download a table to start from, with this channel's own headers."""
        self.check_access("read")
        ending = "csv" if self.env.context.get("template_format") == "csv" else "xlsx"
        return {
            "type": "ir.actions.act_url",
            "url": f"/order_management/template/{self.id}.{ending}",
            "target": "download",
        }

    def _get_template(self, ending):
        """The table to start from, as a file."""
        headers = {column.key: column.header for column in self.sudo().column_ids if column.key}
        return template(ending, headers)

    def _get_intake_fields(self):
        """What intake reads of a channel."""
        return [name for name, field in self._fields.items() if field.store and field.column_type]

    @api.model
    @ormcache(cache="stable")
    def _get_country_ids(self):
        """ISO code → id of every country; core empties this cache when countries change."""
        countries = self.env["res.country"].sudo().search_fetch([], ["code"])
        return {country.code: country.id for country in countries}

    def _get_timezone(self):
        """The zone in which this channel's dates are meant: the warehouse's, else the company's."""
        own = self.sudo()
        return zone_of(own.warehouse_id, own.company_id)

    def _get_noon(self, day):
        """Noon of ``day`` (``YYYY-MM-DD``) where the goods leave, in UTC."""
        return noon_of(day, self._get_timezone())

    def _prepare_salesperson_vals(self):
        """Who sells an order of the caller: an integration is nobody's salesperson.

        At a phone or counter, whoever takes the order does; else core follows the customer.
        """
        user = self.env.user
        is_integration = user.has_group("order_management.group_integration")
        vals = {"team_id": self.team_id.id} if self.team_id else {}
        if is_integration and not user.has_group("sales_team.group_sale_salesman"):
            vals["user_id"] = self.user_id.id
        elif self.kind in DESK_KINDS:
            vals["user_id"] = user.id
        return vals
