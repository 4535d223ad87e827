import unittest
from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..models.common.optional import has_model
from ..models.reorder.demand_book import DemandBook
from .reorder_common import ReorderCase

MONDAY = date(2026, 1, 5)
TODAY = "2026-02-02 10:00:00"  # four weeks later


class DemandCase(ReorderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write({"count_held": False, "count_lost": False})

    def read_series(self, moment=TODAY, product=None, warehouse=None):
        """The series of a product at a moment."""
        pair = (product or self.item, warehouse or self.warehouse)
        self.env.flush_all()
        with freeze_time(moment):
            return DemandBook({pair: self.policy}).series[pair]

    def notes(self, series, kind):
        return [
            (note["date"], note["quantity"], note["reference"])
            for note in series.notes
            if note["kind"] == kind
        ]

    def on(self, day):
        return MONDAY + timedelta(days=day)

    def deliver(self, order, day):
        """Ship all of an order, step by step, on a day."""
        for _step in range(3):
            for picking in order.picking_ids.filtered(lambda one: one.state == "assigned"):
                picking.button_validate()
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done"})
        moment = datetime.combine(day, datetime.min.time()) + timedelta(hours=12)
        self._write_sql(order.picking_ids.move_ids, date=moment)

    def sell(self, product, quantity, day, **values):
        with freeze_time(datetime.combine(day, datetime.min.time())):
            order = self._create_order([(product, quantity)], **values)
            order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.deliver(order, day)
        return order


@tagged("post_install", "-at_install", "om_lean")
class TestReorderDemand(DemandCase):
    """What counts as demand, of which period and warehouse."""

    def test_nothing_moved(self):
        series = self.read_series()
        self.assertEqual(series[1:], ([], [], [], []))
        self.assertEqual(series.first_day, date(2026, 2, 2))

    def test_only_closed_periods(self):
        """What is sold today is of a period that is not over."""
        self._receive(self.item, MONDAY, 100)
        self._ship(self.item, self.on(24), 3)
        self._ship(self.item, self.on(28), 4)
        for period, first, quantities in (
            ("day", MONDAY, [0] * 24 + [3, 0, 0, 0]),
            ("week", MONDAY, [0, 0, 0, 3]),
            ("month", date(2026, 1, 1), [3 * 31 / 27]),  # 27 of 31 days: made up for
        ):
            self.policy.period = period
            with self.subTest(period=period):
                series = self.read_series()
                self.assertEqual(series.first_day, first)
                self.assertEqual(len(series.quantities), len(quantities))
                for found, expected in zip(series.quantities, quantities, strict=True):
                    self.assertAlmostEqual(found, expected)

    def test_days_are_cut_at_the_warehouses_midnight(self):
        """E13: +10, and across the change to summer time."""
        self.policy.period = "day"
        for zone, moments, expected in (
            ("Australia/Brisbane", ["2026-01-11 13:59", "2026-01-11 14:00"], [3, 5]),
            ("America/New_York", ["2026-01-12 04:59", "2026-01-12 05:00"], [3, 5]),
            ("UTC", ["2026-01-11 23:59", "2026-01-12 00:00"], [3, 5]),
        ):
            with self.subTest(zone=zone):
                self._clear(self.item)
                self.warehouse.partner_id.tz = zone
                self._receive(self.item, date(2026, 1, 10), 100)
                for moment, quantity in zip(moments, (3, 5), strict=True):
                    self._ship(self.item, datetime.fromisoformat(moment), quantity)
                series = self.read_series("2026-01-13 12:00:00")
                self.assertEqual(series.first_day, date(2026, 1, 10))
                self.assertEqual(series.quantities, [0, *expected])

    def test_today_is_the_warehouses_too(self):
        """At 15:00 UTC on Sunday it is Monday in Brisbane: the week is over there."""
        self._receive(self.item, MONDAY, 100)
        self._ship(self.item, self.on(1), 3)
        self.assertEqual(self.read_series("2026-01-11 15:00:00").quantities, [])
        self.warehouse.partner_id.tz = "Australia/Brisbane"
        self.assertEqual(self.read_series("2026-01-11 15:00:00").quantities, [3])

    def test_steps_count_once(self):
        """In two and three steps the last one alone is demand."""
        for steps in ("ship_only", "pick_ship", "pick_pack_ship"):
            with self.subTest(steps=steps):
                product = self._create_product(f"OM-{steps}")
                self._receive(product, MONDAY, 100)
                self.warehouse.delivery_steps = steps
                self.sell(product, 6, self.on(8))
                series = self.read_series(product=product)
                self.assertEqual(series.quantities, [0, 6, 0, 0])
                self.assertEqual(series.raw, [0, 6, 0, 0])
                self.assertEqual(series.available, [True] * 4)

    def test_units_are_the_products_own(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._receive(self.item, MONDAY, 100)
        stock = self.warehouse.lot_stock_id
        self._move(
            self.item, self.on(1), 2, stock, self.customer_place, product_uom=dozen.id
        )  # fmt: skip
        self.assertEqual(self.read_series().quantities, [24, 0, 0, 0])

    def test_what_is_no_demand(self):
        """Scrap, transfers within and between warehouses, and what goes back to a vendor."""
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        other.partner_id = self.warehouse.partner_id
        self._receive(self.item, MONDAY, 100)
        stock = self.warehouse.lot_stock_id
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": stock.id})
        loss = self.env["stock.location"].search([("usage", "=", "inventory")], limit=1)
        for place in (shelf, loss, self.supplier_place, other.lot_stock_id):
            self._move(self.item, self.on(1), 5, stock, place)
        self.assertEqual(self.read_series().raw, [0] * 4)
        self.assertEqual(self.read_series(warehouse=other).raw, [0] * 4)
        self._move(self.item, self.on(9), 2, other.lot_stock_id, self.customer_place)
        self.assertEqual(self.read_series().raw, [0] * 4)
        self.assertEqual(self.read_series(warehouse=other).raw, [0, 2, 0, 0])

    def test_a_place_for_losses_under_the_warehouse_is_outside(self):
        """What is scrapped there is no longer in stock: days without stock are found."""
        self.policy.period = "day"
        self._receive(self.item, MONDAY, 10)
        loss = self.env["stock.location"].create(
            {
                "name": "Loss",
                "usage": "inventory",
                "location_id": self.warehouse.view_location_id.id,
            }
        )
        self._move(self.item, self.on(1), 10, self.warehouse.lot_stock_id, loss)
        self.assertEqual(self.read_series("2026-01-09 10:00:00").available, [1, 1, 0, 0])

    def test_returns(self):
        """E12: of the period of the delivery, else of their own; never below 0; by policy."""
        self._receive(self.item, MONDAY, 100)
        sent = self._ship(self.item, self.on(1), 10)
        self._ship(self.item, self.on(15), 4)
        self._take_back(sent, self.on(16), 3)
        stock = self.warehouse.lot_stock_id
        self._move(self.item, self.on(17), 1, self.customer_place, stock)
        self._move(self.item, self.on(24), 9, self.customer_place, stock)
        series = self.read_series()
        self.assertEqual(series.quantities, [7, 0, 3, 0])
        self.assertEqual(series.raw, [10, 0, 4, 0])
        self.assertEqual(
            self.notes(series, "returned"),
            [("2026-01-05", 3, False), ("2026-01-19", 1, False)],
        )
        self.policy.returns = "gross"
        self.assertEqual(self.read_series().quantities, [10, 0, 4, 0])

    def test_a_return_of_a_delivery_before_the_history(self):
        self.policy.history_months = 1
        self._receive(self.item, date(2025, 11, 3), 100)
        sent = self._ship(self.item, date(2025, 11, 4), 10)
        self._ship(self.item, self.on(15), 4)
        self._take_back(sent, self.on(16), 3)
        series = self.read_series()
        self.assertEqual(series.first_day, date(2025, 12, 29))
        self.assertEqual(series.quantities, [0, 0, 0, 4, 0])

    def test_returns_through_the_wizard(self):
        self._receive(self.item, MONDAY, 100)
        order = self.sell(self.item, 6, self.on(1))
        wizard = self.env["stock.return.picking"].create({"picking_id": order.picking_ids.id})
        wizard.product_return_moves.quantity = 2
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.button_validate()
        self.assertEqual(back.state, "done")
        self._write_sql(back.move_ids, date=datetime.fromisoformat("2026-01-20 12:00"))
        self.assertEqual(self.read_series().quantities, [4, 0, 0, 0])

    def test_life_begins_with_the_first_movement(self):
        """E14: years before it are not there; a history that is older is not pro-rated."""
        self._receive(self.item, self.on(14), 100)
        self._ship(self.item, self.on(22), 5)
        series = self.read_series()
        self.assertEqual((series.first_day, series.quantities), (self.on(14), [0, 5]))
        self._receive(self.item, date(2019, 5, 1), 1)
        series = self.read_series()
        self.assertEqual(series.first_day, date(2021, 2, 1))  # 60 months; a Monday
        self.assertEqual(self.notes(series, "started"), [])

    def test_the_first_period_is_made_up_for(self):
        """E15: in stock since Wednesday, 5 of 7 days; since Friday less than half."""
        for day, quantities, available in (
            (0, [5, 1], [True, True]),
            (2, [7, 1], [True, True]),
            (4, [5, 1], [False, True]),
        ):
            with self.subTest(day=day):
                self._clear(self.item)
                self._receive(self.item, self.on(day), 100)
                self._ship(self.item, self.on(day), 5)
                self._ship(self.item, self.on(7), 1)
                series = self.read_series("2026-01-19 10:00:00")
                self.assertEqual(series.available, available)
                for found, expected in zip(series.quantities, quantities, strict=True):
                    self.assertAlmostEqual(found, expected)

    def test_queries_are_constant(self):
        counts, statements = [], []
        for count in (5, 50):
            products = self.env["product.product"].concat(
                *(self._create_product(f"OM-D-{count}-{n}") for n in range(count))
            )
            for product in products:
                self._set_stock(product, 5)
            pairs = {(product, self.warehouse): self.policy for product in products}
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            book = DemandBook(pairs)
            counts.append(self.env.cr.sql_log_count - before)
            statements.append(len(book.series))
        self.assertEqual(statements, [5, 50])
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install", "om_lean")
class TestReorderStockouts(DemandCase):
    """E10: days on which nothing could be sold."""

    def test_days_without_stock_are_masked(self):
        """Scenario 15: 30 days, 20 with 10 sold, then 10 without stock."""
        self.policy.period = "day"
        self._receive(self.item, MONDAY, 200)
        for day in range(20):
            self._ship(self.item, self.on(day), 10)
        series = self.read_series("2026-02-04 10:00:00")
        self.assertEqual(series.quantities, [10] * 20 + [0] * 10)
        self.assertEqual(series.available, [True] * 20 + [False] * 10)
        self.assertEqual(len(self.notes(series, "stockout")), 10)
        self.policy.mask_stockouts = False
        self.assertEqual(self.read_series("2026-02-04 10:00:00").available, [True] * 30)

    def test_a_part_of_a_week_is_made_up_for(self):
        """Sold out from Thursday to Sunday, or to Tuesday of the week after the next."""
        self._receive(self.item, MONDAY, 12)
        self._ship(self.item, self.on(3), 12)
        self._receive(self.item, self.on(7), 70)
        self._ship(self.item, self.on(8), 10)
        self._ship(self.item, self.on(11), 60)
        self._receive(self.item, self.on(23), 90)
        self._ship(self.item, self.on(24), 5)
        series = self.read_series()
        self.assertEqual(series.raw, [12, 70, 0, 5])
        self.assertEqual(series.available, [True, True, False, True])
        for found, expected in zip(
            series.quantities, [12 * 7 / 4, 70 * 7 / 5, 0, 5 * 7 / 5], strict=True
        ):
            self.assertAlmostEqual(found, expected)

    def test_shipped_below_zero_is_sold(self):
        """A product that never was there when a day ended is not one without stock."""
        for day in (0, 8, 16):
            self._ship(self.item, self.on(day), 5)
        series = self.read_series()
        self.assertEqual(series.quantities, [5, 5, 5, 0])
        self.assertEqual(series.available, [True] * 4)

    def test_to_order(self):
        """What comes in for an order and leaves on the same day."""
        self.policy.period = "day"
        for day in (0, 3, 9):
            self._receive(self.item, self.on(day), 5)
            self._ship(self.item, self.on(day), 5)
        series = self.read_series("2026-01-19 10:00:00")
        self.assertEqual(series.quantities, [5, 0, 0, 5] + [0] * 5 + [5] + [0] * 4)
        self.assertEqual(series.available, [True] * 14)

    def test_lost_demand_is_a_part_of_what_is_made_up_for(self):
        """12 in 4 of 7 days are 21 a week: 5 lost in the rest are among them, 15 are more."""
        self.policy.count_lost = True
        self._receive(self.item, MONDAY, 12)
        self._ship(self.item, self.on(3), 12)
        self._receive(self.item, self.on(7), 70)
        order = self._create_order([(self.item, 15)])
        self._write_sql(order, date_order="2026-01-09 10:00:00", state="cancel")
        for lost, expected in ((5, 21), (15, 27)):
            self._write_sql(order.order_line, short_cancelled_qty=lost)
            series = self.read_series()
            self.assertAlmostEqual(series.quantities[0], expected)
            self.assertEqual(self.notes(series, "lost"), [("2026-01-05", lost, order.name)])


@tagged("post_install", "-at_install", "om_lean")
class TestReorderOneOffs(DemandCase):
    """E11: orders that will not come again."""

    def history(self, others=5):
        self._receive(self.item, MONDAY, 9000)
        for day in range(others):
            self._ship(self.item, self.on(day), 10)

    def test_by_size(self):
        """A hundred times as large; it takes five others to know what is usual."""
        for others, expected in ((4, 1040), (5, 50)):
            with self.subTest(others=others):
                self._clear(self.item)
                self.history(others)
                self._ship(self.item, self.on(6), 1000)
                series = self.read_series()
                self.assertEqual(series.quantities[0], expected)
                self.assertEqual(series.raw[0], 1000 + 10 * others)
        self.policy.one_off_factor = 0
        self.assertEqual(self.read_series().quantities[0], 1050)

    def test_at_the_bound(self):
        for quantity, expected in ((99, 149), (100, 50)):
            with self.subTest(quantity=quantity):
                self._clear(self.item)
                self.history()
                self._ship(self.item, self.on(6), quantity)
                self.assertEqual(self.read_series().quantities[0], expected)

    def test_an_order_is_one_however_it_was_shipped(self):
        """60 this week and 60 the next are an order of 120."""
        self.history()
        order = self._create_order([(self.item, 120)])
        moves = self._ship(self.item, self.on(6), 60) | self._ship(self.item, self.on(8), 60)
        self.assertEqual(self.read_series().quantities, [110, 60, 0, 0])
        self._write_sql(moves, sale_line_id=order.order_line.id)
        series = self.read_series()
        self.assertEqual(series.quantities, [50, 0, 0, 0])
        self.assertEqual(
            self.notes(series, "one_off"),
            [("2026-01-05", 60, order.name), ("2026-01-12", 60, order.name)],
        )

    def test_marked_and_brought_back(self):
        """What comes back of an order that is set aside is not taken from the others."""
        self.history(2)
        order = self._create_order([(self.item, 12)])
        self.as_role(order, "clerk").is_one_off = True
        move = self._ship(self.item, self.on(3), 12)
        self._write_sql(move, sale_line_id=order.order_line.id)
        self._take_back(move, self.on(9), 12)
        series = self.read_series()
        self.assertEqual(series.quantities, [20, 0, 0, 0])
        self.assertEqual(self.notes(series, "one_off"), [("2026-01-05", 12, order.name)])
        self.assertEqual(self.notes(series, "returned"), [])
        self.assertFalse(order.copy().is_one_off)

    def test_held_orders_are_judged_too(self):
        self.policy.count_held = True
        self.history()
        orders = [self._create_order([(self.item, quantity)]) for quantity in (7, 100, 8)]
        for order in orders:
            self._write_sql(order, hold_state="held", date_order="2026-01-14 10:00:00")
        orders[2].is_one_off = True
        series = self.read_series()
        self.assertEqual(series.quantities, [50, 7, 0, 0])
        self.assertEqual([note[1] for note in self.notes(series, "one_off")], [108])
        self.assertEqual([note[1] for note in self.notes(series, "held")], [7])
        self._write_sql(orders[0], hold_state="none", state="cancel")
        self.assertEqual(self.read_series().quantities, [50, 0, 0, 0])


@tagged("post_install", "-at_install", "om_lean")
class TestReorderSuccession(DemandCase):
    """Products that take the place of others."""

    def test_a_chain(self):
        """A → B → C: C had the demand of both, B that of A, A its own."""
        second, third = (self._create_product(f"OM-{name}") for name in "BC")
        self.item.replaced_by_id, second.replaced_by_id = second, third
        self._receive(self.item, MONDAY, 100)
        self._ship(self.item, self.on(1), 5)
        self._receive(second, self.on(7), 100)
        self._ship(second, self.on(8), 6)
        self._receive(third, self.on(14), 100)
        self._ship(third, self.on(15), 7)
        with freeze_time(TODAY):
            pairs = {(one, self.warehouse): self.policy for one in (third, self.item, second)}
            book = DemandBook(pairs).series
        found = [book[one, self.warehouse] for one in (self.item, second, third)]
        self.assertEqual(
            [series.quantities for series in found], [[5, 0, 0, 0], [5, 6, 0, 0], [5, 6, 7, 0]]
        )
        self.assertEqual([series.first_day for series in found], [MONDAY] * 3)
        self.assertEqual(
            self.notes(found[2], "inherited"),
            [("2026-01-12", 6, second.display_name), ("2026-01-05", 5, self.item.display_name)],
        )

    def test_the_week_of_the_change_is_one_week(self):
        """The old one to Wednesday, the new one from Thursday: nothing is made up for."""
        new = self._create_product("OM-NEW")
        self.item.replaced_by_id = new
        self._receive(self.item, MONDAY, 14)
        self._ship(self.item, self.on(1), 7)
        self._ship(self.item, self.on(9), 7)
        self._receive(new, self.on(10), 100)
        self._ship(new, self.on(10), 8)
        series = self.read_series(product=new)
        self.assertEqual(series.quantities, [7, 15, 0, 0])
        self.assertEqual(series.available, [True] * 4)
        self.assertEqual(self.notes(series, "started"), [])

    def test_days_on_which_neither_was_there(self):
        new = self._create_product("OM-NEW")
        self.item.replaced_by_id = new
        self._receive(self.item, MONDAY, 7)
        self._ship(self.item, self.on(1), 7)
        self._receive(new, self.on(16), 100)
        series = self.read_series(product=new)
        self.assertEqual(series.available, [False, False, True, True])

    def test_archived_and_never_sold_itself(self):
        new = self._create_product("OM-NEW")
        self.item.replaced_by_id = new
        self._receive(self.item, MONDAY, 100)
        self._ship(self.item, self.on(1), 7)
        self.item.active = False
        self.assertEqual(self.read_series(product=new).quantities, [7, 0, 0, 0])

    def test_a_product_without_variants(self):
        """Its form, that of the template, says it too; with variants each has its own."""
        new = self._create_product("OM-NEW")
        self.users["manager"].group_ids += self.env.ref("product.group_product_manager")
        with Form(self.as_role(self.item.product_tmpl_id, "manager")) as form:
            form.replaced_by_id = new
        self.assertEqual(self.item.replaced_by_id, new)
        made = self.env["product.template"].create({"name": "Made", "replaced_by_id": new.id})
        self.assertEqual(made.product_variant_id.replaced_by_id, new)
        self.env["product.product"].create({"product_tmpl_id": made.id})
        self.assertFalse(made.replaced_by_id)

    def test_circles_are_refused(self):
        second, third = (self._create_product(f"OM-{name}") for name in "BC")
        self.item.replaced_by_id, second.replaced_by_id = second, third
        for old, new in ((third, self.item), (second, self.item), (self.item, self.item)):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                old.replaced_by_id = new
        self.env.invalidate_all()
        self.assertEqual((self.item | second).replaced_by_id, second | third)
        self.assertFalse(third.replaced_by_id)


@tagged("post_install", "-at_install")
class TestReorderKits(DemandCase):
    """Kits are demand of their components, where manufacturing is installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not has_model(cls.env, "mrp.bom"):
            raise unittest.SkipTest("Kits need sale_mrp.")

    def test_a_kit_is_its_components(self):
        kit = self._create_product("OM-KIT")
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [Command.create({"product_id": self.item.id, "product_qty": 4})],
            }
        )
        self._receive(self.item, MONDAY, 100)
        order = self.sell(kit, 3, self.on(1))
        order.is_one_off = False
        self.assertEqual(self.read_series().quantities, [12, 0, 0, 0])
        self.assertEqual(self.read_series(product=kit).quantities, [])
        order.is_one_off = True
        series = self.read_series()
        self.assertEqual(series.quantities, [0, 0, 0, 0])
        self.assertEqual(self.notes(series, "one_off"), [("2026-01-05", 12, order.name)])
