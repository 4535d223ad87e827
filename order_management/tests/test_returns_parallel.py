import threading
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

from odoo import Command, api
from odoo.orm.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tests.common import ADMIN_USER_ID
from odoo.tools import SQL, mute_logger

SKU = "OM-RETURN-PARALLEL"


@contextmanager
def committed():
    """An environment whose changes are committed at the end."""
    with Registry(get_db_name()).cursor() as cr:
        yield api.Environment(cr, ADMIN_USER_ID, {"tracking_disable": True})


@tagged("post_install", "-at_install")
class TestReturnParallel(BaseCase):
    """Real transactions that want the same units; what they commit is removed again."""

    def setUp(self):
        super().setUp()
        self.waited = set()
        # The runner of post-install tests holds this lock, which other threads would wait for.
        self.startPatcher(patch.object(Registry, "_lock", DummyRLock()))
        self.addCleanup(self._remove)
        with committed() as env:
            self.was_on = env.company.use_order_management
            env.company.use_order_management = False
            self._create_delivered(env)
            env.company.use_order_management = True

    def _create_delivered(self, env):
        product = env["product.product"].create(
            {"name": SKU, "default_code": SKU, "list_price": 5.0, "is_storable": True}
        )
        location = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
        env["stock.quant"]._update_available_quantity(product, location.lot_stock_id, 5)
        partner = env["res.partner"].create({"name": SKU})
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 3})],
            }
        )
        order.action_confirm()
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        self.order_id, self.line_id = order.id, order.order_line.id

    def _remove(self):
        with committed() as env:
            order = env["sale.order"].browse(self.order_id)
            product, partner = order.order_line.product_id, order.partner_id
            for table, column, ids in (
                ("order_decision", "res_id", order.return_ids.ids),
                ("order_event", "order_id", order.ids),
                ("order_return", "order_id", order.ids),
                ("stock_move_line", "product_id", product.ids),
                ("stock_move", "product_id", product.ids),
                ("stock_quant", "product_id", product.ids),
                ("stock_picking", "id", order.picking_ids.ids),
                ("sale_order", "id", order.ids),
            ):
                env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE %s = ANY(%s)",
                        SQL.identifier(table), SQL.identifier(column), ids,
                    )
                )  # fmt: skip
            env.cr.execute("DELETE FROM order_lock WHERE kind LIKE 'return%'")
            env.invalidate_all(flush=False)
            product.product_tmpl_id.unlink()
            partner.unlink()
            env.company.use_order_management = self.was_on

    def _call(self, work, barrier, answers, index):
        with committed() as env:
            answers[index] = retrying(partial(self._start, env, work, barrier), env)

    def _start(self, env, work, barrier):
        env.cr.execute("SELECT 1")  # the snapshot is taken before anybody goes on
        if env.cr not in self.waited:
            self.waited.add(env.cr)
            barrier.wait(30)
        return work(env)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def _run_together(self, *works):
        barrier, answers = threading.Barrier(len(works)), [None] * len(works)
        threads = [
            threading.Thread(target=self._call, args=(work, barrier, answers, index))
            for index, work in enumerate(works)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        return answers

    def _request(self, quantity, external_ref=None):
        """A call that asks ``quantity`` back, to be run by :meth:`_run_together`."""
        line = {"line_id": self.line_id, "quantity": quantity, "reason": "defective"}
        request = {"order_id": self.order_id, "lines": [line]}
        if external_ref:
            request["external_ref"] = external_ref
        return lambda env: env["order.return"].request([request])[0]

    def test_two_requests_for_the_same_units(self):
        answers = self._run_together(self._request(2), self._request(2))
        self.assertEqual(
            sorted(answer["state"] for answer in answers), ["approved", "refused"], answers
        )

    def test_one_reference_asked_twice(self):
        answers = self._run_together(self._request(1, "P-1"), self._request(1, "P-1"))
        self.assertEqual(sorted(answer["outcome"] for answer in answers), ["created", "replayed"])
        self.assertEqual(len({answer["return_id"] for answer in answers}), 1)

    def test_two_people_receive_and_two_settle(self):
        (asked,) = self._run_together(self._request(3))
        return_id = asked["return_id"]
        entry = {"return_line_id": asked["lines"][0]["return_line_id"], "quantity": 2}
        received = self._run_together(
            *[lambda env: env["order.return"].browse(return_id).receive([entry])[0]] * 2
        )
        codes = sorted(error["code"] for answer in received for error in answer["errors"])
        self.assertEqual(codes, ["too_many"])
        settled = self._run_together(
            *[lambda env: env["order.return"].browse(return_id).settle()[0]] * 2
        )
        self.assertEqual({answer["state"] for answer in settled}, {"settled"})
        self.assertEqual(sum(bool(answer.get("replayed")) for answer in settled), 1)
        with committed() as env:
            line = env["sale.order.line"].browse(self.line_id)
            self.assertEqual((line.qty_delivered, line.return_settled_quantity), (1, 2))
