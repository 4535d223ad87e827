"""The story over each protocol, on a live server; see README for the variables."""

import os

import pytest
from story import Story

PREFIXES = {"xmlrpc": "XMLA", "odoorpc": "ORPC", "json2": "JSNB"}


@pytest.mark.parametrize("protocol", PREFIXES)
def test_story(protocol):
    story = Story(
        protocol,
        os.environ["OM_URL"],
        os.environ["OM_DB"],
        "admin",
        os.environ["OM_ADMIN_PASSWORD"],
        PREFIXES[protocol],
        say=lambda *words, **options: None,
    )
    rows = story.tell()
    assert len(rows) == 23
    held = sorted(row["hold"] for row in rows if row["hold"] and not row.get("invoice"))
    assert held == ["credit_limit", "stock_short"]
    assert all(row["sscc"] and row["tracking"] for row in rows if row.get("invoice"))
    assert sum(1 for row in rows if row.get("refund")) == 2
