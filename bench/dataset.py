"""A shop with a past: products, customers and three years of shipped orders, in seconds.

The ORM makes one row of each kind by real flows (product with stock, customer, order confirmed
and delivered), SQL clones them. Whatever the real rows hold, columns of addons included, the
clones hold too; only what must differ is listed here. All dates of a clone move with its order,
so that milestones keep their distance. Nothing is random: the same size and last day give the
same rows.

Left out: chatter, invoices (orders count as invoiced after a month, without a document), and the
events, slips and shipments of the addon.

As a bench (``./dev bench dataset``) it fills a database, checks it and tells what is in it.
"""

import sys
from contextlib import contextmanager
from typing import NamedTuple

from _measure import Stopwatch, table

from odoo import fields

TAKE = 100_000  # pieces of each product on hand
ZERO_WEEKS = 0.8  # share of weeks in which a sparse product isn't sold
ZERO_WEEKS_RATE = 0.2231  # sales a week that lead to it: -ln(ZERO_WEEKS)
LINES_PER_ORDER = 2  # on average; one to three
OPEN_DAYS = 30  # orders of the last days are not invoiced yet
SEASON = 0.45  # how far the best and the worst day of the year are from the average

CLONED = (
    "product_template",
    "product_product",
    "product_taxes_rel",
    "product_supplier_taxes_rel",
    "res_partner",
    "sale_order",
    "sale_order_line",
    "account_tax_sale_order_line_rel",
    "stock_picking",
    "stock_move",
    "stock_move_line",
    "stock_quant",
    "stock_reference",
    "stock_reference_sale_rel",
    "stock_reference_move_rel",
)


class Size(NamedTuple):
    """How much of each kind, the real one included."""

    products: int = 2_000
    customers: int = 5_000
    orders: int = 50_000
    days: int = 3 * 365

    @property
    def regular(self):
        """How many products sell all the time; the other half are sparse."""
        return self.products // 2

    @property
    def sparse_share(self):
        """The share of order lines that go to sparse products."""
        wanted = (self.products - self.regular) * self.days / 7 * ZERO_WEEKS_RATE
        return min(wanted / (self.orders * LINES_PER_ORDER), 0.5)


SMALL = Size(products=200, customers=300, orders=3_000)


def fill(env, size=None, last_day=None):
    """Fill the database of ``env`` with ``size`` of everything, the last order on ``last_day``.

    :param env: environment of a superuser; the caller commits
    :return dict: kind → the real record that was cloned
    """
    size = size or Size()
    real = make_real(env)
    env.flush_all()
    env.cr.precommit.run()
    plan_products(env.cr, size, real)
    plan_customers(env.cr, size)
    plan_orders(env.cr, size, real, last_day or fields.Date.today())
    plan_lines(env.cr, size)
    with unchecked_references(env.cr):
        clone_products(env.cr, real)
        clone_customers(env.cr, real)
        clone_orders(env.cr, real)
        clone_lines(env.cr, real)
        clone_stock(env.cr, real)
    move_sequences(env, size, real)
    env.cr.execute("ANALYZE")
    env.invalidate_all()
    return real


# ---------------------------------------------------------------------------------------------
# One real row of each kind
# ---------------------------------------------------------------------------------------------


def make_real(env):
    """One product with stock, one customer and one shipped order, as a user would make them."""
    company = env.company
    if "use_order_management" in company._fields:
        company.use_order_management = True
        company.order_check_mode = "on"
    product = make_product(env)
    customer = make_customer(env)
    order = env["sale.order"].create(
        {
            "partner_id": customer.id,
            "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 1})],
        }
    )
    order.action_confirm()
    order.picking_ids.button_validate()
    if order.picking_ids.state != "done":
        raise RuntimeError(f"The real order was not shipped: {order.state}, {order.picking_ids}")
    return {"product": product, "customer": customer, "order": order}


def make_product(env):
    product = env["product.product"].create(
        {
            "name": "Bench item 1",
            "default_code": "BENCH-00001",
            "is_storable": True,
            "list_price": 20,
            "standard_price": 12,
            "weight": 0.5,
        }
    )
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    env["stock.quant"].with_context(inventory_mode=True).create(
        {
            "product_id": product.id,
            "location_id": warehouse.lot_stock_id.id,
            "inventory_quantity": TAKE + 1,  # one of it is shipped right away
        }
    ).action_apply_inventory()
    return product


def make_customer(env):
    country = env.company.country_id or env.ref("base.us")
    return env["res.partner"].create(
        {
            "name": "Bench customer 1",
            "ref": "BENCH-C00001",
            "email": "customer1@bench.example",
            "street": "1 Bench Street",
            "city": "New York",
            "zip": "10001",
            "state_id": env.ref("base.state_us_27").id if country.code == "US" else False,
            "country_id": country.id,
            "is_company": True,
        }
    )


# ---------------------------------------------------------------------------------------------
# Plans: temporary tables with the ids of the clones and what differs between them
# ---------------------------------------------------------------------------------------------


def plan(cr, name, query, values=None):
    """A temporary table ``name`` of what ``query`` selects."""
    cr.execute(f"DROP TABLE IF EXISTS {name}")
    cr.execute(f"CREATE TEMPORARY TABLE {name} AS {query}", values)
    cr.execute(f"ANALYZE {name}")


def dice(number, throw):
    """SQL for an evenly spread share in [0, 1) that depends on ``number`` and ``throw`` alone."""
    return f"((hashint8extended({number}, {throw}) & 4294967295) / 4294967296::float8)"


def reserve(cr, name, count):
    """Take ``count`` ids of a table; the first is the answer + 1."""
    cr.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [name])
    base = cr.fetchone()[0]
    cr.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [name, base + count])
    return base


def plan_products(cr, size, real):
    """Numbers 2 to ``size.products``; 1 is the real one, which is planned too but not cloned."""
    plan(
        cr,
        "bench_product",
        """
        SELECT n, %(template)s + n AS template_id, %(product)s + n AS id,
               'Bench item ' || n AS name, 'BENCH-' || lpad(n::text, 5, '0') AS code,
               (5 + n %% 96)::numeric AS price
          FROM generate_series(2, %(count)s) AS n
         UNION ALL
        SELECT 1, %(real_template)s, %(real_product)s, 'Bench item 1', 'BENCH-00001', 20
        """,
        {
            "count": size.products,
            "template": reserve(cr, "product_template", size.products),
            "product": reserve(cr, "product_product", size.products),
            "real_template": real["product"].product_tmpl_id.id,
            "real_product": real["product"].id,
        },
    )


def plan_customers(cr, size):
    plan(
        cr,
        "bench_customer",
        "SELECT n, %s + n AS id, 'Bench customer ' || n AS name FROM generate_series(2, %s) AS n",
        [reserve(cr, "res_partner", size.customers), size.customers],
    )


def plan_orders(cr, size, real, last_day):
    """Spread the orders over the days: more before Christmas, fewer at weekends and in summer."""
    plan(
        cr,
        "bench_day",
        """
        SELECT day, floor(%(orders)s * (upto - weight) / total) AS first,
               floor(%(orders)s * upto / total) AS next
          FROM (
            SELECT day, weight, sum(weight) OVER (ORDER BY day) AS upto,
                   sum(weight) OVER () AS total
              FROM (
                SELECT day::date,
                       (1 + %(season)s * cos(2 * pi() * (extract(doy FROM day) - 340) / 365.25))
                       * CASE WHEN extract(isodow FROM day) > 5 THEN 0.5 ELSE 1.0 END AS weight
                  FROM generate_series(
                    %(last)s::date - %(days)s + 1, %(last)s::date, interval '1 day'
                  ) AS day
              ) AS weights
          ) AS sums
        """,
        {"orders": size.orders - 1, "season": SEASON, "last": last_day, "days": size.days},
    )
    plan(
        cr,
        "bench_order",
        f"""
        SELECT i.n, %(order)s + i.n AS id, %(picking)s + i.n AS picking_id,
               %(reference)s + i.n AS reference_id,
               %(prefix)s || to_char(%(number)s + i.n, 'FM999999999900000') AS name,
               %(picking_prefix)s || to_char(%(picking_number)s + i.n, 'FM999999999900000')
                   AS picking_name,
               c.id AS partner_id,
               day + interval '6 hours' + {dice("i.n", 1)} * interval '12 hours'
                   - %(date)s::timestamp AS shift,
               day <= %(last)s::date - {OPEN_DAYS} AS invoiced,
               1 + floor({dice("i.n", 2)} * (2 * %(lines)s - 1))::int AS lines
          FROM bench_day
         CROSS JOIN generate_series(first::int + 1, next::int) AS i (n)
          JOIN bench_customer c
            ON c.n = 2 + floor({dice("i.n", 3)} ^ 2 * (SELECT count(*) FROM bench_customer))
        """,
        {
            "lines": LINES_PER_ORDER,
            "order": reserve(cr, "sale_order", size.orders),
            "picking": reserve(cr, "stock_picking", size.orders),
            "reference": reserve(cr, "stock_reference", size.orders),
            "date": real["order"].date_order,
            "last": last_day,
            **numbers_of(real["order"].name, ""),
            **numbers_of(real["order"].picking_ids.name, "picking_"),
        },
    )


def numbers_of(name, key):
    """The prefix of a name and its number at the end."""
    digits = name[len(name.rstrip("0123456789")) :]
    return {f"{key}prefix": name.removesuffix(digits), f"{key}number": int(digits)}


def plan_lines(cr, size):
    """One to three lines an order; half of the products are sparse, the rest sell by a curve."""
    cr.execute("SELECT sum(lines) FROM bench_order")
    count = cr.fetchone()[0]
    plan(
        cr,
        "bench_line",
        f"""
        SELECT l.n, %(line)s + l.n AS id, %(move)s + l.n AS move_id,
               %(move_line)s + l.n AS move_line_id, l.order_id, l.picking_id, l.picking_name,
               l.order_name, l.reference_id, l.partner_id, l.shift, l.invoiced, l.sequence,
               p.id AS product_id, '[' || p.code || '] ' || p.name AS name, p.price,
               l.quantity, l.quantity * p.price AS subtotal
          FROM (
            SELECT k.n, k.order_id, k.picking_id, k.picking_name, k.order_name, k.reference_id,
                   k.partner_id, k.shift, k.invoiced, k.sequence,
                   1 + floor({dice("k.n", 4)} ^ 3 * 5)::int AS quantity,
                   CASE WHEN {dice("k.n", 5)} < %(sparse_share)s
                        THEN 1 + %(regular)s + floor({dice("k.n", 6)} * %(sparse)s)
                        ELSE 1 + floor({dice("k.n", 6)} ^ 2 * %(regular)s) END AS product
              FROM (
                SELECT row_number() OVER (ORDER BY o.n, i) AS n, o.id AS order_id, o.picking_id,
                       o.picking_name, o.name AS order_name, o.reference_id, o.partner_id,
                       o.shift, o.invoiced, 9 + i AS sequence
                  FROM bench_order o, generate_series(1, o.lines) AS i
              ) AS k
          ) AS l
          JOIN bench_product p ON p.n = l.product
        """,
        {
            "regular": size.regular,
            "sparse": size.products - size.regular,
            "sparse_share": size.sparse_share,
            "line": reserve(cr, "sale_order_line", count),
            "move": reserve(cr, "stock_move", count),
            "move_line": reserve(cr, "stock_move_line", count),
        },
    )


# ---------------------------------------------------------------------------------------------
# Clones
# ---------------------------------------------------------------------------------------------


@contextmanager
def unchecked_references(cr):
    """Where the role may, leave foreign keys unchecked: that takes more than half of the time."""
    cr.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    allowed = cr.fetchone()[0]
    if allowed:
        cr.execute("SET LOCAL session_replication_role = replica")
    yield
    if allowed:
        cr.execute("SET LOCAL session_replication_role = DEFAULT")


def clone(cr, name, where, rows, changes, shifted=False):
    """Insert into table ``name`` a copy of its row ``where`` for each row of a plan.

    :param str where: SQL that picks the real row, as ``s``
    :param str rows: the plan, as ``p``, perhaps with a condition
    :param dict changes: column → SQL for its value, from ``s`` and ``p``
    :param bool shifted: move all dates and times by the plan's ``shift``
    """
    cr.execute(
        """
        SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
         WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        """,
        [name],
    )
    values = {}
    for column, kind in cr.fetchall():
        value = f's."{column}"'
        if shifted and kind in ("date", "timestamp without time zone"):
            value = f"({value} + p.shift)::{kind}"
        values[f'"{column}"'] = changes.get(column, value)
    cr.execute(
        f"""
        INSERT INTO {name} ({", ".join(values)})
        SELECT {", ".join(values.values())} FROM {name} s, {rows} WHERE {where} ORDER BY p.n
        """
    )


def once_invoiced(then, otherwise):
    """SQL for a value that depends on whether the order counts as invoiced."""
    return f"CASE WHEN p.invoiced THEN {then} ELSE {otherwise} END"


def in_each_language(column, value):
    """A translated column, or one that each company has its own of, with ``value`` for all."""
    return f"(SELECT jsonb_object_agg(key, {value}) FROM jsonb_each(s.{column}))"


def clone_products(cr, real):
    product = real["product"]
    rows = "(SELECT * FROM bench_product WHERE n > 1) p"
    clone(
        cr,
        "product_template",
        f"s.id = {product.product_tmpl_id.id}",
        rows,
        {
            "id": "p.template_id",
            "name": in_each_language("name", "p.name"),
            "default_code": "p.code",
            "list_price": "p.price",
        },
    )
    cost = in_each_language("standard_price", "round(p.price * 0.6, 2)")
    clone(
        cr,
        "product_product",
        f"s.id = {product.id}",
        rows,
        {
            "id": "p.id",
            "product_tmpl_id": "p.template_id",
            "default_code": "p.code",
            "standard_price": cost,
        },
    )
    for relation in ("product_taxes_rel", "product_supplier_taxes_rel"):
        where = f"s.prod_id = {product.product_tmpl_id.id}"
        clone(cr, relation, where, rows, {"prod_id": "p.template_id"})


def clone_customers(cr, real):
    clone(
        cr,
        "res_partner",
        f"s.id = {real['customer'].id}",
        "bench_customer p",
        {
            "id": "p.id",
            "commercial_partner_id": "p.id",
            "name": "p.name",
            "complete_name": "p.name",
            "commercial_company_name": "p.name",
            "ref": "'BENCH-C' || lpad(p.n::text, 5, '0')",
            "email": "'customer' || p.n || '@bench.example'",
            "email_normalized": "'customer' || p.n || '@bench.example'",
            "street": "p.n || ' Bench Street'",
        },
    )


def clone_orders(cr, real):
    """Orders, their transfers and the references that tie the two."""
    order = real["order"]
    reference = order.stock_reference_ids
    rate = f"{order.amount_tax / order.amount_untaxed:.6f}"
    rows = f"""
        (SELECT o.*, t.untaxed, t.tax FROM bench_order o JOIN (
            SELECT order_id, sum(subtotal) AS untaxed, sum(round(subtotal * {rate}, 2)) AS tax
              FROM bench_line GROUP BY order_id
        ) t ON t.order_id = o.id) p
    """
    clone(
        cr,
        "sale_order",
        f"s.id = {order.id}",
        rows,
        {
            "id": "p.id",
            "name": "p.name",
            "partner_id": "p.partner_id",
            "partner_invoice_id": "p.partner_id",
            "partner_shipping_id": "p.partner_id",
            "invoice_status": once_invoiced("'invoiced'", "s.invoice_status"),
            "amount_untaxed": "p.untaxed",
            "amount_tax": "p.tax",
            "amount_total": "p.untaxed + p.tax",
        },
        shifted=True,
    )
    clone(
        cr,
        "stock_picking",
        f"s.id = {order.picking_ids.id}",
        "bench_order p",
        {
            "id": "p.picking_id",
            "name": "p.picking_name",
            "origin": "p.name",
            "sale_id": "p.id",
            "partner_id": "p.partner_id",
        },
        shifted=True,
    )
    names = {"id": "p.reference_id", "name": "p.name"}
    clone(cr, "stock_reference", f"s.id = {reference.id}", "bench_order p", names, shifted=True)
    ties = {"reference_id": "p.reference_id", "sale_id": "p.id"}
    clone(cr, "stock_reference_sale_rel", f"s.sale_id = {order.id}", "bench_order p", ties)


def clone_lines(cr, real):
    """Order lines with their taxes, moves and transfer lines."""
    line = real["order"].order_line
    move = line.move_ids
    clone(
        cr,
        "sale_order_line",
        f"s.id = {line.id}",
        "bench_line p",
        prepare_line_changes(line),
        shifted=True,
    )
    taxes = {"sale_order_line_id": "p.id"}
    where = f"s.sale_order_line_id = {line.id}"
    clone(cr, "account_tax_sale_order_line_rel", where, "bench_line p", taxes)
    quantities = ("product_qty", "product_uom_qty", "quantity", "packaging_uom_qty")
    clone(
        cr,
        "stock_move",
        f"s.id = {move.id}",
        "bench_line p",
        {
            "id": "p.move_id",
            "sale_line_id": "p.id",
            "picking_id": "p.picking_id",
            "product_id": "p.product_id",
            "partner_id": "p.partner_id",
            "origin": "p.order_name",
            "reference": "p.picking_name",
            "value": "round(p.price * 0.6, 2) * p.quantity",
            "weight": "s.weight * p.quantity",
            **dict.fromkeys(quantities, "p.quantity"),
        },
        shifted=True,
    )
    ties = {"reference_id": "p.reference_id", "move_id": "p.move_id"}
    clone(cr, "stock_reference_move_rel", f"s.move_id = {move.id}", "bench_line p", ties)
    clone(
        cr,
        "stock_move_line",
        f"s.id = {move.move_line_ids.id}",
        "bench_line p",
        {
            "id": "p.move_line_id",
            "move_id": "p.move_id",
            "picking_id": "p.picking_id",
            "product_id": "p.product_id",
            "quantity": "p.quantity",
            "quantity_product_uom": "p.quantity",
        },
        shifted=True,
    )


def prepare_line_changes(line):
    rate = f"{line.price_tax / line.price_subtotal:.6f}"
    tax = f"round(p.subtotal * {rate}, 2)"
    return {
        "id": "p.id",
        "order_id": "p.order_id",
        "order_partner_id": "p.partner_id",
        "sequence": "p.sequence",
        "product_id": "p.product_id",
        "name": "p.name",
        **dict.fromkeys(("product_uom_qty", "qty_delivered"), "p.quantity"),
        "invoice_status": once_invoiced("'invoiced'", "s.invoice_status"),
        "qty_invoiced": once_invoiced("p.quantity", "0"),
        "qty_to_invoice": once_invoiced("0", "p.quantity"),
        "untaxed_amount_invoiced": once_invoiced("p.subtotal", "0"),
        "untaxed_amount_to_invoice": once_invoiced("0", "p.subtotal"),
        **dict.fromkeys(("price_unit", "technical_price_unit", "price_reduce_taxexcl"), "p.price"),
        "price_subtotal": "p.subtotal",
        "price_tax": tax,
        "price_total": f"p.subtotal + {tax}",
        "price_reduce_taxinc": f"(p.subtotal + {tax}) / p.quantity",
    }


def clone_stock(cr, real):
    """What came in on the first day, and what lies where now."""
    product = real["product"]
    cr.execute("SELECT count(*) FROM bench_product")
    count = cr.fetchone()[0]
    plan(
        cr,
        "bench_stock",
        f"""
        SELECT p.n, p.id AS product_id, round(p.price * 0.6, 2) AS cost, sold,
               sold + {TAKE} AS taken, %(move)s + p.n AS move_id, %(line)s + p.n AS move_line_id,
               (SELECT min(shift) FROM bench_order) - interval '1 day' AS shift
          FROM (SELECT b.n, b.id, b.price, coalesce(sum(l.quantity), 0) AS sold
                  FROM bench_product b LEFT JOIN bench_line l ON l.product_id = b.id
                 GROUP BY b.n, b.id, b.price) p
        """,
        {
            "move": reserve(cr, "stock_move", count),
            "line": reserve(cr, "stock_move_line", count),
        },
    )
    move_taking(cr, product)
    place_stock(cr, product)


def move_taking(cr, product):
    """Clone the inventory of the real product, with enough for all that was sold since."""
    move = product.stock_move_ids.filtered("is_inventory")
    rows = "(SELECT * FROM bench_stock WHERE n > 1) p"
    quantities = ("product_qty", "product_uom_qty", "quantity", "packaging_uom_qty")
    clone(
        cr,
        "stock_move",
        f"s.id = {move.id}",
        rows,
        {
            "id": "p.move_id",
            "product_id": "p.product_id",
            "value": "p.cost * p.taken",
            "weight": "s.weight / s.product_qty * p.taken",
            **dict.fromkeys(quantities, "p.taken"),
        },
        shifted=True,
    )
    clone(
        cr,
        "stock_move_line",
        f"s.id = {move.move_line_ids.id}",
        rows,
        {
            "id": "p.move_line_id",
            "move_id": "p.move_id",
            "product_id": "p.product_id",
            **dict.fromkeys(("quantity", "quantity_product_uom"), "p.taken"),
        },
        shifted=True,
    )


def place_stock(cr, product):
    """Quants of the clones at the three places; more of the real product left and came in."""
    sold = "(SELECT sold FROM bench_stock WHERE n = 1)"
    for usage, quantity, change in (
        ("internal", TAKE, "0"),
        ("customer", "p.sold", sold),
        ("inventory", "-p.taken", f"-{sold}"),
    ):
        quant = product.stock_quant_ids.filtered(
            lambda q, usage=usage: q.location_id.usage == usage
        )
        base = reserve(cr, "stock_quant", product.search_count([]) + 1)
        where = f"s.id = {quant.id}"
        rows = "(SELECT * FROM bench_stock WHERE n > 1) p"
        changes = {"id": f"{base} + p.n", "product_id": "p.product_id", "quantity": str(quantity)}
        clone(cr, "stock_quant", where, rows, changes, shifted=True)
        cr.execute(f"UPDATE stock_quant SET quantity = quantity + {change} WHERE id = {quant.id}")
    taking = product.stock_move_ids.filtered("is_inventory")
    for name, move, columns in (
        ("stock_move", taking, ("product_qty", "product_uom_qty", "quantity", "packaging_uom_qty")),
        ("stock_move_line", taking.move_line_ids, ("quantity", "quantity_product_uom")),
    ):
        more = ", ".join(f"{column} = {column} + {sold}" for column in columns)
        cr.execute(f"UPDATE {name} SET {more} WHERE id = {move.id}")


def move_sequences(env, size, real):
    """Let the next order and transfer be numbered after the clones."""
    order = env["ir.sequence"].search([("code", "=", "sale.order")], limit=1)
    transfer = real["order"].picking_ids.picking_type_id.sequence_id
    for sequence, name in ((order, real["order"].name), (transfer, real["order"].picking_ids.name)):
        sequence.number_next_actual = numbers_of(name, "")["number"] + size.orders
    env.flush_all()


# ---------------------------------------------------------------------------------------------
# Does it hold together?
# ---------------------------------------------------------------------------------------------


def check(env, size, real):
    """Compare what the ORM reads with what the plan says.

    :return list: (what, expected, found) of everything that was looked at
    :raises RuntimeError: something differs
    """
    facts = [
        *count_rows(env, size),
        *look_for_loose_ends(env),
        *look_at_samples(env, size),
        *try_next_order(env, size, real),
    ]
    wrong = [fact for fact in facts if fact[1] != fact[2]]
    if wrong:
        raise RuntimeError(f"The data set doesn't hold together: {wrong}")
    return facts


def count_rows(env, size):
    shipped = [("state", "=", "sale"), ("delivery_status", "=", "full")]
    customers = env["res.partner"].search_count([("ref", "=like", "BENCH-C%")])
    products = env["product.product"].search_count([("default_code", "=like", "BENCH-%")])
    lines = env["sale.order.line"].search_count([])
    sold = env["sale.order.line"]._read_group([], [], ["qty_delivered:sum", "price_total:sum"])[0]
    totals = env["sale.order"]._read_group([], [], ["amount_total:sum"])[0]
    shipments = [("sale_line_id", "!=", False), ("state", "=", "done")]
    left = env["stock.move"]._read_group(shipments, [], ["quantity:sum", "__count"])[0]
    at_customers = [("location_id.usage", "=", "customer")]
    there = env["stock.quant"]._read_group(at_customers, [], ["quantity:sum"])[0]
    everything = env["stock.quant"]._read_group([], [], ["quantity:sum"])[0]
    return [
        ("products", size.products, products),
        ("customers", size.customers, customers),
        ("shipped orders", size.orders, env["sale.order"].search_count(shipped)),
        ("moves for lines", lines, left[1]),
        ("pieces moved", sold[0], left[0]),
        ("pieces at customers", sold[0], there[0]),
        ("pieces in all places", 0.0, everything[0]),
        ("money on lines", round(totals[0], 2), round(sold[1], 2)),
    ]


def look_for_loose_ends(env):
    """Links of the cloned tables that lead nowhere."""
    env.cr.execute(
        """
        SELECT conrelid::regclass::text, confrelid::regclass::text, a.attname
          FROM pg_constraint
          JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
         WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
        """,
        [list(CLONED)],
    )
    for name, target, column in env.cr.fetchall():
        env.cr.execute(
            f"""
            SELECT count(*) FROM {name} s
             WHERE "{column}" IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM {target} t WHERE t.id = s."{column}")
            """
        )
        yield f"{name}.{column} loose", 0, env.cr.fetchone()[0]


def look_at_samples(env, size):
    """A few orders and products as core would compute them anew."""
    orders = env["sale.order"].search([], order="id")[:: max(size.orders // 5, 1)]
    orders.order_line.product_id.mapped("name")
    for order in orders:
        stored = order.amount_total, sum(order.order_line.mapped("qty_delivered"))
        order._compute_amounts()
        order.order_line._compute_qty_delivered()
        again = order.amount_total, sum(order.order_line.mapped("qty_delivered"))
        yield f"{order.name} computed again", stored, again
        transfer = order.picking_ids
        moved = transfer.state, transfer.partner_id, sum(transfer.move_ids.mapped("quantity"))
        yield f"{order.name} transfer", ("done", order.partner_id, stored[1]), moved
        yield f"{order.name} references", order, order.stock_reference_ids.sale_ids
    products = env["product.product"].search([("default_code", "=like", "BENCH-%")], order="id")
    for product in products[:: max(size.products // 3, 1)]:
        yield f"{product.default_code} on hand", float(TAKE), product.qty_available
        yield f"{product.default_code} free", float(TAKE), product.free_qty
        found = products.browse([key for key, _name in product.name_search(product.default_code)])
        yield f"{product.default_code} by code", product, found


def try_next_order(env, size, real):
    """One more order goes through, and is numbered after the clones."""
    savepoint = env.cr.savepoint()
    order = real["order"].copy()
    order.action_confirm()
    number = numbers_of(real["order"].name, "")["number"] + size.orders
    facts = [
        ("next order's number", number, numbers_of(order.name, "")["number"]),
        ("next order's transfer", "assigned", order.picking_ids.state),
    ]
    env.flush_all()
    savepoint.close(rollback=True)
    return facts


def describe_demand(env, size):
    """How the demand looks: (what, figure)."""
    env.cr.execute(
        """
        SELECT 1 - count(DISTINCT (product_id, floor(extract(epoch FROM shift) / 604800)))
                   / (%(sparse)s * %(days)s / 7.0)
          FROM bench_line
         WHERE product_id IN (SELECT id FROM bench_product WHERE n > %(regular)s)
        """,
        {"sparse": size.products - size.regular, "days": size.days, "regular": size.regular},
    )
    zero_weeks = env.cr.fetchone()[0]
    env.cr.execute(
        """
        WITH months AS (
            SELECT sum(next - first) / count(*) AS a_day FROM bench_day
             GROUP BY extract(month FROM day)
        ) SELECT max(a_day) / min(a_day), (SELECT count(*) FROM bench_line) FROM months
        """
    )
    season, lines = env.cr.fetchone()
    return [
        ("order lines", f"{lines:,}"),
        ("weeks without sale, sparse half of the products", f"{zero_weeks:.0%}"),
        ("best month against worst month", f"{season:.1f}"),
    ]


def main(env, arguments):
    size = SMALL if "--small" in arguments else Size()
    watch = Stopwatch(env.cr)
    real = fill(env, size)
    spent = watch.read()
    env.cr.commit()
    facts = check(env, size, real)
    rows = [(what, f"{found:,}") for what, _expected, found in facts[:3]]
    rows += describe_demand(env, size)
    rows += [("checks passed", len(facts)), ("seconds to fill (CPU)", f"{spent.cpu:.0f}")]
    table("Data set", ("what", "figure"), rows)


if __name__ == "__main__":
    main(env, sys.argv[1:])
