from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .fulfillment_common import FulfillmentCase


@tagged("post_install", "-at_install")
class TestFulfillmentShortPick(FulfillmentCase):
    """Scenario 17: places that hold less than they should."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.warehouse.lot_stock_id
        cls.bin_x, cls.bin_y = cls.env["stock.location"].create(
            [{"name": name, "location_id": cls.stock.id} for name in ("X", "Y")]
        )
        cls.lamp = cls._create_product("OM-LAMP", price=30.0)

    @classmethod
    def _put(cls, place, quantity, product=None):
        cls.env["stock.quant"]._update_available_quantity(product or cls.lamp, place, quantity)

    def _get_stock(self, place):
        """On hand and reserved of the lamp at a place; a property of its quants."""
        quants = self.env["stock.quant"].search(
            [("product_id", "=", self.lamp.id), ("location_id", "=", place.id)]
        )
        self.assertTrue(all(quant.quantity >= 0 for quant in quants))
        self.assertTrue(all(0 <= quant.reserved_quantity <= quant.quantity for quant in quants))
        return sum(quants.mapped("quantity")), sum(quants.mapped("reserved_quantity"))

    def _create_short(self, elsewhere=0, wanted=5, found=3):
        """A delivery from bin X, scanned as far as there is something."""
        self._put(self.bin_x, wanted)
        picking = self._create_delivery([(self.lamp, wanted)])
        if elsewhere:
            self._put(self.bin_y, elsewhere)
        self.assertEqual(picking.move_line_ids.location_id, self.bin_x)
        seen = self.as_role(picking, "picker")
        if found:
            seen.scan("OM-LAMP", found)
        return picking, seen, picking.move_line_ids

    def test_other_place(self):
        """3 of 5 are found: 3 go on, 2 come from bin Y, bin X counts nothing afterwards."""
        picking, seen, line = self._create_short(elsewhere=2)
        answer = seen.report_short(line.id, 2, "missing", request_key="short-1")[0]
        self.assertTrue(answer["ok"])
        self.assertEqual(
            (answer["resourced"], answer["backordered"], answer["lost"]), (2.0, 0.0, 2.0)
        )
        rest = picking.move_line_ids - line
        self.assertEqual(answer["line_ids"], [line.id, rest.id])
        self.assertEqual((line.quantity, line.picked), (3.0, True))
        self.assertEqual((rest.location_id, rest.quantity, rest.picked), (self.bin_y, 2.0, False))
        self.assertEqual(self._get_stock(self.bin_x), (3.0, 3.0))
        self.assertEqual(self._get_stock(self.bin_y), (2.0, 2.0))
        again = seen.report_short(line.id, 2, "missing", request_key="short-1")[0]
        self.assertEqual(again, {**answer, "replayed": True})
        seen.scan("OM-LAMP", 2)
        shipped = seen.ship()[0]
        self.assertEqual((shipped["state"], shipped["backorder_id"]), ("done", False))
        self.assertEqual(
            (self._get_stock(self.bin_x), self._get_stock(self.bin_y)), ((0, 0), (0, 0))
        )
        self.assertEqual(picking.sale_id.order_line.qty_delivered, 5.0)
        record = self.env["order.pick.record"].search([("picking_id", "=", picking.id)])
        self.assertEqual(record.short_lines, 1)

    def test_backorder(self):
        """Nowhere else: 3 are shipped, 2 are left for a backorder; the slip shows the loss."""
        picking, seen, line = self._create_short()
        answer = seen.report_short(line.id, 2, "missing")[0]
        self.assertEqual((answer["resourced"], answer["backordered"]), (0.0, 2.0))
        self.assertEqual(self._get_stock(self.bin_x), (3.0, 3.0))
        order = picking.sale_id
        slip = self.env["order.decision"].search(
            [("res_id", "=", order.id), ("decision", "=", "fulfillment.short")]
        )
        self.assertEqual(slip.outcome, "backordered")
        self.assertEqual((slip.inputs["missing"], slip.inputs["lost"]), (2.0, 2.0))
        self.assertEqual(slip._replay(), [True])
        report = picking.short_pick_ids
        self.assertEqual((report.location_id, report.user_id), (self.bin_x, self.users["picker"]))
        shipped = seen.ship()[0]
        backorder = picking.browse(shipped["backorder_id"])
        self.assertEqual(backorder.move_ids.product_uom_qty, 2.0)
        self.assertEqual(backorder.state, "confirmed")
        self.assertEqual(self._get_stock(self.bin_x), (0.0, 0.0))

    def test_told_only_if_the_promise_moves(self):
        """Goods from another place keep the promise; none at all move it, told once."""
        self.env.company.promise_mode = "on"
        for elsewhere, messages in ((2, 0), (0, 1)):
            with self.subTest(elsewhere=elsewhere):
                picking, seen, line = self._create_short(elsewhere=elsewhere)
                order = picking.sale_id
                before = order.promise_date
                self.assertTrue(before)
                if not elsewhere:
                    self._create_receipt(2, days=9)
                seen.report_short(line.id, 2, "missing")
                for _again in range(2):
                    order._follow_supply()
                    self.assertEqual(order.promise_date != before, bool(messages))
                    told = self.env["order.notification"].search(
                        [("order_id", "=", order.id), ("kind", "=", "promise_changed")]
                    )
                    self.assertEqual(len(told), messages)
                if elsewhere:
                    self._scan_all(picking)
                seen.ship()

    @classmethod
    def _create_receipt(cls, quantity, days):
        """Lamps that are on their way from a vendor."""
        vendors = cls.env.ref("stock.stock_location_suppliers")
        move = cls.env["stock.move"].create(
            {
                "product_id": cls.lamp.id,
                "product_uom_qty": quantity,
                "location_id": vendors.id,
                "location_dest_id": cls.stock.id,
                "picking_type_id": cls.warehouse.in_type_id.id,
                "date": fields.Datetime.add(fields.Datetime.now(), days=days),
            }
        )
        move._action_confirm()

    def test_lost_after_the_pick_step(self):
        """What got lost on its way is brought by the first step again; all is delivered."""
        for steps, wanted in (("pick_ship", 5), ("pick_pack_ship", 2)):
            with self.subTest(steps=steps):
                self.warehouse.delivery_steps = steps
                self._put(self.bin_x, wanted)
                order = self._create_order([(self.lamp, wanted)])
                order.action_confirm()
                self._put(self.bin_y, 2)
                for _step in steps.split("_")[1:]:
                    done = self._pass_on(order)
                out = self._get_open(order)
                line = out.move_line_ids
                self._scan(out, wanted - 2)
                answer = self.as_role(out, "picker").report_short(line.id, 2, "missing")[0]
                self.assertEqual((answer["resourced"], answer["backordered"]), (0.0, 2.0))
                again = out.browse(answer["again_id"])
                self.assertEqual(again.picking_type_id, self.warehouse.pick_type_id)
                self.assertNotEqual(again, done)
                self.assertEqual(again.move_line_ids.location_id, self.bin_y)
                self.assertEqual(order.order_line._get_qty_procurement(), wanted)
                if wanted > 2:
                    shipped = self.as_role(out, "picker").ship()[0]
                    self.assertEqual((shipped["state"], shipped["backorder_id"]), ("done", False))
                else:
                    self.assertEqual(out.state, "cancel")
                for _step in steps.split("_"):
                    self._pass_on(order)
                self.assertEqual(order.order_line.qty_delivered, wanted)
                self.assertFalse(self._get_open(order))
                self.assertEqual(self._get_stock(self.warehouse.wh_output_stock_loc_id), (0, 0))

    def _get_open(self, order):
        return order.picking_ids.filtered(lambda one: one.state == "assigned")

    def _scan(self, picking, quantity):
        if quantity:
            self.as_role(picking, "picker").scan("OM-LAMP", quantity)

    def _pass_on(self, order):
        picking = self._get_open(order)
        self._scan_all(picking)
        self.assertEqual(self.as_role(picking, "picker").ship()[0]["state"], "done")
        return picking

    def test_others_lose_what_is_not_there(self):
        """The bin is empty for everybody: who picks now is served first, then the others."""
        self._put(self.bin_x, 9)
        first = self._create_delivery([(self.lamp, 5)])
        second = self._create_delivery([(self.lamp, 3)])
        third = self._create_delivery([(self.lamp, 1)])
        self.as_role(third, "picker").scan("OM-LAMP")
        self._put(self.bin_y, 4)
        answer = self.as_role(first, "picker").report_short(
            first.move_line_ids.id, 5, "wrong_product"
        )[0]
        self.assertEqual((answer["resourced"], answer["backordered"]), (4.0, 1.0))
        self.assertEqual(answer["lost"], 8.0)
        self.assertEqual(first.move_line_ids.location_id, self.bin_y)
        self.assertEqual((second.state, second.move_line_ids.ids), ("confirmed", []))
        self.assertEqual((third.move_line_ids.quantity, third.state), (1.0, "assigned"))
        self.assertEqual(self._get_stock(self.bin_x), (1.0, 1.0))
        self.assertEqual(self._get_stock(self.bin_y), (4.0, 4.0))

    def test_lots(self):
        """Stock of the same product without a lot stays: nobody looked for it."""
        self.lamp.tracking = "lot"
        lot = self.env["stock.lot"].create({"name": "L-1", "product_id": self.lamp.id})
        quants = self.env["stock.quant"]
        quants._update_available_quantity(self.lamp, self.bin_x, 4, lot_id=lot)
        picking = self._create_delivery([(self.lamp, 4)])
        quants._update_available_quantity(self.lamp, self.bin_x, 7)
        line = picking.move_line_ids
        self.assertEqual(line.lot_id, lot)
        answer = self.as_role(picking, "picker").report_short(line.id, 3, "missing")[0]
        self.assertEqual((answer["lost"], answer["resourced"]), (3.0, 3.0))
        self.assertEqual(self._get_stock(self.bin_x), (8.0, 4.0))

    def test_pick_list_goes_on(self):
        """The list that is open shows what comes from other places now."""
        picking, seen, line = self._create_short(elsewhere=2)
        action = seen.action_view_pick_list()
        seen.report_short(line.id, 2, "missing")
        lines = self.env["stock.move.line"].search(action["domain"])
        self.assertEqual(lines.location_id, self.bin_x | self.bin_y)

    def test_damaged(self):
        """Only what is damaged is scrapped; the rest of the place stays."""
        self._put(self.bin_x, 4)
        picking, seen, line = self._create_short(found=0)
        answer = seen.report_short(line.id, 2, "damaged")[0]
        self.assertEqual((answer["resourced"], answer["backordered"]), (2.0, 0.0))
        self.assertEqual(answer["lost"], 2.0)
        self.assertEqual(self._get_stock(self.bin_x), (7.0, 5.0))
        scrap = self.env["stock.scrap"].search([("origin", "=", picking.name)])
        self.assertEqual((scrap.scrap_qty, scrap.state), (2.0, "done"))

    def test_refusals(self):
        """What cannot be is refused by name, and nothing changes."""
        picking, seen, line = self._create_short()
        before = self._get_stock(self.bin_x), line.quantity
        foreign = self._create_delivery()
        cases = [
            (line.id, 3, "missing", "too_many", "quantity"),
            (line.id, 0, "missing", "wrong_value", "quantity"),
            (line.id, -1, "missing", "wrong_value", "quantity"),
            (line.id, 2, " ", "reason_required", "reason"),
            (line.id, 2, False, "reason_required", "reason"),
            (foreign.move_line_ids.id, 1, "missing", "unknown_line", "move_line_id"),
        ]
        for line_id, quantity, reason, code, path in cases:
            with self.subTest(code=code, quantity=quantity):
                answer = seen.report_short(line_id, quantity, reason)[0]
                self.assertFalse(answer["ok"])
                error = answer["errors"][0]
                self.assertEqual((error["code"], error["path"]), (code, path))
        both = seen | self.as_role(foreign, "picker")
        for call in (
            lambda: both.report_short(line.id, 1, "missing"),
            lambda: seen.report_short(line.id, "2", "missing"),
            lambda: seen.report_short("x", 2, "missing"),
        ):
            with self.assertRaises(ValidationError):
                call()
        with self.assertRaises(AccessError):
            self.as_role(picking, "clerk").report_short(line.id, 2, "missing")
        self.assertEqual((self._get_stock(self.bin_x), line.quantity), before)
        self.assertFalse(picking.short_pick_ids)
        self.as_role(picking, "picker").pack()
        packed = picking.move_line_ids.filtered("result_package_id")
        self.assertEqual(
            seen.report_short(packed.id, 1, "missing")[0]["errors"][0]["code"], "too_many"
        )

    def test_wizard(self):
        """The button proposes all that is left."""
        picking, _seen, line = self._create_short(elsewhere=2)
        action = self.as_role(line, "picker").action_report_short()
        wizard = (
            self.as_role("order.short.report", "picker")
            .with_context(**action["context"])
            .create({"reason": "missing"})
        )
        self.assertEqual((wizard.wanted, wizard.quantity, wizard.loss), (2.0, 2.0, 2.0))
        self._put(self.bin_x, 30)
        wizard.quantity = 1.0
        self.assertEqual(wizard.loss, 31.0, "it says so before it acts")
        wizard.reason = "damaged"
        self.assertEqual(wizard.loss, 1.0)
        wizard.write({"reason": "missing", "quantity": 2.0})
        note = wizard.action_report()
        self.assertEqual(note["params"]["type"], "success")
        report = picking.short_pick_ids
        self.assertEqual((report.resourced, report.lost), (2.0, 32.0))
