from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.fields import Domain

from ..common.access import as_service, public
from ..common.results import Arguments, error, row

MAX_BARCODE = 256  # characters kept of what a scanner read


@dataclass
class ScanOutcome:
    """What became of one scan."""

    product: object = None
    code: str = ""  # why it was refused
    shares: list = field(default_factory=list)  # (transfer line, quantity in its unit)


class OrderScanningMixin(models.AbstractModel):
    """Scanning the goods of a transfer.

    To add a kind of barcode: (1) put its code into ``_get_scan_kinds`` where it is to be looked
    up; (2) write ``_find_scanned_<kind>(barcode)``, returning what the code names, or something
    falsy; (3) write ``_scan_<kind>(target, quantity)``, returning a :class:`ScanOutcome`;
    (4) give each new refusal a sentence in ``_get_refusal_messages`` and a line in ``REFUSALS``.
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

        :param str barcode: a product's barcode, the barcode of one of its packagings, or its
            sku; the name or SSCC of a package that comes packed from the step before
        :param float quantity: how many of what the code stands for
        :param str request_key: makes the call safe to repeat; only with a single transfer
        :return: one item per transfer: ``picking_id``, ``accepted``, ``kind``, ``code`` (when
            refused), ``message``, ``line_id`` (transfer line), ``remaining`` (how much of this
            product is still to be scanned on this transfer, in the product's unit)
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
        """Take back an accepted scan whose goods are not packed yet.

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
        kind, outcome = self._judge_scan(barcode, quantity)
        started = any(self.move_line_ids.mapped("scanned_quantity"))
        for line, share in outcome.shares:
            line._add_scanned(share)
        self.env["order.scan"].create(
            self._prepare_scan_vals(kind, outcome, barcode, quantity, request_key)
        )
        if outcome.shares and not started:
            self._get_sale_orders()._advance_stage()
        return self._prepare_scan_row(kind, outcome)

    def _prepare_closed_row(self):
        refusal = self._get_closed_error()
        answer = self._prepare_scan_row("unknown", ScanOutcome())
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

    def _judge_scan(self, barcode, quantity):
        """Find out what a code names and which lines its goods go to; changes nothing.

        :return: kind and :class:`ScanOutcome`
        """
        for kind in self._get_scan_kinds():
            target = getattr(self, f"_find_scanned_{kind}")(barcode)
            if target:
                return kind, getattr(self, f"_scan_{kind}")(target, quantity)
        return "unknown", ScanOutcome(code="unknown_code")

    def _get_scan_kinds(self):
        """The kinds of codes that are understood, in the order in which they are tried."""
        return ("product", "package")

    def _find_scanned_package(self, barcode):
        """The package a code names."""
        here = self.move_line_ids.result_package_id
        if named := here.filtered(lambda package: barcode in (package.sscc, package.name)):
            return named[:1]
        ours = Domain("company_id", "=", self.company_id.id)
        known = Domain("sscc", "=", barcode) | Domain("name", "=", barcode)
        return here.search(ours & known, limit=1)

    def _scan_package(self, package, quantity):
        """A package goes on as a whole: all that is in it."""
        lines = self.move_line_ids.filtered(lambda line: line.result_package_id == package)
        if not lines:
            return ScanOutcome(code="wrong_product")
        left = lines.filtered(lambda line: line._is_open_for_scan())
        if not left or quantity != 1.0:
            return ScanOutcome(code="too_many")
        product = left.product_id if len(left.product_id) == 1 else None
        return ScanOutcome(product, shares=[(line, line._get_open_quantity()) for line in left])

    def _find_scanned_product(self, barcode):
        """The product a code names and the unit it stands for, goods of the transfer first."""
        ours = Domain("company_id", "in", [False, self.company_id.id])
        products = self.env["product.product"].with_context(active_test=False)
        if product := products.search(ours & Domain("barcode", "=", barcode), limit=1):
            return product, product.uom_id
        packagings = self.env["product.uom"]
        if packaging := packagings.search(ours & Domain("barcode", "=", barcode), limit=1):
            return packaging.product_id, packaging.uom_id
        named = products.search(ours & Domain("default_code", "=", barcode))
        product = (named & self.move_ids.product_id)[:1] or named[:1]
        return (product, product.uom_id) if product else ()

    def _scan_product(self, target, quantity):
        product, unit = target
        lines = self.move_line_ids.filtered(lambda line: line.product_id == product)
        if product not in (lines.product_id | self.move_ids.product_id):
            return ScanOutcome(product, "wrong_product")
        asked = unit._compute_quantity(quantity, product.uom_id, round=False)
        shares = lines.filtered(lambda line: line._is_open_for_scan())._share_scan(asked)
        return ScanOutcome(product, shares=shares) if shares else ScanOutcome(product, "too_many")

    def _prepare_scan_vals(self, kind, outcome, barcode, quantity, request_key):
        common = {
            "picking_id": self.id,
            "product_id": outcome.product.id if outcome.product else False,
            "barcode": barcode[:MAX_BARCODE],
            "kind": kind,
            "accepted": bool(outcome.shares),
            "code": outcome.code or False,
            "request_key": request_key,
        }
        if not outcome.shares:
            return [{**common, "quantity": quantity}]
        return [
            {**common, "move_line_id": line.id, "quantity": share} for line, share in outcome.shares
        ]

    def _prepare_scan_row(self, kind, outcome):
        message = self._get_refusal_messages().get(outcome.code, "")
        return row(
            picking_id=self.id,
            accepted=not outcome.code,
            kind=kind,
            code=outcome.code or False,
            message=message,
            line_id=outcome.shares[-1][0].id if outcome.shares else False,
            remaining=self._get_remaining(outcome.product),
        )

    def _get_refusal_messages(self):
        """What a picker reads when a scan is refused: code → sentence."""
        return {
            "unknown_code": self.env._("Nothing is known by this code."),
            "wrong_product": self.env._("This does not belong to this transfer."),
            "too_many": self.env._("That is more than there is left to pick."),
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
        for scan in scans:
            scan.move_line_id._add_scanned(-scan.quantity)
        scans.write({"undone_at": fields.Datetime.now()})
        self._get_sale_orders()._advance_stage()
        return self._prepare_undo_row(scans)

    def _prepare_undo_row(self, scans, **values):
        return row(picking_id=self.id, undone=sum(scans.mapped("quantity")), **values)

    def _can_undo(self, scans):
        """Whether the goods of these scans still lie where they were scanned to."""
        lines = scans.move_line_id
        return (
            bool(scans)
            and self._is_open_for_work()
            and all(scan.move_line_id for scan in scans)
            and all(line.result_package_id == line.package_id for line in lines)
            and all(scan.quantity <= scan.move_line_id.scanned_quantity for scan in scans)
        )
