"""What the tests of the shelf of checks share: one check at a time, and what it says."""

from .common import OrderManagementCase


class CatalogCase(OrderManagementCase):
    """All checks are off but the one a test switches on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["order.check"].search([]).mode = "off"
        cls.euro = cls.env.ref("base.EUR")
        cls.company.currency_id = cls.euro

    @classmethod
    def _switch_on(cls, code, **values):
        """The only check of a code, on, with these parameters."""
        check = cls.env["order.check"].search([("code", "=", code)])
        check.write({"mode": "on", **values})
        return check

    def _find(self, orders, role="manager"):
        """What the checks that are on find on each order, as rows for ``role``."""
        self.env.flush_all()
        return [row["findings"] for row in self.as_role(orders, role).check_orders()]

    def _says(self, order):
        """The codes found on one order, each as often as it is found."""
        return [finding["check"] for finding in self._find(order)[0]]

    def _count_queries(self, orders):
        """How many queries the checks take for these orders, beyond what confirming reads."""
        orders = orders.with_company(self.company).sudo()
        self.env.flush_all()
        self.env.invalidate_all()
        checks = self.env["order.check"]._get_active(self.company)
        orders.order_line.product_id.product_tmpl_id.mapped("name")
        orders.order_line.product_uom_id.mapped("name")
        for field in ("partner_id", "partner_shipping_id", "partner_invoice_id"):
            orders.mapped(f"{field}.commercial_partner_id.name")
        orders.company_id.currency_id.mapped("name")
        before = self.env.cr.sql_log_count
        for check in checks:
            check._run(orders)
        return self.env.cr.sql_log_count - before

    def _ensure_constant(self, create, most):
        """As many queries for forty orders as for four; the first run fills caches."""
        self._count_queries(create(2))
        counts = [self._count_queries(create(size)) for size in (4, 40)]
        self.assertLessEqual(counts[1], counts[0], counts)
        self.assertLessEqual(counts[1], most)

    def _many(self, count, lines=None, **values):
        """Orders of as many customers."""
        customers = self.env["res.partner"].create(
            [self._prepare_customer(f"Customer {index}") for index in range(count)]
        )
        return self._create_orders(customers, lines, **values)
