"""What parts of invoice lines are worth: all parts together are the line, to the cent."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.refunds import Amounts, Billed, Discount, pour, take_discounts, take_quantity

cents = st.integers(1, 1_000_000).map(lambda units: units / 100)


@st.composite
def bills(draw, sign=1, most=cents):
    """A billed line with up to two taxes, in whole cents."""
    net = draw(most)
    rates = draw(st.lists(st.sampled_from([0.0, 0.05, 0.0725, 0.2, 0.21]), max_size=2))
    taxes = {index: round(net * rate, 2) for index, rate in enumerate(rates)}
    total = round(net + sum(taxes.values()), 2)
    quantity = float(draw(st.integers(1, 12)))
    return Billed(object(), quantity, Amounts(net, total, taxes), 2, sign, 2)


@st.composite
def orders(draw):
    """Goods, discounts on all of them, shipping, and an order of taking them apart."""
    goods = draw(st.lists(bills(), min_size=1, max_size=4))
    worth = sum(billed.whole.total for billed in goods)
    most = st.integers(1, max(int(worth * 60), 1)).map(lambda units: units / 100)
    billed = draw(st.lists(bills(-1, most), max_size=1))
    discounts = [Discount(one, goods) for one in billed if one.whole.total <= worth]
    pieces = [index for index, billed in enumerate(goods) for _piece in range(int(billed.quantity))]
    return goods, discounts, draw(st.permutations(pieces))


@settings(max_examples=150, deadline=None)
@given(orders())
def test_all_parts_together_are_the_invoice(order):
    goods, discounts, pieces = order
    lines, refunded = goods + [discount.billed for discount in discounts], 0.0
    sums = defaultdict(lambda: [0.0, 0.0, defaultdict(float)])
    paid = sum(billed.sign * billed.whole.total for billed in lines)
    for piece in pieces:
        shares = [goods[piece].take(1.0)]
        shares += take_discounts(discounts, shares)
        for share in shares:
            found = sums[id(share.billed)]
            found[0] += share.net
            found[1] += share.total
            for tax, amount in share.taxes.items():
                found[2][tax] += amount
            assert share.total == pytest.approx(share.net + sum(share.taxes.values()), abs=1e-6)
            assert share.total >= 0
        refunded += sum(share.signed_total for share in shares)
        # Each share is rounded on its own, so that a part may be a cent off the exact one.
        assert refunded <= paid + 0.011
    assert refunded == pytest.approx(paid, abs=1e-6)
    for billed in lines:
        net, total, taxes = sums[id(billed)]
        assert net == pytest.approx(billed.whole.net, abs=1e-6)
        assert total == pytest.approx(billed.whole.total, abs=1e-6)
        assert taxes == {tax: pytest.approx(billed.whole.taxes[tax], abs=1e-6) for tax in taxes}
        assert billed.open_quantity == pytest.approx(0.0)
        assert billed.open_total == 0.0


@settings(max_examples=80, deadline=None)
@given(orders(), st.randoms(use_true_random=False))
def test_promises_hold_in_any_order(order, random):
    """What was promised one after the other is paid in another order, and adds up."""
    goods, discounts, pieces = order
    promised = []
    for piece in pieces:
        (share,) = shares = [goods[piece].take(1.0)]
        lowered = sum(one.total for one in take_discounts(discounts, shares))
        promised.append((piece, share.total, lowered))
    fresh = [Billed(one.line, one.quantity, one.whole, 2, 1, 2) for one in goods]
    again = [
        Discount(Billed(one.billed.line, one.billed.quantity, one.billed.whole, 2, -1, 2), fresh)
        for one in discounts
    ]
    random.shuffle(promised)
    for piece, total, lowered in promised:
        (share,) = shares = [fresh[piece].take(1.0, total)]
        assert share.total == pytest.approx(total, abs=1e-6)
        assert sum(one.total for one in take_discounts(again, shares, lowered)) == pytest.approx(
            lowered, abs=1e-6
        )
    for billed in fresh + [one.billed for one in again]:
        assert billed.taken_net == pytest.approx(billed.whole.net, abs=1e-6)
        assert billed.open_total == 0.0


def _bill(quantity, net, tax, sign=1):
    return Billed(object(), quantity, Amounts(net, net + tax, {1: tax}), 2, sign, 2)


def test_three_parts_of_an_odd_total():
    billed = _bill(3.0, 89.99, 18.00)
    assert [billed.take(1.0).total for _turn in range(3)] == [36.0, 35.99, 36.0]


def test_a_tenth_off_the_order():
    goods = [_bill(2.0, 100.0, 20.0), _bill(1.0, 50.0, 10.0)]
    discount = Discount(_bill(1.0, 15.0, 3.0, -1), goods)
    shares = take_quantity(goods[:1], 1.0)
    (lowered,) = take_discounts([discount], shares)
    assert (shares[0].total, lowered.total, lowered.signed_total) == (60.0, 6.0, -6.0)
    assert lowered.quantity == 0.33


def test_amounts_are_taken_up_to_what_is_left():
    billed = _bill(1.0, 50.0, 10.0)
    first = billed.take_amount(20.0)
    assert (first.net, first.total, first.taxes, first.quantity) == (16.67, 20.0, {1: 3.33}, 0.33)
    rest = billed.take_amount(100.0)
    assert (rest.net, rest.total, rest.quantity) == (33.33, 40.0, 0.67)
    assert billed.open_total == 0.0


def test_shares_of_one_line_are_one():
    billed = _bill(2.0, 1.67, 0.33)
    both = billed.take(1.0).plus(billed.take(1.0))
    assert (both.quantity, both.net, both.total, both.taxes) == (2.0, 1.67, 2.0, {1: 0.33})


def test_a_credit_is_poured_into_the_first_that_has_room():
    rows = [_bill(2.0, 20.0, 4.0), _bill(2.0, 30.0, 6.0)]
    pour(rows, 3.0, Amounts(36.0, 43.2, {1: 7.2}))
    assert [billed.open_quantity for billed in rows] == [0.0, 1.0]
    assert [round(billed.taken_total, 2) for billed in rows] == [28.8, 14.4]


def test_a_discount_on_nothing_is_not_shared():
    goods = [_bill(1.0, 10.0, 2.0)]
    other = Discount(_bill(1.0, 5.0, 1.0, -1), [_bill(1.0, 50.0, 10.0)])
    assert take_discounts([other], [goods[0].take(1.0)]) == []
