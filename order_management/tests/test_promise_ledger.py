from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .common import OrderManagementCase

DAY = "2026-03-02"  # a Monday


@tagged("post_install", "-at_install")
class TestPromiseLedger(OrderManagementCase):
    """Scenario 10: 12 on hand, 5 reserved; a purchase of 20 due on the 10th; 1 + 2 days."""

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
        cls.item = cls._create_product("OM-LEDGER", stock=12)
        cls._create_order([(cls.item, 5)]).action_confirm()
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.purchase = cls._buy(20, "2026-03-10")
        cls.env.ref("order_management.order_check_stock_short").mode = "off"

    @classmethod
    def _buy(cls, quantity, day):
        purchase = cls.env["purchase.order"].create(
            {
                "partner_id": cls.vendor.id,
                "picking_type_id": cls.warehouse.in_type_id.id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": cls.item.id,
                            "product_qty": quantity,
                            "price_unit": 1.0,
                            "date_planned": f"{day} 12:00:00",
                        },
                    )
                ],
            }
        )
        purchase.button_confirm()
        cls.item.seller_ids.unlink()  # core notes the vendor, who could bring more
        return purchase

    def _order(self, quantity, **values):
        values = {"picking_policy": "one", "carrier_id": self.carrier.id, **values}
        return self._create_order([(self.item, quantity)], **values)

    def _rows(self, order, state="current"):
        return [
            (row.quantity, str(row.ship_date), str(row.delivery_date), row.source)
            for row in order.promise_ids.filtered(lambda row: row.state == state).sorted("id")
        ]

    def _run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"order_management.{name}").method_direct_trigger()

    def _get_messages(self, order):
        return [
            (message.kind, str(message.old_date), str(message.new_date))
            for message in self.env["order.notification"].search([("order_id", "=", order.id)])
        ]

    def _reschedule(self, day):
        self.purchase.order_line.date_planned = f"{day} 12:00:00"

    def test_a_confirmed_order_is_promised(self):
        order = self._order(10)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(
            self._rows(order),
            [
                (7.0, "2026-03-11", "2026-03-13", "stock"),
                (3.0, "2026-03-11", "2026-03-13", "incoming"),
            ],
        )
        self.assertEqual(order.promise_date, date(2026, 3, 13))
        self.assertEqual(order.first_promise_date, date(2026, 3, 13))
        self.assertEqual(order.promise_ids.mapped("cause"), ["confirmed"] * 2)
        incoming = order.promise_ids.filtered(lambda row: row.source == "incoming")
        self.assertEqual(incoming.reference, self.purchase.name)
        self.assertIn(self.purchase.name, order.order_line.promise_source)

    def test_split_parts_have_dates_of_their_own(self):
        order = self._order(10, picking_policy="direct")
        order.action_confirm()
        self.assertEqual(
            self._rows(order),
            [
                (7.0, "2026-03-03", "2026-03-05", "stock"),
                (3.0, "2026-03-11", "2026-03-13", "incoming"),
            ],
        )

    def test_a_receipt_that_slips_takes_the_promise_along(self):
        order = self._order(10)
        order.action_confirm()
        calm = self._create_order([(self._create_product("OM-CALM", stock=1), 1)])
        calm.action_confirm()
        first = order.promise_ids
        self._reschedule("2026-03-12")
        self.assertTrue(order.promise_ids.filtered("recheck"))
        self.assertEqual(order.promise_date, date(2026, 3, 13), "until the action runs")
        self._run_cron("ir_cron_promises")
        self.assertEqual(order.promise_date, date(2026, 3, 15))
        self.assertEqual(order.first_promise_date, date(2026, 3, 13))
        self.assertEqual(set(first.mapped("state")), {"superseded"})
        now = order.promise_ids - first
        self.assertEqual(first.superseded_by_id, now[:1] & first.superseded_by_id)
        self.assertEqual(set(now.mapped("cause")), {"supply"})
        self.assertEqual(now[0].cause_data["document"], self.purchase.name)
        self.assertEqual(now[0].cause_data["before"], "2026-03-10")
        self.assertEqual(now[0].cause_data["after"], "2026-03-12")
        self.assertFalse(order.promise_ids.filtered("recheck"))
        self.assertEqual(
            self._get_messages(order), [("promise_changed", "2026-03-13", "2026-03-15")]
        )
        self.assertFalse(self._get_messages(calm))
        slip = self.env["order.decision"].search(
            [("res_id", "=", order.id), ("decision", "=", "promise.date")], limit=1
        )
        self.assertEqual((slip.outcome, slip._replay()), ("2026-03-15", [True]))

    def test_what_slips_back_and_forth_is_told_once_for_each_day(self):
        order = self._order(10)
        order.action_confirm()
        for day, promised in (("2026-03-12", 15), ("2026-03-10", 13), ("2026-03-12", 15)):
            self._reschedule(day)
            self._run_cron("ir_cron_promises")
            self.assertEqual(order.promise_date, date(2026, 3, promised), day)
        self._run_cron("ir_cron_promises")
        self.assertEqual(len(order.promise_ids.grouped("made_at")), 1, "frozen clock")
        self.assertEqual(len(self._rows(order)), 2)

    def test_a_day_that_was_named_stays_the_day_to_reckon_from(self):
        with freeze_time("2026-11-20 08:00:00"):
            order = self._order(10)
            row = order.promise_orders(policy="complete", on_date=DAY)[0]
            self.assertEqual(str(row["delivery_date"]), "2026-03-13")
            self._reschedule("2026-03-12")
            self._run_cron("ir_cron_promises")
            self.assertEqual(order.promise_date, date(2026, 3, 15))
            order.promise_orders(policy="complete", on_date=DAY)
            self.assertEqual(len(order.promise_ids), 4, "the same promise is not made twice")

    def test_first_promised_is_served_first_when_less_comes(self):
        early, late = self._order(17), self._order(10)
        early.action_confirm()
        late.action_confirm()
        self.assertEqual(early.promise_date, date(2026, 3, 13))
        self.assertEqual(late.promise_date, date(2026, 3, 13))
        self.purchase.order_line.product_qty = 12
        self._run_cron("ir_cron_promises")
        self.assertEqual(early.promise_date, date(2026, 3, 13))
        self.assertFalse(late.promise_date)
        self.assertEqual(
            self._rows(late),
            [(2.0, "2026-03-11", "2026-03-13", "incoming"), (8.0, "False", "False", "none")],
        )

    def test_what_is_reserved_stays_with_whom_it_is_reserved_for(self):
        first, second = self._order(7), self._order(7)
        first.action_confirm()
        second.action_confirm()
        rows = (second | first).promise_orders()
        self.assertEqual(
            [(row["order_id"], str(row["delivery_date"])) for row in rows],
            [(second.id, "2026-03-13"), (first.id, "2026-03-05")],
        )

    def test_what_has_come_is_short_no_more(self):
        order = self._order(10)
        order.action_confirm()
        self.assertEqual(order.order_line.short_quantity, 3)
        receipt = self.purchase.picking_ids
        receipt.move_ids.quantity = 20
        receipt.move_ids.picked = True
        receipt.button_validate()
        self._run_cron("ir_cron_promises_late")
        self.assertEqual(order.order_line.short_quantity, 0)
        self.assertEqual(order.promise_date, date(2026, 3, 13), "as promised, not sooner")

    def test_a_cancelled_purchase(self):
        order = self._order(10)
        order.action_confirm()
        self.purchase.button_cancel()
        self._run_cron("ir_cron_promises")
        self.assertFalse(order.promise_date)
        self.assertEqual(self._rows(order)[-1][3], "none")

    def test_other_products_and_stock_are_left_alone(self):
        order = self._order(7)
        order.action_confirm()
        self._reschedule("2026-03-20")
        self.assertFalse(order.promise_ids.filtered("recheck"))

    def test_in_shadow_nothing_but_a_slip(self):
        self.env.company.promise_mode = "shadow"
        order = self._order(10)
        order.action_confirm()
        self._reschedule("2026-03-12")
        self._run_cron("ir_cron_promises")
        self.assertEqual(order.promise_date, date(2026, 3, 13))
        self._reschedule("2026-03-12")
        self._run_cron("ir_cron_promises")
        slips = self.env["order.decision"].search(
            [("res_id", "=", order.id), ("decision", "=", "promise.date")]
        )
        self.assertEqual(slips.mapped("outcome"), ["2026-03-15"])
        self.assertEqual(slips.mode, "shadow")

    def test_what_the_customer_changes_is_a_new_promise(self):
        order = self._order(7)
        order.action_confirm()
        self.assertEqual(order.first_promise_date, date(2026, 3, 5))
        row = order.amend_orders(
            [{"order_id": order.id, "lines": [{"sku": "OM-LEDGER", "quantity": 8}]}]
        )[0]
        self.assertEqual(row["outcome"], "amended")
        self.assertEqual(order.promise_date, date(2026, 3, 13))
        self.assertEqual(order.first_promise_date, date(2026, 3, 13))
        self.assertEqual(
            order.promise_ids.filtered(lambda row: row.state == "superseded").mapped(
                "is_withdrawn"
            ),
            [True],
        )

    def test_a_cancelled_order_is_promised_nothing(self):
        order = self._order(10)
        order.action_confirm()
        order.cancel_orders("changed their mind")
        self.assertEqual(set(order.promise_ids.mapped("state")), {"cancelled"})
        self.assertFalse(order.promise_date)

    def test_an_order_of_which_nothing_is_known_is_followed_and_cancelled(self):
        order = self._order(40)
        order.action_confirm()
        self.assertFalse(order.promise_date)
        self.assertEqual(self._rows(order)[-1][3], "none")
        order.order_line.product_uom_qty = 10
        self._run_cron("ir_cron_promises")
        self.assertEqual(order.promise_date, date(2026, 3, 13))
        self.assertEqual(order.first_promise_date, date(2026, 3, 13))
        order.order_line.product_uom_qty = 50
        self._run_cron("ir_cron_promises")
        self.assertFalse(order.promise_date)
        order.cancel_orders("changed their mind")
        self.assertFalse(order.promise_ids.filtered(lambda row: row.state == "current"))

    def test_a_quotation_is_promised_whole_or_not(self):
        order = self._order(40)
        self.assertFalse(order.promise_orders()[0]["delivery_date"])
        self.assertFalse(order.promise_ids)
        order.order_line.product_uom_qty = 10
        order.promise_orders()
        self.assertEqual(len(self._rows(order)), 2)
        order.order_line.product_uom_qty = 40
        order.promise_orders()
        self.assertEqual(self._rows(order), [])
        order.action_confirm()
        self.assertEqual(len(self._rows(order)), 3)

    def test_what_the_customer_changes_is_promised_anew_whatever_the_mode(self):
        self.env.company.promise_mode = "off"
        order = self._order(7)
        order.action_confirm()
        order.order_line.product_uom_qty = 8
        self._run_cron("ir_cron_promises")
        self.assertEqual(order.promise_date, date(2026, 3, 13))
        order.picking_policy = "direct"
        self._run_cron("ir_cron_promises")
        self.assertEqual(len({row[1] for row in self._rows(order)}), 2, "now part by part")

    def test_more_of_what_was_delivered_is_a_promise_of_its_own(self):
        order = self._order(5)
        order.action_confirm()
        self._ship(order, "2026-03-05 10:00:00")
        self.assertEqual(order.promise_outcome, "kept")
        change = {"order_id": order.id, "lines": [{"sku": "OM-LEDGER", "quantity": 7}]}
        self.assertEqual(order.amend_orders([change])[0]["outcome"], "amended")
        self.assertEqual(self._rows(order), [(2.0, "2026-03-03", "2026-03-05", "stock")])
        self.assertFalse(order.promise_outcome)

    def test_a_promised_quotation_keeps_its_rows_when_nothing_changed(self):
        order = self._order(10)
        order.promise_orders()
        rows = order.promise_ids
        self.assertEqual(len(rows), 2)
        order.action_confirm()
        self.assertEqual(order.promise_ids, rows)
        self.assertEqual(order.first_promise_date, date(2026, 3, 13))

    # Kept and broken

    def _ship(self, order, moment):
        with freeze_time(moment):
            picking = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
            picking.action_assign()
            picking.move_ids.picked = True
            picking.button_validate()

    def test_kept_when_it_arrives_on_the_day(self):
        order = self._order(7)
        order.action_confirm()
        self._ship(order, "2026-03-05 22:59:00")
        self.assertEqual(order.promise_ids.state, "closed")
        self.assertEqual((order.promise_outcome, order.promise_late_days), ("kept", 0))

    def test_broken_when_it_arrives_a_day_later(self):
        order = self._order(7)
        order.action_confirm()
        self._ship(order, "2026-03-06 00:01:00")
        self.assertEqual(order.promise_ids.outcome, "broken")
        self.assertEqual(order.promise_ids.is_kept, 0.0)
        self.assertEqual((order.promise_outcome, order.promise_late_days), ("broken", 1))

    # Scenario 24

    def test_late_before_asked(self):
        order = self._order(7)
        order.action_confirm()
        self.assertEqual(order.promise_date, date(2026, 3, 5))
        with freeze_time("2026-03-05 17:59:00"):
            self._run_cron("ir_cron_promises_late")
            self.assertEqual(order.promise_date, date(2026, 3, 8), "it can only leave tomorrow")
        other = self._create_product("OM-LATE", stock=1)
        order = self._create_order([(other, 1)])
        self.warehouse.handling_days = 0
        with freeze_time("2026-03-06 08:00:00"):
            order.action_confirm()
        self.assertEqual(order.promise_date, date(2026, 3, 6))
        with freeze_time("2026-03-06 17:59:00"):
            self._run_cron("ir_cron_promises_late")
            self.assertEqual(order.promise_date, date(2026, 3, 6), "it can still be there")
        for hour in ("20:00", "21:00", "22:00", "22:30"):
            with freeze_time(f"2026-03-06 {hour}:00"):
                self._run_cron("ir_cron_promises_late")
            self.assertEqual(order.promise_date, date(2026, 3, 7), hour)
            self.assertEqual(len(order.promise_ids), 2)
            self.assertEqual(self._get_messages(order), [("delayed", "2026-03-06", "2026-03-07")])
        self._ship(order, "2026-03-07 10:00:00")
        self.assertEqual((order.promise_outcome, order.promise_late_days), ("broken", 1))
        self.assertEqual(order.promise_ids.sorted("id").mapped("outcome"), ["broken", "kept"])

    def test_queries_do_not_grow(self):
        self._order(7).action_confirm()
        counts = []
        for count, day in ((3, 12), (9, 14)):
            orders = self.env["sale.order"].union(*(self._order(1) for _index in range(count)))
            orders.action_confirm()
            self._reschedule(f"2026-03-{day}")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders._follow_supply()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(orders.mapped("promise_date")), {date(2026, 3, day + 3)})
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 45)
