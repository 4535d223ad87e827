"""What becomes of proposed levels: how they are written, how much they change, who decides."""

from dataclasses import dataclass

from .checks import number
from .stock import exact

NOISE = 1e-7  # of binary fractions
RANKS = {"a": 0, "b": 1, "c": 2}


def written_levels(minimum, maximum, step):
    """The levels of a rule that orders strictly below its minimum, ours being at or below.

    Where minimum and maximum are the same, nothing is missing at the minimum: both ways agree.

    :param float minimum: order at or below it
    :param float maximum: order up to it
    :param float step: the least difference of two quantities
    :return tuple: minimum and maximum to be written
    :raises ValueError: the maximum is below the minimum
    """
    minimum, maximum = number(minimum, "minimum"), number(maximum, "maximum")
    step = number(step, "step", above=0)
    if maximum < minimum:
        raise ValueError("maximum: it is not below the minimum")
    if maximum == minimum:
        return minimum, maximum
    raised = float(exact(minimum) + exact(step))
    return raised, max(maximum, raised)


def level_changes(before, after, step):
    """By how much each level changes; a minimum that was raised by a step to be written does not.

    :param tuple before: minimum and maximum of the rule
    :param tuple after: minimum and maximum as they were reckoned
    :param float step: the least difference of two quantities
    :return tuple: of the minimum, of the maximum
    """
    least, most = round(after[0] - before[0], 9), round(after[1] - before[1], 9)
    if after[1] > after[0] and abs(least + step) < NOISE:
        least = 0.0
    return least, most


def change_percent(before, changes):
    """By how many percent the level changes that changes the most.

    :param tuple before: minimum and maximum of the rule
    :param tuple changes: of each, as of :func:`level_changes`
    :return: a float; ``None`` where there was no level before
    """
    found = 0.0
    for level, change in zip(before, changes, strict=True):
        if not change:
            continue
        if level <= 0.0:
            return None
        found = max(found, round(100.0 * abs(change) / level, 9))
    return found


@dataclass(frozen=True)
class Change:
    """A proposal as its limits see it.

    ``percent``: of the level that changes the most, ``None`` where there was none; ``value``: what
    it adds to stock; ``abc``: the product's class, or nothing; ``is_uncertain``: there is too
    little history.
    """

    percent: float | None
    value: float
    abc: str = ""
    is_uncertain: bool = False


@dataclass(frozen=True)
class Verdict:
    """What becomes of a change: ``outcome`` is ``applied``, or why it waits for a person:
    ``uncertain``, ``first``, ``change``, ``budget``; ``spent``: of the budget, before it."""

    outcome: str
    spent: float


def judge_changes(changes, most_percent, budget=0.0, spent=0.0):
    """Which changes are made without a person.

    Never where there is too little history or no level before, and not beyond the percentage. Of
    the rest, those that take from stock come first, then class A, B and C, in each the smallest
    value first, each as long as the budget lasts; what takes from stock adds nothing to it.

    :param list changes: :class:`Change`
    :param float most_percent: of a level
    :param float budget: what may be added to the value of stock; 0: no limit
    :param float spent: of it, before
    :return list: :class:`Verdict` of each
    """
    most_percent = number(most_percent, "most_percent", least=0)
    budget = number(budget, "budget", least=0)
    spent = number(spent, "spent", least=0)
    found = {}
    for place in sorted(range(len(changes)), key=lambda place: _rank(changes[place], place)):
        change = changes[place]
        outcome = _judge(change, most_percent)
        added = max(change.value, 0.0)
        if outcome == "applied" and added and budget and round(spent + added, 6) > budget:
            outcome = "budget"
        found[place] = Verdict(outcome, spent)
        if outcome == "applied":
            spent = round(spent + added, 6)
    return [found[place] for place in range(len(changes))]


def _rank(change, place):
    return (change.value > 0.0, RANKS.get(change.abc, len(RANKS)), change.value, place)


def _judge(change, most_percent):
    if change.is_uncertain:
        return "uncertain"
    if change.percent is None:
        return "first"
    return "change" if change.percent > most_percent else "applied"
