import base64
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.fulfillment.print_kinds import KINDS
from .fulfillment_common import FulfillmentCase
from .label_reader import read_pdf, read_pdf_sizes, read_zpl

NOW = "2026-03-02 09:00:00"


class PrintCase(FulfillmentCase):
    """A station with an agent, which the warehouse prints at, and one parcel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls.station = cls.env["order.print.station"].create(
            {"name": "Packing table", "code": "PACK", "printed_by": "agent"}
        )
        cls.warehouse.print_station_id = cls.station
        cls.picking = cls._create_packed([(cls.product, 2)])
        cls.package = cls.picking.move_line_ids.result_package_id
        cls.jobs = cls.env["order.print.job"].search([("picking_id", "=", cls.picking.id)])

    def _claim(self, role="integration", **values):
        return self.as_role("order.print.job", role).claim(**{"station": "PACK", **values})

    def _agent(self, jobs=None):
        return self.as_role(self.jobs if jobs is None else jobs, "integration")

    def _queue_test(self, number=1, station=None):
        rows = [
            {"key": f"test/{index}", "kind": "test_label", "name": f"T{index}", "res_ids": []}
            for index in range(number)
        ]
        return self.env["order.print.job"]._queue(station or self.station, rows)

    def _upkeep(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_print_jobs").method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install", "om_full")
class TestFulfillmentPrintJobs(PrintCase):
    """What agents are handed, and what counts as printed."""

    def test_label_of_what_is_packed(self):
        """Packing queues the label at the warehouse's station, once; the agent gets it."""
        job = self.jobs
        self.assertEqual(
            (job.station, job.kind, job.state, job.copies, job.key, job.user_id),
            ("PACK", "parcel_label", "waiting", 1, f"parcel_label/{self.package.id}",
             self.users["picker"]),
        )  # fmt: skip
        [item] = self._claim()
        content = base64.b64decode(item.pop("content"))
        self.assertEqual(
            item,
            {
                "ok": True,
                "errors": [],
                "job_id": job.id,
                "claim": 1,
                "kind": "parcel_label",
                "name": self.package.name,
                "record": self.picking.name,
                "key": f"parcel_label/{self.package.id}",
                "format": "zpl",
                "copies": 1,
                "attempt": 1,
                "reprint": False,
            },
        )
        read_zpl(content, (100, 150), 203)
        self.assertEqual(self.package.label_copies, 1)
        self.assertEqual((job.state, str(job.claimed_at)), ("claimed", NOW))
        self.assertEqual(str(self.station.last_seen_at), NOW)
        self.assertEqual(self._claim(), [])
        answer = {"ok": True, "errors": [], "job_id": job.id, "state": "printed", "attempt": 1}
        self.assertEqual(self._agent().done(claim=1), [answer])
        self.assertEqual(self._agent().done(claim=1), [{**answer, "replayed": True}])
        self.assertEqual(self._agent().done(), [{**answer, "replayed": True}])
        [refused] = self._agent().failed("No paper", claim=1)
        self.assertEqual(refused["errors"][0]["code"], "not_possible")
        self.assertEqual((job.state, job.error), ("printed", False))

    def test_resolution_and_format_of_the_station(self):
        """The station's resolution goes before the warehouse's."""
        for values, width in (
            ({"label_dpi": "300"}, 1181),
            ({"label_dpi": False}, 799),
        ):
            with self.subTest(values=values):
                self.jobs.state = "waiting"
                self.station.write(values)
                [item] = self._claim()
                self.assertIn(b"^PW%d^" % width, base64.b64decode(item["content"]))
        self.jobs.write({"state": "waiting", "attempts": 0})
        self.station.label_format = "pdf"
        [item] = self._claim()
        self.assertEqual(item["format"], "pdf")
        self.assertEqual(read_pdf_sizes(base64.b64decode(item["content"])), [(100, 150)])

    def test_lost_job(self):
        """What was not answered is handed out again, marked; late answers don't count twice."""
        self._claim()
        with freeze_time("2026-03-02 09:01:59"):
            self.assertEqual(self._claim(), [])
        with freeze_time("2026-03-02 09:02:00"):
            [item] = self._claim()
        self.assertEqual((item["attempt"], item["claim"], item["reprint"]), (2, 2, True))
        for late in (self._agent().done(claim=1), self._agent().failed("Jam", claim=1)):
            self.assertEqual(late[0]["errors"][0]["code"], "not_possible")
        self.assertEqual(self.jobs.state, "claimed")
        self.assertTrue(self._agent().done(claim=2)[0]["ok"])
        [late] = self._agent().done(claim=1)
        self.assertEqual((late["ok"], late["state"]), (False, "printed"))

    def test_late_news_of_the_last_claim(self):
        """Printed is printed: it counts when nobody was handed the job since."""
        for again in range(3):
            with freeze_time(fields.Datetime.now() + timedelta(minutes=3 * again)):
                [item] = self._claim()
                self.assertEqual(item["attempt"], again + 1)
        with freeze_time("2026-03-02 10:00:00"):
            self._upkeep()
            self.assertEqual(self.jobs.state, "failed")
            self.assertIn("did not answer", self.jobs.error)
            self.assertEqual(self._agent().done()[0]["errors"][0]["code"], "not_possible")
            self.assertTrue(self._agent().done(claim=3)[0]["ok"])
        self.assertEqual((self.jobs.state, self.jobs.error), ("printed", False))

    def test_lost_job_waits_again(self):
        self._claim()
        with freeze_time("2026-03-02 09:05:00"):
            self._upkeep()
            self.assertEqual(self.jobs.state, "waiting")
            [answer] = self._agent().failed("Too late", claim=1)
            self.assertTrue(answer["replayed"])
            self.assertEqual(self._claim()[0]["attempt"], 2)

    def test_failures(self):
        """Handed out again after 30 s and 1 min, then failed, and whoever asked is told."""
        told = []
        bus = patch.object(
            type(self.env["res.users"]),
            "_bus_send",
            lambda user, kind, values: told.append((user, values["message"])),
        )
        for moment, attempt, state in (
            ("09:00:00", 1, "waiting"),
            ("09:00:30", 2, "waiting"),
            ("09:01:30", 3, "failed"),
        ):
            before = fields.Datetime.to_datetime(f"2026-03-02 {moment}") - timedelta(seconds=1)
            with freeze_time(before):
                self.assertEqual([item for item in self._claim() if attempt > 1], [])
            if attempt == 1:
                self.jobs.write({"state": "waiting", "attempts": 0})
            with self.subTest(attempt=attempt), freeze_time(f"2026-03-02 {moment}"), bus:
                if self.jobs.state == "waiting":
                    [item] = self._claim()
                [answer] = self._agent().failed("Paper jam", claim=item["claim"])
                self.assertEqual((answer["state"], answer["attempt"]), (state, attempt))
                self.assertTrue(self._agent().failed("Paper jam")[0]["replayed"])
        self.assertEqual(
            told,
            [(self.users["picker"], f"{self.package.name} was not printed: Paper jam")],
        )
        self.assertEqual(self.jobs.error, "Paper jam")
        with freeze_time("2026-03-03 09:00:00"):
            self.assertEqual(self._claim(), [])

    def test_reason_required(self):
        self._claim()
        for reason in ("", "  ", False):
            with self.subTest(reason=reason):
                [answer] = self._agent().failed(reason)
                self.assertEqual(answer["errors"][0]["code"], "reason_required")
        self.assertEqual(self.jobs.state, "claimed")

    def test_arguments(self):
        for values in ({"limit": 0}, {"limit": 101}, {"limit": "x"}, {"station": 5}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._claim(**values)
        for claim in ([1, 2], "x", [False], 1.5):
            with self.subTest(claim=claim), self.assertRaises(ValidationError):
                self._agent().done(claim=claim)
        self.assertEqual(self.jobs.state, "waiting")

    def test_limit_and_order(self):
        """The oldest first; a bad one is failed with its reason and stops nobody."""
        jobs = self._queue_test(3)
        self.assertEqual([item["job_id"] for item in self._claim(limit=2)], [
            self.jobs.id, jobs[0].id,
        ])  # fmt: skip
        self.assertEqual(
            [item["job_id"] for item in self._claim(limit=100)], [jobs[1].id, jobs[2].id]
        )

    def test_what_cannot_be_made(self):
        """It is failed with the reason, its neighbors are printed, and it can be printed again."""
        other = self._create_packed([(self.other, 1)])
        lines = self.picking.move_line_ids
        lines.result_package_id = False
        [item] = self._claim()
        self.assertEqual(item["record"], other.name)
        self.assertEqual(self.jobs.state, "failed")
        self.assertIn("holds nothing", self.jobs.error)
        lines.result_package_id = self.package
        action = self.as_role(self.jobs, "picker").action_print_again()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(self.jobs.state, "cancelled")
        [item] = self._claim()
        self.assertEqual(
            (item["key"], item["reprint"], item["attempt"]),
            (f"parcel_label/{self.package.id}/1", True, 1),
        )

    def test_print_again(self):
        """A reprint is a job of its own, counted; while it waits there is no second one."""
        self._claim()
        self._agent().done()
        seen = self.as_role(self.package, "picker")
        for _twice in range(2):
            self.assertEqual(seen.action_queue_label()["tag"], "display_notification")
        self.assertEqual(self.jobs.reprint_count, 1)
        [item] = self._claim()
        self.assertTrue(item["reprint"])
        reprint = self.jobs.browse(item["job_id"])
        self.assertEqual(reprint.origin_id, self.jobs)
        self._agent(reprint).done(claim=1)
        self.as_role(reprint, "picker").action_print_again()
        self.assertEqual(self.jobs.reprint_count, 2)
        self.assertEqual(self._claim()[0]["key"], f"parcel_label/{self.package.id}/2")
        self.assertEqual(self.package.label_copies, 3)

    def test_queued_once(self):
        """The automatic print of a parcel happens once, however often it is asked for."""
        self.assertEqual(self.package._queue_labels(), self.jobs.ids)
        self.assertEqual(self.package._queue_labels(automatic=True), self.jobs.ids)
        self._claim()
        self._agent().done()
        self.assertEqual(self.package._queue_labels(), self.jobs.ids)
        self.assertEqual(self._claim(), [])

    def test_cancel(self):
        seen = self.as_role(self.jobs, "picker")
        seen.action_cancel()
        self.assertEqual((self.jobs.state, self._claim()), ("cancelled", []))
        for work in (seen.action_cancel, seen.action_print_here):
            with self.assertRaises(UserError):
                work()
        [answer] = self._agent().done()
        self.assertEqual(answer["errors"][0]["code"], "not_possible")

    def test_every_kind(self):
        """Each kind of label is rendered for both sorts of printers."""
        lot = self.env["stock.lot"].create({"name": "L-42", "product_id": self.product.id})
        place = self.env["stock.location"].create({"name": "A-01", "barcode": "A0101"})
        tote = self.env["stock.package"].create({"name": "TOTE-1"})
        records = {
            "product_label": self.product,
            "lot_label": lot,
            "place_label": place,
            "tote_label": tote,
        }
        labels = [kind for kind, entry in KINDS.items() if entry.is_label]
        rows = [
            {
                "key": kind,
                "kind": kind,
                "name": kind,
                "res_model": records[kind]._name if kind in records else False,
                "res_ids": records[kind].ids if kind in records else [],
                "copies": 3,
            }
            for kind in labels
            if kind != "parcel_label"
        ]
        jobs = self.env["order.print.job"]._queue(self.station, rows)
        for label_format, start in (("zpl", b"^XA"), ("pdf", b"%PDF")):
            self.station.label_format = label_format
            items = self._claim()
            self.assertEqual([item["kind"] for item in items], labels)
            self.assertEqual({item["copies"] for item in items[1:]}, {3})
            for item in items:
                with self.subTest(kind=item["kind"], format=label_format):
                    self.assertTrue(base64.b64decode(item["content"]).startswith(start))
            (jobs | self.jobs).write({"state": "waiting"})

    def test_papers(self):
        """Papers are made by the transfer's own service, those of one kind in one run."""
        asked = []

        def render(pickings, kinds):
            asked.append((pickings, kinds))
            good = pickings & self.picking
            return {(picking.id, kinds[0]): b"%PDF-slip" for picking in good}

        self.warehouse.print_slip_when_shipped = True
        other = self._create_packed([(self.other, 1)])
        self.as_role(self.picking | other, "picker").ship()
        slips = self.env["order.print.job"].search([("kind", "=", "packing_slip")], order="id")
        self.assertEqual(
            slips.mapped("key"), [f"packing_slip/{p.id}" for p in (self.picking | other)]
        )
        picking = type(self.picking)
        with patch.object(picking, "_render_papers", render, create=True):
            items = self._claim()
        papers = [item for item in items if item["kind"] == "packing_slip"]
        self.assertEqual([item["job_id"] for item in papers], slips[:1].ids)
        self.assertEqual(base64.b64decode(papers[0]["content"]), b"%PDF-slip")
        self.assertEqual((papers[0]["format"], slips[1].state), ("pdf", "failed"))
        self.assertEqual(asked[0][1], ["packing_slip"])

    def test_settings(self):
        """Without a station, or switched off, nothing is queued by itself."""
        for values in ({"print_label_when_packed": False}, {"print_station_id": False}):
            with self.subTest(values=values):
                self.warehouse.write({**values})
                picking = self._create_packed()
                self.as_role(picking, "picker").ship()
                self.assertEqual(picking.print_job_count, 0)
                self.warehouse.write(
                    {"print_label_when_packed": True, "print_station_id": self.station.id}
                )

    def test_users_own_station(self):
        """A user's station goes before the warehouse's; they choose it themselves."""
        own = self.station.copy({"name": "Table 2", "code": "PACK-2"})
        user = self.users["picker"]
        user.with_user(user).write({"print_station_id": own.id})
        self.assertEqual(
            user.with_user(user).read(["print_station_id"])[0]["print_station_id"][0], own.id
        )
        picking = self._create_packed([(self.product, 1)])
        jobs = self.env["order.print.job"].search([("picking_id", "=", picking.id)])
        self.assertEqual(jobs.station, "PACK-2")
        own.active = False
        self.assertEqual(
            self.env["order.print.station"].with_user(user)._get_for(self.warehouse), self.station
        )
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = own.copy({"company_id": company.id, "warehouse_id": False, "code": "F"})
        with self.assertRaises(ValidationError):
            user.with_user(user).write({"print_station_id": foreign.id})

    def test_rights(self):
        """Foreign and missing stations sound alike; jobs of other companies are invisible."""
        stranger = self._create_other_company_user("integration")
        messages = set()
        for code in ("PACK", "NONE"):
            with self.assertRaises(AccessError) as caught:
                self.env["order.print.job"].with_user(stranger).claim(station=code)
            messages.add(str(caught.exception))
        self.assertEqual(len(messages), 1)
        with self.assertRaises(AccessError):
            self.jobs.with_user(stranger).done()
        self.assertFalse(self.env["order.print.job"].with_user(stranger).search([]))
        for role in ("auditor", "clerk"):
            for work in ("action_print_here", "action_print_again", "action_cancel"):
                with self.subTest(role=role, work=work), self.assertRaises(AccessError):
                    getattr(self.as_role(self.jobs, role), work)()
        with self.assertRaises(AccessError):
            self._agent().write({"state": "printed"})
        self.assertEqual(self.jobs.state, "waiting")

    def test_silent_agent(self):
        """Its responsible is told once when jobs wait and nobody fetches them."""
        self.station.user_id = self.users["manager"]
        with freeze_time("2026-03-02 09:09:00"):
            self._upkeep()
            self.assertFalse(self.station.alarm_at)
        self.jobs.flush_recordset()
        self.env.cr.execute(
            "UPDATE order_print_job SET create_date = %s WHERE id = %s", (NOW, self.jobs.id)
        )
        with freeze_time("2026-03-02 09:11:00"):
            self._upkeep()
            self._upkeep()
            self.assertEqual(self.station.activity_ids.user_id, self.users["manager"])
            self.assertEqual(len(self.station.activity_ids), 1)
            self.assertTrue(self.station.alarm_at)
            self._claim()
            self._upkeep()
            self.assertFalse(self.station.alarm_at or self.station.activity_ids)

    def test_clean_up(self):
        """What ended is deleted after the company's days; what failed or waits stays."""
        jobs = self._queue_test(3)
        states = ("printed", "cancelled", "failed")
        for job, state in zip(jobs, states, strict=True):
            job.state = state
        self.env.flush_all()
        self.env.cr.execute("UPDATE order_print_job SET write_date = %s", (NOW,))
        with freeze_time("2026-04-01 08:59:00"):
            self._upkeep()
            self.assertEqual(jobs.exists(), jobs)
        with freeze_time("2026-04-01 09:01:00"):
            self.company.print_job_days = 0
            self._upkeep()
            self.assertEqual(jobs.exists(), jobs)
            self.company.print_job_days = 30
            self._upkeep()
            self.assertEqual(jobs.exists(), jobs[2])
            self.assertTrue(self.jobs.exists())

    def test_queries(self):
        """Many parcels take as many questions of ours as few."""
        picking = self._create_delivery([(self.product, 8)])
        seen = self.as_role(picking, "picker")
        self.warehouse.print_label_when_packed = False
        for _parcel in range(8):
            seen.scan("OM-A", 1)
            seen.pack()
        packages = picking.move_line_ids.result_package_id
        model = self.env["stock.package"]
        queue = [
            self._count_queries(model.browse(ids)._queue_labels)
            for ids in (packages[:2].ids, packages[2:].ids)
        ]
        self.assertEqual(*queue)
        claim = [self._count_queries(lambda n=n: self._claim(limit=n)) for n in (1, 2, 6)]
        self.assertEqual(claim[1], claim[2])

    def test_packing_queries(self):
        """Queueing takes the same few questions for a batch of transfers as for one."""
        pickings = [self._create_delivery().id for _number in range(9)]
        self._scan_all(self.env["stock.picking"].browse(pickings))
        counts = []
        for wanted, size in ((True, 1), (True, 1), (False, 1), (True, 3), (False, 3)):
            self.warehouse.print_label_when_packed = wanted
            batch, pickings = pickings[:size], pickings[size:]
            seen = self.as_role(self.env["stock.picking"].browse(batch), "picker")
            counts.append(self._count_queries(seen.pack))
        _first, one, without_one, three, without_three = counts
        self.assertEqual(three - without_three, one - without_one)
        self.assertLessEqual(one - without_one, 5)


@tagged("post_install", "-at_install", "om_full")
class TestFulfillmentPrintBrowser(PrintCase):
    """Printing by the browser of whoever works there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.station.printed_by = "browser"
        cls.seen = cls.as_role(cls.jobs, "picker")

    def test_files_by_size(self):
        """One PDF a size of paper; copies are pages."""
        sheet = {"key": "sheet", "kind": "command_sheet", "name": "Sheet", "res_ids": []}
        label = {"key": "label", "kind": "test_label", "name": "T", "res_ids": [], "copies": 2}
        jobs = self.jobs._queue(self.station, [sheet, label])
        answer = (self.seen + self.as_role(jobs, "picker")).claim_here()
        files = answer.pop("files")
        self.assertEqual(
            answer,
            {
                "ok": True,
                "errors": [],
                "failed": [],
                "jobs": [{"job_id": job.id, "claim": 1} for job in self.jobs + jobs],
            },
        )
        sizes = [(file["width"], file["height"], file["pages"]) for file in files]
        self.assertEqual(sizes[0], (100, 150, 1))
        self.assertIn((210, 297, 1), sizes)
        self.assertEqual(sizes[-1][2], 2)
        self.assertEqual(len(read_pdf(base64.b64decode(files[-1]["content"]))), 2)
        self.assertEqual(self.seen.claim_here()["jobs"], [])
        self.assertEqual(self.seen.done(claim=[1])[0]["state"], "printed")

    def test_give_back(self):
        """What was not printed waits again, as if nobody had had it."""
        self.seen.claim_here()
        [answer] = self.seen.give_back(claim=2)
        self.assertEqual(answer["errors"][0]["code"], "not_possible")
        [answer] = self.seen.give_back(claim=1)
        self.assertEqual((answer["state"], answer["attempt"]), ("waiting", 0))
        self.assertTrue(self.seen.give_back(claim=1)[0]["replayed"])
        self.assertEqual(self.seen.claim_here()["jobs"], [{"job_id": self.jobs.id, "claim": 2}])
        self.seen.done()
        self.assertFalse(self.seen.give_back()[0]["ok"])

    def test_what_cannot_be_made(self):
        self.picking.move_line_ids.result_package_id = False
        answer = self.seen.claim_here()
        self.assertEqual((answer["jobs"], answer["files"]), ([], []))
        self.assertEqual(
            [(entry["job_id"], entry["name"]) for entry in answer["failed"]],
            [(self.jobs.id, self.package.name)],
        )

    def test_buttons(self):
        """Packing opens the dialog; a transfer prints what waits, and what failed, anew."""
        opened = {"type": "ir.actions.client", "tag": "order_print_browser"}
        picking = self._create_delivery([(self.other, 1)])
        seen = self.as_role(picking, "picker")
        action = seen.action_pack()
        job = self.env["order.print.job"].search([("picking_id", "=", picking.id)])
        self.assertEqual(action, {**opened, "params": {"job_ids": job.ids}})
        batch = self.env["stock.picking.batch"].create(
            {"picking_ids": (picking | self.picking).ids}
        )
        action = self.as_role(batch, "picker").action_print_here()
        self.assertEqual(action["params"]["job_ids"], (self.jobs + job).ids)
        self.assertEqual(batch.print_job_count, 2)
        job.state = "failed"
        [again] = seen.action_print_here()["params"]["job_ids"]
        self.assertEqual(self.jobs.browse(again).origin_id, job)
        self.assertEqual(job.state, "cancelled")
        self.as_role(self.jobs.browse(again), "picker").claim_here()
        with self.assertRaisesRegex(UserError, "Print jobs"):
            seen.action_print_here()
        self.assertEqual(
            seen.action_view_print_jobs()["domain"], [("picking_id", "in", picking.ids)]
        )

    def test_without_a_station(self):
        """Labels that are asked for are printed by the browser of whoever asks."""
        self.warehouse.print_station_id = False
        picking = self._create_packed([(self.other, 1)])
        package = picking.move_line_ids.result_package_id
        action = self.as_role(package, "picker").action_queue_label()
        job = self.env["order.print.job"].browse(action["params"]["job_ids"])
        self.assertEqual((action["tag"], job.station, job.picking_id), (
            "order_print_browser", False, picking,
        ))  # fmt: skip
        self.assertEqual(self.as_role(job, "picker").claim_here()["files"][0]["width"], 100)

    def test_chosen_labels(self):
        """Labels chosen in a list go to a station, or to this browser."""

        def open_wizard(**values):
            return (
                self.as_role("order.label.print", "picker")
                .with_context(active_model="product.product", active_ids=self.product.ids)
                .create({"copies": 3, **values})
            )  # fmt: skip

        self.station.printed_by = "agent"
        wizard = open_wizard()
        self.assertEqual(wizard.station_id, self.station)
        action = wizard.action_send()
        self.assertEqual(action["tag"], "display_notification")
        job = self.env["order.print.job"].search([("kind", "=", "product_label")])
        self.assertEqual((job.copies, job.station, job.res_ids), (3, "PACK", self.product.ids))
        self.assertEqual(open_wizard(station_id=False).action_send()["tag"], "order_print_browser")
        with self.assertRaisesRegex(UserError, "500"):
            open_wizard(copies=501).action_send()
        sheet = self.as_role("order.label.print", "picker").create({"source": "commands"})
        sheet.action_send()
        self.assertTrue(self.env["order.print.job"].search([("kind", "=", "command_sheet")]))

    def test_station_screen(self):
        """A test label, and what waits."""
        seen = self.as_role(self.station, "picker")
        self.assertEqual(self.station.waiting_count, 1)
        self.assertEqual(seen.action_test()["tag"], "order_print_browser")
        self.assertEqual(seen.action_view_jobs()["domain"], [("station_id", "=", self.station.id)])
        copied = self.station.copy({"code": "OTHER"})
        self.assertFalse(copied.last_seen_at)
        with self.assertRaises(AccessError):
            seen.write({"name": "Mine"})

    def test_company_of_a_code(self):
        """Two companies may use one code; whoever works for both means the current one."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.station.copy({"company_id": company.id, "warehouse_id": False, "code": "PACK"})
        user = self.users["integration"]
        user.company_ids = [Command.link(company.id)]
        jobs = self.env["order.print.job"].with_user(user)
        both = jobs.with_context(allowed_company_ids=[self.company.id, company.id])
        self.assertEqual(len(both.claim(station="PACK")), 1)
        other = jobs.with_context(allowed_company_ids=[company.id])
        self.assertEqual(other.claim(station="PACK"), [])
