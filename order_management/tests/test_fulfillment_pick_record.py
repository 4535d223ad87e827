from freezegun import freeze_time

from odoo.tests import tagged

from .fulfillment_common import FulfillmentCase


@tagged("post_install", "-at_install", "om_full")
class TestFulfillmentPickRecord(FulfillmentCase):
    """What is kept of how people pick."""

    def _get_records(self, pickings):
        return self.env["order.pick.record"].search(
            [("picking_id", "in", pickings.ids)], order="id"
        )

    def _claim(self, at, pickings):
        with freeze_time(at):
            pickings._note_claim(self.users["picker"], "2026-03-05 08:00:00")
            pickings.claimed_at = at

    def test_figures(self):
        """From the claim to the last scan; a refused scan is a caught error."""
        picking = self._create_delivery([(self.product, 3), (self.other, 2)])
        self._claim("2026-03-05 08:00:00", picking)
        picking.write({"tour_length": 80.0, "tour_bound": 75.0})
        seen = self.as_role(picking, "picker")
        with freeze_time("2026-03-05 08:05:00"):
            seen.scan("OM-A", 3)
            seen.scan("NOTHING", 1)
        with freeze_time("2026-03-05 08:10:00"):
            seen.scan("OM-B", 2)
        with freeze_time("2026-03-05 09:30:00"):
            seen.ship()
        record = self._get_records(picking)
        self.assertEqual(
            (record.user_id, record.line_count, record.unit_count, record.metres),
            (self.users["picker"], 2, 5.0, 80.0),
        )
        self.assertEqual((round(record.hours, 4), record.lines_per_hour), (0.1667, 12.0))
        self.assertEqual((record.caught_errors, record.short_lines), (1, 0))

    def test_work_does_not_overlap(self):
        """Who takes three at once does not work three times as long."""
        pickings = self.env["stock.picking"].concat(*(self._create_delivery() for _ in range(3)))
        self._claim("2026-03-05 08:00:00", pickings)
        for minute, picking in zip((6, 12, 30), pickings, strict=True):
            with freeze_time(f"2026-03-05 08:{minute:02}:00"):
                self._scan_all(picking)
                self.as_role(picking, "picker").ship()
        hours = [round(record.hours, 2) for record in self._get_records(pickings)]
        self.assertEqual(hours, [0.1, 0.1, 0.3])
        (group,) = self.env["order.pick.record"]._read_group(
            [("picking_id", "in", pickings.ids)], aggregates=["lines_per_hour:avg", "hours:sum"]
        )
        self.assertEqual([round(value, 2) for value in group], [6.0, 0.5])

    def test_batch(self):
        """The time of a batch is shared by lines; shipped as one set."""
        pickings = self._create_delivery() | self._create_delivery(
            [(self.product, 1), (self.other, 1), (self._create_product("OM-C", stock=5), 1)]
        )
        batch = self.env["stock.picking.batch"].create({"picking_ids": pickings.ids})
        batch.action_confirm()
        self._claim("2026-03-05 08:00:00", pickings)
        with freeze_time("2026-03-05 08:30:00"):
            self._scan_all(pickings)
        with freeze_time("2026-03-05 10:00:00"):
            self.as_role(pickings, "picker").ship()
        records = self._get_records(pickings)
        self.assertEqual([round(record.hours, 4) for record in records], [0.125, 0.375])
        self.assertEqual(records.mapped("lines_per_hour"), [8.0, 8.0])
        self.assertEqual(records.batch_id, batch)

    def test_unknown_time(self):
        """Without claim or scan, or after a night in between, there is no time, but the lines."""
        silent, slept = self._create_delivery(), self._create_delivery()
        silent.move_line_ids.picked = True
        self._claim("2026-03-05 08:00:00", slept)
        with freeze_time("2026-03-05 12:00:01"):
            self._scan_all(slept)
            self.as_role(silent | slept, "picker").ship()
        for record in self._get_records(silent | slept):
            self.assertEqual((record.hours, record.timed_lines, record.line_count), (0.0, 0, 1))

    def test_short_pick(self):
        """Lines that were there and not picked."""
        picking = self._create_delivery([(self.product, 3), (self.other, 2)])
        seen = self.as_role(picking, "picker")
        seen.scan("OM-A", 2)
        seen.ship()
        self.assertEqual(self._get_records(picking).short_lines, 2)

    def test_first_step_only(self):
        """Where goods are picked, packed and shipped in steps, picking is the first."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._create_order([(self.product, 1)])
        order.action_confirm()
        pick = order.picking_ids
        for _step in range(2):
            transfer = order.picking_ids.filtered(lambda one: one.state == "assigned")
            self._scan_all(transfer)
            self.as_role(transfer, "picker").ship()
        self.assertEqual(self._get_records(order.picking_ids).picking_id, pick)

    def test_who_sees(self):
        """Pickers see their own figures, managers and auditors all."""
        picking = self._create_delivery()
        self._scan_all(picking, "manager")
        self.as_role(picking, "manager").ship()
        record = self._get_records(picking)
        for role, count in (("picker", 0), ("manager", 1), ("auditor", 1)):
            with self.subTest(role):
                seen = self.as_role(self.env["order.pick.record"], role)
                self.assertEqual(seen.search_count([("id", "=", record.id)]), count)
