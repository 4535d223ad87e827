from odoo.fields import Command
from odoo.tests import tagged

from .catalog_common import CatalogCase


@tagged("post_install", "-at_install", "om_full")
class TestValidationCatalogSellable(CatalogCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch_on("product_not_sellable")
        cls.item = cls._create_product("OM-ITEM", stock=10)

    def _reasons(self, order):
        return [row["details"]["reason"] for row in self._find(order)[0]]

    def test_reasons(self):
        other = self.env["res.company"].create({"name": "Other"})
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        unit = self.env["uom.uom"].create({"name": "Crate", "relative_factor": 6,
                                             "relative_uom_id": self.item.uom_id.id})  # fmt: skip
        cases = [
            ("sold", {}, []),
            ("archived", {"active": False}, ["archived"]),
            ("not for sale", {"sale_ok": False}, ["not_for_sale"]),
            ("own company's", {"company_id": self.company.id}, []),
            ("another company's", {"company_id": other.id}, ["other_company"]),
            ("a branch's", {"company_id": branch.id}, ["other_company"]),
        ]
        for name, values, reasons in cases:
            with self.subTest(name):
                product = self._create_product(f"OM-{name}")
                order = self._create_order([(product, 1), (self.item, 1)])
                # Past core's own checks, as imports and other addons write it.
                product.with_context(active_test=False).flush_recordset()
                for field, value in values.items():
                    record = product if field == "active" else product.product_tmpl_id
                    self.env.cr.execute(
                        f"UPDATE {record._table} SET {field} = %s WHERE id = %s",  # pylint: disable=sql-injection
                        [value, record.id],
                    )
                self.env.invalidate_all()
                rows = self._find(order)[0]
                self.assertEqual([row["details"]["reason"] for row in rows], reasons)
                self.assertEqual(order.hold_state, "held" if reasons else "clear")
                if rows:
                    self.assertEqual(rows[0]["line_id"], order.order_line[0].id)
        with self.subTest("archived unit"):
            order = self._create_order([(self.item, 1)])
            order.order_line.product_uom_id = unit
            self.assertEqual(self._reasons(order), [])
            unit.active = False
            self.assertEqual(self._reasons(order), ["unit"])

    def test_a_product_of_the_parent_company(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.item.company_id = self.company
        check = self.env["order.check"].search([("code", "=", "product_not_sellable")])
        order = self._create_order([(self.item, 1)])
        order.flush_recordset()
        for table in ("sale_order", "sale_order_line"):
            column = "id" if table == "sale_order" else "order_id"
            self.env.cr.execute(
                f"UPDATE {table} SET company_id = %s WHERE {column} = %s",  # pylint: disable=sql-injection
                [branch.id, order.id],
            )
        self.env.invalidate_all()
        self.assertEqual(check.with_company(branch)._run(order.with_company(branch)), [])

    def test_combinations(self):
        """A value that is given up, and two that exclude each other."""
        attributes = self.env["product.attribute"].create(
            [
                {"name": name, "value_ids": [Command.create({"name": n}) for n in values]}
                for name, values in (("Size", "SM"), ("Colour", "RG"))
            ]
        )
        template = self.env["product.template"].create(
            {
                "name": "Shirt",
                "taxes_id": [Command.clear()],
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                    for attribute in attributes
                ],
            }
        )
        variants = template.product_variant_ids
        self.assertEqual(len(variants), 4)
        orders = [self._create_order([(variant, 1)]) for variant in variants]
        for order in orders:
            self.assertEqual(self._reasons(order), [])
        small, red = variants[0].product_template_attribute_value_ids
        self.env["product.template.attribute.exclusion"].create(
            {
                "product_tmpl_id": template.id,
                "product_template_attribute_value_id": small.id,
                "value_ids": [Command.set(red.ids)],
            }
        )
        variants[0].with_context(active_test=False).active = True
        possible = [variant._is_variant_possible() for variant in variants]
        self.assertEqual(possible, [False, True, True, True])
        self.assertEqual([self._reasons(order) for order in orders], [["combination"], [], [], []])

    def test_lines_that_sell_nothing_from_the_shelf(self):
        """Delivery, charges, discounts, expenses and down payments have products of their own."""
        internal = self._create_product("OM-INT", type="service", is_storable=False, sale_ok=False)
        line = {"product_id": internal.id, "product_uom_qty": 1, "price_unit": 5.0}
        order = self._create_order()
        order.order_line = [
            Command.create({**line, "is_delivery": True}),
            Command.create({**line, "is_document_charge": True}),
            Command.create({**line, "is_document_charge": True, "price_unit": -5.0}),
            Command.create({**line, "is_expense": True}),
            Command.create({**line, "is_downpayment": True, "product_uom_qty": 0}),
            Command.create({"display_type": "line_section", "name": "Section"}),
        ]
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.1,
            }
        ).action_apply_discount()
        self.company.sale_discount_product_id.sale_ok = False
        self.assertEqual(self._reasons(order), [])
        order.order_line = [Command.create(line)]
        self.assertEqual(self._reasons(order), ["not_for_sale"])

    def test_queries(self):
        self._ensure_constant(self._many, 0)


@tagged("post_install", "-at_install", "om_lean")
class TestValidationCatalogOutlier(CatalogCase):
    """Against what this customer ordered before: three orders of about ten, factor five."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._switch_on("quantity_outlier", factor=5.0, minimum_count=3)
        cls.item = cls._create_product("OM-OFTEN", stock=10000)
        cls.firm = cls._create_customer("Firm", is_company=True)
        cls.buyer = cls._create_customer("Buyer", parent_id=cls.firm.id)
        for quantity, customer in ((8, cls.firm), (10, cls.buyer), (12, cls.firm)):
            cls._sell(quantity, customer)

    @classmethod
    def _sell(cls, quantity, customer, product=None):
        order = cls._create_order([(product or cls.item, quantity)], customer)
        order.action_confirm()
        if order.state != "sale":
            raise AssertionError(order.finding_ids.mapped("message"))
        return order

    def _order(self, quantity, customer=None, product=None):
        return self._create_order([(product or self.item, quantity)], customer or self.firm)

    def test_both_directions(self):
        cases = [
            (10, None, 0),
            (50, None, 0),
            (51, "much", 5.1),
            (500, "much", 50),
            (2, None, 0),
            (1.9, "little", 5.26),
            (0, None, 0),
            (-5, None, 0),
        ]
        for quantity, kind, times in cases:
            with self.subTest(quantity=quantity):
                rows = self._find(self._order(quantity))[0]
                self.assertEqual(len(rows), 1 if kind else 0)
                if kind:
                    self.assertIn(kind, rows[0]["message"])
                    self.assertEqual(
                        rows[0]["details"],
                        {
                            "quantity": quantity,
                            "usual": 10,
                            "smallest": 8,
                            "largest": 12,
                            "times": times,
                        },
                    )
                    self.assertEqual(rows[0]["severity"], "warning")

    def test_whose_history(self):
        stranger = self._create_customer("Stranger")
        self.assertEqual(self._says(self._order(500, self.buyer)), ["quantity_outlier"])
        self.assertEqual(self._says(self._order(500, stranger)), [])
        self.assertEqual(self._says(self._order(500, product=self.product)), [])

    def test_too_little_history(self):
        self.check.minimum_count = 4
        self.assertEqual(self._says(self._order(500)), [])
        quotation = self._order(11)
        self.assertEqual(self._says(self._order(500)), [], "quotations do not count")
        quotation.action_confirm()
        self.assertEqual(self._says(self._order(500)), ["quantity_outlier"])

    def test_cancelled_orders_do_not_count(self):
        self._sell(9, self.firm)._action_cancel()
        self.check.minimum_count = 4
        self.assertEqual(self._says(self._order(500)), [])

    def test_what_was_ordered_once_is_not_unheard_of(self):
        self._sell(400, self.firm)
        cases = [(400, []), (401, ["quantity_outlier"])]
        for quantity, codes in cases:
            with self.subTest(quantity=quantity):
                self.assertEqual(self._says(self._order(quantity)), codes)

    def test_one_odd_order_does_not_move_what_is_usual(self):
        self._sell(1000, self.firm)
        self._sell(11, self.firm)
        rows = self._find(self._order(1001))[0]
        self.assertEqual(rows[0]["details"]["usual"], 11)

    def test_another_unit_has_its_own_history(self):
        order = self._order(5)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.order_line.product_uom_qty = 5000
        self.assertEqual(self._says(order), [])

    def test_lines_of_one_product_are_added_up(self):
        order = self._create_order([(self.item, 30), (self.item, 30)], self.firm)
        rows = self._find(order)[0]
        self.assertEqual([row["details"]["quantity"] for row in rows], [60])

    def test_the_order_itself_is_no_history(self):
        """In a dry run it is sold already; only what came before it counts."""
        sold = self._sell(500, self.firm)
        found = self.check.sudo()._run(sold.sudo())
        self.assertEqual([verdict.details["largest"] for verdict in found], [12])

    def test_without_a_factor_nothing_is_found(self):
        self.check.factor = 0.0
        self.assertEqual(self._says(self._order(500)), [])

    def test_one_query_for_any_number(self):
        self._ensure_constant(
            lambda count: self._many(count, [(self.item, 1), (self.product, 2)]), 1
        )
