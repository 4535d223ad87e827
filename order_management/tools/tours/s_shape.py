"""The tour many pickers walk without being told: aisle by aisle, up one and down the next."""


def s_shape_order(layout, places: list) -> list[tuple]:
    """The places in the order of an S-shape: the block farthest from the depot first.

    A block is begun on the side on which one stands, and every aisle with a place in it is walked
    from one end to the other.
    """
    blocks = {}
    for x, y in places:
        blocks.setdefault(layout.block(y), {}).setdefault(x, []).append(y)
    here, order = layout.depot, []
    for block in sorted(blocks, key=lambda block: (-_distance(layout, block), block)):
        columns = sorted(blocks[block])
        if abs(here[0] - columns[-1]) < abs(here[0] - columns[0]):
            columns.reverse()
        low, high = layout.cross_aisles[block : block + 2]
        up = abs(here[1] - low) <= abs(here[1] - high)
        for x in columns:
            order += [(x, y) for y in sorted(blocks[block][x], reverse=not up)]
            up = not up
        here = order[-1][0], low if up else high
    return order


def _distance(layout, block):
    """From the depot's cross aisle to the nearer end of a block."""
    return min(abs(line - layout.depot[1]) for line in layout.cross_aisles[block : block + 2])
