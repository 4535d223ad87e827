"""Telling whether a postcode can lie in the state or province it is written with.

Post offices number by region in some countries. Codes of regions are the second part of
ISO 3166-2, as in ``US-CA``; what is not in the tables is taken as it is.

To add a country: 1. add a table of region -> beginnings of its postcodes to ``_TABLES``, digits
only unless the country is in ``_LETTERS``; 2. put postcodes of border places beside it; 3. add
a fitting and an unfitting pair to the table of the tests.
"""

import re
from collections.abc import Iterable, Mapping


def _span(*spans: str) -> tuple[str, ...]:
    """Return the beginnings that spans such as ``900-961`` or ``005`` stand for."""
    found: list[str] = []
    for span in spans:
        first, _dash, last = span.partition("-")
        width = len(first)
        numbers: Iterable[int] = range(int(first), int(last or first) + 1)
        found += [f"{number:0{width}d}" for number in numbers]
    return tuple(found)


# Provinces in the order of their postcodes, from 01; two codes where ISO has changed its own.
_SPAIN = (
    "VI AB A AL AV BA PM,IB B BU CC CA CS CR CO C CU GI GR GU SS H HU J LE L LO,RI LU M MA MU"
    " NA,NC OR,OU O P GC PO SA TF S,CB SG SE SO T TE TO V VA BI ZA Z CE ME,ML"
)

_TABLES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "US": {
        "AA": _span("340"),
        "AE": _span("090-098"),
        "AK": _span("995-999"),
        "AL": _span("350-369"),
        "AP": _span("962-966"),
        "AR": _span("716-729", "755"),
        "AS": _span("967"),
        "AZ": _span("850-865"),
        "CA": _span("900-961"),
        "CO": _span("800-816"),
        "CT": _span("060-069"),
        "DC": _span("200", "202-205", "569"),
        "DE": _span("197-199"),
        "FL": _span("320-349"),
        "FM": _span("969"),
        "GA": _span("300-319", "398-399"),
        "GU": _span("969"),
        "HI": _span("967-968"),
        "IA": _span("500-528"),
        "ID": _span("832-838"),
        "IL": _span("600-629"),
        "IN": _span("460-479"),
        "KS": _span("660-679"),
        "KY": _span("400-427"),
        "LA": _span("700-714"),
        "MA": _span("010-027", "055"),
        "MD": _span("206-219"),
        "ME": _span("039-049"),
        "MH": _span("969"),
        "MI": _span("480-499"),
        "MN": _span("550-567"),
        "MO": _span("630-658"),
        "MP": _span("969"),
        "MS": _span("386-397"),
        "MT": _span("590-599"),
        "NC": _span("270-289"),
        "ND": _span("580-588"),
        "NE": _span("680-693"),
        "NH": _span("030-038"),
        "NJ": _span("070-089"),
        "NM": _span("870-884"),
        "NV": _span("889-898"),
        "NY": _span("005", "063", "100-149"),
        "OH": _span("430-459"),
        "OK": _span("730-749"),
        "OR": _span("970-979"),
        "PA": _span("150-196"),
        "PR": _span("006-007", "009"),
        "PW": _span("969"),
        "RI": _span("028-029"),
        "SC": _span("290-299"),
        "SD": _span("570-577"),
        "TN": _span("370-385"),
        "TX": _span("733", "750-799", "885"),
        "UT": _span("840-847"),
        "VA": _span("201", "220-246"),
        "VI": _span("008"),
        "VT": _span("050-059"),
        "WA": _span("980-994"),
        "WI": _span("530-549"),
        "WV": _span("247-268"),
        "WY": _span("820-831", "834"),
    },
    "CA": {
        "AB": ("T", "S9V"),
        "BC": ("V",),
        "MB": ("R",),
        "NB": ("E",),
        "NL": ("A",),
        "NS": ("B",),
        "NT": ("X",),
        "NU": ("X",),
        "ON": ("K", "L", "M", "N", "P"),
        "PE": ("C",),
        "QC": ("G", "H", "J", "K1A"),
        "SK": ("S", "R8A"),
        "YT": ("Y",),
    },
    "AU": {
        "ACT": ("02", "2540", "26", "29"),
        "NSW": ("1", "2", "3500", "3585", "3586", "3644", "3691", "3707", "4375", "4377", "4380",
                "4383", "4385"),
        "NT": ("08", "09", "4825"),
        "QLD": ("4", "9", "2406"),
        "SA": ("5", "0872"),
        "TAS": ("7",),
        "VIC": ("3", "8", "2640", "2648"),
        "WA": ("6", "0872"),
    },
    "BR": {
        "AC": ("69",),
        "AL": ("57",),
        "AM": ("69",),
        "AP": ("68",),
        "BA": _span("40-48"),
        "CE": _span("60-63"),
        "DF": _span("70-73"),
        "ES": ("29",),
        "GO": _span("72-76"),
        "MA": ("65",),
        "MG": _span("30-39"),
        "MS": ("79",),
        "MT": ("78",),
        "PA": _span("66-68"),
        "PB": ("58",),
        "PE": _span("50-56"),
        "PI": ("64",),
        "PR": _span("80-87"),
        "RJ": _span("20-28"),
        "RN": ("59",),
        "RO": ("76", "78"),
        "RR": ("69",),
        "RS": _span("90-99"),
        "SC": _span("88-89"),
        "SE": ("49",),
        "SP": _span("01-19"),
        "TO": ("77",),
    },
    "ES": {
        region: (f"{number:02d}",)
        for number, regions in enumerate(
            _SPAIN.split(),
            start=1,
        )
        for region in regions.split(",")
    },
}  # fmt: skip
_LETTERS = frozenset(("CA",))


def fits(country: str, region: str, postcode: str) -> bool:
    """Tell whether ``postcode`` can lie in ``region``; true where the tables do not know.

    :param country: ISO 3166-1 code of two letters
    :param region: code of the state or province within the country
    :param postcode: as it is written, well formed for its country
    """
    beginnings = _TABLES.get(country.upper(), {}).get(region.upper())
    if not (beginnings and postcode):
        return True
    return _bare(country.upper(), postcode).startswith(beginnings)


def _bare(country: str, postcode: str) -> str:
    """Return a postcode as the tables have it, without the country's code before it."""
    if country not in _LETTERS:
        return re.sub(r"[^0-9]", "", postcode)
    text = re.sub(r"[^0-9A-Z]", "", postcode.upper())
    return text if re.match(r"[A-Z]\d", text) else text.removeprefix(country)
