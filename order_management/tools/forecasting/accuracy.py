"""Measures of how good forecasts are."""

from math import sqrt


def mase(history, actual, said, season=1):
    """Mean absolute error over that of (seasonal) naive within the history (Hyndman and Koehler).

    :return float: ``False`` where naive makes no error
    """
    lag = season if len(history) > season else 1
    scale = [abs(new - old) for new, old in zip(history[lag:], history, strict=False)]
    if not actual or not scale or sum(scale) <= 0.0:
        return False
    error = sum(abs(real - value) for real, value in zip(actual, said, strict=True)) / len(actual)
    return error / (sum(scale) / len(scale))


def rmsse(history, actual, said):
    """Root mean squared error over that of naive within the history (M5 competition).

    :return float: ``False`` where naive makes no error
    """
    scale = [(new - old) ** 2 for new, old in zip(history[1:], history, strict=False)]
    if not actual or not scale or sum(scale) <= 0.0:
        return False
    error = sum((real - value) ** 2 for real, value in zip(actual, said, strict=True))
    return sqrt(error / len(actual) / (sum(scale) / len(scale)))


def smape(actual, said):
    """Symmetric mean absolute percentage error, in percent, 0 to 200 (M3 competition).

    :return float: ``False`` without any values
    """
    if not actual:
        return False
    parts = [
        200.0 * abs(real - value) / (abs(real) + abs(value)) if real or value else 0.0
        for real, value in zip(actual, said, strict=True)
    ]
    return sum(parts) / len(parts)


def wape(actual, said):
    """Absolute errors over demand; ``False`` without demand."""
    total = sum(actual)
    if total <= 0.0:
        return False
    return sum(abs(real - value) for real, value in zip(actual, said, strict=True)) / total


def mean_bias(actual, said):
    """Forecast less demand, over demand; ``False`` without demand."""
    total = sum(actual)
    return (sum(said) - total) / total if total > 0.0 else False


def owa(smapes, mases, naive_smapes, naive_mases):
    """Overall weighted average of the M4 competition, from the scores of each series.

    :param list naive_smapes: scores of the benchmark (M4: Naive2), as ``naive_mases``
    :return float: below 1: better than the benchmark; ``False`` where that makes no error
    """
    if sum(naive_smapes) <= 0.0 or sum(naive_mases) <= 0.0:
        return False
    return (sum(smapes) / sum(naive_smapes) + sum(mases) / sum(naive_mases)) / 2.0


def is_biased(errors, limit=0.6, fewest=6):
    """Whether forecasts lean to one side: the alarm of the tracking signal.

    :param list errors: actual less forecast, of which fewer than ``fewest`` tell nothing
    """
    return len(errors) >= fewest and abs(tracking_signal(errors)) > limit


def tracking_signal(errors):
    """Mean error over mean absolute error, -1 to 1; near either end forecasts lean to one side.

    :param list errors: actual less forecast
    """
    size = sum(abs(error) for error in errors)
    return sum(errors) / size if size > 0.0 else 0.0
