"""Which state of a document may follow which."""

import pytest
from tools import transitions
from tools.transitions import RETURN

STATES = ("draft", "review", "approved", "received", "settled", "refused", "cancelled")
ALLOWED = {
    ("draft", "review"),
    ("draft", "approved"),
    ("draft", "refused"),
    ("draft", "cancelled"),
    ("review", "approved"),
    ("review", "refused"),
    ("review", "cancelled"),
    ("approved", "received"),
    ("approved", "settled"),
    ("approved", "cancelled"),
    ("received", "settled"),
    ("settled", "received"),
    ("settled", "approved"),
}


@pytest.mark.parametrize("after", STATES)
@pytest.mark.parametrize("before", STATES)
def test_returns(before, after):
    allowed = before == after or (before, after) in ALLOWED
    assert transitions.is_allowed(RETURN, before, after) == allowed
    if allowed:
        transitions.check(RETURN, before, after)
    else:
        with pytest.raises(ValueError, match=after):
            transitions.check(RETURN, before, after)


def test_the_table_names_every_state_and_stays():
    assert tuple(RETURN) == STATES
    assert {state for following in RETURN.values() for state in following} <= set(STATES)
    with pytest.raises(TypeError):
        RETURN["settled"] = ("draft",)


def test_the_message_says_what_may_come():
    with pytest.raises(ValueError, match="after 'received' comes settled, not 'cancelled'"):
        transitions.check(RETURN, "received", "cancelled")
    with pytest.raises(ValueError, match="after 'settled' comes received or approved, not 'draft'"):
        transitions.check(RETURN, "settled", "draft")


@pytest.mark.parametrize(("before", "after"), [("sent", "draft"), ("draft", "sent")])
def test_unknown_states_are_refused(before, after):
    with pytest.raises(ValueError, match="sent"):
        transitions.check(RETURN, before, after)
