from datetime import timedelta
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..models.common.results import Arguments, error, row
from ..models.common.set_runner import run_set
from ..tools.error_codes import CODES
from .common import OrderManagementCase

OUTBOX = "odoo.addons.order_management.models.common.order_outbox"
RUNNER = "odoo.addons.order_management.models.common.set_runner"


@tagged("post_install", "-at_install", "om_lean")
class TestCommonResults(OrderManagementCase):
    def test_rows_carry_no_none(self):
        answer = row(name=None, day=fields.Date.to_date("2026-03-01"), parts=[None, {"x": None}])
        self.assertEqual(
            answer,
            {
                "ok": True,
                "errors": [],
                "name": False,
                "day": "2026-03-01",
                "parts": [False, {"x": False}],
            },
        )

    def test_text_that_the_database_cannot_keep_is_refused(self):
        for text in ("a\x00b", "\ud800"):
            with self.assertRaisesRegex(ValidationError, "^channel: "):
                Arguments(self.env).value(text, "text", "channel")
        self.assertEqual(Arguments(self.env).value("Ünï 𝄞", "text", "channel"), "Ünï 𝄞")

    def test_errors_use_codes_of_the_table(self):
        self.assertEqual(
            error("missing", "Give a name.", "name"),
            {"code": "missing", "message": "Give a name.", "path": "name"},
        )
        self.assertFalse(row([error("missing", "x")])["ok"])
        with self.assertRaises(KeyError):
            error("no_such_code", "x")
        self.assertTrue(all(text.endswith(".") for text in CODES.values()))

    def test_arguments_are_refused_with_their_path(self):
        arguments = Arguments(self.env)
        keys = {"order_id": "integer*", "note": "text"}
        cases = [
            ("an object", lambda: arguments.rows({}, "rows", keys), "rows"),
            ("a list entry", lambda: arguments.rows(["x"], "rows", keys), "rows[0]"),
            ("missing", lambda: arguments.rows([{"note": "x"}], "rows", keys), "rows[0].order_id"),
            ("text", lambda: arguments.rows([{"order_id": "3"}], "rows", keys), "rows[0].order_id"),
            (
                "bool",
                lambda: arguments.rows([{"order_id": True}], "rows", keys),
                "rows[0].order_id",
            ),
            (
                "unknown",
                lambda: arguments.rows([{"order_id": 1, "x": 2}], "rows", keys),
                "rows[0].x",
            ),
            ("many", lambda: arguments.rows([{}] * 201, "rows", {}), "too_large"),
            ("date", lambda: arguments.day("1.3.2026", "on_date"), "on_date"),
            ("moment", lambda: arguments.moment("soon", "at"), "at"),
            ("ancient", lambda: arguments.moment("0001-01-01T00:00:00+05:00", "at"), "at"),
            ("choice", lambda: arguments.choice("x", ("a", "b"), "process"), "process"),
            ("infinite", lambda: arguments.value(float("inf"), "number", "quantity"), "quantity"),
        ]
        for name, call, expected in cases:
            with (
                self.subTest(name),
                self.assertRaisesRegex(ValidationError, expected.replace("[", r"\[")),
            ):
                call()

    def test_arguments_are_completed(self):
        arguments = Arguments(self.env)
        self.assertEqual(
            arguments.rows([{"order_id": 1}], "rows", {"order_id": "integer*", "note": "text"}),
            [{"order_id": 1, "note": False}],
        )
        self.assertEqual(
            arguments.moment("2026-03-01T10:00:00+02:00", "at"),
            fields.Datetime.to_datetime("2026-03-01 08:00:00"),
        )


@tagged("post_install", "-at_install", "om_full")
class TestCommonSetRunner(OrderManagementCase):
    def _run(self, partners, refuse):
        calls = []

        def work(part):
            calls.append(len(part))
            part.write({"ref": "done"})
            for partner in part:
                refuse(partner)

        failures = run_set(partners, work)
        return failures, calls

    def test_bad_ones_end_up_alone_and_leave_nothing(self):
        partners = self.env["res.partner"].create([{"name": f"P{index}"} for index in range(8)])

        def refuse(partner):
            if partner in (partners[2], partners[5]):
                raise UserError("Not this one")  # pylint: disable=translation-required

        failures, calls = self._run(partners, refuse)
        self.assertEqual([record for record, _error in failures], [partners[2], partners[5]])
        self.assertEqual(calls, [8, 4, 2, 2, 1, 1, 4, 2, 1, 1, 2])
        self.assertEqual(
            partners.mapped("ref"), ["done", "done", False, "done", "done", False, "done", "done"]
        )

    def test_a_good_set_is_worked_on_once(self):
        partners = self.env["res.partner"].create([{"name": f"P{index}"} for index in range(8)])
        failures, calls = self._run(partners, lambda partner: None)
        self.assertEqual((failures, calls), ([], [8]))

    def test_concurrency_failures_are_not_swallowed(self):
        def refuse(partner):
            raise OperationalError("could not serialize access")

        with self.assertRaises(OperationalError):
            self._run(self.customer, refuse)

    @mute_logger(RUNNER)
    def test_unexpected_errors_are_kept_too(self):
        failures, _calls = self._run(self.customer, lambda partner: 1 / 0)
        self.assertIsInstance(failures[0][1], ZeroDivisionError)


@tagged("post_install", "-at_install")
class TestCommonEvidence(OrderManagementCase):
    def _append(self):
        order = self._create_order()
        return self.env["order.event"]._append(
            [{"order_id": order.id, "kind": "note", "message": "Hello"}]
        )

    def test_events_are_read_only_for_everybody(self):
        event = self._append()
        for user in [*self.users.values(), self.env.ref("base.user_admin"), self.env.user]:
            with self.subTest(user.name):
                mine = event.with_user(user)
                with self.assertRaises(AccessError):
                    mine.write({"message": "Changed"})
                with self.assertRaises(AccessError):
                    mine.unlink()
                with self.assertRaises(AccessError):
                    mine.create({"kind": "note", "company_id": self.company.id})
                with self.assertRaises(AccessError):
                    mine.with_context(order_event_marker=True).create({"kind": "note"})
        with self.assertRaises(AccessError):
            event.sudo().write({"message": "Changed"})
        self.assertEqual(event.message, "Hello")

    def test_an_order_can_be_deleted_and_its_events_stay(self):
        event = self._append()
        event.order_id.unlink()
        event.invalidate_recordset()
        self.assertTrue(event.exists())
        self.assertFalse(event.order_id)

    def test_explain_refuses_what_names_no_document(self):
        explain = self.as_role("order.decision", "auditor").explain
        for model, res_id, argument in (
            ("no.model", 1, "model"),
            ("order.hold.mixin", 1, "model"),
            (None, 1, "model"),
            ("sale.order", "1", "res_id"),
            ("sale.order", None, "res_id"),
            ("sale.order", [1], "res_id"),
        ):
            with (
                self.subTest(model=model, res_id=res_id),
                self.assertRaisesRegex(ValidationError, f"^{argument}: "),
            ):
                explain(model, res_id)

    def test_decisions_are_explained_to_those_who_may_see_the_document(self):
        order = self._create_order()
        self.env["order.decision"]._record(
            [
                {
                    "model": "sale.order",
                    "res_id": order.id,
                    "decision": "test.kind",
                    "outcome": "yes",
                    "inputs": {"margin": 5, "weight": 2},
                    "confidential": ["margin"],
                }
            ]
        )
        explain = self.as_role("order.decision", "auditor").explain
        self.assertEqual(explain("sale.order", order.id)[0]["inputs"], {"margin": 5, "weight": 2})
        other = self.env["res.company"].create({"name": "Other"})
        order.company_id = other
        with self.assertRaises(AccessError):
            explain("sale.order", order.id)
        with self.assertRaises(AccessError):
            explain("sale.order", 2**30)


@tagged("post_install", "-at_install", "om_lean")
class TestCommonOutbox(OrderManagementCase):
    def _queue(self, key="one", **payload):
        outbox = self.env["order.outbox"]
        count = outbox._queue("mail", {key: {"template_id": 0, **payload}})
        return count, outbox.search([("key", "=", key)])

    def test_a_key_is_queued_once(self):
        self.assertEqual(self._queue()[0], 1)
        count, effect = self._queue()
        self.assertEqual((count, len(effect), effect.state), (0, 1, "waiting"))

    @mute_logger(OUTBOX)
    @freeze_time("2026-03-01 10:00:00")
    def test_failures_are_retried_later_and_parked(self):
        _count, effect = self._queue()
        model = type(effect)
        with patch.object(model, "_send_mail", side_effect=UserError("Printer on fire")):
            effect._send()
            self.assertEqual((effect.state, effect.attempts), ("waiting", 1))
            self.assertEqual(
                effect.next_try_at,
                fields.Datetime.to_datetime("2026-03-01 10:00:00") + timedelta(minutes=1),
            )
            for _attempt in range(7):
                effect._send()
        self.assertEqual((effect.state, effect.error), ("parked", "Printer on fire"))
        self.as_role(effect, "manager").action_retry()
        self.assertEqual(effect.state, "waiting")
        with self.assertRaises(AccessError):
            self.as_role(effect, "clerk").action_retry()

    def test_the_cron_sends_what_is_due_and_nothing_else(self):
        _count, due = self._queue("due")
        _count, later = self._queue("later")
        later.next_try_at = fields.Datetime.now() + timedelta(hours=1)
        with (
            patch.object(type(due), "_send_mail") as send,
            self.enter_registry_test_mode(),
        ):
            self.env.ref("order_management.ir_cron_outbox").method_direct_trigger()
        self.assertEqual(send.call_count, 1)
        self.assertEqual((due.state, later.state), ("sent", "waiting"))


@tagged("post_install", "-at_install", "om_full")
class TestCommonRequests(OrderManagementCase):
    def _once(self, key, argument, answer):
        calls = []

        def work():
            calls.append(1)
            return answer

        result = self.env["order.request"]._once("test.method", key, argument, work)
        return result, len(calls)

    def test_the_first_answer_is_repeated(self):
        self.assertEqual(self._once("k1", {"a": 1}, row(value=1)), (row(value=1), 1))
        repeated, calls = self._once("k1", {"a": 1}, row(value=2))
        self.assertEqual(repeated, {**row(value=1), "replayed": True})
        self.assertEqual(calls, 0)

    def test_another_question_under_the_same_key_is_refused(self):
        self._once("k1", {"a": 1}, row(value=1))
        with self.assertRaisesRegex(ValidationError, "request_key"):
            self._once("k1", {"a": 2}, row(value=1))

    def test_a_refusal_does_not_use_up_the_key(self):
        refused = row([error("not_possible", "Not now")])
        self._once("k1", {"a": 1}, refused)
        self.assertEqual(self._once("k1", {"a": 1}, row(value=2)), (row(value=2), 1))

    def test_without_a_key_everything_runs(self):
        self.assertEqual(self._once(False, {}, row()), (row(), 1))


@tagged("post_install", "-at_install", "om_lean")
class TestCommonJobs(OrderManagementCase):
    def test_a_background_call_runs_as_its_user(self):
        orders = self._create_order() | self._create_order([])
        answer = self.as_role(orders, "integration").process_orders(background=True)
        job = self.as_role("order.job", "integration").browse(answer["job_id"])
        self.assertEqual(job.get_result()[0]["state"], "waiting")
        self.assertEqual(orders.mapped("state"), ["draft", "draft"])
        with self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_jobs").method_direct_trigger()
        result = job.get_result()[0]
        self.assertEqual((result["state"], result["progress"]), ("done", 1.0))
        self.assertEqual([line["outcome"] for line in result["result"]], ["confirmed", "held"])

    @mute_logger(RUNNER)
    def test_a_failed_call_leaves_its_reason(self):
        order = self._create_order()
        job_id = self.as_role(order, "clerk").process_orders(background=True)["job_id"]
        job = self.as_role("order.job", "clerk").browse(job_id)
        self.users["clerk"].group_ids -= self.env.ref("order_management.group_clerk")
        job.sudo()._run()
        self.assertEqual(job.sudo().state, "failed")
        self.assertIn("role", job.sudo().error)
        self.assertEqual(order.state, "draft")

    def test_only_one_s_own_jobs_are_visible(self):
        order = self._create_order()
        job_id = self.as_role(order, "clerk").process_orders(background=True)["job_id"]
        with self.assertRaises(AccessError):
            self.as_role("order.job", "integration").browse(job_id).get_result()


@tagged("post_install", "-at_install")
class TestCommonStage(OrderManagementCase):
    def test_the_stage_follows_the_order(self):
        product = self._create_product("OM-STAGE", stock=1)
        order = self._create_order([(product, 1)])
        self.assertEqual(order.stage, "received")
        order.action_confirm()
        self.assertEqual(order.stage, "ready")
        self.assertTrue(order.confirmed_at)
        picking = order.picking_ids
        picking.button_validate()
        self.assertEqual(order.stage, "shipped")
        kinds = self.env["order.event"].search([("order_id", "=", order.id)]).mapped("kind")
        self.assertEqual(kinds.count("stage_shipped"), 1)
        self.assertEqual(kinds.count("stage_ready"), 1)

    def test_services_are_closed_when_paid(self):
        service = self._create_product(
            "OM-WORK", price=80.0, type="service", is_storable=False, invoice_policy="order"
        )
        order = self._create_order([(service, 1)])
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(order.stage, "confirmed")
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        wizard = self.env["account.payment.register"].with_context(**context).create({})
        wizard._create_payments()
        self.assertEqual((order.stage, bool(order.closed_at)), ("closed", True))

    def test_without_stock_it_waits(self):
        self.env.ref("order_management.order_check_stock_short").mode = "off"
        order = self._create_order([(self._create_product("OM-NONE"), 1)])
        order.action_confirm()
        self.assertEqual(order.stage, "waiting")
        self._set_stock(order.order_line.product_id, 1)
        order.picking_ids.action_assign()
        self.assertEqual(order.stage, "ready")

    def test_switching_a_company_on_fills_the_stages(self):
        self.company.use_order_management = False
        order = self._create_order()
        order.action_confirm()
        self.assertEqual(order.stage, "received")
        self.company.use_order_management = True
        self.assertEqual(order.stage, "ready")
        self.assertFalse(order.confirmed_at)
        self.assertFalse(self.env["order.event"].search([("order_id", "=", order.id)]))
