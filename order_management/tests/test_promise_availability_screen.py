from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..models.common.optional import has_model
from .common import OrderManagementCase
from .test_promise_availability import AvailabilityCase


@tagged("post_install", "-at_install", "om_full")
class TestPromiseAvailabilityScreen(AvailabilityCase):
    """The list of what can be promised, and the time line of one product."""

    def _row(self, product=None, warehouse=None, role="clerk"):
        return self.as_role("order.availability", role).search(
            [
                ("product_id", "=", (product or self.item).id),
                ("warehouse_id", "=", (warehouse or self.warehouse).id),
            ]
        )

    def test_the_list_says_what_the_feed_says(self):
        self._sell(self.item, 20)
        self._receive(self.item, 5, "2026-03-10")
        row, item = self._row(), self._item()
        for name in ("on_hand", "reserved", "available", "incoming", "next_quantity"):
            self.assertEqual(row[name], item[name], name)
        self.assertEqual(str(row.next_date), item["next_date"])
        self.assertEqual((row.waiting, row.uncovered), (8.0, 3.0))

    def test_scarce_ones_are_on_top(self):
        late, never = self._create_product("OM-LATE"), self._create_product("OM-NEVER")
        self._sell(late, 4)
        self._sell(never, 4)
        self._receive(late, 6, "2026-03-10")
        products = never | late | self.item
        rows = self.as_role("order.availability", "clerk").search(
            [("product_id", "in", products.ids), ("warehouse_id", "=", self.warehouse.id)]
        )
        self.assertEqual(rows.product_id.ids, products.ids)
        self.assertEqual(rows.mapped("waiting"), [4.0, 4.0, 0.0])
        self.assertEqual(rows.mapped("uncovered"), [4.0, 0.0, 0.0])

    def test_search_by_name_and_code(self):
        for text in ("OM-FEED", "Product OM-FEED"):
            rows = self.as_role("order.availability", "clerk").search(
                [("product_id", "ilike", text), ("warehouse_id", "=", self.warehouse.id)]
            )
            self.assertEqual(rows.product_id, self.item)

    def test_the_days_and_their_documents(self):
        soon = self._sell(self.item, 5)
        later = self._sell(self.item, 4, commitment_date="2026-03-20 12:00:00")
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
        purchase.button_confirm()
        self._receive(self.item, 1, "2026-02-20", origin="LATE")
        timeline = self._row().timeline
        names = ("day", "supply", "demand", "stock", "promised", "free", "now")
        self.assertEqual(
            [tuple(day[name] for name in names) for day in timeline["days"]],
            [
                ("2026-03-02", 1.0, 5.0, 8.0, 4.0, 4.0, 3.0),
                ("2026-03-10", 20.0, 0.0, 28.0, 4.0, 24.0, 3.0),
                ("2026-03-20", 0.0, 4.0, 24.0, 0.0, 24.0, 3.0),
            ],
        )
        today, middle, last = [day["documents"] for day in timeline["days"]]
        self.assertEqual(
            [(one["model"], one["quantity"], one["comes_in"]) for one in today],
            [("stock.picking", 1.0, True), ("sale.order", 5.0, False)],
        )
        self.assertEqual((today[0]["late_since"], today[1]["late_since"]), ("2026-02-20", False))
        self.assertEqual((today[1]["id"], today[1]["partner"]), (soon.id, "Deco Sud"))
        self.assertTrue(today[1]["may_open"])
        self.assertEqual(
            (middle[0]["name"], middle[0]["may_open"]),
            (purchase.display_name, False),
            "a clerk reads no purchases",
        )
        self.assertEqual(last[0]["id"], later.id)

    def test_many_documents_of_a_day_are_counted(self):
        for index in range(9):
            self._receive(self.item, 1, "2026-03-10", origin=f"R{index}")
        day = self._row().timeline["days"][1]
        self.assertEqual((len(day["documents"]), day["hidden"], day["supply"]), (6, 3, 9.0))

    def test_a_kit_shows_its_components(self):
        if not has_model(self.env, "mrp.bom"):
            self.skipTest("Kits need mrp.")
        wheel = self._create_product("OM-WHEEL", stock=9)
        cart = self._create_product("OM-CART")
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": cart.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": wheel.id, "product_qty": 2}),
                    Command.create({"product_id": self.item.id, "product_qty": 1}),
                ],
            }
        )
        self._receive(wheel, 4, "2026-03-10")
        row = self._row(cart)
        self.assertEqual((row.is_kit, row.available, row.on_hand), (True, 4.0, 4.0))
        self.assertEqual((str(row.next_date), row.next_quantity), ("2026-03-10", 2.0))
        timeline = row.timeline
        self.assertEqual(
            [(day["day"], day["free"]) for day in timeline["days"]],
            [("2026-03-02", 4.0), ("2026-03-10", 6.0)],
        )
        self.assertEqual(
            [(part["each"], part["available"], part["kits"]) for part in timeline["parts"]],
            [(2.0, 9.0, 4), (1.0, 12.0, 12)],
        )
        self.assertEqual(timeline["parts"][0]["id"], self._row(wheel).id)

    def test_queries_do_not_grow(self):
        """Neither the list with its rows, nor the time line with its days and documents."""
        counts = []
        self._row().read(["timeline"])  # what is read once for all
        for size in (3, 40):
            for index in range(size):
                product = self._create_product(f"OM-S{size}-{index}", stock=5)
                self._receive(product, 1, "2026-03-10")
                self._receive(self.item, 1, f"2026-04-{1 + index % 28:02d}")
                self._sell(self.item, 1)
            self.env.flush_all()
            for names in (["product_id", "available", "next_date"], ["timeline"]):
                self.env.invalidate_all()
                rows = self.as_role("order.availability", "clerk")
                before = self.env.cr.sql_log_count
                domain = [] if names != ["timeline"] else [("product_id", "=", self.item.id)]
                rows.search_read(domain, names)
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[0], counts)
        self.assertLessEqual(counts[3], counts[1], counts)

    def test_rights(self):
        self.assertTrue(self._row(role="manager"))
        self.assertTrue(self._row(role="auditor").timeline["days"])
        for role in ("picker", "integration"):
            with self.assertRaises(AccessError):
                self._row(role=role)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            login="om_else",
            groups="order_management.group_clerk",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        rows = self.env["order.availability"].with_user(stranger)
        found = rows.search([])
        self.assertEqual(found.company_id, other)
        foreign = rows.browse(self._row().id)
        self.env.invalidate_all()
        self.assertEqual(foreign.read(["available"]), [])
        for name in ("write", "unlink"):
            with self.assertRaises(AccessError):
                getattr(self._row(), name)(*([{"available": 1}] if name == "write" else []))


@tagged("post_install", "-at_install", "om_tour")
class TestPromiseAvailabilityTour(HttpCase, OrderManagementCase):
    """Availability in a real browser, as a clerk uses it."""

    def test_clerk_looks_at_the_time_line(self):
        self.env.ref("order_management.order_check_stock_short").mode = "off"
        plenty = self._create_product("TOUR-PLENTY", stock=12)
        scarce = self._create_product("TOUR-SCARCE")
        for product, quantity, name in ((plenty, 5, "TOUR-ORDER"), (scarce, 900000, "TOUR-BIG")):
            self._create_order([(product, quantity)], name=name).action_confirm()
        receipt = self.env["stock.move"].create(
            {
                "product_id": plenty.id,
                "product_uom_qty": 20,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "picking_type_id": self.warehouse.in_type_id.id,
            }
        )
        receipt._action_confirm(merge=False)
        receipt.date = datetime.now() + timedelta(days=10)
        self.start_tour(
            "/odoo/order-availability", "order_management_availability", login="om_clerk"
        )
