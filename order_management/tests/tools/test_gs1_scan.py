from datetime import date

import pytest
from tools.gs1 import GROUP_SEPARATOR, check_digit, element_string
from tools.gs1_scan import read, read_date, strip_symbology, to_gtin
from tools.station_commands import COMMANDS, find_command

TODAY = date(2026, 11, 26)
GTIN = "04006381333931"
SSCC = "340123450000001236"
FULL = element_string([("01", GTIN), ("17", "270331"), ("10", "LOT42/A"), ("21", "S-1")])


@pytest.mark.parametrize(
    "code",
    [
        f"]C1{FULL}",
        f"]d2{FULL}",
        f"]Q3{FULL}\r\n",
        f"{GROUP_SEPARATOR}{FULL}",
        FULL,
        FULL.replace(GROUP_SEPARATOR, "<GS>"),
        FULL.replace(GROUP_SEPARATOR, "{GS}"),
        f"(01){GTIN}(17)270331(10)LOT42/A(21)S-1",
        f"(01) {GTIN} (17) 270331 (10) LOT42/A (21) S-1",
        f"https://id.gs1.org/01/{GTIN}/10/LOT42%2FA/21/S-1?17=270331",
        f"https://shop.example/p/01/{GTIN[1:]}/10/LOT42%2FA/21/S-1?17=270331&utm=x",
    ],
)
def test_one_content_in_many_shapes(code):
    content = read(code, TODAY)
    assert (content.gtin, content.lot, content.serial) == (GTIN, "LOT42/A", "S-1")
    assert content.expires_on == date(2027, 3, 31)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "4006381333931",
        f"01{GTIN}",  # may be anything: taken for GS1 only where that is asked
        "]C0ABC",
        f"]C101{GTIN[:-1]}0",  # wrong check digit
        f"]C101{GTIN}8812",  # no such identifier
        f"]C101{GTIN}17271331",  # no such month
        "(01)123",
        "(01)",
        "text (01)",
        "https://example.com/about",
        "http://[broken",
        GROUP_SEPARATOR,
    ],
)
def test_what_is_no_gs1(code):
    assert read(code, TODAY) is None


def test_bare_elements_are_taken_only_when_all_is_right():
    assert read(f"01{GTIN}10L1", TODAY, certain=False).lot == "L1"
    assert read(f"00{SSCC}", TODAY, certain=False).sscc == SSCC
    assert read(f"02{GTIN}3724", TODAY, certain=False).count == 24.0
    assert read(f"00{SSCC[:-1]}0", TODAY, certain=False) is None
    assert read("10LOT", TODAY, certain=False) is None
    assert read("4006381333931", TODAY, certain=False) is None


@pytest.mark.parametrize(
    ("pairs", "weight"),
    [
        ([("3103", "001250")], 1.25),
        ([("3100", "000012")], 12.0),
        ([("3201", "000100")], 4.535924),
        ([], 0.0),
    ],
)
def test_net_weight(pairs, weight):
    content = read(f"]C1{element_string([('01', GTIN), *pairs])}", TODAY)
    assert content.net_weight == weight


def test_count_and_best_before():
    content = read(f"]C1{element_string([('02', GTIN), ('15', '261200'), ('37', '12')])}", TODAY)
    assert (content.count, content.expires_on) == (12.0, date(2026, 12, 31))
    assert read(f"]C1{element_string([('01', GTIN), ('30', '6')])}", TODAY).count == 6.0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("261126", date(2026, 11, 26)),
        ("760101", date(2076, 1, 1)),
        ("770101", date(1977, 1, 1)),
        ("280200", date(2028, 2, 29)),
        ("000101", date(2000, 1, 1)),
    ],
)
def test_centuries(value, expected):
    assert read_date(value, TODAY) == expected


@pytest.mark.parametrize(
    ("code", "gtin"),
    [
        ("4006381333931", GTIN),
        (GTIN, GTIN),
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("4006381333930", ""),
        ("400638133393", ""),
        ("x006381333931", ""),
        ("", ""),
    ],
)
def test_gtin(code, gtin):
    assert to_gtin(code) == gtin
    if gtin:
        assert check_digit(gtin[:-1]) == int(gtin[-1])


def test_symbology_prefix():
    assert strip_symbology("]E04006381333931") == "4006381333931"
    assert strip_symbology("]C0AB]C1") == "AB]C1"
    assert strip_symbology("AB") == "AB"


def test_commands():
    assert find_command(" om-done ") == "done"
    assert find_command("OM-DONER") == ""
    assert len(set(COMMANDS.values())) == len(COMMANDS)
