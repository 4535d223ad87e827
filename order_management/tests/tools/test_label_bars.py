import pytest
from tools.labels.bars import QUIET, get_widths, to_svg
from tools.labels.code_128 import FNC1, count_modules


def test_widths_of_a_known_symbol():
    """Start B, P, J, J, check character (104 + 48 + 2 * 42 + 3 * 42) % 103 = 53, stop."""
    widths = "".join(map(str, get_widths("PJJ")))
    assert widths == "211214" + "313121" + "112133" * 2 + "213131" + "2331112"


@pytest.mark.parametrize("text", ["S00042", "1234567890", "WH/OUT/00012", "A1234B", FNC1 + "0012"])
def test_as_wide_as_counted(text):
    assert sum(get_widths(text)) == count_modules(text)
    svg = to_svg(text, 30)
    assert f'viewBox="0 0 {count_modules(text) + 2 * QUIET} 30"' in svg


def test_refuses_what_it_cannot_hold():
    with pytest.raises(ValueError, match="printable ASCII"):
        get_widths("Ä")
