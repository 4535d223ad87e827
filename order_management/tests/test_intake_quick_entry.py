from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import plain
from .intake_common import IntakeCase

NEW_CUSTOMER = {
    "name": "Marie Curie",
    "phone": "+32 470 11 22 33",
    "email": "marie@example.com",
    "street": "Rue Haute 7",
    "zip": "1000",
    "city": "Brussels",
    "country": "BE",
}


@tagged("post_install", "-at_install", "om_lean")
class TestIntakeQuickEntry(IntakeCase):
    """What the screen for phone and counter asks, as the clerk who sits at it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.phone = cls._create_channel("PHONE", kind="phone")
        cls.customer.write(
            {"phone": "+32 2 123 45 67", "email": "info@deco-sud.example", "ref": "D-17"}
        )
        cls.mug = cls._create_product("MUG", price=12.5, stock=10, barcode="5412345000013")
        cls.six = cls.env["uom.uom"].create(
            {"name": "Box of 6", "relative_factor": 6, "relative_uom_id": cls.mug.uom_id.id}
        )
        cls.mug.uom_ids = cls.six

    def ask(self, method, *arguments, role="clerk", channel="PHONE", **values):
        """A call as the screen makes it, without the tests' context."""
        desk = plain(self.as_role("order.quick.entry", role))
        return getattr(desk, method)(channel, *arguments, **values)

    def entry(self, *lines, **values):
        """An entry of ``lines``: (product, quantity) or (product, quantity, unit)."""
        return {
            "partner_id": self.customer.id,
            "lines": [
                {
                    "product_id": product.id,
                    "quantity": quantity,
                    **({"uom_id": unit[0].id} if unit else {}),
                }
                for product, quantity, *unit in lines or [(self.mug, 2)]
            ],
            **values,
        }

    def new_entry(self, *lines, **values):
        """An entry for somebody who is no customer yet."""
        return {**self.entry(*lines, customer=dict(NEW_CUSTOMER), **values), "partner_id": False}

    def order_count(self):
        return self.env["sale.order"].search_count([])

    # Channels

    def test_channels_of_a_desk_are_offered(self):
        self._create_channel("COUNTER", kind="counter")
        desk = plain(self.as_role("order.quick.entry", "clerk"))
        answer = desk.get_channels()
        self.assertEqual([row["code"] for row in answer["channels"]], ["COUNTER", "PHONE"])
        self.assertFalse(answer["may_create"])
        self.assertIn("Test manager", answer["managers"])
        manager = plain(self.as_role("order.quick.entry", "manager"))
        self.assertTrue(manager.get_channels()["may_create"])

    def test_other_channels_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "channel: "):
            self.ask("search_customers", "x", channel="WEB")
        with self.assertRaises(AccessError):
            self.ask("search_customers", "x", channel="NONE")

    def test_a_channel_of_others_is_neither_offered_nor_used(self):
        self.phone.user_ids = self.users["manager"]
        desk = plain(self.as_role("order.quick.entry", "clerk"))
        self.assertEqual(desk.get_channels()["channels"], [])
        for method, arguments in (
            ("search_customers", ("Deco",)),
            ("get_customer", (self.customer.id,)),
            ("search_products", ("MUG",)),
            ("quote", (self.entry(),)),
            ("save", ("P-1", self.entry())),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                self.ask(method, *arguments)
        self.assertFalse(self.env["sale.order"].search([("external_ref", "=", "P-1")]))
        self.phone.user_ids += self.users["clerk"]
        self.assertEqual([row["code"] for row in desk.get_channels()["channels"]], ["PHONE"])

    # Customers

    def test_a_customer_is_found_by_whatever_they_say(self):
        self.env["order.channel.partner"].create(
            {"channel_id": self.phone.id, "ref": "K77", "partner_id": self.customer.id}
        )
        for text, key in (
            ("02 123 45 67", "phone"),
            ("0032 2 1234567", "phone"),
            ("info@deco-sud.example", "email"),
            ("INFO@Deco-Sud.example", "email"),
            ("D-17", "ref"),
            ("K77", "channel"),
            ("eco su", "name"),
            ("  deco sud ", "name"),
        ):
            with self.subTest(text):
                (found,) = self.ask("search_customers", text)["customers"]
                self.assertEqual((found["id"], found["match"]), (self.customer.id, key))
        self.assertEqual(found["phone"], "+32 2 123 45 67")
        self.assertEqual(found["address"], "Chaussée de Namur 40, 1367 Ramillies, Belgium")

    def test_nothing_typed_finds_nobody(self):
        for text in ("", "   ", "02 999 99 99", "nobody"):
            with self.subTest(text):
                self.assertEqual(self.ask("search_customers", text)["customers"], [])

    def test_another_company_s_customer_is_nobody(self):
        other = self.env["res.company"].create({"name": "Other"})
        hidden = self._create_customer("Hidden", phone="02 555 66 77", company_id=other.id)
        self.assertEqual(self.ask("search_customers", "02 555 66 77")["customers"], [])
        self.assertEqual(self.ask("search_customers", "Hidden")["customers"], [])
        before = self.order_count()
        for call in (
            lambda: self.ask("get_customer", hidden.id),
            lambda: self.ask("search_products", "MUG", partner_id=hidden.id),
            lambda: self.ask("quote", self.entry(partner_id=hidden.id)),
            lambda: self.ask("save", "P-1", self.entry(partner_id=hidden.id)),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertEqual(self.order_count(), before)

    def test_the_channel_s_company_counts_where_a_clerk_has_several(self):
        other = self.env["res.company"].create({"name": "Other"})
        clerk = self.users["clerk"]
        clerk.company_ids = [Command.link(other.id)]
        hidden = self._create_customer("Hidden", phone="02 555 66 77", company_id=other.id)
        desk = self.env["order.quick.entry"].with_user(clerk)
        desk = desk.with_context(allowed_company_ids=[self.company.id, other.id])
        self.assertEqual(desk.search_customers("PHONE", "Hidden")["customers"], [])
        with self.assertRaises(AccessError):
            desk.get_customer("PHONE", hidden.id)

    def test_a_customer_comes_with_addresses_holds_and_last_orders(self):
        depot = self._create_customer(
            "Depot", parent_id=self.customer.id, type="delivery", street="Kaai 3"
        )
        sold = self._create_order([(self.mug, 2, 12.5)])
        sold.action_confirm()
        held = self._create_order([(self.mug, 1, 1.0)], name="S-HELD")
        held.check_orders()
        self.assertEqual(held.hold_state, "held")
        answer = self.ask("get_customer", self.customer.id)
        self.assertEqual(answer["customer"]["name"], "Deco Sud")
        self.assertEqual([row["id"] for row in answer["addresses"]], [depot.id, self.customer.id])
        self.assertEqual([row["name"] for row in answer["holds"]], ["S-HELD"])
        self.assertTrue(answer["holds"][0]["message"])
        self.assertEqual({row["id"] for row in answer["orders"]}, {sold.id, held.id})
        again = next(row for row in answer["orders"] if row["id"] == sold.id)
        self.assertEqual(
            [(line["product_id"], line["quantity"]) for line in again["lines"]],
            [(self.mug.id, 2.0)],
        )

    # Products

    def test_a_product_is_found_by_code_barcode_and_name(self):
        supplier = self._create_customer("Supplier")
        self.mug.seller_ids = [Command.create({"partner_id": supplier.id, "product_code": "S-1"})]
        self.env["order.product.code"].create(
            {"code": "THEIRS", "partner_id": self.customer.id, "product_id": self.mug.id}
        )
        for text, exact in (
            ("MUG", True),
            ("mug", True),
            ("5412345000013", True),
            ("05412345000013", True),
            ("S-1", True),
            ("THEIRS", True),
            ("duct mu", False),
        ):
            with self.subTest(text):
                answer = self.ask("search_products", text, partner_id=self.customer.id)
                self.assertEqual(answer["exact"], exact)
                self.assertEqual([row["product_id"] for row in answer["products"]], [self.mug.id])
                self.assertEqual(answer["products"][0]["price"], 12.5)
        self.assertEqual(self.ask("search_products", "THEIRS")["products"], [])

    def test_a_packaging_s_barcode_means_its_unit(self):
        self.env["product.uom"].create(
            {"product_id": self.mug.id, "uom_id": self.six.id, "barcode": "05412345000020"}
        )
        for text in ("5412345000020", "05412345000020"):
            answer = self.ask("search_products", text)
            found = answer["products"][0]
            self.assertTrue(answer["exact"])
            self.assertEqual((found["uom_id"], found["uom"]), (self.six.id, "Box of 6"))

    def test_a_product_of_another_company_is_unknown(self):
        other = self.env["res.company"].create({"name": "Other"})
        hidden = self._create_product("HIDDEN", company_id=other.id)
        self.assertEqual(self.ask("search_products", "HIDDEN")["products"], [])
        for method, arguments in (("quote", ()), ("save", ("P-1",))):
            with self.assertRaises(AccessError):
                self.ask(method, *arguments, self.entry((hidden, 1)))

    def test_archived_and_unsellable_products_are_not_offered(self):
        self._create_product("GONE", active=False)
        self._create_product("INTERNAL", sale_ok=False)
        for text in ("GONE", "INTERNAL"):
            self.assertEqual(self.ask("search_products", text)["products"], [])

    # Prices and availability

    def test_the_quote_follows_quantity_breaks(self):
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "product.group_product_pricelist"
        )
        self.phone.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Phone",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": self.mug.id,
                            "min_quantity": 6,
                            "compute_price": "fixed",
                            "fixed_price": 10.0,
                        }
                    )
                ],
            }
        )
        for lines, prices, total in (
            ([(self.mug, 5)], [12.5], 62.5),
            ([(self.mug, 6)], [10.0], 60.0),
            ([(self.mug, 1, self.six)], [60.0], 60.0),
            ([(self.mug, 1, self.six), (self.product, 1, self.six)], [60.0, 300.0], 360.0),
            ([(self.mug, 5), (self.mug, 7)], [12.5, 10.0], 132.5),
        ):
            with self.subTest(lines):
                answer = self.ask("quote", self.entry(*lines))
                self.assertEqual([line["price_unit"] for line in answer["lines"]], prices)
                self.assertEqual(answer["amount_total"], total)
                saved = self.ask("save", f"P-{lines}", self.entry(*lines))
                self.assertEqual(self.order_of(saved).amount_total, total)

    def test_the_quote_shows_a_pricelist_s_discount_as_the_order_does(self):
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "product.group_product_pricelist"
        )
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "sale.group_discount_per_so_line"
        )
        self.phone.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Friends",
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 10})],
            }
        )
        (line,) = self.ask("quote", self.entry((self.mug, 3)))["lines"]
        order = self.order_of(self.ask("save", "P-1", self.entry((self.mug, 3))))
        self.assertEqual((line["price_unit"], line["discount"]), (12.5, 10.0))
        self.assertEqual(line["price_subtotal"], 33.75)
        self.assertEqual((order.order_line.price_unit, order.order_line.discount), (12.5, 10.0))

    def test_the_total_is_with_tax_mapped_for_the_customer(self):
        tax = self.env["account.tax"].create({"name": "21 %", "amount": 21})
        none = self.env["account.tax"].create({"name": "0 %", "amount": 0})
        self.mug.taxes_id = tax
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Abroad",
                "auto_apply": True,
                "country_id": self.env.ref("base.us").id,
            }
        )
        none.write({"fiscal_position_ids": position.ids, "original_tax_ids": tax.ids})
        answer = self.ask("quote", self.entry((self.mug, 2)))
        self.assertEqual(
            (answer["amount_untaxed"], answer["amount_tax"], answer["amount_total"]),
            (25.0, 5.25, 30.25),
        )
        self.assertEqual(self.ask("quote", self.new_entry((self.mug, 2)))["amount_total"], 30.25)
        abroad = self.new_entry((self.mug, 2))
        abroad["customer"]["country"] = "US"
        self.assertEqual(self.ask("quote", abroad)["amount_total"], 25.0)

    @freeze_time("2026-03-02 10:00:00")
    def test_availability_counts_what_is_reserved_and_what_comes(self):
        taken = self._create_order([(self.mug, 6, 12.5)])
        taken.action_confirm()
        self.assertEqual(self.mug.with_context(warehouse_id=self.warehouse.id).free_qty, 4.0)
        self._receive(self.mug, 5, "2026-03-09 08:00:00")
        self._receive(self.mug, 5, "2026-02-20 08:00:00")  # late: today at best
        for quantity, expected in (
            (4, ("free", 4.0, "2026-03-02", "2026-03-02")),
            (9, ("partly", 4.0, "2026-03-02", "2026-03-02")),
            (10, ("partly", 4.0, "2026-03-02", "2026-03-09")),
            (15, ("partly", 4.0, "2026-03-02", False)),
        ):
            with self.subTest(quantity):
                (line,) = self.ask("quote", self.entry((self.mug, quantity)))["lines"]
                self.assertEqual(
                    (line["state"], line["free"], line["next_date"], line["ship_date"]), expected
                )

    @freeze_time("2026-03-02 10:00:00")
    def test_lines_of_one_product_share_what_is_free(self):
        self._receive(self.mug, 4, "2026-03-09 08:00:00")
        lines = [(self.mug, 1, self.six), (self.mug, 4), (self.mug, 4)]
        answer = self.ask("quote", self.entry(*lines))
        self.assertEqual(
            [(line["state"], line["free"], line["ship_date"]) for line in answer["lines"]],
            [
                ("free", 10.0, "2026-03-02"),
                ("free", 4.0, "2026-03-02"),
                ("none", 0.0, "2026-03-09"),
            ],
        )
        self.assertEqual(answer["ship_date"], "2026-03-09")

    @freeze_time("2026-03-02 10:00:00")
    def test_what_comes_serves_first_who_waits(self):
        waiting = self._create_order([(self.mug, 13, 12.5)])
        waiting._run_checks()
        waiting.finding_ids.write({"state": "released"})
        waiting.action_confirm()
        self._receive(self.mug, 5, "2026-03-09 08:00:00")
        for quantity, ship_date in ((2, "2026-03-09"), (3, False)):
            with self.subTest(quantity):
                (line,) = self.ask("quote", self.entry((self.mug, quantity)))["lines"]
                self.assertEqual(
                    (line["state"], line["next_date"], line["ship_date"]),
                    ("none", "2026-03-09", ship_date),
                )

    def test_what_is_not_stocked_is_always_there(self):
        service = self._create_product("WORK", type="service", is_storable=False)
        (line,) = self.ask("quote", self.entry((service, 3)))["lines"]
        self.assertEqual((line["state"], line["next_date"]), ("unlimited", False))

    def test_a_quote_costs_the_same_number_of_queries_for_any_number_of_lines(self):
        products = [self._create_product(f"Q-{n}", stock=5) for n in range(40)]
        self.phone.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Phone",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": product.id,
                            "compute_price": "fixed",
                            "fixed_price": 9.0,
                        }
                    )
                    for product in products
                ],
            }
        )
        counts = []
        self.ask("quote", self.entry((products[0], 1)))
        for lines in (products[:2], products[:20], products):
            self.env.invalidate_all()
            self.env.flush_all()
            entry = self.entry(*[(product, 2) for product in lines])
            before = self.env.cr.sql_log_count
            self.ask("quote", entry)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1], counts)
        self.assertEqual(counts[1], counts[2], counts)
        self.assertLessEqual(counts[2], 60)

    def test_a_quote_stores_nothing(self):
        before = self.order_count()
        self.ask("quote", self.new_entry())
        self.env.flush_all()
        self.assertEqual(self.order_count(), before)

    # Saving

    @freeze_time("2026-03-02 10:00:00")
    def test_save_makes_a_checked_order_of_the_channel(self):
        entry = self.entry(
            (self.mug, 2), (self.product, 1), requested_date="2026-03-10", note="Ring twice"
        )
        answer = self.ask("save", "PHONE-abc", entry)
        order = self.order_of(answer)
        self.assertEqual((answer["ok"], answer["outcome"]), (True, "created"))
        self.assertEqual((answer["hold_state"], answer["amount_total"]), ("clear", 75.0))
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual((order.channel_id, order.external_ref), (self.phone, "PHONE-abc"))
        self.assertEqual(order.user_id, self.users["clerk"])
        self.assertEqual(order.state, "draft")
        self.assertEqual(str(order.commitment_date.date()), "2026-03-10")
        self.assertIn("Ring twice", order.note)
        self.assertEqual(
            [(line.product_id, line.product_uom_qty) for line in order.order_line],
            [(self.mug, 2.0), (self.product, 1.0)],
        )

    def test_the_clerk_sells_also_to_somebody_else_s_customer(self):
        self.customer.user_id = self.users["manager"]
        order = self.order_of(self.ask("save", "P-1", self.entry()))
        self.assertEqual(order.user_id, self.users["clerk"])

    def test_twice_is_once(self):
        first = self.ask("save", "P-1", self.entry())
        before = self.order_count()
        again = self.ask("save", "P-1", self.entry())
        self.assertEqual((again["outcome"], again["replayed"]), ("replayed", True))
        self.assertEqual(again["order_id"], first["order_id"])
        self.assertEqual(self.order_count(), before)

    def test_another_content_under_the_same_reference_changes_nothing(self):
        first = self.ask("save", "P-1", self.entry((self.mug, 2)))
        answer = self.ask("save", "P-1", self.entry((self.mug, 3)))
        self.assertEqual((answer["ok"], answer["outcome"]), (False, "conflict"))
        self.assertEqual(answer["order_id"], first["order_id"])
        self.assertEqual(self.order_of(first).order_line.product_uom_qty, 2.0)

    def test_what_was_found_is_told_at_once(self):
        answer = self.ask("save", "P-1", self.entry((self.mug, 11)))
        self.assertEqual(answer["hold_state"], "held")
        (found,) = answer["findings"]
        self.assertEqual((found["check"], found["severity"]), ("stock_short", "hold"))
        self.assertTrue(found["hint"])
        self.as_role("order.finding", "manager").browse(found["id"]).release("Comes today")
        order = self.as_role("order.quick.entry", "clerk").get_order(answer["order_id"])
        self.assertEqual((order["hold_state"], order["order_state"]), ("clear", "draft"))
        self.assertEqual(order["amount_total"], 137.5)

    def test_a_channel_that_confirms_confirms(self):
        self.phone.process = "confirm"
        self.assertEqual(self.ask("save", "P-1", self.entry())["order_state"], "sale")

    def test_the_delivery_address_is_the_chosen_one(self):
        depot = self._create_customer(
            "Depot", parent_id=self.customer.id, type="delivery", street="Kaai 3"
        )
        for chosen, expected in (
            (depot, depot),
            (self.customer, self.customer),
            (None, depot),  # core's default
        ):
            with self.subTest(chosen):
                values = {"shipping_id": chosen.id} if chosen else {}
                answer = self.ask("save", f"P-{chosen}", self.entry(**values))
                self.assertEqual(self.order_of(answer).partner_shipping_id, expected)
        stranger = self._create_customer("Stranger")
        with self.assertRaisesRegex(ValidationError, "entry.shipping_id"):
            self.ask("save", "P-9", self.entry(shipping_id=stranger.id))

    def test_somebody_new_becomes_a_customer(self):
        answer = self.ask("save", "P-1", self.new_entry())
        partner = self.order_of(answer).partner_id
        self.assertEqual(answer["outcome"], "created")
        self.assertEqual(partner.name, "Marie Curie")
        self.assertEqual((partner.phone, partner.email), ("+32 470 11 22 33", "marie@example.com"))
        self.assertEqual((partner.street, partner.country_id), ("Rue Haute 7", self.belgium))
        again = self.ask("save", "P-2", self.new_entry())
        self.assertEqual(self.order_of(again).partner_id, partner)

    def test_nobody_new_where_the_channel_refuses(self):
        self.phone.unknown_customer = "refuse"
        before = self.env["res.partner"].search_count([])
        answer = self.ask("save", "P-1", self.new_entry())
        self.assertEqual((answer["ok"], answer["order_id"]), (False, False))
        self.assertEqual(answer["errors"][0]["code"], "unknown_customer")
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        # Corrected under the same reference, it is taken.
        self.assertEqual(self.ask("save", "P-1", self.entry())["outcome"], "created")

    def test_products_without_a_code_can_be_sold(self):
        nameless = self._create_product(False, price=3.0)
        answer = self.ask("save", "P-1", self.entry((nameless, 2)))
        self.assertEqual(self.order_of(answer).order_line.product_id, nameless)

    def test_wrong_arguments_are_named(self):
        dozen = self.env.ref("uom.product_uom_kgm")
        for entry, path in (
            ("text", "entry"),
            ({"wrong": 1}, "entry.wrong"),
            (self.entry(partner_id="x"), "entry.partner_id"),
            (self.entry((self.mug, "2")), r"entry.lines\[0\].quantity"),
            (self.entry((self.mug, 1, dozen)), r"entry.lines\[0\].uom_id"),
            (self.new_entry() | {"customer": {"vip": "yes"}}, "entry.customer.vip"),
        ):
            with self.subTest(path), self.assertRaisesRegex(ValidationError, path):
                self.ask("quote", entry)

    def test_an_entry_without_lines_or_customer_is_rejected(self):
        for ref, entry in (
            ("P-1", {**self.entry(), "lines": []}),
            ("P-2", {**self.entry(), "partner_id": False}),
            ("P-3", self.entry(requested_date="soon")),
        ):
            with self.subTest(ref):
                before = self.order_count()
                answer = self.ask("save", ref, entry)
                self.assertEqual((answer["ok"], answer["outcome"]), (False, "rejected"))
                self.assertEqual(self.order_count(), before)

    def test_other_roles_are_refused(self):
        for role in ("picker", "returns", "integration", "auditor"):
            for method, arguments in (
                ("search_customers", ("x",)),
                ("get_customer", (self.customer.id,)),
                ("search_products", ("MUG",)),
                ("quote", (self.entry(),)),
                ("save", ("P-1", self.entry())),
            ):
                with self.subTest(f"{method} as {role}"), self.assertRaises(AccessError):
                    self.ask(method, *arguments, role=role)
        self.assertFalse(self.env["sale.order"].search([("external_ref", "=", "P-1")]))

    def _receive(self, product, quantity, moment):
        """A receipt that is expected at ``moment``."""
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "date": moment,
            }
        )
        move._action_confirm()
        move.date = moment
