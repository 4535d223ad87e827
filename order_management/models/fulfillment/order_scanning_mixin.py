from odoo import api, fields, models

from ..common.access import as_service, public
from ..common.results import Arguments, error, row
from .order_scan_judge_mixin import ScanOutcome
from .scan_book import UNKNOWN

MAX_BARCODE = 256  # characters kept of what a scanner read


class OrderScanningMixin(models.AbstractModel):
    """Scanning the goods of a transfer: what was read is judged, noted and answered.

    To add a kind of barcode: (1) add it to ``SCAN_KINDS``; (2) let ``ScanBook`` find out what such
    a code names; (3) write ``_scan_<kind>(named, quantity)`` in the judging mixin, returning a
    :class:`ScanOutcome`; (4) give each new refusal a sentence in ``_get_refusal_messages`` and a
    line in ``REFUSALS``.
    """

    _name = "order.scanning.mixin"
    _description = "Scanning of a transfer"

    scan_ids = fields.One2many("order.scan", "picking_id", "Scans", readonly=True)
    scan_count = fields.Integer("Scans made", compute="_compute_scan_counts", compute_sudo=True)
    refused_scan_count = fields.Integer(
        "Caught errors", compute="_compute_scan_counts", compute_sudo=True,
        help="Scans of wrong goods that were refused.",
    )  # fmt: skip
    is_picking_started = fields.Boolean(
        compute="_compute_is_picking_started", help="Something is picked that could be shipped."
    )

    @api.depends("scan_ids.accepted")
    def _compute_scan_counts(self):
        groups = self.env["order.scan"]._read_group(
            [("picking_id", "in", self.ids)], ["picking_id", "accepted"], ["__count"]
        )
        counts = {(picking.id, accepted): count for picking, accepted, count in groups}
        for picking in self:
            refused = counts.get((picking.id, False), 0)
            picking.refused_scan_count = refused
            picking.scan_count = refused + counts.get((picking.id, True), 0)

    @api.depends("move_line_ids.picked", "move_line_ids.scanned_quantity")
    def _compute_is_picking_started(self):
        for picking in self:
            picking.is_picking_started = picking._has_picked()

    def action_view_scans(self):
        """Button: what was scanned on these transfers."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("order_management.order_scan_action")
        shown = {"search_default_refused": self.env.context.get("search_default_refused", 0)}
        return {**action, "domain": [("picking_id", "in", self.ids)], "context": shown}

    @public
    def scan(self, barcode, quantity=1.0, request_key=False):
        """Take what a scanner read on these transfers; a refusal is an answer, not an error.

        Once a place was scanned, goods are taken from it alone, as long as there is something to
        take there.

        :param str barcode: a product's barcode, the barcode of one of its packagings, or its
            sku; a lot or serial number; a GS1 symbol with any of these, a count, a net weight or
            an expiry date; the name or SSCC of a package that comes packed from the step before;
            the barcode or name of a location; the name of the transfer or its order; a command
            of the command sheet, which is told and not carried out
        :param float quantity: how many of what the code stands for
        :param str request_key: makes the call safe to repeat; only with a single transfer
        :return: one item per transfer: ``picking_id``, ``accepted``, ``kind``, ``code`` (when
            refused), ``message``, ``line_id`` (transfer line), ``remaining`` (how much of this
            product is still to be scanned on this transfer, in the product's unit), ``command``
            (``done`` | ``pack`` | ``short`` | ``undo`` | ``next`` | ``help``), ``expects``
            (``lot``: the product is right, now its lot or serial number is to be scanned),
            ``product_id``, ``lot_id``, ``location_id``
        """
        arguments = Arguments(self.env)
        barcode = (arguments.value(barcode, "text", "barcode", required=True) or "").strip()
        quantity = arguments.value(quantity, "number", "quantity", required=True)
        if not barcode or quantity <= 0:
            path = "quantity" if barcode else "barcode"
            arguments.refuse(path, self.env._("a value above nothing is required."))
        self._read_request_key(request_key)
        return [picking._scan_once(barcode, quantity, request_key) for picking in as_service(self)]

    @public
    def undo_scan(self, request_key):
        """Take back an accepted scan: of goods that are not packed yet, or of a place.

        :param str request_key: the key the scan was made with
        :return: one item per transfer: ``picking_id``, ``undone`` (quantity), ``replayed``
        """
        self._read_request_key(request_key, required=True)
        return [picking._undo_scan(request_key) for picking in as_service(self)]

    def _read_request_key(self, request_key, required=False):
        """Check the shape of a key; one key stands for one transfer."""
        arguments = Arguments(self.env)
        if required and not request_key:
            arguments.refuse("request_key", self.env._("a value is required here."))
        arguments.value(request_key, "text", "request_key")
        if request_key and len(self) > 1:
            message = self.env._("a key belongs to a single transfer.")
            arguments.refuse("request_key", message)

    def _scan_once(self, barcode, quantity, request_key):
        return self.env["order.request"]._once(
            "stock.picking.scan",
            request_key,
            [self.id, barcode, float(quantity)],
            lambda: self._scan(barcode, quantity, request_key),
            self.company_id,
        )

    def _scan(self, barcode, quantity, request_key):
        if not self._is_open_for_work():
            return self._prepare_closed_row()
        outcome = self._judge_scan(barcode, quantity)
        if outcome.named.kind == "order" and not outcome.code:
            self._join_work()
        started = any(self.move_line_ids.mapped("scanned_quantity"))
        scans = self._prepare_scan_vals(outcome, barcode, quantity, request_key)
        for line, share in outcome.shares:
            line._take_scanned(outcome, share)
        self.env["order.scan"].create(scans)
        if outcome.shares and not started:
            self._get_sale_orders()._advance_stage()
        self._tell_station("scan")
        return self._prepare_scan_row(outcome)

    def _prepare_closed_row(self):
        refusal = self._get_closed_error()
        answer = self._prepare_scan_row(ScanOutcome(UNKNOWN))
        answer.update(ok=False, errors=[refusal], accepted=False, message=refusal["message"])
        return answer

    def _is_open_for_work(self):
        """Whether goods of this transfer may be picked and packed."""
        return self.state not in ("draft", "done", "cancel")

    def _get_closed_error(self):
        message = self.env._(
            "%(transfer)s is not open for work (%(state)s).",
            transfer=self.name,
            state=dict(self._fields["state"]._description_selection(self.env))[self.state],
        )
        return error("not_possible", message)

    def _prepare_scan_vals(self, outcome, barcode, quantity, request_key):
        named = outcome.named
        common = {
            "picking_id": self.id,
            "product_id": named.product.id if named.product else False,
            "lot_id": named.lot.id if named.lot else False,
            "location_id": named.location.id if named.location else False,
            "barcode": barcode[:MAX_BARCODE],
            "kind": named.kind,
            "accepted": not outcome.code,
            "code": outcome.code or False,
            "request_key": request_key,
        }
        if not outcome.shares:
            return [{**common, "quantity": quantity if outcome.code else 0.0}]
        return [
            {
                **common,
                "move_line_id": line.id,
                "quantity": share,
                "has_named_lot": line._lacks_lot(named),
            }
            for line, share in outcome.shares
        ]

    def _prepare_scan_row(self, outcome):
        named = outcome.named
        product = named.product or outcome.product
        return row(
            picking_id=self.id,
            accepted=not outcome.code,
            kind=named.kind,
            code=outcome.code or False,
            message=outcome.message or self._get_refusal_messages().get(outcome.code, ""),
            line_id=outcome.shares[-1][0].id if outcome.shares else False,
            remaining=self._get_remaining(product),
            command=named.command or False,
            expects=outcome.expects or False,
            product_id=product.id if product else False,
            lot_id=named.lot.id if named.lot else False,
            location_id=named.location.id if named.location else False,
        )

    def _get_refusal_messages(self):
        """What a picker reads when a scan is refused: code → sentence."""
        return {
            "unknown_code": self.env._("Nothing is known by this code."),
            "wrong_product": self.env._("This does not belong to this transfer."),
            "too_many": self.env._("That is more than there is left to pick."),
            "wrong_lot": self.env._("This lot or serial number is not reserved for this transfer."),
            "wrong_location": self.env._("Nothing is to be taken from this place."),
            "not_yours": self.env._("Somebody else works on this transfer."),
        }

    def _get_remaining(self, product):
        """How much of ``product`` is still to be scanned, in its unit."""
        lines = self.move_line_ids.filtered(
            lambda line: line.product_id == product and line._is_open_for_scan()
        )
        return sum(
            (
                line.product_uom_id._compute_quantity(
                    line._get_open_quantity(), line.product_id.uom_id, round=False
                )
                for line in lines
            ),
            0.0,
        )

    def _undo_scan(self, request_key):
        scans = self.env["order.scan"].search(
            [
                ("picking_id", "=", self.id),
                ("request_key", "=", request_key),
                ("accepted", "=", True),
            ]
        )
        if scans and all(scans.mapped("undone_at")):
            return self._prepare_undo_row(scans, replayed=True)
        if not self._can_undo(scans):
            message = self.env._("There is no such scan whose goods are not packed yet.")
            return row([error("not_possible", message, "request_key")], picking_id=self.id)
        for scan in scans.filtered("move_line_id"):
            line = scan.move_line_id
            line._add_scanned(-scan.quantity)
            if scan.has_named_lot and not line.scanned_quantity:
                line.write({"lot_id": False, "lot_name": False})
        scans.write({"undone_at": fields.Datetime.now()})
        self._get_sale_orders()._advance_stage()
        self._tell_station("undo")
        return self._prepare_undo_row(scans)

    def _prepare_undo_row(self, scans, **values):
        return row(picking_id=self.id, undone=sum(scans.mapped("quantity")), **values)

    def _can_undo(self, scans):
        """Whether the goods of these scans still lie where they were scanned to."""
        lines = scans.move_line_id
        if scans and self._is_open_for_work() and set(scans.mapped("kind")) == {"location"}:
            return True
        return (
            bool(scans)
            and self._is_open_for_work()
            and all(scan.move_line_id for scan in scans)
            and all(line.result_package_id == line.package_id for line in lines)
            and all(scan.quantity <= scan.move_line_id.scanned_quantity for scan in scans)
        )
