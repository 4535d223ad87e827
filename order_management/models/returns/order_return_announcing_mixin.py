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
        for line in lines.filtered("is_foreign"):
            quantity = line._get_product_quantity(line.quantity)
            groups[self._get_foreign_receipt_key(line)].append((line, None, quantity))
        for line in lines.filtered("sale_line_id"):
            for move, quantity in book.allocate(line.sale_line_id, line.quantity):
                groups[self._get_receipt_key(line, move)].append((line, move, quantity))
            book.take(line.sale_line_id, line.quantity)
        pickings = self._open_receipts(groups)
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

    def _open_receipts(self, groups):
        """The transfer of each group: one that awaits goods of the same parcel, or a new one."""
        known = self.filtered("group_ref")._get_together().picking_ids
        awaited = {
            _get_key(one): one
            for one in known
            if one.state not in ("done", "cancel") and not any(one.move_ids.mapped("picked"))
        }
        new = [key for key in groups if key not in awaited]
        created = self.env["stock.picking"].create(
            [self._prepare_picking_vals(*key, groups[key]) for key in new]
        )
        awaited.update(zip(new, created, strict=True))
        return [awaited[key] for key in groups]

    def _get_receipt_key(self, line, move):
        """What can come back in one transfer: number, sender, type of operation, from and to."""
        delivery = move.picking_type_id
        returning = delivery.return_picking_type_id
        target = move.location_id
        if returning.code == "incoming":
            target = returning.default_location_dest_id
        place = (returning or delivery, move.location_dest_id, target)
        return self._get_parcel_key(line.return_id) + place

    def _get_foreign_receipt_key(self, line):
        """The same of goods that were not sold by us: as if sent by the return's warehouse."""
        one, delivery = line.return_id, line.return_id.warehouse_id.out_type_id
        returning = delivery.return_picking_type_id or one.warehouse_id.in_type_id
        source = one.partner_id.with_company(one.company_id).property_stock_customer
        place = (returning, source, returning.default_location_dest_id)
        return self._get_parcel_key(one) + place

    def _get_parcel_key(self, order_return):
        """What is asked back together comes in one parcel."""
        return order_return.group_ref or order_return.name, order_return._get_sender()

    def _prepare_picking_vals(self, number, sender, picking_type, source, target, parts):
        deliveries = self.env["stock.move"].union(*(move for _line, move, _qty in parts if move))
        return {
            "picking_type_id": picking_type.id,
            "location_id": source.id,
            "location_dest_id": target.id,
            "partner_id": sender.id,
            "origin": number,
            "return_id": deliveries.picking_id[:1].id,
            "company_id": parts[0][0].company_id.id,
        }

    def _prepare_move_vals(self, picking, line, move, quantity):
        product = move.product_id if move else line.product_id
        vals = {
            "picking_id": picking.id,
            "picking_type_id": picking.picking_type_id.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id,
            "company_id": picking.company_id.id,
            "partner_id": picking.partner_id.id,
            "product_id": product.id,
            "product_uom_qty": quantity,
            "product_uom": product.uom_id.id,
            "location_id": picking.location_id.id,
            "location_dest_id": picking.location_dest_id.id,
            "date": fields.Datetime.now(),
            "origin": picking.origin,
            "procure_method": "make_to_stock",
            "return_line_id": line.id,
        }
        if not move:
            # Core would add a line to the order that the parcel came with.
            return {**vals, "to_refund": False}
        return {
            **vals,
            "to_refund": True,
            "origin_returned_move_id": move.id,
            "move_orig_ids": [Command.link(move.id)],
            "reference_ids": [Command.set(move.reference_ids.ids)],
            "sale_line_id": line.sale_line_id.id,
        }


def _get_key(picking):
    place = (picking.picking_type_id, picking.location_id, picking.location_dest_id)
    return (picking.origin, picking.partner_id, *place)
