import random
from contextlib import ExitStack, nullcontext
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.order_management.models.common.optional import has_model
from odoo.addons.order_management.models.promise.order_reserving_mixin import OrderReservingMixin

from .common import OrderManagementCase, plain


@tagged("post_install", "-at_install", "om_full")
class TestPromiseBulk(OrderManagementCase):
    """Orders confirmed together: what is reserved is what core would reserve, to the quant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["order.check"].search([]).mode = "off"
        cls.delivery = cls.warehouse.out_type_id
        cls.delivery.auto_batch = False
        stock = cls.warehouse.lot_stock_id
        cls.places = stock | cls.env["stock.location"].create(
            [{"name": f"Shelf {n}", "location_id": stock.id} for n in range(3)]
        )
        cls.places |= cls.env["stock.location"].create(
            {"name": "Box", "location_id": cls.places[1].id}
        )

    def setUp(self):
        super().setUp()
        self.grouped = 0  # moves that were not left to core

    # Goods

    def _create_goods(self, dice, count, odd=True):
        strategies = self.env["product.removal"].search([])
        categories = self.env["product.category"].create(
            [
                {
                    "name": method,
                    "removal_strategy_id": strategies.filtered_domain([("method", "=", method)])[
                        :1
                    ].id,
                }
                for method in ("fifo", "lifo", "closest", "least_packages", "fifo")
            ]
        )
        if not odd:
            categories = categories[0] | categories[4]
        lot_kinds = ["none"] * 8 + ["lot", "serial"] * odd
        products = self.env["product.product"]
        for number in range(count):
            item = self._create_product(
                f"OM-BULK-{number}",
                categ_id=dice.choice(categories).id,
                tracking=dice.choice(lot_kinds),
            )
            products |= item
            self._fill(item, dice, odd)
        return products

    def _fill(self, product, dice, with_odd):
        pallet = self.env["stock.package"].create({"name": f"P-{product.default_code}"})
        for number in range(dice.randint(0, 4)):
            lot = self.env["stock.lot"]
            if product.tracking != "none":
                lot = lot.create(
                    {"name": f"{product.default_code}/{number}", "product_id": product.id}
                )
            odd = dice.random() if with_odd else 0.5
            self.env["stock.quant"]._update_available_quantity(
                product,
                dice.choice(self.places),
                1
                if product.tracking == "serial"
                else dice.choice([1, 2, 5, 7.5, -1 if odd < 0.1 else 3]),
                lot_id=lot,
                package_id=pallet if odd < 0.1 else None,
                owner_id=self.customer if odd > 0.95 else None,
                in_date=fields.Datetime.from_string(f"2026-01-{dice.randint(1, 28):02} 10:00:00"),
            )

    def _create_orders_of(self, products, dice, count):
        dozen = self.env.ref("uom.product_uom_dozen")
        orders = self.env["sale.order"]
        for number in range(count):
            lines = [
                {
                    "product_id": product.id,
                    "product_uom_qty": dice.choice(
                        [1, 1, 2, 3, 0.5 if product.tracking == "none" else 1]
                    ),
                    **({"product_uom_id": dozen.id} if dice.random() < 0.05 else {}),
                }
                for product in dice.choices(products, k=dice.randint(1, 5))
            ]
            orders |= self._create_order(
                [],
                customer=self._create_customer(f"Customer {number}"),
                order_line=[Command.create(line) for line in lines],
                picking_policy=dice.choice(["direct", "one"]),
            )
        return orders

    # What is compared

    @freeze_time("2026-03-03 09:00:00")
    def _run(self, orders, grouped, again=False):
        """Confirm, tell what the database holds then, and take it back."""
        self.env.flush_all()
        self.env.invalidate_all()
        savepoint = self.env.cr.savepoint(flush=False)
        own = plain(orders)
        with ExitStack() as stack:
            if grouped:
                reserve = OrderReservingMixin._reserve_together

                def counted(moves):
                    looked_at = reserve(moves)
                    self.grouped += len(looked_at)
                    return looked_at

                stack.enter_context(patch.object(OrderReservingMixin, "_reserve_together", counted))
            else:  # nothing of ours: neither grouped, nor locked, nor put off
                stack.enter_context(
                    patch.object(
                        OrderReservingMixin,
                        "_reserving_together",
                        lambda moves, wanted=True: nullcontext(),
                    )
                )
                stack.enter_context(
                    patch.object(
                        OrderReservingMixin,
                        "_before_assign",
                        lambda moves, force_qty=False: moves.browse(),
                    )
                )
            own.action_confirm()
            if again:
                own.picking_ids.action_assign()
        self.env.flush_all()
        self.env.invalidate_all()
        state = self._read_state(own)
        savepoint.close(rollback=True)
        self.env.invalidate_all(flush=False)
        return state

    def _read_state(self, orders):
        products = orders.order_line.product_id
        quants = self.env["stock.quant"].search([("product_id", "in", products.ids)], order="id")
        moves = orders.picking_ids.move_ids.sorted("id")
        places = {picking.id: picking.sale_id.id for picking in orders.picking_ids}
        return {
            "quants": [
                (quant.id, quant.quantity, quant.reserved_quantity, quant.in_date)
                for quant in quants
            ],
            "moves": [
                (
                    move.sale_line_id.id,
                    move.product_id.id,
                    move.state,
                    move.quantity,
                    move.product_uom_qty,
                    move.picked,
                    move.location_id.id,
                    move.reservation_date,
                    move.procure_method,
                )
                for move in moves
            ],
            "lines": [
                (
                    move.sale_line_id.id,
                    line.product_id.id,
                    line.quantity,
                    line.quantity_product_uom,
                    line.product_uom_id.id,
                    line.location_id.id,
                    line.location_dest_id.id,
                    line.lot_id.id,
                    line.package_id.id,
                    line.result_package_id.id,
                    line.owner_id.id,
                    line.picked,
                    line.state,
                    places[line.picking_id.id],
                    line.company_id.id,
                )
                for move in moves
                for line in move.move_line_ids.sorted("id")
            ],
            "pickings": [
                (
                    places[picking.id],
                    picking.state,
                    picking.printed,
                    picking.move_type,
                    picking.scheduled_date,
                    picking.user_id.id,
                    picking.products_availability_state,
                    sorted(places.get(other.id, 0) for other in picking.batch_id.picking_ids),
                    picking.batch_id.state,
                    picking.batch_id.is_wave,
                )
                for picking in orders.picking_ids.sorted("id")
            ],
            "bought": sorted(
                (line.product_id.id, line.product_qty)
                for line in self.env["purchase.order.line"].search(
                    [("product_id", "in", products.ids)]
                )
            ),
            "orders": [
                (order.id, order.state, order.stage, order.delivery_status) for order in orders
            ],
            "messages": [len(order.message_ids) for order in orders]
            + [len(picking.message_ids) for picking in orders.picking_ids.sorted("id")],
        }

    def assertSameAsCore(self, orders, **options):
        core = self._run(orders, grouped=False, **options)
        ours = self._run(orders, grouped=True, **options)
        for name, rows in core.items():
            self.assertEqual(ours[name], rows, name)
        return ours

    def test_random_orders_are_reserved_as_core_does(self):
        for seed in range(7):
            with self.subTest(seed=seed):
                dice = random.Random(seed)
                products = self._create_goods(dice, 12)
                orders = self._create_orders_of(products, dice, 12)
                self.assertSameAsCore(orders, again=seed % 2)
        self.assertGreater(self.grouped, 25)

    def test_zones_are_emptied_as_one_by_one(self):
        """With zones that go first: grouped or not, the same quants are taken."""
        self.places[1].removal_priority = 2
        self.places[3].removal_priority = 1
        for seed in range(30, 33):
            with self.subTest(seed=seed):
                dice = random.Random(seed)
                products = self._create_goods(dice, 12)
                self.assertSameAsCore(self._create_orders_of(products, dice, 12))
        self.assertGreater(self.grouped, 7)

    def test_transfers_are_reserved_later_as_core_does(self):
        self.delivery.reservation_method = "manual"
        for seed in range(20, 23):
            with self.subTest(seed=seed):
                dice = random.Random(seed)
                products = self._create_goods(dice, 8)
                orders = self._create_orders_of(products, dice, 10)
                self.assertSameAsCore(orders, again=True)

    def test_what_is_short_is_bought_once(self):
        """Reordering rules are looked at when all is reserved: the same goods are ordered."""
        self.env["ir.config_parameter"].sudo().set_param("stock.no_auto_scheduler", False)
        vendor = self._create_customer("Vendor")
        for quantity in (1, 5):
            short = self._create_product(
                f"OM-BUY-{quantity}",
                stock=3,
                seller_ids=[Command.create({"partner_id": vendor.id, "price": 2.0})],
                route_ids=[Command.link(self.env.ref("purchase_stock.route_warehouse0_buy").id)],
            )
            self.env["stock.warehouse.orderpoint"].create(
                {
                    "product_id": short.id,
                    "product_min_qty": quantity,
                    "product_max_qty": 10,
                    "location_id": self.warehouse.lot_stock_id.id,
                }
            )
            orders = self.env["sale.order"].union(
                *(self._create_order([(short, 2), (self.product, 1)]) for _number in range(4))
            )
            ours = self.assertSameAsCore(orders)
            self.assertEqual(ours["bought"], [(short.id, 10 + 8 - 3)])

    def test_transfers_are_batched_as_core_does(self):
        """Batches of at most two transfers, and waves by product."""
        by_destination = {"batch_group_by_destination": True, "batch_max_pickings": 2}
        by_product = {"wave_group_by_product": True, "batch_max_lines": 3}
        for values, odd in (
            (by_destination, False),
            (by_destination, True),
            ({"batch_group_by_partner": True}, False),
            (by_product, False),  # core splits transfers with odd goods now so, now so
        ):
            with self.subTest(values=values, odd=odd):
                dice = random.Random(7)
                products = self._create_goods(dice, 8, odd=odd)
                orders = self._create_orders_of(products, dice, 9)
                self.delivery.write({"auto_batch": True, **values})
                self.assertSameAsCore(orders)
                self.delivery.write({"auto_batch": False, **dict.fromkeys(values, False)})
        self.assertGreater(self.grouped, 20)


@tagged("post_install", "-at_install", "om_lean")
class TestPromiseBulkQueries(OrderManagementCase):
    """What confirming and reserving many orders of five lines costs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        cls.warehouse.out_type_id.auto_batch = False
        cls.admin = cls.env.ref("base.user_admin")
        cls.goods = [cls._create_product(f"OM-Q{n}", stock=100000) for n in range(25)]

    @classmethod
    def _create_orders(cls, count):
        customers = [cls._create_customer(f"Customer {index}") for index in range(count)]
        return cls.env["sale.order"].union(
            *(
                cls._create_order(
                    [(cls.goods[(index * 5 + n) % 25], 1 + n) for n in range(5)], customer=customer
                )
                for index, customer in enumerate(customers)
            )
        )

    def _count(self, count, **values):
        orders = self._create_orders(count)
        orders.write(values)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        own = plain(orders.with_user(self.admin))
        rows = own.process_orders()
        self.env.flush_all()
        self.env.cr.precommit.run()
        spent = self.env.cr.sql_log_count - before
        self.assertEqual({row["outcome"] for row in rows}, {"confirmed"})
        self.assertEqual(set(own.picking_ids.mapped("state")), {"assigned"})
        return spent

    def test_with_chatter(self):
        """As the addon's goal says: 250 + 58 for each order, whatever their number."""
        self._count(2)  # what is read once and kept
        for count in (10, 40):
            self.assertLessEqual(self._count(count), 250 + 58 * count, count)

    def test_without_chatter(self):
        channel = self.env["order.channel"].create({"name": "Quiet", "code": "OM-Q", "quiet": True})
        each = 44 if has_model(self.env, "mrp.bom") else 40  # other modules ask for their own
        self._count(2, channel_id=channel.id)
        for count in (10, 40):
            queries = self._count(count, channel_id=channel.id)
            self.assertLessEqual(queries, 250 + each * count, count)
        orders = self.env["sale.order"].search([("channel_id", "=", channel.id)])
        self.assertFalse(orders.picking_ids.message_ids)
        self.assertFalse(orders.picking_ids.message_partner_ids)
        events = self.env["order.event"].search([("order_id", "in", orders.ids)])
        self.assertEqual(len(events.filtered(lambda event: event.kind == "confirmed")), 52)
