import base64
import csv
import io
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .intake_common import IntakeCase

COUNTED = (
    "sale.order", "sale.order.line", "res.partner", "order.intake", "order.intake.attempt",
    "order.event", "order.decision", "order.outbox", "mail.message",
)  # fmt: skip


@tagged("post_install", "-at_install")
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
        before = self.counts()
        wizard = self.start(self.file("orders.json", orders))
        wizard.action_preview()
        self.assertEqual(self.counts(), before)
        self.assertEqual(
            wizard.line_ids.mapped("outcome"),
            ["replayed", "conflict", "created", "rejected", "replayed", "rejected"],
        )
        self.assertEqual(
            (wizard.new_count, wizard.known_count, wizard.conflict_count, wizard.bad_count),
            (1, 2, 1, 2),
        )
        line = wizard.line_ids[2]
        self.assertEqual((line.line_count, line.total, line.customer), (2, 110, "Anna Peeters"))
        self.assertEqual(wizard.line_ids[3].place, "Line 1, product code")
        action = wizard.action_import()
        intakes = self.env["order.intake"].search(action["domain"])
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
        self.assertEqual((wizard.new_count, wizard.bad_count), (8, 4))
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
        self.assertEqual(wizard.new_count, 2)

    def test_what_does_not_go(self):
        for wizard in (self.start(), self.start(self.file("a.pdf", "x"))):
            with self.assertRaises(UserError):
                wizard.action_preview()
        wizard = self.start(self.file("a.json", [self._document("A-1")]))
        self.channel.user_ids = self.users["manager"]
        with self.assertRaises(AccessError):
            wizard.action_preview()
        self.assertFalse(self.env["order.intake"].search_count([]))
        for role in ("auditor", "integration", "picker"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.start(role=role)

    def test_many_orders_go_to_the_background(self):
        header = "external_ref,customer.ref,customer.name,lines.sku,lines.quantity\n"
        text = header + "".join(f"R-{n},C,Muster,OM-A,1\n" for n in range(501))
        action = self.start(self.file("orders.csv", text)).action_import()
        self.assertEqual(action["tag"], "display_notification")
        job = self.env["order.job"].search([], limit=1)
        self.assertEqual((job.method, job.user_id), ("submit", self.users["clerk"]))
        self.assertFalse(self.env["order.intake"].search_count([]))

    def test_error_report_starts_no_formula(self):
        refs = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "＝1", "plain"]
        answers = self.submit(*[self._document(ref, ("NOPE", 1)) for ref in refs])
        intakes = self.env["order.intake"].browse([answer["intake_id"] for answer in answers])
        self.users["clerk"].password = "om_clerk-pass"
        self.authenticate("om_clerk", "om_clerk-pass")
        url = self.as_role(intakes, "clerk").action_download_errors()["url"]
        text = self.url_open(url).content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        self.assertEqual([row[0] for row in rows[1:]], [f"'{ref}" for ref in refs[:5]] + ["plain"])
        self.assertEqual(rows[1][2:6:2], ["Line 1, product code", "unknown_product"])
        self.authenticate(None, None)
        self.assertNotIn(b"NOPE", self.url_open(url).content)

    def test_file_of_a_stranger_is_not_read(self):
        content = base64.b64encode(json.dumps([self._document("A-1")]).encode())
        foreign = self.env["ir.attachment"].create({"name": "a.json", "datas": content})
        with self.assertRaises(AccessError):
            self.start(foreign).action_preview()
