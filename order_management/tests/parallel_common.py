"""Real transactions beside each other, each as the server runs a call."""

import threading
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

from odoo import api
from odoo.orm.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name
from odoo.tests.common import ADMIN_USER_ID
from odoo.tools import SQL, mute_logger


@contextmanager
def committed():
    """An environment whose changes are committed at the end."""
    with Registry(get_db_name()).cursor() as cr:
        yield api.Environment(cr, ADMIN_USER_ID, {"tracking_disable": True})


class ParallelCase(BaseCase):
    """Commits what it makes, so every class removes it again in ``_remove(env)``.

    ``_run_together(*works)``: functions of an environment, started from snapshots taken before any
    of them went on; answers their results in order.
    """

    def setUp(self):
        super().setUp()
        self.waited = set()
        # The runner of post-install tests holds this lock, which other threads would wait for.
        self.startPatcher(patch.object(Registry, "_lock", DummyRLock()))
        with committed() as env:
            self.was_on = env.company.use_order_management
            self.was_core_off = env.company._is_core_ordering_off()
        self.addCleanup(self._clean)

    def _clean(self):
        with committed() as env:
            self._remove(env)
            env.company.use_order_management = self.was_on
            parameters = env["ir.config_parameter"].sudo()
            parameters.set_param("stock.no_auto_scheduler", self.was_core_off)

    def _delete_rows(self, env, *wanted):
        """Delete rows past the ORM: ``(table, column, ids)``."""
        for table, column, ids in wanted:
            env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE %s = ANY(%s)",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    ids,
                )
            )

    def _delete_goods(self, env, orders):
        """Delete orders with their transfers, stock, products and customers."""
        products, partners = orders.order_line.product_id, orders.partner_id
        self._delete_rows(
            env,
            ("order_event", "order_id", orders.ids),
            ("stock_move_line", "product_id", products.ids),
            ("stock_move", "product_id", products.ids),
            ("stock_quant", "product_id", products.ids),
            ("stock_picking", "id", orders.picking_ids.ids),
            ("sale_order", "id", orders.ids),
        )
        env.invalidate_all(flush=False)
        products.product_tmpl_id.unlink()
        partners.unlink()

    def _call(self, work, barrier, answers, index):
        try:
            with committed() as env:
                answers[index] = retrying(partial(self._start, env, work, barrier), env)
        except Exception as error:  # the test shows it, a thread would only print it
            barrier.abort()
            self.failures.append(error)

    def _start(self, env, work, barrier):
        env.cr.execute("SELECT 1")  # the snapshot is taken before anybody goes on
        if env.cr not in self.waited:
            self.waited.add(env.cr)
            barrier.wait(120)
        return work(env)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def _run_together(self, *works):
        barrier, answers = threading.Barrier(len(works)), [None] * len(works)
        self.failures = []
        threads = [
            threading.Thread(target=self._call, args=(work, barrier, answers, index))
            for index, work in enumerate(works)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(240)
        if self.failures:
            raise self.failures[0]
        return answers
