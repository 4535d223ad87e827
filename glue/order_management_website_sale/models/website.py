from odoo import models
from odoo.http import request


class Website(models.Model):
    """The shop tells its visitors what they may send back, as long as they have not bought."""

    _inherit = "website"

    def _tell_return_policy(self, product=None):
        """What an order of today would keep for this visitor, in sentences.

        :param product: a variant, or a template of which no variant is chosen; without one, the
            terms of all products
        :return: list of texts; none without a policy
        """
        self.ensure_one()
        user = self.env.user
        customer = None if user._is_public() else user.partner_id
        return self.env["order.return.policy"]._describe_today(
            self.company_id,
            self._get_return_country(customer),
            product=product,
            customer=customer,
        )

    def _get_return_country(self, customer):
        """Where an order of this visitor would go to, as far as that can be told.

        As their cart says, else their own address, else where they surf, else where the shop is.
        """
        cart = request.cart if request else self.env["sale.order"]
        country = self.env["res.country"]
        if cart and not cart._is_anonymous_cart():
            country = cart.partner_shipping_id.country_id
        if not country and customer:
            country = customer.country_id
        code = not country and self._get_geoip_country_code()
        if code:
            country = country.search([("code", "=", code)], limit=1)
        return country or self.company_id.country_id
