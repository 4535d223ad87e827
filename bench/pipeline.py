"""What it costs to bring orders from draft to shipped in a parcel, invoiced and posted.

Orders of five lines, all in stock, four sides in turn on the same drafts, each undone:

- one by one: a database without the addon, core's methods an order a call with empty caches
- core: the same methods on all orders at once (packing takes one transfer a call)
- chatter: ``process_orders``, ``pack``, ``ship``, ``invoice_orders`` on all, ten typical checks on
- quiet: the same, for a channel that wants no chatter

With ``--stages`` what each step of ours takes. With ``--lines``, instead: transfers of twenty lines
validated in one call, core's and ours.

``./dev bench pipeline [--small] [--repetitions N] [--orders N] [--stages] [--lines N]``
"""

import os
import sys

import confirm
import dataset
from _measure import Stopwatch, compare, headings, measure, table, take_turns
from bulk_confirm import make_transfers, read

from odoo.api import Environment
from odoo.modules.registry import Registry

GOALS = (
    "Goals: with chatter at most 0.47 of one by one and 180 queries an order (aim 0.42, 160); "
    "OCA's automatic workflow was measured at 0.87 of one by one: 0.55 of it is 0.48."
)
CORE_CONTEXT = {"skip_backorder": True, "skip_sms": True}


def main(env, arguments):
    size = dataset.SMALL if "--small" in arguments else dataset.Size()
    repetitions = read(arguments, "--repetitions", 3)
    confirm.BATCH = count = read(arguments, "--orders", 50)
    with Registry(os.environ["OM_DB_CORE"]).cursor() as core_cr:
        core = confirm.prepare_shop(Environment(core_cr, env.uid, {}), size)
        ours = confirm.prepare_shop(env, size)
        confirm.switch_checks_on(ours.env, with_all=False)
        ours.company.use_order_management = True
        channel = env["order.channel"].create({"name": "Quiet", "code": "BENCH-Q", "quiet": True})
        env.flush_all()
        env.cr.commit()
        if "--stages" in arguments:
            show_stages(ours, count)
        elif "--lines" in arguments:
            show_lines(core, ours, read(arguments, "--lines", 2000), repetitions)
        else:
            show_ways(core, ours, channel, repetitions)


def show_ways(core, ours, channel, repetitions):
    count = len(ours.ids)
    turns = {
        "one by one": lambda: measure(core.env, lambda: bring_singly(core)),
        "core": lambda: measure(core.env, lambda: bring_by_core(core, core.ids)),
        "chatter": lambda: bring(ours, False),
        "quiet": lambda: bring(ours, channel.id),
    }
    spent = take_turns(turns, repetitions)
    title = f"Draft to shipped, invoiced, posted: {count} orders of 5 lines, {repetitions} rounds"
    table(title, headings("order", "one by one"), compare(spent, "one by one", count), [GOALS])


def bring_singly(shop):
    for order_id in shop.ids:
        shop.env.invalidate_all()
        bring_by_core(shop, [order_id])


def bring_by_core(shop, ids):
    orders = shop.env["sale.order"].browse(ids)
    orders.action_confirm()
    for picking in orders.picking_ids:
        picking.action_put_in_pack(package_name=f"PACK{picking.id}")
    orders.picking_ids.with_context(**CORE_CONTEXT).button_validate()
    orders._create_invoices(grouped=True).action_post()
    finish(orders)


def bring(shop, channel_id):
    shop.env.cr.execute(
        "UPDATE sale_order SET channel_id = %s WHERE id = ANY(%s)", [channel_id or None, shop.ids]
    )
    shop.env.invalidate_all()
    return measure(shop.env, lambda: [work() for _name, work in steps_of(shop)])


def steps_of(shop):
    """The steps of ours, by name."""
    orders = shop.env["sale.order"].browse(shop.ids)
    return (
        ("confirm and reserve", orders.process_orders),
        ("pack", lambda: pack(orders.picking_ids)),
        ("ship", lambda: orders.picking_ids.ship()),
        ("invoice and post", orders.invoice_orders),
        ("look", lambda: finish(orders)),
    )


def pack(pickings):
    pickings.move_line_ids.picked = True
    pickings.pack()


def finish(orders):
    """All of it is done, or the figures mean nothing."""
    orders.env.flush_all()
    orders.env.cr.precommit.run()
    pickings = orders.picking_ids
    done = set(pickings.mapped("state")) == {"done"} and all(
        len(picking.move_line_ids.result_package_id) == 1 for picking in pickings
    )
    posted = set(orders.invoice_ids.mapped("state")) == {"posted"}
    if not (done and posted and len(orders.invoice_ids) == len(orders)):
        raise RuntimeError("Not all of the orders were shipped in a parcel and invoiced.")


def show_stages(shop, count):
    rows = []

    def work():
        for name, step in steps_of(shop):
            shop.env.flush_all()
            watch = Stopwatch(shop.env.cr)
            step()
            shop.env.flush_all()
            shop.env.cr.precommit.run()
            spent = watch.read().per(count)
            rows.append((name, f"{spent.queries:.1f}", f"{spent.cpu:.1f}"))

    for _round in range(2):  # the first one warms up
        rows.clear()
        measure(shop.env, work)
    table(f"Steps of {count} orders", ("step", "queries / order", "CPU ms / order"), rows)


def show_lines(core, ours, lines, repetitions):
    """Transfers of ten lines each, reserved, validated in one call."""
    works = {}
    for name, shop in (("core", core), ("ours", ours)):
        env = shop.env(su=True)
        product = env["product.product"].search([("default_code", "=", "BENCH-00002")], limit=1)
        warehouse = env["stock.warehouse"].search([("company_id", "=", shop.company.id)], limit=1)
        pickings = make_transfers(env, warehouse, product, lines)
        pickings.action_assign()
        pickings.move_ids.picked = True
        works[name] = pickings

    def validate(name):
        pickings = works[name].with_context(**CORE_CONTEXT)
        pickings.button_validate() if name == "core" else works[name].ship()
        works[name].env.flush_all()
        if set(works[name].mapped("state")) != {"done"}:
            raise RuntimeError("Not all of the transfers were validated.")

    turns = {
        name: lambda name=name: measure(works[name].env, lambda: validate(name)) for name in works
    }
    spent = take_turns(turns, repetitions)
    title = f"{lines} lines in transfers of ten, validated in one call"
    table(title, headings("line", "core"), compare(spent, "core", lines))


if __name__ == "__main__":
    main(env, sys.argv[1:])
