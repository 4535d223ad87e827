"""What a postal address must have, country by country.

The rules tell a form error from a usable address; whether a street exists they do not know.
Nothing is changed: the caller shows the problems to somebody who can put them right.

To add a country: 1. add its row to ``_ROWS``; 2. add the shape of its postcodes to
``_SHAPES`` unless it is there; 3. add the code to the sets below the table that hold for it;
4. add a good and a bad postcode to the table of the tests.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

# Shape of a postcode in plain words -> its pattern, with the separators people leave out.
_SHAPES = {
    "no postcode": r".*",
    "three digits": r"\d{3}",
    "three or four digits": r"\d{3,4}",
    "three, five or six digits": r"\d{3}(?:\d{2,3})?",
    "four digits": r"\d{4}",
    "four digits, or eight with a space": r"\d{4}(?: ?\d{4})?",
    "four or five digits": r"\d{4,5}",
    "four or six digits": r"\d{4}(?:\d{2})?",
    "five digits": r"\d{5}",
    "five digits, the first two not 00": r"(?!00)\d{5}",
    "five digits, or nine with a hyphen": r"(?!000)\d{5}(?:[- ]?\d{4})?",
    "five or six digits": r"\d{5,6}",
    "five or seven digits": r"\d{5}(?:\d{2})?",
    "six digits": r"\d{3} ?\d{3}",
    "seven digits": r"\d{3}[- ]?\d{4}",
    "ten digits with a hyphen in the middle": r"\d{5}[- ]?\d{5}",
    "three digits, a space and two digits": r"\d{3} ?\d{2}",
    "two digits, a hyphen and three digits": r"\d{2}[- ]?\d{3}",
    "three digits, a hyphen and four digits": r"\d{3}[- ]?\d{4}",
    "four digits, a hyphen and three digits": r"\d{4}[- ]?\d{3}",
    "five digits, a hyphen and three digits": r"\d{5}[- ]?\d{3}",
    "four digits, a space and two letters": r"[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}",
    "four digits, or a letter, four digits and three letters": r"\d{4}|[A-Z]\d{4}[A-Z]{3}",
    "letters and digits in turn, a space in the middle": (
        r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][- ]?\d[ABCEGHJ-NPRSTV-Z]\d"
    ),
    "letters and digits in two groups, the second a digit and two letters": (
        r"BFPO ?\d{1,4}|(?:GIR|[A-PR-UWYZ](?:\d[A-HJKPSTUW]|\d{1,2}|[A-HK-Y]\d[0-9A-Z]?))"
        r" ?\d[ABD-HJLNP-UW-Z]{2}"
    ),
    "three letters or digits, a space and four letters or digits": (
        r"(?:[AC-FHKNPRTV-Y]\d{2}|D6W) ?[0-9AC-FHKNPRTV-Y]{4}"
    ),
    "GX11 1AA": r"GX11 ?1AA",
    "GY, one or two digits, a space, a digit and two letters": r"GY\d{1,2} ?\d[A-Z]{2}",
    "IM, one or two digits, a space, a digit and two letters": r"IM\d{1,2} ?\d[A-Z]{2}",
    "JE, one or two digits, a space, a digit and two letters": r"JE\d{1,2} ?\d[A-Z]{2}",
    "AD and three digits": r"[1-7]\d{2}",
    "KY, a digit, a hyphen and four digits": r"KY\d[- ]?\d{4}",
    "VG and four digits": r"VG ?\d{4}",
    "a letter and three digits": r"[A-Z]\d{3}",
    "two letters and four digits": r"[A-Z]{2} ?\d{4}",
    "two letters, a space and two letters or digits": r"[A-Z]{2} ?[A-Z0-9]{2}",
    "three letters, a space and four digits": r"[A-Z]{3} ?\d{2,4}",
    "00120": r"00120",
    "22 and three digits": r"22\d{3}",
    "39 and two digits": r"39\d{2}",
    "4789 and a digit": r"4789\d",
    "00, three digits and perhaps four more": r"00[679]\d{2}(?:[- ]?\d{4})?",
    "971 and two digits": r"971\d{2}",
    "972 and two digits": r"972\d{2}",
    "973 and two digits": r"973\d{2}",
    "974 and two digits": r"974\d{2}",
    "975 and two digits": r"975\d{2}",
    "976 and two digits": r"976\d{2}",
    "980 and two digits": r"980\d{2}",
    "986 and two digits": r"986\d{2}",
    "987 and two digits": r"987\d{2}",
    "988 and two digits": r"988\d{2}",
}

# Code, name, shape of the postcode, an example of it.
_ROWS = (
    ("AD", "Andorra", "AD and three digits", "AD500"),
    ("AE", "United Arab Emirates", "no postcode", ""),
    ("AF", "Afghanistan", "four digits", "1001"),
    ("AG", "Antigua and Barbuda", "no postcode", ""),
    ("AL", "Albania", "four digits", "1001"),
    ("AM", "Armenia", "four or six digits", "0010"),
    ("AO", "Angola", "no postcode", ""),
    ("AR", "Argentina", "four digits, or a letter, four digits and three letters", "C1420ABC"),
    ("AS", "American Samoa", "five digits, or nine with a hyphen", "96799"),
    ("AT", "Austria", "four digits", "1010"),
    ("AU", "Australia", "four digits", "2000"),
    ("AW", "Aruba", "no postcode", ""),
    ("AX", "Åland Islands", "22 and three digits", "22100"),
    ("AZ", "Azerbaijan", "four digits", "1000"),
    ("BA", "Bosnia and Herzegovina", "five digits", "71000"),
    ("BB", "Barbados", "five digits", "11000"),
    ("BD", "Bangladesh", "four digits", "1000"),
    ("BE", "Belgium", "four digits", "1000"),
    ("BF", "Burkina Faso", "no postcode", ""),
    ("BG", "Bulgaria", "four digits", "1000"),
    ("BH", "Bahrain", "three or four digits", "317"),
    ("BI", "Burundi", "no postcode", ""),
    ("BJ", "Benin", "no postcode", ""),
    ("BL", "Saint Barthélemy", "971 and two digits", "97133"),
    ("BM", "Bermuda", "two letters, a space and two letters or digits", "HM 12"),
    ("BN", "Brunei", "two letters and four digits", "BS8611"),
    ("BO", "Bolivia", "no postcode", ""),
    ("BR", "Brazil", "five digits, a hyphen and three digits", "01310-100"),
    ("BS", "Bahamas", "no postcode", ""),
    ("BT", "Bhutan", "five digits", "11001"),
    ("BW", "Botswana", "no postcode", ""),
    ("BY", "Belarus", "six digits", "220030"),
    ("BZ", "Belize", "no postcode", ""),
    ("CA", "Canada", "letters and digits in turn, a space in the middle", "K1A 0B1"),
    ("CD", "Congo (Kinshasa)", "no postcode", ""),
    ("CG", "Congo (Brazzaville)", "no postcode", ""),
    ("CH", "Switzerland", "four digits", "8001"),
    ("CI", "Côte d'Ivoire", "no postcode", ""),
    ("CL", "Chile", "seven digits", "8320000"),
    ("CM", "Cameroon", "no postcode", ""),
    ("CN", "China", "six digits", "100000"),
    ("CO", "Colombia", "six digits", "110111"),
    ("CR", "Costa Rica", "four or five digits", "10101"),
    ("CU", "Cuba", "five digits", "10400"),
    ("CV", "Cape Verde", "four digits", "7600"),
    ("CW", "Curaçao", "no postcode", ""),
    ("CY", "Cyprus", "four digits", "1010"),
    ("CZ", "Czechia", "three digits, a space and two digits", "110 00"),
    ("DE", "Germany", "five digits, the first two not 00", "10115"),
    ("DK", "Denmark", "four digits", "1050"),
    ("DO", "Dominican Republic", "five digits", "10101"),
    ("DZ", "Algeria", "five digits", "16000"),
    ("EC", "Ecuador", "six digits", "170150"),
    ("EE", "Estonia", "five digits", "10111"),
    ("EG", "Egypt", "five or seven digits", "11511"),
    ("ES", "Spain", "five digits, the first two not 00", "28001"),
    ("ET", "Ethiopia", "four digits", "1000"),
    ("FI", "Finland", "five digits", "00100"),
    ("FJ", "Fiji", "no postcode", ""),
    ("FM", "Micronesia", "five digits, or nine with a hyphen", "96941"),
    ("FO", "Faroe Islands", "three digits", "100"),
    ("FR", "France", "five digits", "75001"),
    (
        "GB",
        "United Kingdom",
        "letters and digits in two groups, the second a digit and two letters",
        "SW1A 1AA",
    ),
    ("GE", "Georgia", "four digits", "0102"),
    ("GF", "French Guiana", "973 and two digits", "97300"),
    ("GG", "Guernsey", "GY, one or two digits, a space, a digit and two letters", "GY1 1AA"),
    ("GH", "Ghana", "no postcode", ""),
    ("GI", "Gibraltar", "GX11 1AA", "GX11 1AA"),
    ("GL", "Greenland", "39 and two digits", "3900"),
    ("GM", "Gambia", "no postcode", ""),
    ("GP", "Guadeloupe", "971 and two digits", "97100"),
    ("GR", "Greece", "three digits, a space and two digits", "105 57"),
    ("GT", "Guatemala", "five digits", "01001"),
    ("GU", "Guam", "five digits, or nine with a hyphen", "96910"),
    ("GY", "Guyana", "no postcode", ""),
    ("HK", "Hong Kong", "no postcode", ""),
    ("HN", "Honduras", "five digits", "11101"),
    ("HR", "Croatia", "five digits", "10000"),
    ("HT", "Haiti", "four digits", "6110"),
    ("HU", "Hungary", "four digits", "1051"),
    ("ID", "Indonesia", "five digits", "10110"),
    ("IE", "Ireland", "three letters or digits, a space and four letters or digits", "D02 AF30"),
    ("IL", "Israel", "five or seven digits", "9614303"),
    ("IM", "Isle of Man", "IM, one or two digits, a space, a digit and two letters", "IM1 1AA"),
    ("IN", "India", "six digits", "110001"),
    ("IQ", "Iraq", "five digits", "10001"),
    ("IR", "Iran", "ten digits with a hyphen in the middle", "11936-12345"),
    ("IS", "Iceland", "three digits", "101"),
    ("IT", "Italy", "five digits", "00118"),
    ("JE", "Jersey", "JE, one or two digits, a space, a digit and two letters", "JE2 3AB"),
    ("JM", "Jamaica", "no postcode", ""),
    ("JO", "Jordan", "five digits", "11118"),
    ("JP", "Japan", "three digits, a hyphen and four digits", "100-0001"),
    ("KE", "Kenya", "five digits", "00100"),
    ("KG", "Kyrgyzstan", "six digits", "720001"),
    ("KH", "Cambodia", "five or six digits", "120101"),
    ("KR", "South Korea", "five digits", "03048"),
    ("KW", "Kuwait", "five digits", "15000"),
    ("KY", "Cayman Islands", "KY, a digit, a hyphen and four digits", "KY1-1100"),
    ("KZ", "Kazakhstan", "six digits", "010000"),
    ("LA", "Laos", "five digits", "01000"),
    ("LB", "Lebanon", "four digits, or eight with a space", "1107 2810"),
    ("LI", "Liechtenstein", "four digits", "9490"),
    ("LK", "Sri Lanka", "five digits", "00100"),
    ("LT", "Lithuania", "five digits", "01100"),
    ("LU", "Luxembourg", "four digits", "1111"),
    ("LV", "Latvia", "four digits", "1010"),
    ("LY", "Libya", "no postcode", ""),
    ("MA", "Morocco", "five digits", "10000"),
    ("MC", "Monaco", "980 and two digits", "98000"),
    ("MD", "Moldova", "four digits", "2001"),
    ("ME", "Montenegro", "five digits", "81000"),
    ("MF", "Saint Martin", "971 and two digits", "97150"),
    ("MG", "Madagascar", "three digits", "101"),
    ("MH", "Marshall Islands", "five digits, or nine with a hyphen", "96960"),
    ("MK", "North Macedonia", "four digits", "1000"),
    ("ML", "Mali", "no postcode", ""),
    ("MM", "Myanmar", "five digits", "11181"),
    ("MN", "Mongolia", "five or six digits", "14200"),
    ("MO", "Macao", "no postcode", ""),
    ("MP", "Northern Mariana Islands", "five digits, or nine with a hyphen", "96950"),
    ("MQ", "Martinique", "972 and two digits", "97200"),
    ("MR", "Mauritania", "no postcode", ""),
    ("MT", "Malta", "three letters, a space and four digits", "VLT 1117"),
    ("MU", "Mauritius", "five digits", "11302"),
    ("MV", "Maldives", "five digits", "20026"),
    ("MW", "Malawi", "no postcode", ""),
    ("MX", "Mexico", "five digits", "06000"),
    ("MY", "Malaysia", "five digits", "50000"),
    ("MZ", "Mozambique", "four digits", "1100"),
    ("NA", "Namibia", "five digits", "10001"),
    ("NC", "New Caledonia", "988 and two digits", "98800"),
    ("NG", "Nigeria", "six digits", "100001"),
    ("NI", "Nicaragua", "five digits", "11001"),
    ("NL", "Netherlands", "four digits, a space and two letters", "1012 JS"),
    ("NO", "Norway", "four digits", "0150"),
    ("NP", "Nepal", "five digits", "44600"),
    ("NZ", "New Zealand", "four digits", "6011"),
    ("OM", "Oman", "three digits", "112"),
    ("PA", "Panama", "four digits", "0801"),
    ("PE", "Peru", "five digits", "15001"),
    ("PF", "French Polynesia", "987 and two digits", "98709"),
    ("PG", "Papua New Guinea", "three digits", "111"),
    ("PH", "Philippines", "four digits", "1000"),
    ("PK", "Pakistan", "five digits", "44000"),
    ("PL", "Poland", "two digits, a hyphen and three digits", "00-950"),
    ("PM", "Saint Pierre and Miquelon", "975 and two digits", "97500"),
    ("PR", "Puerto Rico", "00, three digits and perhaps four more", "00901"),
    ("PT", "Portugal", "four digits, a hyphen and three digits", "1000-001"),
    ("PW", "Palau", "five digits, or nine with a hyphen", "96940"),
    ("PY", "Paraguay", "four digits", "1001"),
    ("QA", "Qatar", "no postcode", ""),
    ("RE", "Réunion", "974 and two digits", "97400"),
    ("RO", "Romania", "six digits", "010011"),
    ("RS", "Serbia", "five or six digits", "11000"),
    ("RU", "Russia", "six digits", "101000"),
    ("RW", "Rwanda", "no postcode", ""),
    ("SA", "Saudi Arabia", "five digits, or nine with a hyphen", "11564"),
    ("SC", "Seychelles", "no postcode", ""),
    ("SD", "Sudan", "five digits", "11111"),
    ("SE", "Sweden", "three digits, a space and two digits", "111 22"),
    ("SG", "Singapore", "six digits", "018956"),
    ("SI", "Slovenia", "four digits", "1000"),
    ("SJ", "Svalbard and Jan Mayen", "four digits", "9170"),
    ("SK", "Slovakia", "three digits, a space and two digits", "811 01"),
    ("SM", "San Marino", "4789 and a digit", "47890"),
    ("SN", "Senegal", "five digits", "11000"),
    ("SR", "Suriname", "no postcode", ""),
    ("SV", "El Salvador", "four digits", "1101"),
    ("SZ", "Eswatini", "a letter and three digits", "H100"),
    ("TD", "Chad", "no postcode", ""),
    ("TG", "Togo", "no postcode", ""),
    ("TH", "Thailand", "five digits", "10200"),
    ("TJ", "Tajikistan", "six digits", "734000"),
    ("TM", "Turkmenistan", "six digits", "744000"),
    ("TN", "Tunisia", "four digits", "1000"),
    ("TR", "Türkiye", "five digits", "34000"),
    ("TT", "Trinidad and Tobago", "six digits", "120110"),
    ("TW", "Taiwan", "three, five or six digits", "100"),
    ("TZ", "Tanzania", "five digits", "11101"),
    ("UA", "Ukraine", "five digits", "01001"),
    ("UG", "Uganda", "no postcode", ""),
    ("US", "United States", "five digits, or nine with a hyphen", "10001"),
    ("UY", "Uruguay", "five digits", "11000"),
    ("UZ", "Uzbekistan", "six digits", "100000"),
    ("VA", "Vatican City", "00120", "00120"),
    ("VE", "Venezuela", "four digits", "1010"),
    ("VG", "British Virgin Islands", "VG and four digits", "VG1110"),
    ("VI", "US Virgin Islands", "five digits, or nine with a hyphen", "00802"),
    ("VN", "Vietnam", "five or six digits", "10000"),
    ("WF", "Wallis and Futuna", "986 and two digits", "98600"),
    ("XK", "Kosovo", "five digits", "10000"),
    ("YE", "Yemen", "no postcode", ""),
    ("YT", "Mayotte", "976 and two digits", "97600"),
    ("ZA", "South Africa", "four digits", "0001"),
    ("ZM", "Zambia", "five digits", "10101"),
    ("ZW", "Zimbabwe", "no postcode", ""),
)


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Postcodes exist, but mail arrives without them.
_ZIP_OPTIONAL = _codes(
    "AF AL AM AZ BB BD BH BN BT CL CO CR CU CV DO EC EG ET GE GT HN HT IE IQ IR JO KE KH KW LA LB"
    " LK MG MM MN MU MV MZ NA NG NI NP OM PA PE PG PH PK PY SD SN SV SZ TJ TM TT TZ UY UZ VE"
    " VG VN XK ZM"
)
_STATE_REQUIRED = _codes("AR AU BR CA CN ID IN JP MX US")
_CITY_OPTIONAL = _codes("GI HK MC MO SG VA")  # one city, or districts in its place

# What people write before a postcode, besides the code of the country.
_PREFIXES = {
    "AT": "A",
    "BE": "B",
    "DE": "D",
    "ES": "E",
    "FI": "FIN",
    "FR": "F",
    "HU": "H",
    "IT": "I",
    "JP": "〒",
    "LI": "FL",
    "LU": "L",
    "NO": "N",
    "PT": "P",
    "SE": "S",
    "SI": "SLO",
    "SV": "CP",
}

_HINTS = {
    "street": "Enter the street with the house number.",
    "city": "Enter the town or city.",
    "country": "Enter the country's ISO 3166-1 code of two letters, such as DE.",
}


@dataclass(frozen=True)
class Rule:
    """What the addresses of one country must have."""

    country: str
    name: str
    shape: str  # of a postcode, in words
    example: str
    pattern: re.Pattern[str]
    zip_required: bool
    state_required: bool
    city_required: bool

    def accepts(self, postcode: str) -> bool:
        """Tell whether ``postcode`` is written as in this country, whatever its spacing."""
        return bool(self.pattern.fullmatch(_plain(postcode)))


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an address."""

    field: str  # key of the address
    code: str  # "missing" or "malformed", as in the table of error codes
    message: str
    hint: str


def _rule(code: str, name: str, shape: str, example: str) -> Rule:
    prefix = "|".join(filter(None, [code, _PREFIXES.get(code)]))
    return Rule(
        country=code,
        name=name,
        shape=shape,
        example=example,
        pattern=re.compile(rf"(?:(?:{prefix})[- ]?)?(?:{_SHAPES[shape]})", re.ASCII),
        zip_required=bool(example) and code not in _ZIP_OPTIONAL,
        state_required=code in _STATE_REQUIRED,
        city_required=code not in _CITY_OPTIONAL,
    )


RULES: Mapping[str, Rule] = MappingProxyType({row[0]: _rule(*row) for row in _ROWS})


def check(address: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with ``address``, nothing when it is complete and well written.

    :param address: keys ``street``, ``street2``, ``zip``, ``city``, ``state`` and ``country``
        (two letters), each a text or unset; other keys are not looked at. Of a country
        without a rule only street, city and country are needed.
    """
    country = _value(address, "country").upper()
    rule = RULES.get(country)
    return [
        *_missing(address, "street"),
        *_problems_of_zip(_value(address, "zip"), rule),
        *(_missing(address, "city") if rule is None or rule.city_required else ()),
        *_problems_of_state(_value(address, "state"), rule),
        *_problems_of_country(country),
    ]


def _value(address: Mapping[str, Any], key: str) -> str:
    """Return what the address says under ``key``, an empty text when that is nothing."""
    value = address.get(key) or ""
    if not isinstance(value, str):
        raise ValueError(f"address: {key} must be a text, not {value!r}")
    # Dashes and dots that only fill a mandatory field say nothing.
    return value.strip() if any(char.isalnum() for char in value) else ""


def _missing(address: Mapping[str, Any], key: str) -> Iterator[Problem]:
    if not _value(address, key):
        yield Problem(key, "missing", f"The {key} is missing.", _HINTS[key])


def _problems_of_zip(postcode: str, rule: Rule | None) -> Iterator[Problem]:
    if rule is None:
        return
    if not postcode and rule.zip_required:
        hint = f"{rule.name}: {rule.shape}, such as {rule.example}."
        yield Problem("zip", "missing", "The postcode is missing.", hint)
    elif postcode and not rule.accepts(postcode):
        message = f'The postcode "{postcode}" is not right: {rule.name} needs {rule.shape}.'
        yield Problem("zip", "malformed", message, f"Write it like {rule.example}.")


def _problems_of_state(state: str, rule: Rule | None) -> Iterator[Problem]:
    if rule is not None and rule.state_required and not state:
        hint = f"{rule.name}: enter the state, province or region."
        yield Problem("state", "missing", "The state is missing.", hint)


def _problems_of_country(country: str) -> Iterator[Problem]:
    if not country:
        yield Problem("country", "missing", "The country is missing.", _HINTS["country"])
    elif not re.fullmatch("[A-Z]{2}", country):
        message = f'The country "{country}" is not a code of two letters.'
        yield Problem("country", "malformed", message, _HINTS["country"])


def _plain(postcode: str) -> str:
    """Return a postcode in capital letters, with plain digits, hyphens and single spaces."""
    text = unicodedata.normalize("NFKC", postcode).upper()
    text = re.sub(r"\s*[-\u2010-\u2015\u2212\u30fc]\s*", "-", text)
    return " ".join(text.split())
