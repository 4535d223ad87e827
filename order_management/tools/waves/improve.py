"""Better waves: orders move to other waves or change places with others."""

# Changes of which the tours are reckoned: fewer the longer a tour takes, by the number of blocks.
TRIES = {1: 200, 2: 60}
FEW_TRIES = 15
SLACK = 0.3  # of the height of the layout: so much longer a change may look and still be tried


class Exchange:
    """Waves, and what may be changed between two of them."""

    def __init__(self, waves, orders, outline, loads):
        self.waves = waves
        self.orders, self.outline, self.loads = orders, outline, loads
        self.totals = [loads.total(wave) for wave in waves]
        self.is_urgent = len({order.priority for order in orders}) > 1

    def estimate(self):
        """About how long all the waves are."""
        return sum(self.outline.estimates[self._mask(wave)] for wave in range(len(self.waves)))

    def descend(self):
        """Change what makes the estimates shorter until nothing does."""
        changed = [0] * len(self.waves)  # the turn of the last change of each
        seen, turn, better = {}, 0, True
        while better:
            better = False
            for first in range(len(self.waves)):
                for second in range(first):
                    if seen.get((first, second), -1) >= max(changed[first], changed[second]):
                        continue
                    turn += 1
                    found = min(self.found(first, second, -1e-6), default=None)
                    if found:
                        self.change(first, second, *found[1:])
                        changed[first] = changed[second] = turn
                        better = True
                    else:
                        seen[first, second] = turn

    def found(self, first, second, most):
        """``(estimated change, out of the first, out of the second)`` up to ``most``; -1: none."""
        estimate = self.outline.estimates.__getitem__
        rests, other_rests = self._rests(first), self._rests(second)
        whole, other_whole = self._mask(first), self._mask(second)
        most += estimate(whole) + estimate(other_whole)
        base = estimate(whole) + estimate(other_whole)
        masks, found = self.outline.masks, []
        for one, rest in rests:
            cost = estimate(rest) + estimate(other_whole | masks[one])
            if cost <= most and self.fits(first, second, one, -1):
                found.append((cost - base, one, -1))
            for other, other_rest in other_rests:
                cost = estimate(rest | masks[other]) + estimate(other_rest | masks[one])
                if cost <= most and self.fits(first, second, one, other):
                    found.append((cost - base, one, other))
        for other, other_rest in other_rests:
            cost = estimate(other_rest) + estimate(whole | masks[other])
            if cost <= most and self.fits(first, second, -1, other):
                found.append((cost - base, -1, other))
        return found

    def fits(self, first, second, one, other):
        """Whether both waves stay within the limits and nothing urgent has to wait longer."""
        one, other = (None if order < 0 else order for order in (one, other))
        if self.is_urgent and not self._keeps_urgent(first, second, one, other):
            return False
        return self.loads.fits(self.totals[first], other, one) and self.loads.fits(
            self.totals[second], one, other
        )

    def _keeps_urgent(self, first, second, one, other):
        if one is None or other is None:
            # Into an earlier wave, and not the first of its wave, after which waves are sorted.
            return (second < first) == (other is None)
        return self.orders[one].priority == self.orders[other].priority

    def change(self, first, second, one, other):
        """One of the first wave and one of the second change places."""
        for place, gone, new in ((first, one, other), (second, other, one)):
            wave = [order for order in self.waves[place] if order != gone]
            self.waves[place] = wave + [new] if new >= 0 else wave
            self.totals[place] = self.loads.total(self.waves[place])

    def polish(self, length, effort):
        """Try the changes that look best by the tours themselves.

        :param length: of the tour through the places of some orders
        :param effort: how many times as many changes as are tried in a moment
        """
        lengths = [length(wave) for wave in self.waves]
        most = SLACK * sum(self.outline.heights)
        left = round(effort * TRIES.get(len(self.outline.heights), FEW_TRIES))
        better = True
        while better and left > 0:
            better = False
            pairs = [
                (*change, first, second)
                for first in range(len(self.waves))
                for second in range(first)
                for change in self.found(first, second, most)
            ]
            for _cost, one, other, first, second in sorted(pairs):
                if left <= 0:
                    break
                if not self._holds(first, second, one, other):
                    continue
                left -= 1
                before = self.waves[first], self.waves[second]
                self.change(first, second, one, other)
                found = length(self.waves[first]), length(self.waves[second])
                if sum(found) < lengths[first] + lengths[second] - 1e-6:
                    lengths[first], lengths[second] = found
                    better = True
                else:
                    self.waves[first], self.waves[second] = before
                    for place in (first, second):
                        self.totals[place] = self.loads.total(self.waves[place])

    def _holds(self, first, second, one, other):
        """Whether a change found before is still one."""
        return (
            (one < 0 or one in self.waves[first])
            and (other < 0 or other in self.waves[second])
            and self.fits(first, second, one, other)
        )

    def _mask(self, wave):
        mask = 0
        for order in self.waves[wave]:
            mask |= self.outline.masks[order]
        return mask

    def _rests(self, wave):
        """``(order, bits of the others in its wave)`` of each."""
        masks = self.outline.masks
        once = twice = 0
        for order in self.waves[wave]:
            twice |= once & masks[order]
            once |= masks[order]
        return [(order, once & ~masks[order] | twice) for order in self.waves[wave]]
