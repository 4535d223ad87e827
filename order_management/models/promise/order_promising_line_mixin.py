from datetime import timedelta

from odoo import models

from .serving import serve


class OrderPromisingLineMixin(models.AbstractModel):
    _name = "order.promising.line.mixin"
    _description = "Order line with promised dates"

    def _has_own_supply(self):
        """Whether its goods come for it alone: made to order, or straight from the vendor."""
        return self._is_made_to_order() or self._is_dropshipped()

    def _is_dropshipped(self):
        """Whether the vendor ships it to the customer."""
        rules = (self.route_ids or self.product_id.route_ids).rule_ids
        return any(
            rule.location_src_id.usage == "supplier" and rule.location_dest_id.usage == "customer"
            for rule in rules
        )

    def _get_undelivered_quantity(self):
        """What is still to be delivered, in the product's unit."""
        return self.product_uom_id._compute_quantity(
            max(self.product_uom_qty - self.qty_delivered, 0.0),
            self.product_id.uom_id,
            round=False,
        )

    def _plan_promise(self, book, needs, day, shipping):
        """Parts of this line by the day on which the goods are there (``there``)."""
        asked = self._get_undelivered_quantity()
        if not asked:
            return []
        if needs is None:
            found = [] if self._has_own_supply() else [(asked, day, "stock", False)]
        else:
            found = serve(book, self.warehouse_id, self.product_id, needs, asked, self)
        parts = [
            {
                **self._prepare_part(quantity, max(there, day), source, reference),
                "vendor_id": book.vendors.get(reference, False),
            }
            for quantity, there, source, reference in found
        ]
        rest = asked - sum(quantity for quantity, *_part in found)
        if self.product_id.uom_id.compare(rest, 0.0) > 0:
            product = self.product_id.with_company(self.company_id)
            seller = product._get_lead_seller(day, rest)
            if seller:
                lead = day + timedelta(days=seller.delay)
                part = self._prepare_part(rest, lead, "lead_time", False)
                parts.append({**part, "vendor_id": seller.partner_id.id})
        return parts

    def _prepare_part(self, quantity, there, source, reference):
        return {
            "quantity": self.product_id.uom_id._compute_quantity(
                quantity, self.product_uom_id, rounding_method="HALF-UP"
            ),
            "base_quantity": quantity,
            "there": there,
            "source": source,
            "reference": reference,
        }

    def _get_promised_day(self, parts):
        """The day the last part arrives; ``False`` unless the parts are all that is asked."""
        if not parts and not self._get_undelivered_quantity():
            return self.promise_date or False
        promised = sum(part["quantity"] for part in parts)
        asked = self.product_uom_qty - self.qty_delivered
        if self.product_uom_id.compare(promised, asked) < 0:
            return False
        return max(part["delivery_date"] for part in parts)

    def _tell_unpromised(self, parts):
        promised = sum(part["quantity"] for part in parts)
        asked = self.product_uom_qty - self.qty_delivered
        return self.env._(
            "%(product)s: for %(missing)s of %(asked)s there is neither stock nor a receipt, and "
            "no vendor is known.",
            product=self.product_id.display_name,
            missing=f"{asked - promised:g}",
            asked=f"{asked:g}",
        )
