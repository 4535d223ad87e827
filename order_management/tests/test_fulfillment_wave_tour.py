from odoo.tests import HttpCase, new_test_user, tagged

from .fulfillment_common import FulfillmentCase


@tagged("post_install", "-at_install", "om_tour")
class TestFulfillmentWaveTour(HttpCase, FulfillmentCase):
    """A picker plans, takes and ships a wave, in a real browser."""

    def test_waves(self):
        self.env["stock.picking"].search([("state", "=", "assigned")]).do_unreserve()
        new_test_user(
            self.env,
            login="om_wave_picker",
            name="Wave Picker",
            groups="order_management.group_picker",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        places = self.env["stock.location"].create(
            [
                {
                    "name": f"1-{metre:02}",
                    "location_id": self.warehouse.lot_stock_id.id,
                    "aisle": "1",
                    "pos_y": metre,
                }
                for metre in (5, 15)
            ]
        )
        pickings = self.env["stock.picking"]
        for index, place in enumerate(places):
            product = self._create_product(f"OM-WT{index}")
            self.env["stock.quant"]._update_available_quantity(product, place, 5)
            pickings |= self._create_delivery([(product, 1)])
        pickings.move_line_ids.picked = True
        self.start_tour("/odoo/order-waves", "order_management_waves", login="om_wave_picker")
        self.assertEqual(pickings.mapped("state"), ["done", "done"])
        self.assertEqual(pickings.batch_id.tour_length, 30.0)
        records = self.env["order.pick.record"].search([("picking_id", "in", pickings.ids)])
        self.assertEqual(records.user_id.name, "Wave Picker")
        self.assertEqual(sum(records.mapped("metres")), 30.0)
