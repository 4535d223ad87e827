"""Days on which orders are placed with a vendor, and what follows for reviews."""

from datetime import timedelta

AHEAD = 60  # days that are looked at: longer, a vendor is as good as gone


def find_order_days(day, weekdays, closed=(), count=2):
    """The next days on which orders are placed.

    :param date day: the first one that may be
    :param weekdays: 1 (Monday) to 7; none: every day
    :param closed: days on which the vendor takes no orders
    :param int count: how many days are looked for
    :return list: dates, fewer when there are not so many in two months
    :raises ValueError: a weekday is none
    """
    weekdays, closed, found = _check(weekdays), frozenset(closed), []
    for step in range(AHEAD):
        other = day + timedelta(days=step)
        if other.isoweekday() in weekdays and other not in closed:
            found.append(other)
            if len(found) == count:
                break
    return found


def get_longest_gap(weekdays):
    """The most days between two order days of an ordinary week.

    :param weekdays: 1 (Monday) to 7; none: every day
    :return int: 1 to 7
    """
    days = sorted(_check(weekdays))
    return max(
        later - earlier for earlier, later in zip(days, [*days[1:], days[0] + 7], strict=True)
    )


def get_review_days(day, weekdays, closed=()):
    """Days that an order has to last until the next one can be placed.

    The longest gap of an ordinary week, so that levels do not swing with the weekday, and more
    where days off make the gap after the next order longer.

    :param date day: today
    :return int: at least 1
    """
    found = find_order_days(day, weekdays, closed)
    gap = (found[1] - found[0]).days if len(found) == 2 else 1
    return max(get_longest_gap(weekdays), gap)


def _check(weekdays):
    found = frozenset(weekdays) or frozenset(range(1, 8))
    if not found <= frozenset(range(1, 8)):
        raise ValueError(f"weekdays: {sorted(weekdays)} are not 1 to 7")
    return found
