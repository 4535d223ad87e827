from odoo import models

from ...exceptions import ItemError
from .lot_book import LotBook


class OrderReturnArrivalMixin(models.AbstractModel):
    """Comparing what came with what was asked for: the product, the lot, the serial number."""

    _name = "order.return.arrival.mixin"
    _description = "Arrival of a return"

    def _judge_arrived(self, entries):
        """Note on ``entries`` what came instead, and which lots came."""
        self._find_received_products(entries)
        tracked = [
            entry
            for entry in entries
            if entry["outcome"] == "as_requested" and entry["line"].product_id.tracking != "none"
        ]
        if not tracked:
            return
        lines = self.env["sale.order.line"].union(*(one["line"].sale_line_id for one in tracked))
        book = LotBook(lines)
        for entry in tracked:
            self._judge_lot(entry, book)

    def _find_received_products(self, entries):
        """The products that came instead of what was asked for, by their internal references."""
        named = [entry for entry in entries if entry["received_sku"]]
        skus = [entry["received_sku"] for entry in named]
        domain = [("default_code", "in", skus), ("company_id", "in", [False, *self.company_id.ids])]
        products = self.env["product.product"].search(domain) if named else ()
        found = {product.default_code: product for product in products}
        for entry in named:
            path = f"{entry['path']}.received_sku"
            product = found.get(entry["received_sku"])
            if not product:
                raise ItemError("unknown_product", self.env._("No product matches."), path)
            if entry["outcome"] != "wrong_item" or product == entry["line"].product_id:
                message = self.env._("This is what was asked for; it is no wrong item.")
                raise ItemError("wrong_value", message, path)
            entry["received_product"] = product.id

    def _judge_lot(self, entry, book):
        """Which lot came; one that was not sent, or not asked back, is a wrong item."""
        line, path = entry["line"], f"{entry['path']}.lot"
        quantity = line._get_product_quantity(entry["quantity"])
        entry["lot"] = entry["lot"] or self._guess_lot(line, book)
        if not entry["lot"]:
            message = self.env._(
                "Say which lot or serial number of %(product)s came.",
                product=line.product_id.display_name,
            )
            raise ItemError("missing", message, path)
        if line.product_id.tracking == "serial" and quantity != 1.0:
            message = self.env._(
                "Each serial number of %(product)s is one unit and needs its own entry.",
                product=line.product_id.display_name,
            )
            raise ItemError("wrong_value", message, f"{entry['path']}.quantity")
        if line.is_foreign:
            self._ensure_new_lot(entry, path)
            return
        is_wanted = not line.lot_id or line.lot_id.name == entry["lot"]
        if not (is_wanted and book.take(line.sale_line_id, entry["lot"], quantity)):
            self._note_other_lot(entry, path)

    def _guess_lot(self, line, book):
        """The only lot it can be; serial numbers are always read from the goods."""
        if line.product_id.tracking == "serial":
            return False
        lots = line.lot_id or book.get_lots(line.sale_line_id)
        return lots[0].name if len(lots) == 1 else False

    def _ensure_new_lot(self, entry, path):
        """Any lot of goods that we did not sell may come, but no serial number that is here."""
        product = entry["line"].product_id
        lot = self.env["stock.lot"].search(
            [("name", "=", entry["lot"]), ("product_id", "=", product.id)], limit=1
        )
        if product.tracking == "serial" and lot.product_qty > 0:
            message = self.env._(
                "%(lot)s of %(product)s is in stock already.",
                lot=entry["lot"],
                product=product.display_name,
            )
            raise ItemError("unknown_lot", message, path)

    def _note_other_lot(self, entry, path):
        """Another lot came: noted, put to quarantine, and somebody decides about the money."""
        product = entry["line"].product_id
        lot = self.env["stock.lot"].search(
            [("name", "=", entry["lot"]), ("product_id", "=", product.id)], limit=1
        )
        if not lot or (product.tracking == "serial" and lot.product_qty > 0):
            message = self.env._(
                "%(lot)s of %(product)s was not sent out, or is back already.",
                lot=entry["lot"],
                product=product.display_name,
            )
            raise ItemError("unknown_lot", message, path)
        entry["outcome"], entry["is_mismatch"] = "wrong_item", True
        entry["received_product"] = product.id
