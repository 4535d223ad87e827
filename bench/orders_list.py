"""What the Orders list costs: its first page of 80 among all orders, against core's list.

Both are read as the web client reads them, with all fields of the view, hidden columns included.

``./dev bench orders_list [--small]``
"""

import sys

import dataset
from _measure import compare, headings, measure, table, take_turns
from lxml import etree

PAGE = 80
READS = 10  # in a round, each with empty caches
REPETITIONS = 7
OURS = "order_management.sale_order_view_list_order_management"
OPEN = [("stage", "not in", ("closed", "cancelled"))]
GOALS = "Goals (for information): ours against core: CPU at most 1.10, at most 3 queries more."


def main(env, arguments):
    size = dataset.SMALL if "--small" in arguments else dataset.Size()
    dataset.fill(env, size)
    env.cr.commit()
    orders = env(user=env.ref("base.user_admin").id)["sale.order"]
    sides = {
        "core": page_reader(orders, "sale.view_order_tree", []),
        "ours": page_reader(orders, OURS, []),
        "ours, open orders": page_reader(orders, OURS, OPEN),
    }
    spent = take_turns(sides, REPETITIONS)
    title = f"Orders list: {PAGE} of {size.orders:,} orders, {REPETITIONS} rounds"
    rows = compare(spent, "core", READS)
    notes = [f"Queries more are those of {READS} reads.", GOALS]
    table(title, headings("read", "core"), rows, notes)


def page_reader(orders, view, domain):
    """A function that measures reading the first page of a list view several times."""
    wanted = specification(orders, view)

    def read_pages():
        for _number in range(READS):
            orders.env.invalidate_all()
            page = orders.web_search_read(domain, wanted, limit=PAGE, count_limit=10_001)
            if len(page["records"]) != PAGE:
                raise RuntimeError(f"{view}: {len(page['records'])} orders were read.")

    return lambda: measure(orders.env, read_pages)


def specification(orders, view):
    """What the web client asks for to show a list view."""
    answer = orders.get_views([(orders.env.ref(view).id, "list")])
    names = answer["models"]["sale.order"]["fields"]
    tree = etree.fromstring(answer["views"]["list"]["arch"])
    described = orders.fields_get()
    return {
        node.get("name"): related(described[node.get("name")])
        for node in tree.iter("field")
        if node.get("name") in names
    }


def related(description):
    """The part of a specification for one field: names of linked records, and tags' colors."""
    if description["type"] == "many2one":
        return {"fields": {"display_name": {}}}
    if description["type"] in ("many2many", "one2many"):
        return {"fields": {}}
    return {}


if __name__ == "__main__":
    main(env, sys.argv[1:])
