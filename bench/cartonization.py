"""How good the boxes of small orders are, and what choosing them costs: ./dev bench cartonization

Random orders over eight boxes of 1.5 to 192 litres. An exact model tells of every better box
whether it can hold the order under the same rules: half of a footprint is borne, nothing above
what is fragile, loads, weights, padding. That part needs ortools (.dev/venv/bin/pip install
ortools) and is left out without it. Needs no database. CPU milliseconds, one core.
"""

import random
import sys
import time
from collections import Counter
from dataclasses import replace
from functools import cache
from statistics import mean, quantiles

import _carton_proof
from tools.cartonization import Box, Item, check, pack

DATABASE = False  # ./dev bench makes none
SIZES = (
    (20, 15, 5), (25, 18, 8), (30, 20, 15), (40, 30, 15), (40, 30, 30), (60, 40, 30), (60, 40, 40),
    (80, 60, 40),
)  # fmt: skip
BOXES = [Box(number, *sizes) for number, sizes in enumerate(SIZES)]
COSTS = (0.4, 0.5, 0.5, 0.9, 1.2, 1.2, 2.5, 3.0)
PRICED = [
    replace(box, cost=cost, weight=0.0002 * box.volume**0.75, max_weight=limit)
    for box, cost, limit in zip(BOXES, COSTS, (2, 5, 10, 15, 20, 30, 30, 40), strict=True)
]
PADDING, APART = 1, (("glass", "iron"),)
QUICK = 1.0  # deterministic seconds of the solver for one of many questions


def main(arguments):
    count = int(next(iter(arguments), 200))
    print_speed()
    print_validity()
    if _carton_proof.is_known():
        print_proofs(count)
        print_parcels(count // 4)
    else:
        print("\nThe proofs are left out: ortools is not installed.")


def make_plain(dice, count, reach=None):
    """Pieces of one to several items, books to cartons."""
    reach = reach or dice.choice((8, 12, 16, 22, 30))
    items = []
    while count:
        many = min(dice.choice((1, 1, 1, 2, 3)), count)
        sizes = [dice.randint(max(2, reach // 5), reach) for _edge in range(3)]
        items.append(Item(len(items), *sizes, quantity=many))
        count -= many
    return items


def make_ruled(dice, count, reach=None):
    return [
        replace(
            item,
            weight=round(item.length * item.width * item.height * dice.uniform(0.1, 1.2) / 1000, 3),
            vertical=dice.choice(("lwh", "lwh", "h", "wh")),
            fragile=dice.random() < 0.15,
            max_load=dice.choice((None, None, None, 0.0, 1.0, 5.0)),
            kind=dice.choice(("", "", "", "", "", "", "", "", "glass", "iron")),
        )
        for item in make_plain(dice, count, reach)
    ]


SETS = {
    "plain": (make_plain, BOXES, 0, ()),
    "rules, costs": (make_ruled, PRICED, PADDING, APART),
}


def print_speed(count=200):
    print("CPU ms       pieces     mean      p95      max")
    for name, (make, boxes, padding, apart) in SETS.items():
        for least, most in ((1, 10), (18, 20)):
            dice, spent = random.Random(most), []
            for _order in range(count):
                items = make(dice, dice.randint(least, most))
                started = time.process_time()
                pack(items, boxes, padding, apart)
                spent.append(1000 * (time.process_time() - started))
            high = quantiles(spent, n=20)[-1]
            print(f"{name:<13}{f'{least}-{most}':>6}{mean(spent):9.1f}{high:9.1f}{max(spent):9.1f}")


def print_validity(count=2000):
    """Every plan is looked at again by ``check``."""
    print("\nPlans            parcels  unplaced  invalid")
    for name, (make, boxes, padding, apart) in SETS.items():
        dice = random.Random(name)
        parcels, unplaced, invalid = 0, 0, 0
        for _order in range(count):
            plan = pack(make(dice, dice.randint(1, 14)), boxes, padding, apart)
            parcels += len(plan.parcels)
            unplaced += len(plan.unplaced)
            invalid += bool(check(plan))
        print(f"{count:6} {name:<13}{parcels:4}{unplaced:10}{invalid:9}")


def split(items):
    return [replace(item, quantity=1) for item in items for _piece in range(item.quantity)]


def rank(box):
    return box.cost, box.volume


def print_proofs(count):
    """Orders of one parcel: is there no better box that could hold them?"""
    print("\nOrders of 1-10 pieces in one box   proven smallest   not decided   volume over least")
    for name, (make, boxes, padding, apart) in SETS.items():
        dice, told, over, done = random.Random(3), Counter(), [], 0
        while done < count:
            items = make(dice, dice.randint(1, 10))
            plan = pack(items, boxes, padding, apart)
            if len(plan.parcels) != 1 or plan.unplaced:
                continue
            done += 1
            chosen = next(box for box in boxes if box.id == plan.parcels[0].box)
            verdict, best = prove(split(items), boxes, chosen, padding)
            told[verdict] += 1
            over.append((chosen.volume, best.volume))
        taken, least = map(sum, zip(*over, strict=True))
        share = told["smallest"] / count
        print(f"{count:6} {name:<28}{share:15.1%}{told['open']:14}{taken / least - 1:19.2%}")


def prove(pieces, boxes, chosen, padding):
    """What is known of the boxes before the chosen one, and the best that holds them."""
    verdict = "smallest"
    for box in sorted(boxes, key=rank):
        if rank(box) >= rank(chosen):
            break
        found = _carton_proof.holds(pieces, box, padding)
        if found:
            return "not smallest", box
        if found is None:
            verdict = "open"
    return verdict, chosen


def print_parcels(count):
    """Orders of 4 to 7 pieces in three boxes: against all ways to divide them."""
    print("\nOrders in several parcels    fewest parcels   and best boxes   over    volume over")
    for name, (make, boxes, padding, apart) in SETS.items():
        boxes = boxes[2:5]
        dice, done, fewest, cheapest, totals = random.Random(5), 0, 0, 0, []
        while done < count:
            items = make(dice, dice.randint(4, 7), dice.choice((22, 30)))
            plan = pack(items, boxes, padding, apart)
            if plan.unplaced or len(plan.parcels) < 2:
                continue
            done += 1
            costs = {box.id: (box.cost, box.volume) for box in boxes}
            chosen = [costs[parcel.box] for parcel in plan.parcels]
            own = (len(chosen), round(sum(c for c, _v in chosen), 6), sum(v for _c, v in chosen))
            best = least_division(split(items), boxes, padding, apart)
            fewest += own[0] == best[0]
            cheapest += own == best
            totals.append((own, best))
        parcels = sum(o[0] for o, _b in totals) / sum(b[0] for _o, b in totals) - 1
        volume = sum(o[2] for o, _b in totals) / sum(b[2] for _o, b in totals) - 1
        print(
            f"{count:6} {name:<21}{fewest / count:15.1%}{cheapest / count:17.1%}"
            f"{parcels:15.2%}{volume:12.2%}"
        )


def least_division(pieces, boxes, padding, apart):
    """Number of parcels, cost and volume of the best division, by a programme over sets."""

    @cache
    def box_of(chosen):
        group = [replace(piece, id=at) for at, piece in enumerate(pieces) if chosen >> at & 1]
        return best_box(group, boxes, padding, apart)

    @cache
    def least(left):
        if not left:
            return (0, 0.0, 0.0)
        best, part = (99, 0.0, 0.0), left
        while part:
            if part & left & -left and (box := box_of(part)):
                count, cost, volume = least(left ^ part)
                best = min(best, (1 + count, round(box.cost + cost, 6), box.volume + volume))
            part = (part - 1) & left
        return best

    return least((1 << len(pieces)) - 1)


def best_box(pieces, boxes, padding, apart):
    """The best box that holds all of them: found by ``pack``, or else by the exact model."""
    kinds = Counter(piece.kind for piece in pieces)
    if any(kinds[a] and kinds[b] and (a != b or kinds[a] > 1) for a, b in apart):
        return None
    for box in sorted(boxes, key=rank):
        if _carton_proof.is_too_small(pieces, box, padding):
            continue
        if len(pack(pieces, [box], padding).parcels) == 1:
            return box
        if _carton_proof.holds(pieces, box, padding, QUICK):
            return box
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
