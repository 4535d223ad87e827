"""Wrong arguments are named."""

from collections.abc import Iterable
from math import isfinite

from .methods import METHODS

LARGEST = 1e100  # squares of it, and sums of them, are still finite


def check_series(history, season, available):
    """The history as floats, and for each period whether it could be sold."""
    history = numbers(history, "history")
    if history and min(history) < 0.0:
        raise ValueError("history: demand is not negative")
    if isinstance(season, bool) or not isinstance(season, int) or season < 1:
        raise ValueError("season: a whole number of periods, at least 1, is expected")
    if available is None:
        return history, [True] * len(history)
    if isinstance(available, (str, bytes)) or not isinstance(available, Iterable):
        raise ValueError("available: a list is expected")
    available = [bool(there) for there in available]
    if len(available) != len(history):
        raise ValueError("available: one value for each period of the history is expected")
    return history, available


def check_options(season, method, profile):
    """The profile as floats, or ``None``."""
    if method is not None and method not in METHODS:
        raise ValueError(f"method: unknown method {method!r}, known are {', '.join(METHODS)}")
    if profile is None:
        return None
    profile = numbers(profile, "profile")
    if len(profile) != season:
        raise ValueError("profile: it needs one index for each period of the season")
    if min(profile) <= 0.0:
        raise ValueError("profile: its indices are above 0")
    return profile


def numbers(values, name):
    """A list of floats."""
    if isinstance(values, (str, bytes, dict)) or not isinstance(values, Iterable):
        raise ValueError(f"{name}: a list of numbers is expected")
    values = list(values)
    is_plain = all(map(isfinite, values)) if {*map(type, values)} == {float} else False
    if is_plain and max(values) <= LARGEST and min(values) >= -LARGEST:
        return values
    return [number(value, name) for value in values]


def number(value, name):
    """A float."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= LARGEST:
        raise ValueError(f"{name}: {value!r} is not a finite number of a size that can be reckoned")
    return float(value)


def whole(value, name, least):
    """A whole number of at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{name}: a whole number of at least {least} is expected")
    return value
