"""Refusals that name the argument."""

from math import isfinite


def number(value, name, least=None, above=None):
    """A finite number, at least or above a bound."""
    is_number = value.__class__ is float or (
        isinstance(value, (int, float)) and not isinstance(value, bool)
    )
    if not is_number or not isfinite(value):
        raise ValueError(f"{name}: {value!r} is not a finite number")
    if least is not None and value < least:
        raise ValueError(f"{name}: it is at least {least:g}")
    if above is not None and value <= above:
        raise ValueError(f"{name}: it is above {above:g}")
    return float(value)


def numbers(values, name):
    """Finite numbers, as a list."""
    values = list(values)
    if set(map(type, values)) == {float} and all(map(isfinite, values)):
        return values
    return [number(value, name) for value in values]


def share(value, name):
    """A service level: between 0 and 1, both left out."""
    value = number(value, name)
    if not 0.0 < value < 1.0:
        raise ValueError(f"{name}: it lies between 0 and 1")
    return value
