"""Which lots and serial numbers of order lines the customer still has."""

from collections import defaultdict


class LotBook:
    """What was sent of each lot with ``lines`` less what came back, in the product's unit.

    A serial number that was sold again counts for the order line it was sold with last.
    """

    def __init__(self, lines):
        self.left = {line: self._read(line) for line in lines}

    def get_lots(self, line):
        """The lots of ``line`` that the customer still has."""
        unit = line.product_id.uom_id
        return [lot for lot, left in self.left.get(line, {}).items() if unit.compare(left, 0.0) > 0]

    def take(self, line, name, quantity):
        """Take ``quantity`` of the lot ``name`` out of the book.

        :return: the lot, or ``None`` where the customer has less of it
        """
        for lot, left in self.left.get(line, {}).items():
            if lot.name == name and lot.product_id.uom_id.compare(left, quantity) >= 0:
                self.left[line][lot] -= quantity
                return lot
        return None

    def _read(self, line):
        left = defaultdict(float)
        for move in line.move_ids.filtered(lambda move: move.state == "done"):
            direction = move._get_customer_direction()
            for move_line in direction and move.move_line_ids:
                if move_line.lot_id:
                    left[move_line.lot_id] += direction * move_line.quantity_product_uom
        return left
