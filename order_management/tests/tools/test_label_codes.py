"""Every bar code on every label is read back from the ZPL as a printer renders it."""

import dataclasses
import io
from datetime import date

import pytest
import zplkit
import zxingcpp
from PIL import Image
from tools import gs1_scan
from tools.labels import (
    FORMATS,
    CommandSheet,
    LabelContent,
    LotLabel,
    PlaceLabel,
    ProductLabel,
    ToteLabel,
    code_128,
    lay_out,
)
from tools.station_commands import COMMANDS, find_command

PARCEL = LabelContent(
    sscc="340123450000001236",
    package_name="PACK0000007",
    ship_from=("Northwind Chairs", "Dock Road 5"),
    ship_to=("Acme ^XZ^XA ~JR _5E", "Long Street 1"),
    tracking_ref="JJD000390007882939291",
    marks=("FRAGILE", "THIS SIDE UP"),
    elements=(("02", "04006381333931"), ("15", "260131"), ("37", "24"), ("10", "LOT42/A")),
)
SSCC = ("]C1", "00340123450000001236")
LONG_LOT = "A1-b2-C3-d4-E5-f6-G7"
TRACKING = ("]C0", "JJD000390007882939291")
# What stands on a label → what a scanner reads on it, from top to bottom.
LABELS = {
    "parcel": (PARCEL, [TRACKING, ("]C1", "0204006381333931152601313724\x1d10LOT42/A"), SSCC]),
    "parcel without contents": (dataclasses.replace(PARCEL, elements=()), [TRACKING, SSCC]),
    "package": (LabelContent(package_name="PACK0000007"), [("]C0", "PACK0000007")]),
    "EAN-13": (ProductLabel("Desk", "OM-A", "4006381333931"), [("]E0", "4006381333931")]),
    "EAN-8": (ProductLabel("Gum", "OM-A", "96385074"), [("]E4", "96385074")]),
    "UPC-A": (ProductLabel("Gum", "OM-A", "036000291452"), [("]E0", "0036000291452")]),
    "carton": (ProductLabel("Desk", "", "14006381333938"), [("]C1", "0114006381333938")]),
    "own number": (ProductLabel("Desk", "OM-A", "4006381333932"), [("]C0", "4006381333932")]),
    "no bar code": (ProductLabel("Desk", "OM-A>8_~^\\"), [("]C0", "OM-A>8_~^\\")]),
    "lot": (LotLabel("Desk", "OM-A", "LOT-42"), [("]C0", "LOT-42")]),
    "lot of GS1": (
        LotLabel("Desk", "", "L7", "", (("01", "04006381333931"), ("17", "260131"), ("10", "L7"))),
        [("]C1", "01040063813339311726013110L7")],
    ),
    "lot too long for GS1": (
        LotLabel("Desk", "", LONG_LOT, "", (("01", "04006381333931"), ("10", LONG_LOT))),
        [("]C0", LONG_LOT)],
    ),
    "place": (PlaceLabel("A-01-02", "WH / Stock", "WH-A-01-02", "up"), [("]C0", "WH-A-01-02")]),
    "place without code": (PlaceLabel("A-01-02", "WH / Stock", "", "down"), []),
    "tote": (ToteLabel("TOTE-0042", "Blue"), [("]C0", "TOTE-0042")]),
    "commands": (
        CommandSheet("Commands", tuple((code, name, name) for code, name in COMMANDS.items())),
        [("]C0", code) for code in COMMANDS],
    ),
}  # fmt: skip


def _read(content, dpi):
    """Return symbology and data of each bar code of the rendered label, top to bottom."""
    sheet = lay_out(content)
    size = {"width": round(sheet.width * dpi / 25.4), "height": round(sheet.height * dpi / 25.4)}
    options = zplkit.Options(dpi=dpi, **size)
    [label] = zplkit.render(FORMATS["zpl"].render(content, dpi), options).labels
    image = Image.open(io.BytesIO(label.png())).convert("L")
    codes = sorted(zxingcpp.read_barcodes(image), key=lambda code: code.position.top_left.y)
    return [(code.symbology_identifier, code.bytes.decode()) for code in codes]


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("name", LABELS)
def test_what_a_scanner_reads(name, dpi):
    content, codes = LABELS[name]
    assert _read(content, dpi) == codes


@pytest.mark.parametrize(
    ("text", "modules"),
    [("A", 46), ("AB", 57), ("1234", 57), ("12345", 79), ("A1234", 79), ("\x1d0012", 68)],
)
def test_width_of_code_128(text, modules):
    assert code_128.count_modules(text) == modules


@pytest.mark.parametrize("text", ["", "é", "\n", "\x00", "x" * 201])
def test_code_128_refuses(text):
    with pytest.raises(ValueError, match="text"):
        code_128.encode(text)


def test_code_128_holds_what_it_was_given():
    for text in ("OM-DONE", "1Z999AA10123456784", "\x1d0204006381333931\x1d10A", "0" * 200):
        assert "".join(code.text for code in code_128.encode(text)) == text


def test_the_station_understands_what_is_printed():
    [_tracking, goods, container] = _read(PARCEL, 203)
    content = gs1_scan.read("".join(goods), date(2026, 1, 15))
    assert (content.gtin, content.lot, content.count) == ("04006381333931", "LOT42/A", 24)
    assert content.expires_on == date(2026, 1, 31)
    assert gs1_scan.read("".join(container), date(2026, 1, 15)).sscc == PARCEL.sscc
    codes = [code for _symbology, code in _read(LABELS["commands"][0], 203)]
    assert [find_command(code) for code in codes] == list(COMMANDS.values())
