import base64
import json
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..models.intake.order_intake import OrderIntake
from .common import plain
from .intake_common import CUSTOMER, IntakeCase


class UpkeepCase(IntakeCase):
    def rejected(self, *documents, **values):
        answers = self.submit(*documents, **values)
        self.assertOutcomes(answers, *["rejected"] * len(documents))
        return self.env["order.intake"].browse([answer["intake_id"] for answer in answers])

    def run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"order_management.{name}").method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install", "om_lean")
class TestIntakeRetry(UpkeepCase):
    """Rejected documents are tried again a bounded number of times, then parked (B7)."""

    def test_waits_grow_and_end(self):
        with freeze_time("2026-03-02 10:00:00"):
            intake = self.rejected(self._document("W-1", ("NOPE", 1)))
        due = "2026-03-02 10:05:00"
        for number, (wait, following) in enumerate(
            (
                ("2026-03-02 10:04:59", "2026-03-02 10:35:00"),
                ("2026-03-02 10:34:59", "2026-03-02 12:35:00"),
                ("2026-03-02 12:34:59", "2026-03-03 00:35:00"),
                ("2026-03-03 00:34:59", "2026-03-04 00:35:00"),
                ("2026-03-04 00:34:59", False),
            )
        ):
            self.assertEqual(str(intake.next_try_at), due)
            with freeze_time(wait):
                self.run_cron("ir_cron_intake_retry")
            self.assertEqual(intake.automatic_try_count, number, "not due yet")
            with freeze_time(due):
                self.run_cron("ir_cron_intake_retry")
            self.assertEqual(intake.automatic_try_count, number + 1)
            due = str(following)
        self.assertEqual((intake.next_try_at, intake.is_parked, intake.state),
                         (False, True, "rejected"))  # fmt: skip
        self.assertEqual(len(intake.attempt_ids), 6)
        self._create_product("NOPE")
        (answer,) = plain(self.as_role(intake, "clerk")).retry()
        self.assertEqual(answer["outcome"], "created")
        self.assertEqual((intake.is_parked, intake.state), (False, "created"))

    def test_the_cause_is_mended(self):
        with freeze_time("2026-03-02 10:00:00"):
            intakes = self.rejected(
                self._document("W-1", ("NOPE", 1)), self._document("W-2", ("STILL", 1))
            )
        self._create_product("NOPE")
        with freeze_time("2026-03-02 10:05:00"):
            self.run_cron("ir_cron_intake_retry")
        self.assertEqual(intakes.mapped("state"), ["created", "rejected"])
        order = intakes[0].order_id
        self.assertEqual(order.create_uid, self.users["integration"])
        self.assertFalse(order.user_id)

    def test_what_does_not_mend_itself_waits_for_somebody(self):
        file = {"format": "json", "filename": "a.json", "content": base64.b64encode(b"{").decode()}
        intakes = self.rejected({**self._document("W-1"), "colour": 1}, file)
        self.assertEqual(intakes.mapped("next_try_at"), [False, False])
        self.assertEqual(intakes.mapped("is_parked"), [False, False])

    def test_empty_file_is_a_receive_error(self):
        """B6: nothing came, and that is what is said."""
        for content in (b"", b" \n", "\ufeff".encode()):
            with self.subTest(content=content):
                encoded = base64.b64encode(content).decode()
                intake = self.rejected({"format": "csv", "filename": "a.csv", "content": encoded})
                self.assertEqual((intake.state, intake.filename), ("rejected", "a.csv"))
                self.assertEqual(intake.errors[0]["code"], "malformed")

    def test_a_failing_try_counts_and_stops_no_other(self):
        with freeze_time("2026-03-02 10:00:00"):
            intakes = self.rejected(
                self._document("W-1", ("NOPE", 1)), self._document("W-2", ("NOPE", 1))
            )
        self._create_product("NOPE")
        original = OrderIntake._retry_stored

        def failing(intake, *args, **kwargs):
            if intake.external_ref == "W-1":
                raise UserError(self.env._("Out of order"))
            return original(intake, *args, **kwargs)

        with freeze_time("2026-03-02 10:05:00"), patch.object(
            OrderIntake, "_retry_stored", failing
        ):  # fmt: skip
            self.run_cron("ir_cron_intake_retry")
        self.assertEqual(intakes.mapped("state"), ["rejected", "created"])
        self.assertEqual(intakes.mapped("automatic_try_count"), [1, 1])
        self.assertEqual(str(intakes[0].next_try_at), "2026-03-02 10:35:00")


@tagged("post_install", "-at_install", "om_lean")
class TestIntakePurge(UpkeepCase):
    """Contents are deleted after a while; keys and digests stay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.order_payload_days = 30

    def file(self, *documents):
        content = base64.b64encode(json.dumps(list(documents)).encode()).decode()
        return {"format": "json", "filename": "a.json", "content": content}

    def test_last_day_and_first_day(self):
        with freeze_time("2026-03-01 10:00:00"):
            self.submit(self.file(self._document("W-1")))
            waiting = self.rejected(self._document("W-2", ("NOPE", 1)))
        intake = self.env["order.intake"].search([("external_ref", "=", "W-1")])
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "order.intake"), ("res_id", "=", intake.id),
             ("res_field", "=", "raw")]
        )  # fmt: skip
        self.assertTrue(attachment)
        with freeze_time("2026-03-31 10:00:00"):
            self.run_cron("ir_cron_intake_purge")
        self.assertTrue(intake.content)
        with freeze_time("2026-03-31 10:00:01"):
            self.run_cron("ir_cron_intake_purge")
        self.assertFalse(any((intake.content, intake.raw, intake.document, intake.customer_name)))
        self.assertFalse(attachment.exists())
        self.assertTrue(intake.fingerprint and intake.order_id and intake.attempt_count)
        self.assertTrue(waiting.content)
        with freeze_time("2026-04-30 10:00:01"):
            self.run_cron("ir_cron_intake_purge")
        self.assertFalse(waiting.content)
        (answer,) = plain(self.as_role(waiting, "clerk")).retry()
        self.assertEqual(answer["errors"][0]["code"], "not_possible")

    def test_key_and_digest_go_on(self):
        with freeze_time("2026-03-01 10:00:00"):
            first = self.submit_one(self._document("W-1"))
        with freeze_time("2026-05-01 10:00:00"):
            self.run_cron("ir_cron_intake_purge")
        again = self.submit_one(self._document("W-1"))
        self.assertEqual((again["outcome"], again["order_id"]), ("replayed", first["order_id"]))
        other = self.submit_one(self._document("W-1", ("OM-A", 9)))
        self.assertEqual((other["outcome"], other["differences"]), ("conflict", []))
        self.assertEqual(self.order_of(first).amount_untaxed, 100)

    def test_zero_keeps_everything(self):
        self.company.order_payload_days = 0
        with freeze_time("2020-03-01 10:00:00"):
            answer = self.submit_one(self._document("W-1"))
        self.run_cron("ir_cron_intake_purge")
        self.assertTrue(self.env["order.intake"].browse(answer["intake_id"]).content)

    def test_who_reads_payloads(self):
        answer = self.submit_one(self._document("W-1", ("NOPE", 1)))
        intake = self.env["order.intake"].browse(answer["intake_id"])
        for role in ("manager", "integration"):
            self.assertTrue(self.as_role(intake, role).read(["content"])[0]["content"])
        for role in ("clerk", "auditor"):
            rows = self.as_role(intake, role)
            for name in ("content", "raw", "document", "pending_content", "content_text"):
                with self.subTest(role=role, field=name):
                    with self.assertRaises(AccessError):
                        rows.read([name])
                    with self.assertRaises(AccessError):
                        rows.search([(name, "!=", False)])
            self.assertTrue(rows.read(["error_message", "errors_html"])[0]["error_message"])


@tagged("post_install", "-at_install", "om_full")
class TestIntakeCorrect(UpkeepCase):
    """A clerk mends a rejected document in a minute."""

    def correct(self, intake, role="clerk"):
        action = self.as_role(intake, role).action_correct()
        model = self.env[action["res_model"]].with_user(self.users[role])
        return Form(model.with_context(**action["context"]))

    def test_values(self):
        document = self._document("W-1", ("OM-A", "two", 50.0))
        document.update(currency="euro", colour="red", ship_complete="yes")
        intake = self.rejected(document)
        form = self.correct(intake)
        typed = {"lines[0].quantity": "2,5", "currency": self.company.currency_id.name,
                 "ship_complete": "yes"}  # fmt: skip
        for index in range(len(form.line_ids)):
            with form.line_ids.edit(index) as line:
                if line.path in typed:
                    line.value = typed[line.path]
        self.assertEqual(
            {line["path"]: line["kind"] for line in form.line_ids._records},
            {"currency": "value", "lines[0].quantity": "value", "colour": "key",
             "ship_complete": "value"},
        )  # fmt: skip
        action = form.save().action_apply()
        self.assertEqual(action["res_model"], "sale.order", action)
        order = intake.order_id
        self.assertEqual((order.id, order.amount_untaxed), (action["res_id"], 125.0))
        self.assertEqual(order.picking_policy, "one")

    def test_product_is_remembered(self):
        intake = self.rejected(self._document("W-1", ("MUG", 2), ("MUG-2", 1)))
        other = self._create_product("OM-B", stock=5)
        form = self.correct(intake)
        with form.line_ids.edit(0) as line:
            self.assertEqual((line.place, line.kind), ("Line 1, product code", "product"))
            line.product_id = self.product
        action = form.save().action_apply()
        self.assertEqual(action["res_model"], "order.intake.correct", "one error is left")
        form = self.correct(intake)
        self.assertEqual([line["path"] for line in form.line_ids._records], ["lines[1].sku"])
        form.remember = False
        with form.line_ids.edit(0) as line:
            line.product_id = other
        form.save().action_apply()
        self.assertEqual(intake.order_id.order_line.product_id, self.product | other)
        codes = self.env["order.product.code"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(codes.mapped("code"), ["MUG"])
        answer = self.submit_one(self._document("W-2", ("MUG", 1)))
        self.assertEqual(answer["outcome"], "created")

    def test_one_code_on_two_lines(self):
        other = self._create_product("OM-B", stock=5)
        codes = self.env["order.product.code"]
        for ref, products, known in (
            ("W-1", self.product | self.product, {"MUG": self.product}),
            ("W-2", self.product | other, {}),
        ):
            with self.subTest(ref=ref):
                intake = self.rejected(self._document(ref, ("MUG", 2), ("MUG", 1)))
                form = self.correct(intake)
                for index, product in enumerate((products[0], products[-1])):
                    with form.line_ids.edit(index) as line:
                        line.product_id = product
                action = form.save().action_apply()
                self.assertEqual(action["res_model"], "sale.order", action)
                self.assertEqual(intake.order_id.order_line.product_id, products)
                found = codes.search([("channel_id", "=", self.channel.id)])
                self.assertEqual({code.code: code.product_id for code in found}, known)
                found.unlink()

    def test_code_that_became_known_meanwhile(self):
        intake = self.rejected(self._document("W-1", ("MUG", 2)))
        form = self.correct(intake)
        code = self.env["order.product.code"].create(
            {
                "code": "MUG",
                "channel_id": self.channel.id,
                "product_id": self._create_product("OM-B").id,
            }
        )
        with form.line_ids.edit(0) as line:
            line.product_id = self.product
        form.save().action_apply()
        self.assertEqual(intake.order_id.order_line.product_id, self.product)
        self.assertEqual(code.product_id, self.product)

    def test_customer(self):
        self.channel.unknown_customer = "refuse"
        near = self._create_customer("Anna Peeters", zip="9000", ref="R-1")
        self.env["order.channel.partner"].create(
            {"channel_id": self.channel.id, "ref": "R-1", "partner_id": self.customer.id}
        )
        nameless = {key: value for key, value in CUSTOMER.items() if key != "ref"}
        intakes = self.rejected(self._document("W-1"), self._document("W-2", customer=nameless))
        for intake in intakes:
            with self.subTest(intake=intake.external_ref):
                form = self.correct(intake)
                with form.line_ids.edit(0) as line:
                    self.assertEqual([found["id"] for found in line.candidates], near.ids)
                    line.partner_id = near
                form.save().action_apply()
                self.assertEqual(intake.order_id.partner_id, near)
        self.assertEqual(self.submit_one(self._document("W-3"))["outcome"], "created")

    def test_unit(self):
        """Offered are the units that the product can be sold in."""
        box = self.env["uom.uom"].create(
            {"name": "Case of 12", "relative_factor": 12,
             "relative_uom_id": self.product.uom_id.id}
        )  # fmt: skip
        line = self._line("OM-A", 2, 600.0, uom="XBX")
        intake = self.rejected(self._document("W-1", lines=[line]))
        form = self.correct(intake)
        self.assertTrue(form.has_units)
        with form.line_ids.edit(0) as line:
            self.assertEqual((line.place, line.kind, line.value), ("Line 1, unit", "unit", "XBX"))
            offered = self.env["uom.uom"].browse(line.unit_ids.ids)
            self.assertLessEqual(self.product.uom_id | box, offered)
            self.assertNotIn(self.env.ref("uom.product_uom_kgm"), offered)
            line.uom_id = box
        action = form.save().action_apply()
        self.assertEqual(action["res_model"], "sale.order", action)
        self.assertEqual(intake.order_id.order_line.product_uom_id, box)
        self.assertEqual(intake.order_id.amount_untaxed, 1200)

    def test_unit_whose_name_is_not_its_own(self):
        twins = self.env["uom.uom"].create(
            [
                {"name": name, "relative_factor": 6, "relative_uom_id": self.product.uom_id.id}
                for name in ("Tray", "tray")
            ]
        )
        line = self._line("OM-A", 2, 600.0, uom="XBX")
        form = self.correct(self.rejected(self._document("W-1", lines=[line])))
        with form.line_ids.edit(0) as line:
            line.uom_id = twins[0]
        with self.assertRaisesRegex(UserError, "rename one"):
            form.save().action_apply()

    def test_unit_of_a_line_whose_product_is_not_known(self):
        """Nothing is offered before the product is."""
        line = self._line("NOPE", 2, 600.0, uom="XBX")
        intake = self.rejected(self._document("W-1", lines=[line]))
        form = self.correct(intake)
        self.assertEqual([line["kind"] for line in form.line_ids._records], ["product"])
        self.assertFalse(form.has_units)

    def test_problem_in_plain_words(self):
        """The queue names the place as people do, and says what is parked."""
        content = base64.b64encode(b"[").decode()
        quantity = "Line 2, quantity must be a number, but a text was given"
        colour = {"colour": "red"}
        for document, message in (
            (self._document("W-1", ("NOPE", 1)), "Line 1, product code: There is no product NOPE"),
            (self._document("W-2", ("OM-A", 1), ("OM-A", "two")), quantity),
            (self._document("W-3", ("OM-A", 1), ("OM-A", "two"), **colour),
             "colour is not a known key (and 1 more)"),
            ({"format": "json", "filename": "a.json", "content": content},
             "a.json: The file is no valid JSON: line 1, column 2: Expecting value"),
        ):  # fmt: skip
            with self.subTest(message=message):
                intake = self.as_role(self.rejected(document), "clerk")
                self.assertEqual(intake.error_message, message)
                self.assertNotIn("`", intake.errors_html)
        parked = self.rejected(self._document("W-1", ("NOPE", 1)))
        parked.is_parked = True
        self.assertEqual(
            parked.error_message, "Parked. Line 1, product code: There is no product NOPE"
        )

    def test_what_is_left_says_so(self):
        intake = self.rejected(self._document("W-1", ("OM-A", "two"), colour="red"))
        form = self.correct(intake)
        self.assertFalse(form.is_again)
        self.assertEqual(
            {line["path"]: line["value"] for line in form.line_ids._records},
            {"colour": "is taken out", "lines[0].quantity": "two"},
        )
        action = form.save().action_apply()
        self.assertTrue(action["context"]["default_is_again"])
        form = self.correct(intake)
        self.assertEqual([line["path"] for line in form.line_ids._records], ["lines[0].quantity"])
        form.save().action_apply()
        self.assertEqual(intake.customer_name, "Anna Peeters", "tried again as it was")
        self.assertEqual(len(intake.attempt_ids), 3)

    def encoded(self, ref):
        return base64.b64encode(json.dumps(self._document(ref)).encode())

    def test_unreadable_file(self):
        content = base64.b64encode(b'[{"external_ref": "W-1"').decode()
        intake = self.rejected({"format": "json", "filename": "a.json", "content": content})
        form = self.correct(intake)
        self.assertFalse(form.is_possible)
        with self.assertRaises(UserError):
            form.save().action_apply()
        action = (
            self.env["order.intake.correct"]
            .with_user(self.users["clerk"])
            .create({"intake_id": intake.id, "filename": "b.json", "file": self.encoded("W-1")})
            .action_apply()
        )
        self.assertEqual(action["res_model"], "sale.order", action)
        self.assertEqual(intake.state, "dismissed")

    def test_rights(self):
        intake = self.rejected(self._document("W-1", ("NOPE", 1)))
        for role in ("auditor", "integration"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.env["order.intake.correct"].with_user(self.users[role]).create(
                    {"intake_id": intake.id}
                ).action_apply()
        self.assertEqual((intake.state, len(intake.attempt_ids)), ("rejected", 1))
