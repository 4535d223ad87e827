"""GS1 numbers: check digits, shipping container codes, element strings."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tools import gs1

# The same examples every time, however busy the machine is.
STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

DIGITS = st.text("0123456789", min_size=1, max_size=30)
GS = "\x1d"


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("0", 0),
        ("1", 7),
        ("9", 3),
        ("34012345000000123", 6),
        ("629104150021", 3),
        ("9638507", 4),
        ("00614141000000000", 5),
        ("0" * 17, 0),
    ],
)
def test_check_digit(digits, expected):
    assert gs1.check_digit(digits) == expected


@pytest.mark.parametrize("digits", ["", "12a", " 12", "-1", "1.0", "١٢", "１２", None, 12])
def test_check_digit_refuses_what_is_not_digits(digits):
    with pytest.raises(ValueError, match="digits"):
        gs1.check_digit(digits)


@STEADY
@given(digits=DIGITS, data=st.data())
def test_check_digit_detects_every_single_wrong_digit(digits, data):
    number = f"{digits}{gs1.check_digit(digits)}"
    at = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from(sorted(set("0123456789") - {number[at]})))
    number = number[:at] + wrong + number[at + 1 :]
    assert gs1.check_digit(number[:-1]) != int(number[-1])


@pytest.mark.parametrize(
    ("prefix", "serial", "extension", "expected"),
    [
        ("4012345", 123, 3, "340123450000001236"),
        ("0614141", 0, 0, "006141410000000005"),
        ("4012", 999999999999, 9, "940129999999999996"),
        ("401234567890", 1, 0, "040123456789000018"),
    ],
)
def test_sscc(prefix, serial, extension, expected):
    assert gs1.sscc(prefix, serial, extension) == expected


@pytest.mark.parametrize(
    ("prefix", "serial", "extension", "argument"),
    [
        ("401", 1, 0, "company_prefix"),
        ("4012345678901", 1, 0, "company_prefix"),
        ("40123A5", 1, 0, "company_prefix"),
        ("", 1, 0, "company_prefix"),
        (4012345, 1, 0, "company_prefix"),
        ("4012345", -1, 0, "serial"),
        ("4012345", 10**9, 0, "serial"),
        ("401234567890", 10000, 0, "serial"),
        ("4012345", "1", 0, "serial"),
        ("4012345", 1.0, 0, "serial"),
        ("4012345", True, 0, "serial"),
        ("4012345", 1, -1, "extension"),
        ("4012345", 1, 10, "extension"),
        ("4012345", 1, "3", "extension"),
    ],
)
def test_sscc_refuses(prefix, serial, extension, argument):
    with pytest.raises(ValueError, match=argument):
        gs1.sscc(prefix, serial, extension)


@STEADY
@given(
    prefix=st.text("0123456789", min_size=4, max_size=12),
    extension=st.integers(0, 9),
    data=st.data(),
)
def test_sscc_always_validates(prefix, extension, data):
    serial = data.draw(st.integers(0, 10 ** (16 - len(prefix)) - 1))
    code = gs1.sscc(prefix, serial, extension)
    assert len(code) == 18
    assert code.startswith(f"{extension}{prefix}")
    assert int(code[1 + len(prefix) : -1]) == serial
    assert gs1.parse_sscc(code) == code
    assert gs1.element_string([("00", code)]) == f"00{code}"


@pytest.mark.parametrize(
    "code",
    [
        "340123450000001236",
        "00340123450000001236",
        "(00)340123450000001236",
        "(00) 340123450000001236",
        "]C100340123450000001236",
        "]d200340123450000001236\x1d",
        " 3 4012345 000000123 6 ",
    ],
)
def test_parse_sscc(code):
    assert gs1.parse_sscc(code) == "340123450000001236"


@pytest.mark.parametrize(
    "code", ["", "340123450000001235", "34012345000000123", "01340123450000001236", "PACK0001"]
)
def test_parse_sscc_knows_what_is_none(code):
    assert gs1.parse_sscc(code) is None


def test_parse_sscc_of_a_code_that_begins_with_zeros():
    assert gs1.parse_sscc("006141410000000005") == "006141410000000005"


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], ""),
        ([("00", "340123450000001236")], "00340123450000001236"),
        ([("10", "LOT42/A")], "10LOT42/A"),
        ([("10", "A"), ("21", "B")], f"10A{GS}21B"),
        (
            [("02", "04012345678901"), ("37", "24"), ("15", "261231"), ("10", "L1")],
            f"02040123456789013724{GS}1526123110L1",
        ),
        ([("3103", "001250"), ("10", "L1")], "310300125010L1"),
        ([("410", "4012345000009"), ("400", "PO1")], "4104012345000009400PO1"),
        ([("402", "40123450000000017"), ("10", "L")], f"40240123450000000017{GS}10L"),
        ([("8005", "001250"), ("8020", "X")], f"8005001250{GS}8020X"),
        ([("7007", "260101260131"), ("99", "x")], f"7007260101260131{GS}99x"),
        ([("20", "01"), ("20", "02")], "20012002"),
    ],
)
def test_element_string(pairs, expected):
    assert gs1.element_string(pairs) == expected


@pytest.mark.parametrize("ai", ["11", "12", "13", "15", "16", "17"])
@pytest.mark.parametrize(
    ("date", "good"),
    [
        ("260131", True),
        ("260200", True),
        ("240229", True),
        ("000229", True),
        ("991231", True),
        ("260229", False),
        ("260431", False),
        ("261301", False),
        ("260001", False),
        ("260132", False),
    ],
)
def test_element_string_checks_dates(ai, date, good):
    if good:
        assert gs1.element_string([(ai, date)]) == ai + date
    else:
        with pytest.raises(ValueError, match="YYMMDD"):
            gs1.element_string([(ai, date)])


@pytest.mark.parametrize(
    ("ai", "value"),
    [
        ("00", "340123450000001235"),
        ("01", "04012345678902"),
        ("02", "04012345678902"),
        ("03", "04012345678902"),
        *[(str(ai), "4012345000001") for ai in range(410, 418)],
    ],
)
def test_element_string_checks_the_check_digit(ai, value):
    right = f"{value[:-1]}{gs1.check_digit(value[:-1])}"
    assert gs1.element_string([(ai, right)]) == ai + right
    with pytest.raises(ValueError, match="check digit"):
        gs1.element_string([(ai, value)])


@pytest.mark.parametrize(
    ("ai", "value"),
    [
        ("05", "1"),
        ("14", "260101"),
        ("23", "1"),
        ("3106", "000001"),
        ("3170", "000001"),
        ("418", "4012345000009"),
        ("", "1"),
        ("1", "1"),
        (10, "1"),
        (None, "1"),
        ("00", "34012345000000123"),
        ("00", ""),
        ("10", ""),
        ("10", "A" * 21),
        ("10", "A B"),
        ("10", "Ä"),
        ("10", "A#"),
        ("10", f"A{GS}21B"),
        ("10", "A\n"),
        ("10", 5),
        ("37", "123456789"),
        ("37", "1A"),
        ("37", "١"),
        ("20", "1"),
        ("3103", "12.500"),
        ("421", "27A12345"),
        ("421", "276"),
        ("423", "2765"),
        ("253", "401234500000"),
        ("8010", "abc"),
        ("8010", "A#1"),
        ("8030", "a+b"),
    ],
)
def test_element_string_refuses(ai, value):
    with pytest.raises(ValueError, match=r"pairs\[1\]"):
        gs1.element_string([("99", "first"), (ai, value)])


@pytest.mark.parametrize(
    ("ai", "values"),
    [
        ("10", ["A", "!\"%&'()*+,-./:;<=>?_"]),
        ("21", ["a" * 20]),
        ("253", ["4012345000009", "4012345000009A/1"]),
        ("421", ["27610115"]),
        ("423", ["276", "276250", "276250380756040"]),
        ("7011", ["260101", "2601012359"]),
        ("8008", ["26010112", "260101123456"]),
        ("8010", ["AB/12-"]),
        ("8030", ["aZ_-9="]),
        ("8043", ["8" * 18, "8" * 20]),
    ],
)
def test_element_string_takes(ai, values):
    for value in values:
        assert gs1.element_string([(ai, value)]) == ai + value


def test_readable():
    pairs = [("00", "340123450000001236"), ("10", "L1")]
    assert gs1.readable(pairs) == "(00) 340123450000001236 (10) L1"
    with pytest.raises(ValueError, match="check digit"):
        gs1.readable([("00", "340123450000001235")])


# Format, length and separator as the General Specifications give them.
@pytest.mark.parametrize(
    ("ai", "least", "most", "numeric", "predefined"),
    [
        ("00", 18, 18, True, True),
        ("01", 14, 14, True, True),
        ("03", 14, 14, True, True),
        ("10", 1, 20, False, False),
        ("17", 6, 6, True, True),
        ("20", 2, 2, True, True),
        ("240", 1, 30, False, False),
        ("255", 13, 25, True, False),
        ("30", 1, 8, True, False),
        ("3109", None, None, None, None),
        ("3105", 6, 6, True, True),
        ("3695", 6, 6, True, True),
        ("3929", 1, 15, True, False),
        ("3932", 4, 18, True, False),
        ("400", 1, 30, False, False),
        ("417", 13, 13, True, True),
        ("420", 1, 20, False, False),
        ("4326", 6, 6, True, False),
        ("7003", 10, 10, True, False),
        ("7040", 4, 4, False, False),
        ("717", 1, 20, False, False),
        ("7239", 3, 30, False, False),
        ("7256", 1, 90, False, False),
        ("8003", 14, 30, False, False),
        ("8007", 1, 34, False, False),
        ("8018", 18, 18, True, False),
        ("8112", 1, 70, False, False),
        ("90", 1, 30, False, False),
        ("99", 1, 90, False, False),
    ],
)
def test_application_identifiers(ai, least, most, numeric, predefined):
    known = gs1.APPLICATION_IDENTIFIERS.get(ai)
    if least is None:
        assert known is None
        return
    assert (known.min_length, known.max_length) == (least, most)
    assert (known.is_numeric, known.has_predefined_length) == (numeric, predefined)


def test_the_table_is_whole_and_its_own():
    table = gs1.APPLICATION_IDENTIFIERS
    assert len(table) == 541
    assert all(ai == identifier.ai for ai, identifier in table.items())
    # No AI is the beginning of another one: a reader could not tell them apart.
    assert not [ai for ai in table for other in table if ai != other and other.startswith(ai)]
    # What needs no separator has one length only.
    assert all(
        identifier.min_length == identifier.max_length
        for identifier in table.values()
        if identifier.has_predefined_length
    )
    with pytest.raises(TypeError):
        table["05"] = None


def _values(identifier):
    """Return a strategy of values for identifiers without check digit and date."""
    return st.from_regex(identifier.pattern, fullmatch=True)


FREE = sorted(
    ai
    for ai in gs1.APPLICATION_IDENTIFIERS
    if not ai.startswith("41") and ai not in {"00", "01", "02", "03", *map(str, range(11, 18))}
)


@STEADY
@given(
    st.lists(
        st.sampled_from(FREE).flatmap(
            lambda ai: st.tuples(st.just(ai), _values(gs1.APPLICATION_IDENTIFIERS[ai]))
        ),
        max_size=4,
    )
)
def test_element_strings_can_be_read_again(pairs):
    text = gs1.element_string(pairs)
    assert not text.startswith(GS)
    assert not text.endswith(GS)
    assert _read(text) == pairs


def _read(text):
    """Read an element string as a scanner does, by the table alone."""
    pairs = []
    while text:
        ai = next(text[:size] for size in (2, 3, 4) if text[:size] in gs1.APPLICATION_IDENTIFIERS)
        known = gs1.APPLICATION_IDENTIFIERS[ai]
        rest = text[len(ai) :]
        if known.has_predefined_length:
            value, text = rest[: known.max_length], rest[known.max_length :]
        else:
            value, _separator, text = rest.partition(GS)
        pairs.append((ai, value))
    return pairs
