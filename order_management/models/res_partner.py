from odoo import fields, models
from odoo.exceptions import AccessError

from .common.access import has_role
from .intake.customers import PHONE_TAIL

# What orders are checked again for when it changes.
_ADDRESS_CODES = ("address_incomplete", "address_invalid")
CAUSES = {
    **dict.fromkeys(("street", "street2", "zip", "city", "state_id"), _ADDRESS_CODES),
    "country_id": (*_ADDRESS_CODES, "destination_restricted", "tax_id_invalid", "contact_invalid"),
    "email": ("contact_invalid",),
    "phone": ("contact_invalid",),
    "vat": ("tax_id_invalid",),
    "credit_limit": ("credit_limit",),
    "use_partner_credit_limit": ("credit_limit",),
    "order_blocked": ("customer_blocked",),
}


class ResPartner(models.Model):
    """Joint: what a customer wishes of their orders, and by what documents find them.

    Services that rooms offer each other on a partner: ``_get_receipt_delays()`` (promise).
    """

    _name = "res.partner"
    _inherit = [
        "res.partner",
        "vendor.delay.mixin",
        "vendor.performance.mixin",
        "vendor.terms.mixin",
        "order.paper.customer.mixin",
    ]

    order_priority = fields.Integer(
        help="Priority of this customer's orders; higher wins when stock is short."
    )

    order_blocked = fields.Boolean(
        "Orders blocked",
        tracking=True,
        help="Orders of this customer, or that go to or are invoiced to this contact, are held.",
    )

    order_product_code_ids = fields.One2many(
        "order.product.code",
        "partner_id",
        "Product codes",
        groups="order_management.group_clerk,order_management.group_auditor",
    )

    # Whole ones: PostgreSQL does not learn how selective an expression is from a partial index.
    _order_phone_idx = models.Index(f"({PHONE_TAIL})")
    _order_name_idx = models.Index("(lower(name))")
    _order_email_idx = models.Index("(email_normalized)")
    _order_zip_idx = models.Index("(zip) WHERE zip IS NOT NULL")

    def write(self, vals):
        """Orders that wait for what changes here are checked again soon; not within this."""
        self._ensure_may_unblock(vals)
        result = super().write(vals)
        if "tz" in vals and self.env["stock.warehouse"].sudo()._is_place_of(self):
            self.env.registry.clear_cache()
        causes = CAUSES.keys() & vals.keys()
        if causes and self.env.company._is_order_management_used():
            codes = {code for name in causes for code in CAUSES[name]}
            self.env["sale.order"]._mark_partners(self, codes, causes)
        return result

    def _ensure_may_unblock(self, vals):
        """Whoever edits contacts may block a customer; letting them order again is a manager's."""
        if vals.get("order_blocked", True) or has_role(self.env, "manager"):
            return
        if any(self.sudo().mapped("order_blocked")):
            raise AccessError(
                self.env._(
                    "Only order managers let a customer order again whose orders are blocked."
                )
            )
