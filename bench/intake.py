"""What taking orders in costs: 1,000 JSON orders of three lines, in calls of 100.

Three sides take turns, each with the same known customers and products, and undo what they did:

- core: a database without the addon; core's own `sale.order.create` of the same orders, batched
- orders: with the addon; `sale.order.create` with the very values that intake prepares
- submit: with the addon; `order.intake.submit` of the documents, process "create"

Core runs as an administrator with access rules on, as an importer would. Submit is called by an
integration user, as a shop does; orders runs in the very environment in which submit makes its
orders. So submit less orders is all that intake adds: keys, matching, evidence.

``./dev bench intake [--small] [--repetitions N] [--profile]``
"""

import cProfile
import os
import pstats
import statistics
import sys
from collections import Counter
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

import dataset
from _measure import Stopwatch, compare, headings, measure, table, take_turns

from odoo.api import Environment
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import new_test_user

ORDERS = 1000
CALL = 100  # orders a call
LINES = 3
GOALS = (
    "Goals: submit against core: CPU at most 1.00 (aim 0.93), at most 6 queries an order; "
    "submit less orders: at most 5 % CPU and 10 queries a call."
)


def main(env, arguments):
    size = dataset.SMALL if "--small" in arguments else dataset.Size()
    repetitions = 5
    if "--repetitions" in arguments:
        repetitions = int(arguments[arguments.index("--repetitions") + 1])
    with Registry(os.environ["OM_DB_CORE"]).cursor() as core_cr:
        core = prepare_shop(Environment(core_cr, env.uid, {}), size)
        ours = prepare_shop(env, size)
        add_channel(ours)
        if "--profile" in arguments:
            profile(ours)
            return
        sides = {
            "core": lambda calls: create_orders(core, core.vals, calls),
            "orders": lambda calls: create_orders(ours, ours.vals, calls),
            "submit": lambda calls: submit(ours, calls),
        }
        ours.vals = [vals for call in range(ORDERS // CALL) for vals in prepared_vals(ours, call)]
        show(sides, repetitions)
        show_growth(ours, repetitions)


# The same orders, as documents and as values


def prepare_shop(env, size):
    """A filled database; its customers and products, and core's values of the orders."""
    dataset.fill(env, size)
    env.cr.commit()
    customers = env["res.partner"].search([("ref", "=like", "BENCH-C%")], order="id")
    products = env["product.product"].search([("default_code", "=like", "BENCH-%")], order="id")
    shop = SimpleNamespace(
        env=env(user=env.ref("base.user_admin").id),
        customers=[(partner.id, partner.ref) for partner in customers],
        products=[(product.id, product.default_code, product.list_price) for product in products],
    )
    shop.orders = shop.env["sale.order"]
    shop.vals = [core_vals(shop, number) for number in range(ORDERS)]
    return shop


def lines_of(shop, number):
    """The products of an order, quantity and price of each line."""
    for line in range(LINES):
        product_id, code, price = shop.products[(number * 7 + line * 31) % len(shop.products)]
        yield product_id, code, 1 + (number + line) % 4, price


def core_vals(shop, number):
    """What an importer of core's would create."""
    return {
        "partner_id": shop.customers[number % len(shop.customers)][0],
        "client_order_ref": f"PO-{number}",
        "order_line": [
            Command.create(
                {"product_id": product_id, "product_uom_qty": quantity, "price_unit": price}
            )
            for product_id, _code, quantity, price in lines_of(shop, number)
        ],
    }


def document(shop, number):
    return {
        "external_ref": f"BENCH-{number:05}",
        "customer": {"ref": shop.customers[number % len(shop.customers)][1]},
        "customer_reference": f"PO-{number}",
        "lines": [
            {"ref": str(place), "sku": code, "quantity": quantity, "unit_price": price}
            for place, (_id, code, quantity, price) in enumerate(lines_of(shop, number), 1)
        ],
    }


def add_channel(shop):
    env = shop.env
    env["order.channel"].create({"name": "Bench", "code": "BENCH"})
    user = new_test_user(env, "bench_shop", groups="order_management.group_integration")
    env.flush_all()
    env.cr.commit()
    shop.intakes = env["order.intake"].with_user(user).with_context({})
    shop.documents = [document(shop, number) for number in range(ORDERS)]


# The sides


def part_of(entries, call):
    return entries[call * CALL : (call + 1) * CALL]


def create_orders(shop, vals, calls):
    def work():
        for call in calls:
            shop.env.invalidate_all()
            # a copy, as core takes values apart
            copies = [copied(entry) for entry in part_of(vals, call)]
            shop.orders.create(copies)
            finish(shop.env)

    return measure(shop.env, work)


def copied(vals):
    return {
        **vals,
        "order_line": [Command.create(dict(line)) for _create, _id, line in vals["order_line"]],
    }


def submit(shop, calls):
    def work():
        for call in calls:
            shop.env.invalidate_all()
            submit_call(shop, call)

    return measure(shop.env, work)


def submit_call(shop, call):
    answers = shop.intakes.submit("BENCH", part_of(shop.documents, call), process="create")
    finish(shop.env)
    if Counter(answer["outcome"] for answer in answers) != {"created": CALL}:
        raise RuntimeError(f"Not all orders were created: {answers[0]}")


def finish(env):
    """What a request does at its end, up to the commit."""
    env.flush_all()
    env.cr.precommit.run()


@contextmanager
def caught_values(shop):
    """The values with which ``sale.order`` is created inside; and where, for :attr:`orders`."""
    caught = []
    model = type(shop.env["sale.order"])
    create = model.create

    def catching(self, vals_list):
        caught.extend(copied(vals) for vals in vals_list)
        shop.orders = self.browse()
        return create(self, vals_list)

    with patch.object(model, "create", catching):
        yield caught


def prepared_vals(shop, call):
    """The values that intake prepares for the orders of a call."""
    savepoint = shop.env.cr.savepoint()
    with caught_values(shop) as caught:
        submit_call(shop, call)
    savepoint.close(rollback=True)
    shop.env.invalidate_all(flush=False)
    return caught


# Figures


def show(sides, repetitions):
    calls = range(ORDERS // CALL)
    spent = take_turns(
        {name: lambda side=side: side(calls) for name, side in sides.items()}, repetitions
    )
    title = f"Taking in {ORDERS:,} orders of {LINES} lines in calls of {CALL}, {repetitions} rounds"
    table(title, headings("order", "core"), compare(spent, "core", ORDERS))
    rows = compare({name: spent[name] for name in ("orders", "submit")}, "orders", ORDERS)
    extra = statistics.median(
        (ours.queries - orders.queries) / len(calls)
        for ours, orders in zip(spent["submit"], spent["orders"], strict=True)
    )
    notes = [f"Intake adds {extra:.1f} queries a call.", GOALS]
    table("What intake adds", headings("order", "orders"), rows, notes)


def show_growth(shop, repetitions):
    """Whether the last hundred costs more than the first, all in one transaction."""
    rounds = [measure_calls(shop) for _repetition in range(repetitions)]
    rows = []
    for call in range(ORDERS // CALL):
        cpu = statistics.median(spent[call].cpu for spent in rounds) * 1000 / CALL
        queries = statistics.median(spent[call].queries for spent in rounds) / CALL
        rows.append((f"{call * CALL + 1} to {(call + 1) * CALL}", f"{queries:.2f}", f"{cpu:.2f}"))
    table("One call after the other", ("orders", "queries / order", "CPU ms / order"), rows)


def measure_calls(shop):
    savepoint = shop.env.cr.savepoint()
    spent = []
    for call in range(ORDERS // CALL):
        shop.env.invalidate_all()
        watch = Stopwatch(shop.env.cr)
        submit_call(shop, call)
        spent.append(watch.read())
    savepoint.close(rollback=True)
    shop.env.invalidate_all(flush=False)
    return spent


def profile(shop):
    """Where the time of a call goes, and each of its statements, for whoever mends it."""
    submit(shop, [0])
    shop.env.invalidate_all()
    savepoint = shop.env.cr.savepoint()
    statements = []
    execute = type(shop.env.cr).execute

    def noting(cr, query, params=None, log_exceptions=True):
        statements.append(" ".join(str(getattr(query, "code", query)).split())[:150])
        return execute(cr, query, params, log_exceptions)

    with patch.object(type(shop.env.cr), "execute", noting):
        submit_call(shop, 1)
    for statement, count in Counter(statements).most_common():
        print(f"{count:5} {statement}")
    shop.env.invalidate_all()
    profiler = cProfile.Profile()
    profiler.runcall(submit_call, shop, 2)
    savepoint.close(rollback=True)
    pstats.Stats(profiler).sort_stats("cumulative").print_stats("order_management|create", 60)


if __name__ == "__main__":
    main(env, sys.argv[1:])
