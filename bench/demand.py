"""What it costs to read the demand of a whole shop from its moves.

One statement reads all products that are counted by the same periods; the nightly run asks for
500 products at a time. Told for days, weeks and months, of all products at once and of one part.

``./dev bench demand [--small] [--explain]``
"""

import sys
from functools import partial

import dataset
from _measure import measure, table

from odoo import fields

from odoo.addons.order_management.models.reorder.demand_book import DemandBook
from odoo.addons.order_management.models.reorder.demand_sql import read_demand

LARGE = dataset.Size(products=5_000, customers=5_000, orders=500_000)
PART = 500
COUNT_ORDERS = (False, True)


def main(env, arguments):
    size = dataset.SMALL if "--small" in arguments else LARGE
    dataset.fill(env, size)
    env.cr.commit()
    place = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    products = env["product.product"].search([("default_code", "like", "BENCH-%")])
    env.cr.execute("SELECT COUNT(*) FROM stock_move WHERE state = 'done'")
    moves = env.cr.fetchone()[0]
    since = fields.Date.subtract(fields.Date.today(), months=60)
    rows = []
    for period in ("day", "week", "month"):
        for part in (products, products[:PART]):
            for counts in COUNT_ORDERS:
                wanted = [(one.id, place.id, since, 10.0, counts, counts, True) for one in part]
                spent = measure(env, partial(read_demand, env, wanted, place, period))
                label = "yes" if counts else "no"
                rows.append([period, f"{len(part):,}", label, *told(spent)])
    if "--explain" in arguments:
        explain(env, products, place, since)
    table(
        f"Demand of {len(products):,} products from {moves:,} moves",
        ["Periods", "Products", "Held and lost", "CPU s", "Queries"],
        rows,
    )
    policy = env["order.reorder.policy"]
    policy._ensure_policies(env.company)
    policy = policy.search([("company_id", "=", env.company.id)], limit=1)
    rows = []
    for period in ("day", "week"):
        policy.period = period
        pairs = {(one, place): policy for one in products[:PART].sudo()}
        spent = measure(env, partial(DemandBook, pairs))
        rows.append([period, *told(spent)])
    table(f"Series of {PART} products", ["Periods", "CPU s", "Queries"], rows)


def told(spent):
    return f"{spent.cpu:.2f}", spent.queries


def explain(env, products, place, since):
    wanted = [(one.id, place.id, since, 10.0, False, False, True) for one in products]
    execute = type(env.cr).execute

    def told_execute(cr, query, *rest, **named):
        if "crossing" in str(getattr(query, "code", query)):
            execute(cr, f"EXPLAIN (ANALYZE, BUFFERS) {query.code}", query.params)
            sys.stdout.write("\n".join(row[0] for row in cr.fetchall()) + "\n")
        return execute(cr, query, *rest, **named)

    type(env.cr).execute = told_execute
    try:
        read_demand(env, wanted, place, "week")
    finally:
        type(env.cr).execute = execute


if __name__ == "__main__":
    main(env, sys.argv[1:])
