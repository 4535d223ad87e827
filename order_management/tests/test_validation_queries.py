from odoo.tests import tagged

from .common import OrderManagementCase, plain

TEN = (
    "empty_order",
    "quantity_not_positive",
    "product_not_sellable",
    "address_incomplete",
    "price_deviation",
    "discount_limit",
    "total_mismatch",
    "credit_limit",
    "customer_blocked",
    "stock_short",
)


@tagged("post_install", "-at_install", "om_lean")
class TestValidationQueries(OrderManagementCase):
    """What checking costs: confirming with ten typical checks against core's own confirming."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        checks = cls.env["order.check"].search([])
        checks.filtered(lambda check: check.code not in TEN).mode = "off"
        checks.filtered(lambda check: check.code in TEN).mode = "on"
        cls.admin = cls.env.ref("base.user_admin")
        cls.goods = [cls._create_product(f"OM-Q{n}", stock=100000) for n in range(3)]

    @classmethod
    def _create_orders(cls, count):
        customers = [cls._create_customer(f"Customer {index}") for index in range(count)]
        for customer in customers:
            customer.with_company(cls.company).credit_limit = 1e6
        orders = [
            cls._create_order([(product, 1) for product in cls.goods], customer=customer)
            for customer in customers
        ]
        return cls.env["sale.order"].union(*orders)

    @classmethod
    def _confirm(cls, orders, switched_on):
        """How many queries it took; what it did is taken back."""
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE res_company SET use_order_management = %s WHERE id = %s",
            [switched_on, cls.company.id],
        )
        cls.env.invalidate_all()
        savepoint = cls.env.cr.savepoint(flush=False)
        before = cls.env.cr.sql_log_count
        own = plain(orders.with_user(cls.admin))
        own.action_confirm()
        cls.env.flush_all()
        spent = cls.env.cr.sql_log_count - before
        if set(own.mapped("state")) != {"sale"}:
            raise AssertionError(own.finding_ids.mapped("message"))
        savepoint.close(rollback=True)
        cls.env.invalidate_all(flush=False)
        cls.env.cr.execute(
            "UPDATE res_company SET use_order_management = TRUE WHERE id = %s", [cls.company.id]
        )
        return spent

    def _count_more(self, count):
        orders = self._create_orders(count)
        self._confirm(orders[:1], True)  # what is read once and kept
        return self._confirm(orders, True) - self._confirm(orders, False)

    def test_one_order_costs_at_most_six_more(self):
        self.assertLessEqual(self._count_more(1), 6)

    def test_a_batch_costs_at_most_twelve_more(self):
        """For the whole batch, whether of ten orders or of a hundred."""
        for count in (10, 100):
            with self.subTest(count=count):
                self.assertLessEqual(self._count_more(count), 12)

    def test_the_list_of_orders_gains_no_query_a_row(self):
        """Core's order of rows, and as many queries for forty orders as for ten."""
        model = self.env["sale.order"]
        self.assertEqual(model._order, "date_order desc, id desc")
        fields = ["name", "stage", "hold_state", "channel_id", "amount_total"]
        counts = []
        for count in (10, 40):
            ids = self._create_orders(count).ids
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.as_role("sale.order", "clerk").search_read([("id", "in", ids)], fields)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
