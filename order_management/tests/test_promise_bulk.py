import random
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.order_management.models.promise.order_reserving_mixin import OrderReservingMixin

from .common import OrderManagementCase, plain


@tagged("post_install", "-at_install")
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

    # Goods

    def _create_goods(self, dice, count):
        strategies = self.env["product.removal"].search([])
        categories = self.env["product.category"].create(
            [
                {"name": method, "removal_strategy_id": strategies.filtered_domain([("method", "=", method)])[:1].id}
                for method in ("fifo", "lifo", "closest", "least_packages", "fifo")
            ]
        )
        lot_kinds = ["none"] * 8 + ["lot", "serial"]
        products = self.env["product.product"]
        for number in range(count):
            product = self._create_product(
                f"OM-BULK-{number}",
                categ_id=dice.choice(categories).id,
                tracking=dice.choice(lot_kinds),
            )
            products |= product
            self._fill(product, dice)
        self._create_product("OM-BULK-SERVICE", type="service", is_storable=False)
        return products

    def _fill(self, product, dice):
        pallet = self.env["stock.package"].create({"name": f"P-{product.default_code}"})
        for number in range(dice.randint(0, 4)):
            lot = self.env["stock.lot"]
            if product.tracking != "none":
                lot = lot.create({"name": f"{product.default_code}/{number}", "product_id": product.id})
            odd = dice.random()
            self.env["stock.quant"]._update_available_quantity(
                product,
                dice.choice(self.places),
                1 if product.tracking == "serial" else dice.choice([1, 2, 5, 7.5, -1 if odd < 0.1 else 3]),
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
                    "product_uom_qty": dice.choice([1, 1, 2, 3, 0.5 if product.tracking == "none" else 1]),
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
        if grouped:
            with patch.object(
                OrderReservingMixin, "_reserve_together", autospec=True,
                side_effect=OrderReservingMixin._reserve_together,
            ) as reserve:
                own.action_confirm()
            self.assertTrue(reserve.called)
        else:
            with patch.object(OrderReservingMixin, "_reserve_together", lambda moves: moves.browse()):
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
                (quant.id, quant.quantity, quant.reserved_quantity, quant.in_date) for quant in quants
            ],
            "moves": [
                (
                    move.sale_line_id.id, move.product_id.id, move.state, move.quantity,
                    move.product_uom_qty, move.picked, move.location_id.id, move.reservation_date,
                    move.procure_method,
                )
                for move in moves
            ],
            "lines": [
                (
                    move.sale_line_id.id, line.product_id.id, line.quantity, line.quantity_product_uom,
                    line.product_uom_id.id, line.location_id.id, line.location_dest_id.id,
                    line.lot_id.id, line.package_id.id, line.result_package_id.id, line.owner_id.id,
                    line.picked, line.state, places[line.picking_id.id], line.company_id.id,
                )
                for move in moves
                for line in move.move_line_ids.sorted("id")
            ],
            "pickings": [
                (
                    places[picking.id], picking.state, picking.printed, picking.move_type,
                    picking.scheduled_date, picking.user_id.id, picking.products_availability_state,
                    sorted(places[other.id] for other in picking.batch_id.picking_ids),
                    picking.batch_id.state, picking.batch_id.is_wave,
                )
                for picking in orders.picking_ids.sorted("id")
            ],
            "bought": sorted(
                (line.product_id.id, line.product_qty)
                for line in self.env["purchase.order.line"].search(
                    [("product_id", "in", products.ids)]
                )
            ),
            "orders": [(order.id, order.state, order.stage, order.delivery_status) for order in orders],
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
        for seed in range(12):
            with self.subTest(seed=seed):
                dice = random.Random(seed)
                products = self._create_goods(dice, 12)
                orders = self._create_orders_of(products, dice, 12)
                self.assertSameAsCore(orders, again=seed % 2)

    def test_transfers_are_batched_as_core_does(self):
        """Batches of at most two transfers, and waves by product."""
        for values in (
            {"batch_group_by_destination": True, "batch_max_pickings": 2},
            {"batch_group_by_partner": True},
            {"wave_group_by_product": True, "batch_max_lines": 3},
        ):
            with self.subTest(values=values):
                dice = random.Random(7)
                products = self._create_goods(dice, 8)
                orders = self._create_orders_of(products, dice, 9)
                self.delivery.write({"auto_batch": True, **values})
                self.assertSameAsCore(orders)
                self.delivery.write({"auto_batch": False, **dict.fromkeys(values, False)})
