"""Result rows: the shape in which every public method answers.

A row is a plain dict with ``ok`` and ``errors`` beside what the method adds. Values are what
XML-RPC can carry: never ``None``, dates as text.
"""

from datetime import date, datetime

from odoo.exceptions import ValidationError
from odoo.fields import Date, Datetime

from ...exceptions import ItemError
from ...tools.error_codes import CODES

MAX_DOCUMENTS = 200
MAX_FILE_BYTES = 5 * 1024 * 1024


def error(code, message, path=""):
    """One entry of ``errors``; the code must stand in the table."""
    if code not in CODES:
        raise KeyError(f"error code {code!r} is not in tools/error_codes.py")
    return {"code": code, "message": str(message), "path": path}


def error_of(exception):
    """The entry of ``errors`` for a refusal that was raised."""
    if isinstance(exception, ItemError):
        found = error(exception.code, exception.args[0], exception.path)
        return {**found, "candidates": exception.candidates} if exception.candidates else found
    return error("failed", str(exception.args[0] if exception.args else exception))


_PLAIN = frozenset((bool, int, float, str))


def row(errors=(), **values):
    """A result row; ``ok`` follows from ``errors`` unless given.

    :param list errors: entries made by :func:`error`
    :param values: the method's own keys; ``None`` becomes ``False``, dates become text
    :return dict: the row
    """
    values.setdefault("ok", not errors)
    return {"errors": list(errors), **{key: plain(value) for key, value in values.items()}}


def plain(value):
    """``value`` as JSON and XML-RPC carry it."""
    if value.__class__ in _PLAIN:
        return value
    if value is None:
        return False
    if isinstance(value, datetime):
        return Datetime.to_string(value)
    if isinstance(value, date):
        return Date.to_string(value)
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value


def is_storable(text):
    """Whether the database can keep ``text``: neither NUL nor half of a character."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


class Arguments:
    """Checks the shape of a public method's arguments; refusals name argument and path."""

    TYPES = {
        "text": (str,),
        "number": (int, float),
        "integer": (int,),
        "boolean": (bool,),
        "object": (dict,),
        "list": (list, tuple),
    }

    def __init__(self, env):
        self.env = env

    def refuse(self, path, message):
        """Raise the refusal of a whole call."""
        sentence = self.env._("%(path)s: %(message)s", path=path, message=message)
        raise ValidationError(sentence)

    def value(self, value, kind, path, required=False):
        """Return ``value`` if it is of ``kind``; unset becomes ``False`` unless required."""
        if value is None or value is False and kind != "boolean":
            if required:
                self.refuse(path, self.env._("a value is required here."))
            return False
        is_bool = isinstance(value, bool)
        if not isinstance(value, self.TYPES[kind]) or is_bool != (kind == "boolean"):
            self.refuse(path, self.env._("a value of type %(kind)s is expected.", kind=kind))
        if kind == "number" and not -1e15 < value < 1e15:
            self.refuse(path, self.env._("the number is out of range."))
        if kind == "text" and not is_storable(value):
            self.refuse(path, self.env._("the text holds characters that are no text."))
        return value

    def choice(self, value, choices, path, required=False):
        """Return ``value`` if it is one of ``choices``."""
        value = self.value(value, "text", path, required)
        if value and value not in choices:
            known = ", ".join(sorted(choices))
            self.refuse(path, self.env._("one of these is expected: %(known)s.", known=known))
        return value

    def rows(self, value, path, keys, limit=MAX_DOCUMENTS):
        """Return a list of objects, each checked against ``keys``.

        :param list value: what the caller sent
        :param str path: the argument's name
        :param dict keys: key → kind; a kind ending in ``*`` is required
        :param int limit: how many are allowed at most
        :return list: one dict per object with every key, unset ones ``False``
        """
        value = self.value(value, "list", path) or []
        if len(value) > limit:
            message = self.env._(
                "too_large: %(count)s entries were sent, at most %(limit)s are allowed a call.",
                count=len(value),
                limit=limit,
            )
            self.refuse(path, message)
        return [self.keys(entry, f"{path}[{index}]", keys) for index, entry in enumerate(value)]

    def keys(self, value, path, keys):
        """Return one object with every key of ``keys``; unknown keys are refused."""
        value = self.value(value, "object", path, required=True)
        for key in value:
            if key not in keys:
                known = ", ".join(keys)
                message = self.env._("unknown key; known are: %(known)s.", known=known)
                self.refuse(f"{path}.{key}", message)
        return {
            key: self.value(value.get(key), kind.rstrip("*"), f"{path}.{key}", kind.endswith("*"))
            for key, kind in keys.items()
        }

    def moment(self, value, path):
        """Return an ISO 8601 point in time as a naive UTC datetime, or ``False``."""
        text = self.value(value, "text", path)
        if not text:
            return False
        try:
            moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
            if moment.tzinfo:
                moment = (moment - moment.utcoffset()).replace(tzinfo=None)
        except (ValueError, OverflowError):
            self.refuse(path, self.env._("an ISO 8601 date and time is expected."))
        return moment.replace(microsecond=0)

    def day(self, value, path):
        """Return a ``YYYY-MM-DD`` date, or ``False``."""
        text = self.value(value, "text", path)
        if not text:
            return False
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.refuse(path, self.env._("a date written as YYYY-MM-DD is expected."))
