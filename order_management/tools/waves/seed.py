"""Waves from a seed: an order, and those that add the fewest aisles to it."""


def _fewest(aisles, _lines):
    return aisles


def _most(aisles, _lines):
    return -aisles


def _longest(_aisles, lines):
    return -lines


# Which order a wave starts from. None of them is the best for every day.
SEEDS = (_fewest, _most, _longest)


def seeded(orders, outline, loads, rule) -> list[list]:
    """Waves of indices of the orders.

    A wave starts from the most urgent order the rule names first. Then, as long as one fits, the
    most urgent order that adds the fewest aisles joins it; of equal ones that with the most
    aisles in common, and then the earliest.

    :param rule: one of ``SEEDS``
    """
    masks = [mask & outline.aisles for mask in outline.masks]
    counts = [mask.bit_count() for mask in masks]
    lines = [len(order.stops) for order in orders]
    left = sorted(
        range(len(orders)),
        key=lambda one: (orders[one].priority, rule(counts[one], lines[one]), one),
    )
    waves = []
    while left:
        wave, load, aisles = [], loads.empty, 0
        while left:
            found = None
            for one in left if wave else left[:1]:
                added = (masks[one] & ~aisles).bit_count()
                key = orders[one].priority, added, added - counts[one], one
                if (found is None or key < found) and loads.fits(load, one):
                    found = key
            if found is None:
                break
            one = found[-1]
            left.remove(one)
            wave.append(one)
            load = loads.plus(load, one)
            aisles |= masks[one]
        waves.append(wave)
    return waves
