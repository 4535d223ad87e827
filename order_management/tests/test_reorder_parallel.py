from odoo.tests import tagged

from .parallel_common import ParallelCase, committed


@tagged("post_install", "-at_install")
class TestReorderParallel(ParallelCase):
    """Two planners, or a planner and the night, at the same product: nothing is there twice."""

    def setUp(self):
        super().setUp()
        with committed() as env:
            env.company.use_order_management = True
            env["order.reorder.policy"]._ensure_policies(env.company)
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", env.company.id)], limit=1
            )
            product = env["product.product"].create({"name": "Twice", "is_storable": True})
            self.rule = (
                env["stock.warehouse.orderpoint"]
                .create(
                    {
                        "product_id": product.id,
                        "warehouse_id": warehouse.id,
                        "location_id": warehouse.lot_stock_id.id,
                        "trigger": "manual",
                    }
                )
                .id
            )
            self.product, self.warehouse = product.id, warehouse.id

    def _remove(self, env):
        self._delete_rows(
            env,
            ("order_reorder_proposal", "product_id", [self.product]),
            ("order_forecast", "product_id", [self.product]),
        )
        env["stock.warehouse.orderpoint"].browse(self.rule).unlink()
        env["product.product"].browse(self.product).product_tmpl_id.unlink()

    def test_one_forecast_and_one_proposal(self):
        def forecast(env):
            return env["order.forecast"].run([self.product], [self.warehouse])[0]["forecast_id"]

        def propose(env):
            rule = env["stock.warehouse.orderpoint"].browse(self.rule)
            return rule.propose_levels()[0]["proposal_id"]

        for work, model in ((forecast, "order.forecast"), (propose, "order.reorder.proposal")):
            with self.subTest(model):
                first, second = self._run_together(work, work)
                self.assertEqual(first, second)
                with committed() as env:
                    found = env[model].search([("product_id", "=", self.product)])
                    self.assertEqual(found.ids, [first])

    def _propose(self):
        with committed() as env:
            rule = env["stock.warehouse.orderpoint"].browse(self.rule)
            rule.write({"product_min_qty": 5, "product_max_qty": 8})
            return rule.propose_levels()[0]["proposal_id"]

    def test_a_proposal_is_decided_on_once(self):
        """The second of two planners is told what the first one decided."""

        def work(name, *arguments):
            def decide(env):
                proposal = env["order.reorder.proposal"].browse(self._proposal)
                return getattr(proposal, name)(*arguments)[0]

            return decide

        apply, reject = work("apply"), work("reject", "No")
        for works, oks in (((apply, apply), [True, True]), ((apply, reject), [False, True])):
            with self.subTest(oks):
                self._proposal = self._propose()
                rows = self._run_together(*works)
                self.assertEqual(sorted(row["ok"] for row in rows), oks)
                if all(oks):
                    self.assertEqual(sorted(row["replayed"] for row in rows), [False, True])
                with committed() as env:
                    slips = env["order.decision"].search(
                        [
                            ("model", "=", "order.reorder.proposal"),
                            ("res_id", "=", self._proposal),
                        ]
                    )
                    proposal = env["order.reorder.proposal"].browse(self._proposal)
                    self.assertEqual(slips.mapped("outcome")[:1], [proposal.state])
                    self.assertEqual(len(slips), 1)
                    slips.unlink()
