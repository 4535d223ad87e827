"""Operations that write no chatter: what happened stands in the log of events."""

from contextlib import contextmanager

# Kept on the cursor, not in the context, where a remote caller could put it.
_QUIET = "order_management.quiet"


@contextmanager
def quietly(env, wanted=True):
    """While this lasts, and if ``wanted``, documents that are made tell nothing of their origin."""
    before = env.cr.cache.get(_QUIET, False)
    env.cr.cache[_QUIET] = before or wanted
    try:
        yield
    finally:
        env.cr.cache[_QUIET] = before


def is_quiet(env):
    return env.cr.cache.get(_QUIET, False)
