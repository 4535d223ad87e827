import base64
import json

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .intake_common import CUSTOMER, IntakeCase


@tagged("post_install", "-at_install")
class TestIntakeSubmit(IntakeCase):
    """Documents come in, each exactly once."""

    def test_replay_and_conflict(self):
        document = self._document("WEB-1001", ("OM-A", 2, 50.0))
        answers = [self.submit_one(document) for _time in range(3)]
        self.assertOutcomes(answers, "created", "replayed", "replayed")
        self.assertEqual({answer["order_id"] for answer in answers}, {answers[0]["order_id"]})
        self.assertEqual(answers[1], {**answers[0], "outcome": "replayed", "replayed": True})
        order = self.order_of(answers[0])
        self.assertEqual(order.amount_total, 100.0)
        self.assertEqual(order.intake_ids.attempt_count, 3)
        self.assertEqual(
            order.intake_ids.attempt_ids.mapped("outcome"), ["replayed", "replayed", "created"]
        )

        changed = self.submit_one(self._document("WEB-1001", ("OM-A", 3, 50.0)))
        self.assertEqual((changed["ok"], changed["outcome"]), (False, "conflict"))
        self.assertEqual(changed["errors"][0]["code"], "conflict")
        self.assertEqual(
            changed["differences"], [{"path": "lines[0].quantity", "before": 2, "after": 3}]
        )
        self.assertEqual(changed["order_id"], order.id)
        self.assertEqual((order.order_line.product_uom_qty, order.amount_total), (2.0, 100.0))
        self.assertEqual(order.intake_ids.state, "conflict")

    def test_newer_conflict_replaces_the_waiting_one(self):
        self.submit_one(self._document("WEB-1", ("OM-A", 2, 50.0)))
        self.submit_one(self._document("WEB-1", ("OM-A", 3, 50.0)))
        newer = self.submit_one(self._document("WEB-1", ("OM-A", 4, 50.0)))
        self.assertEqual(newer["differences"][0]["before"], 2)
        self.assertEqual(newer["differences"][0]["after"], 4)
        intake = self.env["order.intake"].browse(newer["intake_id"])
        self.assertEqual(intake.pending_content["lines"][0]["quantity"], 4)
        again = self.submit_one(self._document("WEB-1", ("OM-A", 2, 50.0)))
        self.assertEqual(again["outcome"], "replayed")

    def test_number_and_space_do_not_make_a_conflict(self):
        self.submit_one(self._document("WEB-1", ("OM-A", 2, 50.0)))
        again = self._document("WEB-1", ("OM-A", 2.0, 50), note=" ", ship_complete=False)
        self.assertEqual(self.submit_one(again)["outcome"], "replayed")

    def test_batch_with_one_bad_order(self):
        documents = [self._document(f"WEB-{n}", ("OM-A", 1), ("OM-A", 2)) for n in range(5)]
        documents[2]["lines"][1]["sku"] = "ZZ-9"
        answers = self.submit(*documents)
        self.assertOutcomes(answers, "created", "created", "rejected", "created", "created")
        self.assertEqual([answer["document"] for answer in answers], [0, 1, 2, 3, 4])
        bad = answers[2]
        self.assertFalse(bad["ok"])
        self.assertFalse(bad["order_id"])
        self.assertEqual(
            [(e["code"], e["path"]) for e in bad["errors"]], [("unknown_product", "lines[1].sku")]
        )
        orders = self.env["sale.order"].search_count([("channel_id", "=", self.channel.id)])
        self.assertEqual(orders, 4)

        again = self.submit(*documents)
        self.assertOutcomes(again, "replayed", "replayed", "rejected", "replayed", "replayed")
        documents[2]["lines"][1]["sku"] = "OM-A"
        corrected = self.submit_one(documents[2])
        self.assertEqual(corrected["outcome"], "created")
        self.assertEqual(corrected["intake_id"], bad["intake_id"])
        intake = self.env["order.intake"].browse(corrected["intake_id"])
        self.assertEqual(
            (intake.state, intake.attempt_count, intake.error_count), ("created", 3, 0)
        )

    def test_same_key_twice_in_one_call(self):
        first = self._document("WEB-1", ("OM-A", 2))
        other = self._document("WEB-1", ("OM-A", 3))
        answers = self.submit(first, dict(first), other)
        self.assertOutcomes(answers, "created", "replayed", "conflict")
        self.assertEqual(len({answer["order_id"] for answer in answers}), 1)
        intake = self.env["order.intake"].browse(answers[0]["intake_id"])
        self.assertEqual(intake.attempt_count, 3)

    def test_one_key_in_two_channels_is_two_orders(self):
        self._create_channel("SHOP2")
        first = self.submit_one(self._document("A-1"))
        second = self.submit_one(self._document("A-1"), channel="SHOP2")
        self.assertOutcomes([first, second], "created", "created")
        self.assertNotEqual(first["order_id"], second["order_id"])

    def test_answer_of_a_new_order(self):
        document = self._document("WEB-7")
        document["lines"] = [
            self._line("OM-A", 2, 50.0, ref="10"),
            self._line("OM-A", 1, 50.0, ref="20"),
        ]
        answer = self.submit_one(document)
        order = self.order_of(answer)
        self.assertEqual(answer["order_name"], order.name)
        self.assertEqual(answer["order_state"], "draft")
        self.assertEqual(answer["hold_state"], "clear")
        self.assertEqual((answer["position"], answer["differences"]), (0, []))
        self.assertEqual(
            answer["lines"],
            [
                {"ref": "10", "line_id": order.order_line[0].id, "sku": "OM-A"},
                {"ref": "20", "line_id": order.order_line[1].id, "sku": "OM-A"},
            ],
        )
        self.assertEqual(json.loads(json.dumps(answer)), answer)

    def test_process(self):
        for process, state, hold in (
            ("create", "draft", "unchecked"),
            ("check", "draft", "clear"),
            ("confirm", "sale", "clear"),
        ):
            with self.subTest(process=process):
                answer = self.submit_one(self._document(f"P-{process}"), process=process)
                self.assertEqual((answer["order_state"], answer["hold_state"]), (state, hold))

    def test_held_order_is_created(self):
        answer = self.submit_one(self._document("WEB-1", ("OM-A", 500)), process="confirm")
        self.assertEqual((answer["ok"], answer["outcome"]), (True, "created"))
        self.assertEqual((answer["order_state"], answer["hold_state"]), ("draft", "held"))
        self.assertEqual([f["check"] for f in answer["findings"]], ["stock_short"])

    def test_replay_tells_the_state_of_now(self):
        answer = self.submit_one(self._document("WEB-1"))
        self.assertEqual(answer["order_state"], "draft")
        self.order_of(answer).action_confirm()
        self.assertEqual(self.submit_one(self._document("WEB-1"))["order_state"], "sale")

    def test_evidence_of_a_new_order(self):
        order = self.order_of(self.submit_one(self._document("WEB-1")))
        self.assertEqual((order.channel_id, order.external_ref), (self.channel, "WEB-1"))
        events = self.env["order.event"].search([("order_id", "=", order.id)])
        self.assertEqual(events.mapped("kind").count("received"), 1)
        slip = self.env["order.decision"].search(
            [("res_id", "=", order.id), ("decision", "=", "intake.match")]
        )
        self.assertEqual(slip.outcome, "created")
        self.assertEqual(slip._replay(), [True])

    def test_chatter_says_where_it_came_from(self):
        intakes = self.as_role("order.intake", "integration").with_context(tracking_disable=False)
        (answer,) = intakes.submit("WEB", [self._document("WEB-1")])
        order = self.order_of(answer)
        self.assertIn("Received from Shop WEB as WEB-1.", order.message_ids[-1].body)
        self.assertNotIn(self.users["integration"].partner_id, order.message_partner_ids)

    def test_salesperson(self):
        for role, expected in (
            ("integration", self.users["manager"]),
            ("clerk", self.users["clerk"]),
        ):
            with self.subTest(role=role):
                self.channel.user_id = self.users["manager"]
                answer = self.submit_one(self._document(f"S-{role}"), role=role)
                self.assertEqual(self.order_of(answer).user_id, expected)
        self.channel.user_id = False
        order = self.order_of(self.submit_one(self._document("S-none")))
        self.assertFalse(order.user_id)

    def test_bad_shapes_are_refused(self):
        for path, arguments in (
            ("channel", (7, [])),
            ("documents", ("WEB", {})),
            ("documents", ("WEB", [{}] * 201)),
            ("process", ("WEB", [], "ship")),
        ):
            with self.subTest(path=path), self.assertRaisesRegex(ValidationError, f"^{path}: "):
                self.as_role("order.intake", "integration").submit(*arguments)
        self.assertEqual(self.submit(), [])

    def test_bad_documents_are_items(self):
        answers = self.submit(
            "no order",
            {"external_ref": "X-1"},
            {**self._document("X-2"), "colour": "red"},
            {**self._document("X-3"), "lines": [{"sku": "OM-A", "quantity": "3"}]},
            {"format": "json", "filename": "a.json", "content": "%%%"},
            {"format": "tar", "filename": "a.tar", "content": "YQ=="},
            self._document("X-4"),
        )
        self.assertOutcomes(answers, *["rejected"] * 6, "created")
        codes = [answer["errors"][0]["code"] for answer in answers[:-1]]
        self.assertEqual(
            codes,
            [
                "wrong_type",
                "missing",
                "unknown_key",
                "wrong_type",
                "malformed",
                "unsupported_format",
            ],
        )
        self.assertEqual(answers[0]["errors"][0]["path"], "")
        self.assertEqual(
            [answer["external_ref"] for answer in answers],
            [False, "X-1", "X-2", "X-3", False, False, "X-4"],
        )
        self.assertTrue(all(answer["intake_id"] for answer in answers))
        self.assertFalse(
            self.env["sale.order"].search([("external_ref", "in", ["X-1", "X-2", "X-3"])])
        )

    def test_bad_content_under_a_used_key_changes_nothing(self):
        self.submit_one(self._document("WEB-1"))
        answer = self.submit_one({**self._document("WEB-1"), "colour": "red"})
        self.assertEqual(answer["outcome"], "rejected")
        intake = self.env["order.intake"].browse(answer["intake_id"])
        self.assertEqual((intake.state, intake.error_count), ("created", 0))
        self.assertEqual(self.submit_one(self._document("WEB-1"))["outcome"], "replayed")

    def test_json_file(self):
        orders = [self._document("F-1"), self._document("F-2", ("ZZ-9", 1)), self._document("F-3")]
        content = base64.b64encode(json.dumps(orders).encode()).decode()
        file = {"format": "json", "filename": "orders.json", "content": content}
        answers = self.submit(self._document("F-0"), file)
        self.assertOutcomes(answers, "created", "created", "rejected", "created")
        self.assertEqual(
            [(answer["document"], answer["position"]) for answer in answers],
            [(0, 0), (1, 0), (1, 1), (1, 2)],
        )
        kept = self.env["order.intake"].browse(answers[1]["intake_id"])
        self.assertEqual(json.loads(base64.b64decode(kept.raw)), orders)

    def test_card_number_is_masked_and_not_retried(self):
        document = self._document("WEB-1", note="Visa 4111 1111 1111 1111")
        answer = self.submit_one(document)
        self.assertEqual(answer["errors"][0]["code"], "card_number")
        intake = self.env["order.intake"].browse(answer["intake_id"])
        self.assertNotIn("4111 1111", intake.document)
        self.assertIn("1111", intake.document)
        (again,) = self.as_role(intake, "clerk").retry()
        self.assertEqual(again["errors"][0]["code"], "card_number")
        self.assertFalse(intake.order_id)
        clean = self.submit_one(self._document("WEB-1"))
        self.assertEqual(clean["outcome"], "created")

    def test_nul_and_surrogates_are_kept_harmless(self):
        answer = self.submit_one(self._document("WEB-1", note="a\x00b\ud800"))
        self.assertEqual(answer["outcome"], "rejected")
        self.assertTrue(self.env["order.intake"].browse(answer["intake_id"]).document)

    def test_background(self):
        """The documents wait in a file, which goes with the call."""
        file = {"format": "json", "filename": "two.json", "content": self._encoded("WEB-2")}
        answer = self.submit(self._document("WEB-1", note="Grüße"), file, background=True)
        job = self.env["order.job"].browse(answer["job_id"])
        self.assertEqual(set(job.arguments), {"channel", "file_id", "process"})
        files = [("res_model", "=", "order.job"), ("res_id", "=", job.id)]
        self.assertEqual(self.env["ir.attachment"].search(files).ids, [job.arguments["file_id"]])
        job._run()
        (told,) = self.as_role(job, "integration").get_result()
        self.assertEqual(told["state"], "done", told)
        self.assertOutcomes(told["result"], "created", "created")
        self.assertIn("Grüße", self.order_of(told["result"][0]).note)
        self.assertFalse(self.env["ir.attachment"].search(files))

    def test_background_that_fails_keeps_no_file(self):
        answer = self.submit(self._document("WEB-1"), background=True)
        job = self.env["order.job"].browse(answer["job_id"])
        self.channel.active = False
        job._run()
        self.assertEqual(job.state, "failed")
        self.assertFalse(
            self.env["ir.attachment"].search(
                [("res_model", "=", "order.job"), ("res_id", "=", job.id)]
            )
        )

    def _encoded(self, ref):
        return base64.b64encode(json.dumps(self._document(ref)).encode()).decode()


@tagged("post_install", "-at_install")
class TestIntakeRights(IntakeCase):
    """Who may hand in, and what strangers learn: nothing."""

    def test_roles(self):
        for role, is_allowed in (
            ("clerk", True),
            ("integration", True),
            ("manager", True),
            ("picker", False),
            ("returns", False),
            ("auditor", False),
        ):
            with self.subTest(role=role):
                if is_allowed:
                    answer = self.submit_one(self._document(f"R-{role}"), role=role)
                    self.assertEqual(answer["outcome"], "created")
                else:
                    with self.assertRaises(AccessError):
                        self.submit(self._document(f"R-{role}"), role=role)
                    self.assertFalse(
                        self.env["order.intake"].search([("external_ref", "=", f"R-{role}")])
                    )

    def test_portal_user(self):
        portal = new_test_user(self.env, "om_portal", groups="base.group_portal")
        intakes = self.env["order.intake"].with_user(portal)
        for call in (
            lambda: intakes.submit("WEB", []),
            lambda: intakes.find("WEB", []),
            lambda: intakes.browse([1]).retry(),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_other_company(self):
        answer = self.submit_one(self._document("WEB-1"))
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "om_stranger",
            groups="order_management.group_integration",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        intakes = self.env["order.intake"].with_user(stranger)
        messages = set()
        for call in (
            lambda: intakes.submit("WEB", [self._document("WEB-1")]),
            lambda: intakes.submit("NONE", [self._document("WEB-1")]),
            lambda: intakes.submit("WEB", "not even a list"),
            lambda: intakes.find("WEB", ["WEB-1"]),
            lambda: intakes.find("NONE", ["WEB-1"]),
        ):
            with self.assertRaises(AccessError) as caught:
                call()
            messages.add(str(caught.exception))
        self.assertEqual(len(messages), 1)
        foreign, missing = set(), set()
        for found, record_id in ((foreign, answer["intake_id"]), (missing, 2**31 - 1)):
            with self.assertRaises(AccessError) as caught:
                intakes.browse(record_id).retry()
            found.add(str(caught.exception))
        self.assertEqual(foreign, missing)
        self.assertEqual(self.order_of(answer).intake_ids.attempt_count, 1)

    def test_evidence_is_written_by_nobody(self):
        answer = self.submit_one(self._document("WEB-1"))
        intake = self.env["order.intake"].browse(answer["intake_id"])
        for role in ("clerk", "manager", "integration", "auditor"):
            for records in (intake, intake.attempt_ids):
                mine = self.as_role(records, role)
                with self.subTest(role=role, model=records._name):
                    self.assertTrue(mine.read(["id"]))
                    with self.assertRaises(AccessError):
                        mine.write({"fingerprint": "forged"})
                    with self.assertRaises(AccessError):
                        mine.unlink()

    def test_first_channel_switches_the_company_on(self):
        company = self.env["res.company"].create({"name": "Fresh"})
        self.assertFalse(company.use_order_management)
        manager = self.users["manager"]
        manager.company_ids += company
        channel = self.env["order.channel"].with_user(manager).with_company(company)
        channel = channel.create({"name": "First", "code": "ONE"})
        self.assertTrue(company.use_order_management)
        self.assertEqual(channel.warehouse_id.company_id, company)
        self.assertEqual(
            channel.read(
                ["process", "unknown_customer", "price_policy", "price_tolerance", "bad_line"]
            )[0],
            {
                "id": channel.id,
                "process": "check",
                "unknown_customer": "create",
                "price_policy": "keep",
                "price_tolerance": 2.0,
                "bad_line": "refuse",
            },
        )


@tagged("post_install", "-at_install", "om_lean")
class TestIntakeRetryAndFind(IntakeCase):
    def test_retry_after_the_product_was_made(self):
        answer = self.submit_one(self._document("WEB-1", ("NEW-1", 1, 5.0)), process="create")
        self.assertEqual(answer["outcome"], "rejected")
        intake = self.as_role(self.env["order.intake"].browse(answer["intake_id"]), "clerk")
        (again,) = intake.retry()
        self.assertEqual(again["outcome"], "rejected")
        self._create_product("NEW-1")
        (made,) = intake.retry()
        self.assertEqual((made["outcome"], made["hold_state"]), ("created", "unchecked"))
        self.assertEqual(intake.state, "created")
        self.assertEqual(intake.attempt_count, 3)
        (replayed,) = intake.retry()
        self.assertEqual(
            (replayed["outcome"], replayed["order_id"]), ("replayed", made["order_id"])
        )

    def test_retry_corrected(self):
        answer = self.submit_one({**self._document("WEB-1"), "colour": "red"})
        intake = self.as_role(self.env["order.intake"].browse(answer["intake_id"]), "clerk")
        (same,) = intake.retry()
        self.assertEqual(same["errors"][0]["code"], "unknown_key")
        (other,) = intake.retry(self._document("WEB-2"))
        self.assertEqual(other["errors"][0]["path"], "external_ref")
        self.assertFalse(self.env["order.intake"].search([("external_ref", "=", "WEB-2")]))
        (made,) = intake.retry(self._document("WEB-1"))
        self.assertEqual((made["outcome"], made["intake_id"]), ("created", intake.id))

    def test_retry_of_an_unreadable_file(self):
        (answer,) = self.submit({"format": "json", "filename": "x.json", "content": "e30K"[:2]})
        intake = self.as_role(self.env["order.intake"].browse(answer["intake_id"]), "clerk")
        (same,) = intake.retry()
        self.assertEqual((same["outcome"], same["intake_id"]), ("rejected", intake.id))
        self.assertEqual(intake.attempt_count, 2)
        (made,) = intake.retry(self._document("WEB-1"))
        self.assertEqual(made["outcome"], "created")
        self.assertEqual(intake.state, "dismissed")

    def test_document_for_several_rows_is_refused(self):
        answers = self.submit(*(self._document(f"W-{n}", ("ZZ", 1)) for n in range(2)))
        intakes = self.env["order.intake"].browse([answer["intake_id"] for answer in answers])
        with self.assertRaisesRegex(ValidationError, "^document: "):
            self.as_role(intakes, "clerk").retry(self._document("W-0"))

    def test_find(self):
        created, rejected = self.submit(
            self._document("WEB-1"), self._document("WEB-2", ("ZZ-9", 1))
        )
        self.submit(self._document("WEB-3"), self._document("WEB-3", ("OM-A", 9)))
        intakes = self.as_role("order.intake", "auditor")
        answers = intakes.find("WEB", ["WEB-2", "WEB-1", "NONE", "WEB-3"])
        self.assertOutcomes(answers, "rejected", "created", False, "conflict")
        self.assertEqual([answer["ok"] for answer in answers], [False, True, False, False])
        self.assertEqual(answers[0]["errors"], rejected["errors"])
        self.assertEqual(answers[1]["order_id"], created["order_id"])
        self.assertEqual(answers[1]["lines"], created["lines"])
        self.assertEqual(answers[2]["errors"][0]["code"], "unknown_order")
        self.assertTrue(answers[3]["differences"])

    def test_screen_texts_escape_foreign_html(self):
        name = "<script>alert(1)</script>"
        self.submit_one(self._document("WEB-1"))
        answer = self.submit_one(self._document("WEB-1", note=name))
        intake = self.env["order.intake"].browse(answer["intake_id"])
        self.assertIn("&lt;script&gt;", intake.differences_html)
        self.assertNotIn("<script>", intake.differences_html)
        self.assertIn('"external_ref": "WEB-1"', intake.content_text)

    def test_retry_button(self):
        answer = self.submit_one(self._document("WEB-1", ("NEW-1", 1)))
        self._create_product("NEW-1")
        intake = self.as_role(self.env["order.intake"].browse(answer["intake_id"]), "clerk")
        self.assertEqual(intake.action_retry()["params"]["type"], "success")
        with self.assertRaises(AccessError):
            intake.with_user(self.users["auditor"]).action_retry()

    def test_channel_counts(self):
        self.submit(
            self._document("W-1"),
            self._document("W-1", ("OM-A", 9)),
            self._document("W-2", ("Z", 1)),
        )
        channel = self.as_role(self.channel, "clerk")
        self.assertEqual(
            (channel.received_today, channel.rejected_count, channel.conflict_count), (2, 1, 1)
        )


@tagged("post_install", "-at_install")
class TestIntakeBudget(IntakeCase):
    """Own cost on top of core's create: flat in the number of documents."""

    def _count(self, call):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _cost(self, size):
        documents = [self._document(f"Q{size}-{n}", *[("OM-A", 1, 50.0)] * 5) for n in range(size)]
        intakes = self.as_role("order.intake", "integration").with_context(tracking_disable=False)
        ours = self._count(lambda: intakes.submit("WEB", documents, process="create"))
        orders = self.env["sale.order"].search([("external_ref", "=like", f"Q{size}-%")])
        self.assertEqual(len(orders), size)
        values = [self._prepare_core_vals(order) for order in orders]
        creating = (
            self.as_role("sale.order", "integration")
            .sudo()
            .with_context(
                tracking_disable=False,
                mail_create_nosubscribe=True,
                mail_auto_subscribe_no_notify=True,
                allowed_company_ids=self.company.ids,
            )
        )
        return ours, self._count(lambda: creating.create(values))

    def _prepare_core_vals(self, order):
        return {
            "partner_id": order.partner_id.id,
            "partner_shipping_id": order.partner_shipping_id.id,
            "user_id": False,
            "warehouse_id": order.warehouse_id.id,
            "order_line": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "product_uom_qty": line.product_uom_qty,
                        "product_uom_id": line.product_uom_id.id,
                        "price_unit": line.price_unit,
                        "discount": 0.0,
                        "analytic_distribution": False,
                    }
                )
                for line in order.order_line
            ],
        }

    def test_queries_of_a_batch(self):
        self.env["res.partner"].create(
            {
                "name": CUSTOMER["name"],
                "ref": CUSTOMER["ref"],
                "street": CUSTOMER["street"],
                "zip": CUSTOMER["zip"],
                "city": CUSTOMER["city"],
                "country_id": self.belgium.id,
            }
        )
        self._cost(2)
        own = {}
        for size in (5, 20):
            ours, cores = self._cost(size)
            own[size] = ours - cores
        self.assertLessEqual(max(own.values()), 10, own)
        self.assertLessEqual(abs(own[20] - own[5]), 1, own)
