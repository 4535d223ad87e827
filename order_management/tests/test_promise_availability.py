from datetime import date, timedelta
from random import Random

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..models.promise.supply_book import SupplyBook
from ..tools.promise import available_to_promise
from .common import OrderManagementCase, plain, switch_on

DAY = "2026-03-02"  # a Monday


class AvailabilityCase(OrderManagementCase):
    """Monday morning; builders of receipts, and a shop that reads the feed of one product."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{DAY} 08:00:00"))
        cls.env.ref("order_management.order_check_stock_short").mode = "off"
        cls.item = cls._create_product("OM-FEED", stock=12)
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.customers = cls.env.ref("stock.stock_location_customers")

    @classmethod
    def _receive(cls, product, quantity, day, source=None, place=None, **values):
        move = cls.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": (source or cls.suppliers).id,
                "location_dest_id": (place or cls.warehouse.lot_stock_id).id,
                "picking_type_id": cls.warehouse.in_type_id.id,
                "date": f"{day} 12:00:00",
                **values,
            }
        )
        move._action_confirm(merge=False)
        move.date = f"{day} 12:00:00"
        return move

    def _sell(self, product, quantity, confirm=True, **values):
        order = self._create_order([(product, quantity)], **values)
        if confirm:
            order.action_confirm()
            self.assertEqual(order.state, "sale")
        return order

    def _read(self, role="integration", **arguments):
        arguments.setdefault("warehouses", [self.warehouse.code])
        return plain(self.as_role("product.product", role)).read_availability(**arguments)

    def _item(self, product=None, **arguments):
        answer = self._read(skus=[(product or self.item).default_code], **arguments)
        self.assertTrue(answer["ok"], answer["errors"])
        (item,) = answer["items"]
        return item

    def assertFigures(self, product=None, **expected):
        item = self._item(product)
        self.assertEqual({name: item[name] for name in expected}, expected)


@tagged("post_install", "-at_install")
class TestPromiseAvailability(AvailabilityCase):
    """12 pieces on hand; what a shop is told of them."""

    def test_what_is_not_sold_from_stock_says_so(self):
        """Case C12: bought to order or sent by the vendor, never a bare zero."""
        start = self._read(skus=[self.item.default_code])["next"]
        mto = self.warehouse.mto_pull_id.route_id
        mto.active = True
        vendors = self.env["stock.route"].create(
            {
                "name": "From the vendor",
                "product_selectable": True,
                "rule_ids": [
                    Command.create(
                        {
                            "name": "Vendor to customer",
                            "action": "pull",
                            "picking_type_id": self.warehouse.out_type_id.id,
                            "location_src_id": self.suppliers.id,
                            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                        }
                    )
                ],
            }
        )
        for route, supply in ((mto, "to_order"), (vendors, "dropship")):
            with self.subTest(supply):
                self.item.route_ids = route
                answer = self._read(skus=[self.item.default_code], after=start)
                self.assertEqual([item["supply"] for item in answer["items"]], [supply])
                start = answer["next"]
        self.item.route_ids = False
        category = {"name": "Bought to order", "route_ids": [Command.set(mto.ids)]}
        parent = self.env["product.category"].create(category)
        self.item.categ_id = parent.create({"name": "Vases", "parent_id": parent.id})
        self.assertFigures(supply="to_order")

    def test_at_rest(self):
        self.assertEqual(
            self._item(),
            {
                "product_id": self.item.id,
                "sku": "OM-FEED",
                "warehouse": self.warehouse.code,
                "warehouse_id": self.warehouse.id,
                "sellable": True,
                "supply": "stock",
                "on_hand": 12.0,
                "reserved": 0.0,
                "available": 12.0,
                "incoming": 0.0,
                "next_date": False,
                "next_quantity": 0.0,
            },
        )

    def test_never_moved(self):
        new = self._create_product("OM-NEW")
        self.assertFigures(new, on_hand=0.0, available=0.0, incoming=0.0, next_date=False)

    def test_reserved_goods_are_gone(self):
        self._sell(self.item, 5)
        self._sell(self.item, 3, confirm=False)
        self.assertFigures(on_hand=12.0, reserved=5.0, available=7.0)

    def test_waiting_orders_come_before_new_ones(self):
        self._sell(self.item, 15)
        self._receive(self.item, 20, "2026-03-10")
        self.assertFigures(
            reserved=12.0,
            available=0.0,
            incoming=20.0,
            next_date="2026-03-10",
            next_quantity=17.0,
        )

    def test_a_receipt_that_is_all_waited_for(self):
        self._sell(self.item, 20)
        self._receive(self.item, 8, "2026-03-10")
        self.assertFigures(available=0.0, incoming=8.0, next_date="2026-03-10", next_quantity=0.0)
        self._receive(self.item, 6, "2026-03-12")
        self.assertFigures(available=0.0, incoming=14.0, next_date="2026-03-12", next_quantity=6.0)

    def test_what_is_promised_for_later_is_not_free_today(self):
        """A delivery of the 20th waits unreserved for what lies here; the receipt is later."""
        move = self._receive(
            self.item, 9, "2026-03-20", self.warehouse.lot_stock_id, self.customers
        )
        move._do_unreserve()
        self._receive(self.item, 9, "2026-03-25")
        self.assertFigures(reserved=0.0, available=3.0, next_date="2026-03-25", next_quantity=9.0)
        self._receive(self.item, 9, "2026-03-15")
        self.assertFigures(available=12.0, next_date="2026-03-25", next_quantity=9.0)

    def test_late_receipts_are_due_today_and_not_here(self):
        self._receive(self.item, 4, "2026-02-20")
        self.assertFigures(available=12.0, incoming=4.0, next_date=DAY, next_quantity=4.0)

    def test_a_receipt_counts_on_the_later_of_its_dates(self):
        receipt = self._receive(self.item, 4, "2026-03-10")
        receipt.date_deadline = "2026-03-14 12:00:00"
        self.assertFigures(next_date="2026-03-14")
        receipt.date_deadline = "2026-03-05 12:00:00"
        self.assertFigures(next_date="2026-03-10")

    def test_days_are_the_warehouse_s(self):
        self.company.partner_id.tz = self.warehouse.partner_id.tz = "Pacific/Auckland"
        self._receive(self.item, 4, "2026-03-10")  # noon in UTC is past midnight there
        self.assertFigures(next_date="2026-03-11")

    def test_steps_within_the_warehouse_count_once(self):
        self.warehouse.write({"reception_steps": "three_steps", "delivery_steps": "pick_pack_ship"})
        order = self._sell(self.item, 5)
        self.assertFigures(on_hand=12.0, reserved=5.0, available=7.0, incoming=0.0)
        for _step in range(2):
            picking = order.picking_ids.filtered(lambda one: one.state == "assigned")
            picking.button_validate()
            self.assertFigures(on_hand=12.0, reserved=5.0, available=7.0, incoming=0.0)

    def test_what_waits_in_the_first_of_two_steps_is_demand(self):
        """Core makes the second step when the first is done: until then there is only the pick."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._sell(self.item, 15)
        self._receive(self.item, 20, "2026-03-10")
        self.assertFigures(reserved=12.0, available=0.0, incoming=20.0, next_quantity=17.0)
        order.picking_ids.do_unreserve()
        self.assertFigures(reserved=0.0, available=0.0, incoming=20.0, next_quantity=17.0)
        order.picking_ids.action_assign()
        (wish,) = self.item._get_availability(self.warehouse, [(self.item, 17)])
        self.assertEqual((wish["state"], str(wish["ship_date"])), ("none", "2026-03-10"))
        (wish,) = self.item._get_availability(self.warehouse, [(self.item, 18)])
        self.assertEqual((wish["state"], wish["ship_date"]), ("none", False))
        quote = self.as_role("product.product", "clerk").quote_promise(
            [{"sku": "OM-FEED", "quantity": 20}], self.warehouse.code
        )
        self.assertEqual(sum(part["quantity"] for part in quote["lines"][0]["parts"]), 17.0)

    def test_what_was_picked_short_and_given_up_can_be_promised_again(self):
        """C6: that quantity, and no more."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._sell(self.item, 5)
        pick = order.picking_ids.filtered(lambda one: one.state == "assigned")
        pick.move_ids.write({"quantity": 3, "picked": True})
        pick.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=pick.ids
        ).button_validate()
        self.assertEqual(pick.state, "done")
        self.assertFigures(on_hand=12.0, available=9.0)
        ship = order.picking_ids.filtered(lambda one: one.picking_type_code == "outgoing")
        ship.move_ids.write({"quantity": 3, "picked": True})
        ship.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=ship.ids
        ).button_validate()
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done"})
        self.assertFigures(on_hand=9.0, reserved=0.0, available=9.0)

    def test_goods_returned_by_customers_are_no_receipt(self):
        self._receive(self.item, 4, "2026-03-10", source=self.customers)
        self.assertFigures(incoming=0.0, next_date=False)

    def test_expired_lots_are_not_promised(self):
        if "removal_date" not in self.env["stock.lot"]._fields:
            self.skipTest("Lots expire with product_expiry.")
        milk = self._create_product("OM-MILK", tracking="lot", use_expiration_date=True)
        for name, day, quantity in (("OLD", "2026-03-01", 4), ("FRESH", "2026-03-04", 6)):
            lot = self.env["stock.lot"].create({"name": name, "product_id": milk.id})
            lot.write({"expiration_date": f"{day} 12:00:00", "removal_date": f"{day} 12:00:00"})
            self.env["stock.quant"]._update_available_quantity(
                milk, self.warehouse.lot_stock_id, quantity, lot_id=lot
            )
        self.assertFigures(milk, on_hand=10.0, available=6.0)
        cursor = self._read(skus=["OM-MILK"])["next"]
        with freeze_time("2026-03-04 20:00:00"):
            self.assertEqual(self._read(skus=["OM-MILK"], after=cursor)["items"], [])
        with freeze_time("2026-03-05 08:00:00"):
            (item,) = self._read(skus=["OM-MILK"], after=cursor)["items"]
            self.assertEqual((item["on_hand"], item["available"]), (10.0, 0.0))

    def test_one_warehouse_s_stock_is_not_another_s(self):
        """Between warehouses goods leave here, and come there on the later date."""
        other = self.env["stock.warehouse"].create({"name": "East", "code": "EAST"})
        transit = self.company.internal_transit_location_id
        transit.active = True
        self._receive(self.item, 5, "2026-03-03", self.warehouse.lot_stock_id, transit)
        arriving = self._receive(self.item, 5, "2026-03-06", transit, other.lot_stock_id)
        arriving.date_deadline = "2026-03-09 12:00:00"
        rows = self._read(skus=["OM-FEED"], warehouses=[self.warehouse.code, "EAST"])["items"]
        found = {
            item["warehouse"]: (item["available"], item["incoming"], item["next_date"])
            for item in rows
        }
        self.assertEqual(
            found,
            {self.warehouse.code: (7.0, 0.0, False), "EAST": (0.0, 5.0, "2026-03-09")},
        )

    def test_purchases_are_dated_receipts(self):
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.item.id,
                            "product_qty": 20,
                            "price_unit": 1.0,
                            "date_planned": "2026-03-10 12:00:00",
                        }
                    )
                ],
            }
        )
        self.assertFigures(incoming=0.0)
        purchase.button_confirm()
        self.assertFigures(incoming=20.0, next_date="2026-03-10", next_quantity=20.0)
        cursor = self._read(skus=["OM-FEED"])["next"]
        purchase.order_line.date_planned = "2026-03-12 12:00:00"
        (item,) = self._read(skus=["OM-FEED"], after=cursor)["items"]
        self.assertEqual((item["incoming"], item["next_date"]), (20.0, "2026-03-12"))
        receipt = purchase.picking_ids
        receipt.move_ids.write({"quantity": 8, "picked": True})
        receipt.with_context(skip_backorder=True).button_validate()
        self.assertFigures(on_hand=20.0, available=20.0, incoming=12.0, next_date="2026-03-12")
        purchase.button_cancel()
        self.assertFigures(on_hand=20.0, incoming=0.0, next_date=False)

    def test_production_is_a_dated_receipt_and_takes_components(self):
        if "mrp.production" not in self.env:
            self.skipTest("Production needs mrp.")
        part = self._create_product("OM-PART", stock=10)
        production = self.env["mrp.production"].create(
            {
                "product_id": self.item.id,
                "product_qty": 6,
                "picking_type_id": self.warehouse.manu_type_id.id,
                "date_start": "2026-03-09 08:00:00",
                "date_finished": "2026-03-09 16:00:00",
                "move_raw_ids": [
                    Command.create(
                        {
                            "product_id": part.id,
                            "product_uom_qty": 12,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": part.property_stock_production.id,
                        }
                    )
                ],
            }
        )
        self.assertFigures(incoming=0.0)
        production.action_confirm()
        self.assertFigures(available=12.0, incoming=6.0, next_date="2026-03-09", next_quantity=6.0)
        self.assertFigures(part, available=0.0)
        production.action_cancel()
        self.assertFigures(incoming=0.0)
        self.assertFigures(part, available=10.0)

    def test_dropshipped_goods_neither_come_nor_leave(self):
        self._receive(self.item, 5, "2026-03-10", self.suppliers, self.customers)
        self.assertFigures(available=12.0, incoming=0.0)

    def test_it_agrees_with_the_promises(self):
        """The database's window sums and the book that serves orders say the same."""
        dice = Random(5)
        products = self.item
        for index in range(12):
            product = self._create_product(f"OM-DICE{index}", stock=dice.choice((0, 3, 10.5)))
            products |= product
            for _move in range(dice.randrange(6)):
                ends = [self.suppliers, self.warehouse.lot_stock_id]
                if dice.random() < 0.6:
                    ends = [self.warehouse.lot_stock_id, self.customers]
                day = date(2026, 2, 25) + timedelta(days=dice.randrange(20))
                move = self._receive(product, dice.choice((1, 2.5, 4)), day, *ends)
                if dice.random() < 0.5:
                    move._do_unreserve()
        book = SupplyBook(
            {(self.warehouse, product) for product in products},
            self.env["sale.order.line"],
            {self.warehouse: date(2026, 3, 2)},
        )
        rows = self.env["order.availability"].search(
            [("product_id", "in", products.ids), ("warehouse_id", "=", self.warehouse.id)]
        )
        self.assertEqual(len(rows), 13)
        for row in rows:
            key = (self.warehouse.id, row.product_id.id)
            supplies = [(supply.date, supply.quantity) for supply in book.supplies[key]]
            days = {
                str(day): free for day, free in available_to_promise(supplies, book.demand[key])
            }
            told = {day["day"]: day["free"] for day in row.timeline["days"]}
            # Days on which only reserved goods leave are none of the book's.
            self.assertEqual({day: told[day] for day in days}, days, row.display_name)

    # The cursor

    def test_only_what_changed_comes_again(self):
        start = self._read()
        cursor = start["next"]
        self.assertFalse(start["more"])
        self.assertIn("OM-FEED", [item["sku"] for item in start["items"]])
        self.assertEqual(self._read(after=cursor)["items"], [])
        self.assertEqual(self._read(after=cursor)["next"], cursor)
        order = self._sell(self.item, 5)
        answer = self._read(after=cursor)
        self.assertEqual(
            [(item["sku"], item["available"]) for item in answer["items"]], [("OM-FEED", 7.0)]
        )
        self.assertGreater(answer["next"], cursor)
        order._action_cancel()
        again = self._read(after=answer["next"])
        self.assertEqual([item["available"] for item in again["items"]], [12.0])
        self.assertEqual([item["available"] for item in self._read(after=cursor)["items"]], [12.0])

    def test_raw_sql_is_noticed(self):
        cursor = self._read()["next"]
        self.env.cr.execute(
            "UPDATE stock_quant SET quantity = 3 WHERE product_id = %s AND location_id = %s",
            [self.item.id, self.warehouse.lot_stock_id.id],
        )
        self.assertEqual([i["available"] for i in self._read(after=cursor)["items"]], [3.0])

    def test_all_is_paged_and_changes_come_at_the_end(self):
        products = [self._create_product(f"OM-P{index}", stock=index) for index in range(9)]
        found, cursor, more, pages = [], 0, True, 0
        while more:
            answer = self._read(after=cursor, limit=3)
            self.assertLessEqual(len(answer["items"]), 3)
            found += [(item["sku"], item["on_hand"]) for item in answer["items"]]
            cursor, more, pages = answer["next"], answer["more"], pages + 1
            if pages == 1:
                self._set_stock(products[8], 100)
                first = {item["sku"] for item in answer["items"]}
                self._set_stock(self.item if "OM-FEED" in first else self.product, 1)
        told = dict(found)
        self.assertEqual(told["OM-P8"], 108.0)
        self.assertEqual(told["OM-P3"], 3.0)
        self.assertEqual(len(found) - len(told), 1, "the one that changed after it was told")
        whole = {item["sku"]: item["on_hand"] for item in self._read()["items"]}
        self.assertEqual(told, whole)

    def test_products_and_warehouses_asked_alone(self):
        self._create_product("OM-OTHER", stock=1)
        cursor = self._read(skus=["OM-FEED"])["next"]
        self._set_stock(self.product, 1)
        self.assertEqual(self._read(skus=["OM-FEED"], after=cursor)["items"], [])
        answer = self._read(skus=["OM-FEED", "OM-NONE"])
        self.assertEqual([item["sku"] for item in answer["items"]], ["OM-FEED"])
        self.assertEqual(
            [(one["code"], one["path"]) for one in answer["errors"]],
            [("unknown_product", "skus[1]")],
        )
        self.assertEqual(self._read(skus=[])["items"], [])
        self.assertEqual(self._read(warehouses=[])["items"], [])

    def test_sold_no_more_renamed_and_back(self):
        cursor = self._read()["next"]
        self.item.default_code = "OM-RENAMED"
        answer = self._read(after=cursor)
        self.assertEqual([item["sku"] for item in answer["items"]], ["OM-RENAMED"])
        for change, back in (
            ({"sale_ok": False}, {"sale_ok": True}),
            ({"active": False}, {"active": True}),
        ):
            with self.subTest(change):
                cursor = self._read()["next"]
                self.item.write(change)
                answer = self._read(after=cursor)
                self.assertEqual(
                    [(i["sellable"], i["on_hand"], i["available"]) for i in answer["items"]],
                    [(False, 12.0, 0.0)],
                )
                self.assertNotIn(
                    self.item.id, [item["product_id"] for item in self._read()["items"]]
                )
                self.item.write(back)
                (item,) = self._read(after=answer["next"])["items"]
                self.assertEqual((item["sellable"], item["available"]), (True, 12.0))

    def test_services_and_goods_without_stock_are_left_out(self):
        self._create_product("OM-WORK", type="service", is_storable=False)
        self._create_product("OM-LOOSE", is_storable=False)
        self._create_product("OM-RAW", sale_ok=False, stock=3)
        skus = {item["sku"] for item in self._read()["items"]}
        self.assertIn("OM-FEED", skus)
        self.assertFalse(skus & {"OM-WORK", "OM-LOOSE", "OM-RAW"})

    def test_queries_do_not_grow_with_the_page(self):
        counts = []
        for size in (5, 60):
            for index in range(size):
                item = self._create_product(f"OM-Q{size}-{index}", stock=5)
                self._receive(item, 1, "2026-03-10")
            self._read()
            for limit in (3, 500):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self._read(limit=limit)
                counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[:2], counts[2:])
        self.assertLess(max(counts), 20)

    # Rights and arguments

    def test_companies_see_their_own(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        place = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        place.code = "ELSE"
        user = new_test_user(
            self.env,
            login="om_else",
            groups="order_management.group_integration",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        read = plain(self.env["product.product"].with_user(user)).read_availability
        self.assertEqual(read()["items"], [], "order management is off there")
        switch_on(other)
        self.item.company_id = self.company
        items = read()["items"]
        self.assertEqual({item["warehouse"] for item in items}, {"ELSE"})
        self.assertNotIn("OM-FEED", {item["sku"] for item in items})
        self.assertEqual(len(read(skus=["OM-FEED"])["errors"]), 1)
        for codes in ([self.warehouse.code], ["NOWHERE"]):
            with self.assertRaises(AccessError):
                read(warehouses=codes)
        with self.assertRaises(AccessError):
            self._read(warehouses=["ELSE"])

    def test_roles(self):
        for role in ("clerk", "integration", "auditor", "manager"):
            self.assertTrue(self._read(role)["ok"])
        for role in ("picker", "returns"):
            with self.assertRaises(AccessError):
                self._read(role)

    def test_wrong_arguments_are_named(self):
        last = self._read()["next"]
        for name, value in (
            ("skus", "OM-FEED"),
            ("skus", [7]),
            ("skus", ["X"] * 1001),
            ("warehouses", self.warehouse.code),
            ("after", -1),
            ("after", "0"),
            ("after", last + 1000),
            ("limit", 0),
            ("limit", 1001),
            ("limit", True),
        ):
            with self.subTest(name=name, value=value), self.assertRaises(ValidationError) as error:
                self._read(**{name: value})
            self.assertIn(name, str(error.exception))
