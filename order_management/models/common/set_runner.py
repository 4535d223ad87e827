"""Work on many documents as one set; the bad ones end up alone with their reason."""

import logging

from psycopg2 import OperationalError

from odoo.exceptions import LockError, UserError

_logger = logging.getLogger(__name__)


def run_set(records, work, flush_name=""):
    """Call ``work`` on all ``records`` inside a savepoint, on halves of them if that fails.

    A concurrency failure is never swallowed: Odoo restarts the whole call.

    :param records: a recordset, or any sequence that can be sliced
    :param work: function of a part of ``records``
    :param str flush_name: what is being done, for the log
    :return: list of ``(single, exception)`` for those that failed, in input order
    """
    failures = []
    _run_part(records, work, failures, flush_name)
    return failures


def _run_part(records, work, failures, name):
    if not records:
        return
    try:
        with _cursor_of(records, work).savepoint():
            work(records)
    except (OperationalError, LockError):
        raise
    except Exception as exception:
        if len(records) == 1:
            if not isinstance(exception, UserError):
                _logger.exception("%s failed on one document", name or "A batch")
            failures.append((records[0], exception))
            return
        middle = len(records) // 2
        _run_part(records[:middle], work, failures, name)
        _run_part(records[middle:], work, failures, name)


def _cursor_of(records, work):
    env = getattr(records, "env", None)
    if env is None:
        env = work.__self__.env
    return env.cr
