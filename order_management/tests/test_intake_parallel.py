from odoo.tests import tagged

from .intake_common import CUSTOMER
from .parallel_common import ParallelCase, committed

CODE = "OM-PARALLEL"
CLIENTS = 4


@tagged("post_install", "-at_install", "om_lean")
class TestIntakeParallel(ParallelCase):
    """Real transactions beside each other, each as the server runs a call; tidied up afterwards."""

    def setUp(self):
        super().setUp()
        with committed() as env:
            env["order.channel"].create({"name": "Parallel", "code": CODE, "process": "create"})
            env["product.product"].create(
                {"name": "Parallel", "default_code": CODE, "list_price": 5.0, "type": "service"}
            )

    def _remove(self, env):
        channel = env["order.channel"].search([("code", "=", CODE)])
        orders = env["sale.order"].search([("channel_id", "=", channel.id)])
        partners = orders.partner_id | orders.partner_shipping_id
        self._delete_rows(
            env,
            ("order_intake_attempt", "intake_id", orders.intake_ids.ids),
            ("order_intake", "id", orders.intake_ids.ids),
            ("order_event", "order_id", orders.ids),
            ("order_decision", "res_id", orders.ids),
        )
        env.invalidate_all(flush=False)
        orders.unlink()
        env["order.channel.partner"].search([("channel_id", "=", channel.id)]).unlink()
        partners.unlink()
        channel.unlink()
        env["product.product"].search([("default_code", "=", CODE)]).unlink()
        env.cr.execute("DELETE FROM order_lock WHERE kind LIKE 'intake.%'")

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

    def _submit_together(self, batches):
        return self._run_together(
            *(
                lambda env, documents=documents: env["order.intake"].submit(CODE, documents)
                for documents in batches
            )
        )

    def _count(self, model, domain):
        with committed() as env:
            return env[model].search_count(domain)

    def test_one_key_many_clients(self):
        answers = self._submit_together([[self._document("RUSH")]] * CLIENTS)
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
        answers = self._submit_together([[self._document(f"K-{n}")] for n in range(CLIENTS)])
        self.assertEqual([answer["outcome"] for (answer,) in answers], ["created"] * CLIENTS)
        self.assertEqual(self._count("res.partner", [("email", "=", "C-1@om.example")]), 1)

    def test_batches_with_the_same_keys_in_another_order(self):
        documents = [self._document(f"X-{n}", f"C-{n}") for n in range(5)]
        answers = self._submit_together([documents, documents[::-1]])
        together = sorted(answer["outcome"] for batch in answers for answer in batch)
        self.assertEqual(together, ["created"] * 5 + ["replayed"] * 5)
        self.assertEqual(self._count("sale.order", [("external_ref", "=like", "X-%")]), 5)

    def test_one_key_with_different_content(self):
        other = self._document("Y-1")
        other["lines"][0]["quantity"] = 2
        answers = self._submit_together([[self._document("Y-1")], [other]])
        outcomes = sorted(answer["outcome"] for (answer,) in answers)
        self.assertEqual(outcomes, ["conflict", "created"])

    def test_one_new_address_of_a_known_customer(self):
        self._submit_together([[self._document("A-0")]])
        address = {"name": "Depot", "street": "Meir 50", "zip": "2000", "city": "Antwerpen",
                   "country": "BE"}  # fmt: skip
        documents = [{**self._document(f"A-{n}"), "ship_to": address} for n in range(1, CLIENTS)]
        answers = self._submit_together([[document] for document in documents])
        self.assertEqual({answer["outcome"] for (answer,) in answers}, {"created"})
        parent = [("parent_id.email", "=", "C-1@om.example"), ("name", "=", "Depot")]
        self.assertEqual(self._count("res.partner", parent), 1)
