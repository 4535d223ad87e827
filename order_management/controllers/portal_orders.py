from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request
from odoo.tools import single_email_re

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools import phones, postal

ADDRESS_FIELDS = ("street", "street2", "zip", "city", "state_id", "country_id")
CODES = {
    "address": ("address_incomplete", "address_invalid"),
    "contact": ("contact_invalid",),
}
MAX_LENGTH = 200


class OrderPortal(CustomerPortal):
    """Customers mend what holds their order and is theirs: an address, a telephone number."""

    @http.route(
        "/my/orders/<int:order_id>/mend/<any(address,contact):kind>",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        sitemap=False,
    )
    def portal_order_mend(self, order_id, kind, access_token=None, partner_id=None, **values):
        """Ask for what is wrong, and write it where the customer may write it."""
        try:
            order = self._document_check_access("sale.order", order_id, access_token=access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        tasks = [task for task in order._get_customer_tasks() if task["kind"] == kind]
        if request.httprequest.method == "POST":
            # Only what is wrong on this very order: any other contact is none of theirs.
            tasks = [task for task in tasks if str(task["partner_id"]) == partner_id]
            if not tasks:
                return request.not_found()
        elif not tasks:
            return request.redirect(order.get_portal_url())
        partner = request.env["res.partner"].sudo().browse(tasks[0]["partner_id"])
        errors = {}
        if request.httprequest.method == "POST":
            read = self._read_address if kind == "address" else self._read_contact
            values, errors = read(order, partner, values)
            if not errors:
                self._mend(order, partner, kind, values)
                return request.redirect(order.get_portal_url())
        return self._render_mend(order, partner, tasks[0], values, errors)

    # What the customer may write

    def _may_edit(self, order, partner):
        """Whether the visitor may correct the contact itself, and not only for this order.

        A link with a token may have been passed on, so that it does not suffice.
        """
        visitor = request.env.user
        customer = order.partner_id.commercial_partner_id
        return (
            not visitor._is_public()
            and visitor.partner_id.commercial_partner_id == customer
            and partner.commercial_partner_id == customer
            and partner._can_be_edited_by_current_customer()
        )

    def _read_address(self, _order, partner, given):
        """The address as given, and what is wrong with it: field → message.

        The country stays: it decides about tax and prices.
        """
        values = {name: _clean(given.get(name)) for name in ("street", "street2", "zip", "city")}
        country = partner.country_id or self._browse("res.country", given.get("country_id"))
        state = self._browse("res.country.state", given.get("state_id"))
        if state.country_id != country:
            state = state.browse()
        values.update(state_id=state.id, country_id=country.id)
        texts = {name: values[name] for name in ("street", "street2", "zip", "city")}
        address = {**texts, "state": state.code or "", "country": country.code or ""}
        errors = {}
        for problem in postal.check(address):
            name = {"state": "state_id", "country": "country_id"}.get(problem.field, problem.field)
            errors.setdefault(name, problem.message)
        for name, text in texts.items():
            if len(text) > MAX_LENGTH:
                errors[name] = self._tell_too_long()
        return values, errors

    def _read_contact(self, order, partner, given):
        """E-mail and telephone as given, and what is wrong with them.

        An e-mail address is changed by whoever is logged in: news and invitations go there.
        """
        values = {"phone": _clean(given.get("phone"))}
        if self._may_edit(order, partner):
            values["email"] = _clean(given.get("email"))
        errors = {}
        if values.get("email") and not single_email_re.match(values["email"]):
            errors["email"] = request.env._("This is no e-mail address.")
        if values["phone"] and not phones.tail(values["phone"]):
            errors["phone"] = request.env._("This is no telephone number.")
        for name, text in values.items():
            if len(text) > MAX_LENGTH:
                errors[name] = self._tell_too_long()
        if not any(values.values()):
            errors["phone"] = request.env._("Please tell us how we can reach you.")
        return values, errors

    def _tell_too_long(self):
        return request.env._("Please use at most %s characters.", MAX_LENGTH)

    def _browse(self, model, text):
        records = request.env[model].sudo()
        return records.browse(int(text)).exists() if (text or "").isdecimal() else records

    # Writing it

    def _mend(self, order, partner, kind, values):
        if kind == "contact":
            if partner.commercial_partner_id == order.partner_id.commercial_partner_id:
                partner.write(values)
            note = request.env._("The customer corrected how to reach %s.", partner.display_name)
        elif self._may_edit(order, partner):
            partner.write(values)
            note = request.env._("The customer corrected the address of %s.", partner.display_name)
        else:
            address = self._make_address(order, partner, values)
            note = request.env._(
                "The customer gave another address for this order: %s.",
                address._display_address(without_company=True).replace("\n", ", "),
            )
        cause = {"model": "res.partner", "ids": partner.ids, "what": sorted(values)}
        order._mark_for_recheck(CODES[kind], cause)
        visitor = request.env.user
        author = order.partner_id if visitor._is_public() else visitor.partner_id
        order.message_post(body=note, author_id=author.id, subtype_xmlid="mail.mt_note")

    def _make_address(self, order, partner, values):
        """An address of this customer that only this order uses so far."""
        roles = [
            name for name in ("partner_shipping_id", "partner_invoice_id") if order[name] == partner
        ]
        kinds = {"partner_shipping_id": "delivery", "partner_invoice_id": "invoice"}
        address = partner.create(
            {
                **values,
                "name": partner.name or order.partner_id.name,
                "type": kinds[roles[0]] if len(roles) == 1 else "other",
                "parent_id": order.partner_id.commercial_partner_id.id,
                "company_id": order.partner_id.company_id.id,
                "email": partner.email,
                "phone": partner.phone,
                "lang": partner.lang,
            }
        )
        order.write(dict.fromkeys(roles or ["partner_shipping_id"], address.id))
        return address

    # Showing the form

    def _render_mend(self, order, partner, task, values, errors):
        country = partner.country_id or self._browse("res.country", str(values.get("country_id")))
        shown = {
            **{name: partner[name] or "" for name in ("street", "street2", "zip", "city")},
            "email": partner.email or "",
            "phone": partner.phone or "",
            "state_id": partner.state_id.id,
            "country_id": country.id,
            **values,
        }
        if not values:
            names = {"state": "state_id", "country": "country_id"}
            errors = {
                names.get(name, name): message
                for name, message in zip(task["fields"], task["problems"], strict=False)
            }
        return request.render(
            "order_management.portal_order_mend",
            {
                "sale_order": order,
                "object": order,
                "page_name": "order",
                "kind": task["kind"],
                "partner": partner,
                "values": shown,
                "errors": errors,
                "may_edit": self._may_edit(order, partner),
                "states": self._get_states(partner, country, errors),
                "countries": request.env["res.country"].sudo().search([]),
                "action": order.get_portal_url(suffix=f"/mend/{task['kind']}"),
            },
        )

    def _get_states(self, partner, country, errors):
        """The states to choose from, where addresses of the country have one."""
        is_asked = (
            partner.state_id
            or "state_id" in errors
            or any(name.startswith("state") for name in country.get_address_fields())
        )
        return country.state_ids if country and is_asked else country.state_ids.browse()


def _clean(text):
    return " ".join((text or "").split())
