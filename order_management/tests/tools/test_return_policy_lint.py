from datetime import date

import pytest
from tools.return_policy_lint import Doubt, lint, lint_dates


def rule(**values):
    return {
        "id": 1,
        "products": [],
        "categories": [],
        "reasons": [],
        "window_days": 30,
        "fee_percent": 0.0,
        "fee_amount": 0.0,
        "decision": "accept",
        **values,
    }


MIND, FAULT = {"id": 3, "our_fault": False}, {"id": 4, "our_fault": True}
REASONS = [MIND, FAULT]
BELGIUM, FRANCE, JAPAN = 20, 21, 22
UNION = [BELGIUM, FRANCE]


def codes(rules, **values):
    return [doubt.code for doubt in lint(rules, REASONS, **values)]


def test_one_rule_for_all_is_sound():
    assert lint([rule()], REASONS, union=UNION) == []


def test_gap():
    assert lint([], REASONS) == [Doubt("gap", reason=3), Doubt("gap", reason=4)]
    assert lint([rule(reasons=[3])], REASONS) == [Doubt("gap", reason=4)]
    assert lint([rule(customer="consumer")], [MIND]) == [Doubt("gap", reason=3, customer="company")]
    assert lint([rule(goods="unopened")], [MIND]) == [Doubt("gap", reason=3, goods="opened")]
    halves = [rule(customer="consumer"), rule(id=2, customer="company", goods="opened")]
    assert lint(halves, [MIND]) == [Doubt("gap", reason=3, customer="company", goods="unopened")]
    assert codes([rule(products=[7])]) == ["gap", "gap"]
    assert codes([rule(customer="consumer"), rule(id=2, customer="company")]) == []


@pytest.mark.parametrize(
    ("first", "second", "is_in_vain"),
    [
        ({}, {}, True),
        ({}, {"products": [7], "reasons": [3]}, True),
        ({"window_days": 20}, {}, False),
        ({"window_days": 40}, {}, True),
        ({"products": [7]}, {}, False),
        ({"products": [7, 8]}, {"products": [7]}, True),
        ({"categories": [1]}, {"categories": [5]}, True),
        ({"categories": [5]}, {"categories": [1]}, False),
        ({"categories": [1]}, {"products": [7]}, True),
        ({"categories": [6]}, {"products": [7]}, False),
        ({"customer": "consumer"}, {}, False),
        ({}, {"customer": "consumer"}, True),
        ({"goods": "opened"}, {"goods": "unopened"}, False),
        ({"resolutions": ["refund"]}, {}, False),
        ({"countries": [20]}, {"countries": [20, 21]}, False),
        ({}, {"decision": "review"}, False),
        ({"decision": "review"}, {"decision": "review"}, True),
    ],
)
def test_rule_in_vain(first, second, is_in_vain):
    rules = [rule(**first), rule(id=2, **second), rule(id=3, window_days=99)]
    doubts = lint(rules, REASONS, parents={5: [1, 5]}, products={7: [1, 5]})
    found = [doubt for doubt in doubts if doubt.code == "unreachable"]
    assert found == ([Doubt("unreachable", rule=2, other=1)] if is_in_vain else [])


def test_short_window_for_consumers_of_the_union():
    assert lint([rule(window_days=13)], REASONS, union=UNION) == [
        Doubt("window_short", rule=1, days=13)
    ]
    for values in ({"window_days": 14}, {"window_days": 7, "customer": "company"}):
        assert "window_short" not in codes([rule(**values)], union=UNION)
    assert codes([rule(window_days=7)], union=UNION, countries=[JAPAN]) == []
    assert codes([rule(window_days=7)], union=UNION, countries=[JAPAN, FRANCE]) == ["window_short"]
    assert codes([rule(window_days=7, countries=[JAPAN]), rule(id=2)], union=UNION) == []
    assert codes([rule(window_days=7), rule(id=2)], union=UNION) == [], "the second catches it"
    faults = [rule(window_days=7, reasons=[4]), rule(id=2)]
    assert codes(faults, union=UNION) == []
    product = [rule(id=2, products=[7], window_days=5, reasons=[3]), rule(products=[8])]
    found = [one for one in lint(product, REASONS, union=UNION) if one.code != "gap"]
    assert found == [Doubt("window_short", rule=2, days=5)]


def test_withdrawal_refused_or_charged():
    assert codes([rule(decision="refuse")], union=UNION) == ["withdrawal_refused"]
    assert codes([rule(products=[7], decision="refuse"), rule(id=2)], union=UNION) == []
    assert lint([rule(fee_percent=15.0)], REASONS, union=UNION) == [
        Doubt("withdrawal_fee", rule=1, reason=3)
    ]
    fees = [{"reason": 3, "percent": 0.0, "amount": 0.0}]
    assert codes([rule(fee_percent=15.0, fees=fees)], union=UNION) == []
    assert codes([rule(fee_percent=15.0)]) == [], "nobody of the union is served"


def test_fee_that_is_never_taken():
    assert codes([rule(reasons=[4], fee_amount=5.0), rule(id=2)]) == ["fee_on_fault"]
    fees = [{"reason": 4, "percent": 10.0, "amount": 0.0}]
    assert codes([rule(fees=fees)]) == ["fee_on_fault"]
    assert codes([rule(fee_amount=5.0)]) == []


def test_resolutions():
    assert lint([rule(resolutions=["credit"])], REASONS) == [
        Doubt("not_offered", resolution="refund")
    ]
    refusing = [rule(products=[7], decision="refuse"), rule(id=2, resolutions=["refund"])]
    assert lint(refusing, REASONS) == [Doubt("not_offered", resolution="credit")]
    unknown = [rule(products=[7], resolutions=["wish"]), rule(id=2)]
    assert lint(unknown, REASONS) == [Doubt("only_unknown", rule=1)]


def test_dates():
    may, june, july = date(2026, 5, 31), date(2026, 6, 1), date(2026, 7, 1)
    assert lint_dates([(False, False)]) == lint_dates([]) == []
    assert lint_dates([(june, False), (False, may)]) == []
    assert lint_dates([(False, may), (july, False)]) == [
        Doubt("date_gap", first=june, last=date(2026, 6, 30))
    ]
    assert lint_dates([(False, may)]) == [Doubt("ends", last=may)]
    assert lint_dates([(False, False), (june, july)]) == []


def test_state_of_the_goods():
    assert codes([rule(refund_percent_b=80.0, refund_percent_c=0.0)]) == []
    assert codes([rule(refund_percent_b=80.0)]) == ["wear_odd"]
    low = {"refund_percent_b": 80.0, "refund_percent_c": 0.0}
    assert codes([rule(reasons=[4], **low), rule(id=2)]) == ["wear_on_fault"]
