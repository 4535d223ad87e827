from odoo import api, fields, models
from odoo.fields import Domain

from ...exceptions import ItemError
from ...tools.documents.order import read_party
from ..common.zones import noon_of, zone_of
from .contacts import find_delivery_contact

# Others read orders, too, and must be able to read all of their fields.
INTAKE_READERS = ",".join(
    f"order_management.group_{role}" for role in ("clerk", "integration", "auditor")
)


class OrderSourceMixin(models.AbstractModel):
    """Where an order came from, and what its document said about it."""

    _name = "order.source.mixin"
    _description = "Where an order came from"

    channel_id = fields.Many2one(
        "order.channel", index=True, copy=False, readonly=True, ondelete="restrict"
    )
    external_ref = fields.Char(
        "Channel reference", index="btree_not_null", copy=False, readonly=True
    )
    intake_ids = fields.One2many(
        "order.intake", "order_id", "Received documents", readonly=True, groups=INTAKE_READERS
    )
    has_conflict = fields.Boolean(
        "Came changed", compute="_compute_has_conflict", groups=INTAKE_READERS,
        help="The channel sent this order again with other content, which waits for a decision.",
    )  # fmt: skip
    expected_total = fields.Float(
        copy=False,
        readonly=True,
        help="The total with tax that the document named; 0 = none, or the order was changed.",
    )
    document_payment_amount = fields.Float(
        copy=False,
        readonly=True,
        help="The payment that the document named; 0 = none, or the order was changed.",
    )
    left_out_lines = fields.Json(
        copy=False,
        readonly=True,
        help="Lines of the document that the order lacks: index, ref, sku, quantity, message.",
    )

    _external_ref_uniq = models.UniqueIndex(
        "(channel_id, external_ref) WHERE external_ref IS NOT NULL",
        "The channel already has an order under this reference.",
    )

    @api.depends("intake_ids.state")
    def _compute_has_conflict(self):
        for order in self:
            order.has_conflict = "conflict" in order.intake_ids.mapped("state")

    def action_view_conflict(self):
        """Open the document whose changed content waits for a decision."""
        self.check_access("read")
        waiting = self.intake_ids.filtered(lambda intake: intake.state == "conflict")[:1]
        return {
            "type": "ir.actions.act_window",
            "res_model": "order.intake",
            "res_id": waiting.id,
            "views": [(False, "form")],
        }

    def _is_history(self):
        """Whether it is an old order that is only taken over, for its figures."""
        return self.channel_id.kind == "history"

    def _is_quiet(self):
        """Service for the joint: whether all come from channels that want no chatter."""
        return all(order.channel_id.quiet for order in self.sudo())

    def _get_living_domain(self):
        """Service for the validation room: orders that are not only taken over as history."""
        return Domain("channel_id", "not any", [("kind", "=", "history")])

    def _ensure_channel_change(self, channel_id):
        """Service for the validation room: who may not use a channel may not choose it, either.

        :raises AccessError: as for a channel that does not exist
        """
        channels = (
            self.env["order.channel"].sudo().browse(channel_id or []) | self.sudo().channel_id
        )
        channels.with_env(self.env)._ensure_usable()

    def _get_channel_code(self):
        """The code of the channel, or ``False``."""
        return self.channel_id.code or False

    @api.model
    def _find_by_ref(self, channel, external_ref):
        """The order a channel knows as ``external_ref``, among those the caller may see.

        :param str channel: code of the channel
        :return: an order, or an empty recordset
        """
        if not (channel and external_ref):
            return self.browse()
        domain = [("channel_id.code", "=", channel), ("external_ref", "=", external_ref)]
        return self.search(domain, limit=1)

    def _get_delivery_contact(self, party, path):
        """Service for the promise room: who lives at an address, beneath the order's customer.

        :param dict party: an address as in an order document
        :param str path: where it stands, for the error
        :raises ItemError: it cannot be read, or names an unknown place
        """
        party, problems = read_party(party, path)
        if problems:
            raise ItemError(problems[0]["code"], problems[0]["message"], problems[0]["path"])
        return find_delivery_contact(self.partner_id, party or {}, path)

    def _get_requested_moment(self, day):
        """Service for the promise room: noon of a requested day where the goods leave, in UTC."""
        return noon_of(day, zone_of(self.warehouse_id, self.company_id))

    def _get_price_tolerance(self, default):
        """Service for the validation room: percent of price deviation that passes.

        :param float default: the check's own tolerance, for orders without a channel
        """
        return self.channel_id.price_tolerance if self.channel_id else default

    def _get_price_severity(self):
        """Service for the validation room: how grave a price deviation is, if the channel says."""
        return "hold" if self.channel_id.price_policy == "hold" else False

    def _get_invoice_moment(self):
        """Service for the shipping room: when the order is invoiced by itself."""
        return self.channel_id.invoice_on or "never"

    def _get_told_totals(self):
        """Service for the validation room: the totals that documents and their payments name.

        They are compared with the order as it came. A change of its lines makes them outdated
        (:meth:`_prepare_outdated_vals`): then nobody expects the old total, and what was paid is
        no reason to refuse the change. What the new total leaves open is `payment_missing` where
        the channel wants payment first, else it is on the invoice; what was paid too much is to be
        given back, which the change's event and message say.

        An order that lacks lines of its document differs for that reason, which is told already;
        so is a payment too small for a channel that wants payment first.

        :return list: ``(order, "document" | "payment", amount)``
        """
        told = []
        for order in self.filtered(lambda order: not order.left_out_lines):
            if order.expected_total:
                told.append((order, "document", order.expected_total))
            paid = order.document_payment_amount
            is_told = order.channel_id.needs_payment and paid < order.amount_total
            if paid and not is_told:
                told.append((order, "payment", paid))
        return told

    def _prepare_outdated_vals(self):
        """Service for the promise room: values that forget the totals told of other lines."""
        return {name: 0.0 for name in ("expected_total", "document_payment_amount") if self[name]}

    def _get_left_out_lines(self):
        """Service for the validation room: the lines of the document that the order lacks."""
        return self.left_out_lines or []

    def _get_document_lines(self):
        """The lines that stand in the order's document, in its order, as intake answers them."""
        lines = self.order_line.filtered("external_position").sorted("external_position")
        return [line._prepare_identity() for line in lines]

    def _get_source_message(self):
        """What the chatter says about an order that came in, or ``False``."""
        if not (self.channel_id and self.external_ref):
            return False
        return self.env._(
            "Received from %(channel)s as %(reference)s.",
            channel=self.channel_id.name,
            reference=self.external_ref,
        )
