"""Telling whether an e-mail address can be one, without asking the network.

Whether somebody reads it, only a mail can tell.
"""

import re

MAX_ADDRESS, MAX_LOCAL, MAX_LABEL = 254, 64, 63

_LOCAL = re.compile(r"[^\s@,;:<>()\[\]\\\"]+")
_LABEL = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")  # letters of any script, digits, inner hyphens


def is_plausible(address: str) -> bool:
    """Tell whether ``address``, one bare address, is written as one that mail can reach."""
    local, at, domain = address.rpartition("@")
    return (
        bool(at)
        and len(address) <= MAX_ADDRESS
        and len(local) <= MAX_LOCAL
        and bool(_LOCAL.fullmatch(local))
        and not (local.startswith(".") or local.endswith(".") or ".." in local)
        and _is_domain(domain)
    )


def _is_domain(domain: str) -> bool:
    labels = domain.split(".")
    return (
        len(labels) > 1
        and all(len(label) <= MAX_LABEL and _LABEL.fullmatch(label) for label in labels)
        and len(labels[-1]) > 1
        and not labels[-1].isdigit()
        and "_" not in domain
    )
