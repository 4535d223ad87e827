import base64
import csv
import io
import json
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .intake_common import IntakeCase

WIZARD = "odoo.addons.order_management.wizards.order_intake_import"
FILES = "odoo.addons.order_management.models.intake.order_intake_files"
COUNTED = (
    "sale.order", "sale.order.line", "res.partner", "order.intake", "order.intake.attempt",
    "order.event", "order.decision", "order.outbox", "mail.message",
)  # fmt: skip


@tagged("post_install", "-at_install", "om_lean")
class TestIntakeImport(HttpCase, IntakeCase):
    """Files of orders, looked at before they are taken in."""

    def file(self, name, content):
        if isinstance(content, list):
            content = json.dumps(content)
        return self.env["ir.attachment"].with_user(self.users["clerk"]).create(
            {"name": name, "raw": content.encode()}
        )  # fmt: skip

    def start(self, *files, role="clerk", **values):
        return (
            self.env["order.intake.import"]
            .with_user(self.users[role])
            .create(
                {
                    "channel_id": self.channel.id,
                    "attachment_ids": [file.id for file in files],
                    **values,
                }
            )
        )

    def writes(self):
        """What the transaction wrote so far, but for the wizard's own tables; and numbers given."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables
             WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
               AND relname NOT LIKE 'order\\_intake\\_import%' ORDER BY relname
            """
        )
        written = self.env.cr.fetchall()
        self.env.cr.execute(
            """
            SELECT sequencename, last_value FROM pg_sequences
             WHERE sequencename NOT LIKE 'order\\_intake\\_import%' ORDER BY sequencename
            """
        )
        return written, self.env.cr.fetchall()

    def assertCounts(self, wizard, **expected):
        found = {name: wizard[f"{name}_count"] for name in expected}
        self.assertEqual(found, expected)

    def run_jobs(self):
        with self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_jobs").method_direct_trigger()

    def counts(self):
        self.env.flush_all()
        return {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in COUNTED
        }

    def test_preview_writes_nothing_and_foretells(self):
        self.submit(self._document("K-1"), self._document("K-2"))
        orders = [
            self._document("K-1"),
            self._document("K-2", ("OM-A", 9)),
            self._document("N-1", ("OM-A", 2, 50.0), ("OM-A", 1, 10.0)),
            self._document("N-2", ("NOPE", 1)),
            self._document("N-1", ("OM-A", 2, 50.0), ("OM-A", 1, 10.0)),
            {"external_ref": "N-3"},
        ]
        wizard = self.start(self.file("orders.json", orders))
        before = self.writes()
        wizard.action_preview()
        self.assertEqual(self.writes(), before)
        self.assertEqual(
            [(line.external_ref, line.outcome) for line in wizard.line_ids],
            [("N-2", "rejected"), ("N-3", "rejected"), ("K-2", "conflict"), ("N-1", "created"),
             ("K-1", "replayed"), ("N-1", "replayed")],
        )  # fmt: skip
        self.assertCounts(wizard, created=1, replayed=2, conflict=1, rejected=2)
        line = wizard.line_ids[3]
        self.assertEqual((line.line_count, line.total, line.customer), (2, 110, "Anna Peeters"))
        self.assertEqual(wizard.line_ids[0].place, "Line 1, product code")
        wizard.action_import()
        self.assertCounts(wizard, created=1, replayed=2, conflict=1, rejected=2)
        orders = self.env["sale.order"].search(wizard.action_view_orders()["domain"])
        self.assertEqual(sorted(orders.mapped("external_ref")), ["K-1", "K-2", "N-1"])
        left = self.env["order.intake"].search(wizard.action_view_left()["domain"])
        self.assertEqual(sorted(left.mapped("external_ref")), ["K-2", "N-2", "N-3"])
        intakes = self.env["order.intake"].browse(wizard.intake_ids)
        self.assertEqual(
            {intake.external_ref: intake.state for intake in intakes},
            {"K-1": "created", "K-2": "conflict", "N-1": "created", "N-2": "rejected",
             "N-3": "rejected"},
        )  # fmt: skip

    def test_all_or_nothing(self):
        """B3: four bad lines in a file, and the policy is explicit."""
        header = "external_ref,customer.name,lines.sku,lines.quantity\n"
        rows = [f"R-{n},Muster {n},{'NOPE' if n in (3, 5, 7, 9) else 'OM-A'},1" for n in range(12)]
        file = self.file("orders.csv", header + "\n".join(rows) + "\n")
        wizard = self.start(file, all_or_nothing=True)
        wizard.action_preview()
        self.assertCounts(wizard, created=8, rejected=4)
        self.assertEqual(wizard.line_ids[0].place, "Row 5, column C")
        before = self.counts()
        with self.assertRaisesRegex(UserError, "4 of 12"):
            wizard.action_import()
        self.assertEqual(self.counts(), before)
        wizard.all_or_nothing = False
        wizard.action_import()
        self.assertEqual(self.env["order.intake"].search_count([("state", "=", "rejected")]), 4)
        self.assertEqual(self.env["sale.order"].search_count([("external_ref", "=like", "R-%")]), 8)

    def test_several_files_and_formats(self):
        wizard = self.start(
            self.file("a.json", [self._document("A-1")]),
            self.file("b.CSV", "external_ref,customer.name,lines.sku,lines.quantity\nB,M,OM-A,1\n"),
        )
        wizard.action_preview()
        self.assertEqual(wizard.line_ids.mapped("filename"), ["a.json", "b.CSV"])
        self.assertEqual(wizard.created_count, 2)

    def test_what_does_not_go(self):
        for wizard in (self.start(), self.start(self.file("a.pdf", "x"))):
            with self.assertRaises(UserError):
                wizard.action_preview()
        self.channel.active = False
        with self.assertRaises(AccessError):
            self.start(self.file("a.json", [self._document("A-1")])).action_import()
        self.channel.active = True
        wizard = self.start(self.file("a.json", [self._document("A-1")]))
        self.channel.user_ids = self.users["manager"]
        with self.assertRaises(AccessError):
            wizard.action_preview()
        self.assertFalse(self.env["order.intake"].search_count([]))
        for role in ("auditor", "integration", "picker"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.start(role=role)

    def table(self, count, bad=()):
        header = "external_ref,customer.ref,customer.name,lines.sku,lines.quantity\n"
        return header + "".join(
            f"R-{n},C,Muster,{'NOPE' if n in bad else 'OM-A'},1\n" for n in range(count)
        )

    def test_many_orders_go_to_the_background(self):
        with patch(f"{WIZARD}.IN_BACKGROUND", 4), patch(f"{FILES}.PART", 3):
            wizard = self.start(self.file("orders.csv", self.table(7, bad=[5])))
            wizard.action_import()
            self.assertEqual(wizard.state, "running")
            self.assertEqual(self.env["order.intake"].search_count([]), 0)
            job = wizard.job_id
            self.assertEqual(job.user_id, self.users["clerk"])
            self.assertNotIn("Muster", json.dumps(job.sudo().arguments))
            files = [("res_model", "=", "order.job"), ("res_id", "=", job.id)]
            self.assertEqual(self.env["ir.attachment"].search_count(files), 1)
            job.sudo()._run()
            self.assertEqual((job.state, round(job.progress, 2)), ("waiting", 0.43))
            self.assertEqual(self.env["order.intake"].search_count([]), 3)
            wizard.action_refresh()
            self.assertEqual(wizard.state, "running")
            self.run_jobs()
        self.assertEqual((job.state, job.progress), ("done", 1.0))
        wizard.action_refresh()
        self.assertEqual(wizard.state, "done")
        self.assertCounts(wizard, created=6, rejected=1)
        self.assertEqual(len(wizard.intake_ids), 7)
        self.assertEqual(job.result["message"], job.get_result()[0]["result"]["message"])
        self.assertEqual(self.env["ir.attachment"].search_count(files), 0)

    def test_all_or_nothing_in_the_background(self):
        """What a preview foretold may have changed when the turn comes."""
        with patch(f"{WIZARD}.IN_BACKGROUND", 4):
            wizard = self.start(
                self.file("orders.csv", self.table(6)), all_or_nothing=True, format="csv"
            )
            wizard.action_import()
            self.product.default_code = "OTHER"
            before = self.counts()
            self.run_jobs()
            self.assertEqual(self.counts(), before)
            wizard.action_refresh()
            self.assertEqual((wizard.state, wizard.job_id.state), ("running", "failed"))
            self.assertIn("6 of 6 orders", wizard.problem)
        with patch(f"{WIZARD}.TOGETHER", 5):
            self.product.default_code = "OM-A"
            wizard = self.start(self.file("orders.csv", self.table(6)), all_or_nothing=True)
            with self.assertRaisesRegex(UserError, "5 orders at once"):
                wizard.action_import()

    def test_a_format_can_be_chosen(self):
        file = self.file("orders.dat", self.table(1).replace(",", ";"))
        wizard = self.start(file, format="json")
        wizard.action_preview()
        self.assertCounts(wizard, created=0, rejected=1)
        wizard.action_back()
        wizard.format = "auto"
        wizard.action_preview()
        self.assertCounts(wizard, created=1, rejected=0)

    def test_uploads_do_not_stay(self):
        """What was uploaded is personal; it goes with the import, and nothing else does."""
        foreign = self.file("b.csv", self.table(2))
        own = self.file("a.csv", self.table(1))
        own.write({"res_model": "order.intake.import", "res_id": 0})
        wizard = self.start(own, foreign)
        wizard.action_preview()
        self.assertEqual(own.res_id, wizard.id)
        wizard.action_import()
        self.assertFalse(own.exists())
        self.assertTrue(foreign.exists())
        wizard.action_import()
        self.assertCounts(wizard, created=2, replayed=1)
        abandoned = self.file("c.csv", self.table(3))
        abandoned.write({"res_model": "order.intake.import", "res_id": 0})
        wizard = self.start(abandoned)
        wizard.action_preview()
        wizard.sudo().unlink()
        self.assertFalse(abandoned.exists())
        closed = self.file("d.csv", self.table(3))
        closed.write({"res_model": "order.intake.import", "res_id": 0})
        self.env["order.intake.import"]._gc_uploads()
        self.assertTrue(closed.exists())
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            self.env["order.intake.import"]._gc_uploads()
        self.assertFalse(closed.exists())

    def test_row_and_column_stay_until_the_document_changes(self):
        text = (
            "external_ref,customer.name,lines.sku,lines.quantity\n"
            "T-1,Muster,OM-A,1\nT-2,Muster,OM-A,1\nT-1,Muster,NOPE,x\n"
        )
        file = {"format": "csv", "content": base64.b64encode(text.encode()).decode()}
        answers = self.submit({**file, "filename": "=t.csv"})
        self.assertOutcomes(answers, "rejected", "created")
        intake = self.env["order.intake"].browse(answers[0]["intake_id"])
        self.assertIn("Row 4, column D: Line 2, quantity", intake.errors_html)
        report = self.as_role(intake, "clerk")._get_error_report().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(report)))
        self.assertEqual(rows[1][:5], ["T-1", "'=t.csv", "4", "D", "Line 2, quantity"])
        document = self._document("T-1", ("OM-A", 1), ("NOPE", 1))
        self.as_role(intake, "clerk").retry(document)
        self.assertFalse(intake.origin)
        self.assertIn("Line 2, product code", intake.errors_html)

    def test_error_report_of_many(self):
        """Many documents fit into an address; a stranger's are not in the list."""
        answers = self.submit(*[self._document(f"E-{n}", ("NOPE", 1)) for n in range(30)])
        intakes = self.env["order.intake"].browse([answer["intake_id"] for answer in answers])
        url = self.as_role(intakes, "clerk").action_download_errors()["url"]
        self.assertLess(len(url), 80)
        for role, expected in (("clerk", 30), ("auditor", 30), ("picker", 0)):
            with self.subTest(role=role):
                self.users[role].password = f"om_{role}-pass"
                self.authenticate(f"om_{role}", f"om_{role}-pass")
                self.assertEqual(self.url_open(url).content.count(b"unknown_product"), expected)
        self.authenticate("om_clerk", "om_clerk-pass")
        for ids in ("x", "1-x", "-", "5-3"):
            with self.subTest(ids=ids):
                answer = self.url_open(f"/order_management/intake_errors/{ids}.csv")
                self.assertEqual(answer.content.count(b"\n"), 1)

    def test_error_report_starts_no_formula(self):
        refs = [
            "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "＝1", "＋1", "－1", "＠1", "plain",
        ]  # fmt: skip
        answers = self.submit(*[self._document(ref, ("NOPE", 1)) for ref in refs])
        intakes = self.env["order.intake"].browse([answer["intake_id"] for answer in answers])
        self.users["clerk"].password = "om_clerk-pass"
        self.authenticate("om_clerk", "om_clerk-pass")
        url = self.as_role(intakes, "clerk").action_download_errors()["url"]
        text = self.url_open(url).content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        self.assertEqual(
            sorted(row[0] for row in rows[1:]), sorted([f"'{ref}" for ref in refs[:-1]] + ["plain"])
        )
        self.assertEqual(rows[1][4:7:2], ["Line 1, product code", "unknown_product"])
        self.authenticate(None, None)
        self.assertNotIn(b"NOPE", self.url_open(url).content)

    def test_file_of_a_stranger_is_not_read(self):
        content = base64.b64encode(json.dumps([self._document("A-1")]).encode())
        foreign = self.env["ir.attachment"].create({"name": "a.json", "datas": content})
        with self.assertRaises(AccessError):
            self.start(foreign).action_preview()
