from odoo import Command
from odoo.tests import tagged

from .common import switch_on
from .parallel_common import ParallelCase, committed

SKU = "OM-CHANGE-PARALLEL"


@tagged("post_install", "-at_install")
class TestPromiseParallel(ParallelCase):
    """Real transactions that change the same order or want the same stock; tidied up afterwards.

    Two confirmed orders of 4 and 2; 10 pieces are on hand, so 4 are free.
    """

    def setUp(self):
        super().setUp()
        with committed() as env:
            switch_on(env.company)
            self._create_orders(env)

    def _create_orders(self, env):
        product = env["product.product"].create(
            {"name": SKU, "default_code": SKU, "list_price": 5.0, "is_storable": True}
        )
        warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
        env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 10)
        partner = env["res.partner"].create(
            {
                "name": SKU,
                "street": "Rue Haute 1",
                "zip": "1000",
                "city": "Brussels",
                "country_id": env.ref("base.be").id,
            }
        )
        orders = env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    ],
                }
                for quantity in (4, 2)
            ]
        )
        orders.action_confirm()
        self.order_ids = orders.ids
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])

    def _remove(self, env):
        orders = env["sale.order"].browse(self.order_ids)
        self._delete_rows(env, ("order_decision", "res_id", orders.ids))
        self._delete_goods(env, orders)
        env.cr.execute("DELETE FROM order_request WHERE request_key = 'OM-PARALLEL'")

    def _amend(self, index, quantity, **values):
        """A call that changes one order, to be run by :meth:`_run_together`."""
        change = {
            "order_id": self.order_ids[index],
            "lines": [{"sku": SKU, "quantity": quantity}],
            **values,
        }
        return lambda env: env["sale.order"].amend_orders([change])[0]

    def assertStock(self, *quantities):
        """Ordered, demanded and reserved quantities of both orders are the same."""
        with committed() as env:
            orders = env["sale.order"].browse(self.order_ids)
            moves = orders.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
            self.assertEqual(orders.order_line.mapped("product_uom_qty"), list(quantities))
            self.assertEqual(sum(moves.mapped("product_uom_qty")), sum(quantities))
            self.assertEqual(sum(moves.mapped("quantity")), sum(quantities))

    def test_two_changes_of_one_order(self):
        """One after the other: each starts from what the other left."""
        answers = self._run_together(self._amend(0, 6), self._amend(0, 5))
        self.assertEqual([answer["outcome"] for answer in answers], ["amended", "amended"])
        steps = sorted(
            (entry["before"], entry["after"])
            for answer in answers
            for entry in answer["differences"]
        )
        self.assertIn(steps, ([(4, 5), (5, 6)], [(4, 6), (6, 5)]))
        self.assertStock(6.0 if (5, 6) in steps else 5.0, 2.0)

    def test_two_changes_for_the_last_pieces(self):
        """4 are free: only one of two orders gets 3 more."""
        answers = self._run_together(self._amend(0, 7), self._amend(1, 5))
        outcomes = [answer["outcome"] for answer in answers]
        self.assertEqual(sorted(outcomes), ["amended", "held"], answers)
        self.assertStock(*((7.0, 2.0) if outcomes[0] == "amended" else (4.0, 5.0)))

    def test_one_change_sent_twice(self):
        twice = self._amend(0, 6, request_key="OM-PARALLEL")
        answers = self._run_together(twice, twice, twice)
        self.assertEqual(
            sorted(answer["outcome"] for answer in answers), ["amended", "replayed", "replayed"]
        )
        self.assertStock(6.0, 2.0)

    def test_change_and_cancellation(self):
        """Whichever comes first, nothing is left open that nobody wants."""
        answers = self._run_together(
            self._amend(0, 6),
            lambda env: env["sale.order"].browse(self.order_ids[0]).cancel_orders("Not wanted")[0],
        )
        self.assertEqual(answers[1]["outcome"], "cancelled")
        self.assertIn(answers[0]["outcome"], ("amended", "refused"))
        self.assertEqual(
            answers[1]["cancelled_lines"][0]["quantity"],
            6 if answers[0]["outcome"] == "amended" else 4,
        )
        with committed() as env:
            order = env["sale.order"].browse(self.order_ids[0])
            self.assertEqual((order.state, set(order.picking_ids.mapped("state"))),
                             ("cancel", {"cancel"}))  # fmt: skip
