from odoo import Command
from odoo.tests import tagged

from .common import switch_on
from .parallel_common import ParallelCase, committed

SKU = "OM-RETURN-PARALLEL"


@tagged("post_install", "-at_install")
class TestReturnParallel(ParallelCase):
    """Real transactions that want the same units; what they commit is removed again."""

    def setUp(self):
        super().setUp()
        with committed() as env:
            env.company.use_order_management = False
            self._create_delivered(env)
            switch_on(env.company)

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

    def _remove(self, env):
        order = env["sale.order"].browse(self.order_id)
        self._delete_rows(
            env,
            ("order_decision", "res_id", order.return_ids.ids),
            ("order_return", "order_id", order.ids),
        )
        self._delete_goods(env, order)
        env.cr.execute("DELETE FROM order_lock WHERE kind LIKE 'return%'")

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
