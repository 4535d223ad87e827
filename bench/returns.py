"""What it costs to take orders back: asked for, received, credited by a posted credit note.

Orders of five lines that are delivered and invoiced, all of it returned, four sides in turn on
the same orders, each undone:

- core: a database without the addon, core's return wizard, receipt and reversal, an order a call
  with empty caches
- bulk: ``request``, ``receive`` and ``settle`` on all orders, one call each
- desk: the dialog of the desk with its lines, and *Take In and Refund*, an order a call with
  empty caches
- calls: ``request``, ``receive`` and ``settle``, an order a call, caches emptied before each

With ``--stages`` what each step of ours takes; with ``--profile`` where the time of one goes, in
bulk, or with ``--single`` an order a call.

``./dev bench returns [--small] [--repetitions N] [--orders N] [--stages]
[--profile STEP [--single]]``
"""

import cProfile
import os
import pstats
import sys

import confirm
import dataset
from _measure import Spent, Stopwatch, compare, headings, measure, table, take_turns
from bulk_confirm import read

from odoo import Command
from odoo.api import Environment
from odoo.modules.registry import Registry

GOALS = (
    "Goals: bulk at most 0.48 of core and 210 queries a return (aim 0.38, 178); at the desk at "
    "most 0.75 (calls: to compare). OCA's rma was measured at 1.14 of core: 0.42 of it is 0.48."
)
CORE_CONTEXT = {"skip_backorder": True, "skip_sms": True}


def main(env, arguments):
    size = dataset.SMALL if "--small" in arguments else dataset.Size()
    repetitions = read(arguments, "--repetitions", 3)
    confirm.BATCH = read(arguments, "--orders", 50)
    with Registry(os.environ["OM_DB_CORE"]).cursor() as core_cr:
        core = prepare(Environment(core_cr, env.uid, {}), size)
        ours = prepare(env, size)
        ours.company.use_order_management = True
        env.flush_all()
        env.cr.commit()
        if "--profile" in arguments:
            calls = [[one] for one in ours.ids] if "--single" in arguments else [ours.ids]
            profile(ours, arguments[arguments.index("--profile") + 1], calls)
        elif "--stages" in arguments:
            show_stages(ours, len(ours.ids))
        else:
            show(core, ours, repetitions)


def prepare(env, size):
    """Orders that are shipped and invoiced."""
    shop = confirm.prepare_shop(env, size)
    orders = shop.env["sale.order"].browse(shop.ids)
    orders.action_confirm()
    orders.picking_ids.with_context(**CORE_CONTEXT).button_validate()
    orders._create_invoices(grouped=True).action_post()
    if set(orders.picking_ids.mapped("state")) != {"done"} or len(orders.invoice_ids) != len(
        orders
    ):
        raise RuntimeError("Not all of the orders were shipped and invoiced.")
    shop.env.flush_all()
    shop.env.cr.precommit.run()
    shop.env.cr.commit()
    return shop


def show(core, ours, repetitions):
    count = len(ours.ids)
    turns = {
        "core": lambda: measure(core.env, lambda: singly(core, return_by_core)),
        "bulk": lambda: measure(ours.env, lambda: take_back(ours, ours.ids)),
        "desk": lambda: measure(ours.env, lambda: singly(ours, take_back_at_desk)),
        "calls": lambda: measure(ours.env, lambda: singly(ours, take_back)),
    }
    spent = take_turns(turns, repetitions)
    title = f"Returned, received, credited: {count} orders of 5 lines, {repetitions} rounds"
    table(title, headings("return", "core"), compare(spent, "core", count), [GOALS])


def singly(shop, work):
    """An order a call, with empty caches, as separate requests do."""
    for order_id in shop.ids:
        shop.env.invalidate_all()
        work(shop, [order_id])


def return_by_core(shop, ids):
    env = shop.env
    order = env["sale.order"].browse(ids)
    picking, invoice = order.picking_ids, order.invoice_ids
    wizard = env["stock.return.picking"].create({"picking_id": picking.id})
    for line in wizard.product_return_moves:
        line.quantity = line.move_id.quantity
    returned = wizard._create_return()
    env.flush_all()
    env.invalidate_all()
    returned.move_ids.picked = True
    returned.with_context(**CORE_CONTEXT).button_validate()
    env.flush_all()
    env.invalidate_all()
    reversal = (
        env["account.move.reversal"]
        .with_context(active_model="account.move", active_ids=invoice.ids)
        .create({"journal_id": invoice.journal_id.id})
    )
    reversal.refund_moves()
    reversal.new_move_ids.action_post()
    finish(order)


def take_back(shop, ids):
    shop.asked = None
    for _name, step in steps_of(shop, ids):
        step()
        shop.env.flush_all()
        shop.env.invalidate_all()
    finish(shop.env["sale.order"].browse(ids))


def take_back_at_desk(shop, ids):
    env = shop.env
    order = env["sale.order"].browse(ids)
    reason = env["order.return.reason"].search([("code", "=", "defective")])
    desk = env["order.return.desk"].create(
        {
            "partner_id": order.partner_id.id,
            "reason_id": reason.id,
            "line_ids": [
                Command.create({"sale_line_id": line.id, "quantity": line.product_uom_qty})
                for line in order.order_line
            ],
        }
    )
    env.flush_all()
    env.invalidate_all()
    desk.action_take_back()
    finish(order)


def steps_of(shop, ids):
    """The steps of ours, by name."""
    Return, state = shop.env["order.return"], {}

    def request():
        orders = shop.env["sale.order"].browse(ids)
        requests = [
            {
                "order_id": order.id,
                "external_ref": f"BENCH-{order.id}",
                "lines": [
                    {"line_id": line.id, "quantity": line.product_uom_qty, "reason": "defective"}
                    for line in order.order_line
                ],
            }
            for order in orders
        ]
        state["answers"] = Return.request(requests)
        state["returns"] = [answer["return_id"] for answer in state["answers"]]

    def receive():
        entries = [
            {"return_line_id": line["return_line_id"], "quantity": line["quantity"]}
            for answer in state["answers"]
            for line in answer["lines"]
        ]
        Return.browse(state["returns"]).receive(entries)

    def settle():
        Return.browse(state["returns"]).settle()

    return ("request", request), ("receive", receive), ("settle", settle)


def finish(orders):
    """All of it came back and is credited, or the figures mean nothing."""
    orders.env.flush_all()
    orders.env.cr.precommit.run()
    notes = orders.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
    invoices = orders.invoice_ids - notes
    right = (
        set(orders.picking_ids.mapped("state")) == {"done"}
        and set(notes.mapped("state")) == {"posted"}
        and sum(notes.mapped("amount_total")) == sum(invoices.mapped("amount_total"))
        and not any(invoices.mapped("amount_residual"))
        and not any(orders.order_line.mapped("qty_delivered"))
    )
    if not right:
        raise RuntimeError("Not all of the orders came back and were credited.")


def show_stages(shop, count):
    """Each step, of all returns in one call and of one a call."""
    for title, calls in (("in one call", [shop.ids]), ("one a call", [[one] for one in shop.ids])):
        rows = {}

        def work(calls=calls, rows=rows):
            rows.clear()
            for ids in calls:
                for name, step in steps_of(shop, ids):
                    shop.env.flush_all()
                    shop.env.invalidate_all()
                    watch = Stopwatch(shop.env.cr)
                    step()
                    shop.env.flush_all()
                    shop.env.cr.precommit.run()
                    rows.setdefault(name, []).append(watch.read())

        for _round in range(2):  # the first one warms up
            measure(shop.env, work)
        lines = []
        for name, spent in rows.items():
            each = Spent(*map(sum, zip(*spent, strict=True))).per(count)
            lines.append((name, f"{each.queries:.1f}", f"{each.cpu:.1f}"))
        columns = ("step", "queries / return", "CPU ms / return")
        table(f"Steps of {count} returns of 5 lines, {title}", columns, lines)


def profile(shop, wanted, calls):
    """Where the time of one step goes, by what it calls."""
    profiler = cProfile.Profile()

    def work(with_profile):
        for ids in calls:
            for name, step in steps_of(shop, ids):
                shop.env.flush_all()
                shop.env.invalidate_all()
                if with_profile and name == wanted:
                    profiler.enable()
                step()
                shop.env.flush_all()
                shop.env.cr.precommit.run()
                profiler.disable()

    measure(shop.env, lambda: work(False))
    measure(shop.env, lambda: work(True))
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(90)


if __name__ == "__main__":
    main(env, sys.argv[1:])
