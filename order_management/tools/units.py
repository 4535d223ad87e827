"""Codes of UN/ECE recommendation 20 and 21 for the units that orders name."""

from types import MappingProxyType

#: code → names that a unit of that kind goes by, in lower case, the usual one first
UNIT_NAMES = MappingProxyType(
    {
        "C62": ("units", "unit"),
        "EA": ("units", "unit"),
        "H87": ("units", "unit"),
        "NAR": ("units", "unit"),
        "PCE": ("units", "unit"),
        "XPP": ("units", "unit"),
        "E48": ("units", "unit"),
        "ZZ": ("units", "unit"),
        "XPK": ("pack", "package"),
        "XPA": ("packet", "pack"),
        "XBX": ("box",),
        "XCT": ("carton",),
        "XCS": ("case",),
        "XBG": ("bag",),
        "XBO": ("bottle",),
        "XBE": ("bundle",),
        "XRO": ("roll",),
        "XPX": ("pallet",),
        "PR": ("pair", "pairs"),
        "SET": ("set", "sets"),
        "DZN": ("dozens", "dozen"),
        "MIN": ("minutes", "minute"),
        "HUR": ("hours", "hour"),
        "DAY": ("days", "day"),
        "WEE": ("weeks", "week"),
        "MON": ("months", "month"),
        "MMT": ("mm",),
        "CMT": ("cm",),
        "MTR": ("m",),
        "KMT": ("km",),
        "MTK": ("m²",),
        "MLT": ("ml",),
        "LTR": ("l",),
        "MTQ": ("m³",),
        "MGM": ("mg",),
        "GRM": ("g",),
        "KGM": ("kg",),
        "TNE": ("ton", "tonne"),
        "ONZ": ("oz",),
        "LBR": ("lb",),
        "INH": ("in",),
        "FOT": ("ft",),
        "YRD": ("yd",),
        "SMI": ("mi",),
        "FTK": ("ft²",),
        "OZA": ("fl oz (us)",),
        "QTL": ("qt (us)", "qt (us liquid)"),
        "GLL": ("gal (us)",),
        "INQ": ("in³",),
        "FTQ": ("ft³",),
        "KWH": ("kwh",),
    }
)

#: codes that say how goods are wrapped, and not how much there is of them
PACKAGINGS = frozenset(
    {"XPK", "XPA", "XBX", "XCT", "XCS", "XBG", "XBO", "XBE", "XRO", "XPX", "SET"}
)


def packaging_names(text: str) -> tuple[str, ...]:
    """The names, in lower case, of the packaging that a code or word means; none for others.

    How much is in a packaging is another matter for each product.
    """
    code = text.strip().upper()
    if code in PACKAGINGS:
        return UNIT_NAMES[code]
    word = text.strip().lower()
    return (word,) if any(word in UNIT_NAMES[known] for known in PACKAGINGS) else ()


def names_of(text: str) -> tuple[str, ...]:
    """The unit names, in lower case, that a code or a name may stand for; its own first."""
    text = text.strip()
    return (text.lower(), *UNIT_NAMES.get(text.upper(), ()))
