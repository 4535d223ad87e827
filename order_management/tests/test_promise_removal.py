from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.order_management.models.common.optional import has_field

from .common import OrderManagementCase

to_datetime = fields.Datetime.from_string


@tagged("post_install", "-at_install")
class TestPromiseRemoval(OrderManagementCase):
    """A zone that goes first is emptied first; the removal strategy decides within it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["order.check"].search([]).mode = "off"
        cls.warehouse.out_type_id.auto_batch = False
        stock = cls.warehouse.lot_stock_id
        cls.rack, cls.floor = cls.env["stock.location"].create(
            [{"name": name, "location_id": stock.id} for name in ("Rack", "Floor")]
        )
        cls.bin = cls.env["stock.location"].create({"name": "Bin", "location_id": cls.floor.id})

    def _put(self, product, location, quantity, day, **values):
        """Goods that came on a day of January 2026, in a lot that is taken out on ``removal``."""
        lot = self.env["stock.lot"]
        if product.tracking != "none":
            lot = lot.create({"product_id": product.id, **values})
        self.env["stock.quant"]._update_available_quantity(
            product,
            location,
            quantity,
            lot_id=lot,
            in_date=to_datetime(f"2026-01-{day:02} 08:00:00"),
        )
        return lot

    def _take(self, product, quantity, count=1):
        """Confirm an order of so much: the lines of its transfer, as they were reserved."""
        orders = self.env["sale.order"].union(
            *(self._create_order([(product, quantity)]) for _n in range(count))
        )
        self.as_role(orders, "clerk").process_orders()
        return orders.picking_ids.move_line_ids.sorted("id")

    def _read(self, lines):
        return [(line.location_id, line.quantity, line.removal_reason) for line in lines]

    def test_zone_first_and_oldest_within(self):
        """The rack holds older goods; the floor goes first, and its bin with it."""
        item = self._create_product("OM-ZONE")
        self._put(item, self.rack, 10, day=1)
        self._put(item, self.floor, 2, day=9)
        self._put(item, self.bin, 3, day=5)
        self.floor.removal_priority = 1
        fifo = self.env["product.removal"].search([("method", "=", "fifo")]).name
        first = f"Floor goes first (priority 1), {fifo}"
        expected = [(self.bin, 3, first), (self.floor, 2, first), (self.rack, 1, fifo)]
        self.assertEqual(self._read(self._take(item, 6)), expected)

    def test_orders_together_and_one_by_one_take_the_same(self):
        """Whether core reserves or a group is reserved at once."""
        self.rack.removal_priority = 2
        self.bin.removal_priority = 1
        taken = []
        for number in range(2):
            item = self._create_product(f"OM-ZONES-{number}")
            self._put(item, self.warehouse.lot_stock_id, 4, day=1)
            self._put(item, self.rack, 1, day=2)
            self._put(item, self.bin, 1, day=3)
            if number:
                lines = self._take(item, 1, count=4)
            else:
                lines = self.env["stock.move.line"].concat(
                    *(self._take(item, 1) for _n in range(4))
                )
            taken.append([line.location_id for line in lines])
        stock = self.warehouse.lot_stock_id
        self.assertEqual(taken, [[self.bin, self.rack, stock, stock]] * 2)

    def test_lots_that_run_out_first_within_the_zone(self):
        """C9: FEFO with two lots and a rule by zone."""
        if not has_field(self.env, "stock.lot", "removal_date"):
            self.skipTest("needs product_expiry")
        strategy = self.env["product.removal"].search([("method", "=", "fefo")])
        category = self.env["product.category"].create(
            {"name": "Fresh", "removal_strategy_id": strategy.id}
        )
        item = self._create_product(
            "OM-FRESH", tracking="lot", use_expiration_date=True, categ_id=category.id
        )
        dates = {"L-SOON": (self.rack, 10), "L-MID": (self.floor, 20), "L-LATE": (self.floor, 25)}
        lots = {}
        for name, (place, day) in dates.items():
            lots[name] = self._put(item, place, 2, day=1, name=name)
            when = to_datetime(f"2099-03-{day:02} 12:00:00")
            lots[name].write({"removal_date": when, "expiration_date": when})
        with self.subTest("without a rule the first to run out, wherever it lies"):
            lines = self._take(item, 1)
            self.assertEqual(lines.lot_id.name, "L-SOON")
            self.assertEqual(lines.removal_reason, f"{strategy.name}: 03/10/2099")
        with self.subTest("the zone first, and there the first to run out"):
            self.floor.removal_priority = 1
            lines = self._take(item, 3)
            self.assertEqual(
                [(line.lot_id.name, line.quantity) for line in lines],
                [("L-MID", 2), ("L-LATE", 1)],
            )
            self.assertEqual(
                lines[0].removal_reason,
                f"Floor goes first (priority 1), {strategy.name}: 03/20/2099",
            )

    def test_another_piece_by_hand_has_no_reason(self):
        item = self._create_product("OM-HAND")
        self._put(item, self.rack, 5, day=1)
        lines = self._take(item, 1)
        self.assertTrue(lines.removal_reason)
        lines.location_id = self.floor
        self.assertFalse(lines.removal_reason)

    def test_a_company_that_does_not_use_it(self):
        """There a priority acts on nothing."""
        item = self._create_product("OM-OFF")
        self._put(item, self.rack, 5, day=1)
        self._put(item, self.floor, 5, day=2)
        self.floor.removal_priority = 1
        self.company.use_order_management = False
        quants = self.env["stock.quant"]._gather(item, self.warehouse.lot_stock_id)
        self.assertEqual(quants.location_id[0], self.rack)

    def test_the_priority_of_a_location(self):
        """Typed in its form; it is never negative, and goes when the location goes."""
        with Form(self.floor) as form:
            form.removal_priority = 3
        priorities = self.env["stock.location"]._get_removal_priorities
        self.assertEqual(priorities().get(self.floor.id), 3)
        self.assertEqual(self.bin._get_removal_zone(), self.floor)
        self.assertFalse(self.rack._get_removal_zone())
        spare = self.env["stock.location"].create({"name": "Spare", "removal_priority": 2})
        self.assertIn(spare.id, priorities())
        spare.unlink()
        self.assertNotIn(spare.id, priorities())
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.floor.removal_priority = -1
            self.env.flush_all()
