"""The page of error codes tells what the table says.

To write it anew: ``open(PAGE, "w").write(page())``.
"""

import re
from pathlib import Path

from tools.error_codes import CODES
from tools.error_docs import page

ADDON = Path(__file__).resolve().parents[2]
PAGE = ADDON.parent / "docs" / "error-codes.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_codes_in_the_source_stand_in_the_table():
    used = set()
    for path in (ADDON / "models").rglob("*.py"):
        used |= set(re.findall(r'\b(?:error|ItemError)\(\s*"([a-z_]+)"', path.read_text()))
    assert used - set(CODES) == set()
