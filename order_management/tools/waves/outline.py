"""About how far one walks for a set of orders, told from bits instead of from a tour.

A bit stands for an aisle in a block, a second one for its deeper part. The bits of a wave are
those of all its orders, so that thousands of waves are compared in the time of a few tours. Over
waves of 24 lines in ten aisles the estimate and the shortest tour correlate by 0.97 in one block,
0.94 in two, 0.91 in three.
"""

# Of the height of a block: what it costs to go into an aisle, and to go deep into it; fitted to
# shortest tours, in one block and in several.
ONE_BLOCK, SEVERAL_BLOCKS = (0.33, 0.57), (0.46, 0.22)
DEPTH = 1 / 3  # from here on a place lies deep


class _Known(dict):
    """What is not known yet is reckoned and kept."""

    def __init__(self, reckon):
        super().__init__()
        self.reckon = reckon

    def __missing__(self, mask):
        self[mask] = cost = self.reckon(mask)
        return cost


class Outline:
    """The bits of orders: ``masks``, one for each; ``aisles``: those of the aisles alone.

    ``estimates`` maps bits to about how long the tour through these parts of aisles is.
    """

    def __init__(self, layout, orders):
        self.layout = layout
        self.columns = sorted(layout.aisles)
        self.place = {x: column for column, x in enumerate(self.columns)}
        lines, here = layout.cross_aisles, layout.depot[1]
        self.heights = [high - low for low, high in zip(lines, lines[1:], strict=False)]
        self.above = [low >= here for low in lines[:-1]]
        self.size = len(self.columns) * len(self.heights)
        self.aisles = (1 << self.size) - 1
        self.row = (1 << len(self.columns)) - 1
        # (first bit, cost of an aisle, of a deep one, the way to the block up and back, or down)
        shallow, deep = ONE_BLOCK if len(self.heights) == 1 else SEVERAL_BLOCKS
        self.parts = [
            (
                block * len(self.columns),
                shallow * height,
                deep * height,
                2 * max(lines[block] - here, 0.0),
                2 * max(here - lines[block + 1], 0.0),
            )
            for block, height in enumerate(self.heights)
        ]
        self.masks = [self.mask(order) for order in orders]
        self.widths = _Known(self._width)
        self.estimates = _Known(self._estimate)

    def mask(self, stops):
        """The bits of some places."""
        mask = 0
        for x, y in stops:
            block = self.layout.block(y)
            bit = 1 << block * len(self.columns) + self.place[x]
            mask |= bit
            depth = (y - self.layout.cross_aisles[block]) / self.heights[block]
            if (depth if self.above[block] else 1.0 - depth) > DEPTH:
                mask |= bit << self.size
        return mask

    def _estimate(self, mask):
        if not mask:
            return 0.0
        row, deep = self.row, mask >> self.size
        cost, columns, up, down = 0.0, 0, 0.0, 0.0
        for bit, shallow_cost, deep_cost, rise, fall in self.parts:
            here = mask >> bit & row
            if here:
                columns |= here
                cost += shallow_cost * here.bit_count()
                cost += deep_cost * (deep >> bit & row).bit_count()
                if rise > up:
                    up = rise
                if fall > down:
                    down = fall
        return cost + up + down + self.widths[columns]

    def _width(self, columns):
        """To the outermost of these columns and back."""
        x = self.layout.depot[0]
        right = max(self.columns[columns.bit_length() - 1], x)
        left = min(self.columns[(columns & -columns).bit_length() - 1], x)
        return 2 * (right - left)
