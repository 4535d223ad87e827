"""What of done deliveries may still come back, beside everything that is open."""

from collections import defaultdict

from odoo.fields import Domain

from .delivery_book import DeliveryBook
from .return_book import OPEN_STATES


class RemainingBook:
    """Remaining quantities of ``moves``, in the product's unit, per delivery and per order line.

    Requests that are not announced to the warehouse yet count as gone, too. Components of kits
    are counted by delivery alone.
    """

    def __init__(self, moves):
        self.lines = moves.sale_line_id
        self.left = moves._get_returnable_quantities()
        self.by_line = self._read_lines()

    def get_remaining(self, move):
        """What may still come back of ``move``."""
        line = move.sale_line_id
        left = self.left[move.id]
        if move.product_id == line.product_id:
            left = min(left, self.by_line[line])
        return max(move.product_id.uom_id.round(left), 0.0)

    def find_excess(self, wanted):
        """The first delivery of which too much is wanted.

        :param dict wanted: move → quantity in the product's unit
        :return: ``(move, what may still come back)``, or ``None``
        """
        lines = defaultdict(float)
        for move, quantity in wanted.items():
            line, unit = move.sale_line_id, move.product_id.uom_id
            left = self.get_remaining(move)
            if move.product_id == line.product_id:
                lines[line] += quantity
                left = min(left, self.by_line[line] - lines[line] + quantity)
            if unit.compare(quantity, left) > 0:
                return move, max(unit.round(left), 0.0)
        return None

    def _read_lines(self):
        deliveries = DeliveryBook(self.lines)
        asked = self._read_unannounced()
        return {
            line: deliveries.get_left(line)
            - line.product_uom_id._compute_quantity(
                asked[line] + line.return_kept_quantity, line.product_id.uom_id, round=False
            )
            for line in self.lines
        }

    def _read_unannounced(self):
        """What open returns ask for that no transfer announces, in the order lines' units."""
        domain = Domain("sale_line_id", "in", self.lines.ids)
        domain &= Domain("return_id.state", "in", OPEN_STATES) & Domain("decision", "!=", "refuse")
        asked = defaultdict(float)
        for open_line in self.lines.env["order.return.line"].search(domain):
            asked[open_line.sale_line_id] += open_line._get_unannounced_quantity()
        return asked
