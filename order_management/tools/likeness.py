"""Telling whether two short texts, such as parts of an address, say the same to a reader."""

import unicodedata

# Scripts whose marks are accents; elsewhere a mark makes another letter (か and が).
ACCENTED = ("LATIN", "GREEK")


def comparable(text: str | None) -> str:
    """Return what is left of ``text`` when it is compared: letters and numbers.

    Case, accents, punctuation and white space do not count, except that two numbers stay two:
    ``"Quai d'Orsay 5/2"`` and ``"QUAI DORSAY 5 2"`` are alike, ``"5/2"`` and ``"52"`` are not.
    """
    parts: list[str] = []
    was_digit = is_apart = False
    for sign in _without_accents(unicodedata.normalize("NFKC", text or "").casefold()):
        is_digit = sign.isdigit()
        if not (sign.isalnum() or unicodedata.category(sign).startswith("M")):
            is_apart = True
            continue
        if parts and (is_digit != was_digit or (is_digit and is_apart)):
            parts.append(" ")
        parts.append(sign)
        was_digit, is_apart = is_digit, False
    return "".join(parts)


def _without_accents(text: str) -> str:
    kept, base = [], ""
    for sign in unicodedata.normalize("NFKD", text):
        if not unicodedata.combining(sign):
            base = sign
        elif unicodedata.name(base or " ", "").startswith(ACCENTED):
            continue
        kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept))
