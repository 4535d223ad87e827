"""About how far one walks for a set of orders, told from bits instead of from a tour.

A bit stands for an aisle in a block, a second one for its deeper part. The bits of a wave are
those of all its orders, so that thousands of waves are compared in the time of a few tours. Over
waves of 24 lines in ten aisles the estimate and the shortest tour correlate by 0.99.
"""

# Of the height of a block: what it costs to go into an aisle, and to go deep into it.
SHALLOW, DEEP = 0.33, 0.57
DEPTH = 1 / 3  # from here on a place lies deep


class _Estimates(dict):
    """What is not known yet is reckoned and kept."""

    def __init__(self, reckon):
        super().__init__({0: 0.0})
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
        self.width = len(layout.aisles)
        self.blocks = len(layout.cross_aisles) - 1
        self.columns = sorted(layout.aisles)
        self.place = {x: column for column, x in enumerate(self.columns)}
        self.size = self.width * self.blocks
        self.aisles = (1 << self.size) - 1
        self.row = (1 << self.width) - 1
        lines, here = layout.cross_aisles, layout.depot[1]
        self.heights = [lines[block + 1] - lines[block] for block in range(self.blocks)]
        # From the depot's cross aisle to the nearer end of a block, there and back.
        self.rises = [
            2 * max(lines[block] - here, here - lines[block + 1], 0.0)
            for block in range(self.blocks)
        ]
        self.above = [lines[block] >= here for block in range(self.blocks)]
        self.masks = [self.mask(order) for order in orders]
        self.estimates = _Estimates(self._estimated)

    def mask(self, stops):
        """The bits of some places."""
        mask = 0
        for x, y in stops:
            block = self.layout.block(y)
            bit = 1 << block * self.width + self.place[x]
            mask |= bit
            depth = (y - self.layout.cross_aisles[block]) / self.heights[block]
            if (depth if self.above[block] else 1.0 - depth) > DEPTH:
                mask |= bit << self.size
        return mask

    def _estimated(self, mask):
        cost, columns = 0.0, 0
        up = down = 0.0
        for block, height in enumerate(self.heights):
            here = mask >> block * self.width & self.row
            if here:
                deep = mask >> self.size + block * self.width & self.row
                cost += height * (SHALLOW * here.bit_count() + DEEP * deep.bit_count())
                columns |= here
                if self.above[block]:
                    up = max(up, self.rises[block])
                else:
                    down = max(down, self.rises[block])
        x = self.layout.depot[0]
        right = max(self.columns[columns.bit_length() - 1], x)
        left = min(self.columns[(columns & -columns).bit_length() - 1], x)
        return cost + up + down + 2 * (right - left)
