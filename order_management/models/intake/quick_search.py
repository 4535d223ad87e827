"""What a clerk types or scans, and whom or what it may mean."""

from types import SimpleNamespace

from odoo.fields import Domain

from ...tools import phones
from .catalog import Catalog
from .customers import Customers
from .places import Places

LIMIT = 8  # suggestions a search answers
SHORTEST = 2  # signs before parts of names are looked for


def find_customers(desk, partners, text):
    """Customers by number, tax number, e-mail address or phone, else by part of the name.

    :param desk: the channel, with full rights
    :param partners: contacts as the caller sees them
    :param str text: what was typed
    :return list: ``(partner, match key)``, exact ones first
    """
    exact = _find_exact(desk, text)
    visible = partners.search([("id", "in", list(exact)), *_company_domain(desk, partners)])
    found = [(partner, exact[partner.id]) for partner in visible]
    if len(text) >= SHORTEST and len(found) < LIMIT:
        wanted = Domain("display_name", "ilike", text) & Domain("type", "=", "contact")
        wanted &= Domain("id", "not in", visible.ids) & Domain(_company_domain(desk, partners))
        more = partners.search(wanted, limit=LIMIT - len(found), order="complete_name, id")
        found += [(partner, "name") for partner in more]
    return found[:LIMIT]


def _find_exact(desk, text):
    """Partner id → the key it was found by."""
    party = {"ref": text, "vat": text}
    if "@" in text:
        party["email"] = text
    elif phones.tail(text):
        party["phone"] = text
    document = SimpleNamespace(content={"customer": party})
    customers = Customers(desk, [document], Places(desk.env, []))
    found = customers.find_exact(party)
    return {partner.id: key for key, group in reversed(found.items()) for partner in group[:LIMIT]}


def find_products(desk, products, text, partner):
    """Products by barcode or code, else by part of code or name.

    :param desk: the channel, with full rights
    :param products: products as the caller sees them
    :param str text: what was typed or scanned
    :param partner: the customer, whose own codes count; may be empty
    :return tuple: products, the unit that an exact code means (may be empty), and whether the
        text is the code of the first one and of no other
    """
    line = {"barcode": text, "customer_sku": text}
    named, unit = Catalog(desk, [line]).identify(text, partner)
    usable = Domain("sale_ok", "=", True) & Domain(_company_domain(desk, products))
    if named:
        found = products.search(usable & Domain("id", "in", named.ids))
        if found:
            return found, unit, len(found) == 1
    if len(text) < SHORTEST:
        return products.browse(), unit.browse(), False
    wanted = usable & Domain("display_name", "ilike", text)
    found = products.search(wanted, limit=LIMIT)
    same = found.filtered(lambda product: (product.default_code or "").lower() == text.lower())
    return same | found, unit.browse(), len(same) == 1


def _company_domain(desk, records):
    return records._check_company_domain(desk.company_id)
