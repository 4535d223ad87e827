"""What an address must have, country by country."""

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tools import postal
from tools.error_codes import CODES

# The same examples every time, however busy the machine is.
STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

# In the order in which problems are told.
ADDRESS = {
    "street": "Hauptstraße 1",
    "street2": "",
    "zip": "10115",
    "city": "Berlin",
    "state": "",
    "country": "DE",
}


def _address(**values):
    return {**ADDRESS, **values}


def _found(address):
    return [(problem.field, problem.code) for problem in postal.check(address)]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (ADDRESS, []),
        (_address(name="Jörg", email="j@example.com"), []),
        (_address(street2="Hinterhaus", state="BE"), []),
        (_address(street=""), [("street", "missing")]),
        (_address(street=False, street2="Hinterhaus"), [("street", "missing")]),
        (_address(street=" - "), [("street", "missing")]),
        (_address(city=None), [("city", "missing")]),
        (_address(city="."), [("city", "missing")]),
        (_address(zip=""), [("zip", "missing")]),
        (_address(zip="1234"), [("zip", "malformed")]),
        (_address(country=""), [("country", "missing")]),
        (_address(country="Germany"), [("country", "malformed")]),
        (_address(country="de"), []),
        (_address(country=" de "), []),
        (
            {},
            [("street", "missing"), ("city", "missing"), ("country", "missing")],
        ),
        ({"country": "DE"}, [("street", "missing"), ("zip", "missing"), ("city", "missing")]),
        (_address(country="US", zip="10001", state="NY"), []),
        (_address(country="US", zip="10001"), [("state", "missing")]),
        (_address(country="US", zip=""), [("zip", "missing"), ("state", "missing")]),
        (_address(country="IT", zip="20121"), []),
        (_address(country="AE", zip=""), []),
        (_address(country="AE", zip="00000"), []),
        (_address(country="HK", zip="", city=""), []),
        (_address(country="SG", zip="018956", city=""), []),
        (_address(country="SG", zip="", city=""), [("zip", "missing")]),
        (_address(country="IE", zip=""), []),
        (_address(country="IE", zip="Dublin 8"), [("zip", "malformed")]),
        (_address(country="ZZ", zip=""), []),
        (_address(country="ZZ", zip="anything", state=""), []),
        (_address(country="ZZ", street="", city=""), [("street", "missing"), ("city", "missing")]),
    ],
)
def test_check(address, expected):
    assert _found(address) == expected


@pytest.mark.parametrize(
    ("country", "good", "bad"),
    [
        ("AD", "AD500|AD-500", "AD900|50"),
        ("AM", "0010|375010", "37501"),
        ("AR", "1425|C1420ABC", "C1420|142"),
        ("AT", "1010|A-1010|AT-1010", "10100|101"),
        ("AU", "2000|0800", "200|20000"),
        ("BE", "1000|B-1000", "100"),
        ("BM", "HM12|HM 12|CR AX", "1234"),
        ("BR", "01310-100|01310100", "1310-100"),
        ("CA", "K1A 0B1|K1A0B1|k1a 0b1|K1A-0B1", "K1A|D1A 0B1|W1A 0B1|K1O 0B1|12345"),
        ("CH", "8001|CH-8001", "80010"),
        ("CN", "100000", "10000"),
        ("CZ", "110 00|11000|CZ-110 00", "1100|110000"),
        ("DE", "10115|D-10115|DE-10115|D10115", "1234|123456|00100|1011A"),
        ("DK", "1050|DK-1050", "105"),
        ("ES", "28001|E-28001", "2800|00123"),
        ("FI", "00100|FI-00100|FIN-00100", "0100"),
        ("FR", "75001|F-75001", "7500|2A004"),
        (
            "GB",
            "SW1A 1AA|SW1A1AA|sw1a 1aa|M1 1AE|B33 8TH|CR2 6XH|DN55 1PT|W1A 1HQ|EC1A 1BB|BFPO 61",
            "SW1A|SW1A2A|SW1A 1A|12345|Q1 1AA|SW1A 1AC",
        ),
        ("GR", "105 57|10557|GR-105 57", "1055"),
        ("HU", "1051|H-1051", "10511"),
        ("IE", "D02 AF30|D02AF30|D6W XY00|A65 F4E2", "D02|D02 AF3|B02 AF30"),
        ("IL", "9614303|96143", "961430"),
        ("IN", "110001|110 001", "11000"),
        ("IT", "00118|I-00118", "0118"),
        ("JP", "100-0001|1000001|〒100-0001|１００－０００１|100 − 0001|100ー0001", "100-001|100"),
        ("KR", "03048", "0304|110-061"),
        ("LB", "1107 2810|1107", "11072"),
        ("LI", "9490|FL-9490", "949"),
        ("LT", "01100|LT-01100", "LT-0110"),
        ("LU", "1111|L-1111|LU-1111", "11111|L-111"),
        ("LV", "LV-1010|1010", "LV-101"),
        ("MC", "98000", "75001"),
        ("MD", "MD-2001|MD2001|2001", "MD-201"),
        ("MT", "VLT 1117|VLT1117", "VL 1117|1117"),
        ("MX", "06000", "6000"),
        ("NL", "1012 JS|1012JS|1012 js|NL-1012 JS", "1012|0012 JS|1012 SS|1012 J|D-1012 JS"),
        ("NO", "0150|N-0150", "150"),
        ("NZ", "6011", "601"),
        ("PL", "00-950|00950|PL-00-950", "0-950|00-95|00-9500"),
        ("PT", "1000-001|1000001|P-1000-001", "1000"),
        ("RO", "010011", "10011"),
        ("RU", "101000", "10100"),
        ("SE", "111 22|11122|S-111 22|SE-11122", "1112|111 2"),
        ("SI", "1000|SI-1000", "SI-100"),
        ("RS", "11000|106314", "1100"),
        ("SK", "811 01|81101|SK-811 01", "8110"),
        ("SM", "47890", "47900"),
        ("TW", "100|10048|100008", "1000"),
        ("UA", "01001", "0100"),
        ("US", "10001|10001-1234|100011234", "1001|1000|K1A0B1|10001-12|00012"),
        ("VA", "00120", "00121"),
        ("ZA", "0001", "001"),
    ],
)
def test_postcodes(country, good, bad):
    rule = postal.RULES[country]
    assert [code for code in good.split("|") if not rule.accepts(code)] == []
    assert [code for code in bad.split("|") if rule.accepts(code)] == []


def test_every_rule_is_whole():
    assert len(postal.RULES) >= 180
    assert sum(1 for rule in postal.RULES.values() if rule.example) >= 140
    for code, rule in postal.RULES.items():
        assert code == rule.country
        assert len(code) == 2
        assert rule.name
        assert not rule.example or rule.accepts(rule.example), rule
        assert not rule.zip_required or rule.example, rule
        assert bool(rule.example) == (rule.shape != "no postcode"), rule


def test_rows_are_in_order_and_shapes_in_use():
    codes = [row[0] for row in postal._ROWS]
    assert codes == sorted(set(codes))
    assert {row[2] for row in postal._ROWS} == set(postal._SHAPES)
    for name in ("_ZIP_OPTIONAL", "_STATE_REQUIRED", "_CITY_OPTIONAL", "_PREFIXES"):
        assert set(getattr(postal, name)) <= set(codes), name


def test_the_message_says_what_is_needed():
    [problem] = postal.check(_address(zip="1234"))
    assert problem == postal.Problem(
        field="zip",
        code="malformed",
        message=(
            'The postcode "1234" is not right: Germany needs five digits, the first two not 00.'
        ),
        hint="Write it like 10115.",
    )
    [problem] = postal.check(_address(zip=""))
    assert problem.message == "The postcode is missing."
    assert problem.hint == "Germany: five digits, the first two not 00, such as 10115."


def test_problems_cannot_be_changed():
    [problem] = postal.check(_address(zip="1234"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        problem.message = ""


@pytest.mark.parametrize("key", ["street", "zip", "city", "country"])
def test_values_that_are_no_texts_are_refused(key):
    with pytest.raises(ValueError, match=key):
        postal.check(_address(**{key: 12345}))


PARTS = st.one_of(st.none(), st.just(False), st.text(max_size=12))


@STEADY
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "street": PARTS,
            "street2": PARTS,
            "zip": PARTS,
            "city": PARTS,
            "state": PARTS,
            "country": PARTS | st.sampled_from(sorted(postal.RULES)),
        },
    )
)
def test_any_address_gets_a_sensible_answer(address):
    before = dict(address)
    problems = postal.check(address)
    assert address == before
    fields = [problem.field for problem in problems]
    assert fields == [key for key in ADDRESS if key in fields]
    for problem in problems:
        assert problem.code in ("missing", "malformed")
        assert problem.code in CODES
        assert problem.message
        assert problem.hint


@STEADY
@given(st.sampled_from(sorted(postal.RULES)), st.text("0123456789 -ABab〒", max_size=10))
def test_spacing_and_case_do_not_matter(country, postcode):
    rule = postal.RULES[country]
    assert rule.accepts(postcode) == rule.accepts(f"  {postcode.lower()} ")
