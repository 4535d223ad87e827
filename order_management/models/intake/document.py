"""One order document on its way in: what was sent, what became of it."""

import base64
import binascii
import json

from ...tools import documents as formats
from ...tools.documents.cards import mask_cards, mask_text, stray_card
from ...tools.documents.order import read
from ...tools.documents.strays import decoded
from ...tools.fingerprint import fingerprint
from ..common.results import MAX_FILE_BYTES, error

FILE_KEYS = {"format", "filename", "content"}


class Document:
    """One order of a call.

    ``document``: index in the call; ``position``: index in its file; ``content``: the order as
    it was read, or ``False``; ``errors``: why it can't be used; ``source``: values of the
    ``order.intake`` row that keep what was sent. The rest is filled on the way.
    """

    def __init__(self, document, position, content, errors, source=None):
        self.document = document
        self.position = position
        self.content = content
        self.errors = list(errors)
        self.is_readable = not self.errors
        self.source = source or {}
        self.fingerprint = fingerprint(content if self.is_readable else self._kept_text())
        self.intake = None
        self.state_before = "received"  # of the intake row, which tells whether the key is used
        self.is_first = True  # whether the intake row is new
        self.order = None
        self.outcome = "rejected"
        self.differences = []
        self.warnings = []
        self.lines = []
        self.left_out = []
        self.choice = None
        self.is_unmatched = False
        self.twin = None  # in a preview: the first of its call with this key
        self.near = []  # customers that may have been meant
        self.near_contacts = []  # addresses of the customer that may have been meant
        self.partner = self.shipping = self.invoicing = None
        self.chosen = None  # the customer whom somebody picked; nothing is matched
        self.chosen_shipping = None  # the delivery address that somebody picked
        self.chosen_lines = None  # products and units that somebody picked, one per line

    @property
    def external_ref(self):
        """The key of the document, ``False`` when none could be read."""
        return self.content.get("external_ref", False) if self.content else False

    @property
    def customer_name(self):
        """Who ordered, as the document says, for the eye."""
        party = self.content.get("customer") if self.content else None
        party = party if isinstance(party, dict) else {}
        name = party.get("name") or party.get("email") or party.get("ref")
        return name if isinstance(name, str) else False

    @property
    def told_total(self):
        """The total that the document names, else the sum of its lines, for the eye."""
        content = self.content if self.is_readable else {}
        if not content or content.get("expected_total"):
            return content.get("expected_total", 0.0) if content else 0.0
        return sum(
            line["quantity"] * line.get("unit_price", 0.0) * (1 - line.get("discount", 0.0) / 100)
            for line in content["lines"]
        ) + sum(charge["amount"] for charge in content.get("charges", []))

    @property
    def has_card(self):
        return any(problem["code"] == "card_number" for problem in self.errors)

    def _kept_text(self):
        return self.source.get("document") or json.dumps(self.content, sort_keys=True)


def read_documents(channel, documents):
    """Read what a call brought.

    :param channel: the channel, which says how its tables are written
    :param list documents: orders, or files ``{"format", "filename", "content"}``
    :return list: one :class:`Document` per order found, at least one per entry
    """
    found, options, env = [], None, channel.env
    for index, entry in enumerate(documents):
        is_file = isinstance(entry, dict) and ("content" in entry or "format" in entry)
        if is_file:
            options = options or channel._get_table_options()
            found += _read_file(env, index, entry, options)
        else:
            found.append(_read_order(env, index, entry))
    return found


def _read_order(env, index, entry):
    source = {"format": "json", "filename": False, "origin": False}
    if _size_of(entry) > MAX_FILE_BYTES:
        message = env._("The order exceeds 5 MiB; split it.")
        source["document"] = _masked_text(entry)[:1000]
        return Document(index, 0, False, [error("too_large", message)], source)
    content, errors = read(entry)
    if errors:
        source["document"] = _masked_text(entry)
    return Document(index, 0, content, errors, source)


def _size_of(entry):
    """Characters of an order as JSON; one that is nested too deeply to tell has none."""
    try:
        return len(json.dumps(entry, default=str))
    except (ValueError, RecursionError):
        return 0


def _masked_text(entry):
    return json.dumps(mask_cards(entry), default=lambda value: mask_text(str(value)))


def _read_file(env, index, entry, options):
    filename = _printable(entry.get("filename"))
    source = {"format": _printable(entry.get("format")), "filename": filename, "origin": False}
    content, problems = _decode(env, entry)
    if filename and stray_card(entry["filename"], frozenset()):
        message = env._("The name of the file holds what looks like a payment card number.")
        problems.append(error("card_number", message))
    if problems:
        return [Document(index, 0, False, problems, {**source, "document": filename or "?"})]
    items = formats.read_file(source["format"] or "", content, options)
    sources = _file_sources(source, content, items)
    return [
        Document(index, position, item["order"], item["errors"], sources[position])
        for position, item in enumerate(items)
    ]


def _file_sources(source, content, items):
    """What is kept of each order of a file; the file itself stays with its first order."""
    sources = [dict(source) for _item in items]
    if all(item["order"] is not False for item in items):
        if not any(p["code"] == "card_number" for item in items for p in item["errors"]):
            sources[0]["raw"] = base64.b64encode(content)
    elif len(items) == 1:
        is_kept = source["format"] != "xlsx" and items[0]["errors"][0]["code"] != "card_number"
        text = mask_text(decoded(content)) if is_kept else source["filename"]
        sources[0]["document"] = text or "?"
    for part, item in zip(sources, items, strict=True):
        part["origin"] = item.get("origin", False)
        if item["errors"] and "document" not in part:
            part["document"] = json.dumps(item["order"], default=str)
    return sources


def _decode(env, entry):
    """The bytes of a file, or why there are none."""
    problems = [
        error("unknown_key", env._("`%(key)s` is not a known key.", key=_printable(key)), "")
        for key in entry
        if key not in FILE_KEYS
    ]
    encoded = entry.get("content")
    if isinstance(encoded, bytes):
        encoded = encoded.decode("ascii", "replace")
    if not isinstance(encoded, str):
        message = env._("`content` must be the file in base64.")
        return b"", [*problems, error("wrong_type", message, "")]
    if len(encoded) > MAX_FILE_BYTES * 4 / 3 + 1024 * 1024:
        message = env._("The file exceeds 5 MiB; split it into several.")
        return b"", [*problems, error("too_large", message, "")]
    try:
        return base64.b64decode("".join(encoded.split()), validate=True), problems
    except (binascii.Error, ValueError):
        message = env._("`content` is no valid base64; encode the file and send it again.")
        return b"", [*problems, error("malformed", message, "")]


def _printable(value):
    """A foreign name as it may be stored."""
    if not isinstance(value, str):
        return False
    return mask_text("".join(filter(str.isprintable, value)), "reference")[:255] or False
