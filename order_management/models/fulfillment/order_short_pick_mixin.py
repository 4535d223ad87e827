from odoo import fields, models
from odoo.fields import Domain

from ...exceptions import ItemError
from ..common.access import as_service, public
from ..common.results import Arguments, error_of, row
from ..common.set_runner import run_set
from .order_short_move_mixin import BIN
from .order_short_pick import DAMAGED


class OrderShortPickMixin(models.AbstractModel):
    """Places that hold less than they should: other places, else a backorder; stock is counted."""

    _name = "order.short.pick.mixin"
    _description = "Transfer with short picks"

    short_pick_ids = fields.One2many("order.short.pick", "picking_id", readonly=True)

    @public
    def report_short(self, move_line_id, quantity, reason, request_key=False):
        """Report that a place holds less than is to be taken from it.

        The place counts as empty: its stock is lowered to what was picked there and is on its
        way out, and other transfers take from elsewhere, after this one. Of ``damaged`` goods
        only what is reported is scrapped. What no other place has is left for the backorder;
        after a pick step it is brought anew, as far as there is stock.

        :param int move_line_id: the transfer line
        :param float quantity: how much is missing, in the unit of the line
        :param str reason: why: ``missing``, ``damaged``, ``wrong_product``, or one's own words
        :param str request_key: makes the call safe to repeat
        :return: one item (one transfer a call): ``picking_id``, ``resourced`` (reserved elsewhere),
            ``backordered`` (the rest), both in the unit of the line; ``lost`` (by how much the
            stock of the place was lowered, in the unit of the product); ``line_ids`` (transfer
            lines with which it goes on); ``again_id`` (transfer that brings the rest anew)
        """
        arguments = Arguments(self.env)
        line_id = arguments.value(move_line_id, "integer", "move_line_id", required=True)
        quantity = arguments.value(quantity, "number", "quantity", required=True)
        reason = (arguments.value(reason, "text", "reason") or "").strip()
        if len(self) > 1:
            arguments.refuse("move_line_id", self.env._("a line belongs to a single transfer."))
        self._read_request_key(request_key)
        answers, pickings = {}, as_service(self)

        def report(part):
            for picking in part:
                answers[picking.id] = picking._report_once(request_key, line_id, quantity, reason)

        for picking, exception in run_set(pickings, report, "Short pick"):
            answers[picking.id] = picking._prepare_short_row([error_of(exception)])
        return [answers[picking.id] for picking in pickings]

    def _report_once(self, request_key, line_id, quantity, reason):
        return self.env["order.request"]._once(
            "stock.picking.report_short",
            request_key,
            [self.id, line_id, quantity, reason],
            lambda: self._report_short(line_id, quantity, reason),
            self.company_id,
        )

    def _report_short(self, line_id, quantity, reason):
        line = self._check_short(line_id, quantity, reason)
        move, unit = line.move_id, line.product_uom_id
        place = line._get_place()
        with self.env["stock.quant"]._holding(line):
            line._shrink(unit.round(line.quantity - quantity))
            others = self.env["stock.move"]
            if reason == DAMAGED:
                lost = self._scrap(place, unit._compute_quantity(quantity, move.product_id.uom_id))
            else:
                others = self._empty_place(place, line.exists()) - move
                lost = self._book_loss(place)
            before, known = move.quantity, move.move_line_ids
            move._reserve_elsewhere()
        others._reserve_elsewhere()
        gained = move.product_uom._compute_quantity(move.quantity - before, unit)
        resourced = min(max(unit.round(gained), 0.0), quantity)
        missing = unit._compute_quantity(quantity - resourced, move.product_uom)
        again = move._bring_again(missing)
        work = self.batch_id or self
        work._plan_tours()
        report = self.env["order.short.pick"].create(
            {
                "picking_id": self.id,
                **{name: place[name].id for name in BIN[:3]},
                "quantity": quantity,
                "product_uom_id": unit.id,
                "resourced": resourced,
                "backordered": unit.round(quantity - resourced),
                "lost": lost,
                "reason": reason,
            }
        )
        self._tell_short(report, move | others | again)
        (move | others | again).picking_id._tell_station("short")
        lines = (line.exists() | (move.move_line_ids - known)).filtered("quantity")
        return self._prepare_short_row(report=report, lines=lines, again=again)

    def _prepare_short_row(self, errors=(), report=None, lines=(), again=None):
        report = report or self.env["order.short.pick"]
        return row(
            errors,
            picking_id=self.id,
            resourced=report.resourced,
            backordered=report.backordered,
            lost=report.lost,
            line_ids=lines.ids if lines else [],
            again_id=again.picking_id.id if again else False,
        )

    def _check_short(self, line_id, quantity, reason):
        """The transfer line, when this can be reported of it."""
        if not self._is_open_for_work():
            raise ItemError("not_possible", self._get_closed_error()["message"])
        line = self.move_line_ids.filtered(lambda line: line.id == line_id)
        if not line:
            message = self.env._("%(transfer)s has no such line.", transfer=self.name)
            raise ItemError("unknown_line", message, "move_line_id")
        if not self._may_work_on():
            message = self._get_refusal_messages()["not_yours"]
            raise ItemError("not_possible", message)
        if not reason:
            message = self.env._("Tell why it is missing, such as missing or damaged.")
            raise ItemError("reason_required", message, "reason")
        unit = line.product_uom_id
        if unit.compare(quantity, 0.0) <= 0:
            message = self.env._("A quantity above nothing is required.")
            raise ItemError("wrong_value", message, "quantity")
        left = line._get_open_quantity() if line._is_open_for_scan() else 0.0
        if unit.compare(quantity, left) > 0:
            message = self.env._(
                "Only %(left)s of %(product)s are still to be picked from this line.",
                left=left,
                product=line.product_id.display_name,
            )
            raise ItemError("too_many", message, "quantity")
        return line

    def _empty_place(self, place, kept):
        """Free the place of what others would take there and nobody has picked yet.

        :param dict place: product, location, lot, package, owner
        :param kept: the line of which it is known what is there
        :return: the moves that lost goods
        """
        touched = self.env["stock.move"]
        for line in self._find_lines_of(place) - kept:
            handled = line._get_handled_quantity()
            if line.product_uom_id.compare(handled, line.quantity) < 0:
                touched |= line.move_id
                line._shrink(handled)
        return touched

    def _find_lines_of(self, place):
        """All that is to be taken from a place, by whatever transfer."""
        open_ones = Domain("state", "not in", ("done", "cancel")) & Domain("quantity", ">", 0)
        at_place = Domain.AND(Domain(name, "=", record.id) for name, record in place.items())
        return self.env["stock.move.line"].search(open_ones & at_place)

    def _get_quants(self, place):
        """The stock of a place; core finds what has no lot for every lot."""
        quants = self.env["stock.quant"]._gather(
            *(place[name] for name in BIN[:2]),
            **{name: place[name] for name in BIN[2:]},
            strict=True,
        )
        return quants.filtered(lambda quant: quant.lot_id == place["lot_id"])

    def _book_loss(self, place):
        """Lower the stock of a place to what is still to be taken from it.

        :return float: by how much, in the unit of the product
        """
        product = place["product_id"]
        quants = self._get_quants(place)
        there = sum(self._find_lines_of(place).mapped("quantity_product_uom"))
        loss = product.uom_id.round(sum(quants.mapped("quantity")) - there)
        if (
            product.uom_id.compare(loss, 0.0) <= 0
            or place["location_id"].should_bypass_reservation()
        ):
            return 0.0
        name = self.env._("Short pick of %(transfer)s", transfer=self.name)
        vals = (
            quants[:1]
            .with_context(inventory_name=name)
            ._get_inventory_move_values(
                loss,
                place["location_id"],
                product.with_company(self.company_id).property_stock_inventory,
                package_id=place["package_id"],
            )
        )
        self.env["stock.move"].create(vals).with_context(ignore_dest_packages=True)._action_done()
        return loss

    def _foresee_loss(self, line, quantity):
        """By how much the stock of a place is going to be lowered, in the unit of the product.

        :param float quantity: what is missing, in the unit of the line
        """
        place, unit = line._get_place(), line.product_id.uom_id
        there = line.product_uom_id._compute_quantity(line.quantity - quantity, unit, round=False)
        for other in self._find_lines_of(place) - line:
            handled = other._get_handled_quantity()
            there += other.product_uom_id._compute_quantity(handled, unit, round=False)
        return max(unit.round(sum(self._get_quants(place).mapped("quantity")) - there), 0.0)

    def _scrap(self, place, quantity):
        """Take damaged goods out of stock, by core's scrap order; answers how many."""
        scrap = self.env["stock.scrap"].create(
            {
                **{name: record.id for name, record in place.items()},
                "scrap_qty": quantity,
                "product_uom_id": place["product_id"].uom_id.id,
                "company_id": self.company_id.id,
                "origin": self.name,
            }
        )
        scrap.do_scrap()
        return quantity

    def _tell_short(self, report, moves):
        """Note it with the orders concerned; promises that rest on it are reckoned anew."""
        moves._note_lost_stock({"document": report.location_id.display_name})
        orders = moves.sale_line_id.order_id
        inputs = {
            "product": report.product_id.display_name,
            "place": report.location_id.display_name,
            "missing": report.quantity,
            "lost": report.lost,
            "resourced": report.resourced,
            "reason": report.reason,
        }
        self.env["order.decision"]._record(
            [
                {
                    "model": "sale.order",
                    "res_id": order.id,
                    "decision": "fulfillment.short",
                    "outcome": tell_short(inputs),
                    "inputs": inputs,
                    "alternatives": [],
                    "flip": self.env._("Stock at another place."),
                    "company_id": order.company_id.id,
                }
                for order in self._get_sale_orders()
            ]
        )
        message = self.env._(
            "%(missing)g × %(product)s missing at %(place)s (%(reason)s): %(resourced)g from other "
            "places, %(backordered)g left for later",
            **inputs,
            backordered=report.backordered,
        )
        self.env["order.event"]._append(
            [
                {"order_id": order.id, "kind": "short_pick", "message": message, "data": inputs}
                for order in self._get_sale_orders()
            ]
        )
        orders._advance_stage()


def tell_short(inputs):
    """The outcome of a short pick; also what a replay comes to."""
    if inputs["resourced"] >= inputs["missing"]:
        return "resourced"
    return "partly_resourced" if inputs["resourced"] else "backordered"
