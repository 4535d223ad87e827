"""The logistic label: what stands on it, and that nothing on any label acts."""

import dataclasses
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tools import labels
from tools.labels import (
    FORMATS,
    CommandSheet,
    LabelContent,
    LotLabel,
    PlaceLabel,
    ProductLabel,
    ToteLabel,
    lay_out,
    zpl,
)

# The same examples every time, however busy the machine is.
STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

CONTENT = LabelContent(
    sscc="340123450000001236",
    package_name="PACK0000007",
    ship_from=("Northwind Chairs", "Dock Road 5", "12345 Harbor", "Germany"),
    ship_to=("Jörg Müller", "Große Straße 1", "50823 Köln", "Germany"),
    order_name="S00042",
    customer_reference="PO-2026/7",
    parcel_number=2,
    parcel_count=3,
    weight=12.345,
    carrier="Parcel Post",
    service="Express",
    tracking_ref="JJD000390007882939291",
    ship_date="2026-01-15",
    marks=("FRAGILE", "THIS SIDE UP"),
)
LONG = LabelContent(
    sscc="340123450000001236",
    ship_from=("Wide World of Wooden Wardrobes " * 4,) * 9,
    ship_to=("MMMM WWWW " * 12,) * 9,
    order_name="W" * 80,
    customer_reference="W W " * 40,
    parcel_number=10_000_000,
    parcel_count=10_000_000,
    weight=1e9,
    carrier="Extraordinarily Widespread Worldwide Movers " * 3,
    service="W" * 100,
    tracking_ref="W" * 200,
    ship_date="Wednesday " * 9,
    marks=("WIDE", "HEAVY", "KEEP DRY") * 9,
)
ELEMENTS = (("02", "04006381333931"), ("15", "260131"), ("37", "24"), ("10", "LOT42/A"))
GOODS = dataclasses.replace(CONTENT, elements=ELEMENTS)
COMMANDS = tuple(
    (f"OM-{name}", name.title(), "Says what it does. " * 4) for name in ("DONE", "HELP")
)
EXAMPLES = (
    CONTENT,
    LONG,
    GOODS,
    dataclasses.replace(LONG, elements=ELEMENTS),
    LabelContent(),
    ProductLabel("Corner desk, left, oak " * 9, "OM-A " * 30, "4006381333931", "EUR 4,990.00 " * 9),
    ProductLabel("Desk", "OM-A", "96385074"),
    ProductLabel(),
    LotLabel("Corner desk " * 30, "OM-A " * 30, "LOT-42 " * 20, "Best before " * 20),
    LotLabel(
        "Desk", "OM-A", "LOT42/A", "2026-01-31", (("01", "04006381333931"), ("10", "LOT42/A"))
    ),
    PlaceLabel("A-01-02", "WH / Stock / Aisle A", "WH-A-01-02", "up"),
    PlaceLabel("A-01-02 " * 20, "WH / Stock " * 30, "A-01-02", "down"),
    ToteLabel("TOTE-0042 " * 9, "Blue " * 40, "Company " * 40),
    CommandSheet("Commands " * 20, COMMANDS * 3),
    CommandSheet("Commands " * 20, COMMANDS * 3, paper="a4"),
)
DPIS = (203, 300)

FIELD = re.compile(
    r"\^FO(?P<x>\d+),(?P<y>\d+)"
    r"(?:\^A0N,(?P<height>\d+),(?P<width>\d+)(?:\^FB(?P<block>\d+),1,0,[CR])?\^FH_\^FD(?P<text>[^^~]*)"
    r"|\^BY(?P<module>\d+)\^B(?P<kind>[C8E])N,(?P<bars>\d+),N,N(?:,N,N)?\^FH_\^FD(?P<data>[^^~]*)"
    r"|\^GB(?P<wide>\d+),(?P<high>\d+),\d+)"
    r"\^FS"
)
FRAME = re.compile(r"\^XA\n\^CI28\n\^PW(\d+)\^LL(\d+)\^LH0,0\n(.*)\^XZ\n", re.DOTALL)


def _render(content, dpi=203):
    return FORMATS["zpl"].render(content, dpi).decode()


def _fields(label):
    """Return size and fields of a label; anything that is no field of ours is an error."""
    width, height, body = FRAME.fullmatch(label).groups()
    fields = [FIELD.fullmatch(line) for line in body.splitlines()]
    assert all(fields), label
    return int(width), int(height), [field.groupdict() for field in fields]


def _decoded(data):
    """Undo what ``^FH_`` undoes."""
    raw = re.sub(r"_([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), data)
    return raw.encode("latin-1").decode()


def _texts(label):
    return [_decoded(field["text"]) for field in _fields(label)[2] if field["text"]]


def _boxes(label):
    """Return left, top, right, bottom of every field."""
    width, height, fields = _fields(label)
    return width, height, [_box(field) for field in fields]


def _box(field):
    x, y = int(field["x"]), int(field["y"])
    if field["text"]:
        size = int(field["height"])
        needs = round(zpl.ems(_decoded(field["text"])) * size)
        width = int(field["block"] or needs)
        assert needs <= width + 1
        return x, y, x + width, y + size
    if field["data"]:
        return x, y, x + _modules(field) * int(field["module"]), y + int(field["bars"])
    return x, y, x + int(field["wide"]), y + int(field["high"])


def _modules(field):
    """Return how many modules a bar code is wide."""
    data = _decoded(field["data"])
    if field["kind"] != "C":
        return {"E": 95, "8": 67}[field["kind"]]
    symbols, pairs, at = 0, False, 0
    while at < len(data):
        if data[at] == ">":
            pairs = {";": True, "5": True, ":": False, "6": False}.get(data[at + 1], pairs)
        at += 2 if pairs or data[at] == ">" else 1
        symbols += 1
    return 11 * (symbols + 1) + 13


def test_a_whole_label():
    assert _texts(_render(CONTENT)) == [
        "FROM",
        "Northwind Chairs",
        "Dock Road 5",
        "12345 Harbor",
        "Germany",
        "Parcel Post",
        "Express",
        "TO",
        "Jörg Müller",
        "Große Straße 1",
        "50823 Köln",
        "Germany",
        "ORDER",
        "S00042",
        "REFERENCE",
        "PO-2026/7",
        "DATE",
        "2026-01-15",
        "PARCEL",
        "2/3",
        "12.35 kg",
        "FRAGILE / THIS SIDE UP",
        "TRACKING",
        "JJD000390007882939291",
        "(00) 340123450000001236",
    ]


def test_accents_are_sent_as_utf_8():
    label = _render(CONTENT)
    assert "^CI28" in label
    assert "^FDJ_C3_B6rg M_C3_BCller^FS" in label
    assert label.isascii()


def test_decomposed_accents_are_composed():
    content = dataclasses.replace(CONTENT, ship_to=("Jo\u0308rg",))
    assert "Jörg" in _texts(_render(content))


@pytest.mark.parametrize(("dpi", "module", "height"), [(203, 4, 256), (300, 6, 378)])
def test_the_container_is_a_gs1_128_in_the_lowest_bar_code(dpi, module, height):
    label = _render(CONTENT, dpi)
    bars = f"^BY{module}^BCN,{height},N,N,N,N^FH_^FD>;>800340123450000001236^FS"
    assert label.count(bars) == 1
    _width, _height, fields = _fields(label)
    codes = [field for field in fields if field["data"]]
    assert max(codes, key=lambda field: int(field["y"]))["data"] == ">;>800340123450000001236"
    below = [field for field in fields if int(field["y"]) > int(codes[-1]["y"])]
    assert [_decoded(field["text"]) for field in below] == ["(00) 340123450000001236"]
    assert 0.495 <= module * 25.4 / dpi <= 1.016
    assert height * 25.4 / dpi >= 31.75


@pytest.mark.parametrize(
    ("reference", "data"),
    [
        ("00340434161094021234", ">;00340434161094021234"),
        ("123", ">:123"),
        ("1Z999AA10123456784", ">:1Z999AA1>50123456784"),
        ("1234567", ">:1>5234567"),
        ("ab>c^d~e_5E", ">:ab>0c^d~e_5E"),
    ],
)
def test_tracking_as_code_128(reference, data):
    label = _render(dataclasses.replace(CONTENT, tracking_ref=reference))
    codes = [_decoded(field["data"]) for field in _fields(label)[2] if field["data"]]
    assert codes[0] == data
    assert reference in _texts(label)


@pytest.mark.parametrize("reference", ["", "  ", "Ü123", "１２３４", "A" * 81, "A" * 70])
def test_no_bar_code_of_what_it_cannot_hold(reference):
    label = _render(dataclasses.replace(CONTENT, tracking_ref=reference))
    assert label.count("^BCN") == 1


def test_without_container_code_the_name_of_the_package_is_the_bar_code():
    label = _render(dataclasses.replace(CONTENT, sscc="", tracking_ref=""))
    [code] = [field for field in _fields(label)[2] if field["data"]]
    assert _decoded(code["data"]) == ">:PACK0>5000007"
    assert _texts(label)[-1] == "PACK0000007"


def test_the_last_elements_are_left_out_when_all_are_too_wide():
    elements = (*ELEMENTS[:-1], ("10", "A1B2C3D4E5F6G7H8I9J0"))
    codes = _codes(_render(dataclasses.replace(CONTENT, elements=elements)))
    assert codes[1] == ">;>80204006381333931152601313724"


def test_an_element_is_ended_before_the_next():
    assert _codes(_render(GOODS))[1] == ">;>80204006381333931152601313724>810>6LOT42/A"


def _codes(label):
    return [_decoded(field["data"]) for field in _fields(label)[2] if field["data"]]


def test_an_empty_label_is_well_formed():
    for dpi in DPIS:
        assert _texts(_render(LabelContent(), dpi)) == ["FROM", "TO", "PARCEL", "1/1"]


INJECTIONS = [
    "Acme^XZ^XA^FDhack",
    "~JR",
    "^FS^XZ",
    "_5EXZ",
    "a\\&b",
    "a^^b~~c__",
    "^FH\\^FD\\5EXZ",
    "\x02^XZ\x03\x1b\x00",
    "line\nbreak\r\n^XZ",
    "^CC+",
    ">;>8",
    "\u202e^XZ",
]


KINDS = ("parcel", "product", "lot", "place", "tote", "commands")


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("dpi", DPIS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_text_acts_as_a_command(text, dpi, kind):
    texts = [field["text"] for field in _fields(_render(_filled(kind, text), dpi))[2]]
    shown = " ".join("".join(char for char in text if char not in "\x00\x02\x03\x1b\u202e").split())
    written = {_decoded(data).replace("\\\\", "\\") for data in texts if data}
    assert shown in {" ".join(one.split()) for one in written}


def _filled(kind, text):
    """Return a label on which ``text`` is said everywhere."""
    contents = {
        "parcel": LabelContent(
            sscc="340123450000001236",
            package_name=text,
            ship_from=(text,),
            ship_to=(text,),
            order_name=text,
            customer_reference=text,
            carrier=text,
            service=text,
            tracking_ref=text,
            ship_date=text,
            marks=(text,),
        ),
        "product": ProductLabel(text, text, text, text),
        "lot": LotLabel(text, text, text, text),
        "place": PlaceLabel(text, text, text, "up"),
        "tote": ToteLabel(text, text, text),
        "commands": CommandSheet(text, ((text, text, text),) * 2),
    }
    return contents[kind]


TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("^~_\\>;,\n\x1b"), max_size=40)


@STEADY
@given(TEXTS, st.sampled_from(DPIS), st.sampled_from(KINDS))
def test_any_text_gives_a_well_formed_label_within_its_bounds(text, dpi, kind):
    content = _filled(kind, text)
    if kind == "parcel":
        content = dataclasses.replace(content, ship_to=(text,) * 8, sscc="")
    _check_places(_render(content, dpi))


@pytest.mark.parametrize("dpi", DPIS)
@pytest.mark.parametrize("content", EXAMPLES)
def test_nothing_overlaps_and_nothing_leaves_the_label(content, dpi):
    _check_places(_render(content, dpi))


def _check_places(label):
    width, height, boxes = _boxes(label)
    for left, top, right, bottom in boxes:
        assert 0 < left < right < width
        assert 0 < top < bottom < height
    boxes = [box for box in boxes if not _is_of_an_arrow(box)]
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            assert not _overlap(one, other), (one, other)


def _is_of_an_arrow(box):
    """Its thin boxes lie on each other by a dot; all stand left of what else there is."""
    return box[2] <= 21.1 * (300 / 25.4) and box[3] <= 24 * (300 / 25.4) and box[1] > 3 * 8


def _overlap(one, other):
    apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    return not apart


@pytest.mark.parametrize("dpi", DPIS)
@pytest.mark.parametrize("content", EXAMPLES)
def test_bar_codes_have_their_quiet_zones(dpi, content):
    width, _height, fields = _fields(_render(content, dpi))
    for field in fields:
        if field["data"]:
            quiet = (11 if field["kind"] == "E" else 10) * int(field["module"])
            left, _top, right, _bottom = _box(field)
            assert left >= quiet
            assert width - right >= quiet


def test_both_printers_print_the_same():
    small, large = (_texts(_render(CONTENT, dpi)) for dpi in DPIS)
    assert small == large


def test_long_lines_are_wrapped():
    street = "Industrial Estate North, Building 14, Second Floor, Entrance C"
    content = dataclasses.replace(CONTENT, ship_to=("Acme", street, "12345 Town", "Germany"))
    texts = _texts(_render(content))
    rows = texts[texts.index("TO") + 1 : texts.index("ORDER")]
    assert len(rows) == 5
    assert " ".join(rows[1:3]) == street


def test_an_address_too_long_keeps_town_and_country():
    lines = (*(f"Line {number} " + "long " * 30 for number in range(9)), "12345 Town", "Germany")
    texts = _texts(_render(dataclasses.replace(CONTENT, ship_to=lines)))
    rows = texts[texts.index("TO") + 1 : texts.index("ORDER")]
    assert len(rows) == 6
    assert rows[0].startswith("Line 0 long")
    assert rows[0].endswith("...")
    assert rows[-2:] == ["12345 Town", "Germany"]


@pytest.mark.parametrize("dpi", [0, 152, 203.0001, "203", None])
def test_an_unknown_printer_is_refused(dpi):
    with pytest.raises(ValueError, match="dpi"):
        _render(CONTENT, dpi)


@pytest.mark.parametrize(
    ("values", "argument"),
    [
        ({"sscc": "340123450000001235"}, "sscc"),
        ({"sscc": "(00)340123450000001236"}, "sscc"),
        ({"sscc": "PACK1"}, "sscc"),
        ({"parcel_number": 0}, "parcel_number"),
        ({"parcel_number": 4}, "parcel_number"),
        ({"weight": -1.0}, "weight"),
        ({"weight": float("nan")}, "weight"),
        ({"weight": float("inf")}, "weight"),
        ({"ship_to": "Jörg"}, "ship_to"),
        ({"ship_from": "Jörg"}, "ship_from"),
        ({"marks": "FRAGILE"}, "marks"),
        ({"elements": (("02", "04006381333932"),)}, "elements"),
        ({"elements": (("37", "many"),)}, "elements"),
    ],
)
def test_content_refuses(values, argument):
    with pytest.raises(ValueError, match=argument):
        dataclasses.replace(CONTENT, **values)


@pytest.mark.parametrize("code", list(FORMATS))
@pytest.mark.parametrize("dpi", DPIS)
def test_every_format_on_the_shelf(code, dpi):
    label_format = FORMATS[code]
    assert label_format.code == code
    assert "/" in label_format.media_type
    label = label_format.render(CONTENT, dpi)
    assert isinstance(label, bytes)
    assert label
    assert label == label_format.render(CONTENT, dpi)


def test_the_shelf_holds_zpl():
    assert FORMATS["zpl"].render(CONTENT) == zpl.write(lay_out(CONTENT), 203).encode()
    assert FORMATS["zpl"].extension == "zpl"
    assert labels.LabelContent is LabelContent


@pytest.mark.parametrize(
    ("content", "values", "argument"),
    [
        (PlaceLabel(), {"arrow": "left"}, "arrow"),
        (CommandSheet(), {"paper": "letter"}, "paper"),
        (LotLabel(), {"elements": (("10", ""),)}, "elements"),
    ],
)
def test_other_contents_refuse(content, values, argument):
    with pytest.raises(ValueError, match=argument):
        dataclasses.replace(content, **values)
