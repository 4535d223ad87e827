from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .fulfillment_common import FulfillmentCase


@tagged("post_install", "-at_install", "om_tour")
class TestFulfillmentWaveTour(HttpCase, FulfillmentCase):
    """Waves are planned and taken as work, in a real browser."""

    def test_picker_takes_next_work(self):
        self.env["stock.picking"].search([("state", "=", "assigned")]).do_unreserve()
        self.env["stock.picking.batch"].search([("state", "=", "in_progress")]).action_cancel()
        picker = new_test_user(
            self.env,
            login="om_wave_picker",
            name="Picker of waves",
            groups="order_management.group_picker",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        crossings = [Command.create({"pos_y": metre}) for metre in (0.0, 20.0)]
        self.env["order.floor"].create(
            {"name": "Hall", "warehouse_id": self.warehouse.id, "cross_aisle_ids": crossings}
        )
        place = self.env["stock.location"].create(
            {
                "name": "1-15",
                "location_id": self.warehouse.lot_stock_id.id,
                "aisle": "1",
                "pos_y": 15.0,
            }
        )
        product = self._create_product("OM-WAVE")
        self.env["stock.quant"]._update_available_quantity(product, place, 10)
        pickings = self._create_delivery([(product, 1)]) | self._create_delivery([(product, 1)])
        self.start_tour("/odoo/order-waves", "order_management_waves", login=picker.login)
        batch = pickings.batch_id
        self.assertEqual((len(batch), batch.state, batch.tour_length), (1, "in_progress", 30.0))
        self.assertFalse(batch.claimed_by_id | pickings.claimed_by_id | pickings.user_id)
