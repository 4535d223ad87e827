"""The codes on the command sheet of the station: what a scanner says without a keyboard."""

from collections.abc import Mapping
from types import MappingProxyType

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "OM-DONE": "done",  # all is picked and packed: close the transfer
        "OM-PACK": "pack",  # close a parcel with what is picked
        "OM-SHORT": "short",  # the place holds less than it should
        "OM-UNDO": "undo",  # take the last scan back
        "OM-NEXT": "next",  # go on to the next stop, or take the next work
        "OM-HELP": "help",  # call somebody
    }
)


def find_command(code: str) -> str:
    """Return the command that a scanned code stands for, or an empty text."""
    return COMMANDS.get(code.strip().upper(), "")
