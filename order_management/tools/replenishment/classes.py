"""ABC by value, XYZ by variability."""

from .checks import number

SHARES = (0.80, 0.95)
VARIATIONS = (0.5, 1.0)


def classify(values, variations, shares=SHARES, bounds=VARIATIONS):
    """Classes of products.

    A: the most valuable ones, until they make the first share of all value; B: until the second;
    C: the rest. X: the coefficient of variation is at most the first bound; Y: the second; Z:
    above, or unknown.

    :param list values: what each product's demand is worth
    :param list variations: the coefficient of variation of its periods, or ``None``
    :return list: ``(abc, xyz)`` of each, as small letters
    """
    if len(values) != len(variations):
        raise ValueError("variations: one for each value is expected")
    values = [number(value, "values", least=0) for value in values]
    total, before, ranks = sum(values), 0.0, {}
    for place in sorted(range(len(values)), key=lambda place: (-values[place], place)):
        if total <= 0.0:
            ranks[place] = "c"
        else:
            ranks[place] = "a" if before < shares[0] * total else "b"
            if before >= shares[1] * total:
                ranks[place] = "c"
        before += values[place]
    return [(ranks[place], _steadiness(variations[place], bounds)) for place in range(len(values))]


def _steadiness(variation, bounds):
    if variation is None:
        return "z"
    return "x" if variation <= bounds[0] else "y" if variation <= bounds[1] else "z"
