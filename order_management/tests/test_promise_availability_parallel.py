from odoo.tests import tagged

from .common import switch_on
from .parallel_common import ParallelCase, committed


@tagged("post_install", "-at_install")
class TestPromiseAvailabilityParallel(ParallelCase):
    """The cursor of availability among real transactions that commit in any order."""

    def setUp(self):
        super().setUp()
        with committed() as env:
            switch_on(env.company)
            self.code = (
                env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1).code
            )
            products = env["product.product"].create(
                [
                    {"name": f"OM-PAR{n}", "default_code": f"OM-PAR{n}", "is_storable": True}
                    for n in range(4)
                ]
            )
            self.ids = products.ids
            for product in products:
                self._stock(env, product.id, 10)
        self.skus = [f"OM-PAR{n}" for n in range(4)]

    def _remove(self, env):
        self._delete_rows(
            env,
            ("stock_quant", "product_id", self.ids),
            ("order_availability_notice", "product_id", self.ids),
        )
        env.invalidate_all(flush=False)
        env["product.product"].browse(self.ids).product_tmpl_id.unlink()

    def _stock(self, env, product_id, quantity):
        place = env["stock.warehouse"].search([("code", "=", self.code)], limit=1).lot_stock_id
        product = env["product.product"].browse(product_id)
        env["stock.quant"]._update_available_quantity(product, place, quantity)

    def _read(self, env, after=0):
        return env["product.product"].read_availability(
            skus=self.skus, warehouses=[self.code], after=after
        )

    def _told(self, answer):
        return {item["sku"]: item["available"] for item in answer["items"]}

    def test_a_change_that_commits_late_is_told_late(self):
        """The first change is written before the second, and committed after it was told."""
        with committed() as env:
            cursor = self._read(env)["next"]
        with committed() as early:
            self._stock(early, self.ids[0], 5)
            early.flush_all()
            with committed() as env:
                self._stock(env, self.ids[1], 7)
            with committed() as env:
                answer = self._read(env, cursor)
            self.assertEqual(self._told(answer), {"OM-PAR1": 17.0})
        with committed() as env:
            answer = self._read(env, answer["next"])
        self.assertEqual(self._told(answer), {"OM-PAR0": 15.0})

    def test_a_rolled_back_change_is_never_told(self):
        with committed() as env:
            cursor = self._read(env)["next"]
        with committed() as early:
            self._stock(early, self.ids[0], 5)
            early.flush_all()
            early.cr.rollback()
        with committed() as env:
            self.assertEqual(self._read(env, cursor)["items"], [])

    def test_readers_beside_each_other_leave_nothing_out(self):
        """Each starts before the others told anything; whoever goes on from its cursor has all."""
        with committed() as env:
            cursor = self._read(env)["next"]
        with committed() as env:
            for index, product_id in enumerate(self.ids):
                self._stock(env, product_id, index + 1)
        expected = {sku: 11.0 + index for index, sku in enumerate(self.skus)}
        half = self.skus[:2]
        whole = lambda env: self._read(env, cursor)  # noqa: E731
        part = lambda env: env["product.product"].read_availability(  # noqa: E731
            skus=half, warehouses=[self.code], after=cursor
        )
        answers = self._run_together(whole, part, whole)
        self.assertEqual(self._told(answers[0]), expected)
        self.assertEqual(self._told(answers[2]), expected)
        self.assertEqual(self._told(answers[1]), {sku: expected[sku] for sku in half})
        with committed() as env:
            for answer in (answers[0], answers[2]):
                self.assertEqual(self._read(env, answer["next"])["items"], [])
            numbers = env["order.availability.notice"].search([("product_id", "in", self.ids)])
            self.assertEqual(len(set(numbers.mapped("number"))), 4)

    def test_reading_makes_nobody_wait_or_fail(self):
        """Stock changes while a reader holds its turn, and the other way round."""
        with committed() as reader:
            self._stock(reader, self.ids[0], 1)
            self._read(reader)
            with committed() as env:
                self._stock(env, self.ids[1], 1)
        with committed() as env:
            self.assertEqual(
                self._told(self._read(env)),
                {"OM-PAR0": 11.0, "OM-PAR1": 11.0, "OM-PAR2": 10.0, "OM-PAR3": 10.0},
            )
