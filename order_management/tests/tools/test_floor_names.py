import pytest
from tools.floor_names import (
    Spacing,
    compile_pattern,
    expand,
    make_names,
    natural_key,
    place_names,
    propose_pattern,
    read_name,
)

ONE_BLOCK = Spacing(aisle_distance=4.0, first_bay=1.5, bay_width=1.0, cross_aisle=2.0)


def spots(names, pattern, spacing):
    return [
        place and (place.x, place.y, place.z)
        for place in place_names(names, pattern, spacing).places
    ]


@pytest.mark.parametrize(
    ("pattern", "name", "found"),
    [
        ("{aisle}-{bay}-{level}", "A-01-2", ("A", "01", "2")),
        ("{aisle}-{bay}-{level}", "A1-B2-C3", ("A1", "B2", "C3")),
        ("{aisle}-{bay}-{level}", "A-01", None),
        ("{aisle}-{bay}-{level}", "A-01-2-x", None),
        ("{aisle}{bay}", "A01", ("A", "01", "")),
        ("{aisle}{bay}", "12", None),
        ("{aisle}-{bay}{level}", "7-12C", ("7", "12", "C")),
        ("Aisle {aisle} Bay {bay}", "aisle 3 bay 14", ("3", "14", "")),
        ("{level}.{aisle}.{bay}", " 1.Ä.2 ", ("Ä", "2", "1")),
    ],
)
def test_a_name_is_read(pattern, name, found):
    assert read_name(name, compile_pattern(pattern)) == found


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("", "write one like"),
        ("{bay}-{level}", "{aisle} is missing"),
        ("{aisle}-{rack}", "{rack} is unknown"),
        ("{aisle}-{aisle}", "{aisle} stands twice"),
        ("{aisle}-{bay", "not closed"),
    ],
)
def test_a_wrong_pattern_is_refused(pattern, problem):
    with pytest.raises(ValueError, match="pattern") as refusal:
        compile_pattern(pattern)
    assert problem in str(refusal.value)


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (["A-01-1", "A-02-1", "B-01-2", "Returns"], "{aisle}-{bay}-{level}"),
        (["A01", "A02", "B10"], "{aisle}{bay}"),
        (["A01-1", "A02-1", "B10-2"], "{aisle}{bay}-{level}"),
        (["1-01A", "1-01B", "2-01A"], "{aisle}-{bay}{level}"),
        (["Aisle 1 Bay 1", "Aisle 1 Bay 2", "Aisle 2 Bay 1"], "Aisle {aisle} Bay {bay}"),
        (["AB-01-1", "AB-02-1"], "{aisle}-{bay}-{level}"),
        (["H1-A-01-1", "H1-A-02-1", "H1-B-01-1"], "H1-{aisle}-{bay}-{level}"),
        (["A/1/2", "B/1/2"], "{aisle}/{bay}/{level}"),
        (["A.1", "A.2", "B-1-1", "B-1-2", "B-1-3"], "{aisle}-{bay}-{level}"),
        (["Shelf", "Floor"], ""),
        (["A-1-1"], ""),
        ([], ""),
    ],
)
def test_the_pattern_that_reads_most_is_proposed(names, pattern):
    assert propose_pattern(names) == pattern


def test_numbers_sort_by_size():
    names = ["A10", "a2", "B1", "A1"]
    assert sorted(names, key=natural_key) == ["A1", "a2", "A10", "B1"]
    assert spots(["10-1", "2-1", "1-1"], "{aisle}-{bay}", ONE_BLOCK) == [
        (8.0, 1.5, 0.0),
        (4.0, 1.5, 0.0),
        (0.0, 1.5, 0.0),
    ]


def test_places_of_one_block():
    names = ["A-01-1", "A-03-2", "B-02-1", "Returns"]
    placed = place_names(names, "{aisle}-{bay}-{level}", ONE_BLOCK)
    assert spots(names, "{aisle}-{bay}-{level}", ONE_BLOCK) == [
        (0.0, 1.5, 0.0),
        (0.0, 3.5, 0.5),
        (4.0, 2.5, 0.0),
        None,
    ]
    assert (placed.count, placed.cross_aisles, placed.depot) == (3, (0.0, 5.0), (0.0, 0.0))


def test_several_blocks_have_cross_aisles_between_them():
    spacing = Spacing(first_bay=1.5, bay_width=1.0, cross_aisle=2.0, block_bays=3)
    names = [f"A-{bay}" for bay in range(1, 8)]
    placed = place_names(names, "{aisle}-{bay}", spacing)
    assert [place.y for place in placed.places] == [1.5, 2.5, 3.5, 6.5, 7.5, 8.5, 11.5]
    assert placed.cross_aisles == (0.0, 5.0, 10.0, 15.0)


def test_odd_and_even_bays_stand_opposite():
    spacing = Spacing(two_sided=True, rack_distance=2.4)
    assert spots(["A-1", "A-2", "A-3", "B-4"], "{aisle}-{bay}", spacing) == [
        (-1.2, 1.5, 0.0),
        (1.2, 1.5, 0.0),
        (-1.2, 2.5, 0.0),
        (5.2, 2.5, 0.0),
    ]
    assert spots(["A-2", "A-3"], "{aisle}-{bay}", spacing) == [(1.2, 1.5, 0.0), (-1.2, 2.5, 0.0)]
    assert spots(["A-0", "A-1"], "{aisle}-{bay}", spacing) == [(-1.2, 1.5, 0.0), (1.2, 1.5, 0.0)]


def test_bays_in_steps_of_ten_are_neighbours():
    assert spots(["A-010", "A-020", "A-040"], "{aisle}-{bay}", ONE_BLOCK) == [
        (0.0, 1.5, 0.0),
        (0.0, 2.5, 0.0),
        (0.0, 4.5, 0.0),
    ]


def test_nothing_is_placed_by_a_pattern_that_reads_nothing():
    placed = place_names(["Shelf"], "{aisle}-{bay}", ONE_BLOCK)
    assert (placed.places, placed.cross_aisles, placed.depot) == ((None,), (), ())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A..D", ["A", "B", "C", "D"]),
        ("08..11", ["08", "09", "10", "11"]),
        ("1 .. 3, 7", ["1", "2", "3", "7"]),
        ("", []),
    ],
)
def test_ranges(text, names):
    assert expand(text) == names


@pytest.mark.parametrize("text", ["D..A", "A..12", "3..1", "A-B", "A..C, B", "AA..AC"])
def test_a_wrong_range_is_refused(text):
    with pytest.raises(ValueError, match="“"):
        expand(text)


def test_names_of_a_zone():
    assert make_names("{aisle}-{bay}-{level}", "A..B", "01..02", "1") == [
        "A-01-1",
        "A-02-1",
        "B-01-1",
        "B-02-1",
    ]
    assert make_names("R{aisle}.{bay}", "1", "1..2", "") == ["R1.1", "R1.2"]
    for ranges, problem in (
        (("A", "", "1"), "bay: give a range"),
        (("A..Z", "001..400", "1..9"), "too many"),
    ):
        with pytest.raises(ValueError, match=problem):
            make_names("{aisle}-{bay}-{level}", *ranges)
    with pytest.raises(ValueError, match="not in the pattern"):
        make_names("{aisle}-{bay}", "A", "1", "1")


@pytest.mark.parametrize(
    "values", [{"bay_width": 0.0}, {"aisle_distance": -1.0}, {"level_height": float("nan")}]
)
def test_wrong_spacing_is_refused(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        Spacing(**values)
