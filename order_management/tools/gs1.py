"""GS1 numbers: check digits, shipping container codes and element strings.

An element string is what a GS1-128 or GS1 DataMatrix symbol holds: pairs of an application
identifier (AI) and its value, written one after the other. Which AIs exist and what they
hold is taken from the GS1 General Specifications.
"""

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

GROUP_SEPARATOR = "\x1d"  # ends an element without predefined length
SSCC_LENGTH = 18  # digits, check digit included

# The characters of a format: digits, and the sets of 82, 39 (less #) and 64 characters.
_CHARACTERS = {
    "N": "0-9",
    "X": "!\"%&'()*+,\\-./0-9:;<=>?A-Z_a-z",
    "Y": "\\-/0-9A-Z",
    "Z": "\\-0-9=A-Z_a-z",
}
_COMPONENT = re.compile(r"(\[?)([NXYZ])(\.\.)?([0-9]+)\]?")
_OUTSIDE_SET_82 = re.compile(f"[^{_CHARACTERS['X']}]")

_CHECKED_LAST_DIGIT = frozenset(["00", "01", "02", "03", *map(str, range(410, 418))])
_DATES = frozenset(["11", "12", "13", "15", "16", "17"])
_PREDEFINED = frozenset(
    ["00", "01", "02", "03", "04", *map(str, range(11, 21)), *map(str, range(31, 37)), "41"]
)

# Format -> AIs. "N6" six digits, "X..20" one to twenty characters, "[...]" may be left out.
_AIS = {
    "N1": "4321-4323 7252",
    "N1+X1+N1": "7258",  # X1 is a slash
    "N1+X3": "7040",
    "N2": "20 7241",
    "N3": "422 424 426",
    "N3+[N3]+[N3]+[N3]+[N3]": "423 425",
    "N3+N..15": "3910-3919 3930-3939",
    "N3+X..9": "421",
    "N3+X..27": "7030-7039",
    "N4": "3940-3943 8111",
    "N6": "11-13 15-17 3950-3955 4326 7006 8005",
    "N6+[N4]": "7011",
    "N6+[N6]": "7007",
    "N6+[X1]": "4330-4333",  # X1 is a minus sign
    "N8": "7250",
    "N8+[N2]+[N2]": "8008",
    "N10": "4324-4325 7003",
    "N12": "7251",
    "N13": "410-417 7001",
    "N13+[N..12]": "255",
    "N13+[X..17]": "253",
    "N14": "01-03 8001",
    "N14+[X..16]": "8003",
    "N15": "8040-8041",
    "N17": "402",
    "N18": "00 8006 8017-8018 8026",
    "N18+[N..2]": "8043",
    "N20": "4309",
    "N32": "8042",
    "N..4": "7004",
    "N..6": "242",
    "N..8": "30 37",
    "N..10": "8019",
    "N..12": "8011",
    "N..15": "3900-3909 3920-3929",
    "X2": "4307 4317",
    "X2+X..28": "7230-7239",
    "X..2": "7010",
    "X..3": "427 7008",
    "X..4": "7041",
    "X..10": "7009 7255",
    "X..12": "7005",
    "X..20": "10 21-22 243 254 420 4318 7020-7022 710-717 7240 8002 8012",
    "X..25": "7242 8013-8014 8020",
    "X..28": "235",
    "X..30": "90 240-241 250-251 400-401 403 4308 4319 7002 7023 8004",
    "X..34": "8007",
    "X..35": "4300-4301 4310-4311 4320",
    "X..40": "7253-7254 7259",
    "X..50": "8009",
    "X..70": "4302-4306 4312-4316 7257 8110 8112 8200",
    "X..90": "91-99 7256",
    "Y..30": "8010",
    "Z..90": "8030",
}
# Measures carry the number of their decimal places, 0 to 5, as the fourth digit of the AI.
_MEASURES = "310-316 320-337 340-357 360-369"


@dataclass(frozen=True)
class ApplicationIdentifier:
    """What the value behind one application identifier looks like."""

    ai: str
    format: str

    @property
    def has_predefined_length(self) -> bool:
        """Whether the next element may follow without a separator."""
        return self.ai[:2] in _PREDEFINED

    @property
    def is_numeric(self) -> bool:
        return all(kind == "N" for _optional, kind, _upto, _size in self._components)

    @property
    def min_length(self) -> int:
        required = [part for part in self._components if not part[0]]
        return sum(1 if upto else int(size) for _optional, _kind, upto, size in required)

    @property
    def max_length(self) -> int:
        return sum(int(size) for _optional, _kind, _upto, size in self._components)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile("".join(map(_component_pattern, self._components)))

    @cached_property
    def _components(self) -> list[tuple[str, str, str, str]]:
        return _COMPONENT.findall(self.format)


def _component_pattern(component: tuple[str, str, str, str]) -> str:
    optional, kind, upto, size = component
    pattern = f"[{_CHARACTERS[kind]}]{{{'1,' if upto else ''}{size}}}"
    return f"(?:{pattern})?" if optional else pattern


def _expand(ranges: str) -> Iterator[str]:
    """Yield the AIs of a text such as ``"11-13 15"``."""
    for text in ranges.split():
        first, _dash, last = text.partition("-")
        for number in range(int(first), int(last or first) + 1):
            yield f"{number:0{len(first)}d}"


def _all_identifiers() -> Iterator[ApplicationIdentifier]:
    for format_, ranges in _AIS.items():
        yield from (ApplicationIdentifier(ai, format_) for ai in _expand(ranges))
    for family in _expand(_MEASURES):
        yield from (ApplicationIdentifier(f"{family}{places}", "N6") for places in range(6))


APPLICATION_IDENTIFIERS: Mapping[str, ApplicationIdentifier] = MappingProxyType(
    {identifier.ai: identifier for identifier in _all_identifiers()}
)


def check_digit(digits: str) -> int:
    """Return the check digit of ``digits``, which are given without it."""
    if not _is_digits(digits):
        raise ValueError(f"digits must be one or more of 0 to 9, not {digits!r}")
    weighted = (int(digit) * (1 if at % 2 else 3) for at, digit in enumerate(reversed(digits)))
    return -sum(weighted) % 10


def sscc(company_prefix: str, serial: int, extension: int = 0) -> str:
    """Return the serial shipping container code of one logistic unit.

    :param company_prefix: the 4 to 12 digits that GS1 gave the company
    :param serial: number of the unit, which must not come again for at least a year
    :param extension: 0 to 9, a further digit for the company to use as it likes
    """
    if not _is_digits(company_prefix) or not 4 <= len(company_prefix) <= 12:
        raise ValueError(f"company_prefix must be 4 to 12 digits, not {company_prefix!r}")
    if not _is_integer(extension) or not 0 <= extension <= 9:
        raise ValueError(f"extension must be an integer from 0 to 9, not {extension!r}")
    width = SSCC_LENGTH - 2 - len(company_prefix)
    if not _is_integer(serial) or not 0 <= serial < 10**width:
        raise ValueError(f"serial must be an integer of at most {width} digits, not {serial!r}")
    digits = f"{extension}{company_prefix}{serial:0{width}d}"
    return f"{digits}{check_digit(digits)}"


def parse_sscc(code: str) -> str | None:
    """Return the 18 digits of a shipping container code, or None when it is none.

    Takes what scanners and people enter: the bare digits, with the AI as ``00`` or ``(00)``,
    with a symbology prefix such as ``]C1``, with blanks between the digits.
    """
    text = re.sub(r"^\][A-Za-z][0-9]", "", "".join(code.split())).strip(GROUP_SEPARATOR)
    digits = text.removeprefix("(00)")
    if len(digits) == SSCC_LENGTH + 2:
        digits = digits.removeprefix("00")
    valid = len(digits) == SSCC_LENGTH and _is_digits(digits) and _has_check_digit(digits)
    return digits if valid else None


def element_string(pairs: Sequence[tuple[str, str]]) -> str:
    """Return the data of a GS1 symbol: the elements in the given order, joined.

    There is no leading FNC1 and no bracket; ``GROUP_SEPARATOR`` follows each element without
    predefined length, unless it is the last.

    :raise ValueError: for an unknown AI, or a value that is not what the AI takes
    """
    text = ""
    separator = ""
    for position, (ai, value) in enumerate(pairs):
        identifier = _checked_identifier(position, ai, value)
        text += separator + ai + value
        separator = "" if identifier.has_predefined_length else GROUP_SEPARATOR
    return text


def readable(pairs: Sequence[tuple[str, str]]) -> str:
    """Return the elements as they are printed under a symbol, ``(00) 3401... (37) 24``."""
    for position, (ai, value) in enumerate(pairs):
        _checked_identifier(position, ai, value)
    return " ".join(f"({ai}) {value}" for ai, value in pairs)


def _checked_identifier(position: int, ai: str, value: str) -> ApplicationIdentifier:
    """Return the identifier ``ai`` after checking that it takes ``value``."""
    identifier = APPLICATION_IDENTIFIERS.get(ai) if isinstance(ai, str) else None
    if identifier is None:
        raise ValueError(f"pairs[{position}]: {ai!r} is not a GS1 application identifier")
    problem = _problem_of_value(identifier, value)
    if problem:
        raise ValueError(f"pairs[{position}]: the value {value!r} of AI ({ai}) {problem}")
    return identifier


def _problem_of_value(identifier: ApplicationIdentifier, value: str) -> str:
    """Return what is wrong with ``value``, or an empty text."""
    if not isinstance(value, str):
        return "must be a text"
    if _OUTSIDE_SET_82.search(value):
        return "has characters that GS1 does not allow"
    if not identifier.pattern.fullmatch(value):
        return f"does not have the format {identifier.format}"
    if identifier.ai in _CHECKED_LAST_DIGIT and not _has_check_digit(value):
        return f"has a wrong check digit, {check_digit(value[:-1])} is right"
    if identifier.ai in _DATES and not _is_date(value):
        return "is no date written YYMMDD"
    return ""


def _has_check_digit(digits: str) -> bool:
    return check_digit(digits[:-1]) == int(digits[-1])


def _is_date(value: str) -> bool:
    """Tell whether six digits are a date; day 00 means that the day is left open."""
    year, month, day = (int(value[at : at + 2]) for at in (0, 2, 4))
    # YY may mean 19YY, 20YY or 21YY: they agree on leap years, but for 00, which means 2000.
    return 1 <= month <= 12 and day <= calendar.monthrange(2000 + year, month)[1]


def _is_digits(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdigit()


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
