import pytest
from tools.paging import Part, count_lines, paginate


def test_one_page():
    assert paginate([[10, 10], [5]], page=100, top=20, head=10, tail=30) == [
        [Part(0, 0, 2), Part(1, 0, 1)]
    ]


def test_rows_go_over_pages_with_a_head_each():
    pages = paginate([[10] * 25], page=100, top=40, head=10)
    assert pages == [[Part(0, 0, 5)], [Part(0, 5, 14)], [Part(0, 14, 23)], [Part(0, 23, 25)]]


def test_no_head_without_a_row():
    """A table whose first row doesn't fit begins on the next page."""
    assert paginate([[60], [20]], page=100, head=15) == [[Part(0, 0, 1)], [Part(1, 0, 1)]]


def test_a_tail_is_kept_whole():
    assert paginate([[40]], page=100, tail=61) == [[Part(0, 0, 1)], []]
    assert paginate([[40]], page=100, tail=60) == [[Part(0, 0, 1)]]


def test_a_row_higher_than_a_page_stands_alone():
    pages = paginate([[10, 300, 10]], page=100, head=5)
    assert pages == [[Part(0, 0, 1)], [Part(0, 1, 2)], [Part(0, 2, 3)]]


def test_a_first_page_without_room():
    assert paginate([[10]], page=100, top=95, head=5) == [[], [Part(0, 0, 1)]]


def test_nothing():
    assert paginate([], page=100) == [[]]
    with pytest.raises(ValueError, match="more than zero"):
        paginate([[0]], page=100)


def test_every_row_once():
    tables = [[7 + at % 5 for at in range(83)], [90, 3], [1] * 300]
    pages = paginate(tables, page=100, top=33, head=9, tail=40)
    rows = [(p.table, at) for page in pages for p in page for at in range(p.start, p.end)]
    assert rows == [(at, row) for at, table in enumerate(tables) for row in range(len(table))]
    for number, page in enumerate(pages):
        taken = sum(9 + sum(tables[p.table][p.start : p.end]) for p in page)
        assert taken <= 100 - (0 if number else 33)


@pytest.mark.parametrize(("text", "lines"), [("", 1), ("abcde", 1), ("abcdef", 2), ("a\n\nb", 3)])
def test_lines(text, lines):
    assert count_lines(text, 5) == lines
