from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.order_management.models.sale_order import SaleOrder
from odoo.addons.order_management.models.validation import order_lane_mixin

from .common import OrderManagementCase
from .parallel_common import ParallelCase, committed

JOBS = "odoo.addons.order_management.models.common.order_job"
RUNNER = "odoo.addons.order_management.models.common.set_runner"


@tagged("post_install", "-at_install")
class TestValidationLane(OrderManagementCase):
    """Orders processed in the background, in parts, one worker for each warehouse at a time."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(order_lane_mixin, "LANE_SIZE", 2))
        self.parts = []

    def _process(self, orders, faults=()):
        """Run the job; ``faults`` are raised by its parts in turn, ``None`` passes."""
        job_id = self.as_role(orders, "integration").process_orders(background=True)["job_id"]
        self.env.flush_all()
        confirm, faults = SaleOrder.action_confirm, list(faults)

        def confirm_part(part):
            self.parts.append(part.ids)
            fault = faults.pop(0) if faults else None
            if fault:
                raise fault
            return confirm(part)

        with (
            self.enter_registry_test_mode(),
            patch.object(SaleOrder, "action_confirm", confirm_part),
        ):
            self.env.ref("order_management.ir_cron_jobs").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["order.job"].browse(job_id)

    def test_rows_come_in_the_order_asked_for(self):
        """Two warehouses, a held order, one sold already: each part is of one warehouse."""
        other = self.env["stock.warehouse"].create({"name": "Second", "code": "OM2"})
        free = [self._create_order() for _number in range(5)]
        free[1].warehouse_id = free[3].warehouse_id = other
        self._set_stock(self.product, 10, other.lot_stock_id)
        sold = self._create_order()
        sold.action_confirm()
        held = self._create_order([])
        orders = self.env["sale.order"].union(free[0], held, *free[1:], sold)
        job = self._process(orders)
        self.assertEqual((job.state, job.progress), ("done", 1.0))
        self.assertEqual([row["order_id"] for row in job.result], orders.ids)
        self.assertEqual(
            [row["outcome"] for row in job.result],
            ["confirmed", "held", *["confirmed"] * 4, "unchanged"],
        )
        self.assertEqual(set(map(len, self.parts)), {1, 2})
        for part in self.parts:
            self.assertEqual(len(self.env["sale.order"].browse(part).warehouse_id), 1)

    @mute_logger(RUNNER)
    def test_a_bad_order_keeps_its_row_and_the_others_go_on(self):
        orders = self.env["sale.order"].union(*(self._create_order() for _number in range(5)))
        bad = [UserError("No"), UserError("No")]  # the part of two, then the first of it alone
        job = self._process(orders, bad)
        self.assertEqual([row["outcome"] for row in job.result], ["failed", *["confirmed"] * 4])
        self.assertEqual(job.result[0]["errors"][0]["message"], "No")
        self.assertEqual(orders.mapped("state"), ["draft", *["sale"] * 4])

    @mute_logger(JOBS)
    def test_a_part_that_meets_others_is_taken_up_again(self):
        orders = self.env["sale.order"].union(*(self._create_order() for _number in range(3)))
        job = self._process(orders, [None, SerializationFailure(), SerializationFailure()])
        self.assertEqual([row["outcome"] for row in job.result], ["confirmed"] * 3)
        self.assertEqual(len(self.parts), 4)

    @mute_logger(JOBS)
    def test_a_call_that_always_meets_others_waits(self):
        order = self._create_order()
        job = self._process(order, [SerializationFailure()] * 9)
        self.assertEqual((job.state, order.state, len(self.parts)), ("waiting", "draft", 5))

    def test_an_order_that_was_deleted_before_its_turn(self):
        orders = self._create_order() | self._create_order()
        answer = self.as_role(orders, "integration").process_orders(background=True)
        orders[0].unlink()
        job = self.env["order.job"].browse(answer["job_id"])
        job._run()
        self.assertEqual([row["outcome"] for row in job.result], ["failed", "confirmed"])


@tagged("post_install", "-at_install")
class TestValidationLaneClaim(ParallelCase):
    """Real transactions that claim lanes."""

    KEYS = [-1, -2]

    def _remove(self, env):
        self._delete_rows(env, ("order_lock", "key_1", self.KEYS))

    def test_a_claimed_lane_is_left_to_its_worker(self):
        with committed() as env:
            self.assertEqual(env["order.lock"]._claim("lane", self.KEYS), set(self.KEYS))
        with committed() as first, committed() as second:
            self.assertEqual(first["order.lock"]._claim("lane", [-1]), {-1})
            self.assertEqual(second["order.lock"]._claim("lane", self.KEYS), {-2})
            self.assertEqual(first["order.lock"]._claim("lane", self.KEYS), {-1})
        with committed() as env:
            self.assertEqual(env["order.lock"]._claim("lane", self.KEYS), set(self.KEYS))
