import io

import pytest
from openpyxl import Workbook
from tools.documents import places


def read(text, format="csv"):
    rows, problems = places.read(text.encode(), format)
    return (
        [(row.number, row.location, dict(row.values)) for row in rows],
        [(problem.row, problem.column, problem.message) for problem in problems],
    )


def test_rows_are_read():
    rows, problems = read("Location,aisle,bay,level,x,y,z\nA-01,A,01,1,0,1.5,0\nA-02,A,,,,2.5,\n")
    assert problems == []
    assert rows == [
        (2, "A-01", {"aisle": "A", "bay": "01", "level": "1", "x": 0.0, "y": 1.5, "z": 0.0}),
        (3, "A-02", {"aisle": "A", "y": 2.5}),
    ]


def test_decimal_commas():
    rows, problems = read("location;x;y\nA-01;1,5;1.250,75\nA-02;2;3,25\n")
    assert problems == []
    assert [values for _row, _name, values in rows] == [
        {"x": 1.5, "y": 1250.75},
        {"x": 2.0, "y": 3.25},
    ]


def test_findings_tell_row_and_column():
    rows, problems = read("barcode,x\nA-01,wide\n,2\nA-03,3\nA-04,99999\n")
    assert rows == [(4, "A-03", {"x": 3.0})]
    assert problems == [
        (2, "B", "x is “wide”, which is no number; write it like 1234.5."),
        (3, "A", "location is missing."),
        (5, "B", "x is 99999; no place lies farther than 10,000 metres away."),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [(0, "", "The file is empty; send one with a header and rows.")]),
        ("aisle,x\nA,1\n", [(1, "", "The column “location” is missing: a name or a barcode.")]),
        (
            "location,name\nA,B\n",
            [(1, "B", "“name” stands for location, which stands twice; keep one of them.")],
        ),
        (
            "location,colour\nA,red\n",
            [
                (
                    1,
                    "B",
                    "“colour” is unknown; use location, aisle, bay, level, x, y, z, or remove the "
                    "column.",
                )
            ],
        ),
    ],
)
def test_a_wrong_table_is_one_problem(text, found):
    assert read(text) == ([], found)


def test_a_workbook():
    book = Workbook()
    book.active.append(["location", "aisle", "x", "y"])
    book.active.append(["A-01", "A", 1.5, "2,5"])
    target = io.BytesIO()
    book.save(target)
    rows, problems = places.read(target.getvalue(), "xlsx")
    assert problems == []
    assert dict(rows[0].values) == {"aisle": "A", "x": 1.5, "y": 2.5}
    assert places.read(b"PK\x03\x04broken", "xlsx")[0] == []
