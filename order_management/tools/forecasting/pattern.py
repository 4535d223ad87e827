"""What kind of demand it is: Syntetos, Boylan and Croston, JORS 56 (2005)."""

FEW = 4  # with fewer periods nothing can be told
INTERVAL = 1.32  # mean periods from one with demand to the next
VARIATION = 0.49  # squared coefficient of variation of the sizes


def pattern_of(values):
    """The pattern of the periods in which a product could be sold.

    :param list values: demand of these periods, oldest first
    :return str: ``smooth``, ``erratic``, ``intermittent``, ``lumpy`` or ``new``
    """
    if len(values) < FEW:
        return "new"
    interval, variation = measure(values)
    if interval is False:
        return "intermittent"
    is_varied = variation > VARIATION
    if interval > INTERVAL:
        return "lumpy" if is_varied else "intermittent"
    return "erratic" if is_varied else "smooth"


def measure(values):
    """Mean interval of demand, and the squared coefficient of variation of its sizes.

    :return tuple: ``False`` twice without demand
    """
    sizes = [value for value in values if value > 0.0]
    if not sizes:
        return False, False
    mean = sum(sizes) / len(sizes)
    variance = sum((size / mean - 1.0) ** 2 for size in sizes) / len(sizes)
    return len(values) / len(sizes), variance
