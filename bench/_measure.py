"""How a bench measures: exact query counts, and CPU of Python plus CPU of the database backend.

CPU instead of time on the clock, because neighbours on the machine don't count; sides take turns
in one process, because then whatever changes slowly changes for all of them. Where the backend's
CPU can't be read (a database on another machine), time on the clock takes its place.
"""

import gc
import statistics
import time
from pathlib import Path
from typing import NamedTuple

TICKS = 100  # of /proc/<pid>/stat in a second, on every Linux


class Spent(NamedTuple):
    """What some work took: seconds, and statements."""

    cpu: float
    queries: int

    def per(self, count):
        """For one of ``count`` pieces of work: milliseconds and statements."""
        return Spent(1000 * self.cpu / count, self.queries / count)


class Stopwatch:
    """Starts when made; :meth:`read` tells what was spent since."""

    def __init__(self, cr):
        self.cr = cr
        self.backend = find_backend(cr)
        self.queries = cr.sql_log_count
        self.started = self.now()

    def now(self):
        if not self.backend:
            return time.perf_counter()
        return time.thread_time() + cpu_of(self.backend)

    def read(self):
        return Spent(self.now() - self.started, self.cr.sql_log_count - self.queries)


def find_backend(cr):
    """The process id of the backend of ``cr``, or None if it isn't on this machine."""
    parameters = cr._cnx.info.dsn_parameters
    host = parameters.get("host") or "/"
    if not host.startswith("/") and host not in ("localhost", "127.0.0.1", "::1"):
        return None
    pid = cr._cnx.info.backend_pid
    try:
        return pid if b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes() else None
    except OSError:
        return None


def cpu_of(pid):
    """Seconds of CPU a process has used: to the nanosecond if the kernel tells, else to 10 ms."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError, ValueError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


def measure(env, work):
    """Do ``work``, then undo it: whoever comes next finds the same state.

    Pending writes and what runs before a commit (mail tracking) count, the commit doesn't.

    :param work: function without parameters
    :return Spent: what it took
    """
    env.flush_all()
    env.invalidate_all()
    savepoint = env.cr.savepoint()
    gc.collect()
    watch = Stopwatch(env.cr)
    work()
    env.flush_all()
    env.cr.precommit.run()
    spent = watch.read()
    savepoint.close(rollback=True)
    env.invalidate_all(flush=False)
    return spent


def take_turns(sides, repetitions):
    """Measure all sides in turn, so often; a first round warms up and isn't kept.

    The side that begins changes from round to round.

    :param dict sides: name → function that measures once
    :return dict: name → list of :class:`Spent`, one a round
    """
    spent = {name: [] for name in sides}
    names = list(sides)
    for repetition in range(repetitions + 1):
        for name in names:
            result = sides[name]()
            if repetition:
                spent[name].append(result)
        names.append(names.pop(0))
    return spent


def compare(spent, base, count):
    """Rows for :func:`table`: each side against ``base``, for one of ``count`` pieces of work."""
    rows = []
    for name, rounds in spent.items():
        ratios = [one.cpu / other.cpu for one, other in zip(rounds, spent[base], strict=True)]
        middle = Spent(*map(statistics.median, zip(*rounds, strict=True))).per(count)
        extra = statistics.median(one.queries for one in rounds) - statistics.median(
            one.queries for one in spent[base]
        )
        rows.append(
            (
                name,
                f"{middle.queries:.1f}",
                f"{extra:+.0f}" if name != base else "",
                f"{middle.cpu:.1f}",
                f"{statistics.median(ratios):.3f}" if name != base else "",
                f"{min(ratios):.3f} - {max(ratios):.3f}" if name != base else "",
            )
        )
    return rows


def headings(unit, base):
    """The headings over the rows of :func:`compare`."""
    return (
        "side",
        f"queries / {unit}",
        f"queries more than {base}, in all",
        f"CPU ms / {unit}",
        f"CPU ratio to {base}, median",
        "range",
    )


def table(title, columns, rows, notes=()):
    """Print a table as Markdown."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    print(f"\n## {title}\n")
    for cells in (columns, ["-" * width for width in widths], *rows):
        print("| " + " | ".join(map(str.ljust, cells, widths)) + " |")
    for note in notes:
        print(f"\n{note}")
