from collections import defaultdict
from contextlib import contextmanager

from odoo import models
from odoo.tools import SQL

from .bulk_reservation import StockBook, is_plain

# While orders are confirmed together: the moves whose reordering rules are looked at afterwards.
# Kept on the cursor, not in the context, where a remote caller could put it.
_POSTPONED = "order_management.postponed_moves"
# While lines of a grouped reservation are made: (product id, location id) → quantities taken.
_TAKEN = "order_management.taken_quantities"


class OrderReservingMixin(models.AbstractModel):
    """Moves that are reserved together, and never more than there is.

    Core reads the stock for each line of each order, and writes it once a line. Where many
    orders are confirmed in one call, the plain moves (see :mod:`.bulk_reservation`) are reserved
    in one go with the same result; core does the rest.
    """

    _name = "order.reserving.mixin"
    _description = "Moves reserved together"

    @contextmanager
    def _reserving_together(self, wanted=True):
        """Meanwhile reservations are grouped; reordering rules are looked at once, afterwards.

        :param bool wanted: do it at all
        """
        cache = self.env.cr.cache
        if not wanted or _POSTPONED in cache:
            yield
            return
        cache[_POSTPONED] = []
        try:
            yield
            postponed = self.concat(*cache[_POSTPONED])
        finally:
            cache.pop(_POSTPONED, None)
        postponed._get_with_reordering_rule()._trigger_scheduler()

    def _postpone_scheduler(self):
        """The moves whose reordering rules are to be looked at now; the others are noted."""
        postponed = self.env.cr.cache.get(_POSTPONED)
        if postponed is None:
            return self
        postponed.append(self)
        return self.browse()

    def _get_with_reordering_rule(self):
        """Those of these moves for which core could find a rule: it searches once a move."""
        if not self:
            return self
        rules = self.env["stock.warehouse.orderpoint"].search(
            [("product_id", "in", self.product_id.ids), ("trigger", "=", "auto")]
        )
        ruled = {(rule.product_id.id, rule.company_id.id) for rule in rules}
        moves = self.browse(dict.fromkeys(self.ids))
        return moves.filtered(lambda move: (move.product_id.id, move.company_id.id) in ruled)

    def _before_assign(self, force_qty=False):
        """Reserve what may be reserved together, and lock the stock for what core reserves.

        :return: the moves that core needs not look at, for nothing is there for them
        """
        managed = self.filtered("company_id.use_order_management")
        wanting = managed.filtered(
            lambda move: (
                (force_qty or not move.picked)
                and move.state in ("confirmed", "waiting", "partially_available")
                and not move._should_bypass_reservation()
            )
        )
        if not wanting:
            return self.browse()
        self._lock_transfers()
        grouped = self.browse()
        if not force_qty and _POSTPONED in self.env.cr.cache and len(managed) == len(self):
            grouped = wanting._reserve_together()
        (wanting - grouped)._lock_stock()
        return grouped.filtered(lambda move: move.state == "confirmed")

    def _lock_transfers(self):
        """Transfers of which others may reserve the rest beside us: one of us is the last."""
        shared = self.picking_id.filtered(
            lambda picking: any(
                move.state in ("waiting", "confirmed", "partially_available")
                for move in picking.move_ids - self
            )
        )
        self.env["order.lock"].sudo()._acquire("transfer", shared.ids)

    def _lock_stock(self):
        """Whoever reserves the same goods beside us makes one of us start again.

        Core passes over quants that another transaction holds and reserves on a new one, so both
        would get the last piece.
        """
        if not self:
            return
        quants = self.env["stock.quant"]
        quants.flush_model(["product_id", "location_id", "quantity", "reserved_quantity"])
        self.env.cr.execute(
            SQL(
                """
                SELECT quant.id
                  FROM stock_quant AS quant
                  JOIN stock_location AS location ON location.id = quant.location_id
                 WHERE quant.product_id = ANY(%s)
                   AND quant.quantity > quant.reserved_quantity
                   AND location.parent_path LIKE ANY(%s)
                 ORDER BY quant.id
                   FOR NO KEY UPDATE OF quant
                """,
                self.product_id.ids,
                [f"{path}%" for path in set(self.location_id.mapped("parent_path"))],
            )
        )

    def _reserve_together(self):
        """Reserve the plain ones of these moves as core would, in their order.

        :return: the moves that were looked at
        """
        blocked = {move.product_id for move in self if not is_plain(move)}
        plain = self.filtered(lambda move: move.product_id not in blocked)
        if not plain:
            return plain
        plain._lock_stock()
        book = StockBook(plain)
        plain = plain.filtered(lambda move: move.product_id not in book.odd)
        batched = any(self.picking_type_id.mapped("auto_batch"))
        if batched and plain != self:
            return self.browse()  # who gets into which batch depends on the order of all
        rows = []
        for move in plain:
            need = move.product_uom._compute_quantity(
                move.product_uom_qty, move.product_id.uom_id, rounding_method="HALF-UP"
            )
            own = move.with_company(move.company_id)
            rows += [
                (quant, own._prepare_move_line_vals(quantity=quantity, reserved_quant=quant))
                for quant, quantity in book.take(move, need)
            ]
        self._create_reserved_lines(rows, batched)
        return plain

    def _create_reserved_lines(self, rows, batched):
        """Make all lines at once, and write each quant once.

        :param list rows: (quant, values of a line on it)
        :param bool batched: core looks for a batch whenever a transfer is ready, so they get
            ready one after the other
        """
        if not rows:
            return
        taken = defaultdict(list)
        quants = {}
        for quant, _values in rows:
            key = (quant.product_id.id, quant.location_id.id)
            quants[key], taken[key] = quant, []
        lines = self.env["stock.move.line"]
        self.env.cr.cache[_TAKEN] = taken
        try:
            lines = lines.with_context(preserve_state=batched)
            lines = lines.create([values for _quant, values in rows])
        finally:
            self.env.cr.cache.pop(_TAKEN, None)
        for key, quantities in taken.items():
            reserved = quants[key].reserved_quantity
            for quantity in quantities:
                reserved = max(0, reserved + quantity)
            quants[key].reserved_quantity = reserved
        if batched:
            for move in lines.move_id.with_env(self.env):
                move._recompute_state()


class OrderReservedStockMixin(models.AbstractModel):
    """Quants whose reservations are written together."""

    _name = "order.reserved.stock.mixin"
    _description = "Stock reserved together"

    def _is_reserved_together(self, product, location, quantity, *others):
        """Whether a grouped reservation writes this quantity itself; it is noted then.

        :param others: lot, package, owner
        """
        taken = self.env.cr.cache.get(_TAKEN)
        key = (product.id, location.id)
        if not taken or any(others) or key not in taken:
            return False
        taken[key].append(quantity)
        return True
