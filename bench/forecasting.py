"""How good forecasts are, and what they cost: ./dev bench forecasting [M1.JSON]

Outside data: the 1,001 series of the M1 competition as ``[{"season", "history", "future"}]``, from
the path given as argument, in OM_M1, or in ../shared/data/m1.json beside the checkout. Nothing in
the forecasts was chosen on their future parts. Needs no database. CPU seconds, one core;
the least of three rounds where a neighbour on the machine would tell more than the code.
"""

import json
import os
import random
import sys
import time
from math import exp, sin, tau
from pathlib import Path
from statistics import mean

from tools.forecasting import backtest, forecast, mase, rmsse, smape, study
from tools.replenishment import safety_stock

DATABASE = False  # ./dev bench makes none
SERVICE = 0.95


def main(arguments):
    series = read(arguments)
    if series:
        print_accuracy(series)
        print_coverage(series)
    print_walks()
    print_sparse()
    print_weekly()


def read(arguments):
    """The series of M1, none when the file is not there."""
    path = Path(
        next(iter(arguments), "")
        or os.environ.get("OM_M1", "")
        or Path(__file__).resolve().parents[2] / "shared" / "data" / "m1.json"
    )
    if not path.is_file():
        print("M1 is left out: name its file as argument or in OM_M1.")
        return []
    return json.loads(path.read_text())


def print_accuracy(series):
    print("M1           series    MASE   sMAPE   naive   seconds per 1,000")
    totals = []
    for season in (1, 4, 12):
        part = [one for one in series if one["season"] == season]
        started = time.process_time()
        found = [forecast(one["history"], len(one["future"]), season) for one in part]
        seconds = time.process_time() - started
        scores = [
            (
                mase(one["history"], one["future"], said.mean, season),
                smape(one["future"], said.mean),
                "naive" in said.method,
            )
            for one, said in zip(part, found, strict=True)
        ]
        totals.append((scores, seconds))
        print_scores(f"season {season}", scores, seconds)
    everything = [score for scores, _seconds in totals for score in scores]
    print_scores("all", everything, sum(seconds for _scores, seconds in totals))


def print_scores(name, scores, seconds):
    scaled, percent, naive = map(mean, zip(*scores, strict=True))
    cost = 1000 * seconds / len(scores)
    print(f"{name:<11}{len(scores):8}{scaled:8.3f}{percent:8.2f}{naive:8.1%}{cost:12.2f}")


def print_coverage(series):
    """How often demand over L months stays within forecast and safety stock; the 80 % interval."""
    monthly = [one for one in series if one["season"] == 12]
    inside = [
        low <= real <= high
        for one in monthly
        for said in [forecast(one["history"], len(one["future"]), 12)]
        for low, real, high in zip(said.low, one["future"], said.high, strict=True)
    ]
    print(f"\nInterval of 80 %: {mean(inside):.1%} of {len(inside)} monthly values lie inside")
    for periods in (1, 3, 6):
        kept, count = 0, 0
        for one in monthly:
            values = one["history"] + one["future"]
            for stop in range(len(one["history"]), len(values) - periods + 1, max(periods, 3)):
                history = values[:stop]
                said, errors = study(history, periods, 12, periods=periods)
                limit = sum(said.mean) + safety_stock(errors, SERVICE)
                kept += sum(values[stop : stop + periods]) <= limit
                count += 1
        print(f"Target {SERVICE:.0%}, L = {periods}: {kept / count:.1%} of {count} lead times kept")


def print_walks(count=200):
    print("\nRandom walks given naive (bar: 95 %)")
    for length, season in ((24, 12), (36, 1), (60, 1), (60, 12), (104, 52), (200, 1)):
        dice, naive = random.Random(length), 0
        for _walk in range(count):
            values = [1000.0]
            while len(values) < length:
                values.append(values[-1] + dice.gauss(0.0, 10.0))
            naive += "naive" in forecast(values, 6, season).method
        print(f"length {length:3}, season {season:2}: {naive / count:6.1%}")


def print_sparse(count=500):
    """Spare parts of products that die, in the manner of the car parts: 51 months, the last 12."""
    print("\nSparse and dying, 12 months ahead      zeros   RMSSE    bias")
    for name, fading in (("not fading", 0.0), ("fading by 2 % a month", 0.02), ("by 4 %", 0.04)):
        dice = random.Random(7)
        scores, said_total, real_total, empty = [], 0.0, 0.0, 0
        for _part in range(count):
            chance, size = dice.uniform(0.15, 0.7), dice.choice((1.2, 1.6, 2.5))
            values = [
                float(1 + int(dice.expovariate(1 / size)))
                if dice.random() < chance * exp(-fading * place)
                else 0.0
                for place in range(51)
            ]
            history, future = values[:39], values[39:]
            if len(set(history)) < 2:
                continue
            said = forecast(history, 12, 12).mean
            scores.append(rmsse(history, future, said))
            said_total += sum(said)
            real_total += sum(future)
            empty += values.count(0.0) / 51
        zeros = empty / len(scores)
        bias = said_total / real_total - 1
        print(f"{name:<36}{zeros:7.0%}{mean(scores):8.3f}{bias:8.1%}")


def make_weekly(kind, dice):
    level = dice.uniform(5.0, 500.0)
    if kind == "sparse":
        chance = dice.uniform(0.1, 0.6)
        return [float(dice.randint(1, 9)) * (dice.random() < chance) for _week in range(104)]
    swing = dice.uniform(0.2, 0.6) if kind == "seasonal" else 0.0
    slope = dice.uniform(-0.3, 0.5) / 104
    return [
        max(
            level
            * (1 + swing * sin(tau * week / 52))
            * (1 + slope * week)
            * (1 + dice.gauss(0.0, 0.2)),
            0.0,
        )
        for week in range(104)
    ]


def print_weekly(count=300):
    """All that a nightly run keeps of a series of two years of weeks."""
    print("\nTwo years of weeks: mean, interval, error, naive error, back-test; ms per series")
    cost = {}
    for kind in ("smooth", "seasonal", "sparse"):
        dice = random.Random(5)
        series = [make_weekly(kind, dice) for _one in range(count)]
        for season in (52, 1):
            cost[kind, season] = min(weekly_cost(series, season) for _round in range(3))
            print(f"{kind:<9} season {season:2}: {cost[kind, season]:5.2f}")
    mixed = sum(cost[kind, 52] for kind in ("smooth", "seasonal", "sparse")) / 3
    dearest = max(cost.values())
    print(
        f"20,000 series (bar 70 s): a third of each {20 * mixed:.0f} s, dearest {20 * dearest:.0f}"
    )


def weekly_cost(series, season):
    """Milliseconds of CPU for one of the series."""
    started = time.process_time()
    for values in series:
        said = forecast(values, 13, season)
        _kept = said.low, said.error, said.naive_error, said.bias, said.warning
        backtest(values, 3, season)
    return 1000 * (time.process_time() - started) / len(series)


if __name__ == "__main__":
    main(sys.argv[1:])
