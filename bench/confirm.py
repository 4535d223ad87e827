"""What confirming costs with the addon: orders of five lines, all in stock, nothing to hold.

Three sides take turns on the same drafts, and undo what they did:

- core: a database without the addon
- off: the addon is installed, the company isn't switched on
- on: switched on, with ten typical checks on; with ``--all``, with all that are on when installed

``./dev bench confirm [--small] [--all] [--repetitions N]``
"""

import os
import sys
from types import SimpleNamespace

import dataset
from _measure import compare, headings, measure, table, take_turns

from odoo.api import Environment
from odoo.fields import Command
from odoo.modules.registry import Registry

LINES = 5
TYPICAL = (
    "empty_order",
    "quantity_not_positive",
    "product_not_sellable",
    "address_incomplete",
    "price_deviation",
    "discount_limit",
    "total_mismatch",
    "credit_limit",
    "customer_blocked",
    "stock_short",
)
BATCH = 50
SINGLES = 10
GOALS = (
    "Goals (for information): on against core, batch: CPU at most 1.03, at most 12 queries more "
    "for the whole batch; single: CPU at most 1.05, at most 6 queries more an order."
)


def main(env, arguments):
    size = dataset.SMALL if "--small" in arguments else dataset.Size()
    repetitions = 5
    if "--repetitions" in arguments:
        repetitions = int(arguments[arguments.index("--repetitions") + 1])
    with Registry(os.environ["OM_DB_CORE"]).cursor() as core_cr:
        core = prepare_shop(Environment(core_cr, env.uid, {}), size)
        ours = prepare_shop(env, size)
        switch_checks_on(ours.env, "--all" in arguments)
        sides = {
            "core": lambda work, orders: work(core, orders),
            "off": lambda work, orders: with_switch(ours, False, work, orders),
            "on": lambda work, orders: with_switch(ours, True, work, orders),
        }
        show("Confirm in a batch", confirm_batch, BATCH, sides, repetitions)
        show("Confirm one by one", confirm_singles, SINGLES, sides, repetitions, goals=GOALS)


def prepare_shop(env, size):
    """A filled database with drafts to confirm; seen by its administrator, with access rules."""
    dataset.fill(env, size)
    orders = make_drafts(env)
    env.flush_all()
    env.cr.precommit.run()
    env.cr.commit()
    admin = env.ref("base.user_admin")
    return SimpleNamespace(env=env(user=admin.id), ids=orders.ids, company=env.company)


def make_drafts(env):
    """Drafts of as many customers, each of products that differ, all in stock.

    The customers have a credit limit, so that the addon has something to look up.
    """
    customers = env["res.partner"].search([("ref", "=like", "BENCH-C%")], limit=BATCH, order="id")
    products = env["product.product"].search(
        [("default_code", "=like", "BENCH-%")], limit=BATCH * LINES, order="id"
    )
    env.company.account_use_credit_limit = True
    customers.write({"credit_limit": 1e9})
    return env["sale.order"].create(
        [
            {
                "partner_id": customer.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 1 + number})
                    for number, product in enumerate(products[index::BATCH][:LINES])
                ],
            }
            for index, customer in enumerate(customers)
        ]
    )


def switch_checks_on(env, with_all):
    checks = env["order.check"].sudo().search([])
    if not with_all:
        checks.write({"mode": "off"})
        checks = checks.filtered(lambda check: check.code in TYPICAL)
        checks.write({"mode": "on"})
    checks = checks.filtered(lambda check: check.mode == "on")
    env.flush_all()
    env.cr.commit()
    print(f"checks: {', '.join(checks.mapped('code'))}")


def with_switch(shop, switched_on, work, count):
    """Do ``work`` while the company is switched on or off.

    Not by ``write``: that brings the stages of all orders up to date and empties caches.
    """
    shop.env.cr.execute(
        "UPDATE res_company SET use_order_management = %s WHERE id = %s",
        [switched_on, shop.company.id],
    )
    shop.env.invalidate_all()
    return work(shop, count)


def confirm_batch(shop, count):
    """All orders in one call."""
    return measure(shop.env, lambda: confirm(shop, shop.ids[:count]))


def confirm_singles(shop, count):
    """One order a call, with empty caches, as separate requests do."""

    def work():
        for order_id in shop.ids[:count]:
            shop.env.invalidate_all()
            confirm(shop, [order_id])

    return measure(shop.env, work)


def confirm(shop, ids):
    orders = shop.env["sale.order"].browse(ids)
    orders.action_confirm()
    shop.env.flush_all()
    shop.env.cr.precommit.run()
    if set(orders.mapped("state")) != {"sale"} or set(orders.picking_ids.mapped("state")) != {
        "assigned"
    }:
        raise RuntimeError("Not all of the orders were confirmed and reserved.")


def show(title, work, count, sides, repetitions, goals=""):
    turns = {name: lambda side=side: side(work, count) for name, side in sides.items()}
    spent = take_turns(turns, repetitions)
    rows = compare(spent, "core", count)
    size = f"{count} orders of {LINES} lines, {repetitions} rounds"
    table(f"{title}: {size}", headings("order", "core"), rows, [goals] if goals else ())


if __name__ == "__main__":
    main(env, sys.argv[1:])
