"""What promising costs against many open moves, and what shops and screens ask for.

- promise: one product with 100, 1,000 and 10,000 open moves, a third of them receipts, within a
  year, and each on a day of its own; quotes, the feed of that product and its time line. The
  exponent says how cost grows with the moves: 1 is linear.
- catalog: all products in three warehouses; the first page of the feed, a reading after nothing
  and after one thing changed, and the list on the screen.

``./dev bench availability [--small] [--repetitions N]``
"""

import math
import statistics
import sys
from datetime import timedelta

import dataset
from _measure import measure, table

from odoo import fields

SIZES = (100, 1_000, 10_000)


def main(env, arguments):
    size = dataset.SMALL if "--small" in arguments else dataset.Size()
    repetitions = 5
    if "--repetitions" in arguments:
        repetitions = int(arguments[arguments.index("--repetitions") + 1])
    real = dataset.fill(env, size)
    east, west = env["stock.warehouse"].create(
        [{"name": name, "code": name} for name in ("EAST", "WEST")]
    )
    scatter_moves(env, real, size)
    env.cr.commit()
    show_growth(env, real, repetitions, 365, "within a year")
    show_growth(env, real, repetitions, max(SIZES), "each on a day of its own")
    show_catalog(env, size, repetitions, east | west)


def scatter_moves(env, real, size):
    """A receipt and a waiting delivery for every fifth product."""
    products = env["product.product"].search([("default_code", "=like", "BENCH-%")], order="id")
    make_moves(env, real["product"].ids[:1], 2)
    for product_id in products.ids[:: max(size.products // 20, 1)]:
        make_moves(env, [product_id], 20)


def make_moves(env, product_ids, count, days=365):
    """Open moves of products over the next ``days``: two deliveries for each receipt."""
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    there = {
        "in": (env.ref("stock.stock_location_suppliers"), warehouse.lot_stock_id),
        "out": (warehouse.lot_stock_id, env.ref("stock.stock_location_customers")),
    }
    template = {}
    for kind, (source, destination) in there.items():
        template[kind] = env["stock.move"].create(
            {
                "product_id": product_ids[0],
                "product_uom_qty": 2 if kind == "in" else 1,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "company_id": env.company.id,
            }
        )
    env.flush_all()
    for product_id in product_ids:
        for kind, share in (("in", count // 3), ("out", count - count // 3)):
            move = template[kind]
            dataset.clone(
                env.cr,
                "stock_move",
                f"s.id = {move.id}",
                f"(SELECT n FROM generate_series(1, {share}) AS n) p",
                {
                    "id": f"{dataset.reserve(env.cr, 'stock_move', share)} + p.n",
                    "product_id": str(product_id),
                    "state": "'confirmed'",
                    "date": f"s.date + (p.n * 7919 % {days}) * interval '1 day'",
                    "date_deadline": "NULL",
                },
            )
    for move in template.values():
        move._action_cancel()
    env.invalidate_all()


def show_growth(env, real, repetitions, days, title):
    env.cr.execute(
        "DELETE FROM stock_move WHERE product_id = %s AND state = 'confirmed'",
        [real["product"].id],
    )
    product = real["product"]
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    products = env["product.product"]
    sku, code = product.default_code, warehouse.code
    day = fields.Date.to_string(fields.Date.today() + timedelta(days=1))

    def one_quote():
        products.quote_promise([{"sku": sku, "quantity": 5}], code, on_date=day)

    def many_quotes():
        lines = [{"sku": sku, "quantity": 1}] * 100
        products.quote_promise(lines, code, on_date=day)

    def feed():
        products.read_availability([sku], [code])

    def time_line():
        row = env["order.availability"].search(
            [("product_id", "=", product.id), ("warehouse_id", "=", warehouse.id)]
        )
        row.read(["timeline"])

    works = {
        "quote, 1 line": one_quote,
        "quote, 100 lines": many_quotes,
        "read_availability, 1 product": feed,
        "time line": time_line,
    }
    have, costs = 0, {name: [] for name in works}
    queries = {name: [] for name in works}
    for size in SIZES:
        make_moves(env, product.ids, size - have, days)
        have = size
        env.cr.commit()
        env.cr.execute("ANALYZE stock_move")
        for name, work in works.items():
            rounds = [measure(env, work) for _round in range(repetitions + 1)][1:]
            costs[name].append(1000 * statistics.median(spent.cpu for spent in rounds))
            queries[name].append(rounds[0].queries)
    rows = [
        (
            name,
            *(f"{cost:.1f}" for cost in costs[name]),
            f"{exponent(costs[name][1:], SIZES[1:]):.2f}",
            "/".join(map(str, queries[name])),
        )
        for name in works
    ]
    table(
        f"CPU ms against open moves of one product, {title}",
        ("work", *(f"{size:,} moves" for size in SIZES), "exponent, last step", "queries"),
        rows,
        ["Goal: an exponent of about 1 (linear) at most, and the same queries for any number."],
    )


def exponent(costs, sizes):
    """By which power of the size the cost grows between the first and the last."""
    return math.log(costs[-1] / costs[0]) / math.log(sizes[-1] / sizes[0])


def show_catalog(env, size, repetitions, others):
    products = env["product.product"]
    rows = env["order.availability"]
    codes = [*others.mapped("code")]
    codes.append(env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1).code)
    answer = {"more": True, "next": 0}
    while answer["more"]:
        answer = products.read_availability(None, codes, answer["next"], 1000)
    env.cr.commit()
    cursor = answer["next"]

    def change():
        env.cr.execute(
            "UPDATE stock_quant SET quantity = quantity + 1 WHERE id = ("
            "SELECT max(quant.id) FROM stock_quant quant JOIN stock_location location "
            "ON location.id = quant.location_id WHERE location.usage = 'internal')"
        )
        products.read_availability(None, codes, cursor)

    works = {
        "feed: first page of 500": lambda: products.read_availability(None, codes),
        "feed: nothing changed": lambda: products.read_availability(None, codes, cursor),
        "feed: one thing changed": change,
        "screen: first 80 of the list": lambda: rows.web_search_read(
            [], {"product_id": {"fields": {"display_name": {}}}, "available": {}}, limit=80
        ),
        "screen: grouped by warehouse": lambda: rows.formatted_read_group(
            [], ["warehouse_id"], ["__count"]
        ),
    }
    lines = []
    for name, work in works.items():
        rounds = [measure(env, work) for _round in range(repetitions + 1)][1:]
        cpu = 1000 * statistics.median(spent.cpu for spent in rounds)
        lines.append((name, f"{cpu:.0f}", rounds[0].queries))
    table(
        f"A catalog of {size.products:,} products in 3 warehouses",
        ("work", "CPU ms", "queries"),
        lines,
    )


if __name__ == "__main__":
    main(env, sys.argv[1:])
