from odoo import api, fields, models
from odoo.tools import SQL

from ..common.access import as_service, check_visible, public
from ..common.results import Arguments, row
from .order_scanning_mixin import MAX_BARCODE
from .station_book import StationBook

MOST_OWN = 20  # pieces of work of one person that are listed
MOST_MESSAGE = 200  # characters of a call for help


class OrderStationMixin(models.AbstractModel):
    """Transfers on the pick and pack station: what it shows, and what it asks besides scans."""

    _name = "order.station.mixin"
    _description = "Transfer at the station"

    help_call_ids = fields.One2many("order.help.call", "picking_id", readonly=True)

    def action_open_station(self):
        """Button: pick and pack these transfers at the station; with its batch, if it has one."""
        self.check_access("read")
        work = self.batch_id.picking_ids or self
        return {
            "type": "ir.actions.client",
            "tag": "order_station",
            "target": "fullscreen",
            "path": "order-station",
            "name": self.env._("Station"),
            "params": {"picking_ids": work.filtered(lambda one: one.state != "cancel").ids},
        }

    @public
    def read_station(self):
        """All that the station shows of these transfers; changes nothing.

        :return: one item per transfer: ``picking_id``, ``name``, ``batch_id``, ``batch``,
            ``batch_picking_ids``, ``partner``, ``orders``, ``priority``, ``ship_by``, ``note``,
            ``state``, ``operation``, ``is_open``, ``may_work``, ``may_pack``, ``is_delivery``,
            ``stops`` (one per transfer line, in walking order: ``move_line_id``, ``rank``,
            product, place, lot, ``quantity``, ``scanned``, ``unit``, ``packs``, ``hint``,
            ``parcel_id``, ``is_done``), ``parcels`` (``package_id``, ``number``, ``name``,
            ``sscc``, ``weight``, ``labels``, ``contents``), ``claimed_by``, ``helpers``,
            ``counts``, ``scans`` (the last ones, the newest first), ``help`` (open calls),
            ``version`` (the same as long as nothing has changed)
        """
        return StationBook(as_service(self)).rows()

    @api.model
    @public
    def read_station_home(self, warehouse_id=False):
        """What a person sees before they take work; changes nothing.

        :param int warehouse_id: where they work; else their own warehouse, or the first
        :return: ``warehouse_id``, ``warehouses``, ``mine`` (open work they have taken or help
            with: ``picking_id``, ``picking_ids``, ``batch_id``, ``name``, ``partner``,
            ``stops``, ``stops_done``), ``waiting`` (pieces of work nobody has taken), ``help``
            (open calls), ``package_types``, ``reasons`` (of short picks), ``person``
        """
        arguments = Arguments(self.env)
        warehouse_id = arguments.value(warehouse_id, "integer", "warehouse_id")
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "in", self.env.companies.ids)]
        )
        chosen = self.env["stock.warehouse"].browse(warehouse_id or [])
        check_visible(chosen)
        chosen = chosen or self.env.user._get_default_warehouse_id() or warehouses[:1]
        service = as_service(self)
        return row(
            warehouse_id=chosen.id,
            warehouses=[
                {"id": one.id, "name": one.name, "code": one.code} for one in warehouses | chosen
            ],
            mine=service._read_own_work(),
            waiting=service._count_free(chosen) if chosen else 0,
            help=service._read_help(chosen),
            package_types=service._read_package_types(chosen.company_id),
            reasons=self._get_short_reasons(),
            person={"id": self.env.uid, "name": self.env.user.name},
        )

    @public
    def judge_scan(self, barcode, quantity=1.0):
        """Tell what would become of a scan; changes nothing, not even the log of scans.

        :param str barcode: as for :meth:`scan`
        :param float quantity: as for :meth:`scan`
        :return: one item per transfer: as of :meth:`scan`, and ``shares`` = ``[{"move_line_id",
            "quantity"}]``, the lines the goods would go to
        """
        arguments = Arguments(self.env)
        barcode = (arguments.value(barcode, "text", "barcode", required=True) or "").strip()
        quantity = arguments.value(quantity, "number", "quantity", required=True)
        if not barcode or quantity <= 0:
            path = "quantity" if barcode else "barcode"
            arguments.refuse(path, self.env._("a value above nothing is required."))
        return [
            picking._prepare_judged_row(barcode[:MAX_BARCODE], quantity)
            for picking in as_service(self)
        ]

    def _prepare_judged_row(self, barcode, quantity):
        if not self._is_open_for_work():
            return {**self._prepare_closed_row(), "shares": []}
        outcome = self._judge_scan(barcode, quantity)
        shares = [{"move_line_id": line.id, "quantity": share} for line, share in outcome.shares]
        return {**self._prepare_scan_row(outcome), "shares": shares}

    @public
    def call_for_help(self, message=False):
        """Call somebody to these transfers; while a call is open, a further one changes nothing.

        Whoever picks or manages in the company is told, on whatever screen they are.

        :param str message: what is wrong, at most 200 characters
        :return: one item per transfer: ``picking_id``, ``call_id``, ``replayed`` when somebody
            has been called already
        """
        arguments = Arguments(self.env)
        message = (arguments.value(message, "text", "message") or "").strip()
        if len(message) > MOST_MESSAGE:
            arguments.refuse("message", self.env._("that is too long."))
        pickings = as_service(self)
        closed = pickings.filtered(lambda picking: not picking._is_open_for_work())
        known = pickings.help_call_ids.filtered("is_open").grouped("picking_id")
        silent = (pickings - closed).filtered(lambda picking: picking not in known)
        calls = self.env["order.help.call"]._open(silent, message)
        calls._tell_people()
        silent._tell_station("help")
        made = calls.grouped("picking_id")
        answers = []
        for picking in pickings:
            refusals = [picking._get_closed_error()] if picking in closed else []
            call = made.get(picking) or known.get(picking) or calls.browse()
            replayed = {} if picking in made or refusals else {"replayed": True}
            answers.append(row(refusals, picking_id=picking.id, call_id=call.id, **replayed))
        return answers

    @public
    def answer_help(self):
        """Close the calls for help at these transfers: somebody has come.

        :return: one item per transfer: ``picking_id``, ``outcome`` (``answered`` |
            ``unchanged``)
        """
        pickings = as_service(self)
        calls = pickings.help_call_ids.filtered("is_open")
        calls.write({"answered_by_id": self.env.uid, "answered_at": fields.Datetime.now()})
        calls.picking_id._tell_station("help")
        return [
            row(
                picking_id=picking.id,
                outcome="answered" if picking in calls.picking_id else "unchanged",
            )
            for picking in pickings
        ]

    def _read_own_work(self):
        """The open work of the user, batches as one piece."""
        person = self.env.uid
        mine = self.search(
            [
                ("state", "not in", ("draft", "done", "cancel")),
                "|",
                ("claimed_by_id", "=", person),
                ("helper_ids", "in", person),
            ],
            order="claimed_at, id",
            limit=MOST_OWN,
        )
        works = {}
        for picking in mine:
            works[picking.batch_id or picking] = None
        return [self._prepare_own_work(work) for work in works]

    def _prepare_own_work(self, work):
        pickings = work.picking_ids if "picking_ids" in work._fields else work
        pickings = pickings.filtered(lambda one: one.state not in ("draft", "done", "cancel"))
        lines = pickings.move_line_ids.filtered("quantity")
        done = lines.filtered(lambda line: line.picked or line._is_packed_here())
        return {
            "picking_id": pickings[:1].id,
            "picking_ids": pickings.ids,
            "batch_id": work.id if work != pickings else False,
            "name": work.name,
            "partner": ", ".join(pickings.partner_id.mapped("display_name")[:3]),
            "priority": any(picking.priority == "1" for picking in pickings),
            "stops": len(lines),
            "stops_done": len(done),
        }

    def _count_free(self, warehouse):
        """How many pieces of work wait to be taken."""
        self.env.flush_all()
        counted = 0
        for model in (self.env["stock.picking.batch"], self.browse()):
            free = model._select_free(warehouse.id, self.env.uid)
            counted += self.env.execute_query(SQL("SELECT count(*) FROM (%s) AS free", free))[0][0]
        return counted

    def _read_help(self, warehouse):
        calls = self.env["order.help.call"].search(
            [
                ("answered_at", "=", False),
                ("warehouse_id", "=", warehouse.id),
                ("company_id", "in", self.env.companies.ids),
            ],
            limit=MOST_OWN,
        )
        return [
            {
                "id": call.id,
                "picking_id": call.picking_id.id,
                "name": call.picking_id.name,
                "person": call.user_id.name,
                "message": call.message,
                "at": call.at,
            }
            for call in calls
        ]

    def _read_package_types(self, company):
        kinds = self.env["stock.package.type"].search(
            [("company_id", "in", [False, company.id]), ("package_use", "=", "disposable")]
        )
        return [{"id": kind.id, "name": kind.name} for kind in kinds]

    def _get_short_reasons(self):
        """Why a place holds too little, as :meth:`report_short` takes it."""
        return [
            {"code": "missing", "name": self.env._("Not there")},
            {"code": "damaged", "name": self.env._("Damaged")},
            {"code": "wrong_product", "name": self.env._("Something else lies there")},
        ]
