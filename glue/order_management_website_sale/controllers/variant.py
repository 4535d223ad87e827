from odoo.http import request, route

from odoo.addons.website_sale.controllers.variant import WebsiteSaleVariantController


class ShopVariantController(WebsiteSaleVariantController):
    """Another variant may be returned on other terms."""

    @route()
    def get_combination_info_website(self, *args, **kwargs):
        """Add the section about returns where the variant has changed."""
        values = super().get_combination_info_website(*args, **kwargs)
        if not values.get("no_product_change"):
            product = request.env["product.product"].browse(values["product_id"])
            template = request.env["product.template"].browse(values["product_template_id"])
            values["return_policy"] = request.env["ir.ui.view"]._render_template(
                "order_management_website_sale.product_return_policy",
                {"website": request.website, "return_product": product or template},
            )
        return values
