"""What a run of ordering remembers while it lasts, and passes on in the context.

A caller from outside cannot send an object, so that nobody can forge it.
"""

from functools import cached_property

KEY = "reorder_run"


class SupplyRun:
    """One run of ordering, within one transaction."""

    def __init__(self, env):
        self.env = env
        self.needs = {}  # reordering rule → what it has, what comes
        self.rules = {}  # what core looks up of routes for each product anew
        self.failures = {}  # id of a reordering rule → why nothing was ordered

    @cached_property
    def has_analytics(self):
        """Whether any analytic rule has to be searched for each line."""
        return bool(self.env["account.analytic.distribution.model"].sudo().search([], limit=1))


def run_of(env):
    """The run that lasts, or ``None``."""
    run = env.context.get(KEY)
    return run if isinstance(run, SupplyRun) else None


def warm_up(rules):
    """Fetch at once what core reads of each product when it writes a purchase line.

    It asks for every product's name alone, in the vendor's language. Names that a vendor or a
    variant has a say in are left to core.
    """
    products = rules.product_id
    products.fetch(["default_code", "product_template_attribute_value_ids", "product_tmpl_id"])
    templates = products.product_tmpl_id
    templates.fetch(["seller_ids", "supplier_taxes_id", "uom_id"])
    sellers = templates.seller_ids
    sellers.fetch(["partner_id", "product_code", "product_name"])
    sellers.partner_id.fetch(["lang"])
    by_lang = {}
    for product in products:
        for seller in product.product_tmpl_id.seller_ids:
            by_lang.setdefault(seller.partner_id.lang, []).append((product, seller))
    field = products._fields["display_name"]
    for lang, pairs in by_lang.items():
        known = products.with_context(lang=lang)
        known.product_tmpl_id.fetch(["description_purchase", "name"])
        known.fetch(["default_code"])
        names = {product.id: product.name for product in known}
        for product, seller in pairs:
            if seller.product_name or seller.product_code:
                continue
            if product.product_template_attribute_value_ids:
                continue
            name = names[product.id]
            if product.default_code:
                name = f"[{product.default_code}] {name}"
            asked = product.with_context(
                lang=lang, partner_id=seller.partner_id.id, seller_id=seller.id
            )
            field._update_cache(asked, name)
