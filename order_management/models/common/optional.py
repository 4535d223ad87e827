"""The only place that asks whether an optional module or Python package is there."""

from functools import lru_cache
from importlib import import_module


def has_model(env, name):
    """Whether the model ``name`` exists in this database."""
    return name in env.registry


def has_field(env, model, name):
    """Whether ``model`` exists and has the field ``name``."""
    return model in env.registry and name in env[model]._fields


@lru_cache
def find_package(name):
    """The Python package ``name``, or ``None`` where it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        return None
