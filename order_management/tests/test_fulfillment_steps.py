from odoo.tests import tagged

from .fulfillment_common import PREFIX, FulfillmentCase


@tagged("post_install", "-at_install")
class TestFulfillmentSteps(FulfillmentCase):
    """Warehouses that pick, pack and ship in transfers of their own."""

    def setUp(self):
        super().setUp()
        self.warehouse.gs1_company_prefix = PREFIX

    def _create_stepped(self, steps, lines=None):
        self.warehouse.delivery_steps = steps
        order = self._create_order(lines or [(self.product, 3), (self.other, 2)])
        order.action_confirm()
        return order

    def _get_open(self, order):
        """The one transfer that is to be worked on now, as the picker sees it."""
        return self.as_role(
            order.picking_ids.filtered(lambda one: one.state == "assigned"), "picker"
        )

    def _bring_packed(self):
        """An order that is picked and packed into one parcel, waiting at the door."""
        order = self._create_stepped("pick_pack_ship")
        pick = self._get_open(order)
        self._scan_all(pick)
        pick.ship()
        pack = self._get_open(order)
        self._scan_all(pack)
        parcel = pack.pack()[0]
        pack.ship()
        return order, self.env["stock.package"].browse(parcel["package_id"])

    def test_pick_ship(self):
        """Between the steps the order stays in picking; only the last one makes a shipment."""
        order = self._create_stepped("pick_ship")
        stages = [order.stage]
        pick = self._get_open(order)
        self._scan_all(pick)
        stages.append(order.stage)
        self.assertEqual(pick.ship()[0]["shipment_ids"], [])
        stages.append(order.stage)
        out = self._get_open(order)
        self._scan_all(out)
        answer = out.ship()[0]
        stages.append(order.stage)
        self.assertEqual(stages, ["ready", "picking", "picking", "shipped"])
        self.assertEqual(answer["shipment_ids"], order.shipment_ids.ids)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [3.0, 2.0])

    def test_rest_is_ready_again(self):
        """What is left after a part has been shipped waits for its picker."""
        order = self._create_stepped("pick_ship", [(self.product, 5)])
        pick = self._get_open(order)
        pick.scan("OM-A", 3)
        rest = pick.ship()[0]["backorder_id"]
        self.assertEqual(order.stage, "picking")
        out = self._get_open(order).filtered(lambda one: one.picking_type_code == "outgoing")
        out.scan("OM-A", 3)
        out.ship()
        self.assertEqual((order.stage, self._get_open(order).ids), ("ready", [rest]))

    def test_picked_and_never_shipped(self):
        """Picking is no delivery: without the last step nothing has left."""
        order = self._create_stepped("pick_ship")
        pick = self._get_open(order)
        self._scan_all(pick)
        pick.ship()
        self._get_open(order).sudo().action_cancel()
        order._advance_stage()
        self.assertEqual(order.stage, "confirmed")
        self.assertFalse(order.shipped_at)

    def test_parcel_goes_on_whole(self):
        """A parcel packed in the step before is scanned by its number, and may be undone."""
        order, package = self._bring_packed()
        self.assertEqual(order.stage, "packed")
        out = self._get_open(order)
        first = out.move_line_ids[-1]
        self.assertEqual(
            out.scan(package.sscc, request_key="p")[0],
            {
                "ok": True,
                "errors": [],
                "picking_id": out.id,
                "accepted": True,
                "kind": "package",
                "code": False,
                "message": "",
                "line_id": first.id,
                "remaining": 0.0,
                "command": False,
                "expects": False,
                "product_id": False,
                "lot_id": False,
                "location_id": False,
            },
        )
        self.assertEqual(out.move_line_ids.mapped("picked"), [True, True])
        self.assertEqual(out.undo_scan("p")[0]["undone"], 5.0)
        self.assertEqual(out.move_line_ids.mapped("picked"), [False, False])
        self.assertEqual(out.scan(package.sscc, 2)[0]["code"], "too_many")
        self.assertTrue(out.scan(package.name)[0]["accepted"])
        self.assertEqual(out.scan(package.name)[0]["code"], "too_many")
        shipment = self.env["order.shipment"].browse(out.ship()[0]["shipment_ids"])
        self.assertEqual((shipment.package_id, shipment.sscc), (package, package.sscc))
        self.assertEqual(order.stage, "shipped")

    def test_goods_of_a_parcel_may_be_scanned(self):
        """Who scans the goods of a parcel one by one ships it as well."""
        order, package = self._bring_packed()
        out = self._get_open(order)
        out.scan("OM-A", 3)
        self.assertEqual(out.scan("OM-B", 3)[0]["code"], "too_many")
        out.scan("OM-B", 2)
        self.assertEqual(out.ship()[0]["state"], "done")
        self.assertEqual(order.shipment_ids.package_id, package)

    def test_parcel_of_another_transfer(self):
        """A parcel that is not of this transfer is refused, an unknown one too."""
        package = self._bring_packed()[1]
        self.warehouse.delivery_steps = "pick_pack_ship"
        other = self.as_role(self._create_delivery(), "picker")
        answer = other.scan(package.sscc)[0]
        self.assertEqual((answer["kind"], answer["code"]), ("package", "wrong_product"))
        elsewhere = self.env["stock.package"].create({"name": "ELSEWHERE"})
        self.assertEqual(other.scan(elsewhere.name)[0]["code"], "unknown_code")
