from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .returns_common import ReturnCase


@tagged("post_install", "-at_install")
class TestReturnFlow(ReturnCase):
    """Asking, deciding, receiving: quantities, windows, repeats and rights."""

    def test_last_day_of_the_window_and_the_day_after(self):
        order = self._create_sold()
        for day, decision, code in (
            ("2026-03-01", "accept", "rule"),
            ("2026-03-31", "accept", "rule"),
            ("2026-04-01", "refuse", "outside_window"),
        ):
            with self.subTest(day=day):
                line = self.as_role("order.return", "clerk").quote(
                    order.id, [self._ask(order)], requested_on=day
                )["lines"][0]
                self.assertEqual((line["decision"], line["code"]), (decision, code))
        self.assertIn("closed on March 31, 2026", line["reason"])

    def test_days_are_counted_where_the_warehouse_is(self):
        self.warehouse.partner_id.tz = "Asia/Tokyo"
        order = self._create_sold()
        self.env["order.shipment"].search(
            [("picking_id", "in", order.picking_ids.ids)]
        ).delivered_at = "2026-03-01 16:00:00"
        line = self.as_role("order.return", "clerk").quote(
            order.id, [self._ask(order)], requested_on="2026-04-01"
        )["lines"][0]
        self.assertEqual(line["decision"], "accept", "16:00 UTC is March 2 in Tokyo")

    def test_tracking_says_when_the_window_starts(self):
        order = self._create_sold()
        order.picking_ids.move_ids.date = "2026-02-01 10:00:00"
        line = self.as_role("order.return", "clerk").quote(
            order.id, [self._ask(order)], requested_on="2026-03-31"
        )["lines"][0]
        self.assertEqual(line["decision"], "accept")

    def test_an_order_keeps_the_policy_of_its_day(self):
        order = self._create_sold()
        self.policy.date_to = "2026-02-28"
        self.env["order.return.policy"].create(
            {
                "name": "Strict",
                "sequence": 2,
                "date_from": "2026-03-01",
                "rule_ids": [Command.create({"decision": "refuse"})],
            }
        )
        self.assertEqual(self._request(order)["policy"], "Test")
        order.date_order = "2026-03-01 10:00:00"
        answer = self._request(order)
        self.assertEqual((answer["policy"], answer["state"]), ("Strict", "refused"))

    def test_quote_writes_nothing(self):
        order = self._create_sold()
        tables = [
            "order_return", "order_return_line", "order_decision", "order_event", "order_lock",
            "stock_picking", "stock_move", "account_move", "mail_message", "order_request",
        ]  # fmt: skip

        def count():
            self.env.flush_all()
            counts = {}
            for table in tables:
                self.env.cr.execute(f"SELECT count(*) FROM {table}")  # pylint: disable=E8103
                counts[table] = self.env.cr.fetchone()[0]
            return counts

        before = count()
        answer = self.as_role("order.return", "integration").quote(order.id, [self._ask(order)])
        self.assertTrue(answer["ok"])
        self.assertEqual(count(), before)

    def test_request_is_made_once_a_reference(self):
        order = self._create_sold()
        first = self._request(order, 1, external_ref="R-1", role="integration")
        self.assertEqual((first["outcome"], first["state"]), ("created", "approved"))
        again = self._request(order, 1, external_ref="R-1", role="integration")
        self.assertEqual(again["outcome"], "replayed")
        self.assertTrue(again["replayed"])
        self.assertEqual(again["return_id"], first["return_id"])
        other = self._request(order, 2, external_ref="R-1", role="integration")
        self.assertEqual(other["outcome"], "conflict")
        self.assertFalse(other["ok"])
        self.assertEqual(other["errors"][0]["code"], "conflict")
        self.assertEqual(len(order.return_ids), 1)

    def test_requests_of_one_call_see_each_other(self):
        order = self._create_sold()
        requests = [
            {
                "order_id": order.id,
                "external_ref": ref,
                "lines": [self._ask(order, quantity)],
                "requested_on": "2026-03-10",
            }
            for ref, quantity in (("A", 2), ("A", 2), ("A", 1), ("B", 2), ("C", 1))
        ]
        answers = self.as_role("order.return", "returns").request(requests)
        self.assertEqual(
            [answer["outcome"] for answer in answers],
            ["created", "replayed", "conflict", "created", "created"],
        )
        self.assertEqual(answers[3]["state"], "refused")
        self.assertEqual(answers[3]["lines"][0]["code"], "too_many")
        self.assertEqual(answers[4]["state"], "approved")

    def test_refused_lines_stay_and_the_rest_goes_on(self):
        order = self._create_sold()
        answer = self._request(order, lines=[self._ask(order, 1), self._ask(order, 9)])
        self.assertEqual(answer["state"], "approved")
        self.assertEqual([line["decision"] for line in answer["lines"]], ["accept", "refuse"])
        self.assertEqual(answer["refund_total"], 36.72)

    def test_what_is_not_known_is_rejected(self):
        order, other = self._create_sold(), self._create_sold()
        cases = {
            "unknown_reason": (self._ask(order, 1, "moth"), "lines[0].reason"),
            "unknown_line": (self._ask(other), "lines[0].line_id"),
            "wrong_value": (self._ask(order, -1), "lines[0].quantity"),
        }
        for code, (line, path) in cases.items():
            with self.subTest(code=code):
                answer = self._request(order, lines=[line], external_ref="X")
                self.assertEqual(answer["outcome"], "rejected")
                self.assertFalse(answer["ok"])
                self.assertEqual(answer["errors"][0]["code"], code)
                self.assertEqual(answer["errors"][0]["path"], path)
        self.assertFalse(order.return_ids)
        self.assertEqual(self._request(order, external_ref="X")["outcome"], "created")

    def test_order_and_lines_by_their_references(self):
        channel = self.env["order.channel"].create({"name": "Shop", "code": "RETURNS"})
        order = self._create_sold()
        order.write({"channel_id": channel.id, "external_ref": "W-7"})
        order.order_line.external_line_ref = "1"
        reference = {"channel": "RETURNS", "external_ref": "W-7"}
        line = {"line_ref": "1", "quantity": 1, "reason": "defective"}
        Return = self.as_role("order.return", "integration")
        quote = Return.quote(order_ref=reference, lines=[line], requested_on="2026-03-10")
        self.assertEqual((quote["order_id"], quote["refund_total"]), (order.id, 43.20))
        answer = Return.request([{"order_ref": reference, "lines": [line]}])[0]
        self.assertEqual((answer["outcome"], answer["order_id"]), ("created", order.id))
        with self.assertRaises(AccessError):
            Return.quote(order_ref={**reference, "external_ref": "W-8"}, lines=[line])

    def test_context_of_the_caller_steers_nothing(self):
        order = self._create_sold()
        forged = {
            "default_received_quantity": 3,
            "default_state": "received",
            "default_accepted_quantity": 3,
            "cancel_backorder": True,
        }
        Return = self.as_role("order.return", "returns").with_context(**forged)
        answer = Return.request(
            [
                {
                    "order_id": order.id,
                    "lines": [self._ask(order, 2)],
                    "requested_on": "2026-03-10",
                }
            ]
        )[0]
        one = Return.browse(answer["return_id"])
        self.assertEqual((one.state, one.line_ids.received_quantity), ("approved", 0))
        one.receive([{"return_line_id": one.line_ids.id, "quantity": 1}])
        self.assertEqual(set(one.picking_ids.mapped("state")), {"done", "assigned"})
        vals = {
            "sale_line_id": order.order_line.id,
            "reason_id": self.reasons["late"].id,
        }
        draft = Return.create({"order_id": order.id, "line_ids": [Command.create(vals)]})
        self.assertEqual((draft.state, draft.line_ids.received_quantity), ("draft", 0))
        with self.assertRaises(AccessError):
            draft.line_ids.create({**vals, "return_id": one.id})

    def test_wrong_shapes_are_refused(self):
        order = self._create_sold()
        Return = self.as_role("order.return", "returns")
        for requests in (
            [{"order_id": order.id, "lines": []}],
            [{"order_id": order.id, "lines": [{**self._ask(order), "colour": "red"}]}],
            [{"order_id": order.id, "lines": [{**self._ask(order), "quantity": "1"}]}],
            [{"order_id": order.id, "lines": [self._ask(order)], "requested_on": "1.3.2026"}],
            [{"lines": [self._ask(order)]}],
        ):
            with self.subTest(requests=requests), self.assertRaises(ValidationError):
                Return.request(requests)

    def test_quote_of_nothing(self):
        answer = self.as_role("order.return", "clerk").quote(self._create_sold().id, [])
        self.assertEqual((answer["ok"], answer["lines"], answer["refund_total"]), (True, [], 0.0))

    def test_policy_of_a_channel(self):
        """A policy for channels counts for their orders alone."""
        channels = self.env["order.channel"].create(
            [{"name": code, "code": code, "company_id": self.company.id} for code in ("A", "B")]
        )
        self.policy.channel_ids = channels[0]
        names = []
        for channel in (channels[0], channels[1], self.env["order.channel"]):
            order = self._create_sold()
            order.channel_id = channel
            answer = self.as_role("order.return", "returns").quote(order.id, [self._ask(order)])
            names.append(answer["policy"])
        default = self.env.ref("order_management.order_return_policy_default").name
        self.assertEqual(names, ["Test", default, default])

    def test_resolutions_of_a_rule(self):
        """A rule may offer less than all; the next one may offer the rest."""
        order = self._create_sold()
        self.rule.resolution_ids = self.env.ref("order_management.order_return_resolution_credit")
        Return = self.as_role("order.return", "returns")

        def quote(resolution):
            line = self._ask(order, resolution=resolution)
            return Return.quote(order.id, [line], "2026-03-10")["lines"][0]

        refused = quote("refund")
        self.assertEqual((refused["decision"], refused["code"]), ("refuse", "not_offered"))
        self.assertEqual(quote("credit")["refund"], 36.72)
        self.rule.copy({"sequence": 20, "fee_percent": 50.0, "resolution_ids": False})
        self.assertEqual((quote("refund")["refund"], quote("credit")["refund"]), (21.6, 36.72))

    def test_two_step_receipts(self):
        """What moves goods on from the receiving area is neither received nor cancelled."""
        self.warehouse.reception_steps = "two_steps"
        order = self._create_sold()
        one = self._return(order, 2)
        self.assertEqual(self._receive(one, 1)["lines"][0]["received_quantity"], 1.0)
        onward = one.line_ids.move_ids.filtered(lambda move: move.picking_code == "internal")
        self.assertEqual((onward.product_uom_qty, onward.state), (1.0, "assigned"))
        self.assertNotIn(onward.picking_id, one.picking_ids)
        settled = self._settle(one)
        self.assertEqual((settled["state"], settled["refund_total"]), ("settled", 36.72))
        self.assertEqual((onward.state, order.stage), ("assigned", "delivered"))
        onward.picked = True
        onward.picking_id._action_done()
        self.assertEqual(one.line_ids.received_quantity, 1.0)
        self.assertEqual(order.order_line.qty_delivered, 2.0)

    def test_exchange_is_not_offered(self):
        order = self._create_sold()
        line = self._ask(order, resolution="exchange", exchange_sku="SHIRT")
        answer = self._request(order, lines=[line])
        self.assertEqual(answer["lines"][0]["decision"], "refuse")
        self.assertEqual(answer["lines"][0]["code"], "not_offered")

    def test_review_line_waits_for_a_person(self):
        self.rule.decision = "review"
        order = self._create_sold()
        one = self._return(order, 2)
        self.assertEqual(one.state, "review")
        self.assertFalse(one.picking_ids)
        self.assertEqual(self._request(order, 2)["state"], "refused", "two of three are asked")
        answer = self.as_role(one, "returns").approve()[0]
        self.assertEqual((answer["state"], answer["needs"]), ("approved", False))
        self.assertEqual(one.picking_ids.state, "assigned")
        self.assertTrue(self.as_role(one, "returns").approve()[0]["replayed"])

    def test_refuse_and_cancel_free_the_quantity(self):
        self.rule.decision = "review"
        order = self._create_sold()
        one = self._return(order, 3)
        with self.assertRaises(ValidationError):
            self.as_role(one, "returns").refuse(" ")
        answer = self.as_role(one, "returns").refuse("worn")[0]
        self.assertEqual(answer["state"], "refused")
        self.assertTrue(self.as_role(one, "returns").refuse("worn")[0]["replayed"])
        self.assertEqual(
            self.as_role(one, "returns").approve()[0]["errors"][0]["code"], "not_possible"
        )
        self.rule.decision = "accept"
        two = self._return(order, 3)
        self.assertEqual(two.state, "approved")
        self.assertEqual(self.as_role(two, "returns").cancel("kept")[0]["state"], "cancelled")
        self.assertEqual(two.picking_ids.state, "cancel")
        three = self._return(order, 3)
        self._receive(three)
        answer = self.as_role(three, "returns").cancel("no")[0]
        self.assertFalse(answer["ok"])
        self.assertEqual(three.state, "received")

    def test_four_eyes_at_the_limit(self):
        self.policy.four_eyes_amount = 43.20
        order = self._create_sold()
        small = self._request(order, 1)
        self.assertEqual((small["state"], small["needs"]), ("approved", False))
        answer = self._request(order, 1, "defective")
        self.assertEqual((answer["state"], answer["needs"]), ("review", "second_person"))
        one = self.env["order.return"].browse(answer["return_id"])
        waiting = self.as_role(one, "returns").approve()[0]
        self.assertEqual((waiting["state"], waiting["needs"]), ("review", "second_person"))
        with self.assertRaises(UserError):
            self.as_role(one, "returns").action_approve()
        approved = self.as_role(one, "manager").approve()[0]
        self.assertEqual((approved["state"], approved["needs"]), ("approved", False))
        self.assertEqual(one.approved_by_id, self.users["manager"])

    def test_manager_may_not_approve_what_they_asked_or_edited(self):
        self.policy.four_eyes_amount = 40.0
        order = self._create_sold()
        asked = self._return(order, 1, "defective", role="manager")
        self.assertEqual(self.as_role(asked, "manager").approve()[0]["needs"], "second_person")
        edited = self._return(order, 1, "defective")
        self.as_role(edited.line_ids, "manager").quantity = 2
        self.assertEqual(edited.refund_total, 86.40)
        self.assertEqual(self.as_role(edited, "manager").approve()[0]["needs"], "second_person")

    def test_receive_scrap_and_restock(self):
        order = self._create_sold()
        before = self._get_on_hand()
        one = self._return(order, 3, "defective")
        line = one.line_ids
        answer = self.as_role(one, "picker").receive(
            [
                {"return_line_id": line.id, "quantity": 2, "condition": "A"},
                {
                    "return_line_id": line.id,
                    "quantity": 1,
                    "condition": "C",
                    "disposition": "scrap",
                },
            ]
        )[0]
        self.assertTrue(answer["ok"], answer)
        self.assertEqual(answer["state"], "received")
        self.assertEqual(self._get_on_hand(), before + 2)
        self.assertEqual(order.order_line.qty_delivered, 0)
        self.assertRecordValues(
            one.line_ids.receipt_ids,
            [
                {"quantity": 2, "condition": "A", "disposition": "restock"},
                {"quantity": 1, "condition": "C", "disposition": "scrap"},
            ],
        )

    def test_receive_no_more_than_expected(self):
        order = self._create_sold()
        one = self._return(order, 2)
        self.assertEqual((one.can_receive, one.can_settle), (True, False))
        answer = self._receive(one, 3)
        self.assertFalse(answer["ok"])
        self.assertEqual(answer["errors"][0]["code"], "too_many")
        self.assertEqual(answer["errors"][0]["path"], "lines[0].quantity")
        self.assertEqual(one.state, "approved")
        self.assertEqual(one.picking_ids.state, "assigned")
        self._receive(one, 1)
        self.assertEqual(self._receive(one, 2)["errors"][0]["code"], "too_many")
        self.assertTrue(self._receive(one, 1)["ok"])
        self.assertEqual(one.line_ids.received_quantity, 2)
        self.assertEqual((one.can_receive, one.can_settle), (False, True))

    def test_receive_is_repeated_by_its_key(self):
        order = self._create_sold()
        one = self._return(order, 2)
        lines = [{"return_line_id": one.line_ids.id, "quantity": 1}]
        first = self.as_role(one, "picker").receive(lines, request_key="K1")[0]
        again = self.as_role(one, "picker").receive(lines, request_key="K1")[0]
        self.assertTrue(again["replayed"])
        self.assertEqual(first["lines"], again["lines"])
        self.assertEqual(one.line_ids.received_quantity, 1)

    def test_wrong_item_and_missing_are_noted_and_not_paid(self):
        order = self._create_sold()
        before = self._get_on_hand()
        one = self._return(order, 2, "defective")
        self._receive(one, 1, outcome="wrong_item")
        self.assertEqual(self._get_on_hand(), before)
        self.assertEqual((one.state, one.line_ids.received_quantity), ("received", 0))
        self._receive(one, 1)
        self.assertEqual(self._settle(one)["refund_total"], 43.20)

    def test_receipt_validated_in_the_warehouse_counts(self):
        order = self._create_sold()
        one = self._return(order, 2, "defective")
        self.as_role(one.picking_ids, "picker").button_validate()
        self.assertEqual((one.state, one.line_ids.received_quantity), ("received", 2))
        self.assertEqual(one.line_ids.disposition, "restock")
        self.assertEqual(self._settle(one)["refund_total"], 86.40)

    def test_settle_needs_goods_and_answers_the_same_again(self):
        order = self._create_sold()
        one = self._return(order, 1)
        early = self._settle(one)
        self.assertFalse(early["ok"])
        self.assertEqual(early["errors"][0]["code"], "not_possible")
        self._receive(one)
        first, again = self._settle(one), self._settle(one)
        self.assertTrue(again["replayed"])
        self.assertEqual(first["credit_note_ids"], again["credit_note_ids"])
        self.assertEqual(len(one.credit_note_ids), 1)

    def test_claim_of_missing_goods_is_settled_without_goods(self):
        order = self._create_sold()
        answer = self._request(order, lines=[self._ask(order, 1, "missing", kind="claim")])
        one = self.env["order.return"].browse(answer["return_id"])
        self.assertFalse(one.picking_ids)
        self.assertEqual(self._settle(one)["refund_total"], 43.20)
        line = order.order_line
        self.assertEqual((line.qty_delivered, line.qty_invoiced, line.qty_to_invoice), (3, 2, 0))
        self.assertEqual(self._request(order, 3)["state"], "refused")
        self.assertEqual(self._request(order, 2)["state"], "approved")

    def test_units_of_the_order_line(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._create_order([(self.shirt, 1, 480.0)])
        order.order_line.write({"product_uom_id": dozen.id, "price_unit": 480.0})
        self._deliver(order)
        self._invoice(order)
        self.assertEqual(self._request(order, 12)["state"], "refused")
        before = self._get_on_hand()
        one = self._return(order, 1, "defective")
        self.assertEqual(one.refund_total, 576.0)
        self.assertTrue(self._receive(one)["ok"])
        self.assertEqual(self._get_on_hand(), before + 12)
        self.assertEqual(self._settle(one)["refund_total"], 576.0)
        self.assertEqual(order.order_line.qty_invoiced, 0)

    def test_cores_own_return_counts(self):
        order = self._create_sold()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=order.picking_ids.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 2
        wizard.action_create_returns()
        self.assertEqual(self._request(order, 2)["state"], "refused")
        self.assertEqual(self._request(order, 1)["state"], "approved")

    def test_serial_that_was_not_sent_is_refused(self):
        product = self._create_product("SERIAL", tracking="serial")
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": product.id} for name in ("S1", "S2")]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(
                product, self.warehouse.lot_stock_id, 1, lot_id=lot
            )
        order = self._create_sold(2, product=product)
        one = self._return(order, 2, "defective")
        self.assertFalse(self._receive(one, 1, lot="S9")["ok"])
        answer = self._receive(one, 1, lot="S2")
        self.assertTrue(answer["ok"], answer)
        done = one.picking_ids.move_ids.filtered(lambda move: move.state == "done")
        self.assertEqual(done.lot_ids, lots[1])

    def test_decision_explains_itself_and_replays(self):
        order = self._create_sold()
        one = self._return(order, requested_on="2026-04-02")
        slips = self.env["order.decision"].search(
            [("model", "=", "order.return"), ("res_id", "=", one.id)]
        )
        self.assertEqual(slips.outcome, "refuse")
        self.assertEqual(slips.flip, "Requested 2 days earlier.")
        self.assertEqual(slips.inputs["facts"]["delivered_on"], "2026-03-01")
        self.assertEqual(slips._replay(), [True])

    def test_events_and_stage(self):
        order = self._create_sold()
        one = self._return(order, 1)
        self.assertEqual(order.stage, "returning")
        self._receive(one)
        self._settle(one)
        self.assertNotEqual(order.stage, "returning")
        kinds = self.env["order.event"].search([("order_id", "=", order.id)]).mapped("kind")
        for kind in ("requested", "approved", "received", "settled"):
            self.assertEqual(kinds.count(f"return_{kind}"), 1, kind)

    def test_draft_from_the_order_is_requested_by_button(self):
        order = self._create_sold()
        action = self.as_role(order, "clerk").action_create_return()
        one = self.as_role("order.return", "clerk").browse(action["res_id"])
        self.assertEqual((one.state, one.line_ids.quantity), ("draft", 3))
        one.line_ids.quantity = 2
        one.requested_on = "2026-03-10"
        one.action_request()
        self.assertEqual(one.state, "approved")
        self.assertEqual(one.refund_total, 73.44)
        self.assertTrue(one.name.startswith("RET/"))

    def test_dialogs(self):
        order = self._create_sold()
        one = self.as_role(self._return(order, 2), "returns")
        receive = one.env["order.return.receive"].create({"return_id": one.id})
        self.assertEqual(receive.line_ids.quantity, 2)
        receive.action_receive()
        self.assertEqual(one.state, "received")
        one.action_settle()
        self.assertEqual(one.state, "settled")
        self.rule.decision = "review"
        two = self.as_role(self._return(order, 1), "returns")
        close = two.env["order.return.close"].create(
            {"return_ids": [Command.set(two.ids)], "operation": "refuse", "reason": "worn"}
        )
        close.action_close()
        self.assertEqual((two.state, two.close_reason), ("refused", "worn"))


@tagged("post_install", "-at_install")
class TestReturnRights(ReturnCase):
    """Who may do what, and that nobody gets around the operations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.settled = cls._return(cls._create_sold(), 1)
        cls._receive(cls.settled)
        cls._settle(cls.settled)
        cls.rule.decision = "review"
        cls.order = cls._create_sold()
        cls.one = cls._return(cls.order)

    def test_operations_by_role(self):
        line = self.one.line_ids
        entry = [{"return_line_id": line.id, "quantity": 1}]
        allowed = {
            "quote": {"clerk", "returns", "manager", "integration"},
            "request": {"clerk", "returns", "manager", "integration"},
            "approve": {"returns", "manager"},
            "refuse": {"returns", "manager"},
            "cancel": {"returns", "manager"},
            "receive": {"picker", "returns", "manager"},
            "settle": {"returns", "manager"},
        }
        calls = {
            "quote": lambda one: one.quote(self.order.id, [self._ask(self.order)]),
            "request": lambda one: one.request([]),
            "approve": lambda one: one.approve(),
            "refuse": lambda one: one.refuse("no"),
            "cancel": lambda one: one.cancel("no"),
            "receive": lambda one: one.receive(entry),
            "settle": lambda one: one.settle(),
        }
        for operation, call in calls.items():
            for role in self.users:
                with self.subTest(operation=operation, role=role):
                    savepoint = self.env.cr.savepoint()
                    if role in allowed[operation]:
                        call(self.as_role(self.one, role))
                    else:
                        with self.assertRaises(AccessError):
                            call(self.as_role(self.one, role))
                        self.assertEqual(self.one.state, "review")
                    savepoint.close(rollback=True)
                    self.env.invalidate_all()

    def test_foreign_and_missing_answer_alike(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.users["returns"].copy({"login": "om_elsewhere", "name": "Elsewhere"})
        stranger.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        Return = self.env["order.return"].with_user(stranger)
        messages = set()
        for order_id in (self.order.id, 987654321):
            with self.assertRaises(AccessError) as caught:
                Return.quote(order_id, [self._ask(self.order)])
            messages.add(str(caught.exception))
        for return_id in (self.one.id, 987654321):
            with self.assertRaises(AccessError):
                Return.browse(return_id).approve()
        self.assertEqual(len(messages), 1)
        with self.assertRaises(AccessError):
            self.as_role("order.return", "returns").browse(self.one.id).with_user(stranger).settle()

    def test_amounts_and_states_are_not_written_by_hand(self):
        one, line = self.as_role(self.one, "manager"), self.as_role(self.one.line_ids, "manager")
        for record, vals in (
            (one, {"state": "approved"}),
            (one, {"credit_note_ids": [Command.clear()]}),
            (one, {"last_editor_id": False}),
            (line, {"gross": 1000.0}),
            (line, {"refund": 1000.0}),
            (line, {"received_quantity": 3}),
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                record.write(vals)
        with self.assertRaises(AccessError):
            one.unlink()
        with self.assertRaises(AccessError):
            self.as_role("order.return", "manager").create(
                {"order_id": self.order.id, "state": "received"}
            )

    def test_edit_before_the_decision_follows_in_the_amounts(self):
        line = self.as_role(self.one.line_ids, "returns")
        line.fee = 3.20
        self.assertEqual(self.one.refund_total, 40.0)
        line.quantity = 2
        self.assertEqual((line.fee, self.one.refund_total), (12.96, 73.44))
        self.assertEqual(self.one.last_editor_id, self.users["returns"])
        self.as_role(self.one, "returns").approve()
        with self.assertRaises(AccessError):
            line.quantity = 3

    def test_screens_open_for_each_role(self):
        for role in self.users:
            with self.subTest(role=role):
                Return = self.as_role("order.return", role)
                for view_type in ("list", "kanban", "search"):
                    Return.get_view(view_type=view_type)
                fields = Return.get_views([(False, "form")])["models"]["order.return"]["fields"]
                specification = {
                    name: {"fields": {"display_name": {}}} if field.get("relation") else {}
                    for name, field in fields.items()
                    if name in self._get_form_fields(Return)
                }
                data = Return.browse(self.settled.id).web_read(specification)
                self.assertEqual(data[0]["name"], self.settled.name)

    def _get_form_fields(self, Return):
        """The fields that the form shows to this user, without those of its lines."""
        arch = etree.fromstring(Return.get_view(view_type="form")["arch"])
        return {
            node.get("name") for node in arch.iter("field") if not list(node.iterancestors("field"))
        }
