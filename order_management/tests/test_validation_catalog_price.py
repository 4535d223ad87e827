from odoo.fields import Command
from odoo.tests import tagged

from .catalog_common import CatalogCase


@tagged("post_install", "-at_install")
class TestValidationCatalogPrice(CatalogCase):
    """The price list and its promotions on the day of the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch_on("price_deviation", tolerance_percent=2.0)
        cls.item = cls._create_product("OM-D", price=80.0, stock=100)
        cls.pricelist = cls.env["product.pricelist"].create(
            {
                "name": "March",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": cls.item.id,
                            "compute_price": "percentage",
                            "percent_price": 10,
                            "date_start": "2026-03-01 00:00:00",
                            "date_end": "2026-03-31 23:59:59",
                        }
                    )
                ],
            }
        )

    def _order_on(self, day, price):
        order = self._create_order(
            [(self.item, 4, price)], pricelist_id=self.pricelist.id, date_order=f"{day} 12:00:00"
        )
        order.order_line.write({"price_unit": price, "discount": 0.0})
        return order

    def test_a_promotion_and_its_last_day(self):
        """Scenario 6: 10 % off D (80.00) in March; 288.00 on 1 April is held."""
        cases = [
            ("2026-02-28", 80.0, []),
            ("2026-02-28", 72.0, ["price_deviation"]),
            ("2026-03-01", 72.0, []),
            ("2026-03-31", 72.0, []),
            ("2026-03-31", 80.0, ["price_deviation"]),  # dearer deviates as well
            ("2026-04-01", 72.0, ["price_deviation"]),
            ("2026-04-01", 80.0, []),
        ]
        for day, price, codes in cases:
            with self.subTest(day=day, price=price):
                order = self._order_on(day, price)
                self.assertEqual(order.amount_untaxed, 4 * price)
                self.assertEqual(self._says(order), codes)
                self.assertEqual(order.hold_state, "held" if codes else "clear")

    def test_what_core_sets_is_expected(self):
        """On the last day 288.00, on the next 320.00, by core's own computation."""
        for day, total in (("2026-03-31", 288.0), ("2026-04-01", 320.0)):
            with self.subTest(day):
                order = self._create_order(
                    [(self.item, 4)],
                    pricelist_id=self.pricelist.id,
                    date_order=f"{day} 12:00:00",
                )
                self.assertEqual((order.amount_untaxed, self._says(order)), (total, []))

    def test_combos_as_core_prices_them(self):
        drink = self._create_product("OM-DRINK", price=3.0)
        combo_items = [
            self.env["product.combo"].create(
                {"name": name, "combo_item_ids": [Command.create({"product_id": product.id})]}
            )
            for name, product in (("Main", self.item), ("Drink", drink))
        ]
        menu = self.env["product.product"].create(
            {
                "name": "Menu",
                "type": "combo",
                "list_price": 50.0,
                "taxes_id": [Command.clear()],
                "combo_ids": [Command.set([combo.id for combo in combo_items])],
            }
        )
        for pricelist in (self.env["product.pricelist"], self._half_price()):
            with self.subTest(pricelist.name or "none"):
                order = self._create_order([(menu, 1)], pricelist_id=pricelist.id)
                parent = order.order_line
                order.order_line = [
                    Command.create(
                        {
                            "product_id": combo.combo_item_ids.product_id.id,
                            "product_uom_qty": 1,
                            "combo_item_id": combo.combo_item_ids.id,
                            "linked_line_id": parent.id,
                        }
                    )
                    for combo in combo_items
                ]
                self.assertEqual(order.amount_untaxed, 25.0 if pricelist else 50.0)
                self.assertEqual(self._says(order), [])
                order.order_line[-1].price_unit += 5.0
                self.assertEqual(self._says(order), ["price_deviation"])

    def _half_price(self):
        return self.env["product.pricelist"].create(
            {
                "name": "Half",
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 50})],
            }
        )

    def test_rewards_of_promotions_are_no_deviation(self):
        if "loyalty.program" not in self.env:
            self.assertNotIn("reward_id", self.env["sale.order.line"]._fields)
            return
        program = self.env["loyalty.program"].create(
            {
                "name": "Ten percent",
                "program_type": "promotion",
                "trigger": "auto",
                "rule_ids": [Command.create({"minimum_qty": 1})],
                "reward_ids": [Command.create({"discount": 10, "discount_mode": "percent"})],
            }
        )
        free = self.env["loyalty.program"].create(
            {
                "name": "Free drink",
                "program_type": "promotion",
                "trigger": "auto",
                "rule_ids": [Command.create({"minimum_qty": 1})],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "product",
                            "reward_product_id": self._create_product("OM-FREE").id,
                        }
                    )
                ],
            }
        )
        for code in ("discount_limit", "margin_floor", "product_not_sellable"):
            self._switch_on(code)
        order = self._create_order([(self.item, 1)])
        order._update_programs_and_rewards()
        for coupon in order.coupon_point_ids.coupon_id:
            order._apply_program_reward(coupon.program_id.reward_ids, coupon)
        rewards = order.order_line.filtered("reward_id")
        self.assertEqual(rewards.reward_id.program_id, program | free)
        self.assertEqual(self._says(order), [])


@tagged("post_install", "-at_install", "om_full")
class TestValidationCatalogDiscount(CatalogCase):
    """At most 20 %: of a line, and of all discounts together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch_on("discount_limit", limit_percent=20.0)

    def _discount(self, order, percent=0, amount=0):
        """A discount on the whole order, by core's wizard."""
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount" if percent else "amount",
                "discount_percentage": percent / 100,
                "discount_amount": amount,
            }
        ).action_apply_discount()

    def _found(self, order):
        return [row["details"]["percent"] for row in self._find(order)[0]]

    def test_of_a_line(self):
        cases = [(0, []), (20, []), (20.01, [20.01]), (150, [150.0]), (-10, []), (100, [100.0])]
        for discount, found in cases:
            with self.subTest(discount=discount):
                order = self._create_order([(self.product, 1), (self.product, 1)])
                order.order_line[0].discount = discount
                self.assertEqual(self._found(order), found)
                self.assertEqual(order.finding_ids.line_id, order.order_line[0] if found else
                                 order.order_line.browse())  # fmt: skip

    def test_of_the_whole_order(self):
        cases = [
            ("at the limit", 0, {"percent": 20}, []),
            ("just beyond", 0, {"percent": 20.1}, [20.1]),
            ("with the line's own", 10, {"percent": 11}, []),  # 19.9 %
            ("with the line's own, beyond", 10, {"percent": 12}, [20.8]),
            ("amount at the limit", 0, {"amount": 20}, []),
            ("amount beyond", 0, {"amount": 20.01}, [20.01]),
        ]
        for name, discount, values, found in cases:
            with self.subTest(name):
                order = self._create_order([(self.product, 2)])
                order.order_line.discount = discount
                self._discount(order, **values)
                self.assertEqual(len(order._get_discount_lines()), 1)
                self.assertEqual(self._found(order), found)

    def test_cents_of_rounding_are_no_excess(self):
        order = self._create_order([(self.product, 1, 33.33)])
        self._discount(order, percent=20)
        self.assertEqual(self._found(order), [])

    def test_with_taxes_in_the_price(self):
        tax = self.env["account.tax"].create(
            {
                "name": "20 % included",
                "amount": 20,
                "price_include_override": "tax_included",
                "type_tax_use": "sale",
            }
        )
        for percent, found in ((20, []), (25, [25.0])):
            with self.subTest(percent=percent):
                order = self._create_order([(self.product, 1)])
                order.order_line.tax_ids = tax
                self._discount(order, percent=percent)
                self.assertEqual(self._found(order), found)

    def test_what_the_price_list_gives_is_no_discount(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Dealers",
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 40})],
            }
        )
        order = self._create_order([(self.product, 1)], pricelist_id=pricelist.id)
        order.order_line.write({"price_unit": 50.0, "discount": 40.0})
        self.assertEqual(self._found(order), [])
        self._discount(order, percent=20)
        self.assertEqual(self._found(order), [], "20 % of what the price list says")
        order.order_line[0].discount = 41
        self.assertEqual(self._found(order), [41.0, 53.0])

    def test_deductions_of_the_document_count(self):
        order = self._create_order([(self.product, 2)])
        order.order_line = [
            Command.create(
                {
                    "product_id": self.product.id,
                    "product_uom_qty": 1,
                    "price_unit": -30.0,
                    "is_document_charge": True,
                }
            )
        ]
        self.assertEqual(self._found(order), [30.0])

    def test_charges_and_delivery_are_no_goods(self):
        """A dear delivery does not make the discount smaller."""
        order = self._create_order([(self.product, 2)])
        self._discount(order, percent=25)
        order.order_line = [
            Command.create(
                {
                    "product_id": self._create_product("OM-DELIVERY", type="service",
                                                       is_storable=False).id,
                    "product_uom_qty": 1,
                    "price_unit": 900.0,
                    "is_delivery": True,
                }
            )
        ]  # fmt: skip
        self.assertEqual(self._found(order), [25.0])

    def test_queries(self):
        self._ensure_constant(self._many, 0)


@tagged("post_install", "-at_install")
class TestValidationCatalogMargin(CatalogCase):
    """At least 10 % of the net price above the cost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._switch_on("margin_floor", limit_percent=10.0)
        cls.item = cls._create_product("OM-MARGIN", price=100.0, standard_price=90.0)

    def _codes(self, price, quantity=1, discount=0, cost=90.0, **values):
        self.item.standard_price = cost
        order = self._create_order([(self.item, quantity, price)], **values)
        order.order_line.write({"price_unit": price, "discount": discount})
        return self._says(order)

    def test_at_the_floor_and_below(self):
        cases = [
            ({"price": 100.0}, False),
            ({"price": 99.99}, True),
            ({"price": 100.0, "discount": 0.1}, True),
            ({"price": 200.0, "discount": 50}, False),
            ({"price": 100.0, "quantity": 7}, False),
            ({"price": 50.0}, True),
            ({"price": 0.0}, True),
            ({"price": 0.0, "cost": 0.0}, False),
            ({"price": -5.0}, True),
            ({"price": 1.0, "cost": 0.0}, False),
            ({"price": 1.0, "quantity": 0}, False),
            ({"price": 1.0, "quantity": -1}, False),
        ]
        for values, is_found in cases:
            with self.subTest(values):
                self.assertEqual(self._codes(**values), ["margin_floor"] * is_found)

    def test_the_floor_itself(self):
        for limit, is_found in ((0.0, False), (-5.0, False), (10.0, False), (10.1, True)):
            with self.subTest(limit=limit):
                self.check.limit_percent = limit
                self.assertEqual(self._codes(100.0), ["margin_floor"] * is_found)

    def test_tax_is_no_margin(self):
        tax = self.env["account.tax"].create(
            {
                "name": "25 % included",
                "amount": 25,
                "price_include_override": "tax_included",
                "type_tax_use": "sale",
            }
        )
        order = self._create_order([(self.item, 1, 100.0)])
        order.order_line.write({"tax_ids": tax, "price_unit": 100.0})
        self.assertEqual(self._find(order)[0][0]["details"]["price"], 80.0)

    def test_a_discount_on_the_order_counts(self):
        order = self._create_order([(self.item, 1, 110.0)])
        self.assertEqual(self._says(order), [])
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.1,
            }
        ).action_apply_discount()
        self.assertEqual(self._find(order)[0][0]["details"]["price"], 99.0)

    def test_in_another_unit_and_currency(self):
        """A dozen costs 1,080.00 euros, 2,160.00 dollars: 2,400.00 is exactly the floor."""
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", dollar.id)]).unlink()
        self.env["res.currency.rate"].create(
            [
                {"currency_id": dollar.id, "rate": rate, "name": day,
                 "company_id": self.company.id}
                for rate, day in ((2.0, "2026-01-01"), (4.0, "2026-06-01"))
            ]
        )  # fmt: skip
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": dollar.id}
        )
        dozen = self.env.ref("uom.product_uom_dozen")
        for price, found in ((2400.0, []), (2399.0, ["margin_floor"])):
            with self.subTest(price=price):
                order = self._create_order(
                    [(self.item, 1)],
                    pricelist_id=pricelist.id,
                    date_order="2026-03-02 12:00:00",
                )
                order.order_line.write({"product_uom_id": dozen.id})
                order.order_line.write({"price_unit": price, "discount": 0.0})
                self.assertEqual(order.currency_id, dollar)
                self.assertEqual(self._says(order), found)

    def test_cost_is_for_those_who_may_see_it(self):
        order = self._create_order([(self.item, 1, 95.0)])
        for role in ("clerk", "integration"):
            row = self._find(order, role)[0][0]
            self.assertEqual(row["details"], {})
            self.assertNotRegex(row["message"], r"90|95|%")
        self.assertEqual(self._find(order, "manager")[0][0]["details"]["cost"], 90.0)

    def test_the_cost_of_the_order_s_own_company(self):
        """A17: with two companies allowed, the order's company decides."""
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.euro.id})
        self.item.with_company(other).standard_price = 10.0
        order = self._create_order([(self.item, 1, 95.0)])
        both = order.with_context(allowed_company_ids=[other.id, self.company.id])
        self.assertEqual(both.check_orders()[0]["findings"][0]["check"], "margin_floor")

    def test_queries(self):
        self._ensure_constant(lambda count: self._many(count, [(self.item, 1)]), 1)
