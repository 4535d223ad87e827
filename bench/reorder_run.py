"""What a night of ordering costs, ours and core's: ./dev bench reorder_run [--products=N]

20,000 reordering rules in one warehouse, of which 30 % lie under their minimum, a hundred vendors
with lead times of 2 to 21 days. Core's run and ours take turns on the same state, each undone, and
what they ordered is compared line by line (not the order's own day, which core takes from the part
of the run that comes first). Goal: half of core's CPU, 1.5 statements a rule.

``--rounds`` says how often (3); ``--profile`` (``--profile=core``) tells where the time went
instead, ``--statements`` what was asked most, ``--differences`` what was ordered otherwise.
"""

import collections
import sys
import unittest.mock

from _measure import Stopwatch, table
from forecast_run import explain, fill

GOAL = "0.50x, 1.5 q"
FIELDS = (
    "product_id", "product_qty", "product_uom_id", "price_unit", "discount", "date_planned",
    "orderpoint_id", "name", "tax_ids", "location_final_id",
)  # fmt: skip


def run_core(env):
    """What the scheduler of core does with reordering rules."""
    env["res.company"].search([]).use_order_management = False
    rules = find_rules(env)
    rules.sudo()._compute_qty_to_order_computed()
    rules.sudo()._compute_deadline_date()
    rules.sudo()._procure_orderpoint_confirm(company_id=False, raise_user_error=False)


def run_ours(env):
    """What ours does."""
    env["res.company"].search([]).use_order_management = True
    env["stock.warehouse.orderpoint"].sudo()._order_missing(find_rules(env))


def find_rules(env):
    domain = env["stock.rule"]._get_orderpoint_domain()
    return env["stock.warehouse.orderpoint"].search(domain)


def read_lines(env):
    """What was ordered, in words that do not depend on who made it."""
    env.flush_all()
    env.invalidate_all()
    lines = env["purchase.order.line"].search([("orderpoint_id", "!=", False)])
    return sorted(
        (
            line.order_id.partner_id.id,
            *(str(line[name]) for name in FIELDS),
        )
        for line in lines
    )


def spend(env, work):
    """What some work took, and what it ordered; all is undone."""
    env.flush_all()
    env.invalidate_all()
    savepoint = env.cr.savepoint()
    watch = Stopwatch(env.cr)
    work(env)
    env.flush_all()
    env.cr.precommit.run()
    spent, lines = watch.read(), read_lines(env)
    env.invalidate_all(flush=False)
    savepoint.rollback()
    savepoint.close()
    env.registry.clear_all_caches()
    return spent, lines


def count_statements(env, work):
    """Which statements are asked most often."""
    seen, execute = collections.Counter(), type(env.cr).execute

    def counted(cursor, query, *arguments, **options):
        words = str(getattr(query, "code", query)).split()
        place = words.index("FROM") if "FROM" in words else 1
        seen[" ".join([words[0], *words[place : place + 8]])] += 1
        return execute(cursor, query, *arguments, **options)

    with unittest.mock.patch.object(type(env.cr), "execute", counted):
        spend(env, work)
    for words, times in seen.most_common(40):
        print(times, words[:140])


def main(env, arguments):
    named = dict(one.lstrip("-").partition("=")[::2] for one in arguments)
    count = int(named.get("products") or 20_000)
    fill(env, count, weeks=1, trigger="auto", low=0.3)
    if "profile" in named:
        work = run_core if named["profile"] == "core" else run_ours
        explain(spend, env, work)
        return
    if "statements" in named:
        count_statements(env, run_core if named["statements"] == "core" else run_ours)
        return
    if "differences" in named:
        _spent, expected = spend(env, run_core)
        _spent, ordered = spend(env, run_ours)
        for line in sorted(set(expected) ^ set(ordered))[:20]:
            print("core" if line in expected else "ours", line)
        return
    rows = []
    for _round in range(int(named.get("rounds") or 3)):
        core, expected = spend(env, run_core)
        ours, ordered = spend(env, run_ours)
        differing = len(set(expected) ^ set(ordered))
        rows.append(
            (
                f"{core.cpu:.1f}",
                f"{core.queries / count:.2f}",
                f"{ours.cpu:.1f}",
                f"{ours.queries / count:.2f}",
                f"{ours.cpu / core.cpu:.2f}",
                len(expected),
                differing,
                GOAL,
            )
        )
    table(
        f"A night of ordering for {count:,} rules",
        ("core CPU s", "q a rule", "ours CPU s", "q a rule", "ratio", "lines", "differ", "goal"),
        rows,
    )


if __name__ == "__main__":
    main(env, sys.argv[1:])
