"""Whether e-mail addresses, telephone numbers and tax numbers are written as real ones.

Nothing here asks the network.
"""

from functools import lru_cache

from stdnum.eu import vat as eu_vat
from stdnum.util import get_cc_module

from odoo.tools import email_normalize_all

from ...tools import emails, phones
from ..common.optional import find_package

# What people enter where there is no tax number.
PLACEHOLDERS = frozenset(("/", "-", "NA", "N/A"))
# How tax numbers of the EU begin where that is not the country's code.
EU_PREFIXES = {"EL": "GR", "XI": "GB"}
# What else than "vat" is used as a tax number.
OTHER_NUMBERS = {
    "AT": ("tin",),
    "AU": ("acn", "tfn"),
    "BE": ("nn", "bis"),
    "BR": ("cpf",),
    "CA": ("sin",),
    "CH": ("uid", "ssn"),
    "CZ": ("rc",),
    "DE": ("stnr", "idnr"),
    "DK": ("cpr",),
    "DO": ("cedula",),
    "ES": ("cif", "dni", "nie"),
    "FI": ("ytunnus", "hetu"),
    "FR": ("siren", "siret", "nif"),
    "GB": ("utr",),
    "GR": ("amka",),
    "HU": ("anum",),
    "IE": ("pps",),
    "IN": ("pan",),
    "IT": ("codicefiscale",),
    "MX": ("curp",),
    "NL": ("bsn",),
    "NO": ("orgnr", "fodselsnummer"),
    "PL": ("pesel", "regon"),
    "PT": ("cc",),
    "RO": ("cnp", "cf"),
    "SE": ("orgnr", "personnummer"),
    "SK": ("rc",),
}


def is_email(text):
    """Whether all addresses in ``text`` (there may be names with them) can be reached by mail."""
    found = email_normalize_all(text)
    return bool(found) and all(emails.is_plausible(address) for address in found)


@lru_cache(4096)
def is_phone(text, country):
    """Whether ``text`` is a telephone number, dialled in ``country`` unless it has a code.

    :param str country: ISO code of two letters, or ``""``
    """
    if not phones.is_plausible(text):
        return False
    library = find_package("phonenumbers")
    if library is None:
        return True
    number = phones.digits(text)
    if not (country or number.startswith("+")):
        return True
    try:
        # Lengths only: numbers are handed out faster than any list of prefixes learns of it.
        return library.is_possible_number(library.parse(number, country or None)) or (
            library.is_possible_number(library.parse(f"+{number.lstrip('+')}"))
        )
    except library.NumberParseException:
        return False


@lru_cache(4096)
def is_tax_number(text, country):
    """Whether ``text`` is a tax number of ``country``, of the EU, or of nobody.

    :param str country: ISO code of two letters, or ``""``
    """
    number = "".join(text.split()).upper()
    if number in PLACEHOLDERS:
        return True
    prefix = number[:2]
    home = EU_PREFIXES.get(prefix, prefix).lower()
    is_european = home in eu_vat.MEMBER_STATES or prefix in EU_PREFIXES
    kinds = _get_kinds(country)
    spellings = {number, number.removeprefix(country)}
    if any(kind.is_valid(spelling) for kind in kinds for spelling in spellings):
        return True
    if is_european and eu_vat.is_valid(number):
        return True
    if prefix == "EU":  # sells into the EU from outside
        return country.lower() not in eu_vat.MEMBER_STATES
    return not kinds and not (is_european and not country)


def _get_kinds(country):
    names = ("vat", *OTHER_NUMBERS.get(country, ())) if country else ()
    return [kind for name in names if (kind := get_cc_module(country.lower(), name))]
