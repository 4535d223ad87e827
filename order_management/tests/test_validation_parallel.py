from odoo import Command
from odoo.tests import tagged

from .common import switch_on
from .parallel_common import ParallelCase, committed

NAME = "OM-VALIDATION-PARALLEL"
WORKERS = 8


@tagged("post_install", "-at_install")
class TestValidationParallel(ParallelCase):
    """Real transactions that confirm beside each other; tidied up afterwards."""

    def setUp(self):
        super().setUp()
        self.order_ids = []
        with committed() as env:
            switch_on(env.company)
            self.limits_credit = env.company.account_use_credit_limit
            self.product_id = self._create_product(env).id

    def _create_product(self, env):
        product = env["product.product"].create(
            {
                "name": NAME,
                "default_code": NAME,
                "list_price": 50.0,
                "is_storable": True,
                "taxes_id": False,
            }
        )
        warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
        env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 1000)
        return product

    def _create_partners(self, env, count):
        return env["res.partner"].create(
            [
                {
                    "name": f"{NAME} {index}",
                    "street": "Rue Haute 1",
                    "zip": "1000",
                    "city": "Brussels",
                    "country_id": env.ref("base.be").id,
                }
                for index in range(count)
            ]
        )

    def _create_orders(self, env, partners, prices):
        orders = env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product_id,
                                "product_uom_qty": 1,
                                "price_unit": price,
                            }
                        )
                    ],
                }
                for partner, price in zip(partners, prices, strict=True)
            ]
        )
        self.order_ids += orders.ids
        return orders.ids

    def _remove(self, env):
        orders = env["sale.order"].browse(self.order_ids)
        self._delete_rows(
            env,
            ("order_decision", "res_id", orders.ids),
            ("order_finding", "order_id", orders.ids),
        )
        self._delete_goods(env, orders)
        env.company.account_use_credit_limit = self.limits_credit

    def _process(self, ids):
        def work(env):
            return [row["outcome"] for row in env["sale.order"].browse(ids).process_orders()]

        return work

    def test_eight_workers_find_the_same_fault_in_a_hundred_orders(self):
        """Nobody fails or waits for the shared row of the check; nobody's order is touched twice.

        While they work somebody holds the row of the check itself, uncommitted, as an edit would.
        """
        with committed() as env:
            partners = self._create_partners(env, 104)
            ids = self._create_orders(env, partners, [40.0] * 104)
            check_id = env.ref("order_management.order_check_price_deviation").id
            before = env["order.check"].browse(check_id).write_date
        with committed() as holder:
            holder.cr.execute(
                "SELECT id FROM order_check WHERE id = %s FOR NO KEY UPDATE", [check_id]
            )
            parts = [ids[index::WORKERS] for index in range(WORKERS)]
            answers = self._run_together(*(self._process(part) for part in parts))
        self.assertEqual([set(answer) for answer in answers], [{"held"}] * WORKERS)
        with committed() as env:
            orders = env["sale.order"].browse(ids)
            self.assertEqual(orders.mapped("finding_ids.code"), ["price_deviation"] * 104)
            self.assertEqual(env["order.check"].browse(check_id).write_date, before)

    def test_two_orders_that_fit_the_limit_alone_and_not_together(self):
        """Limit 100.00, twice 60.00, each in a transaction of its own: exactly one passes."""
        with committed() as env:
            env.company.account_use_credit_limit = True
            partner = self._create_partners(env, 1)
            partner.credit_limit = 100.0
            first, second = self._create_orders(env, partner + partner, [60.0, 60.0])
            env["product.product"].browse(self.product_id).list_price = 60.0
        answers = self._run_together(self._process([first]), self._process([second]))
        self.assertEqual(sorted(answers), [["confirmed"], ["held"]])
        with committed() as env:
            orders = env["sale.order"].browse([first, second])
            self.assertEqual(sorted(orders.mapped("state")), ["draft", "sale"])
            holds = orders.finding_ids.filtered(lambda finding: finding.severity == "hold")
            self.assertEqual(holds.mapped("code"), ["credit_limit"])

    def test_a_customer_is_mended_while_the_order_is_checked(self):
        """Whoever comes later runs again with what the other wrote: the order is not left held."""
        with committed() as env:
            partner = self._create_partners(env, 1)
            partner.zip = "12"
            ids = self._create_orders(env, partner, [50.0])
            env["sale.order"].browse(ids).process_orders()

        def mend(env):
            env["res.partner"].browse(partner.id).zip = "1000"

        def check(env):
            env["sale.order"].browse(ids).check_orders()

        self._run_together(mend, check)
        with committed() as env:
            env["sale.order"].browse(ids)._recheck()
            order = env["sale.order"].browse(ids)
            self.assertEqual((order.state, order.hold_state), ("sale", "clear"))
            env["ir.cron.trigger"].search(
                [("cron_id", "=", env.ref("order_management.ir_cron_recheck").id)]
            ).unlink()
