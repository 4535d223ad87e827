from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.common.access import as_service, check_visible
from ..tools import postal

ADDRESS_FIELDS = ("street", "street2", "zip", "city", "state_id", "country_id")
CONTACT_FIELDS = ("email", "phone")
LINE_FIELDS = {"quantity": "product_uom_qty", "price_unit": "price_unit", "discount": "discount"}


class OrderFindingMend(models.TransientModel):
    """Mends what a check found, where it was found, and checks the order again.

    It writes as the user, who needs the same rights as on core's own forms.
    """

    _name = "order.finding.mend"
    _description = "Mend what a check found"

    finding_id = fields.Many2one("order.finding", required=True, readonly=True)
    order_id = fields.Many2one(related="finding_id.order_id")
    kind = fields.Selection(
        [("address", "Address"), ("contact", "Contact"), ("line", "Line")],
        compute="_compute_kind",
    )
    message = fields.Char(related="finding_id.message")
    hint = fields.Char(related="finding_id.hint")

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    scope = fields.Selection(
        [("customer", "Correct the customer's address"), ("order", "Only for this order")],
        default="customer",
        required=True,
    )
    street = fields.Char()
    street2 = fields.Char("Street 2")
    zip = fields.Char("Postcode")
    city = fields.Char()
    state_id = fields.Many2one("res.country.state")
    country_id = fields.Many2one("res.country")
    problems = fields.Char("Still wrong", compute="_compute_problems")
    email = fields.Char("E-mail")
    phone = fields.Char()

    line_id = fields.Many2one("sale.order.line", readonly=True)
    product_id = fields.Many2one(related="line_id.product_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    quantity = fields.Float(digits="Product Unit")
    price_unit = fields.Float("Unit price", digits="Product Price")
    discount = fields.Float("Discount (%)", digits="Discount")
    expected_price = fields.Float("Price list says", digits="Product Price", readonly=True)

    @api.depends("finding_id")
    def _compute_kind(self):
        for mend in self:
            mend.kind = mend.finding_id._get_mend_kind()

    @api.depends(*ADDRESS_FIELDS)
    def _compute_problems(self):
        for mend in self:
            found = postal.check(mend._prepare_address()) if mend.kind == "address" else []
            mend.problems = " ".join(problem.message for problem in found)

    def _prepare_address(self):
        return {
            **{name: self[name] or "" for name in ("street", "street2", "zip", "city")},
            "state": self.state_id.code or "",
            "country": self.country_id.code or "",
        }

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        finding = self.env["order.finding"].browse(values.get("finding_id")).exists()
        if finding:
            check_visible(finding)
            values.update(self._prepare_values(finding))
        return values

    def _prepare_values(self, finding):
        """What stands there now."""
        kind, order = finding._get_mend_kind(), finding.order_id
        details = finding.sudo().details or {}
        if kind == "line":
            line = finding.line_id
            now = {name: line[field] for name, field in LINE_FIELDS.items()}
            return {"line_id": line.id, "expected_price": details.get("expected", 0.0), **now}
        partner = order.partner_shipping_id if kind == "address" else order.partner_id
        known = order.partner_id | order.partner_shipping_id | order.partner_invoice_id
        if details.get("partner_id") in known.ids:
            partner = partner.browse(details["partner_id"])
        now = {name: partner[name] for name in ("street", "street2", "zip", "city")}
        return {
            **now,
            "partner_id": partner.id,
            "state_id": partner.state_id.id,
            "country_id": partner.country_id.id,
            **{name: partner[name] for name in CONTACT_FIELDS},
        }

    @api.onchange("country_id")
    def _onchange_country_id(self):
        if self.state_id.country_id != self.country_id:
            self.state_id = False

    def action_take_expected(self):
        """Take the price list's price."""
        self.ensure_one()
        self.write({"price_unit": self.expected_price, "discount": 0.0})
        return self.action_save()

    def action_save(self):
        """Write what was mended and check the order again."""
        self.ensure_one()
        check_visible(self.finding_id)
        if self.kind not in ("address", "contact", "line"):
            raise UserError(self.env._("Nothing of this can be mended here; open the order."))
        getattr(self, f"_save_{self.kind}")()
        as_service(self.order_id)._recheck()
        action = self.order_id._tell_holds()
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action

    def _save_address(self):
        if self.scope == "customer":
            self._write_changed(self.partner_id, ADDRESS_FIELDS)
            return
        customer = self.order_id.partner_id
        address = self.env["res.partner"].create(
            {
                **self._get_values(ADDRESS_FIELDS),
                "name": self.partner_id.name or customer.name,
                "type": "delivery",
                "parent_id": customer.commercial_partner_id.id,
                "email": self.partner_id.email,
                "phone": self.partner_id.phone,
            }
        )
        self.order_id.partner_shipping_id = address

    def _save_contact(self):
        self._write_changed(self.partner_id, CONTACT_FIELDS)

    def _save_line(self):
        values = {
            field: self[name]
            for name, field in LINE_FIELDS.items()
            if self[name] != self.line_id[field]
        }
        if values:
            self.line_id.write(values)

    def _get_values(self, names):
        return {
            name: self[name].id if self._fields[name].type == "many2one" else self[name]
            for name in names
        }

    def _write_changed(self, partner, names):
        wanted = self._get_values(names)
        changed = {
            name: value
            for name, value in wanted.items()
            if (partner[name].id if self._fields[name].type == "many2one" else partner[name])
            != value
        }
        if changed:
            partner.write(changed)
