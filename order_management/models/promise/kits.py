"""What kits are made of, where manufacturing is installed: stock lies as components, never as kits.

Core counts free kits too, each for itself: two kits of one order that share a component would
both be promised it. So an order's needs are counted in components here, as core explodes them,
but for all kits at once: core searches again for every kit.
"""

import math

from ..common.optional import has_model


class Kits:
    """The kits among some products.

    :param products: of one company's orders
    :param company: whose bills of materials count
    """

    def __init__(self, products, company):
        self.company = company
        self.boms = self._find(products) if has_model(products.env, "mrp.bom") else {}
        self.inner = None
        self.parts = {}

    def is_kit(self, product):
        return bool(self.boms.get(product))

    def get_parts(self, product):
        """The goods in one unit of a kit.

        :return dict: component → quantity in its unit
        """
        if product not in self.parts:
            bom = self.boms[product]
            self._learn_inner_kits()
            made = bom.product_uom_id._compute_quantity(
                bom.product_qty, product.uom_id, round=False
            )
            found = {}
            for component, needed in self._walk(bom, product, 1.0, ()):
                component = component.with_env(product.env)
                found[component] = found.get(component, 0.0) + needed / made
            self.parts[product] = found
        return self.parts[product]

    def get_needs(self, product):
        """What one unit of a product takes from stock: product → quantity in its unit."""
        parts = self.get_parts(product) if self.is_kit(product) else {product: 1.0}
        return {part: each for part, each in parts.items() if part.is_storable}

    def _find(self, products):
        boms = products.env["mrp.bom"].sudo()
        return boms._bom_find(products, company_id=self.company.id, bom_type="phantom")

    def _learn_inner_kits(self):
        """Find the kits in all kits: one search for each step down, whatever their number."""
        if self.inner is not None:
            return
        self.inner, known = {}, set()
        boms = [bom for bom in self.boms.values() if bom]
        while boms:
            components = boms[0].union(*boms).bom_line_ids.product_id
            fresh = components.browse(set(components.ids) - known)
            known.update(fresh.ids)
            found = self._find(fresh) if fresh else {}
            boms = [bom for bom in found.values() if bom]
            self.inner.update(found)

    def _walk(self, bom, product, quantity, above):
        """Yield ``(component, quantity in its unit)`` of so many times a bill of materials."""
        for line in bom.bom_line_ids:
            if line._skip_bom_line(product):
                continue
            needed, part = quantity * line.product_qty, line.product_id
            inner = self.inner.get(part)
            if inner and inner not in above:
                times = line.product_uom_id._compute_quantity(
                    needed / inner.product_qty, inner.product_uom_id, round=False
                )
                yield from self._walk(inner, part, times, (*above, inner))
            elif part.type == "consu" and needed:
                needed = line.product_uom_id.round(needed, rounding_method="UP")
                yield part, line.product_uom_id._compute_quantity(needed, part.uom_id, round=False)


def find_kits(env, company):
    """All products that are sold as kits in a company."""
    products = env["product.product"]
    if not has_model(env, "mrp.bom"):
        return products
    boms = (
        env["mrp.bom"]
        .sudo()
        .search([("type", "=", "phantom"), ("company_id", "in", (False, company.id))])
    )
    general = boms.filtered(lambda bom: not bom.product_id)
    return boms.product_id | general.product_tmpl_id.product_variant_ids


def whole_kits(quantity):
    """The number of kits that a part of a kit takes: there is no half a kit."""
    return float(math.ceil(round(quantity, 6)))
