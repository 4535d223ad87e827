from datetime import timedelta

from odoo import api, fields, models

from ..common.access import check_visible, public
from ..common.results import Arguments, error, row
from ..common.zones import day_of, zone_of
from .slotting_book import SlottingBook, day_before

DAYS, MAX_DAYS = 28, 365
MOST = 20  # swaps a run
LEAST = 1.0  # metres a week
KEPT = timedelta(days=180)  # advice of which nothing was moved


class OrderSlottingAdvice(models.Model):
    """Which products should change places in a warehouse, and how much less people would walk.

    Reckoned once a week from what was picked in the last weeks, each transfer, or batch that was
    picked together, walked on the shortest tour. Each run replaces the one before.
    """

    _name = "order.slotting.advice"
    _description = "Slotting advice"
    _order = "id desc"
    _allow_sudo_commands = False

    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    at = fields.Datetime("As of", required=True, readonly=True)
    days = fields.Integer("Days looked at", readonly=True, aggregator=None)
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("To", readonly=True)
    order_count = fields.Integer("Transfers", readonly=True)
    walk_count = fields.Integer("Tours", readonly=True, help="Batches are walked on one.")
    line_count = fields.Integer("Lines", readonly=True)
    unplaced_count = fields.Integer(
        "Lines without a place", readonly=True, help="Their products now lie in no place."
    )
    walked_before = fields.Float("Metres a week", digits=(16, 1), readonly=True)
    walked_after = fields.Float("After all swaps", digits=(16, 1), readonly=True)
    saving = fields.Float(
        "Saving a week", digits=(16, 1), readonly=True, help="Metres, of all swaps together."
    )
    state = fields.Selection(
        [("current", "Current"), ("replaced", "Replaced")],
        required=True,
        readonly=True,
        default="current",
        index=True,
    )
    swap_ids = fields.One2many("order.slotting.swap", "advice_id", readonly=True)

    @api.depends("warehouse_id", "date_to")
    def _compute_display_name(self):
        for advice in self:
            advice.display_name = f"{advice.warehouse_id.code or ''} {advice.date_to or ''}"

    @api.model
    @public
    def advise(self, warehouse_ids=None, days=DAYS, most=MOST, background=False):
        """Reckon anew which products should change places; moves nothing.

        :param list warehouse_ids: ids; without them, all of the caller's companies
        :param int days: how many days of picks are looked at, today the last one; at most 365
        :param int most: swaps a warehouse, at most 200
        :param bool background: answer ``job_id`` at once and work later
        :return: one item per warehouse: ``warehouse_id``, ``advice_id``, ``orders``, ``lines``,
            ``before`` and ``after`` (metres a week), ``swaps``: ``[{"swap_id", "product_id",
            "location_id", "location_dest_id", "other_product_id", "saving", "reason"}]``; refused
            with ``not_possible`` where no location has a place
        :raises AccessError: the caller is no manager, or may not see a warehouse
        :raises ValidationError: an argument is of the wrong shape
        """
        arguments = Arguments(self.env)
        warehouses = self._read_warehouses(arguments, warehouse_ids)
        for name, value, least, largest in (("days", days, 1, MAX_DAYS), ("most", most, 1, 200)):
            if not least <= arguments.value(value, "integer", name, required=True) <= largest:
                arguments.refuse(name, self.env._("between 1 and %(most)s.", most=largest))
        if background:
            asked = {"warehouse_ids": warehouses.ids, "days": days, "most": most}
            return self.env["order.job"]._enqueue(self, "advise", asked)
        return [self.sudo()._advise_warehouse(place, days, most) for place in warehouses.sudo()]

    def _read_warehouses(self, arguments, ids):
        warehouses = self.env["stock.warehouse"]
        if ids is None or ids is False:
            companies = self.env.companies
            return warehouses.search([("company_id", "in", companies.ids)])
        for index, number in enumerate(arguments.value(ids, "list", "warehouse_ids") or []):
            arguments.value(number, "integer", f"warehouse_ids[{index}]", required=True)
        found = warehouses.browse(dict.fromkeys(ids))
        check_visible(found)
        return found

    def _advise_warehouse(self, warehouse, days=DAYS, most=MOST):
        """Look at one warehouse, keep what is found, and answer its row."""
        today = day_of(fields.Datetime.now(), zone_of(warehouse, warehouse.company_id))
        book = SlottingBook(warehouse, day_before(today, days), today)
        if not book.slots:
            message = self.env._(
                "No location of %(warehouse)s has a place: give them one in Floor plans.",
                warehouse=warehouse.display_name,
            )
            return row([error("not_possible", message)], warehouse_id=warehouse.id, swaps=[])
        swaps_table = self.env["order.slotting.swap"]
        found, before, after = book.advise(most, LEAST, swaps_table._find_rejected(warehouse))
        self.env["order.lock"]._acquire("slotting", warehouse.ids)
        self._replace(warehouse)
        advice = self.create(
            {
                "warehouse_id": warehouse.id,
                "company_id": warehouse.company_id.id,
                "at": fields.Datetime.now(),
                "days": days,
                "date_from": day_before(today, days - 1),
                "date_to": today,
                "order_count": book.transfer_count,
                "walk_count": len(book.walks()),
                "line_count": sum(book.lines.values()),
                "unplaced_count": book.unplaced,
                "walked_before": round(before, 3),
                "walked_after": round(after, 3),
                "saving": round(before - after, 3),
            }
        )
        swaps_table._keep(advice, found, book)
        return advice._as_row()

    def _replace(self, warehouse):
        """What was proposed before and is not decided on lapses."""
        current = [("warehouse_id", "=", warehouse.id), ("state", "=", "current")]
        self.search(current).write({"state": "replaced"})
        proposed = [("warehouse_id", "=", warehouse.id), ("state", "=", "proposed")]
        self.env["order.slotting.swap"].search(proposed).write({"state": "expired"})

    def _as_row(self):
        return row(
            warehouse_id=self.warehouse_id.id,
            advice_id=self.id,
            orders=self.order_count,
            lines=self.line_count,
            before=self.walked_before,
            after=self.walked_after,
            swaps=[
                {
                    "swap_id": swap.id,
                    "product_id": swap.product_id.id,
                    "location_id": swap.location_id.id,
                    "location_dest_id": swap.location_dest_id.id,
                    "other_product_id": swap.other_product_id.id,
                    "saving": swap.saving,
                    "reason": swap.kind,
                }
                for swap in self.swap_ids
            ],
        )

    @api.model
    def _cron_run(self):
        """Advise all warehouses with places once a week, each in its own transaction."""
        self._forget_old()
        placed = self.env["stock.location"].sudo()._read_group(
            [
                ("is_placed", "=", True),
                ("usage", "=", "internal"),
                ("warehouse_id.company_id.use_order_management", "=", True),
            ],
            ["warehouse_id"],
        )  # fmt: skip
        warehouses = [warehouse for (warehouse,) in placed]
        advised = self._find_advised_today(warehouses)
        left = [warehouse for warehouse in warehouses if warehouse.id not in advised]
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(left))
        for warehouse in left:
            self._advise_warehouse(warehouse)
            if not progress(1):
                return

    def _find_advised_today(self, warehouses):
        """Ids of warehouses that a run before this one has done in the last twelve hours."""
        since = fields.Datetime.now() - timedelta(hours=12)
        places = [warehouse.id for warehouse in warehouses]
        done = self.search([("warehouse_id", "in", places), ("at", ">=", since)])
        return set(done.warehouse_id.ids)

    def _forget_old(self):
        """Drop advice nobody decided on, when it is half a year old."""
        decided = [("state", "in", ("moving", "done", "rejected"))]
        self.search(
            [
                ("state", "=", "replaced"),
                ("at", "<", fields.Datetime.now() - KEPT),
                ("swap_ids", "not any", decided),
            ]
        ).unlink()
