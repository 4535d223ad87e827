"""Which customer a document means, and where goods and invoice go.

A customer is never changed by what a document says: an address that differs becomes a contact
beneath the customer, used again when it comes again.
"""

from difflib import SequenceMatcher
from typing import NamedTuple
from zlib import crc32

from odoo.tools import SQL, email_normalize

from ...exceptions import ItemError
from ...tools import phones
from ...tools.fingerprint import fingerprint
from .contacts import NEAR_LIKENESS, NEAR_LIMIT, Contacts, lives_at, offer, prepare_party_vals
from .places import ADDRESS_KEYS, folded, has_address

# Keep in step with the index of the joint, or the database reads all contacts.
PHONE_TAIL = f"right(regexp_replace(phone, '[^0-9]', '', 'g'), {phones.TAIL})"
MATCH_KEYS = ("channel", "ref", "vat", "email", "phone", "name")
NEAR_ROWS = 50  # contacts that are looked at for near matches, per name and per postcode
NEAR_COLUMNS = {"name": "lower(name)", "zip": "zip"}
WEAK_KEYS = ("phone", "name")  # the lookup only narrows them down
LOCK_BUCKETS = 4096
# What candidates are looked up by; each has an index (the last two in the joint of res.partner).
MATCH_COLUMNS = {
    "ref": "ref",
    "vat": "vat",
    "email": "email_normalized",
    "phone": PHONE_TAIL,
    "name": "lower(name)",
}


class Choice(NamedTuple):
    """How the customer of a document was found."""

    outcome: str  # one of MATCH_KEYS, "created", or "chosen" by somebody at a screen
    partner: object
    found: dict  # match key → ids of candidates


def choose_customer(found, unknown_customer):
    """Decide from the candidates: the first key with any decides.

    :param dict found: match key → ids of candidates
    :param str unknown_customer: ``refuse`` or ``create``
    :return str: ``chosen`` by a person, the deciding key, ``ambiguous``, ``created`` or
        ``unknown``
    """
    if found.get("chosen"):
        return "chosen"
    for key in MATCH_KEYS:
        if found.get(key):
            return key if len(found[key]) == 1 else "ambiguous"
    return "created" if unknown_customer == "create" else "unknown"


class Customers:
    """The customers of all documents of a call.

    :param channel: whose numbers, company and policy count
    :param list documents: documents to be matched
    :param places: countries and states they name
    """

    def __init__(self, channel, documents, places):
        self.env = channel.env
        self.channel = channel
        self.company = channel.company_id
        self.places = places
        parties = [document.content["customer"] for document in documents]
        self.index = self._search_candidates(parties)
        ids = {found for group in self.index.values() for found in group}
        self.partners = self.env["res.partner"].browse(sorted(ids))
        self.languages = dict(self.env["res.lang"].get_installed())

    # Matching

    def choose(self, document):
        """Decide who the customer is.

        :raises ItemError: unknown or ambiguous
        """
        party = document.content["customer"]
        candidates = self._get_candidates(party)
        found = {key: partners.ids for key, partners in candidates.items() if partners}
        outcome = choose_customer(found, self.channel.unknown_customer)
        if outcome == "ambiguous":
            raise self._ambiguous(party, candidates)
        document.is_unmatched = outcome in ("unknown", "created")
        if outcome == "unknown" or (outcome == "created" and not _name_of(party)):
            message = self.env._("No customer matches, and none may be made from this document.")
            raise ItemError("unknown_customer", message, "customer")
        return Choice(outcome, candidates.get(outcome, self.env["res.partner"]), found)

    def find_exact(self, party):
        """Whom a party's number, tax number, e-mail address or phone names, strongest key first.

        :param dict party: the party of one of the documents
        :return dict: match key → partners, in the order of precedence
        """
        return {key: found for key, found in self._get_candidates(party).items() if found}

    def _search_candidates(self, parties):
        """Match key and value → ids of partners, in one query; each part has its index."""
        partners = self.env["res.partner"]
        partners.flush_model(
            ["ref", "vat", "email_normalized", "phone", "name", "active", "type", "company_id"]
        )
        self.env["order.channel.partner"].flush_model()
        wanted = [_match_values(party) for party in parties]
        parts = [
            self._get_candidate_query(
                key, sorted({value for values in wanted for value in values[key]})
            )
            for key in MATCH_KEYS
            if any(values[key] for values in wanted)
        ]
        found = {}
        if parts:
            self.env.cr.execute(SQL(" UNION ALL ").join(parts))
            for key, value, partner_id in self.env.cr.fetchall():
                found.setdefault((key, value), []).append(partner_id)
        return found

    def _get_candidate_query(self, key, values):
        if key == "channel":
            return SQL(
                "SELECT %s AS key, ref AS value, partner_id FROM order_channel_partner "
                "WHERE channel_id = %s AND ref IN %s",
                key,
                self.channel.id,
                tuple(values),
            )
        column = SQL(MATCH_COLUMNS[key])
        return SQL(
            "SELECT %s, %s, id FROM res_partner WHERE %s IN %s AND active "
            "AND type = 'contact' AND (company_id IS NULL OR company_id = %s)",
            key,
            column,
            column,
            tuple(values),
            self.company.id,
        )

    def _get_candidates(self, party):
        candidates = {}
        for key, values in _match_values(party).items():
            if key in WEAK_KEYS and any(candidates.values()):
                break
            ids = {found for value in values for found in self.index.get((key, value), ())}
            found = self.partners.browse(sorted(ids)).with_prefetch(self.partners.ids)
            if key in WEAK_KEYS:
                found = found.filtered(lambda partner, key=key: _agrees(partner, party, key))
            candidates[key] = _heads(found)
        return candidates

    def _ambiguous(self, party, candidates):
        key = next(key for key in MATCH_KEYS if candidates.get(key))
        same = self.env._("Same %(key)s", key=key)
        message = self.env._(
            "%(count)s customers match %(value)s.",
            count=len(candidates[key]),
            value=party.get(key) or party.get("ref"),
        )
        offered = [offer(partner, same) for partner in candidates[key][:NEAR_LIMIT]]
        path = f"customer.{'ref' if key == 'channel' else key}"
        return ItemError("ambiguous_customer", message, path, offered)

    # Near matches, which are offered and never taken

    def find_near(self, documents):
        """Offer near matches to documents whose customer was not found; one query for all.

        :param list documents: documents without a match
        """
        rows = self._search_near([document.content["customer"] for document in documents])
        ranked = [
            _rank_near(self.env, rows, document.content["customer"]) for document in documents
        ]
        ids = list(dict.fromkeys(found for near in ranked for found, _reason in near))
        prefetch = self.env["res.partner"].browse(ids)
        for document, near in zip(documents, ranked, strict=True):
            document.near = [
                offer(self.env["res.partner"].browse(found).with_prefetch(prefetch.ids), reason)
                for found, reason in near
            ]

    def _search_near(self, parties):
        """``("name" | "zip", value)`` → ``(id, name, street, zip)`` of the newest contacts."""
        wanted = {
            "name": {_lower_name(party) for party in parties} - {""},
            "zip": {party["zip"].strip() for party in parties if party.get("zip")},
        }
        parts = [
            self._get_near_query(key, sorted(values)) for key, values in wanted.items() if values
        ]
        found = {}
        if parts:
            self.env["res.partner"].flush_model(["street", "zip", "parent_id"])
            self.env.cr.execute(SQL(" UNION ALL ").join(parts))
            for key, value, *row in self.env.cr.fetchall():
                found.setdefault((key, value), []).append(row)
        return found

    def _get_near_query(self, key, values):
        """A few contacts for each value, so that a common one leaves room for the others."""
        return SQL(
            """
            SELECT %(key)s, wanted.value, near.*
              FROM (VALUES %(values)s) AS wanted (value)
             CROSS JOIN LATERAL (
                   SELECT id, name, street, zip FROM res_partner
                    WHERE %(column)s = wanted.value AND active AND type = 'contact'
                      AND parent_id IS NULL AND (company_id IS NULL OR company_id = %(company)s)
                    ORDER BY -id LIMIT %(limit)s
                   ) AS near
            """,
            key=key,
            values=SQL(", ").join(SQL("(%s)", value) for value in values),
            column=SQL(NEAR_COLUMNS[key]),
            company=self.company.id,
            limit=NEAR_ROWS,
        )

    # Making what is missing

    def settle(self, documents):
        """Give every document its customer, delivery and invoice address, making new ones."""
        self._settle_customers(documents)
        contacts = Contacts(self.env, documents)
        for document in documents:
            # A set that failed is tried again in halves: forget what was undone with it.
            document.shipping, document.invoicing = document.chosen_shipping, None
            document.near_contacts = []
            self.request_contacts(document, contacts)
        contacts.create_requested()

    def _settle_customers(self, documents):
        new = {}
        for document in documents:
            document.partner = document.choice.partner
            if not document.partner:
                new.setdefault(_customer_key(document.content["customer"]), []).append(document)
        created = self._create_customers({key: group[0] for key, group in new.items()})
        for key, group in new.items():
            for document in group:
                document.partner = created[key]

    def _create_customers(self, documents):
        """Make customers; a parallel call that makes one of them is restarted by Odoo."""
        if not documents:
            return {}
        buckets = {crc32(key.encode()) % LOCK_BUCKETS for key in documents}
        self.env["order.lock"]._acquire(
            "intake.customer", {(self.company.id, bucket) for bucket in buckets}
        )
        partners = (
            self.env["res.partner"]
            # A wrong number is for the checks to find, not a reason to lose the order.
            .with_context(no_vat_validation=True, tracking_disable=True)
            .create([self._prepare_customer_vals(document) for document in documents.values()])
        )
        created = dict(zip(documents, partners, strict=True))
        self._remember_numbers(created, documents)
        return created

    def _remember_numbers(self, created, documents):
        self.env["order.channel.partner"].create(
            [
                {
                    "channel_id": self.channel.id,
                    "ref": document.content["customer"]["ref"],
                    "partner_id": created[key].id,
                }
                for key, document in documents.items()
                if document.content["customer"].get("ref")
            ]
        )

    def _prepare_customer_vals(self, document):
        party = document.content["customer"]
        return {
            **self._prepare_party_vals(document, party, "customer"),
            "name": _name_of(party),
            "vat": party.get("vat"),
            "is_company": party.get("is_company", self._is_business(document)),
            "lang": self._find_language(party.get("lang")) or self.channel.lang or self.env.lang,
            "company_id": self.company.id,
        }

    def _is_business(self, document):
        """Who gives a tax number or orders by UBL is a business, unless the document says no."""
        is_ubl = document.source.get("format") == "ubl"
        return is_ubl or bool(document.content["customer"].get("vat"))

    def _prepare_party_vals(self, document, party, path):
        country, state = self.places.locate(party, path, strict=False)
        return prepare_party_vals(party, country, state)

    def _find_language(self, text):
        code = (text or "").replace("-", "_")
        if code in self.languages:
            return code
        short = code[:2].lower()
        return next((known for known in self.languages if short and known.startswith(short)), False)

    # Delivery and invoice addresses

    def request_contacts(self, document, contacts):
        """Where goods and invoice go; without a word of the document, core decides."""
        content = document.content
        customer = content["customer"]
        wishes = {"delivery": content.get("ship_to"), "invoice": content.get("bill_to")}
        if document.shipping:
            del wishes["delivery"]
        elif not wishes["delivery"] and has_address(customer):
            wishes["delivery"] = {key: customer[key] for key in ADDRESS_KEYS if key in customer}
        for kind, party in wishes.items():
            if party:
                self._request_contact(document, kind, self._complete(party, customer), contacts)

    def _complete(self, party, customer):
        """A party without an address of its own lives at the customer's."""
        if has_address(party):
            return party
        return {**{key: customer[key] for key in ADDRESS_KEYS if key in customer}, **party}

    def _request_contact(self, document, kind, party, contacts):
        path = {"delivery": "ship_to", "invoice": "bill_to"}[kind]
        vals = self._prepare_party_vals(document, party, path)
        if lives_at(document.partner, vals, is_customer=True):
            contacts.take(document, kind, document.partner)
        else:
            contacts.request(document, kind, vals)


def _heads(partners):
    """Those that do not belong to another one of ``partners``."""
    if len(partners) < 2:
        return partners
    return partners.filtered(lambda partner: partner.parent_id not in partners)


def _name_of(party):
    return party.get("name") or party.get("email")


def _match_values(party):
    """Match key → the values by which a customer is looked for."""
    ref = [party["ref"]] if party.get("ref") else []
    email = email_normalize(party["email"]) if party.get("email") else False
    tail = phones.tail(party.get("phone"))
    return {
        "channel": ref,
        "ref": ref,
        "vat": _vat_forms(party.get("vat")),
        "email": [email] if email else [],
        "phone": [tail] if tail else [],
        "name": [_lower_name(party)] if _lower_name(party) and party.get("zip") else [],
    }


def _lower_name(party):
    return " ".join((party.get("name") or "").lower().split())


def _agrees(partner, party, key):
    """Whether a weak match stands: nothing else that both sides tell says otherwise."""
    vats = [set(_vat_forms(vat)) for vat in (partner.vat, party.get("vat"))]
    if all(vats) and not vats[0] & vats[1]:
        return False
    if key == "phone":
        return phones.same(partner.phone, party.get("phone"))
    email = email_normalize(party.get("email") or "")
    if email and partner.email_normalized and email != partner.email_normalized:
        return False
    country = party.get("country")
    return _squeezed(partner.zip) == _squeezed(party["zip"]) and (
        not country or not partner.country_id or partner.country_id.code == country
    )


def _squeezed(text):
    return "".join(folded(text).split())


def _rank_near(env, rows, party):
    """``(id, reason)`` of the contacts that resemble a party most, with what they share."""
    name, street = folded(party.get("name")), folded(party.get("street"))
    keys = (("name", _lower_name(party)), ("zip", (party.get("zip") or "").strip()))
    found = {}
    for partner_id, known, lives, known_zip in (row for key in keys for row in rows.get(key, ())):
        likeness = SequenceMatcher(None, name, folded(known)).ratio() if name else 0.0
        same_zip = party.get("zip") and _squeezed(known_zip) == _squeezed(party["zip"])
        if likeness == 1.0:
            found[partner_id] = (3.0, env._("Same name"))
        elif same_zip and street and street == folded(lives):
            found[partner_id] = (2.0 + likeness, env._("Same address"))
        elif same_zip and likeness >= NEAR_LIKENESS:
            found[partner_id] = (likeness, env._("Similar name, same postcode"))
    best = sorted(found, key=lambda partner_id: (-found[partner_id][0], partner_id))
    return [(partner_id, found[partner_id][1]) for partner_id in best[:NEAR_LIMIT]]


def _vat_forms(vat):
    """A tax number as written and without separators."""
    if not vat:
        return []
    bare = "".join(sign for sign in vat if sign.isalnum()).upper()
    return list(dict.fromkeys((vat.strip(), bare)))


def _customer_key(party):
    """What two documents of one call must share to mean the same new customer."""
    for key in ("ref", "vat", "email"):
        if party.get(key):
            return f"{key}:{folded(party[key])}"
    return fingerprint(party)
