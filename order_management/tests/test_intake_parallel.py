import threading
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

from odoo import api
from odoo.orm.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tests.common import ADMIN_USER_ID
from odoo.tools import SQL, mute_logger

from .intake_common import CUSTOMER

CODE = "OM-PARALLEL"
CLIENTS = 4


@contextmanager
def committed():
    """An environment whose changes are committed at the end."""
    with Registry(get_db_name()).cursor() as cr:
        yield api.Environment(cr, ADMIN_USER_ID, {"tracking_disable": True})


@tagged("post_install", "-at_install")
class TestIntakeParallel(BaseCase):
    """Real transactions beside each other, each as the server runs a call; tidied up afterwards."""

    def setUp(self):
        super().setUp()
        # The runner of post-install tests holds this lock, which other threads would wait for.
        self.startPatcher(patch.object(Registry, "_lock", DummyRLock()))
        self.addCleanup(self._remove)
        with committed() as env:
            self.was_on = env.company.use_order_management
            env["order.channel"].create({"name": "Parallel", "code": CODE, "process": "create"})
            env["product.product"].create(
                {"name": "Parallel", "default_code": CODE, "list_price": 5.0, "type": "service"}
            )

    def _remove(self):
        with committed() as env:
            channel = env["order.channel"].search([("code", "=", CODE)])
            orders = env["sale.order"].search([("channel_id", "=", channel.id)])
            partners = orders.partner_id
            for table, column, ids in (
                ("order_intake_attempt", "intake_id", orders.intake_ids.ids),
                ("order_intake", "id", orders.intake_ids.ids),
                ("order_event", "order_id", orders.ids),
                ("order_decision", "res_id", orders.ids),
            ):
                env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE %s = ANY(%s)",
                        SQL.identifier(table), SQL.identifier(column), ids,
                    )
                )  # fmt: skip
            env.invalidate_all(flush=False)
            orders.unlink()
            env["order.channel.partner"].search([("channel_id", "=", channel.id)]).unlink()
            partners.unlink()
            channel.unlink()
            env["product.product"].search([("default_code", "=", CODE)]).unlink()
            env.cr.execute("DELETE FROM order_lock WHERE kind = 'intake.customer'")
            env.company.use_order_management = self.was_on

    def _document(self, ref, customer="C-1"):
        return {
            "external_ref": ref,
            "customer": {
                **CUSTOMER,
                "ref": f"{CODE}-{customer}",
                "email": f"{customer}@om.example",
            },
            "lines": [{"sku": CODE, "quantity": 1, "unit_price": 5.0}],
        }

    def _call(self, documents, barrier, answers, index):
        with committed() as env:
            work = partial(self._submit, env, documents, barrier)
            answers[index] = retrying(work, env)

    def _submit(self, env, documents, barrier):
        env.cr.execute("SELECT 1")  # the snapshot is taken before anybody goes on
        if not barrier.broken and env.cr not in self.waited:
            self.waited.add(env.cr)
            barrier.wait(30)
        return env["order.intake"].submit(CODE, documents)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def _run_together(self, batches):
        self.waited = set()
        barrier, answers = threading.Barrier(len(batches)), [None] * len(batches)
        threads = [
            threading.Thread(target=self._call, args=(documents, barrier, answers, index))
            for index, documents in enumerate(batches)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        return answers

    def _count(self, model, domain):
        with committed() as env:
            return env[model].search_count(domain)

    def test_one_key_many_clients(self):
        answers = self._run_together([[self._document("RUSH")]] * CLIENTS)
        outcomes = sorted(answer["outcome"] for (answer,) in answers)
        self.assertEqual(outcomes, ["created", *["replayed"] * (CLIENTS - 1)])
        self.assertEqual(len({answer["order_id"] for (answer,) in answers}), 1)
        self.assertEqual(self._count("sale.order", [("external_ref", "=", "RUSH")]), 1)
        self.assertEqual(
            self._count(
                "order.intake", [("external_ref", "=", "RUSH"), ("attempt_count", "=", CLIENTS)]
            ),
            1,
        )

    def test_one_new_customer_many_orders(self):
        answers = self._run_together([[self._document(f"K-{n}")] for n in range(CLIENTS)])
        self.assertEqual([answer["outcome"] for (answer,) in answers], ["created"] * CLIENTS)
        self.assertEqual(self._count("res.partner", [("email", "=", "C-1@om.example")]), 1)

    def test_batches_with_the_same_keys_in_another_order(self):
        documents = [self._document(f"X-{n}", f"C-{n}") for n in range(5)]
        answers = self._run_together([documents, documents[::-1]])
        together = sorted(answer["outcome"] for batch in answers for answer in batch)
        self.assertEqual(together, ["created"] * 5 + ["replayed"] * 5)
        self.assertEqual(self._count("sale.order", [("external_ref", "=like", "X-%")]), 5)

    def test_one_key_with_different_content(self):
        other = self._document("Y-1")
        other["lines"][0]["quantity"] = 2
        answers = self._run_together([[self._document("Y-1")], [other]])
        outcomes = sorted(answer["outcome"] for (answer,) in answers)
        self.assertEqual(outcomes, ["conflict", "created"])
