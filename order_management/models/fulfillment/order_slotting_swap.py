from datetime import timedelta

from odoo import api, fields, models

from ...tools.slotting import classify_by_lines
from ..common.zones import day_of, zone_of
from .slotting_book import SlottingBook

MEMORY = timedelta(days=90)  # what was rejected is not proposed again for so long
MEASURED_DAYS = 28  # after a swap
SHARE_TOGETHER = 3  # one in so many lines together with another product is often
CLASSES = [("a", "A"), ("b", "B"), ("c", "C")]


class OrderSlottingSwap(models.Model):
    """A product that should stand elsewhere, and what stands there in its place."""

    _name = "order.slotting.swap"
    _inherit = ["order.slotting.move.mixin"]
    _description = "Proposed swap of places"
    _order = "advice_id desc, rank, id"
    _rec_name = "product_id"
    _allow_sudo_commands = False

    advice_id = fields.Many2one(
        "order.slotting.advice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    rank = fields.Integer(readonly=True, aggregator=None)
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("moving", "Moving"),
            ("done", "Done"),
            ("rejected", "Rejected"),
            ("expired", "Expired"),
        ],
        required=True,
        readonly=True,
        default="proposed",
        index=True,
        help="Expired: nobody decided before the next advice.",
    )

    # What changes places

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    location_id = fields.Many2one(
        "stock.location", "From", required=True, readonly=True, index=True, ondelete="cascade"
    )
    location_dest_id = fields.Many2one(
        "stock.location", "To", required=True, readonly=True, index=True, ondelete="cascade"
    )
    other_product_id = fields.Many2one(
        "product.product", "In exchange for", readonly=True, index="btree_not_null",
        ondelete="cascade", help="What stands there now; nothing where the place is empty.",
    )  # fmt: skip
    abc = fields.Selection(CLASSES, "Class", readonly=True, help="By lines, of all in stock.")
    other_abc = fields.Selection(CLASSES, "Its class", readonly=True)
    line_count = fields.Integer("Lines", readonly=True)
    other_line_count = fields.Integer("Its lines", readonly=True)
    distance_before = fields.Float(
        "Metres now", digits=(16, 1), readonly=True, aggregator=None,
        help="From the depot to the product and back.",
    )  # fmt: skip
    distance_after = fields.Float("Metres then", digits=(16, 1), readonly=True, aggregator=None)

    # What it brings

    saving = fields.Float(
        "Saving a week", digits=(16, 1), readonly=True,
        help="Metres, once the swaps above it are done.",
    )  # fmt: skip
    kind = fields.Selection(
        [
            ("near", "Often picked"),
            ("together", "Bought together"),
            ("low", "Too heavy for its level"),
        ],
        "Because",
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    putaway_note = fields.Char("Putaway rules", readonly=True)

    # What became of it

    picking_ids = fields.One2many("stock.picking", "slotting_swap_id", "Transfers", readonly=True)
    reject_reason = fields.Char("Rejected because", readonly=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decided_at = fields.Datetime("Decided on", readonly=True)
    done_at = fields.Datetime("Moved on", readonly=True, index="btree_not_null")
    is_measured = fields.Boolean("Measured", readonly=True)
    promised_saving = fields.Float(
        "Promised", digits=(16, 1), compute="_compute_promised_saving", store=True,
        help="Metres a week, of the swaps that are measured.",
    )  # fmt: skip
    measured_saving = fields.Float(
        "Measured saving", digits=(16, 1), readonly=True,
        help="Metres a week, on what was picked in the four weeks after it was moved.",
    )  # fmt: skip

    @api.depends("saving", "is_measured")
    def _compute_promised_saving(self):
        for swap in self:
            swap.promised_saving = swap.saving if swap.is_measured else 0.0

    @api.depends("product_id", "location_dest_id")
    def _compute_display_name(self):
        for swap in self:
            place = swap.location_dest_id.name or ""
            swap.display_name = f"{swap.product_id.display_name} → {place}"

    @api.model
    def _find_rejected(self, warehouse):
        """Where products are not to go, since somebody said so not long ago.

        :return list: ``(product id, location id)``, both ways of each swap
        """
        rejected = self.search(
            [
                ("warehouse_id", "=", warehouse.id),
                ("state", "=", "rejected"),
                ("decided_at", ">", fields.Datetime.now() - MEMORY),
            ]
        )
        found = []
        for swap in rejected:
            found.append((swap.product_id.id, swap.location_dest_id.id))
            if swap.other_product_id:
                found.append((swap.other_product_id.id, swap.location_id.id))
        return found

    @api.model
    def _keep(self, advice, swaps, book):
        """Store what was found.

        :param advice: ``order.slotting.advice`` record
        :param list swaps: each a ``tools.slotting.Swap`` of ids
        :param SlottingBook book: what they rest on
        """
        picked = book.lines
        lines = {product: picked.get(product, 0) for product in book.place_of}
        classes = classify_by_lines(lines)
        products = {one for swap in swaps for one in (swap.product, swap.other, swap.partner)}
        named = self.env["product.product"].browse(sorted(products - {False}))
        names = {product.id: product.display_name for product in named}
        self.create(
            [
                {
                    "advice_id": advice.id,
                    "warehouse_id": advice.warehouse_id.id,
                    "company_id": advice.company_id.id,
                    "rank": rank,
                    "product_id": swap.product,
                    "location_id": swap.other_slot,
                    "location_dest_id": swap.slot,
                    "other_product_id": swap.other,
                    "abc": classes[swap.product],
                    "other_abc": classes.get(swap.other, False),
                    "line_count": lines[swap.product],
                    "other_line_count": lines.get(swap.other, 0),
                    "distance_before": book.distance(swap.other_slot),
                    "distance_after": book.distance(swap.slot),
                    "saving": round(swap.saving, 3),
                    "kind": self._find_kind(swap, book, lines),
                    "reason": self._get_reason(swap, book, classes, lines, names),
                    "putaway_note": self._get_putaway_note(swap, book, names),
                }
                for rank, swap in enumerate(swaps, 1)
            ]
        )

    def _find_kind(self, swap, book, lines):
        """What a swap is advised for: the larger part of its lines says so."""
        is_nearer = book.distance(swap.slot) < book.distance(swap.other_slot)
        if swap.reason == "low":
            return "low"
        is_often = swap.together * SHARE_TOGETHER >= lines[swap.product]
        return "together" if swap.partner and (is_often or not is_nearer) else "near"

    def _get_reason(self, swap, book, classes, lines, names):
        """Why, in one sentence with its numbers."""
        kind = self._find_kind(swap, book, lines)
        before, after = book.distance(swap.other_slot), book.distance(swap.slot)
        if kind == "low":
            return self.env._(
                "One weighs %(weight)s kg and stands %(before)s m high, there %(after)s m.",
                weight=f"{book.weights[swap.product]:g}",
                before=f"{book.height(swap.other_slot):g}",
                after=f"{book.height(swap.slot):g}",
            )
        if kind == "together":
            return self.env._(
                "Picked %(together)s times with %(partner)s, which stands in that aisle.",
                together=swap.together,
                partner=names[swap.partner],
            )
        told = {
            "letter": classes[swap.product].upper(),
            "lines": lines[swap.product],
            "days": book.days,
        }
        if after >= before:
            return self.env._(
                "%(lines)s picks in %(days)s days (%(letter)s), on tours that pass there.",
                **told,
            )
        return self.env._(
            "%(lines)s picks in %(days)s days (%(letter)s), %(before)s m to fetch, there "
            "%(after)s m.",
            **told,
            before=f"{before:g}",
            after=f"{after:g}",
        )

    def _get_putaway_note(self, swap, book, names):
        """Which putaway rules go on sending goods to the old place."""
        kept = [
            names[product]
            for product, place in ((swap.product, swap.other_slot), (swap.other, swap.slot))
            if product in book.kept_for.get(place, ())
        ]
        if not kept:
            return False
        return self.env._(
            "A putaway rule keeps the old place for %(products)s: change it after the move.",
            products=", ".join(kept),
        )

    def _finish(self):
        """Those whose transfers are done are done; where all were cancelled, they are open again.

        Newer advice may have replaced theirs: then they have expired. Copies do not count.
        """
        for swap in self.filtered(lambda swap: swap.state == "moving"):
            states = set(swap.picking_ids.mapped("state")) - {"draft", "cancel"}
            if not states:
                is_current = swap.advice_id.state == "current"
                swap.state = "proposed" if is_current else "expired"
            elif states == {"done"}:
                swap.write({"state": "done", "done_at": fields.Datetime.now()})

    @api.model
    def _cron_measure(self):
        """Measure swaps four weeks after they were moved, each warehouse in its own transaction."""
        now = fields.Datetime.now()
        due = self.sudo().search(
            [
                ("state", "=", "done"),
                ("is_measured", "=", False),
                ("done_at", "<", now - timedelta(days=MEASURED_DAYS)),
                ("company_id.use_order_management", "=", True),
            ]
        )
        due = due.grouped("warehouse_id")
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(due))
        for warehouse, swaps in due.items():
            swaps._measure(warehouse)
            if not progress(1):
                return

    def _measure(self, warehouse):
        """Reckon again how much less people walked, from what was picked since.

        The days after the one on which goods were moved count, four weeks of them; only days that
        are over do.
        """
        zone = zone_of(warehouse, warehouse.company_id)
        today = day_of(fields.Datetime.now(), zone)
        last = {}
        for swap in self:
            moved = day_of(swap.done_at, zone)
            until = moved + timedelta(days=MEASURED_DAYS)
            if until < today:
                last[swap] = (moved, until)
        if not last:
            return
        book = SlottingBook(
            warehouse,
            min(moved for moved, _until in last.values()),
            max(until for _moved, until in last.values()),
        )
        for swap, (moved, until) in last.items():
            places = {swap.product_id.id: (swap.location_id.id, swap.location_dest_id.id)}
            if swap.other_product_id:
                other = (swap.location_dest_id.id, swap.location_id.id)
                places[swap.other_product_id.id] = other
            measured = book.measure(places, moved, until)
            swap.write({"is_measured": True, "measured_saving": round(measured, 3)})

    def action_open_transfers(self):
        """The transfers of these swaps.

        :return dict: a window action
        """
        pickings = self.picking_ids
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfers"),
            "res_model": "stock.picking",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", pickings.ids)],
        }
        if len(pickings) == 1:
            action.update(res_id=pickings.id, views=[(False, "form")])
        return action
