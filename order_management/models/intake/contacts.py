"""Delivery and invoice contacts beneath customers, used again when their address comes again."""

from difflib import SequenceMatcher
from types import SimpleNamespace

from ...exceptions import ItemError
from ...tools.likeness import comparable
from .places import Places, has_address

NEAR_LIMIT = 5  # near matches that are offered
NEAR_LIKENESS = 0.75
NEAR_ROWS = 50  # contacts of one postcode that are looked at for near matches
ADDRESS_FIELDS = ("name", "street", "street2", "city")


class Contacts:
    """Delivery and invoice contacts beneath the customers of a call."""

    def __init__(self, env, documents):
        self.env = env
        self.documents = documents
        self.known = None
        self.requested = {}

    def take(self, document, kind, partner):
        """Use a partner that is there."""
        setattr(document, "shipping" if kind == "delivery" else "invoicing", partner)

    def request(self, document, kind, vals):
        """Use the contact that is like this, now or after it was made."""
        book = self._get_known(document.partner, kind)
        same = book.find_same(vals)
        if same:
            self.take(document, kind, same)
            return
        document.near_contacts = [*document.near_contacts, *book.find_near(vals)][:NEAR_LIMIT]
        key = (document.partner.id, kind, _key_of(vals))
        self.requested.setdefault(key, (vals, []))[1].append(document)

    def create_requested(self):
        """Make the contacts that were asked for, in one go.

        A parallel call that makes one for the same customer is restarted by Odoo, and finds it.
        """
        if not self.requested:
            return
        parents = {parent_id for parent_id, _kind, _key in self.requested}
        self.env["order.lock"]._acquire("intake.contact", parents)
        vals_list = [
            {
                **vals,
                "parent_id": parent_id,
                "type": kind,
                "company_id": group[0].partner.company_id.id,
            }
            for (parent_id, kind, _key), (vals, group) in self.requested.items()
        ]
        made = self.env["res.partner"].with_context(tracking_disable=True).create(vals_list)
        for contact, (key, (_vals, documents)) in zip(made, self.requested.items(), strict=True):
            for document in documents:
                self.take(document, key[1], contact)

    def _get_known(self, partner, kind):
        if self.known is None:
            customers = self.env["res.partner"].union(*(d.partner for d in self.documents))
            contacts = self.env["res.partner"].search(
                [("parent_id", "in", customers.ids), ("type", "in", ("delivery", "invoice"))],
                order="id",
            )
            grouped = contacts.grouped(lambda contact: (contact.parent_id, contact.type))
            self.known = {key: AddressBook(group) for key, group in grouped.items()}
        return self.known.get((partner, kind)) or AddressBook(partner.browse())


class AddressBook:
    """Contacts of one kind beneath one customer, of which there may be thousands."""

    def __init__(self, contacts):
        self.contacts = contacts
        self.by_zip, self.by_name = {}, {}
        for contact in contacts:
            self.by_zip.setdefault(bare(contact.zip), []).append(contact)
            self.by_name.setdefault(comparable(contact.name), []).append(contact)

    def find_same(self, vals):
        """The contact that lives there, the one that is written alike first."""
        nearby = self.by_zip.get(bare(vals["zip"]), ()) if vals["zip"] else self.contacts
        same = [contact for contact in nearby if lives_at(contact, vals)]
        same.sort(key=lambda contact: not _is_written_like(contact, vals))
        return same[0] if same else None

    def find_near(self, vals):
        """Contacts that may have been meant; they are offered, never taken."""
        street, name = comparable(vals["street"]), comparable(vals["name"])
        namesakes = self.by_name.get(name, ())[-NEAR_ROWS:] if name else ()
        nearby = self.by_zip.get(bare(vals["zip"]), ()) if vals["zip"] else ()
        found = []
        for contact in dict.fromkeys((*namesakes, *nearby[-NEAR_ROWS:])):
            likeness = SequenceMatcher(None, street, comparable(contact.street)).ratio()
            if likeness >= NEAR_LIKENESS:
                found.append((-likeness, contact.id, contact, contact.env._("Similar address")))
            elif contact in namesakes:
                found.append((0.0, contact.id, contact, contact.env._("Same name")))
        found.sort(key=lambda entry: entry[:2])
        return [offer(contact, reason) for *_rank, contact, reason in found[:NEAR_LIMIT]]


def prepare_party_vals(party, country, state):
    """A party of a document as values of a contact."""
    texts = ("name", "email", "phone", "street", "street2", "zip", "city")
    return {
        **{name: party.get(name) for name in texts},
        "country_id": country.id,
        "state_id": state.id,
    }


def find_delivery_contact(customer, party, path):
    """The contact beneath a customer that lives at an address, made when it is new.

    :param customer: the customer, with full rights
    :param dict party: an address as :func:`read_party` gives it
    :param str path: where it stands, for the error
    :raises ItemError: no address, an unknown country or state
    """
    if not has_address(party):
        message = customer.env._("An address needs at least a street or a postcode.")
        raise ItemError("missing", message, path)
    country, state = Places(customer.env, [party]).locate(party, path)
    vals = prepare_party_vals(party, country, state)
    if lives_at(customer, vals, is_customer=True):
        return customer
    wish = SimpleNamespace(partner=customer, shipping=None, near_contacts=[])
    contacts = Contacts(customer.env, [wish])
    contacts.request(wish, "delivery", vals)
    contacts.create_requested()
    return wish.shipping


def lives_at(partner, vals, is_customer=False):
    """Whether a partner lives at the address of ``vals``, and has its name if one is given.

    Parts that the document leaves open do not count, nor do case, accents, punctuation and
    white space.
    """
    if vals["name"] and comparable(vals["name"]) != comparable(partner.name):
        return False
    if is_customer and not any(vals[key] for key in ("street", "zip", "city")):
        return not vals["country_id"] or vals["country_id"] == partner.country_id.id
    texts = all(
        comparable(vals[key]) == comparable(partner[key])
        for key in ("street", "street2", "city")
        if vals[key]
    )
    same_zip = not vals["zip"] or bare(vals["zip"]) == bare(partner.zip)
    places = all(vals[key] == partner[key].id for key in ("country_id", "state_id") if vals[key])
    return texts and same_zip and places


def bare(text):
    """A postcode as it is compared: without spaces and dashes."""
    return "".join(comparable(text).split())


def offer(record, reason):
    """A near match, as the row of a document keeps it."""
    return {"id": record.id, "name": record.display_name, "reason": reason}


def _is_written_like(contact, vals):
    return all(vals[key] == (contact[key] or None) for key in (*ADDRESS_FIELDS, "zip") if vals[key])


def _key_of(vals):
    """What two wishes for a new contact must share to mean the same one."""
    texts = tuple(comparable(vals[key]) for key in ADDRESS_FIELDS)
    return (*texts, bare(vals["zip"]), vals["country_id"], vals["state_id"])
