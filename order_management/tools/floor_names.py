"""From the names of locations to their places: aisle, bay, level and metres.

A pattern such as ``{aisle}-{bay}-{level}`` reads a name. What stands outside the brackets is
taken as it is; a part is a run of letters and digits, or, beside another part, letters or digits
alone (``{aisle}{bay}`` reads ``A01``).
"""

import re
from dataclasses import dataclass, fields
from itertools import product
from math import isfinite

PARTS = ("aisle", "bay", "level")
MOST = 10_000  # names made at once

_PART = re.compile(r"\{(\w+)\}")
_TOKEN = re.compile(r"\d+|[^\W\d_]+|[\W_]+")
_RANGE = re.compile(r"(\w+)\s*\.\.\s*(\w+)")
_WORD = 3  # letters from which on an unchanging piece of a name is a word, not an aisle


@dataclass(frozen=True)
class Spacing:
    """How racks stand, in metres.

    :param aisle_distance: from the middle of an aisle to that of the next
    :param first_aisle: x of the middle of the first aisle
    :param first_bay: y of the middle of the first bay
    :param bay_width: from the middle of a bay to that of the next
    :param level_height: from shelf to shelf
    :param cross_aisle: width of a cross aisle
    :param block_bays: bays along one side until the next cross aisle; 0: one block
    :param two_sided: odd bays stand on the left, even ones opposite on the right
    :param rack_distance: between the racks on both sides, from place to place
    """

    aisle_distance: float = 4.0
    first_aisle: float = 0.0
    first_bay: float = 1.5
    bay_width: float = 1.0
    level_height: float = 0.5
    cross_aisle: float = 2.0
    block_bays: int = 0
    two_sided: bool = False
    rack_distance: float = 2.0

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if not isfinite(value):
                raise ValueError(f"{field.name}: a finite number is expected")
            if value < 0 and field.name not in ("first_aisle", "first_bay"):
                raise ValueError(f"{field.name}: it is never negative")
        for name in ("aisle_distance", "bay_width"):
            if not getattr(self, name):
                raise ValueError(f"{name}: it is above 0")

    def row_y(self, row):
        """The y of the bays in a row, counted from 0."""
        crossed = row // self.block_bays if self.block_bays else 0
        return round(self.first_bay + row * self.bay_width + crossed * self.cross_aisle, 3)


@dataclass(frozen=True)
class Place:
    """Where a name says that a location is."""

    name: str
    aisle: str
    bay: str
    level: str
    x: float
    y: float
    z: float


@dataclass(frozen=True)
class Placement:
    """The places of names, in their order; ``None`` where the pattern does not read a name.

    ``cross_aisles`` and ``depot`` are what fits around the racks; empty without any place.
    """

    places: tuple
    cross_aisles: tuple
    depot: tuple

    @property
    def count(self):
        """How many names are read."""
        return sum(place is not None for place in self.places)


def natural_key(text: str) -> tuple:
    """Sorts numbers within texts by their size: A2 comes before A10."""
    pieces = re.split(r"(\d+)", text.casefold())
    return tuple((1, int(piece), "") if piece.isdecimal() else (0, 0, piece) for piece in pieces)


def compile_pattern(pattern: str) -> re.Pattern:
    """The regular expression of a pattern.

    :raises ValueError: what is wrong with it, in one sentence
    """
    if not isinstance(pattern, str) or not pattern.strip():
        raise ValueError("pattern: write one like {aisle}-{bay}-{level}")
    pieces = _PART.split(pattern.strip())
    names, texts = pieces[1::2], pieces[::2]
    for name in names:
        if name not in PARTS:
            raise ValueError(f"pattern: {{{name}}} is unknown; use {{aisle}}, {{bay}}, {{level}}")
        if names.count(name) > 1:
            raise ValueError(f"pattern: {{{name}}} stands twice")
    if "aisle" not in names:
        raise ValueError("pattern: {aisle} is missing")
    if any(sign in text for text in texts for sign in "{}"):
        raise ValueError("pattern: a bracket is not closed")
    expression = re.escape(texts[0])
    for index, name in enumerate(names):
        before, after = texts[index], texts[index + 1]
        beside = (index and not before) or (index + 1 < len(names) and not after)
        piece = r"\d++|[^\W\d_]++" if beside else r"[^\W_]+"
        expression += f"(?P<{name}>{piece}){re.escape(after)}"
    return re.compile(expression, re.IGNORECASE)


def read_name(name: str, pattern: re.Pattern) -> tuple | None:
    """``(aisle, bay, level)`` of a name; ``None`` where the pattern does not read it."""
    if not (match := pattern.fullmatch(name.strip())):
        return None
    found = match.groupdict()
    return tuple(found.get(part) or "" for part in PARTS)


def propose_pattern(names: list) -> str:
    """The pattern that reads most of some names; empty where none reads two of them."""
    shapes = {}
    for name in names:
        tokens = _TOKEN.findall(name.strip())
        shapes.setdefault(tuple(_kind(token) for token in tokens), []).append(tokens)
    best = (0, 0, "")
    for rows in shapes.values():
        if pattern := _pattern_of(rows):
            reader = compile_pattern(pattern)
            count = sum(read_name(name, reader) is not None for name in names)
            best = max(best, (count, pattern.count("{"), pattern))
    return best[2] if best[0] > 1 else ""


def _kind(token):
    """Separators are what they are; of words and numbers only the kind counts."""
    if token.isdecimal():
        return "0"
    return "a" if token[0].isalnum() else token


def _pattern_of(rows):
    """The pattern of names that are built alike, from their tokens."""
    tokens = list(rows[0])
    pieces = [
        [index] for index, token in enumerate(tokens) if token[0].isalnum()
    ]  # positions of the tokens that make a part
    constant = {index for index in range(len(tokens)) if len({row[index] for row in rows}) == 1}
    pieces = [piece for piece in pieces if not (piece[0] in constant and _is_word(tokens, piece))]
    while len(pieces) > len(PARTS) and pieces[0][0] in constant and len(rows) > 1:
        pieces.pop(0)
    while len(pieces) > len(PARTS):  # A01 is one part, where there are enough of them
        for index in range(len(pieces) - 1):
            if pieces[index][-1] + 1 == pieces[index + 1][0]:
                pieces[index] += pieces.pop(index + 1)
                break
        else:
            return ""
    if len(pieces) < 2:
        return ""
    for part, piece in zip(PARTS, pieces, strict=False):
        for index in piece:
            tokens[index] = ""
        tokens[piece[0]] = f"{{{part}}}"
    return "".join(tokens)


def _is_word(tokens, piece):
    token = tokens[piece[0]]
    return not token.isdecimal() and len(token) >= _WORD


def place_names(names: list, pattern: str, spacing: Spacing) -> Placement:
    """The places of names.

    Aisles stand side by side in the natural order of their names. A bay or level stands where
    its number says, so that a missing one leaves a gap; letters count in their order.

    :raises ValueError: the pattern cannot be used
    """
    reader = compile_pattern(pattern)
    read = [read_name(name, reader) for name in names]
    known = [found for found in read if found]
    if not known:
        return Placement((None,) * len(names), (), ())
    aisles = {
        aisle: round(spacing.first_aisle + rank * spacing.aisle_distance, 3)
        for rank, aisle in enumerate(sorted({aisle for aisle, _bay, _level in known}, key=_order))
    }
    bays = _bay_places({bay for _aisle, bay, _level in known}, spacing)
    levels = _ranks({level for _aisle, _bay, level in known})
    places = []
    for name, found in zip(names, read, strict=True):
        if not found:
            places.append(None)
            continue
        aisle, bay, level = found
        aside, y = bays[bay]
        z = round(levels[level] * spacing.level_height, 3)
        places.append(Place(name, *found, round(aisles[aisle] + aside, 3), y, z))
    cross_aisles = _cross_aisles(max(y for _aside, y in bays.values()), spacing)
    return Placement(tuple(places), cross_aisles, (min(aisles.values()), cross_aisles[0]))


def _order(text):
    return (natural_key(text), text)


def _ranks(names):
    """Each name's place in a row: by its number if all are numbers, counted from the least."""
    if all(name.isdecimal() for name in names):
        least = min(map(int, names))
        numbers = {name: int(name) - least for name in names}
        step = next(
            (step for step in (100, 10, 5) if not any(n % step for n in numbers.values())), 1
        )
        return {name: number // step for name, number in numbers.items()}
    return {name: rank for rank, name in enumerate(sorted(names, key=_order))}


def _bay_places(bays, spacing):
    """Bay → how far from the middle of its aisle, and y."""
    if not spacing.two_sided:
        return {bay: (0.0, spacing.row_y(rank)) for bay, rank in _ranks(bays).items()}
    ranks = _ranks(bays)
    if all(bay.isdecimal() for bay in bays) and not min(map(int, bays)) % 2:
        first = min(map(int, bays))
        ranks = {bay: rank + bool(first) for bay, rank in ranks.items()}  # the odd one is missing
    half = spacing.rack_distance / 2
    return {
        bay: (half if rank % 2 else -half, spacing.row_y(rank // 2)) for bay, rank in ranks.items()
    }


def _cross_aisles(last, spacing):
    """The middles of the cross aisles before, between and behind the blocks."""
    edge = spacing.bay_width / 2 + spacing.cross_aisle / 2
    lines, row = [round(spacing.first_bay - edge, 3)], 0
    while spacing.row_y(row) <= last:
        row += spacing.block_bays or 1
        if spacing.block_bays or spacing.row_y(row) > last:
            lines.append(round(spacing.row_y(row - 1) + edge, 3))
    return tuple(lines)


def expand(text: str) -> list[str]:
    """``"A..C, X"`` is A, B, C and X; ``"01..12"`` keeps its zeros.

    :raises ValueError: what cannot be understood
    """
    found = []
    for piece in filter(None, (piece.strip() for piece in text.split(","))):
        match = _RANGE.fullmatch(piece)
        if not match:
            if not re.fullmatch(r"[^\W_]+", piece):
                raise ValueError(f"“{piece}” is no range; write one like A..D or 01..12")
            found.append(piece)
            continue
        found += _expand_range(*match.groups())
    if len(set(found)) < len(found):
        raise ValueError(f"“{text}” names something twice")
    return found


def _expand_range(first, last):
    if first.isdecimal() and last.isdecimal():
        low, high, width = int(first), int(last), len(first)
        values = [str(number).zfill(width) for number in range(low, min(high, low + MOST) + 1)]
    elif len(first) == len(last) == 1 and first.isalpha() and last.isalpha():
        values = [chr(code) for code in range(ord(first), ord(last) + 1)]
        values = [value for value in values if value.isalpha()]
    else:
        values = []
    if not values:
        raise ValueError(f"“{first}..{last}” is no range; write one like A..D or 01..12")
    return values


def make_names(pattern: str, aisles: str, bays: str, levels: str) -> list[str]:
    """The names of a zone, by the ranges of its parts, aisle by aisle.

    :raises ValueError: a part of the pattern has no range, or there would be too many names
    """
    compile_pattern(pattern)
    ranges = {"aisle": expand(aisles), "bay": expand(bays), "level": expand(levels)}
    wanted = set(_PART.findall(pattern))
    for part in PARTS:
        if part in wanted and not ranges[part]:
            raise ValueError(f"{part}: give a range like A..D or 01..12")
        if part not in wanted and ranges[part]:
            raise ValueError(f"{part}: it is not in the pattern")
    sets = [ranges[part] or [""] for part in PARTS]
    count = len(sets[0]) * len(sets[1]) * len(sets[2])
    if count > MOST:
        raise ValueError(f"{count:,} names are too many; make at most {MOST:,} at once")
    return [
        _PART.sub(lambda match: values[PARTS.index(match[1])], pattern.strip())  # noqa: B023
        for values in product(*sets)
    ]
