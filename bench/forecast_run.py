"""What a night and a morning of reordering cost: ./dev bench forecast_run [--products=N]

20,000 products in one warehouse with two years of weeks: half of them sell nearly every week along
the seasons, half in one week of five. Each has a reordering rule and a price list of one of a
hundred vendors, every fifth a price break. Shipments are moves without order lines, one a week.

- The night: chunk by chunk as the scheduled action does, first with everything new, then again
  with no new demand, then once more with all read anew though nothing changed. Goal: 70 s of CPU.
- The morning: levels and quantities of all rules from the stored forecasts (goal: 6 s of CPU, 60
  queries); then ``_propose``, which reckons them, too, and stores a proposal for each.

``--profile`` tells where the time went instead, of one chunk and of the proposals.
"""

import cProfile
import pstats
import sys

from _measure import Stopwatch, table
from dataset import (
    Size,
    clone,
    clone_customers,
    clone_products,
    dice,
    make_real,
    plan,
    plan_customers,
    plan_products,
    reserve,
    unchecked_references,
)

from odoo import Command, fields
from odoo.tools import split_every

from odoo.addons.order_management.models.reorder.order_forecast_run_mixin import CHUNK

WEEKS = 104
VENDORS = 100
REGULAR, SPARSE = 0.9, 0.2  # share of weeks with a sale
QUANTITIES = ("product_qty", "product_uom_qty", "quantity", "packaging_uom_qty")


def fill(env, count, weeks=WEEKS, trigger="manual", low=0.0):
    """Products with their past, their vendors and their rules.

    :param int weeks: how far back they were shipped
    :param float low: the share of products of which less is left than the minimum
    :return: the rules
    """
    size = Size(products=count, customers=VENDORS)
    real = make_real(env)
    product, warehouse = real["product"], env["stock.warehouse"].search([], limit=1)
    vendors = real["customer"]
    product.route_ids = [Command.link(env.ref("purchase_stock.route_warehouse0_buy").id)]
    product.product_tmpl_id.seller_ids = [
        Command.create({"partner_id": vendors.id, "price": 5.0, "delay": 9, "min_qty": least})
        for least in (0, 500)
    ]
    rule = env["stock.warehouse.orderpoint"].create(
        {
            "product_id": product.id,
            "warehouse_id": warehouse.id,
            "location_id": warehouse.lot_stock_id.id,
            "product_min_qty": 10,
            "product_max_qty": 100,
            "trigger": trigger,
        }
    )
    env.flush_all()
    env.cr.precommit.run()
    plan_products(env.cr, size, real)
    plan_customers(env.cr, size)
    plan_weeks(env.cr, weeks, low)
    with unchecked_references(env.cr):
        clone_products(env.cr, real)
        clone_customers(env.cr, real)
        clone_moves(env.cr, real)
        clone_rules(env.cr, product, rule)
    env["order.promise.delay"].create(
        [
            {
                "company_id": env.company.id,
                "kind": "receipt",
                "vendor_id": vendor.id,
                "histogram": [[0, 10], [6, 10]],
                "observations": 20,
                "mean": 3.0,
            }
            for vendor in env["res.partner"].search([("ref", "=like", "BENCH-C%")], limit=20)
        ]
    )
    env.flush_all()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    env.invalidate_all()
    env.registry.clear_all_caches()
    return env["stock.warehouse.orderpoint"].search([])


def plan_weeks(cr, weeks, low):
    """Which product was shipped in which week, and how much of it."""
    plan(
        cr,
        "bench_week",
        f"""
        SELECT row_number() OVER (ORDER BY p.n, week) AS n, p.id AS product_id,
               -interval '1 week' * week - interval '1 day' AS shift,
               1 + floor(
                   (CASE WHEN p.n %% 2 = 0 THEN 5 + p.n %% 40 ELSE 3 END)
                   * (1 + 0.45 * cos(2 * pi() * week / 52.0))
                   * (0.5 + {dice("p.n * 200 + week", 7)})
               ) AS quantity
          FROM bench_product p
         CROSS JOIN generate_series(0, %(weeks)s - 1) AS week
         WHERE {dice("p.n * 200 + week", 8)}
               < CASE WHEN p.n %% 2 = 0 THEN %(regular)s ELSE %(sparse)s END
        """,
        {"weeks": weeks, "regular": REGULAR, "sparse": SPARSE},
    )
    plan(
        cr,
        "bench_taking",
        f"""
        SELECT p.n, p.id AS product_id, p.left_over + coalesce(sum(w.quantity), 0) AS quantity,
               p.left_over, -interval '1 week' * %(age)s AS shift
          FROM (SELECT n, id,
                       CASE WHEN {dice("n", 9)} < %(low)s THEN 3 ELSE 100 END AS left_over
                  FROM bench_product) p
          LEFT JOIN bench_week w ON w.product_id = p.id
         WHERE p.n > 1
         GROUP BY p.n, p.id, p.left_over
        """,
        {"age": weeks + 1, "low": low},
    )


def clone_moves(cr, real):
    """What was shipped week by week, what came in before, what is left."""
    product = real["product"]
    for move, rows in (
        (real["order"].order_line.move_ids, "bench_week p"),
        (product.stock_move_ids.filtered("is_inventory"), "bench_taking p"),
    ):
        cr.execute(f"SELECT count(*) FROM {rows.split()[0]}")
        base = reserve(cr, "stock_move", cr.fetchone()[0] + 1)
        changes = {
            "id": f"{base} + p.n",
            "product_id": "p.product_id",
            "picking_id": "NULL",
            "sale_line_id": "NULL",
            **dict.fromkeys(QUANTITIES, "p.quantity"),
        }
        clone(cr, "stock_move", f"s.id = {move.id}", rows, changes, shifted=True)
    quant = product.stock_quant_ids.filtered(lambda one: one.location_id.usage == "internal")
    cr.execute("SELECT max(n) FROM bench_taking")
    base = reserve(cr, "stock_quant", cr.fetchone()[0] + 1)
    changes = {"id": f"{base} + p.n", "product_id": "p.product_id", "quantity": "p.left_over"}
    clone(cr, "stock_quant", f"s.id = {quant.id}", "bench_taking p", changes)


def clone_rules(cr, product, rule):
    """Rules, routes and price lists; the second line of these is a price break."""
    rows = "(SELECT * FROM bench_product WHERE n > 1) p"
    cr.execute("SELECT max(n) FROM bench_product")
    count = cr.fetchone()[0] + 1
    base = reserve(cr, "stock_warehouse_orderpoint", count)
    clone(
        cr,
        "stock_warehouse_orderpoint",
        f"s.id = {rule.id}",
        rows,
        {"id": f"{base} + p.n", "product_id": "p.id", "name": "'BENCH-' || p.n"},
    )
    where = f"s.product_id = {product.product_tmpl_id.id}"
    clone(cr, "stock_route_product", where, rows, {"product_id": "p.template_id"})
    for line in product.seller_ids:
        base = reserve(cr, "product_supplierinfo", count)
        some = f"({rows[1:-3]} AND n %% 5 = 0) p".replace("%%", "%") if line.min_qty else rows
        clone(
            cr,
            "product_supplierinfo",
            f"s.id = {line.id}",
            some,
            {
                "id": f"{base} + p.n",
                "product_tmpl_id": "p.template_id",
                "product_id": "NULL",
                "partner_id": f"(SELECT id FROM bench_customer WHERE n = 2 + p.n % {VENDORS - 1})",
                "delay": "2 + p.n % 20",
                "price": "round(p.price * " + ("0.55" if line.min_qty else "0.6") + ", 2)",
                "min_qty": str(int(line.min_qty)),
            },
        )


def run_night(env, limit=None):
    """What the scheduled action does, chunk by chunk."""
    forecasts = env["order.forecast"].sudo()
    warehouses = forecasts._get_managed_warehouses()
    env["order.reorder.policy"]._ensure_policies(warehouses.company_id)
    left = forecasts._find_due(warehouses, fields.Date.today())
    for part in split_every(CHUNK, left[:limit]):
        forecasts._run_pairs(forecasts._browse_pairs(part))
        env.cr.commit()
        env.invalidate_all()
    forecasts._classify(warehouses.company_id)
    env.flush_all()
    env.cr.commit()
    env.invalidate_all()


def forget_the_night(env):
    """As if the last run had been yesterday, and nothing had been touched since the day before."""
    env.cr.execute("UPDATE order_forecast SET forecast_at = forecast_at - interval '1 day'")
    for name in (
        "stock_move",
        "product_product",
        "product_template",
        "product_supplierinfo",
        "order_reorder_policy",
    ):
        env.cr.execute(f"UPDATE {name} SET write_date = write_date - interval '2 days'")
    env.cr.execute(
        "UPDATE stock_warehouse_orderpoint SET create_date = create_date - interval '2 days'"
    )
    env.cr.execute("ANALYZE")
    env.cr.commit()
    env.invalidate_all()


def propose(rules):
    """All proposals, as the scheduled action makes them."""
    rows = rules._propose()
    rules.env.flush_all()
    refused = [row for row in rows.values() if not row["ok"]]
    if refused:
        raise RuntimeError(f"{len(refused)} rules got no levels: {refused[0]}")


def measure(env, work, *arguments):
    watch = Stopwatch(env.cr)
    work(*arguments)
    return watch.read()


def explain(work, *arguments):
    """Where the time of some work goes."""
    profile = cProfile.Profile()
    profile.runcall(work, *arguments)
    pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    pstats.Stats(profile).sort_stats("cumtime").print_stats(45)


def main(env, arguments):
    named = dict(one.lstrip("-").partition("=")[::2] for one in arguments)
    count = int(named.get("products") or 20_000)
    rules = fill(env, count)
    if "profile" in named:
        explain(run_night, env, CHUNK)
        run_night(env)
        env.invalidate_all()
        explain(propose, rules)
        return
    rows = []

    def note(what, goal, work, *given):
        spent = measure(env, work, *given)
        each = spent.per(count)
        rows.append((what, f"{spent.cpu:.1f}", f"{each.cpu:.2f}", spent.queries, goal))

    note("night, all new", "70 s", run_night, env)
    forget_the_night(env)
    note("night, nothing new", "", run_night, env)
    env.cr.execute("UPDATE product_product SET write_date = now()")
    env.cr.commit()
    note("night, read but nothing new", "", run_night, env)
    note("levels and quantities", "6 s, 60 queries", rules._reckon_levels)
    env.invalidate_all()
    note("proposals, new", "", propose, rules)
    env.cr.commit()
    env.invalidate_all()
    note("proposals, made anew", "", propose, rules)
    table(
        f"Forecasts and proposals of {count:,} products",
        ("what", "CPU s", "CPU ms each", "queries", "goal"),
        rows,
    )


if __name__ == "__main__":
    main(env, sys.argv[1:])
