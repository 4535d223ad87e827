"""Pictures of a floor: racks, aisles and cross aisles, heat of stock or picks, and tours (SVG).

Drawn from above, the front at the bottom. Colours go from light to dark, so that they can be told
apart by everybody and in print.
"""

from bisect import bisect_left
from dataclasses import dataclass
from html import escape
from math import hypot

WIDTH = 960  # pixels of the widest picture
HEIGHT = 720  # pixels of the racks of the highest one
MARGIN, TITLE, LEGEND = 34, 26, 30
HEAT = ("#fde7b5", "#f9b95c", "#e5734a", "#a93a5b", "#4b1d5f")
COLD, RACK, LINE, PATH, INK = "#ffffff", "#c3c8d0", "#eef0f3", "#0b5fb0", "#2b2f36"
ARROW_FROM = 12  # pixels of way that carry an arrow
ASIDE = 2.2  # pixels: there and back are drawn side by side

_FONT = 'font-family="DejaVu Sans, Arial, sans-serif"'


@dataclass(frozen=True)
class Mark:
    """Locations above each other, as seen from above."""

    x: float
    y: float
    label: str = ""
    heat: float = 0.0


@dataclass(frozen=True)
class Plan:
    """What is drawn of a floor, in metres.

    :param marks: its :class:`Mark`
    :param aisles: ``(x, name)`` of the middle of each
    :param cross_aisles: the y of each
    :param depot: ``(x, y)``
    :param title: name of the floor
    :param unit: what heat counts, for the legend; empty: no heat is shown
    """

    marks: tuple
    aisles: tuple = ()
    cross_aisles: tuple = ()
    depot: tuple = ()
    title: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Route:
    """A tour: the points at which it turns, and ``(x, y, number)`` of its stops."""

    corners: tuple
    stops: tuple


class _Scale:
    """From metres to pixels, y upwards."""

    def __init__(self, plan, route):
        points = [(mark.x, mark.y) for mark in plan.marks]
        points += [(x, y) for x, _name in plan.aisles for y in plan.cross_aisles]
        points += [plan.depot] if plan.depot else []
        points += [point[:2] for point in (*route.corners, *route.stops)] if route else []
        points = points or [(0.0, 0.0)]
        xs, ys = [x for x, _y in points], [y for _x, y in points]
        self.left, self.top = min(xs) - 1.2, max(ys) + 1.0
        wide, high = max(xs) + 1.2 - self.left, self.top - min(ys) + 1.0
        self.factor = min((WIDTH - 2 * MARGIN) / wide, HEIGHT / high, 40.0)
        self.width = max(round(wide * self.factor) + 2 * MARGIN, 420)
        self.high = round(high * self.factor)
        self.shift = (self.width - wide * self.factor) / 2

    def at(self, x, y):
        return (
            self.shift + (x - self.left) * self.factor,
            TITLE + (self.top - y) * self.factor,
        )


def draw(plan: Plan, route: Route | None = None) -> str:
    """One floor as SVG."""
    return draw_all([(plan, route)])


def draw_all(parts: list) -> str:
    """Several floors in one SVG, one below the other.

    :param parts: ``(Plan, Route or None)``
    """
    pieces, width, top = [], 0, 0
    for plan, route in parts:
        scale = _Scale(plan, route)
        high = TITLE + scale.high + MARGIN + (LEGEND if plan.unit else 0)
        pieces.append(f'<g transform="translate(0,{top})">')
        pieces += _draw_plan(plan, route, scale)
        pieces.append("</g>")
        width, top = max(width, scale.width), top + high
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}" '
        f'width="{width}" height="{top}" role="img">'
    )
    return "".join([head, *pieces, "</svg>"])


def heat_steps(values: list) -> list[float]:
    """The largest value of each colour, ascending: about as many values fall to each."""
    values = sorted(value for value in values if value > 0)
    if not values:
        return []
    ends = {values[max(step * len(values) // len(HEAT), 1) - 1] for step in range(1, len(HEAT) + 1)}
    return sorted(ends)


def heat_color(value: float, steps: list) -> str:
    """The colour of a value: white for nothing, the darkest for most."""
    if value <= 0 or not steps:
        return COLD
    first = len(HEAT) - len(steps)
    return HEAT[min(first + bisect_left(steps, value), len(HEAT) - 1)]


def _draw_plan(plan, route, scale):
    steps = heat_steps([mark.heat for mark in plan.marks]) if plan.unit else []
    pieces = _draw_ways(plan, scale)
    pieces += _draw_racks(plan, scale, steps)
    pieces += _draw_names(plan, scale)
    if route:
        pieces += _draw_route(route, scale)
    if plan.depot:
        pieces += _draw_depot(plan, scale)
    if plan.unit:
        pieces += _draw_legend(plan, scale, steps)
    return pieces


def _draw_ways(plan, scale):
    """Aisles and cross aisles as light bands."""
    if not plan.aisles or not plan.cross_aisles:
        return []
    wide = max(4.0, 1.1 * scale.factor)
    first, last = plan.cross_aisles[0], plan.cross_aisles[-1]
    left, right = min(x for x, _name in plan.aisles), max(x for x, _name in plan.aisles)
    if plan.depot:
        left, right = min(left, plan.depot[0]), max(right, plan.depot[0])
    bands = [((x, first), (x, last)) for x, _name in plan.aisles]
    bands += [((left, y), (right, y)) for y in plan.cross_aisles]
    return [
        f'<path d="M{_xy(scale.at(*start))}L{_xy(scale.at(*end))}" stroke="{LINE}" '
        f'stroke-width="{wide:.1f}" stroke-linecap="square" fill="none"/>'
        for start, end in bands
    ]


def _draw_racks(plan, scale, steps):
    if not plan.marks:
        return []
    wide = _gap([mark.x for mark in plan.marks], 0.5, 1.1) * scale.factor
    high = _gap([mark.y for mark in plan.marks], 0.3, 2.0) * scale.factor * 0.92
    pieces = [f'<g stroke="{RACK}" stroke-width="0.8">']
    for mark in plan.marks:
        x, y = scale.at(mark.x, mark.y)
        color = heat_color(mark.heat, steps) if plan.unit else COLD
        label = escape(mark.label)
        if plan.unit:
            label += f": {_number(mark.heat)} {escape(plan.unit)}"
        pieces.append(
            f'<rect x="{x - wide / 2:.1f}" y="{y - high / 2:.1f}" width="{wide:.1f}" '
            f'height="{high:.1f}" rx="1" fill="{color}"><title>{label}</title></rect>'
        )
    return [*pieces, "</g>"]


def _gap(values, least, most):
    """The usual distance of neighbours, within bounds."""
    values = sorted(set(values))
    gaps = sorted(
        high - low for low, high in zip(values, values[1:], strict=False) if high - low > 0.05
    )
    return min(max(gaps[len(gaps) // 2], least), most) if gaps else min(1.0, most)


def _draw_names(plan, scale):
    """The title, and the names of aisles behind the last place."""
    pieces = [
        f'<text x="{MARGIN}" y="16" {_FONT} font-size="13" font-weight="bold" fill="{INK}">'
        f"{escape(plan.title)}</text>"
    ]
    base = TITLE + scale.high + 14
    last = -1e9
    for x, name in sorted(plan.aisles):
        left, _y = scale.at(x, 0.0)
        room = max(16.0, 7.5 * len(name))
        if not name or left - last < room:
            continue
        last = left
        pieces.append(
            f'<text x="{left:.1f}" y="{base}" {_FONT} font-size="12" font-weight="bold" '
            f'text-anchor="middle" fill="{INK}">{escape(name)}</text>'
        )
    return pieces


def _draw_depot(plan, scale):
    x, y = scale.at(*plan.depot)
    return [
        f'<path d="M{x - 9:.1f},{y + 8:.1f}h18v-9l-9,-8l-9,8z" fill="{INK}">'
        "<title>Depot</title></path>"
    ]


def _draw_route(route, scale):
    """The way with arrows, there and back side by side, and its numbered stops."""
    points = [scale.at(*corner) for corner in route.corners]
    way, arrows = [], []
    for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False):
        length = hypot(x2 - x1, y2 - y1)
        if not length:
            continue
        over, down = (x2 - x1) / length, (y2 - y1) / length
        aside, below = -down * ASIDE, over * ASIDE
        way += [(x1 + aside, y1 + below), (x2 + aside, y2 + below)]
        if length >= ARROW_FROM:
            middle = ((x1 + x2) / 2 + aside, (y1 + y2) / 2 + below)
            arrows.append(_arrow(middle, over, down))
    pieces = []
    if way:
        line = "M" + "L".join(_xy(point) for point in way)
        for color, wide in (("#ffffff", 4.4), (PATH, 2.2)):
            pieces.append(
                f'<path d="{line}" fill="none" stroke="{color}" stroke-width="{wide}" '
                'stroke-linejoin="round" stroke-linecap="round"/>'
            )
        pieces.append(f'<path d="{"".join(arrows)}" fill="{PATH}"/>')
    return [*pieces, *_draw_stops(route, scale)]


def _arrow(middle, over, down, size=5.0):
    x, y = middle
    tip = (x + over * size, y + down * size)
    back = (x - over * size * 0.7, y - down * size * 0.7)
    left = (back[0] - down * size * 0.8, back[1] + over * size * 0.8)
    right = (back[0] + down * size * 0.8, back[1] - over * size * 0.8)
    return f"M{_xy(tip)}L{_xy(left)}L{_xy(right)}Z"


def _draw_stops(route, scale):
    at = {}
    for x, y, number in route.stops:
        at.setdefault((x, y), []).append(number)
    pieces = []
    for (x, y), numbers in at.items():
        left, top = scale.at(x, y)
        text = _span(numbers)
        half = 8.0 if len(text) < 3 else 3.3 * len(text) + 3
        pieces.append(
            f'<rect x="{left - half:.1f}" y="{top - 8:.1f}" width="{2 * half:.1f}" height="16" '
            f'rx="8" fill="{PATH}" stroke="#ffffff" stroke-width="1.2"/>'
            f'<text x="{left:.1f}" y="{top + 3.8:.1f}" {_FONT} font-size="10" font-weight="bold" '
            f'text-anchor="middle" fill="#ffffff">{text}</text>'
        )
    return pieces


def _span(numbers):
    """Several stops at one place: 3–5, or 3, 7."""
    numbers = sorted(numbers)
    if len(numbers) > 1 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]}–{numbers[-1]}"
    return ", ".join(map(str, numbers))


def _draw_legend(plan, scale, steps):
    top = TITLE + scale.high + MARGIN - 4
    entries = [(COLD, "0")]
    values, low = [mark.heat for mark in plan.marks], 0.0
    for end in steps:
        start = min(value for value in values if value > low)
        text = _number(end) if start == end else f"{_number(start)}–{_number(end)}"
        entries.append((heat_color(end, steps), text))
        low = end
    left, pieces = float(MARGIN), []
    for color, text in entries:
        pieces.append(
            f'<rect x="{left:.1f}" y="{top}" width="14" height="14" rx="2" fill="{color}" '
            f'stroke="{RACK}"/><text x="{left + 19:.1f}" y="{top + 11.5:.1f}" {_FONT} '
            f'font-size="11" fill="{INK}">{text}</text>'
        )
        left += 34 + 7.0 * len(text)
    pieces.append(
        f'<text x="{left:.1f}" y="{top + 11.5:.1f}" {_FONT} font-size="11" fill="{INK}">'
        f"{escape(plan.unit)}</text>"
    )
    return pieces


def _number(value):
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.1f}"


def _xy(point):
    return f"{point[0]:.1f},{point[1]:.1f}"
