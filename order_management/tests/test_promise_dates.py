from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import OrderManagementCase, plain

DAY = "2026-03-02"  # a Monday


@tagged("post_install", "-at_install")
class TestPromiseDates(OrderManagementCase):
    """12 on hand, 5 of them reserved; 20 come on the 10th; handling 1 day, transit 2 days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{DAY} 08:00:00"))
        cls.warehouse.handling_days = 1
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "Two days",
                "transit_days": 2,
                "product_id": cls._create_product("OM-FREIGHT", type="service").id,
            }
        )
        cls.item = cls._create_product("OM-PROMISE", stock=12)
        cls._create_order([(cls.item, 5)]).action_confirm()
        cls.receipt = cls._receive(cls.item, 20, "2026-03-10")
        cls.env.ref("order_management.order_check_stock_short").mode = "off"

    @classmethod
    def _receive(cls, product, quantity, day, origin="P00001"):
        suppliers = cls.env.ref("stock.stock_location_suppliers")
        move = cls.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": suppliers.id,
                "location_dest_id": cls.warehouse.lot_stock_id.id,
                "picking_type_id": cls.warehouse.in_type_id.id,
                "date": f"{day} 12:00:00",
                "origin": origin,
            }
        )
        move._action_confirm(merge=False)
        move.date = f"{day} 12:00:00"
        return move

    def _order(self, quantity, product=None, **values):
        return self._create_order(
            [(product or self.item, quantity)], carrier_id=self.carrier.id, **values
        )

    def _promise(self, order, policy=None, **kwargs):
        return self.as_role(order, "clerk").promise_orders(policy=policy, **kwargs)[0]

    def _parts(self, row, index=0):
        return [
            (part["quantity"], part["ship_date"], part["delivery_date"], part["source"])
            for part in row["lines"][index]["parts"]
        ]

    def test_shipped_together_it_leaves_when_the_receipt_is_there(self):
        row = self._promise(self._order(10), "complete", on_date=DAY)
        self.assertEqual((row["ship_date"], row["delivery_date"]), ("2026-03-11", "2026-03-13"))
        self.assertEqual(
            self._parts(row),
            [
                (7.0, "2026-03-11", "2026-03-13", "stock"),
                (3.0, "2026-03-11", "2026-03-13", "incoming"),
            ],
        )
        self.assertEqual(row["lines"][0]["parts"][1]["reference"], "P00001")

    def test_split_each_part_leaves_as_soon_as_it_can(self):
        order = self._order(10)
        row = self._promise(order, "split", on_date=DAY)
        self.assertEqual(
            self._parts(row),
            [
                (7.0, "2026-03-03", "2026-03-05", "stock"),
                (3.0, "2026-03-11", "2026-03-13", "incoming"),
            ],
        )
        self.assertEqual(order.promise_date, date(2026, 3, 13))
        self.assertEqual(order.order_line.promise_date, date(2026, 3, 13))
        self.receipt.date = "2026-03-12 12:00:00"
        self.assertEqual(self._promise(order, "split", on_date=DAY)["delivery_date"], "2026-03-15")
        self.assertEqual(order.promise_date, date(2026, 3, 15))

    def test_a_receipt_counts_on_the_later_of_its_dates(self):
        self.receipt.date_deadline = "2026-03-14 12:00:00"
        self.assertEqual(self._promise(self._order(10), on_date=DAY)["ship_date"], "2026-03-15")

    def test_the_order_itself_says_whether_it_is_split(self):
        self.assertEqual(len(set(self._parts(self._promise(self._order(10))))), 2)
        whole = self._promise(self._order(10, picking_policy="one"))
        self.assertEqual({part[1] for part in self._parts(whole)}, {"2026-03-11"})

    def test_quotations_hold_nothing_and_confirmed_orders_do(self):
        first, second = self._order(7), self._order(7)
        self.assertEqual(self._promise(first)["ship_date"], "2026-03-03")
        self.assertEqual(self._promise(second)["ship_date"], "2026-03-03")
        first.action_confirm()
        self.assertEqual(self._promise(first)["ship_date"], "2026-03-03", "its own stock")
        self.assertEqual(self._promise(second)["ship_date"], "2026-03-11")

    def test_earlier_orders_of_the_call_come_first(self):
        rows = self.as_role(self._order(7) | self._order(7), "clerk").promise_orders()
        self.assertEqual([row["ship_date"] for row in rows], ["2026-03-03", "2026-03-11"])

    def test_a_confirmed_order_that_waits_holds_the_receipt(self):
        waiting = self._order(15)
        waiting.action_confirm()
        self.assertEqual(self._promise(waiting)["ship_date"], "2026-03-11")
        row = self._promise(self._order(13), on_date=DAY)
        self.assertEqual((row["ok"], row["errors"][0]["code"]), (False, "out_of_stock"))
        self.assertEqual(sum(part[0] for part in self._parts(row)), 12.0)
        self.assertEqual(self._promise(self._order(12), on_date=DAY)["ship_date"], "2026-03-11")

    def test_later_than_possible_is_promised_for_the_day_it_is_wanted(self):
        order = self._order(2, commitment_date="2026-03-20 11:00:00")
        row = self._promise(order)
        self.assertEqual((row["ship_date"], row["delivery_date"]), ("2026-03-18", "2026-03-20"))
        early = self._order(2, commitment_date="2026-03-03 11:00:00")
        self.assertEqual(self._promise(early)["delivery_date"], "2026-03-05")

    def test_the_vendor_s_lead_time_serves_what_is_left(self):
        self.item.seller_ids = [Command.create({"partner_id": self.customer.id, "delay": 14})]
        row = self._promise(self._order(30), on_date=DAY)
        self.assertEqual(
            self._parts(row),
            [
                (7.0, "2026-03-03", "2026-03-05", "stock"),
                (20.0, "2026-03-11", "2026-03-13", "incoming"),
                (3.0, "2026-03-17", "2026-03-19", "lead_time"),
            ],
        )

    def test_made_to_order_rests_on_the_vendor_alone(self):
        route = self.warehouse.mto_pull_id.route_id
        route.active = True
        item = self._create_product(
            "OM-MTO", stock=50, route_ids=[Command.set(route.ids)],
            seller_ids=[Command.create({"partner_id": self.customer.id, "delay": 5})],
        )  # fmt: skip
        row = self._promise(self._order(2, product=item), on_date=DAY)
        self.assertEqual(self._parts(row), [(2.0, "2026-03-08", "2026-03-10", "lead_time")])

    def test_what_is_not_stocked_is_there(self):
        item = self._create_product("OM-CONSU", is_storable=False)
        row = self._promise(self._order(3, product=item), on_date=DAY)
        self.assertEqual(self._parts(row), [(3.0, "2026-03-03", "2026-03-05", "stock")])

    def test_a_line_without_a_warehouse_says_so(self):
        order = self._order(3)
        order.warehouse_id = False
        order.order_line.invalidate_recordset()
        row = self._promise(order, on_date=DAY)
        self.assertEqual((row["ok"], row["ship_date"]), (False, False))

    def test_the_unit_of_the_line(self):
        order = self._create_order([(self.item, 2)], carrier_id=self.carrier.id)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        row = self._promise(order, on_date=DAY)
        self.assertEqual(
            [part[0] for part in self._parts(row)], [0.58, 1.42], "7 and 17 of 24 pieces"
        )

    # Days of the warehouse

    def test_after_the_cut_off_the_next_day_counts(self):
        self.warehouse.cutoff_hour = 14.5
        self.company.partner_id.tz = self.warehouse.partner_id.tz = "Europe/Brussels"
        for moment, day in (("13:30:00", "2026-03-03"), ("13:30:01", "2026-03-04")):
            with self.subTest(moment), freeze_time(f"{DAY} {moment}"):
                order = self._order(1, date_order=f"{DAY} 08:00:00")
                self.assertEqual(self._promise(order)["ship_date"], day)

    def test_closed_days_are_left_out(self):
        """Friday and one working day of handling is Monday; a holiday makes it Tuesday."""
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Weekdays",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {"name": "Day", "dayofweek": str(day), "hour_from": 8, "hour_to": 16}
                    )
                    for day in range(5)
                ],
            }
        )
        self.warehouse.resource_calendar_id = calendar
        self.assertEqual(
            self._promise(self._order(1), on_date="2026-03-06")["ship_date"], "2026-03-09"
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "date_from": "2026-03-09 00:00:00",
                "date_to": "2026-03-09 23:59:59",
            }
        )
        self.assertEqual(
            self._promise(self._order(1), on_date="2026-03-06")["ship_date"], "2026-03-10"
        )

    # Steps, many moves

    def test_steps_of_a_delivery_are_not_counted_twice(self):
        """Two steps, 5 picked for somebody and not shipped: 7 of 12 are free, as in one step."""
        self.warehouse.delivery_steps = "pick_ship"
        item = self._create_product("OM-STEPS", stock=12)
        other = self._create_order([(item, 5)])
        other.action_confirm()
        self.assertEqual(self._parts(self._promise(self._order(12, product=item)))[0][0], 7.0)
        pick = other.picking_ids.filtered(lambda picking: picking.state == "assigned")
        pick.button_validate()
        self.assertEqual(self._parts(self._promise(self._order(12, product=item)))[0][0], 7.0)
        self.assertEqual(sum(part[0] for part in self._parts(self._promise(other))), 5.0)

    def test_queries_do_not_grow_with_orders_or_moves(self):
        counts = []
        for size in (5, 40):
            orders = self.env["sale.order"].union(*[self._order(1) for _index in range(size)])
            for index in range(size):
                self._receive(self.item, 1, f"2026-04-{1 + index % 28:02d}", f"P{index}")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.as_role(orders, "integration").promise_orders()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 3, counts)

    def test_a_place_that_is_only_counted(self):
        """A count of an empty place makes stock without any quantity until it is applied."""
        self.env.ref("order_management.order_check_stock_short").mode = "on"
        item = self._create_product("OM-COUNTED")
        quant = self.env["stock.quant"].create(
            {
                "product_id": item.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "inventory_quantity": 7,
            }
        )
        order = self._create_order([(item, 2)])
        row = self.as_role(order, "clerk").process_orders()[0]
        self.assertEqual((row["ok"], row["outcome"]), (True, "held"))
        items = self.as_role("product.product", "clerk").read_availability(["OM-COUNTED"])["items"]
        self.assertEqual({item["available"] for item in items}, {0.0})
        quant.action_apply_inventory()
        order = self._create_order([(item, 2)])
        self.assertEqual(self.as_role(order, "clerk").process_orders()[0]["outcome"], "confirmed")

    # Quotes, rights, arguments

    def test_a_quote_needs_no_order_and_keeps_nothing(self):
        quote = plain(self.as_role("product.product", "integration")).quote_promise
        answer = quote(
            [
                {"sku": "OM-PROMISE", "quantity": 5},
                {"sku": "OM-PROMISE", "quantity": 5},
                {"sku": "OM-NONE", "quantity": 1},
                {"sku": "OM-PROMISE", "quantity": -1},
                {"sku": "OM-PROMISE", "quantity": 1000},
            ],
            self.warehouse.code,
            on_date=DAY,
        )
        self.assertTrue(answer["ok"])
        found = [
            (line["ok"], [(part["quantity"], part["ship_date"]) for part in line["parts"]])
            for line in answer["lines"]
        ]
        self.assertEqual(
            found,
            [
                (True, [(5.0, "2026-03-03")]),
                (True, [(2.0, "2026-03-03"), (3.0, "2026-03-11")]),
                (False, []),
                (False, []),
                (False, [(17.0, "2026-03-11")]),
            ],
        )
        codes = [[error["code"] for error in line["errors"]] for line in answer["lines"]]
        self.assertEqual(codes, [[], [], ["unknown_product"], ["wrong_value"], ["out_of_stock"]])
        self.assertEqual(answer["lines"][2]["errors"][0]["path"], "lines[2].sku")
        stock, incoming = (part["chance"] for part in answer["lines"][1]["parts"])
        self.assertLess(0.0, incoming)
        self.assertLess(incoming, stock)
        self.assertLessEqual(stock, 1.0)

    def test_wrong_arguments_are_named(self):
        order, quote = self._order(1), self.as_role("product.product", "clerk").quote_promise
        wrong = [
            lambda: self._promise(order, "soon"),
            lambda: self._promise(order, on_date="02.03.2026"),
            lambda: quote("OM-PROMISE", self.warehouse.code),
            lambda: quote([{"sku": "OM-PROMISE"}], self.warehouse.code),
            lambda: quote([{"sku": "X", "quantity": 1, "size": 2}], self.warehouse.code),
            lambda: quote([], self.warehouse.code, country="XX"),
            lambda: quote([], self.warehouse.code, on_date="never"),
        ]
        for call in wrong:
            with self.assertRaises(ValidationError):
                call()
        with self.assertRaises(AccessError):
            quote([], "NOWHERE")
        self.assertFalse(order.promise_date)
