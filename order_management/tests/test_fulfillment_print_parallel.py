from odoo.tests import tagged

from .parallel_common import ParallelCase, committed

JOBS = 6


@tagged("post_install", "-at_install", "om_full")
class TestFulfillmentPrintParallel(ParallelCase):
    """Two agents ask for the same station at the same moment: nothing is handed out twice."""

    def setUp(self):
        super().setUp()
        with committed() as env:
            station = env["order.print.station"].create(
                {"name": "Shared", "code": "OM-PARALLEL", "printed_by": "agent"}
            )
            self.station = station.id
            self._queue(env)

    def _remove(self, env):
        self._delete_rows(
            env,
            ("order_print_job", "station_id", [self.station]),
            ("mail_message", "res_id", [self.station]),
            ("order_print_station", "id", [self.station]),
        )

    def _queue(self, env):
        rows = [
            {"key": f"parallel/{number}", "kind": "test_label", "name": "P", "res_ids": []}
            for number in range(JOBS)
        ]
        return env["order.print.job"]._queue(
            env["order.print.station"].browse(self.station), rows
        ).ids  # fmt: skip

    def _claim(self, env):
        jobs = env["order.print.job"].claim(station="OM-PARALLEL", limit=4)
        return [item["job_id"] for item in jobs]

    def test_claim(self):
        first, second = self._run_together(self._claim, self._claim)
        self.assertFalse(set(first) & set(second))
        with committed() as env:
            left = self._claim(env)
        self.assertEqual(len({*first, *second, *left}), JOBS)

    def test_done_twice(self):
        """Both answer one claim: it is printed once, the other one is told so."""
        with committed() as env:
            [item] = env["order.print.job"].claim(station="OM-PARALLEL", limit=1)

        def answer(env):
            return env["order.print.job"].browse(item["job_id"]).done(claim=item["claim"])[0]

        answers = self._run_together(answer, answer)
        self.assertEqual([row["ok"] for row in answers], [True, True])
        self.assertEqual(sum("replayed" in row for row in answers), 1)

    def test_queue_twice(self):
        """Both queue the same: each key has one job."""
        with committed() as env:
            self._delete_rows(env, ("order_print_job", "station_id", [self.station]))
        first, second = self._run_together(self._queue, self._queue)
        self.assertEqual(first, second)
        self.assertEqual(len(first), JOBS)
