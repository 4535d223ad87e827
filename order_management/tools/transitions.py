"""Which state of a document may follow which.

Each table names, for every state, the states that may come next. Staying in a state is no
transition and always allowed, so that an operation can be repeated.
"""

from collections.abc import Mapping
from types import MappingProxyType

Table = Mapping[str, tuple[str, ...]]

# A claim for goods that never arrived is settled without being received. A settled return is open
# again when its credit note is cancelled, deleted or a draft again.
RETURN: Table = MappingProxyType(
    {
        "draft": ("review", "approved", "refused", "cancelled"),
        "review": ("approved", "refused", "cancelled"),
        "approved": ("received", "settled", "cancelled"),
        "received": ("settled",),
        "settled": ("received", "approved"),
        "refused": (),
        "cancelled": (),
    }
)


def is_allowed(table: Table, before: str, after: str) -> bool:
    """Tell whether ``after`` may follow ``before``.

    :raise ValueError: for a state that the table does not have
    """
    for name, state in (("before", before), ("after", after)):
        if state not in table:
            raise ValueError(f"{name} must be one of {', '.join(table)}, not {state!r}")
    return before == after or after in table[before]


def check(table: Table, before: str, after: str) -> None:
    """Raise ValueError unless ``after`` may follow ``before``."""
    if not is_allowed(table, before, after):
        following = " or ".join(table[before]) or "nothing"
        raise ValueError(f"after {before!r} comes {following}, not {after!r}")
