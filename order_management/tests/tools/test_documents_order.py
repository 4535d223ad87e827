"""The order document: what is accepted, what is refused, and how it is normalised."""

import copy
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.documents import cards, order
from tools.documents.values import UNSET, moment
from tools.error_codes import CODES

CARD = "4111111111111111"


def make_order(**keys):
    """Return a small good order, with `keys` on top."""
    base = {
        "external_ref": "WEB-1",
        "customer": {"ref": "C1"},
        "lines": [{"ref": "1", "sku": "A", "quantity": 2, "unit_price": 50.0}],
    }
    return base | keys


def make_line(**keys):
    return make_order(lines=[{"ref": "1", "sku": "A", "quantity": 2} | keys])


def found(document):
    """Return (code, path) of every error."""
    return [(problem["code"], problem["path"]) for problem in order.read(document)[1]]


def test_a_full_order_is_read_as_it_is():
    address = {
        "ref": "C1",
        "name": "Ada",
        "email": "ada@example.com",
        "phone": "+49 30 1234567",
        "vat": "DE123456789",
        "is_company": True,
        "lang": "de_DE",
        "street": "Hauptstr. 1",
        "street2": "2. Stock",
        "zip": "10115",
        "city": "Berlin",
        "state": "BE",
        "country": "DE",
    }
    document = {
        "external_ref": "WEB-1",
        "ordered_at": "2026-03-01 10:00:00",
        "customer": address,
        "ship_to": address,
        "bill_to": address,
        "customer_reference": "PO 7",
        "currency": "EUR",
        "prices_include_tax": False,
        "requested_date": "2026-03-05",
        "carrier": "dhl",
        "ship_complete": False,
        "note": "Ring\ntwice",
        "expected_total": 119.0,
        "charges": [{"name": "Freight", "amount": 5, "line": "1"}],
        "payment": {"status": "captured", "provider": "p", "reference": "r", "amount": 119.0},
        "lines": [
            {
                "ref": "1",
                "sku": "A",
                "barcode": "4006381333931",
                "customer_sku": "X",
                "quantity": 2,
                "uom": "C62",
                "unit_price": 50.0,
                "discount": 0,
                "name": "A thing",
            }
        ],
    }
    assert order.read(document) == (document, [])


def test_the_document_itself_is_left_alone():
    document = make_order(note="  x  ", carrier=None)
    before = copy.deepcopy(document)
    order.read(document)
    assert document == before


def test_unset_keys_are_left_out_and_texts_stripped():
    document = make_order(
        note="  hello ",
        carrier=None,
        currency="",
        requested_date=False,
        customer_reference="   ",
        expected_total=False,
        ship_to={},
        bill_to={"name": ""},
        charges=[],
        payment=None,
        prices_include_tax=None,
    )
    assert order.read(document) == (make_order(note="hello"), [])


def test_false_is_kept_where_it_is_an_answer():
    read, errors = order.read(make_order(ship_complete=False, prices_include_tax=False))
    assert (read["ship_complete"], read["prices_include_tax"], errors) == (False, False, [])


def test_numbers_keep_their_kind():
    read, _errors = order.read(make_line(quantity=3, unit_price=2.50))
    line = read["lines"][0]
    assert (type(line["quantity"]), type(line["unit_price"])) == (int, float)


def test_codes_are_returned_in_capitals():
    read, errors = order.read(make_order(currency="eur", customer={"country": " de "}))
    assert (read["currency"], read["customer"], errors) == ("EUR", {"country": "DE"}, [])


@pytest.mark.parametrize("document", [None, False, "x", 3, [], [make_order()]])
def test_what_is_no_object_is_no_order(document):
    read, errors = order.read(document)
    assert read is False
    assert [(problem["code"], problem["path"]) for problem in errors] == [("wrong_type", "")]


BAD = [
    # required keys
    (make_order(external_ref=None), "missing", "external_ref"),
    (make_order(external_ref="  "), "missing", "external_ref"),
    (make_order(customer=False), "missing", "customer"),
    (make_order(customer={}), "missing", "customer"),
    (make_order(customer={"name": None}), "missing", "customer"),
    (make_order(lines=None), "missing", "lines"),
    (make_order(lines=[]), "missing", "lines"),
    (make_line(quantity=None), "missing", "lines[0].quantity"),
    (make_line(quantity=False), "missing", "lines[0].quantity"),
    (make_line(sku=None), "missing", "lines[0].sku"),
    (make_line(sku=" ", barcode="", customer_sku=False), "missing", "lines[0].sku"),
    (make_order(charges=[{"name": "Freight"}]), "missing", "charges[0].amount"),
    # JSON types
    (make_order(external_ref=1001), "wrong_type", "external_ref"),
    (make_order(customer="C1"), "wrong_type", "customer"),
    (make_order(customer=[]), "wrong_type", "customer"),
    (make_order(lines={"sku": "A"}), "wrong_type", "lines"),
    (make_order(lines=["A"]), "wrong_type", "lines[0]"),
    (make_order(lines=[None]), "wrong_type", "lines[0]"),
    (make_line(quantity="3"), "wrong_type", "lines[0].quantity"),
    (make_line(quantity=True), "wrong_type", "lines[0].quantity"),
    (make_line(quantity=[]), "wrong_type", "lines[0].quantity"),
    (make_line(unit_price="9.99"), "wrong_type", "lines[0].unit_price"),
    (make_line(sku=7), "wrong_type", "lines[0].sku"),
    (make_order(ship_complete="yes"), "wrong_type", "ship_complete"),
    (make_order(ship_complete=1), "wrong_type", "ship_complete"),
    (make_order(prices_include_tax=0), "wrong_type", "prices_include_tax"),
    (make_order(ordered_at=1740000000), "wrong_type", "ordered_at"),
    (make_order(requested_date=20260301), "wrong_type", "requested_date"),
    (make_order(note=["a"]), "wrong_type", "note"),
    (make_order(currency=978), "wrong_type", "currency"),
    (make_order(payment={"status": 1}), "wrong_type", "payment.status"),
    # values
    (make_line(quantity=math.nan), "wrong_value", "lines[0].quantity"),
    (make_line(quantity=math.inf), "wrong_value", "lines[0].quantity"),
    (make_line(quantity=-math.inf), "wrong_value", "lines[0].quantity"),
    (make_line(quantity=1e12), "wrong_value", "lines[0].quantity"),
    (make_line(unit_price=10**400), "wrong_value", "lines[0].unit_price"),
    (make_line(unit_price=-(10**5000)), "wrong_value", "lines[0].unit_price"),
    (make_line(discount=1000.5), "wrong_value", "lines[0].discount"),
    (make_line(discount=-1001), "wrong_value", "lines[0].discount"),
    (make_order(currency="EURO"), "wrong_value", "currency"),
    (make_order(currency="€"), "wrong_value", "currency"),
    (make_order(customer={"country": "DEU"}), "wrong_value", "customer.country"),
    (make_order(ship_to={"country": "ÄÖ"}), "wrong_value", "ship_to.country"),
    (make_order(payment={"status": "paid"}), "wrong_value", "payment.status"),
    (make_order(note="a\x00b"), "wrong_value", "note"),
    (make_order(note="a\ud800b"), "wrong_value", "note"),
    (make_order(requested_date="2026-02-30"), "wrong_value", "requested_date"),
    (make_order(requested_date="01.03.2026"), "wrong_value", "requested_date"),
    (make_order(requested_date="2026-03-01T00:00:00"), "wrong_value", "requested_date"),
    (make_order(requested_date="20260301"), "wrong_value", "requested_date"),
    (make_order(ordered_at="yesterday"), "wrong_value", "ordered_at"),
    # limits
    (make_order(external_ref="x" * 129), "too_large", "external_ref"),
    (make_order(customer={"name": "x" * 257}), "too_large", "customer.name"),
    (make_order(note="x" * 10_001), "too_large", "note"),
    (make_order(lines=[{"sku": "A", "quantity": 1}] * 1001), "too_large", "lines"),
    (make_order(charges=[{"amount": 1}] * 1001), "too_large", "charges"),
    # keys
    (make_order(colour="red"), "unknown_key", "colour"),
    (make_order(customer={"ref": "C1", "nmae": "A"}), "unknown_key", "customer.nmae"),
    (make_line(qty=3), "unknown_key", "lines[0].qty"),
    (make_order(charges=[{"amount": 1, "tax": 2}]), "unknown_key", "charges[0].tax"),
    (make_order(payment={"method": "card"}), "unknown_key", "payment.method"),
    # references
    (make_order(charges=[{"amount": 1, "line": "9"}]), "unknown_line", "charges[0].line"),
    (
        make_order(lines=[{"ref": ref, "sku": "A", "quantity": 1} for ref in ("1", "2", " 1 ")]),
        "duplicate",
        "lines[2].ref",
    ),
]


@pytest.mark.parametrize(("document", "code", "path"), BAD)
def test_bad_documents(document, code, path):
    assert found(document) == [(code, path)]


@pytest.mark.parametrize(("document", "code", "path"), BAD)
def test_every_error_names_its_path_and_a_listed_code(document, code, path):
    for problem in order.read(document)[1]:
        assert set(problem) == {"code", "message", "path"}
        assert problem["code"] in CODES
        assert f"`{path.removesuffix('.sku')}" in problem["message"]
        assert len(problem["message"]) < 400


GOOD = [
    make_line(quantity=0),
    make_line(quantity=-1.5),
    make_line(quantity=999_999_999_999),
    make_line(discount=-1000),
    make_line(discount=1000),
    make_line(sku=False, barcode="4006381333931"),
    make_line(sku=False, customer_sku="X"),
    make_order(external_ref="x" * 128),
    make_order(lines=[{"sku": "A", "quantity": 1}] * 1000),
    make_order(note="x" * 10_000),
    make_order(payment={"status": "none"}),
    make_order(charges=[{"amount": -5, "line": False}]),
]


@pytest.mark.parametrize("document", GOOD)
def test_good_documents(document):
    assert order.read(document)[1] == []


def test_all_errors_are_collected_in_order():
    document = {
        "note": 7,
        "custmer": {},
        "lines": [{"quantity": "3"}, {"sku": "B", "quantity": 1, "prise": 2}],
    }
    assert found(document) == [
        ("unknown_key", "custmer"),
        ("missing", "external_ref"),
        ("missing", "customer"),
        ("wrong_type", "note"),
        ("wrong_type", "lines[0].quantity"),
        ("missing", "lines[0].sku"),
        ("unknown_key", "lines[1].prise"),
    ]


def test_lines_stay_in_their_places_beside_errors():
    document = make_order(lines=["?", {"sku": "B", "quantity": 1}, {"sku": "C", "quantity": "2"}])
    read, errors = order.read(document)
    assert read["lines"] == [{}, {"sku": "B", "quantity": 1}, {"sku": "C"}]
    assert [problem["path"] for problem in errors] == ["lines[0]", "lines[2].quantity"]


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("curency", "Did you mean `currency`?"),
        ("Currency", "Did you mean `currency`?"),
        ("external_reference", "Did you mean `external_ref`?"),
        ("zzzzzz", "Remove it."),
    ],
)
def test_unknown_keys_come_with_a_hint(key, hint):
    _read, errors = order.read(make_order(**{key: "EUR"}))
    assert errors[0]["message"] == f"`{key}` is not a known key. {hint}"


def test_many_unknown_keys_are_summed_up():
    _read, errors = order.read(make_order(**{f"k{number}": 1 for number in range(25)}))
    assert len(errors) == 21
    assert "5 more unknown keys" in errors[-1]["message"]


def test_a_message_repeats_foreign_text_short_printable_and_masked():
    _read, errors = order.read(make_order(currency=f"{CARD}\u202e{'x' * 100}"))
    message = errors[0]["message"]
    assert CARD not in message
    assert "************1111?xxx" in message
    assert len(message) < 160


MOMENTS = [
    ("2024-08-28T05:10:10", "2024-08-28 05:10:10"),
    ("2024-08-28 05:10:10", "2024-08-28 05:10:10"),
    ("2024-08-28T05:10:10Z", "2024-08-28 05:10:10"),
    ("2024-08-28t05:10:10z", "2024-08-28 05:10:10"),
    ("2024-08-28T05:10:10+02:00", "2024-08-28 03:10:10"),
    ("2024-08-28T05:10:10 +02:00", "2024-08-28 03:10:10"),
    ("2024-08-28T05:10:10-0530", "2024-08-28 10:40:10"),
    ("2024-08-28T01:10:10+02", "2024-08-27 23:10:10"),
    ("2024-08-28T05:10", "2024-08-28 05:10:00"),
    ("2024-08-28T05:10:10.987654", "2024-08-28 05:10:10"),
    ("2024-08-28T05:10:10,5Z", "2024-08-28 05:10:10"),
    ("20240828T051010Z", "2024-08-28 05:10:10"),
    ("2024-08-28", "2024-08-28 00:00:00"),
    (" 2024-08-28 ", "2024-08-28 00:00:00"),
    ("2024-02-29", "2024-02-29 00:00:00"),
]


@pytest.mark.parametrize(("text", "expected"), MOMENTS)
def test_moments_are_returned_in_utc(text, expected):
    assert order.read(make_order(ordered_at=text)) == (make_order(ordered_at=expected), [])


@pytest.mark.parametrize(
    "text",
    [
        "28.08.2024",
        "2024-08-28X05:10",
        "2024-13-01",
        "2023-02-29",
        "2024-08-28T25:00",
        "2024-08-28T05:10:60",
        "2024-W35-3",
        "2024",
        "0001-01-01T00:00:00+12:00",
        "9999-12-31T23:00:00-12:00",
        "2024-08-28T05:10:10+25:00",
        "٢٠٢٤-08-28",
    ],
)
def test_what_is_no_moment_is_refused(text):
    errors = []
    assert moment(text, "ordered_at", errors) is UNSET
    assert [problem["code"] for problem in errors] == ["wrong_value"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*order.ORDER, *order.LINE, "x"]), inner, max_size=5)
        ),
        max_leaves=20,
    )
)
def test_reading_never_raises_and_reading_again_changes_nothing(document):
    read, errors = order.read(document)
    if isinstance(document, dict) and not errors:
        assert order.read(read) == (read, [])
    assert (read is False) == (not isinstance(document, dict))


# Card numbers


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "card 4111 1111 1111 1111 exp 12/27",
        "12 4111 1111 1111 1111",
        "4111 1111 1111 1111 1227",
        "4111\u00a01111\u00a01111\u00a01111",
        "378282246310005",
        "4222222222222",
        "6304000000000000000",
    ],
)
def test_card_numbers_in_free_text_are_found(text):
    assert cards.holds_card(text, "note")


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (make_order(note=f"pay with {CARD}"), "note"),
        (make_order(customer_reference=CARD), "customer_reference"),
        (make_order(customer={"name": CARD}), "customer.name"),
        (make_order(customer={"ref": "C1", "street": CARD}), "customer.street"),
        (make_order(ship_to={"street2": CARD}), "ship_to.street2"),
        (make_order(charges=[{"name": CARD, "amount": 1}]), "charges[0].name"),
        (make_line(name=CARD), "lines[0].name"),
        (make_order(payment={"reference": CARD}), "payment.reference"),
    ],
)
def test_a_card_number_refuses_the_order_and_is_masked(document, path):
    read, errors = order.read(document)
    assert [(problem["code"], problem["path"]) for problem in errors] == [("card_number", path)]
    assert CARD not in str(read)
    assert CARD not in str(errors)


def test_card_numbers_are_found_in_unknown_keys_and_wrong_types():
    document = make_order(note=int(CARD), card={"number": CARD, "x": [float(CARD)]})
    assert found(document) == [
        ("unknown_key", "card"),
        ("wrong_type", "note"),
        ("card_number", "note"),
        ("card_number", "card.number"),
        ("card_number", "card.x[0]"),
    ]


@pytest.mark.parametrize("key", ["sku", "barcode", "customer_sku"])
def test_long_numbers_are_normal_in_some_keys(key):
    assert order.read(make_line(**{key: CARD}))[1] == []


def test_other_long_numbers_stay():
    assert order.read(make_order(external_ref=CARD, customer={"ref": CARD, "phone": CARD}))[1] == []


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",  # fails the check
        "411111111111",  # 12 digits
        "41111111111111111111",  # 20 digits
        "0049 171 1234564 00",  # begins with 0
        "2026-03-01 10:00:00",
        "4111.1111.1111.1111",
        "x" * 5000,
    ],
)
def test_other_texts_hold_no_card(text):
    assert not cards.holds_card(text, "note")


@pytest.mark.parametrize("key", ["reference", "customer_reference"])
def test_a_reference_needs_a_brand_too(key):
    other = with_check_digit("851513175100493")
    assert cards.holds_card(CARD, key)
    assert cards.holds_card(other, "note")
    assert not cards.holds_card(other, key)


@pytest.mark.parametrize(
    "number",
    [
        "4222222222222",
        "5555555555554444",
        "2223003122003222",
        "378282246310005",
        "6011111111111117",
        "3530111333300000",
        "30569309025904",
        "6200000000000005",
    ],
)
def test_brands(number):
    assert cards.holds_card(number, "reference")


def test_masking_keeps_everything_but_the_digits():
    document = {
        "note": "card 4111 1111 1111 1111, phone 123",
        "number": int(CARD),
        "lines": [{"sku": CARD, "name": f"{CARD} and 378282246310005"}],
        CARD: True,
    }
    before = copy.deepcopy(document)
    assert cards.mask_cards(document) == {
        "note": "card **** **** **** 1111, phone 123",
        "number": "************1111",
        "lines": [{"sku": CARD, "name": "************1111 and ***********0005"}],
        "************1111": True,
    }
    assert document == before


def test_masking_ends_somewhere():
    document = CARD
    for _level in range(200):
        document = [document]
    assert CARD not in str(cards.mask_cards(document))


def with_check_digit(digits):
    return next(digits + last for last in "0123456789" if cards.passes_luhn(digits + last))


@given(
    st.text("0123456789", min_size=12, max_size=18).filter(lambda digits: digits[0] != "0"),
    st.text("abc,;. \n", max_size=10),
)
def test_every_card_number_is_masked(digits, around):
    number = with_check_digit(digits)
    masked = cards.mask_cards(f"{around}{number}{around}")
    assert masked == f"{around}{'*' * (len(number) - 4)}{number[-4:]}{around}"


def test_a_card_number_in_the_name_of_a_key():
    document = {"customer": {"4111-1111-1111-1111": "x"}}
    _order, errors = order.read(document)
    assert ("card_number", "customer") in [(e["code"], e["path"]) for e in errors]
    assert "4111" not in str(errors)
