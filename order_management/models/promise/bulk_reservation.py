"""Reserving many moves together: one look at the stock, and who takes what is worked out here.

Only what core would do the same way, quant for quant: goods without lots, in their own unit, in
no package and nobody else's. The rest is left to core, and with it every move of a product that
has a move left to core, for they draw on the same stock.
"""

from collections import defaultdict

from odoo.fields import Domain

ORDERED = ("fifo", "lifo", "fefo")  # strategies that are an order of quants, nothing more


def is_plain(move):
    """Whether core reserves this move straight from stock, by the quants' order alone.

    :param move: one that needs stock of its own
    """
    product = move.product_id
    destination = move.location_dest_id.sudo()
    return (
        move.state == "confirmed"
        and move.procure_method != "make_to_order"
        and product.tracking == "none"
        and move.product_uom == product.uom_id
        and move.product_uom.compare(move.product_uom_qty, 0.0) > 0
        and not move.picked
        and not move.move_orig_ids
        and not move.move_line_ids
        and not move.restrict_partner_id
        and not (move.packaging_uom_id and product.categ_id.packaging_reserve_method == "full")
        and destination.usage != "view"
        and not destination.putaway_rule_ids
    )


class StockBook:
    """The stock that plain moves of some products draw on, in the order core would take it.

    :param moves: plain ones
    """

    def __init__(self, moves):
        self.env = moves.env
        self.strategies = self._find_strategies(moves)
        self.quants = self._read_quants(moves)
        self.free = {
            quant: quant.quantity - quant.reserved_quantity
            for quants in self.quants.values()
            for quant in quants
        }
        self.odd = {product for product in moves.product_id if not self._is_simple(product)}

    def take(self, move, quantity):
        """Take up to ``quantity`` for a move.

        :return list: (quant, quantity), as core's ``_get_reserve_quantity``
        """
        compare = move.product_id.uom_id.compare
        taken = []
        for quant in self._get_quants_for(move):
            if compare(quantity, 0.0) <= 0:
                break
            free = self.free[quant]
            if compare(free, 0.0) <= 0:
                continue
            part = min(free, quantity)
            self.free[quant] -= part
            quantity -= part
            taken.append((quant, part))
        return taken

    def _get_quants_for(self, move):
        path = move.location_id.parent_path
        strategy = self.strategies[move.product_id, move.location_id]
        for quant in self.quants[move.product_id, strategy]:
            if quant.location_id.parent_path.startswith(path):
                yield quant

    def _find_strategies(self, moves):
        find = self.env["stock.quant"]._get_removal_strategy
        pairs = {(move.product_id, move.location_id) for move in moves}
        return {pair: find(*pair) for pair in pairs}

    def _read_quants(self, moves):
        """The quants beneath the moves' locations: (product, strategy) → quants in its order."""
        found = defaultdict(list)
        wanted = defaultdict(set)
        for (product, location), strategy in self.strategies.items():
            wanted[strategy].add((product.id, location.id))
        quant = self.env["stock.quant"].sudo()
        names = ["product_id", "location_id", "lot_id", "package_id", "owner_id", "in_date"]
        for strategy, pairs in wanted.items():
            if strategy not in ORDERED:
                continue
            products, locations = zip(*pairs, strict=True)
            domain = Domain("product_id", "in", list(set(products))) & Domain(
                "location_id", "child_of", list(set(locations))
            )
            order = quant._get_removal_strategy_order(strategy)
            fields = [*names, "quantity", "reserved_quantity"]
            for row in quant.search_fetch(domain, fields, order=order)._sort_by_zone():
                found[row.product_id.with_env(self.env), strategy].append(row)
        return found

    def _is_simple(self, product):
        """Whether core takes this product's quants one after the other, as they are."""
        strategies = {
            strategy for (other, _location), strategy in self.strategies.items() if other == product
        }
        if len(strategies) > 1 or not strategies <= set(ORDERED):
            return False
        quants = self.quants[product, *strategies]
        compare = product.uom_id.compare
        return len({quant.location_id for quant in quants}) == len(quants) and not any(
            quant.lot_id
            or quant.package_id
            or quant.owner_id
            or not quant.in_date
            or compare(quant.quantity, 0.0) < 0
            or compare(self.free[quant], 0.0) < 0
            for quant in quants
        )
