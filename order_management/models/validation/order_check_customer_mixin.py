from odoo import api, models
from odoo.tools import ormcache

from ...tools import postal
from ..common.optional import has_field
from .identifiers import is_email, is_phone, is_tax_number
from .postcodes import fits
from .verdict import Verdict


class OrderCheckCustomerMixin(models.AbstractModel):
    """Checks of who orders and where it goes; what customers entered is never changed."""

    _name = "order.check.customer.mixin"
    _description = "Checks of the customer"

    def _validate_address_incomplete(self, orders):
        verdicts = []
        for order in orders:
            address = order.partner_shipping_id
            problems = postal.check(self._prepare_address(address))
            if problems:
                details = {
                    "partner_id": address.id,
                    "problems": [{"field": p.field, "message": p.message} for p in problems],
                }
                text = " ".join(problem.message for problem in problems)
                verdicts.append(Verdict(order, text, details=details))
        return verdicts

    @api.model
    @ormcache(cache="stable")
    def _get_country_codes(self):
        """Id → ISO code of every country; core empties this cache when countries change."""
        countries = self.env["res.country"].sudo().search_fetch([], ["code"])
        return {country.id: country.code for country in countries}

    def _prepare_address(self, partner):
        return {
            "street": partner.street or "",
            "street2": partner.street2 or "",
            "zip": partner.zip or "",
            "city": partner.city or "",
            "state": str(partner.state_id.id or ""),  # only whether there is one counts
            "country": self._get_country_codes().get(partner.country_id.id, ""),
        }

    def _validate_address_invalid(self, orders):
        """Delivery and invoice address; ``address_incomplete`` tells what the delivery lacks."""
        found = {}
        verdicts = []
        for order in orders:
            for partner in _each(order.partner_shipping_id, order.partner_invoice_id):
                key = (partner, partner == order.partner_shipping_id)
                if key not in found:
                    found[key] = self._find_implausible(*key)
                if found[key]:
                    details = {
                        "partner_id": partner.id,
                        "problems": [{"field": f, "message": m} for f, m in found[key]],
                    }
                    message = " ".join(text for _field, text in found[key])
                    verdicts.append(Verdict(order, message, details=details))
        return verdicts

    def _find_implausible(self, partner, is_delivery):
        """What cannot be right with an address: ``(field, message)`` each."""
        address = self._prepare_address(partner)
        malformed = [
            (problem.field, problem.message)
            for problem in postal.check(address)
            if problem.code == "malformed"
        ]
        if malformed:
            return [] if is_delivery else malformed
        problems = []
        if address["city"] and not any(sign.isalpha() for sign in address["city"]):
            message = self.env._("The town “%(city)s” has no letters.", city=address["city"])
            problems.append(("city", message))
        state = partner.state_id
        if state and partner.country_id and state.country_id != partner.country_id:
            message = self.env._(
                "%(state)s does not lie in %(country)s.",
                state=state.name,
                country=partner.country_id.name,
            )
            problems.append(("state", message))
        elif not fits(address, (state.code, state.name) if state else ()):
            message = self.env._(
                "The postcode %(zip)s does not lie in %(place)s.",
                zip=address["zip"],
                place=state.name or partner.country_id.name,
            )
            problems.append(("zip", message))
        return problems

    def _validate_contact_invalid(self, orders):
        verdicts = []
        for order in orders:
            contacts = _each(order.partner_id, order.partner_shipping_id, order.partner_invoice_id)
            for contact in contacts:
                problems = self._find_unreachable(contact)
                if problems:
                    details = {"partner_id": contact.id, **problems}
                    message = self._tell_unreachable(contact, problems)
                    verdicts.append(Verdict(order, message, details=details))
            if self.contact_required and not self._is_reachable(contacts):
                message = self.env._(
                    "%(name)s has neither e-mail address nor telephone number.",
                    name=order.partner_id.display_name,
                )
                details = {"partner_id": order.partner_id.id}
                verdicts.append(Verdict(order, message, details=details))
        return verdicts

    def _find_unreachable(self, contact):
        """What of a contact cannot be right: field → its value."""
        problems = {}
        if contact.email and not is_email(contact.email):
            problems["email"] = contact.email
        country = self._get_country_codes().get(contact.country_id.id, "")
        if contact.phone and not is_phone(contact.phone, country):
            problems["phone"] = contact.phone
        return problems

    def _tell_unreachable(self, contact, problems):
        values = {"name": contact.display_name, "values": ", ".join(problems.values())}
        if "phone" not in problems:
            return self.env._("%(name)s: %(values)s is no e-mail address.", **values)
        if "email" not in problems:
            return self.env._("%(name)s: %(values)s is no telephone number.", **values)
        return self.env._("%(name)s can be reached by none of %(values)s.", **values)

    def _is_reachable(self, contacts):
        return any(
            person.email or person.phone
            for contact in contacts
            for person in (contact, contact.commercial_partner_id)
        )

    def _validate_tax_id_invalid(self, orders):
        countries = self._get_country_codes()
        return [
            Verdict(
                order,
                self.env._(
                    "%(name)s: %(number)s is no tax number of %(country)s.",
                    name=customer.display_name,
                    number=customer.vat,
                    country=customer.country_id.name or self.env._("any country"),
                ),
                details={"partner_id": customer.id, "vat": customer.vat},
            )
            for order in orders
            for customer in _each(
                order.partner_id.commercial_partner_id,
                order.partner_invoice_id.commercial_partner_id,
            )
            if customer.vat
            and not self._is_tax_number(customer.vat, countries.get(customer.country_id.id, ""))
        ]

    def _is_tax_number(self, text, country):
        """Whether it is a tax number for us, or for core where it checks them, too."""
        if is_tax_number(text, country):
            return True
        if not (country and has_field(self.env, "res.partner", "vies_valid")):
            return False
        is_valid = self.env["res.partner"]._check_vat_number
        number = "".join(text.split()).upper()
        return bool(is_valid(country, number) or is_valid(country, number.removeprefix(country)))

    def _validate_customer_blocked(self, orders):
        verdicts = []
        for order in orders:
            people = _each(
                order.partner_id,
                order.partner_invoice_id,
                order.partner_id.commercial_partner_id,
                order.partner_invoice_id.commercial_partner_id,
                order.partner_shipping_id,
            )
            blocked = [partner for partner in people if partner.order_blocked]
            if blocked:
                names = ", ".join(partner.display_name for partner in blocked)
                message = self.env._("Orders are blocked for %(names)s.", names=names)
                details = {"partner_ids": [partner.id for partner in blocked]}
                verdicts.append(Verdict(order, message, details=details))
        return verdicts

    def _validate_destination_restricted(self, orders):
        if not self.env["product.template"]._has_restrictions():
            return []
        return [
            Verdict(
                line.order_id,
                self.env._(
                    "%(product)s must not be delivered to %(country)s.",
                    product=line.product_id.display_name,
                    country=country.name,
                ),
                line,
                {"product_id": line.product_id.id, "country": country.code},
            )
            for line in orders._get_goods_lines()
            for country in line.order_id.partner_shipping_id.country_id
            if country in line.product_id.restricted_country_ids and not line._is_taken_off()
        ]


def _each(*partners):
    """Each of these once; a set of them would forget what else to read along."""
    return [partner for partner in dict.fromkeys(partners) if partner]
