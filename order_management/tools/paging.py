"""Dividing the rows of tables into pages, so that none is cut and each table has its head.

What makes PDF of HTML knows where a page ends only after the fact, and not every build repeats
the heads of tables or keeps rows whole. Heights are estimates in one unit, rather too large.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """Rows ``start`` to ``end`` (exclusive) of a table on one page."""

    table: int
    start: int
    end: int


def paginate(
    tables: Sequence[Sequence[float]],
    page: float,
    top: float = 0.0,
    head: float = 0.0,
    tail: float = 0.0,
) -> list[list[Part]]:
    """Return the parts of each page, in order; rows that are higher than a page stand alone.

    :param tables: of each table the heights of its rows
    :param page: height of a page
    :param top: what stands above the tables on the first page
    :param head: height of a table's head, which comes again on each page
    :param tail: what stands below the last table and is kept whole; it may get a page of its own
    """
    if min([page, *(height for table in tables for height in table)]) <= 0:
        raise ValueError("heights must be more than zero")
    pages: list[list[Part]] = [[]]
    left = page - top
    for at, heights in enumerate(tables):
        start = 0
        while start < len(heights):
            end, used = _fill(heights, start, left - head)
            if end == start and (pages[-1] or left < page):
                pages.append([])
                left = page
                continue
            end = max(end, start + 1)
            used = used or heights[start]
            pages[-1].append(Part(at, start, end))
            left -= head + used
            start = end
    if tail > left and left < page:
        pages.append([])
    return pages


def _fill(heights: Sequence[float], start: int, room: float) -> tuple[int, float]:
    """Return how far the rows go that fit into the room, and what they take of it."""
    end, used = start, 0.0
    while end < len(heights) and used + heights[end] <= room:
        used += heights[end]
        end += 1
    return end, used


def count_lines(text: str, width: int) -> int:
    """Return how many lines of ``width`` characters a text takes, at least one."""
    return sum(max(1, -(-len(line) // width)) for line in text.split("\n"))
