from contextlib import contextmanager

from odoo import models
from odoo.tools import SQL

# While many lines are validated: ids of the quants that this transaction has locked.
# Kept on the cursor, not in the context, where a remote caller could put it.
_HELD = "order_management.held_quants"


class OrderHeldStockMixin(models.AbstractModel):
    """Stock that is locked once for all lines that are validated together.

    Core locks a quant three times a line: when the reservation is taken back, when the goods
    leave and when they arrive. It passes over stock that somebody else ships from at that moment
    and notes what left on a new quant, on which the second line of a product takes back nothing,
    so that goods stay reserved for transfers that are done. Here the second one waits, and Odoo
    starts its call again.
    """

    _name = "order.held.stock.mixin"
    _description = "Stock locked once"

    @contextmanager
    def _holding(self, lines):
        """Lock the stock of some transfer lines; it counts as locked meanwhile.

        :raises psycopg2.errors.SerializationFailure: somebody else was faster
        """
        cache = self.env.cr.cache
        if _HELD in cache or not lines:
            yield
            return
        cache[_HELD] = self._lock_stock_of(lines)
        try:
            yield
        finally:
            cache.pop(_HELD, None)

    def _lock_stock_of(self, lines):
        """Ids of the quants of these lines that we got.

        All of those that may be reserved; of the others, where goods arrive or come from outside,
        what nobody else holds, for there a new one does no harm.
        """
        self.flush_model(["product_id", "location_id", "lot_id", "package_id"])
        kept = lines.filtered(lambda line: not line.location_id.should_bypass_reservation())
        wait = SQL("ORDER BY quant.id FOR NO KEY UPDATE OF quant")
        pass_over = SQL("FOR NO KEY UPDATE OF quant SKIP LOCKED")
        found = set()
        for part, place, lock in (
            (kept, "location_id", wait),
            (lines - kept, "location_id", pass_over),
            (lines, "location_dest_id", pass_over),
        ):
            if part:
                self.env.cr.execute(self._select_stock_of(part, place, lock))
                found.update(quant for (quant,) in self.env.cr.fetchall())
        self.browse(found).sudo().fetch()  # core reads them one by one when it changes them
        return found

    def _select_stock_of(self, lines, place, lock):
        pairs = {(line.product_id.id, line[place].id) for line in lines}
        packages = lines.package_id | lines.result_package_id
        return SQL(
            """
            SELECT quant.id
              FROM stock_quant AS quant
              JOIN UNNEST(%s, %s) AS wanted (product_id, location_id)
             USING (product_id, location_id)
             WHERE (quant.lot_id IS NULL OR quant.lot_id = ANY(%s))
               AND (quant.package_id IS NULL OR quant.package_id = ANY(%s))
            %s
            """,
            [product for product, _location in pairs],
            [location for _product, location in pairs],
            lines.lot_id.ids,
            packages.ids,
            lock,
        )

    def _get_held(self, limit):
        """The first of these quants that are locked by now, or none."""
        held = self.env.cr.cache.get(_HELD, ())
        return self.browse([found for found in self._ids if found in held][:limit])

    def _note_held(self):
        """These are locked, too, by now."""
        if _HELD in self.env.cr.cache:
            self.env.cr.cache[_HELD].update(self._ids)
        return self
