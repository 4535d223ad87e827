"""Pictures of a parcel being packed, step by step (SVG).

The box is seen from above its front corner; the corner from which places are measured is at the
back. The piece that goes in now is strong, those that lie there already are pale, each with its
number. Light and dark tell them apart too, for everybody and in print.
"""

from html import escape
from math import cos, pi, sin

from .packing_steps import make_solids, painted, steps

__all__ = ["picture", "steps"]

WIDTH, DRAWING, HEAD, LINE = 420, 250, 26, 17  # pixels
ROWS = 6  # lines of the legend
MARGIN, BADGE, LETTERS = 34, 8.5, 52
INK, EDGE, WALL, FLOOR = "#1f2328", "#6b7280", "#f3f4f6", "#e5e7eb"
STRONG = ("#ff8a1f", "#e8590c", "#b84300")  # upper, left and right face
PALE = (
    ("#dbeafe", "#c3dafa", "#a9c8f0"),
    ("#dcf5df", "#c3e8c9", "#a7d8af"),
    ("#efe3fb", "#dfccf3", "#ccb2e8"),
    ("#fdf3c7", "#f5e5a0", "#e8d27c"),
    ("#d5f4f3", "#b9e6e5", "#99d4d3"),
    ("#fbe0e6", "#f3c8d1", "#e7adb9"),
)

_FONT = 'font-family="DejaVu Sans, Arial, sans-serif"'
_RIGHT, _DOWN = cos(pi / 6), sin(pi / 6)


def picture(parcel, box, names, step=None, unit="") -> str:
    """A parcel as SVG.

    :param parcel: ``cartonization.Parcel``
    :param box: the ``cartonization.Box`` of it
    :param names: name of each item by its id
    :param step: so many pieces are drawn, in the order of :func:`steps`; all when None
    :param unit: name of the unit of length
    """
    count = len(parcel.placements)
    if step is not None and not 0 <= step <= count:
        raise ValueError(f"step must be 0 to {count}, not {step!r}")
    placements = [parcel.placements[at] for at in steps(parcel)]
    items = list(dict.fromkeys(one.item for one in placements))
    names = [str(names.get(item, item)) for item in items]
    content = [items.index(one.item) for one in placements]
    drawn = make_solids(placements[:step])
    newest = drawn[-1] if step else None
    view = _View(box)
    height = HEAD + DRAWING + 2 * LINE + LINE * min(len(items), ROWS)
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" {_FONT} fill="{INK}">',
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            *_draw_head(newest and names[content[newest.piece]], newest, step, count, unit),
            *view.draw_walls(),
            *view.draw_solids(drawn, newest, content),
            *view.draw_rim(),
            *view.draw_numbers(drawn, newest),
            *view.draw_measures(unit),
            *_draw_legend(names, content, step),
            "</svg>",
        ]
    )


class _View:
    """From the box to pixels."""

    def __init__(self, box):
        self.box = box
        wide = (box.length + box.width) * _RIGHT
        high = (box.length + box.width) * _DOWN + box.height
        self.scale = min((WIDTH - 4 * MARGIN) / wide, (DRAWING - MARGIN) / high)
        middle = (box.length - box.width) * _RIGHT / 2 * self.scale
        self.left = WIDTH / 2 - middle
        self.top = HEAD + (DRAWING - high * self.scale - 12) / 2 + box.height * self.scale

    def at(self, x, y, z):
        return (
            self.left + (x - y) * _RIGHT * self.scale,
            self.top + ((x + y) * _DOWN - z) * self.scale,
        )

    def faces(self, solid):
        """The upper, the left and the right face, four corners each."""
        (x1, y1, z1), (x2, y2, z2) = solid.low, solid.high
        return (
            [(x1, y1, z2), (x2, y1, z2), (x2, y2, z2), (x1, y2, z2)],
            [(x1, y2, z1), (x1, y2, z2), (x2, y2, z2), (x2, y2, z1)],
            [(x2, y1, z1), (x2, y1, z2), (x2, y2, z2), (x2, y2, z1)],
        )

    def draw_walls(self):
        """The floor and the two walls at the back."""
        long, wide, high = self.box.length, self.box.width, self.box.height
        walls = (
            (FLOOR, [(0, 0, 0), (long, 0, 0), (long, wide, 0), (0, wide, 0)]),
            (WALL, [(0, 0, 0), (0, wide, 0), (0, wide, high), (0, 0, high)]),
            (WALL, [(0, 0, 0), (long, 0, 0), (long, 0, high), (0, 0, high)]),
        )
        for color, corners in walls:
            points = self._points(corners)
            yield f'<polygon points="{points}" fill="{color}" stroke="{EDGE}" stroke-width="1"/>'

    def draw_rim(self):
        """The edges of the box in front of its contents."""
        long, wide, high = self.box.length, self.box.width, self.box.height
        lines = (
            [(0, wide, high), (long, wide, high), (long, 0, high)],
            [(long, wide, high), (long, wide, 0)],
        )
        for corners in lines:
            points = self._points(corners)
            yield (
                f'<polyline points="{points}" fill="none" stroke="{EDGE}" stroke-width="1.2" '
                'stroke-dasharray="5 4"/>'
            )

    def draw_solids(self, drawn, newest, content):
        for part in painted(drawn):
            whole = drawn[part.piece]
            colors = STRONG if whole is newest else PALE[content[part.piece] % len(PALE)]
            ink, wide = (INK, 2) if whole is newest else (EDGE, 1)
            if part is whole:
                yield from self._draw_whole(part, colors, f'stroke="{ink}" stroke-width="{wide}"')
            else:
                yield from self._draw_part(part, whole, colors, ink)

    def _draw_whole(self, solid, colors, line):
        yield f'<g {line} stroke-linejoin="round">'
        for color, corners in zip(colors, self.faces(solid), strict=True):
            yield f'<polygon points="{self._points(corners)}" fill="{color}"/>'
        yield "</g>"

    def _draw_part(self, part, whole, colors, ink):
        """A part of a piece: without the faces and edges that are within the piece."""
        for color, corners, axis in zip(colors, self.faces(part), (2, 1, 0), strict=True):
            if part.high[axis] != whole.high[axis]:
                continue
            points = self._points(corners)
            yield f'<polygon points="{points}" fill="{color}" stroke="{color}"/>'
            for one, two in zip(corners, [*corners[1:], corners[0]], strict=True):
                ends = zip(one, two, whole.low, whole.high, strict=True)
                if sum(a == b and a in (low, high) for a, b, low, high in ends) > 1:
                    points = self._points([one, two])
                    yield f'<polyline points="{points}" stroke="{ink}" stroke-linecap="round"/>'

    def draw_numbers(self, drawn, newest):
        """The number of each piece of which enough is to be seen."""
        taken = []
        for solid in reversed(drawn):
            if places := self._find_places(solid, drawn):
                x, y = max(places, key=lambda place: _room(place, taken))
                taken.append((x, y))
                fill, ink = (INK, "#ffffff") if solid is newest else ("#ffffff", INK)
                yield (
                    f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{BADGE}" fill="{fill}" stroke="{INK}" '
                    f'stroke-width="0.8"/><text x="{x:.1f}" y="{y + 3.6:.1f}" font-size="10" '
                    f'font-weight="bold" text-anchor="middle" fill="{ink}">{solid.piece + 1}</text>'
                )

    def _find_places(self, solid, drawn):
        """Where its number may stand: the middle of each face that nothing covers there."""
        covers = [
            self._outline(other) for other in drawn if other is not solid and other.hides(solid)
        ]
        places = []
        for corners in self.faces(solid):
            points = [self.at(*corner) for corner in corners]
            x, y = (sum(values) / 4 for values in zip(*points, strict=True))
            around = [(x, y), (x - 6, y), (x + 6, y), (x, y - 6), (x, y + 6)]
            if not any(_is_inside(point, cover) for point in around for cover in covers):
                places.append((x, y))
        return places

    def _outline(self, solid):
        (x1, y1, z1), (x2, y2, z2) = solid.low, solid.high
        corners = (
            (x1, y1, z2), (x2, y1, z2), (x2, y1, z1), (x2, y2, z1), (x1, y2, z1), (x1, y2, z2),
        )  # fmt: skip
        return [self.at(*corner) for corner in corners]

    def _points(self, corners):
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.at(*corner) for corner in corners))

    def draw_measures(self, unit):
        """Length, width and height of the box at its edges."""
        long, wide, high = self.box.length, self.box.width, self.box.height
        places = (
            (long, (long / 2, wide, 0), -8, 15, "end"),
            (wide, (long, wide / 2, 0), 8, 15, "start"),
            (high, (long, 0, high / 2), 8, 4, "start"),
        )
        for value, middle, over, down, anchor in places:
            x, y = self.at(*middle)
            yield (
                f'<text x="{x + over:.1f}" y="{y + down:.1f}" font-size="11" '
                f'text-anchor="{anchor}">{_measure(value)}{escape(unit and f" {unit}")}</text>'
            )


def _room(place, taken):
    """How far it is from the other numbers, as far as that matters."""
    distances = (max(abs(place[0] - x), abs(place[1] - y)) for x, y in taken)
    return min([2 * BADGE, *distances])


def _is_inside(point, corners):
    """Whether a point lies in a convex outline."""
    turns = [
        (x2 - x1) * (point[1] - y1) - (y2 - y1) * (point[0] - x1)
        for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True)
    ]
    return all(turn > 0.01 for turn in turns) or all(turn < -0.01 for turn in turns)


def _draw_head(name, newest, step, count, unit):
    """Which step it is, what goes in, and how it lies: length, width and height."""
    if step is None:
        return
    yield f'<text x="12" y="18" font-size="13" font-weight="bold">{step} / {count}</text>'
    if newest is None:
        return
    long, wide, high = (
        _measure(two - one) for one, two in zip(newest.low, newest.high, strict=True)
    )
    lies = f"{long} × {wide} × ↕ {high}{unit and f' {unit}'}"
    yield (
        f'<text x="66" y="18" font-size="13" font-weight="bold">'
        f"{escape(_cut(name, 42 - len(lies)))}</text>"
        f'<text x="{WIDTH - 12}" y="18" font-size="12" text-anchor="end">{escape(lies)}</text>'
    )


def _draw_legend(names, content, step):
    """The items with their numbers; where there are many, those around the newest piece.

    :param content: of each piece, in their order, the position of its item
    """
    newest = content[step - 1] if step else None
    first = min(max((newest or 0) - ROWS // 2, 0), max(len(names) - ROWS, 0))
    shown = range(first, min(first + ROWS, len(names)))
    top = HEAD + DRAWING
    for item in shown:
        top += LINE
        numbers = [number for number, one in enumerate(content, 1) if one == item]
        color, weight = PALE[item % len(PALE)][1], ""
        if item == newest:
            color, weight = STRONG[0], ' font-weight="bold"'
        elif step is not None and step < numbers[0]:
            color = "#ffffff"
        text = _cut(f"{_spans(numbers)}: {names[item]}", LETTERS)
        yield (
            f'<rect x="12" y="{top - 10}" width="12" height="12" rx="2" fill="{color}" '
            f'stroke="{EDGE}"/><text x="30" y="{top}" font-size="12"{weight}>{escape(text)}</text>'
        )
    if hidden := len(names) - len(shown):
        yield f'<text x="30" y="{top + LINE}" font-size="12">+ {hidden}</text>'


def _spans(numbers):
    """1, 2, 3, 7 as 1–3, 7."""
    groups = []
    for number in numbers:
        if groups and number == groups[-1][1] + 1:
            groups[-1][1] = number
        else:
            groups.append([number, number])
    return ", ".join(f"{low}–{high}" if low < high else str(low) for low, high in groups)


def _cut(text, letters):
    letters = max(letters, 6)
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def _measure(value):
    return f"{value:,.1f}".removesuffix(".0")
