"""What kits are made of, where manufacturing is installed: stock lies as components, never as kits.

Core counts free kits too, each for itself: two kits of one order that share a component would
both be promised it. So an order's needs are counted in components here, by core's own explosion.
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
        self.boms = {}
        if has_model(products.env, "mrp.bom"):
            self.boms = (
                products.env["mrp.bom"]
                .sudo()
                ._bom_find(products, company_id=company.id, bom_type="phantom")
            )
        self.parts = {}

    def is_kit(self, product):
        return bool(self.boms.get(product))

    def get_parts(self, product):
        """The goods in one unit of a kit.

        :return dict: component → quantity in its unit
        """
        if product not in self.parts:
            bom = self.boms[product]
            made = bom.product_uom_id._compute_quantity(
                bom.product_qty, product.uom_id, round=False
            )
            found = {}
            for line, values in bom.explode(product, 1.0)[1]:
                component = line.product_id
                if component.type == "consu" and values["qty"]:
                    needed = line.product_uom_id._compute_quantity(
                        values["qty"], component.uom_id, round=False
                    )
                    component = component.with_env(product.env)
                    found[component] = found.get(component, 0.0) + needed / made
            self.parts[product] = found
        return self.parts[product]

    def get_needs(self, product):
        """What one unit of a product takes from stock: product → quantity in its unit."""
        parts = self.get_parts(product) if self.is_kit(product) else {product: 1.0}
        return {part: each for part, each in parts.items() if part.is_storable}


def whole_kits(quantity):
    """The number of kits that a part of a kit takes: there is no half a kit."""
    return float(math.ceil(round(quantity, 6)))
