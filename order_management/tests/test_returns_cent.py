from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import switch_on
from .parallel_common import ParallelCase, committed
from .returns_common import ReturnCase

SKU = "OM-RETURN-CENT"


@tagged("post_install", "-at_install")
class TestReturnToTheCent(ReturnCase):
    """Scenario 26: 3 units for 107.99 in all, 3 × 33.33 less 10 % plus 20 % tax."""

    def test_three_single_returns_and_no_fourth(self):
        order = self._create_sold(3, 33.33, 10.0)
        invoice = order.invoice_ids
        self.assertEqual(invoice.amount_total, 107.99)
        refunds = []
        for _turn in range(3):
            one = self._return(order, 1, "defective")
            self._receive(one)
            refunds.append(self._settle(one)["refund_total"])
        self.assertEqual(refunds, [36.00, 35.99, 36.00])
        notes = order.return_ids.credit_note_ids
        self.assertEqual(invoice.currency_id.round(sum(notes.mapped("amount_total"))), 107.99)
        self.assertEqual(invoice.amount_residual, 0.0)
        fourth = self._request(order, 1, "defective")
        self.assertEqual(
            (fourth["state"], fourth["lines"][0]["code"]), ("refused", "not_returnable")
        )
        self.assertEqual(len(order.return_ids.credit_note_ids), 3)

    def test_core_s_credit_notes_stay_within_the_invoice(self):
        """Data: 107.99 invoiced. Case: core's notes of 80.00, 80.00 and 27.99, one by one."""
        invoice = self._create_sold(3, 33.33, 10.0).invoice_ids
        notes = self.env["account.move"]
        for price in (66.67, 66.67, 23.32):
            note = invoice._reverse_moves()
            note.invoice_line_ids.write({"quantity": 1, "price_unit": price, "discount": 0.0})
            notes |= note
        self.assertEqual(notes.mapped("amount_total"), [80.0, 80.0, 27.98])
        notes[0].action_post()
        with self.assertRaisesRegex(UserError, "27.99"):
            notes[1].action_post()
        self.assertEqual(notes[1].state, "draft")
        notes[2].action_post()
        self.assertEqual(invoice.amount_residual, 0.01)
        with self.assertRaisesRegex(UserError, "is left"):
            notes[1].action_post()

    def test_both_in_one_call(self):
        invoice = self._create_sold(3, 33.33, 10.0).invoice_ids
        notes = invoice._reverse_moves() | invoice._reverse_moves()
        with self.assertRaises(UserError):
            notes.action_post()
        self.assertEqual(notes.mapped("state"), ["draft", "draft"])

    def test_where_order_management_is_off_core_decides(self):
        invoice = self._create_sold(3, 33.33, 10.0).invoice_ids
        self.company.use_order_management = False
        notes = invoice._reverse_moves() | invoice._reverse_moves()
        notes.action_post()
        self.assertEqual(notes.mapped("state"), ["posted", "posted"])


@tagged("post_install", "-at_install")
class TestReturnCentParallel(ParallelCase):
    """Scenario 26: two refunds at the same moment, in real transactions."""

    def setUp(self):
        super().setUp()
        with committed() as env:
            env.company.use_order_management = False
            self._create_sold(env)
            switch_on(env.company)

    def _create_sold(self, env):
        tax = env["account.tax"].create({"name": SKU, "amount": 20.0, "type_tax_use": "sale"})
        product = env["product.product"].create(
            {
                "name": SKU,
                "default_code": SKU,
                "list_price": 33.33,
                "is_storable": True,
                "invoice_policy": "delivery",
                "taxes_id": [Command.set(tax.ids)],
            }
        )
        warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
        env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 5)
        line = {"product_id": product.id, "product_uom_qty": 3, "discount": 10.0}
        order = env["sale.order"].create(
            {
                "partner_id": env["res.partner"].create({"name": SKU}).id,
                "order_line": [Command.create(line)],
            }
        )
        order.action_confirm()
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        invoice = order._create_invoices()
        invoice.action_post()
        self.tax_id, self.order_id, self.line_id = tax.id, order.id, order.order_line.id
        self.invoice_id, self.total = invoice.id, invoice.amount_total

    def _remove(self, env):
        order = env["sale.order"].browse(self.order_id)
        invoice = env["account.move"].browse(self.invoice_id)
        moves = order.invoice_ids | invoice.reversal_move_ids | invoice
        lines = moves.line_ids
        pairs = lines.matched_debit_ids | lines.matched_credit_ids
        self._delete_rows(
            env,
            ("order_decision", "res_id", order.return_ids.ids),
            ("order_return", "order_id", order.ids),
            ("account_partial_reconcile", "id", pairs.ids),
            ("account_move_line", "id", lines.ids),
            ("account_full_reconcile", "id", lines.full_reconcile_id.ids),
            ("account_move", "id", moves.ids),
        )
        self._delete_goods(env, order)
        env.invalidate_all(flush=False)
        env["account.tax"].browse(self.tax_id).unlink()
        env.cr.execute("DELETE FROM order_lock WHERE kind LIKE 'return%' OR kind = 'refund'")

    def _prepare_core_note(self, env):
        """A draft of core's that credits 80.00."""
        note = env["account.move"].browse(self.invoice_id)._reverse_moves()
        note.invoice_line_ids.write({"quantity": 1, "price_unit": 66.67, "discount": 0.0})
        self.assertEqual(note.amount_total, 80.0)
        return note

    def _post(self, env, note_id=None):
        """Post a draft, or a note made just now; what the guard says."""
        note = env["account.move"].browse(note_id) if note_id else self._prepare_core_note(env)
        try:
            note.action_post()
        except UserError:
            env.cr.rollback()
            return "refused"
        return "posted"

    def _ask(self, env, quantity):
        line = {"line_id": self.line_id, "quantity": quantity, "reason": "defective"}
        return env["order.return"].request([{"order_id": self.order_id, "lines": [line]}])[0]

    def _get_posted(self):
        with committed() as env:
            notes = env["account.move"].browse(self.invoice_id).reversal_move_ids
            return notes.filtered(lambda note: note.state == "posted").mapped("amount_total")

    def test_two_refunds_of_80_posted_at_the_same_moment(self):
        """One succeeds, one is refused: drafts that wait, and notes that are made just now."""
        self.assertEqual(self.total, 107.99)
        with committed() as env:
            drafts = [self._prepare_core_note(env).id for _turn in range(2)]
        answers = self._run_together(
            *[lambda env, draft=draft: self._post(env, draft) for draft in drafts]
        )
        self.assertEqual(sorted(answers), ["posted", "refused"])
        self.assertEqual(self._get_posted(), [80.0])
        self.assertEqual(self._run_together(self._post), ["refused"])
        self.assertEqual(self._get_posted(), [80.0])

    def test_two_notes_made_at_the_same_moment(self):
        answers = self._run_together(self._post, self._post)
        self.assertEqual(sorted(answers), ["posted", "refused"])
        self.assertEqual(self._get_posted(), [80.0])

    def test_one_of_core_s_against_ours(self):
        """A return of two units (71.99) and core's note of 80.00: never both in full."""
        with committed() as env:
            asked = self._ask(env, 2)
            entry = {"return_line_id": asked["lines"][0]["return_line_id"], "quantity": 2}
            env["order.return"].browse(asked["return_id"]).receive([entry])
        settled, core = self._run_together(
            lambda env: env["order.return"].browse(asked["return_id"]).settle()[0], self._post
        )
        self.assertEqual(settled["state"], "settled")
        # Where core's came first, more than the two units are worth is credited already.
        expected = [71.99] if core == "refused" else [0.0, 80.0]
        self.assertEqual(sorted(self._get_posted()), expected)

    def test_two_returns_of_two_units(self):
        answers = self._run_together(*[lambda env: self._ask(env, 2)] * 2)
        self.assertEqual(sorted(answer["state"] for answer in answers), ["approved", "refused"])
        asked = next(answer for answer in answers if answer["state"] == "approved")
        entry = {"return_line_id": asked["lines"][0]["return_line_id"], "quantity": 2}
        with committed() as env:
            env["order.return"].browse(asked["return_id"]).receive([entry])
        self._run_together(
            *[lambda env: env["order.return"].browse(asked["return_id"]).settle()[0]] * 2
        )
        self.assertEqual(self._get_posted(), [71.99])
