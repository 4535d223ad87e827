from collections import defaultdict

from odoo import Command, fields, models

from .delivery_book import DeliveryBook


class OrderReturnAnnouncingMixin(models.AbstractModel):
    """The warehouse is told what comes back, by transfers of core's own."""

    _name = "order.return.announcing.mixin"
    _description = "Announcing of a return"

    def _create_receipts(self):
        """Announce what comes back to the warehouse: one transfer per return and place."""
        lines = self.line_ids.filtered(
            lambda line: line.decision == "accept" and line._needs_goods()
        )
        if not lines:
            return
        book = DeliveryBook(lines.sale_line_id)
        groups = defaultdict(list)
        for line in lines:
            for move, quantity in book.allocate(line.sale_line_id, line.quantity):
                groups[self._get_receipt_key(line, move)].append((line, move, quantity))
            book.take(line.sale_line_id, line.quantity)
        pickings = self.env["stock.picking"].create(
            [self._prepare_picking_vals(*key, parts) for key, parts in groups.items()]
        )
        moves = self.env["stock.move"].create(
            [
                self._prepare_move_vals(picking, *part)
                for picking, parts in zip(pickings, groups.values(), strict=True)
                for part in parts
            ]
        )
        moves._action_confirm(merge=False)
        moves._action_assign()
        for move in moves.filtered("return_line_id.lot_id"):
            move.move_line_ids.lot_id = move.return_line_id.lot_id

    def _get_receipt_key(self, line, move):
        """What can come back in one transfer: return, type of operation, from and to."""
        delivery = move.picking_type_id
        returning = delivery.return_picking_type_id
        target = move.location_id
        if returning.code == "incoming":
            target = returning.default_location_dest_id
        return line.return_id, returning or delivery, move.location_dest_id, target

    def _prepare_picking_vals(self, order_return, picking_type, source, target, parts):
        return {
            "picking_type_id": picking_type.id,
            "location_id": source.id,
            "location_dest_id": target.id,
            "partner_id": order_return._get_sender().id,
            "origin": order_return.name,
            "return_id": parts[0][1].picking_id.id,
            "company_id": order_return.company_id.id,
        }

    def _prepare_move_vals(self, picking, line, move, quantity):
        return {
            "picking_id": picking.id,
            "picking_type_id": picking.picking_type_id.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id,
            "company_id": picking.company_id.id,
            "partner_id": picking.partner_id.id,
            "product_id": move.product_id.id,
            "product_uom_qty": quantity,
            "product_uom": move.product_id.uom_id.id,
            "location_id": picking.location_id.id,
            "location_dest_id": picking.location_dest_id.id,
            "date": fields.Datetime.now(),
            "origin": picking.origin,
            "procure_method": "make_to_stock",
            "to_refund": True,
            "origin_returned_move_id": move.id,
            "move_orig_ids": [Command.link(move.id)],
            "reference_ids": [Command.set(move.reference_ids.ids)],
            "sale_line_id": line.sale_line_id.id,
            "return_line_id": line.id,
        }
