"""The integrators' page of error codes, made from the one table."""

from .error_codes import CODES

HEAD = """# Error codes

Every item that a public method answers has `errors`: a list of `{"code", "message", "path"}`.
The code is one of these; the message says the same in words, with the numbers, and how to mend
it; the path names the place in what was sent, such as `lines[1].sku`.

| code | meaning |
| --- | --- |
"""


def page() -> str:
    """The page as Markdown, in the order of the table."""
    rows = (f"| `{code}` | {meaning} |" for code, meaning in CODES.items())
    return HEAD + "\n".join(rows) + "\n"
