from odoo.tests import HttpCase, tagged

from .test_fulfillment_floor import FloorCase


@tagged("post_install", "-at_install", "om_tour")
class TestFulfillmentFloorTour(HttpCase, FloorCase):
    """Floor plans in a real browser, as those who use them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.floor.name = "OM hall"
        cls.places.unlink()
        cls.places = cls._create_locations(
            *[f"{aisle}-{bay:02}-1" for aisle in "AB" for bay in range(1, 7)]
        )
        cls.item = cls._create_product("OM-FLOOR")
        cls.env["stock.quant"]._update_available_quantity(cls.item, cls.places[3], 40)

    def test_manager_places_locations(self):
        ramp = self._create_locations("Ramp")
        self.env["stock.quant"]._update_available_quantity(self.item, ramp, 2)
        self.start_tour("/odoo/floor-plans", "order_management_floor_places", login="om_manager")
        self.assertEqual(self.places.mapped("is_placed"), [True] * 12)
        self.assertEqual(
            self._read_places(self.places[3]), [("A-04-1", "A", "04", "1", 1.0, 2.5, 0.0)]
        )
        self.assertFalse(ramp.is_placed)

    def test_picker_sees_a_tour(self):
        self._open("order.floor.place").action_apply()
        other = self._create_product("OM-FLOOR-2")
        self.env["stock.quant"]._update_available_quantity(other, self.places[9], 5)
        picking = self._create_delivery([(self.item, 1), (other, 1)])
        self.start_tour(
            f"/odoo/order-deliveries/{picking.id}",
            "order_management_tour_picture",
            login="om_picker",
        )
