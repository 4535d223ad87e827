import pytest
from tools import return_rules


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


def facts(**values):
    return {
        "product": 7,
        "categories": [1, 2],
        "reason": 3,
        "our_fault": False,
        "resolution": "refund",
        "quantity": 1.0,
        "returnable": 2.0,
        "days": 10,
        **values,
    }


@pytest.mark.parametrize(
    ("days", "decision", "code"),
    [
        (-1, "accept", "rule"),
        (0, "accept", "rule"),
        (30, "accept", "rule"),
        (31, "refuse", "outside_window"),
        (False, "accept", "rule"),
    ],
)
def test_window(days, decision, code):
    verdict = return_rules.judge(facts(days=days), [rule()])
    assert (verdict.decision, verdict.code) == (decision, code)


def test_days_late_count_from_the_longest_window():
    rules = [rule(window_days=14), rule(id=2, window_days=30, decision="refuse")]
    verdict = return_rules.judge(facts(days=33), rules)
    assert (verdict.rule, verdict.days_late, verdict.window_days) == (2, 3, 30)


def test_first_fitting_rule_with_an_open_window_decides():
    rules = [
        rule(id=1, products=[8]),
        rule(id=2, reasons=[4]),
        rule(id=3, window_days=5, decision="refuse"),
        rule(id=4, categories=[2], decision="review"),
        rule(id=5),
    ]
    assert return_rules.judge(facts(), rules).rule == 4
    assert return_rules.judge(facts(days=3), rules).rule == 3
    assert return_rules.judge(facts(product=8), rules).rule == 1
    assert return_rules.judge(facts(reason=4), rules).rule == 2
    assert return_rules.judge(facts(categories=[9]), rules).rule == 5


def test_a_review_rule_catches_what_is_late():
    rules = [rule(), rule(id=2, window_days=40, decision="review")]
    assert return_rules.judge(facts(days=35), rules).code == "rule"
    verdict = return_rules.judge(facts(days=50), rules)
    assert (verdict.decision, verdict.code, verdict.days_late) == ("review", "late", 10)


def test_without_a_rule_a_person_decides():
    assert return_rules.judge(facts(), []).decision == "review"
    assert return_rules.judge(facts(), [rule(products=[9])]).code == "no_rule"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"resolution": "exchange"}, "not_offered"),
        ({"resolution": "advance_exchange"}, "not_offered"),
        ({"returnable": 0.0}, "not_returnable"),
        ({"quantity": 2.5}, "too_many"),
    ],
)
def test_what_no_rule_allows(values, code):
    verdict = return_rules.judge(facts(**values), [rule()])
    assert (verdict.decision, verdict.code, verdict.rule) == ("refuse", code, False)


def test_binary_fractions_are_no_excess():
    assert return_rules.judge(facts(quantity=0.1 + 0.2, returnable=0.3), [rule()]).code == "rule"


def test_fee_is_none_for_our_fault():
    rules = [rule(fee_percent=15.0, fee_amount=2.0)]
    mind = return_rules.judge(facts(), rules)
    fault = return_rules.judge(facts(our_fault=True), rules)
    assert (mind.fee_percent, mind.fee_amount) == (15.0, 2.0)
    assert (fault.fee_percent, fault.fee_amount) == (0.0, 0.0)


def test_rule_offers_what_it_names():
    refund = rule(id=1, resolutions=["refund"])
    both = rule(id=2, resolutions=["refund", "credit"])
    assert return_rules.judge(facts(), [refund, both]).rule == 1
    assert return_rules.judge(facts(resolution="credit"), [refund, both]).rule == 2
    verdict = return_rules.judge(facts(resolution="credit"), [refund])
    assert (verdict.decision, verdict.code) == ("refuse", "not_offered")


def test_window_told_on_paper():
    """Only rules for all reasons count; the first of them may refuse."""
    general, late = rule(window_days=30), rule(window_days=60, decision="review")
    fault = rule(window_days=90, reasons=[7])
    assert return_rules.get_window(1, [], [fault, general]) == 30
    assert return_rules.get_window(1, [], [general, late]) == 60
    assert return_rules.get_window(1, [], [rule(products=[1], decision="refuse"), general]) is False
    assert return_rules.get_window(2, [], [rule(products=[1], decision="refuse"), general]) == 30
    assert return_rules.get_window(1, [], [fault]) is False


@pytest.mark.parametrize(
    ("wanted", "given", "other"),
    [
        ({"customer": "company"}, {"is_company": True}, {"is_company": False}),
        ({"customer": "consumer"}, {"is_company": False}, {"is_company": True}),
        ({"partner_tags": [5]}, {"partner_tags": [4, 5]}, {"partner_tags": []}),
        ({"product_tags": [5]}, {"product_tags": [5]}, {"product_tags": [6]}),
        ({"channels": [5]}, {"channel": 5}, {"channel": False}),
        ({"countries": [5, 6]}, {"country": 6}, {"country": 7}),
        ({"goods": "opened"}, {"goods": "opened"}, {"goods": "unopened"}),
    ],
)
def test_whom_and_what_a_rule_is_for(wanted, given, other):
    rules = [rule(**wanted), rule(id=2)]
    assert return_rules.judge(facts(**given), rules).rule == 1
    assert return_rules.judge(facts(**other), rules).rule == 2


def test_facts_and_rules_stored_before_a_key_existed():
    assert return_rules.judge(facts(), [rule(partner_tags=[5]), rule(id=2)]).rule == 2
    verdict = return_rules.judge(facts(goods="opened", channel=4), [rule()])
    assert (verdict.code, verdict.return_shipping, verdict.evidence_needed) == ("rule", "", False)


def test_state_of_the_goods_that_nobody_told():
    rules = [rule(goods="opened", fee_percent=50.0), rule(id=2)]
    verdict = return_rules.judge(facts(), rules)
    assert (verdict.decision, verdict.code, verdict.rule) == ("review", "condition_missing", 1)


def test_photo():
    rules = [rule(evidence_reasons=[3])]
    verdict = return_rules.judge(facts(), rules)
    assert (verdict.decision, verdict.code) == ("review", "evidence_missing")
    assert return_rules.judge(facts(has_evidence=True), rules).decision == "accept"
    assert return_rules.judge(facts(reason=4), rules).decision == "accept"
    refusing = [rule(evidence_reasons=[3], decision="refuse")]
    assert return_rules.judge(facts(), refusing).decision == "refuse"


def test_fee_by_reason():
    fees = [{"reason": 3, "percent": 0.0, "amount": 4.0}]
    by_reason = rule(fee_percent=15.0, fees=fees)
    assert return_rules.fee_of(by_reason, 3, False) == (0.0, 4.0)
    assert return_rules.fee_of(by_reason, 4, False) == (15.0, 0.0)
    assert return_rules.fee_of(by_reason, 3, True) == (0.0, 0.0)
    assert return_rules.judge(facts(), [by_reason]).fee_amount == 4.0


@pytest.mark.parametrize(
    ("payer", "mind", "fault"),
    [
        ("us", "us", "us"),
        ("customer", "customer", "customer"),
        ("customer_unless_fault", "customer", "us"),
    ],
)
def test_way_back(payer, mind, fault):
    rules = [rule(return_shipping=payer)]
    assert return_rules.judge(facts(), rules).return_shipping == mind
    assert return_rules.judge(facts(our_fault=True), rules).return_shipping == fault


def test_last_day():
    assert return_rules.last_day(facts(), [rule(window_days=14), rule(window_days=30)]) == 30
    refusing = [rule(window_days=99, decision="refuse"), rule(window_days=14)]
    assert return_rules.last_day(facts(), refusing) is False
    rules = [rule(products=[9], window_days=99), rule(window_days=14)]
    assert return_rules.last_day(facts(), rules) == 14
    assert return_rules.last_day(facts(), []) is False


def test_goods_that_nobody_will_see():
    verdict = return_rules.judge(facts(unseen=True), [rule()])
    assert (verdict.decision, verdict.code, verdict.rule) == ("review", "unseen", 1)
    refusing = [rule(decision="refuse")]
    assert return_rules.judge(facts(unseen=True), refusing).decision == "refuse"
    assert return_rules.judge(facts(unseen=False), [rule()]).decision == "accept"


KNOWN = {"product": 7, "categories": [1, 2], "product_tags": [5], "channel": False, "country": 9}


@pytest.mark.parametrize(
    ("known", "rules", "told"),
    [
        ({}, [rule(), rule(id=2)], [1]),
        ({}, [rule(), rule(id=2, window_days=60)], [1, 2]),
        ({}, [rule(decision="refuse"), rule(id=2, window_days=60)], [1]),
        ({}, [rule(products=[8]), rule(id=2, categories=[2]), rule(id=3)], [2]),
        ({}, [rule(product_tags=[5]), rule(id=2)], [1]),
        ({}, [rule(countries=[8]), rule(id=2, channels=[1]), rule(id=3)], [3]),
        ({"channel": 1}, [rule(channels=[1]), rule(id=2)], [1]),
        # What is asked later, or not known, leaves room for the rules after it.
        ({}, [rule(reasons=[3]), rule(id=2), rule(id=3)], [1, 2]),
        ({}, [rule(goods="opened", decision="refuse"), rule(id=2)], [1, 2]),
        ({}, [rule(resolutions=["credit"]), rule(id=2)], [1, 2]),
        ({}, [rule(customer="consumer"), rule(id=2)], [1, 2]),
        ({"is_company": True}, [rule(customer="consumer"), rule(id=2)], [2]),
        ({"is_company": False}, [rule(customer="consumer"), rule(id=2)], [1]),
        ({}, [rule(partner_tags=[4]), rule(id=2)], [1, 2]),
        ({"partner_tags": []}, [rule(partner_tags=[4]), rule(id=2)], [2]),
        ({"partner_tags": [4]}, [rule(partner_tags=[4]), rule(id=2)], [1]),
        ({"product": False}, [rule(products=[7]), rule(id=2)], [2]),
        ({}, [], []),
    ],
)
def test_rules_worth_telling_about_one_product(known, rules, told):
    found = return_rules.worth_telling({**KNOWN, **known}, rules)
    assert [one["id"] for one in found] == told
