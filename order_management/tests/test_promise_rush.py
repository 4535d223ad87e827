import logging
import statistics
import threading
import time
from datetime import timedelta
from functools import partial
from unittest.mock import patch

from odoo import Command, fields
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.order_management.models.common.order_lock import OrderLock

from .common import switch_on
from .parallel_common import ParallelCase, committed

_logger = logging.getLogger(__name__)
SKU = "OM-RUSH"
BUYERS = 20


@tagged("post_install", "-at_install", "om_lean")
class TestPromiseRush(ParallelCase):
    """Real transactions that want more of one product than there is; tidied up afterwards."""

    def setUp(self):
        super().setUp()
        self.order_ids, self.receipt_ids = [], []
        self.sections, self.faults, self.started = [], 0, set()
        with committed() as env:
            switch_on(env.company)
            self.mode = env.ref("order_management.order_check_stock_short").mode
            env.ref("order_management.order_check_stock_short").mode = "on"

    # The shop

    def _stock(self, quantity, tracking="none"):
        with committed() as env:
            product = env["product.product"].create(
                {
                    "name": SKU,
                    "default_code": SKU,
                    "list_price": 5.0,
                    "is_storable": True,
                    "tracking": tracking,
                }
            )
            self.product_id = product.id
            warehouse = self._get_warehouse(env)
            lots = env["stock.lot"]
            if tracking == "serial":
                lots = lots.create(
                    [{"name": f"{SKU}-{n}", "product_id": product.id} for n in range(quantity)]
                )
            for lot in lots or [None]:
                if quantity:
                    env["stock.quant"]._update_available_quantity(
                        product, warehouse.lot_stock_id, 1 if lot else quantity, lot_id=lot
                    )
            self._create_orders(env, product)

    def _get_warehouse(self, env):
        return env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)

    def _create_orders(self, env, product):
        partners = env["res.partner"].create(
            [
                {
                    "name": f"{SKU} {number}",
                    "street": "Rue Haute 1",
                    "zip": "1000",
                    "city": "Brussels",
                    "country_id": env.ref("base.be").id,
                }
                for number in range(BUYERS)
            ]
        )
        line = Command.create({"product_id": product.id, "product_uom_qty": 1})
        self.order_ids = (
            env["sale.order"]
            .create([{"partner_id": partner.id, "order_line": [line]} for partner in partners])
            .ids
        )

    def _remove(self, env):
        env.ref("order_management.order_check_stock_short").mode = self.mode
        env.flush_all()
        orders = env["sale.order"].browse(self.order_ids)
        self._delete_rows(
            env,
            ("order_decision", "res_id", orders.ids),
            ("order_finding", "order_id", orders.ids),
        )
        lots = env["stock.lot"].search([("product_id", "=", self.product_id)]).ids
        self._delete_rows(env, ("stock_move_line", "product_id", [self.product_id]))
        self._delete_rows(env, ("stock_quant", "product_id", [self.product_id]))
        self._delete_rows(env, ("stock_lot", "id", lots))
        self._delete_rows(env, ("stock_move", "picking_id", self.receipt_ids))
        self._delete_rows(env, ("stock_picking", "id", self.receipt_ids))
        self._delete_goods(env, orders)

    # The rush

    def _rush(self, works):
        """Run them together while somebody reads; who fails for the others calls again.

        :return: their answers in order
        """
        acquire, section = OrderLock._acquire_all, self.sections

        def timed(lock, wanted):
            acquire(lock, wanted)
            began = time.perf_counter()
            lock.env.cr.postcommit.add(lambda: section.append(time.perf_counter() - began))

        done, worst = threading.Event(), [0.0, 0.0]
        reader = threading.Thread(target=self._read, args=(done, worst))
        reader.start()
        try:
            with patch.object(OrderLock, "_acquire_all", timed):
                answers = self._run_together(*works)
        finally:
            done.set()
            reader.join()
        self.worst = worst
        _logger.info(
            "%s: from lock to commit %.0f ms (median), %.0f ms (longest); %s calls repeated",
            self._testMethodName,
            1000 * statistics.median(section or [0]),
            1000 * max(section or [0]),
            self.faults,
        )
        return answers

    def _read(self, done, worst):
        """The most that was ever seen reserved in all, and over what a quant holds."""
        while not done.wait(0.02):
            with committed() as env:
                env.cr.execute(
                    SQL(
                        """
                        SELECT COALESCE(SUM(reserved_quantity), 0),
                               COALESCE(MAX(reserved_quantity - quantity), 0)
                          FROM stock_quant AS quant
                          JOIN stock_location AS place ON place.id = quant.location_id
                         WHERE quant.product_id = %s AND place.usage = 'internal'
                        """,
                        self.product_id,
                    )
                )
                seen = env.cr.fetchone()
            worst[:] = map(max, worst, seen)

    def _call(self, work, barrier, answers, index):
        """As a caller over the network, who sends a call again that failed for the others."""
        while True:
            failures = len(self.failures)
            super()._call(work, barrier, answers, index)
            mine = [
                error
                for error in self.failures[failures:]
                if isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)
            ]
            if not mine:
                return
            self.failures.remove(mine[0])
            self.faults += 1

    def _start(self, env, work, barrier):
        """A call that is repeated waits for nobody."""
        thread = threading.get_ident()
        if thread in self.started:
            self.waited.add(env.cr)
        self.started.add(thread)
        return super()._start(env, work, barrier)

    def _process(self, order_id):
        return lambda env: env["sale.order"].browse(order_id).process_orders()[0]["outcome"]

    def _confirm(self, order_id):
        def work(env):
            order = env["sale.order"].browse(order_id)
            order.action_confirm()
            return order.state

        return work

    def assertReserved(self, count):
        """So many orders have their piece, no quant is over-reserved, and nobody ever saw more."""
        with committed() as env:
            moves = env["sale.order"].browse(self.order_ids).picking_ids.move_ids
            self.assertEqual(sum(moves.mapped("quantity")), count)
            quants = env["stock.quant"].search([("product_id", "=", self.product_id)])
            inside = quants.filtered(lambda quant: quant.location_id.usage == "internal")
            self.assertEqual(sum(inside.mapped("reserved_quantity")), count)
            self.assertFalse(inside.filtered(lambda q: q.reserved_quantity > q.quantity))
        self.assertLessEqual(self.worst[0], count)
        self.assertLessEqual(self.worst[1], 0.0)

    def test_twenty_processed_for_twelve_pieces(self):
        self._stock(12)
        outcomes = self._rush([self._process(order) for order in self.order_ids])
        self.assertEqual((outcomes.count("confirmed"), outcomes.count("held")), (12, 8), outcomes)
        self.assertReserved(12)

    def test_twenty_buttons_for_twelve_pieces(self):
        """The button of the form decides under the same lock."""
        self._stock(12)
        states = self._rush([self._confirm(order) for order in self.order_ids])
        self.assertEqual((states.count("sale"), states.count("draft")), (12, 8), states)
        self.assertReserved(12)

    def test_backorders_where_the_check_is_off(self):
        """All are sold, twelve have their piece, eight wait for it."""
        self._stock(12)
        with committed() as env:
            env.ref("order_management.order_check_stock_short").mode = "off"
        outcomes = self._rush([self._process(order) for order in self.order_ids])
        self.assertEqual(outcomes.count("confirmed"), BUYERS)
        self.assertReserved(12)
        with committed() as env:
            stages = env["sale.order"].browse(self.order_ids).mapped("stage")
            self.assertEqual((stages.count("ready"), stages.count("waiting")), (12, 8))

    def test_one_serial_number(self):
        self._stock(1, tracking="serial")
        outcomes = self._rush([self._process(order) for order in self.order_ids])
        self.assertEqual((outcomes.count("confirmed"), outcomes.count("held")), (1, 19), outcomes)
        self.assertReserved(1)

    def test_twelve_pieces_that_are_coming(self):
        """Twenty ask for a day after a receipt of twelve: it is promised to twelve."""
        self._stock(0)
        with committed() as env:
            self._receive(env, 12)
            later = fields.Datetime.now() + timedelta(days=40)
            env["sale.order"].browse(self.order_ids).commitment_date = later
        outcomes = self._rush([self._process(order) for order in self.order_ids])
        self.assertEqual((outcomes.count("confirmed"), outcomes.count("held")), (12, 8), outcomes)
        self.assertReserved(0)
        with committed() as env:
            promises = env["order.promise"].search(
                [("order_id", "in", self.order_ids), ("source", "=", "incoming")]
            )
            current = promises.filtered(lambda promise: promise.state == "current")
            self.assertEqual(sum(current.mapped("quantity")), 12)

    def _receive(self, env, quantity):
        warehouse = self._get_warehouse(env)
        move = env["stock.move"].create(
            {
                "product_id": self.product_id,
                "product_uom_qty": quantity,
                "location_id": env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": warehouse.lot_stock_id.id,
                "picking_type_id": warehouse.in_type_id.id,
                "date": fields.Datetime.now() + timedelta(days=5),
            }
        )
        move._action_confirm(merge=False)
        self.receipt_ids = move.picking_id.ids

    def test_availability_checked_beside_each_other(self):
        """Transfers that wait are reserved by many at once: what core would give twice."""
        self._wait_for_stock("none")
        self._rush([partial(self._assign, order) for order in self.order_ids])
        self.assertReserved(3)

    def test_serial_numbers_checked_beside_each_other(self):
        self._wait_for_stock("serial")
        self._rush([partial(self._assign, order) for order in self.order_ids])
        self.assertReserved(3)

    def _wait_for_stock(self, tracking):
        self._stock(0, tracking)
        with committed() as env:
            check = env.ref("order_management.order_check_stock_short")
            check.mode = "off"
            env["sale.order"].browse(self.order_ids).action_confirm()
            product = env["product.product"].browse(self.product_id)
            stock = self._get_warehouse(env).lot_stock_id
            for number in range(3):
                lot = env["stock.lot"]
                if tracking == "serial":
                    lot = lot.create({"name": f"{SKU}-{number}", "product_id": product.id})
                env["stock.quant"]._update_available_quantity(product, stock, 1, lot_id=lot)

    @staticmethod
    def _assign(order_id, env):
        env["sale.order"].browse(order_id).picking_ids.action_assign()

    def test_the_last_two_goods_of_a_transfer(self):
        """Each is reserved by a call of its own: the transfer is ready."""
        self._stock(0)
        with committed() as env:
            env.ref("order_management.order_check_stock_short").mode = "off"
            order = env["sale.order"].browse(self.order_ids[0])
            other = env["product.product"].create(
                {"name": SKU, "default_code": f"{SKU}-2", "is_storable": True}
            )
            order.picking_policy = "one"
            order.order_line = [Command.create({"product_id": other.id, "product_uom_qty": 1})]
            order.action_confirm()
            moves = order.picking_ids.move_ids
            self.assertEqual((len(moves), order.stage), (2, "waiting"))
            stock = self._get_warehouse(env).lot_stock_id
            for product in moves.product_id:
                env["stock.quant"]._update_available_quantity(product, stock, 1)

        def reserve(move_id):
            return lambda env: env["stock.move"].browse(move_id)._action_assign()

        self._run_together(*(reserve(move_id) for move_id in moves.ids))
        with committed() as env:
            order = env["sale.order"].browse(self.order_ids[0])
            self.assertEqual(order.picking_ids.move_ids.mapped("state"), ["assigned"] * 2)
            self.assertEqual(order.picking_ids.state, "assigned")
