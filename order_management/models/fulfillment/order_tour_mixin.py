from collections import Counter

from odoo import fields, models

from ..common.access import as_service, public
from ..common.bulk import update_rows
from ..common.results import row
from .floor_book import FloorBook
from .tour_book import plan_tour


class OrderTourMixin(models.AbstractModel):
    """Work that people walk to: a transfer, or a batch of transfers."""

    _name = "order.tour.mixin"
    _description = "Work with a tour"

    tour_length = fields.Float(
        digits=(16, 1), readonly=True, copy=False,
        help="Metres from the depot and back to it; of a transfer in a batch, its share by lines.",
    )  # fmt: skip
    tour_bound = fields.Float(
        digits=(16, 1), readonly=True, copy=False,
        help="Metres that no tour by these places can fall below.",
    )  # fmt: skip

    @public
    def get_tour(self):
        """The order in which to walk to what is still to be picked; changes nothing.

        :return: one item per record: ``stops`` = ``[{"move_line_id", "location", "product_id",
            "quantity", "x", "y"}]`` in walking order (metres; places without coordinates last,
            with ``x`` and ``y`` ``False``), ``length`` and ``bound`` in metres, ``gap`` (by what
            share the tour is longer than its bound), ``unplaced`` (number of stops without
            coordinates), ``corners`` (``[[x, y]]``, where the tour turns or stops, floor by floor)
        """
        works = as_service(self)
        plans = works._find_tours()
        return [work._prepare_tour_row(*plans[work.id]) for work in works]

    def _find_tours(self):
        """Record id → (:class:`TourPlan`, the book it rests on)."""
        books, plans = {}, {}
        for work in self:
            warehouse = work.picking_type_id.warehouse_id
            if warehouse not in books:
                books[warehouse] = FloorBook(warehouse)
            book = books[warehouse]
            plans[work.id] = (plan_tour(work._get_tour_lines(), book), book)
        return plans

    def _get_tour_lines(self):
        """The transfer lines people still walk to."""
        return self.move_line_ids.filtered(
            lambda line: line.state not in ("done", "cancel") and line.quantity
        )

    def _prepare_tour_row(self, plan, book):
        return row(
            stops=[_prepare_stop(line, book.spot(line.location_id.id)) for line in plan.lines],
            length=round(plan.length, 3),
            bound=round(plan.bound, 3),
            gap=round(plan.length / plan.bound - 1.0, 6) if plan.bound else 0.0,
            unplaced=len(plan.unplaced),
            corners=[[list(corner) for corner in leg.corners] for leg in plan.legs],
        )

    def _plan_tours(self):
        """Number the lines of these in walking order and keep how long the tours are.

        What is done keeps the length it was picked on.
        """
        ranks, lengths, shares = {}, {}, {}
        for work, (plan, _book) in self._find_tours().items():
            if not plan.lines:
                continue
            shares.update(self._share_tour(plan))
            ranks.update((line, rank) for rank, line in enumerate(plan.lines, 1))
            lengths[work] = {
                "tour_length": round(plan.length, 3),
                "tour_bound": round(plan.bound, 3),
            }
        new = {
            line.id: {"tour_rank": rank} for line, rank in ranks.items() if line.tour_rank != rank
        }
        update_rows(self.env["stock.move.line"], new)
        update_rows(self.browse(), lengths)
        update_rows(self.env["stock.picking"], shares if "picking_ids" in self._fields else {})

    def _share_tour(self, plan):
        """Transfer id → its share of a tour, by its lines."""
        counts = Counter(line.picking_id.id for line in plan.lines)
        return {
            picking: {
                "tour_length": round(plan.length * count / len(plan.lines), 3),
                "tour_bound": round(plan.bound * count / len(plan.lines), 3),
            }
            for picking, count in counts.items()
        }


def _prepare_stop(line, spot):
    return {
        "move_line_id": line.id,
        "location": line.location_id.complete_name,
        "product_id": line.product_id.id,
        "quantity": line.quantity,
        "x": spot.x if spot else False,
        "y": spot.y if spot else False,
    }


class OrderTourLineMixin(models.AbstractModel):
    """Transfer lines in the order in which people walk to them."""

    _name = "order.tour.line.mixin"
    _description = "Transfer line on a tour"

    tour_rank = fields.Integer("Stop", readonly=True, copy=False, help="Counted along the tour.")
