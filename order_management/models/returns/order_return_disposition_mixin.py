from collections import defaultdict

from odoo import Command, fields, models

from ...exceptions import ItemError


class OrderReturnDispositionMixin(models.AbstractModel):
    """Where inspected goods go.

    To add a disposition: (1) name it in ``DISPOSITIONS``; (2) write ``_place_<code>(self)``
    when the goods of a receipt are not to go where the warehouse receives: it answers the
    location; (3) write ``_dispose_<code>(self)`` when more is to be done: it gets all receipts
    of one operation, whose goods lie at their place by then, and works in one batch; (4) test
    that stock on hand is right.
    """

    _name = "order.return.disposition.mixin"
    _description = "Disposition of returned goods"

    def _get_place(self):
        """Where these goods are put instead of where the warehouse receives, if anywhere."""
        if self.outcome != "as_requested":
            return self._place_quarantine()
        place = getattr(self, f"_place_{self.disposition}", None)
        return place() if place else self.env["stock.location"]

    def _dispose(self):
        """Do what the dispositions ask for, now that the goods are there."""
        received = self.filtered(lambda receipt: receipt.outcome == "as_requested")
        for disposition, receipts in received.grouped("disposition").items():
            dispose = getattr(receipts, f"_dispose_{disposition}", None)
            if dispose:
                dispose()

    # -- Places -----------------------------------------------------------------------------

    def _place_quarantine(self):
        return self.return_line_id._get_return_warehouse()._get_return_place("quarantine")

    def _place_refurbish(self):
        return self.return_line_id._get_return_warehouse()._get_return_place("refurbish")

    def _place_vendor(self):
        """What goes back to a vendor waits where nobody sells it."""
        return self._place_quarantine()

    def _place_scrap(self):
        """Where goods are moved on after receipt, what is broken does not go along."""
        warehouse = self.return_line_id._get_return_warehouse()
        if warehouse.reception_steps == "one_step":
            return self.env["stock.location"]
        return self._place_quarantine()

    # -- What is done with them -------------------------------------------------------------

    def _dispose_scrap(self):
        """The goods leave the stock by core's scrap orders, all at once."""
        scraps = self.env["stock.scrap"].create([receipt._prepare_scrap_vals() for receipt in self])
        for scrap in scraps:
            scrap.name = self.env["ir.sequence"].next_by_code("stock.scrap")
        moves = self.env["stock.move"].create([scrap._prepare_move_values() for scrap in scraps])
        moves.with_context(is_scrap=True)._action_done()
        scraps.write({"state": "done", "date_done": fields.Datetime.now()})

    def _prepare_scrap_vals(self):
        line, move = self.return_line_id, self.move_id
        lots = move.move_line_ids.lot_id
        return {
            "product_id": line.product_id.id,
            "product_uom_id": line.product_uom_id.id,
            "scrap_qty": self.quantity,
            "lot_id": lots.filtered(lambda lot: not self.lot or lot.name == self.lot)[:1].id,
            "location_id": move.location_dest_id.id,
            "picking_id": move.picking_id.id,
            "origin": line.return_id.name,
            "company_id": line.company_id.id,
        }

    def _dispose_refurbish(self):
        """Somebody is asked to mend what lies there."""
        for picking, receipts in self.grouped(lambda receipt: receipt.move_id.picking_id).items():
            goods = ", ".join(receipts.mapped("display_name"))
            picking.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Refurbish %(goods)s", goods=goods),
                user_id=self.env.uid,
            )

    def _dispose_vendor(self):
        """Draft transfers to the vendors, one per return and vendor, to be confirmed by hand."""
        sources = self._find_vendors()
        groups = defaultdict(list)
        for receipt in self:
            vendor, purchase_line = sources[receipt.product_id]
            groups[receipt.return_id, vendor, receipt.move_id.location_dest_id].append(
                (receipt, purchase_line)
            )
        self.env["stock.picking"].create(
            [self._prepare_vendor_vals(*key, parts) for key, parts in groups.items()]
        )

    def _find_vendors(self):
        """Who the products were bought from last, else who sells them.

        :return dict: product → ``(vendor, purchase line or none)``
        """
        products, PurchaseLine = self.product_id, self.env["purchase.order.line"]
        bought = PurchaseLine._read_group(
            [
                ("product_id", "in", products.ids),
                ("order_id.state", "in", ("purchase", "done")),
                ("company_id", "in", self.company_id.ids),
            ],
            ["product_id"],
            ["id:max"],
        )
        lines = {product: PurchaseLine.browse(line_id) for product, line_id in bought}
        found = {}
        for product in products:
            line = lines.get(product, PurchaseLine)
            vendor = line.partner_id or product._prepare_sellers(params=False)[:1].partner_id
            if not vendor:
                raise ItemError(
                    "not_possible",
                    self.env._(
                        "%(product)s has no vendor to send it back to.",
                        product=product.display_name,
                    ),
                )
            found[product] = (vendor, line)
        return found

    def _prepare_vendor_vals(self, order_return, vendor, place, parts):
        company = order_return.company_id
        warehouse = parts[0][0].return_line_id._get_return_warehouse()
        target = vendor.with_company(company).property_stock_supplier
        shared = {
            "location_id": place.id,
            "location_dest_id": target.id,
            "company_id": company.id,
            "picking_type_id": warehouse.out_type_id.id,
            "origin": order_return.name,
        }
        return {
            **shared,
            "partner_id": vendor.id,
            "move_ids": [
                Command.create({**shared, **receipt._prepare_vendor_move_vals(line)})
                for receipt, line in parts
            ],
        }

    def _prepare_vendor_move_vals(self, purchase_line):
        """What was bought and received counts as received no more once it is sent back."""
        product = self.product_id
        quantity = self.return_line_id._get_product_quantity(self.quantity)
        bought = purchase_line.product_uom_id._compute_quantity(
            purchase_line.qty_received, product.uom_id, round=False
        ) if purchase_line else 0.0  # fmt: skip
        return {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "product_uom": product.uom_id.id,
            "procure_method": "make_to_stock",
            "purchase_line_id": purchase_line.id if bought >= quantity else False,
            "to_refund": True,
        }

    # -- What was not asked for -------------------------------------------------------------

    def _take_in_strays(self):
        """Take to quarantine what came instead of what was asked for, so that stock is right."""
        strays = self.filtered("received_product_id")
        if not strays:
            return
        moves = self.env["stock.move"].create([stray._prepare_stray_vals() for stray in strays])
        moves._action_confirm(merge=False)
        moves.move_line_ids.unlink()  # core's own guess, without the lot
        for stray, move in zip(strays, moves, strict=True):
            stray.move_id = move
            self.env["stock.move.line"].create(stray._prepare_stray_line_vals(move))
        moves.picked = True
        moves._action_done()

    def _prepare_stray_vals(self):
        product, one = self.received_product_id, self.return_id
        quantity = self.quantity
        if product == self.product_id:
            quantity = self.return_line_id._get_product_quantity(quantity)
        customer = one.order_id.partner_shipping_id or one.partner_id
        customer = customer.with_company(one.company_id)
        return {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "product_uom": product.uom_id.id,
            "location_id": customer.property_stock_customer.id,
            "location_dest_id": self._get_place().id,
            "company_id": one.company_id.id,
            "partner_id": customer.id,
            "origin": one.name,
            "procure_method": "make_to_stock",
        }

    def _prepare_stray_line_vals(self, move):
        """A lot that is not known is made, so that the goods can be told apart."""
        product = move.product_id
        vals = {
            "move_id": move.id,
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "quantity": move.product_uom_qty,
            "location_id": move.location_id.id,
            "location_dest_id": move.location_dest_id.id,
            "company_id": move.company_id.id,
        }
        if product.tracking == "none":
            return vals
        Lot = self.env["stock.lot"]
        name = self.lot or f"{self.return_id.name}/{self.id}"
        lot = Lot.search([("name", "=", name), ("product_id", "=", product.id)], limit=1)
        lot = lot or Lot.create(
            {"name": name, "product_id": product.id, "company_id": move.company_id.id}
        )
        return {**vals, "lot_id": lot.id}
