from odoo import http
from odoo.http import request


class ShopReturnPolicy(http.Controller):
    """The whole return policy on a page of its own."""

    @http.route(
        "/returns/policy",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def return_policy(self, **_rest):
        """What an order of today would keep for this visitor, for all products."""
        sentences = request.website._tell_return_policy()
        if not sentences:
            return request.not_found()
        return request.render(
            "order_management_website_sale.return_policy_page", {"sentences": sentences}
        )
