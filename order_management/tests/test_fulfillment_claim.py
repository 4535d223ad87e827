from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .fulfillment_common import FulfillmentCase
from .parallel_common import ParallelCase, committed


@tagged("post_install", "-at_install", "om_lean")
class TestFulfillmentClaim(FulfillmentCase):
    """People take their next work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["stock.picking"].search([("state", "=", "assigned")]).do_unreserve()
        cls.second = cls.users["picker"].copy({"login": "om_second_picker", "name": "Second"})

    def _claim(self, limit=1, user=None, **values):
        pickings = self.env["stock.picking"].with_user(user or self.users["picker"])
        return pickings.claim_work(self.warehouse.id, limit, **values)

    def _create_batch(self, pickings):
        batch = self.env["stock.picking.batch"].create({"picking_ids": pickings.ids})
        batch.action_confirm()
        return batch

    def test_never_the_same(self):
        """Case F1: whoever asks gets what nobody has; at the end there is nothing."""
        pickings = self.env["stock.picking"].concat(*(self._create_delivery() for _ in range(3)))
        found = [
            answer["picking_id"]
            for user in (self.users["picker"], self.second, self.users["picker"])
            for answer in self._claim(user=user)
        ]
        self.assertEqual(found, pickings.ids)
        self.assertEqual(self._claim(), [])
        self.assertEqual(pickings.mapped("claimed_by_id"), self.users["picker"] | self.second)
        self.assertEqual(pickings[1].user_id, self.second)

    def test_answer(self):
        """What is told of a single transfer and of a batch."""
        single = self._create_delivery()
        self.assertEqual(
            self._claim(),
            [
                {
                    "ok": True, "errors": [], "picking_id": single.id, "batch_id": False,
                    "picking_ids": single.ids, "tour_length": 0.0,
                }
            ],
        )  # fmt: skip
        pickings = self._create_delivery() | self._create_delivery()
        batch = self._create_batch(pickings)
        answer = self._claim()[0]
        self.assertEqual((answer["batch_id"], answer["picking_ids"]), (batch.id, pickings.ids))
        self.assertIn(answer["picking_id"], pickings.ids)
        self.assertEqual(pickings.claimed_by_id, self.users["picker"])
        self.assertEqual((batch.claimed_by_id, batch.user_id), (self.users["picker"],) * 2)

    def test_urgent_first(self):
        """A star, then the deadline, then whoever came first."""
        late, soon, star, batched = (self._create_delivery() for _index in range(4))
        late.move_ids.date_deadline = "2026-03-08 10:00:00"
        soon.move_ids.date_deadline = "2026-03-05 10:00:00"
        star.move_ids.date_deadline = "2026-03-09 10:00:00"
        batched.move_ids.date_deadline = "2026-03-06 10:00:00"
        star.priority = "1"
        self._create_batch(batched)
        answers = self._claim(4)
        self.assertEqual(
            [answer["picking_id"] for answer in answers], (star | soon | batched | late).ids
        )

    def test_not_to_be_had(self):
        """Goods that are not there, somebody's own work, drafts, done and cancelled batches."""
        waiting = self._create_delivery()
        waiting.do_unreserve()
        theirs = self._create_delivery()
        theirs.user_id = self.second
        draft = self._create_delivery()
        self.env["stock.picking.batch"].create({"picking_ids": draft.ids})
        empty = self._create_delivery()
        self._create_batch(empty)
        empty.do_unreserve()
        cancelled = self._create_batch(self._create_delivery())
        cancelled.picking_ids.action_cancel()
        self.assertEqual(self._claim(10), [])
        self.assertEqual(self._claim(user=self.second)[0]["picking_id"], theirs.id)

    def test_request_key(self):
        """A repeat with the same key takes nothing new."""
        first, second = self._create_delivery(), self._create_delivery()
        answer = self._claim(request_key="a")
        self.assertEqual(answer[0]["picking_id"], first.id)
        self.assertEqual(self._claim(request_key="a"), [{**answer[0], "replayed": True}])
        with self.assertRaises(ValidationError):
            self._claim(2, request_key="a")
        self.assertEqual(self._claim(request_key="b")[0]["picking_id"], second.id)

    def test_button(self):
        """The button goes on with what one has; only then it takes more."""
        first, second = self._create_delivery(), self._create_delivery()
        pickings = self.as_role(self.env["stock.picking"], "picker")
        for _press in range(2):
            action = pickings.action_claim_work()
            self.assertEqual((action["res_model"], action["res_id"]), ("stock.picking", first.id))
        self.assertFalse(second.claimed_by_id)
        self._scan_all(first)
        self.as_role(first, "picker").ship()
        self.assertEqual(pickings.action_claim_work()["res_id"], second.id)

    def test_release(self):
        """Given back, it is the next person's; what somebody else has only a manager gives."""
        picking = self._create_delivery()
        self._claim()
        picking.printed = True
        refused = picking.with_user(self.second).release_work()[0]
        self.assertEqual((refused["ok"], refused["errors"][0]["code"]), (False, "not_possible"))
        self.assertEqual(picking.claimed_by_id, self.users["picker"])
        with self.assertRaises(UserError):
            picking.with_user(self.second).action_release_work()
        seen = self.as_role(picking, "picker")
        self.assertEqual(seen.release_work()[0]["outcome"], "released")
        self.assertEqual(seen.release_work()[0]["outcome"], "unchanged")
        self.assertEqual(
            (picking.claimed_by_id.id, picking.user_id.id, picking.printed), (False, False, False)
        )
        self.assertEqual(self._claim(user=self.second)[0]["picking_id"], picking.id)
        self.assertTrue(self.as_role(picking, "manager").release_work()[0]["ok"])
        self.assertFalse(picking.claimed_by_id)

    def test_release_of_a_batch(self):
        """A batch goes back as a whole."""
        pickings = self._create_delivery() | self._create_delivery()
        batch = self._create_batch(pickings)
        self._claim()
        self.as_role(pickings[0], "picker").release_work()
        self.assertFalse(pickings.claimed_by_id | pickings.user_id | batch.claimed_by_id)
        self.assertEqual(batch.state, "in_progress")
        self.assertEqual(self._claim(user=self.second)[0]["batch_id"], batch.id)

    def test_left_batch(self):
        """What leaves a claimed batch, however, is free again; what stays is not (case F3)."""
        cases = (
            ("cancelled", lambda batch, _out: batch.action_cancel(), True),
            ("taken out", lambda batch, out: batch.write({"picking_ids": [(3, out.id)]}), False),
            ("deleted", lambda batch, _out: batch.unlink(), True),
        )
        for name, leave, as_a_whole in cases:
            with self.subTest(name):
                out, other = self._create_delivery(), self._create_delivery()
                batch = self._create_batch(out | other)
                self._claim()
                out.printed = True
                leave(batch, out)
                self.assertFalse(out.batch_id)
                self.assertFalse(out.claimed_by_id | out.user_id)
                self.assertFalse(out.printed)
                self.assertEqual(bool(other.claimed_by_id), not as_a_whole)
                found = self._claim(10, user=self.second)
                self.assertEqual(
                    [item["picking_id"] for item in found],
                    (out | other if as_a_whole else out).ids,
                )

    def test_refused(self):
        """Rights and arguments."""
        picking = self._create_delivery()
        stranger = self._create_other_company_user("picker")
        for user, warehouse in (
            (stranger, self.warehouse.id),
            (self.users["picker"], 10**8),
            (self.users["clerk"], self.warehouse.id),
        ):
            with self.assertRaises(AccessError):
                self.env["stock.picking"].with_user(user).claim_work(warehouse)
        for limit in (0, -1, 51, "1", True):
            with self.subTest(limit), self.assertRaises(ValidationError):
                self._claim(limit)
        self.assertFalse(picking.claimed_by_id)

    def test_no_message_each(self):
        """Taking work leaves no message on each transfer."""
        pickings = self._create_delivery() | self._create_delivery()
        self._create_batch(pickings)
        self.env.cr.precommit.run()
        before = len(pickings.message_ids)
        self._claim()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertEqual(len(pickings.message_ids), before)


@tagged("post_install", "-at_install", "om_lean")
class TestFulfillmentClaimParallel(ParallelCase):
    """Several people ask for work at the same moment."""

    WORKS, PEOPLE = 8, 5

    def setUp(self):
        super().setUp()
        with committed() as env:
            env.company.use_order_management = False  # nothing of this is about checks
            product = env["product.product"].create({"name": "Asked", "is_storable": True})
            place = self._find_place(env)
            env["stock.quant"]._update_available_quantity(product, place.lot_stock_id, 100)
            customer = env["res.partner"].create({"name": "Asked"})
            orders = env["sale.order"].create(
                [
                    {
                        "partner_id": customer.id,
                        "warehouse_id": place.id,
                        "order_line": [(0, 0, {"product_id": product.id})],
                    }
                    for _index in range(self.WORKS)
                ]
            )
            orders.action_confirm()
            pickings = orders.picking_ids.sorted("id")
            pickings.batch_id = False
            batch = env["stock.picking.batch"].create({"picking_ids": pickings[:2].ids})
            batch.action_confirm()
            self.orders, self.pickings, self.batch = orders.ids, pickings.ids, batch.id
            self.place = place.id
            env.company.use_order_management = True

    def _find_place(self, env):
        """A warehouse of their own, archived between the tests."""
        places = env["stock.warehouse"].with_context(active_test=False)
        place = places.search([("code", "=", "ASK")], limit=1)
        if not place:
            return places.create({"name": "Asked for work", "code": "ASK"})
        place.active = True
        return place

    def _remove(self, env):
        env["stock.picking.batch"].browse(self.batch).picking_ids = False
        env.flush_all()
        self._delete_rows(env, ("stock_picking_batch", "id", [self.batch]))
        self._delete_goods(env, env["sale.order"].browse(self.orders))
        env["stock.warehouse"].browse(self.place).active = False

    def _claim(self, env):
        return env["stock.picking"].claim_work(self.place)

    def test_never_the_same(self):
        """Case F1: two at once, and five at once, never the same; all is handed out."""
        taken = []
        for people in (2, self.PEOPLE):
            answers = self._run_together(*[self._claim] * people)
            taken += [item for answer in answers for item in answer]
        pickings = [picking for item in taken for picking in item["picking_ids"]]
        self.assertEqual(len(pickings), len(set(pickings)))
        self.assertEqual(len(taken), self.WORKS - 1)  # a batch of two and six transfers
        self.assertEqual(set(pickings), set(self.pickings))

    def test_nothing_held_back(self):
        """One takes a batch and is not done yet: the only transfer left is the next person's."""
        with committed() as env:
            batch = env["stock.picking.batch"].browse(self.batch)
            (env["stock.picking"].browse(self.pickings[3:])).claimed_by_id = env.user
        with committed() as first:
            self.assertEqual(self._claim(first)[0]["batch_id"], batch.id)
            with committed() as second:
                items = self._claim(second)
        self.assertEqual([item["picking_id"] for item in items], [self.pickings[2]])

    def test_no_line_twice(self):
        """Five take three pieces each: every line is one person's, and all lines are taken."""

        def claim(env):
            return env["stock.picking"].claim_work(self.place, limit=3)

        answers = self._run_together(*[claim] * self.PEOPLE)
        with committed() as env:
            pickings = [one for answer in answers for item in answer for one in item["picking_ids"]]
            lines = env["stock.picking"].browse(pickings).move_line_ids
            self.assertEqual(len(lines), len(pickings))
            self.assertCountEqual(pickings, self.pickings)

    def test_planned_once(self):
        """Two plan waves at once: no transfer is in two batches."""

        def plan(env):
            return env["stock.picking.batch"].plan_waves(self.place, max_orders=3)

        answers = self._run_together(plan, plan)
        planned = [one for answer in answers for item in answer for one in item["picking_ids"]]
        self.assertCountEqual(planned, self.pickings[2:])
        with committed() as env:
            pickings = env["stock.picking"].browse(self.pickings[2:])
            batches = pickings.batch_id
            self.assertEqual(len(batches), 2)
            pickings.batch_id = False
            env.flush_all()
            self._delete_rows(env, ("stock_picking_batch", "id", batches.ids))
