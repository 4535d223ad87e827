from time import perf_counter
from xml.etree import ElementTree

from tools.floor_picture import (
    COLD,
    HEAT,
    Mark,
    Plan,
    Route,
    draw,
    draw_all,
    heat_color,
    heat_steps,
)

SVG = "{http://www.w3.org/2000/svg}"


def plan_of(aisles=3, bays=4, **values):
    marks = tuple(
        Mark(4.0 * aisle, 1.5 + bay, f"{aisle}-{bay}", float(aisle * bay))
        for aisle in range(aisles)
        for bay in range(bays)
    )
    values = {"depot": (0.0, 0.0), "title": "Hall", **values}
    lines = (0.0, bays + 2.0)
    return Plan(marks, tuple((4.0 * a, f"A{a}") for a in range(aisles)), lines, **values)


def texts(svg):
    return [node.text for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def rects(svg):
    return [
        node
        for node in ElementTree.fromstring(svg).iter(f"{SVG}rect")
        if node.find(f"{SVG}title") is not None
    ]


def test_every_place_and_aisle_is_drawn():
    svg = draw(plan_of())
    assert len(rects(svg)) == 12
    assert {node.get("fill") for node in rects(svg)} == {COLD}
    assert texts(svg) == ["Hall", "A0", "A1", "A2"]


def test_front_is_at_the_bottom():
    first, *_between, last = rects(draw(plan_of(aisles=1)))
    assert float(first.get("y")) > float(last.get("y"))


def test_heat_and_its_legend():
    svg = draw(plan_of(unit="lines"))
    fills = {node.find(f"{SVG}title").text: node.get("fill") for node in rects(svg)}
    assert fills["0-3: 0 lines"] == COLD
    assert fills["2-3: 6 lines"] == HEAT[-1]
    assert texts(svg)[4:] == ["0", "1", "2", "3", "4–6", "lines"]


def test_colours_share_the_values():
    steps = heat_steps([0.0, *map(float, range(1, 11))])
    assert steps == [2.0, 4.0, 6.0, 8.0, 10.0]
    assert [heat_color(value, steps) for value in (0.0, 1.0, 2.0, 3.0, 10.0, 99.0)] == [
        COLD, HEAT[0], HEAT[0], HEAT[1], HEAT[-1], HEAT[-1],
    ]  # fmt: skip
    assert heat_steps([0.0, 0.0]) == []
    assert heat_color(7.0, heat_steps([7.0, 7.0])) == HEAT[-1]


def test_a_tour_with_its_stops():
    route = Route(
        ((0.0, 0.0), (0.0, 2.5), (0.0, 6.0), (4.0, 6.0), (4.0, 0.0), (0.0, 0.0)),
        ((0.0, 2.5, 1), (4.0, 3.5, 2), (4.0, 3.5, 3), (8.0, 1.5, 4), (8.0, 1.5, 7)),
    )
    assert texts(draw(plan_of(), route))[4:] == ["1", "2–3", "4, 7"]


def test_names_cannot_break_out():
    bad = '"><script>alert(1)</script>'
    svg = draw(Plan((Mark(0, 0, bad),), ((0.0, bad),), (0.0, 1.0), (0, 0), bad, bad))
    assert "<script" not in svg
    assert bad in texts(svg)


def test_nothing_to_draw():
    assert texts(draw(Plan(()))) == [None]


def test_floors_stand_below_each_other():
    svg = draw_all([(plan_of(title="One"), None), (plan_of(title="Two"), None)])
    groups = [
        node.get("transform")
        for node in ElementTree.fromstring(svg).iter(f"{SVG}g")
        if node.get("transform")
    ]
    assert groups[0] == "translate(0,0)" and len(groups) == 2 and groups[1] != groups[0]


def test_two_thousand_places_are_drawn_at_once():
    plan = plan_of(40, 50, unit="pieces")
    start = perf_counter()
    svg = draw(plan)
    assert len(rects(svg)) == 2000
    assert perf_counter() - start < 5.0  # a tenth of a second, with room for a busy machine
