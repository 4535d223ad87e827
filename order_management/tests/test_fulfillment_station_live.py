import json

from odoo.tests import new_test_user, tagged

from ..models.fulfillment.order_station_live_mixin import SUBCHANNEL
from .fulfillment_common import FulfillmentCase


@tagged("post_install", "-at_install", "om_lean")
class TestFulfillmentStationLive(FulfillmentCase):
    """Whoever has a transfer open is told what others do to it, and nobody else is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picking = cls._create_delivery([(cls.product, 2)])
        cls.channel = [cls.env.cr.dbname, "stock.picking", cls.picking.id, SUBCHANNEL]

    def _tell(self, work):
        """What the screens are told of ``work``; told at commit, not before."""
        self.env.cr.precommit.run()
        self.env.cr.postcommit.clear()
        bus = self.env["bus.bus"].sudo()
        last = bus.search([], limit=1, order="id desc").id or 0
        work()
        new = [("id", ">", last), ("channel", "=", json.dumps(self.channel, separators=(",", ":")))]
        self.env.cr.precommit.run()
        messages = [
            json.loads(message) for message in bus.search(new, order="id").mapped("message")
        ]
        if messages:
            waiting = self.env.cr.postcommit.data["bus.bus.channels"]
            self.assertIn(tuple(self.channel), waiting, "browsers are woken after commit")
        self.assertTrue(all(message["type"] == "order_station" for message in messages))
        return [message["payload"] for message in messages]

    def test_every_operation_is_told(self):
        seen = self.as_role(self.picking, "picker")
        line = self.picking.move_line_ids
        steps = [
            ("claim", lambda: seen.claim_work(self.warehouse.id, limit=50)),
            ("scan", lambda: seen.scan("OM-A", request_key="a")),
            ("scan", lambda: seen.scan("OM-B")),
            ("undo", lambda: seen.undo_scan("a")),
            ("scan", lambda: seen.scan("OM-A")),
            ("pack", lambda: seen.pack()),
            ("short", lambda: seen.report_short(
                (self.picking.move_line_ids.filtered(lambda one: not one.result_package_id)).id,
                1, "missing",
            )),
            ("help", lambda: seen.call_for_help()),
            ("help", lambda: seen.answer_help()),
            ("done", lambda: seen.ship()),
        ]  # fmt: skip
        self.assertTrue(line)
        for kind, work in steps:
            with self.subTest(kind):
                payload = {
                    "picking_id": self.picking.id,
                    "kind": kind,
                    "user_id": self.users["picker"].id,
                    "person": self.users["picker"].name,
                }
                self.assertEqual(self._tell(work), [payload])

    def test_a_repeat_tells_nothing(self):
        seen = self.as_role(self.picking, "picker")
        seen.scan("OM-A", request_key="a")
        self.assertEqual(self._tell(lambda: seen.scan("OM-A", request_key="a")), [])
        self.assertEqual(self._tell(seen.read_station), [])

    def test_call_for_help_is_shown_to_people_of_the_company(self):
        stranger = self._create_other_company_user("picker")
        self.env.cr.precommit.run()
        last = self.env["bus.bus"].sudo().search([], limit=1, order="id desc").id or 0
        self.as_role(self.picking, "picker").call_for_help("Ladder")
        self.env.cr.precommit.run()
        told = self.env["bus.bus"].sudo().search([("id", ">", last)])
        channels = told.filtered(lambda one: "simple_notification" in one.message).mapped("channel")
        partners = {json.loads(channel)[2] for channel in channels}
        self.assertIn(self.users["manager"].partner_id.id, partners)
        others = stranger | self.users["picker"] | self.users["clerk"]
        self.assertFalse(partners & set(others.partner_id.ids))

    def test_who_may_follow(self):
        """A channel is a transfer that one may read; the name alone opens nothing."""
        name, missing = f"order_station_{self.picking.id}", f"order_station_{2**30}"
        stranger = self._create_other_company_user("picker")
        portal = new_test_user(self.env, login="om_station_portal", groups="base.group_portal")
        nobody = new_test_user(self.env, login="om_station_nobody", groups="base.group_user")
        public = self.env.ref("base.public_user")
        followed = (self.picking, SUBCHANNEL)
        asked = [name, missing, "order_station_", f"{name};", "other"]
        for user, expected in (
            (self.users["picker"], [followed]),
            (stranger, []),
            (portal, []),
            (nobody, []),
            (public, []),
        ):
            with self.subTest(user.login):
                websocket = self.env["ir.websocket"].with_user(user)
                channels = websocket._take_station_channels(list(asked))
                self.assertEqual(channels, ["order_station_", f"{name};", "other", *expected])
