"""The interval of a single period: its middle 80 %."""

from statistics import NormalDist

from .lines import Rates

MIDDLE = NormalDist().inv_cdf(0.9)


def make_band(model, mean, gap, start, season):
    """The middle 80 % of each period.

    :param model: the fitted method
    :param list mean: the expected demand of each period
    :param int gap: masked periods between the last value and the first of ``mean``
    :param int start: place of that first one, counted from the first value
    :param season: :class:`season.Season`, or ``None``
    :return tuple: the lists ``low`` and ``high``
    """
    if isinstance(model, Rates):  # a rate: single periods are not spread around it evenly
        ratios = [value / model.rate if model.rate > 0.0 else 1.0 for value in mean]
        below, above = model.below, model.above
        low = [min(below * ratio, value) for ratio, value in zip(ratios, mean, strict=True)]
        high = [max(above * ratio, value) for ratio, value in zip(ratios, mean, strict=True)]
        return low, high
    reach = MIDDLE + (MIDDLE**3 + MIDDLE) / (4.0 * max(model.count - 2, 1))  # Student's t
    low, high = [], []
    spreads = model.spreads(range(gap + 1, gap + len(mean) + 1))
    for step, (value, spread) in enumerate(zip(mean, spreads, strict=True)):
        scale = season.scale(start + step) if season is not None else 1.0
        width = reach * spread * scale
        low.append(max(value - width, 0.0))
        high.append(value + width)
    return low, high
