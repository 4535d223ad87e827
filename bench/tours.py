"""How short tours, waves and swaps are, and what they cost: ./dev bench tours

Against all orders of the stops, against the tables of Ratliff and Rosenthal written out here, and
against Held and Karp's programme and bound. Needs no database. CPU milliseconds, one core; the
least of three rounds.
"""

import math
import random
import sys
import time
from statistics import mean

from tools.slotting import Product, Slot, advise_swaps
from tools.tours import Layout, tour
from tools.tours.bound import tree_bound
from tools.tours.search import distances, improve, nearest_order
from tools.waves import Capacity, Order, first_come_waves, plan_waves

DATABASE = False  # ./dev bench makes none
DEPTH = 30.0
SIZES = (3, 6, 12, 20, 35, 60)


def main(_arguments):
    print_scenario()
    print_reference()
    print_against_all_orders()
    print_against_tables()
    print_blocks()
    print_methods()
    print_heavy_first()
    print_waves()
    print_slotting()


def make_layout(blocks=1, aisles=10, depth=DEPTH):
    lines = [depth / blocks * line for line in range(blocks + 1)]
    return Layout([5 * aisle for aisle in range(aisles)], lines, (0, 0))


def make_stops(layout, count, dice):
    top = layout.cross_aisles[-1]
    return [(dice.choice(layout.aisles), round(dice.random() * top, 2)) for _stop in range(count)]


def cost_of(work, rounds=3):
    """The least CPU milliseconds of some rounds, and what came of the work."""
    least, found = math.inf, None
    for _round in range(rounds):
        started = time.process_time()
        found = work()
        least = min(least, time.process_time() - started)
    return 1000 * least, found


def print_scenario():
    layout = Layout([0, 5, 10, 15], [0, 22], (0, 0))
    stops = [(0, 3.5), (0, 19.5), (5, 2.5), (5, 18.5), (10, 4.5), (10, 20.5), (15, 1.5), (15, 6.5)]
    found = tour(stops, layout)
    names = layout.length(layout.places(stops))
    print(f"Scenario 18: {found.length:.1f} m, bound {found.bound:.1f} m, by name {names:.1f} m")


def print_reference(count=400):
    """Ten aisles of 22 m, 20 slots each, distinct ones: means known from another programme."""
    layout = make_layout(1, 10, 22.0)
    slots = [(x, place + 1.5) for x in layout.aisles for place in range(20)]
    near = sorted(slots, key=lambda slot: layout.distance(layout.depot, slot))
    weights = [80 / 40] * 40 + [15 / 60] * 60 + [5 / 100] * 100
    print("\nPicks  mean m  known m   (by chance, and 80/15/5 on the nearest 20/30/50 % of slots)")
    for picks, known in ((3, 117.3), (5, 144.1), (10, 191.2), (15, 222.6), (20, 250.3)):
        dice = random.Random(picks)
        lengths = [tour(dice.sample(slots, picks), layout).length for _list in range(count)]
        print(f"{picks:5}{mean(lengths):8.1f}{known:9.1f}")
    dice, lengths = random.Random(1), []
    for _list in range(count):
        chosen = dict.fromkeys(dice.choices(near, weights, k=60))
        lengths.append(tour(list(chosen)[:10], layout).length)
    print(f"   10{mean(lengths):8.1f}    123     (80/15/5)")


def print_against_all_orders():
    """Every order of up to nine stops, cut off only where it is too long already."""
    print("\nAgainst all orders     blocks  tours  equal")
    for blocks in (1, 2, 3, 4):
        dice, layout, equal, count = random.Random(blocks), make_layout(blocks), 0, 0
        for stops in (1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9):
            for _tour in range(5):
                places = make_stops(layout, stops, dice)
                least = least_of_all_orders(places, layout)
                equal += abs(tour(places, layout).length - least) < 1e-6
                count += 1
        print(f"up to 9 stops{blocks:16}{count:7}{equal:7}")


def least_of_all_orders(places, layout):
    matrix = distances(layout, places)
    best = math.inf

    def go_on(here, left, length):
        nonlocal best
        if length >= best:
            return
        if not left:
            best = min(best, length + matrix[here][0])
        for there in left:
            go_on(there, left - {there}, length + matrix[here][there])

    go_on(0, frozenset(range(1, len(matrix))), 0.0)
    return best


# Ratliff and Rosenthal 1983, tables I and II: what a state of a column, named by the ways at its
# upper and lower end (U odd, E even, 0 none) and the number of parts, becomes by what is done in
# the aisle (through, from above, from below, both, twice through, nothing) and on the way on.
AISLE = {
    "UU1": ("EE1", "UU1", "UU1", "UU1", "UU1", "UU1"),
    "E01": ("UU1", "E01", "EE2", "EE2", "EE1", "E01"),
    "0E1": ("UU1", "EE2", "0E1", "EE2", "EE1", "0E1"),
    "EE1": ("UU1", "EE1", "EE1", "EE1", "EE1", "EE1"),
    "EE2": ("UU1", "EE2", "EE2", "EE2", "EE1", "EE2"),
}
ONWARD = {
    "UU1": {"UU1": 2},
    "E01": {"E01": 2},
    "0E1": {"0E1": 2},
    "EE1": {"E01": 2, "0E1": 2, "EE1": 4},
    "EE2": {"EE2": 4},
}


def length_by_tables(places, layout):
    """The shortest tour in one block, the depot at the lower end of the first aisle."""
    height = layout.cross_aisles[-1]
    columns = {x: [] for x in sorted({0.0, *(x for x, _y in places)})}
    for x, y in places:
        columns[x].append(y)
    costs, before = {"0E1": 0.0}, 0.0
    for x, inside in columns.items():
        costs = least(
            (after, cost + walks * (x - before))
            for state, cost in costs.items()
            for after, walks in (ONWARD[state] if x else {state: 0}).items()
        )
        ends = [0.0, *sorted(inside), height]
        widest = max(high - low for low, high in zip(ends, ends[1:], strict=False))
        ways = [height, 2 * (height - ends[1]), 2 * ends[-2], 2 * (height - widest), 2 * height]
        ways.append(math.inf if inside else 0.0)
        costs = least(
            (after, cost + way)
            for state, cost in costs.items()
            for after, way in zip(AISLE[state], ways, strict=True)
        )
        before = x
    return min(costs.get(state, math.inf) for state in ("E01", "0E1", "EE1"))


def least(pairs):
    found = {}
    for state, cost in pairs:
        found[state] = min(cost, found.get(state, math.inf))
    return found


def print_against_tables(count=200):
    print(
        "\nOne block, against the tables of Ratliff and Rosenthal"
        "\nstops  tours  equal      ms  worst ms (bar 5)"
    )
    layout = make_layout()
    for size in SIZES:
        dice = random.Random(size)
        days = [make_stops(layout, size, dice) for _tour in range(count)]
        equal = sum(
            abs(tour(day, layout).length - length_by_tables(layout.places(day), layout)) < 1e-6
            for day in days
        )
        costs = [cost_of(lambda day=day: tour(day, layout))[0] for day in days]
        print(f"{size:5}{count:7}{equal:7}{mean(costs):8.2f}{max(costs):10.2f}")


def print_blocks(count=20):
    """Tours are the shortest ones: against Held and Karp's bound, which is below these."""
    print("\nblocks aisles stops   proved  over their tree bound  mean ms  worst ms (bar 5)")
    for blocks in (1, 2, 3, 4):
        for aisles, size in ((10, 20), (10, 60), (20, 60)):
            dice, layout = random.Random(size), make_layout(blocks, aisles)
            days = [make_stops(layout, size, dice) for _tour in range(count)]
            found = [tour(day, layout) for day in days]
            over = [
                one.length / tree_bound(distances(layout, layout.places(day)), one.length) - 1
                for one, day in zip(found, days, strict=True)
            ]
            costs = [cost_of(lambda day=day, at=layout: tour(day, at))[0] for day in days]
            proved = sum(one.is_shortest for one in found)
            print(
                f"{blocks:6}{aisles:7}{size:6}{proved:6}/{count}{mean(over):18.2%}"
                f"{mean(costs):14.2f}{max(costs):10.2f}"
            )


def print_methods(count=60):
    print("\nOver the shortest      stops   S-shape   by name   2-opt, or-opt      ms")
    for blocks in (1, 2, 3):
        layout = make_layout(blocks)
        for size in SIZES:
            dice = random.Random(size)
            rows, spent = [], []
            for _tour in range(count):
                places = layout.places(make_stops(layout, size, dice))
                best = tour(places, layout).length
                cost, found = cost_of(lambda day=places, at=layout: search_alone(day, at), 1)
                spent.append(cost)
                s_shape = tour(places, layout, "s_shape").length
                rows.append([length / best - 1 for length in (
                    s_shape, layout.length(sorted(places)), found)])  # fmt: skip
            s_shape, names, search = map(mean, zip(*rows, strict=True))
            print(
                f"{blocks} blocks{size:20}{s_shape:10.1%}{names:10.1%}{search:16.2%}"
                f"{mean(spent):8.1f}"
            )


def search_alone(places, layout):
    """What local search finds where the exact programme does not give it a start."""
    places = list(dict.fromkeys(places))
    matrix, ranks = distances(layout, places), [0] * (len(places) + 1)
    order = improve(matrix, [nearest_order(matrix, ranks)], ranks)
    return layout.length([places[row - 1] for row in order])


def print_heavy_first(count=20):
    """Two stops in five are heavy: the price of the rule, and against the best that keeps it."""
    print(
        "\nHeavy first    blocks  stops   over the shortest   over the best with the rule      ms"
    )
    for blocks in (1, 2):
        layout = make_layout(blocks)
        for size in (6, 9, 11, 30, 60):
            dice = random.Random(size)
            gaps, over, spent = [], [], []
            for _tour in range(count):
                stops = make_stops(layout, size, dice)
                ranks = [int(dice.random() < 0.6) for _stop in stops]
                cost, found = cost_of(
                    lambda day=stops, own=ranks, at=layout: tour(day, at, ranks=own), 1
                )
                spent.append(cost)
                gaps.append(found.gap)
                if size <= 11:
                    over.append(found.length / least_with_ranks(stops, ranks, layout) - 1)
            best = f"{mean(over):.2%}" if over else "not known"
            print(f"{blocks:20}{size:8}{mean(gaps):18.1%}{best:>28}{mean(spent):11.1f}")


def least_with_ranks(stops, ranks, layout):
    """Held and Karp's programme over sets, heavy ones first."""
    matrix = distances(layout, layout.places(stops))
    ends = {(0, 0): 0.0}
    for _step in stops:
        after = {}
        for (seen, here), length in ends.items():
            left = [row for row in range(1, len(matrix)) if not seen >> row & 1]
            lowest = min(ranks[row - 1] for row in left)
            for row in left:
                if ranks[row - 1] == lowest:
                    key = seen | 1 << row, row
                    total = length + matrix[here][row]
                    after[key] = min(total, after.get(key, math.inf))
        ends = after
    return min(length + matrix[here][0] for (_seen, here), length in ends.items())


def print_waves(days=4):
    """Carts of 24 lines; orders of 1 to 3, 1 to 4, 1 to 6 lines; picks even and uneven.

    With effort 1, for somebody who waits, and with effort 10, for the night.
    """
    print("\nWaves of 24 lines against first-come (bar 25 % in 100 ms)")
    print("blocks  orders   lines    mean   least      ms    mean with effort 10      ms")
    for blocks in (1, 2, 3):
        for count in (50, 100, 200):
            for most in (3, 4, 6):
                savings, spent = days_of_waves(make_layout(blocks), count, most, days, 1)
                more, longer = days_of_waves(make_layout(blocks), count, most, days, 10)
                print(
                    f"{blocks:6}{count:8}{f'1-{most}':>8}{mean(savings):8.1%}{min(savings):8.1%}"
                    f"{mean(spent):8.0f}{mean(more):23.1%}{mean(longer):8.0f}"
                )


def days_of_waves(layout, count, most, days, effort):
    savings, spent = [], []
    for day in range(days):
        orders = make_orders(layout, count, most, day, 0.8 * (day % 2))
        cart = Capacity(lines=24)
        cost, plan = cost_of(
            lambda orders=orders, cart=cart: plan_waves(orders, layout, cart, effort),
            3 if effort == 1 else 1,
        )
        spent.append(cost)
        savings.append(plan.saving(first_come_waves(orders, layout, cart)))
    return savings, spent


def make_orders(layout, count, most, seed, skew):
    """Orders of 300 slots, some of which are picked more often."""
    dice = random.Random(seed)
    top = layout.cross_aisles[-1]
    slots = [(x, (place + 0.5) * top / 30) for x in layout.aisles for place in range(30)]
    dice.shuffle(slots)
    weights = [1 / (rank + 1) ** skew for rank in range(len(slots))]
    return [
        Order(number, tuple(dice.choices(slots, weights, k=dice.randint(1, most))))
        for number in range(count)
    ]


def print_slotting():
    """300 and 3,000 products at random places, picked unevenly; swaps on a month of orders."""
    print("\nSlotting   products  orders  swaps   metres a week: before   after   saved  seconds")
    for aisles, places, count in ((10, 30, 1_000), (10, 30, 4_000), (60, 50, 4_000)):
        layout = make_layout(1, aisles)
        dice = random.Random(count)
        slots = [
            Slot((x, place), (x, place * DEPTH / places))
            for x in layout.aisles
            for place in range(1, places + 1)
        ]
        held = dice.sample(slots, len(slots))
        products = [Product(number, slot.id) for number, slot in enumerate(held)]
        weights = [1 / (number + 1) ** 0.8 for number in range(len(products))]
        numbers = range(len(products))
        orders = [dice.choices(numbers, weights, k=dice.randint(1, 6)) for _order in range(count)]
        for most in (6, 20):
            cost, advice = cost_of(
                lambda day=orders, goods=products, shelf=slots, at=layout, swaps=most: advise_swaps(
                    day, goods, shelf, at, 4.0, most=swaps
                ),
                1,
            )
            print(
                f"{len(products):19}{count:8}{len(advice.swaps):7}{advice.before:24.0f}"
                f"{advice.after:8.0f}{advice.saving / advice.before:8.1%}{cost / 1000:9.1f}"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
