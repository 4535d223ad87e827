from odoo import fields, models


class OrderScanLineMixin(models.AbstractModel):
    """How much of a transfer line was scanned.

    Core knows only picked or not. A line counts as picked when all of it was scanned; a line
    scanned in part is split when its goods are packed or shipped.
    """

    _name = "order.scan.line.mixin"
    _description = "Scanned transfer line"

    scanned_quantity = fields.Float(
        "Scanned", digits="Product Unit", readonly=True, copy=False,
        help="In the unit of the line.",
    )  # fmt: skip

    def _is_open_for_scan(self):
        """Whether goods can still be scanned for this line."""
        return not (self.picked or self._is_packed_here()) and self._get_open_quantity() > 0

    def _is_packed_here(self):
        """Whether its goods lie in a parcel of this transfer."""
        return bool(self.result_package_id) and self.result_package_id != self.package_id

    def _get_open_quantity(self):
        """What is still to be scanned, in the unit of the line."""
        return self.product_uom_id.round(self.quantity - self.scanned_quantity)

    def _get_handled_quantity(self):
        """Service for the promise room: how much of it is picked or packed, in its unit."""
        is_done = self.picked or self._is_packed_here()
        return self.quantity if is_done else self.scanned_quantity

    def _share_scan(self, quantity):
        """Share a scanned quantity out over open lines of one product, first come first served.

        :param float quantity: in the unit of the product
        :return list: (line, quantity in its unit); empty when the lines hold less
        """
        shares = []
        for line in self:
            stock_unit = line.product_id.uom_id
            wanted = stock_unit._compute_quantity(quantity, line.product_uom_id, round=False)
            share = min(wanted, line._get_open_quantity())
            shares.append((line, share))
            quantity -= line.product_uom_id._compute_quantity(share, stock_unit, round=False)
            if stock_unit.is_zero(quantity):
                return shares
        return []

    def _take_scanned(self, outcome, quantity):
        """Note that goods were scanned; a line without a lot gets theirs."""
        named = outcome.named
        if self._lacks_lot(named):
            self._split_for_lot(quantity)
            self.write({"lot_id": named.lot.id} if named.lot else {"lot_name": named.lot_name})
        self._add_scanned(quantity)

    def _lacks_lot(self, named):
        """Whether the line is to get the lot that a code names."""
        return named.kind == "lot" and not (self.lot_id or self.lot_name)

    def _split_for_lot(self, quantity):
        """Leave ``quantity`` on this line; the rest is a line of its own, for another lot."""
        rest = self.product_uom_id.round(self.quantity - quantity)
        if self.product_uom_id.compare(rest, 0.0) > 0:
            rest_vals = self._prepare_rest_vals(rest, 0.0)
            self.quantity = quantity
            self.copy(rest_vals)

    def _add_scanned(self, quantity):
        """Note that ``quantity`` (may be negative), in the unit of the line, was scanned."""
        scanned = self.product_uom_id.round(self.scanned_quantity + quantity)
        complete = self.product_uom_id.compare(scanned, self.quantity) >= 0
        self.write({"scanned_quantity": scanned, "picked": complete})

    def _settle_scanned(self):
        """Make every line that was scanned in part a picked line and a line for the rest.

        :return: the lines that are picked now
        """
        touched = self.filtered(lambda line: line.scanned_quantity and not line.picked)
        for line in touched:
            line._keep_picked(line.scanned_quantity)
        return self.filtered("picked")

    def _keep_picked(self, quantity):
        """Make this line a picked one of ``quantity``; the rest becomes a line of its own.

        :return: the line of the rest, if there is one
        """
        rest = self.product_uom_id.round(self.quantity - quantity)
        rest_vals = self._prepare_rest_vals(rest, self.scanned_quantity - quantity)
        kept = {"scanned_quantity": min(self.scanned_quantity, quantity), "picked": True}
        if self.product_uom_id.is_zero(rest):
            self.write(kept)
            return self.browse()
        # First give the rest free, then reserve it again for the line of the rest.
        self.write({"quantity": quantity, **kept})
        return self.copy(rest_vals)

    def _prepare_rest_vals(self, quantity, scanned):
        return {
            "quantity": quantity,
            "picked": self.picked,
            "scanned_quantity": max(scanned, 0.0),
        }
