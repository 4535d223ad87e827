"""What confirming and reserving many orders in one call costs: orders of five lines, all in stock.

Three sides take turns on the same drafts, and undo what they did:

- core: a database without the addon, ``action_confirm`` on all
- chatter: ``process_orders`` on all, with ten typical checks on
- quiet: the same, for a channel that wants no chatter

After it: how long one order holds its lock, with and without core's part; and what it costs to
reserve moves that wait for one product, ever more of them, and how it grows.

``./dev bench bulk_confirm [--small] [--repetitions N] [--orders N] [--moves N]``
"""

import math
import os
import statistics
import sys
import time
from functools import partial
from unittest.mock import patch

import confirm
import dataset
from _measure import compare, headings, measure, table, take_turns

from odoo.api import Environment
from odoo.modules.registry import Registry

from odoo.addons.sale.models import sale_order as sale

GOALS = (
    "Goals: with chatter at most 0.75 of core's CPU and 58 queries an order (aim 0.66, 50); "
    "quiet at most 0.60 and 40."
)

PARTS = ("whole", "core's part", "our own")


def main(env, arguments):
    size = dataset.SMALL if "--small" in arguments else dataset.Size()
    repetitions = read(arguments, "--repetitions", 5)
    confirm.BATCH = read(arguments, "--orders", 100)
    with Registry(os.environ["OM_DB_CORE"]).cursor() as core_cr:
        core = confirm.prepare_shop(Environment(core_cr, env.uid, {}), size)
        ours = confirm.prepare_shop(env, size)
        confirm.switch_checks_on(ours.env, with_all=False)
        channel = env["order.channel"].create({"name": "Quiet", "code": "BENCH-Q", "quiet": True})
        env.flush_all()
        env.cr.commit()
        turns = {
            "core": lambda: confirm.confirm_batch(core, confirm.BATCH),
            "chatter": lambda: process(ours, False),
            "quiet": lambda: process(ours, channel.id),
        }
        spent = take_turns(turns, repetitions)
    title = f"Confirm and reserve in bulk: {confirm.BATCH} orders of 5 lines, {repetitions} rounds"
    table(title, headings("order", "core"), compare(spent, "core", confirm.BATCH), [GOALS])
    show_section(ours, repetitions)
    show_growth(ours, read(arguments, "--moves", 10_000))


def read(arguments, name, default):
    return int(arguments[arguments.index(name) + 1]) if name in arguments else default


def process(shop, channel_id):
    shop.env.cr.execute(
        "UPDATE sale_order SET channel_id = %s WHERE id = ANY(%s)", [channel_id or None, shop.ids]
    )
    shop.env.invalidate_all()

    def work():
        orders = shop.env["sale.order"].browse(shop.ids)
        orders.process_orders()
        shop.env.flush_all()
        if set(orders.picking_ids.mapped("state")) != {"assigned"}:
            raise RuntimeError("Not all of the orders were confirmed and reserved.")

    return measure(shop.env, work)


def show_section(shop, repetitions):
    """From lock to the end of the call, one order a call with empty caches, on the clock."""
    lock, order = shop.env.registry["order.lock"], sale.SaleOrder
    acquire, core = lock._acquire_all, order.action_confirm
    marks = {}

    def timed_acquire(self, wanted):
        acquire(self, wanted)
        marks.setdefault("began", time.perf_counter())

    def timed_core(self):
        began = time.perf_counter()
        result = core(self)
        marks["core"] = time.perf_counter() - began
        return result

    def work(order_id):
        shop.env["sale.order"].browse(order_id).process_orders()
        shop.env.flush_all()
        shop.env.cr.precommit.run()
        marks["whole"] = time.perf_counter() - marks["began"]

    found = []
    with (
        patch.object(lock, "_acquire_all", timed_acquire),
        patch.object(order, "action_confirm", timed_core),
    ):
        for order_id in [shop.ids[0], *shop.ids[: 4 * repetitions]]:
            marks.clear()
            measure(shop.env, lambda order_id=order_id: work(order_id))
            found.append((marks["whole"], marks["core"], marks["whole"] - marks["core"]))
    found = found[1:]
    rows = [
        (name, f"{1000 * statistics.median(times):.0f}", f"{1000 * max(times):.0f}")
        for name, times in zip(PARTS, zip(*found, strict=True), strict=True)
    ]
    title = "From lock to commit, one order of 5 lines a call"
    table(title, ("part", "ms, median", "ms, longest"), rows, ["Goal: our own at most 100 ms."])


def show_growth(shop, most):
    """Reserve the open moves of one product, as many as ``most``, then the cost's exponent."""
    env = shop.env(su=True)
    product = env["product.product"].search([("default_code", "=", "BENCH-00002")], limit=1)
    warehouse = env["stock.warehouse"].search([("company_id", "=", shop.company.id)], limit=1)
    warehouse.out_type_id.write({"reservation_method": "manual"})
    counts = [most // 8, most // 4, most // 2, most]
    pickings = make_transfers(env, warehouse, product, most)
    spent = {}
    for count in [counts[0], *counts]:  # the first one warms up
        some = pickings[: count // 10]
        spent[count] = measure(env, partial(reserve, some, count))
    rows = [
        (
            count,
            f"{1000 * spent[count].cpu:.0f}",
            f"{spent[count].per(count).cpu:.3f}",
            spent[count].queries,
        )
        for count in counts
    ]
    exponent = slope([(math.log(count), math.log(spent[count].cpu)) for count in counts])
    table(
        "Reserve the open moves of one product",
        ("moves", "CPU ms", "CPU ms / move", "queries"),
        rows,
        [f"The cost grows as the number of moves to the power of {exponent:.2f}."],
    )


def make_transfers(env, warehouse, product, moves):
    """Confirmed transfers of ten moves of one piece each, not reserved."""
    customer = env.ref("stock.stock_location_customers")
    source = warehouse.lot_stock_id
    move = {
        "product_id": product.id,
        "product_uom_qty": 1,
        "product_uom": product.uom_id.id,
        "location_id": source.id,
        "location_dest_id": customer.id,
        "picking_type_id": warehouse.out_type_id.id,
    }
    pickings = env["stock.picking"].create(
        [
            {
                "picking_type_id": warehouse.out_type_id.id,
                "location_id": source.id,
                "location_dest_id": customer.id,
                "move_ids": [(0, 0, {**move, "sequence": number}) for number in range(10)],
            }
            for _ in range(moves // 10)
        ]
    )
    pickings.move_ids._action_confirm(merge=False)
    return pickings


def reserve(pickings, count):
    pickings.action_assign()
    pickings.env.flush_all()
    reserved = sum(pickings.move_ids.mapped("quantity"))
    if reserved != count:
        raise RuntimeError(f"{reserved} of {count} moves were reserved.")


def slope(points):
    """The slope of the straight line through some points (least squares)."""
    middle_x = sum(x for x, _y in points) / len(points)
    middle_y = sum(y for _x, y in points) / len(points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / sum(
        (x - middle_x) ** 2 for x, _y in points
    )


if __name__ == "__main__":
    main(env, sys.argv[1:])
