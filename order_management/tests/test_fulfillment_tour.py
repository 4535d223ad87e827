from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..tools.tours import Layout
from .fulfillment_common import FulfillmentCase

# Scenario 18: aisle number → metres of its picks.
PICKS = {1: (3.5, 19.5), 2: (2.5, 18.5), 3: (4.5, 20.5), 4: (1.5, 6.5)}


@tagged("post_install", "-at_install", "om_lean")
class TestFulfillmentTour(FulfillmentCase):
    """The order in which people walk to the lines of a transfer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.warehouse.lot_stock_id
        cls.floor = cls.env["order.floor"].create(
            {
                "name": "Hall",
                "warehouse_id": cls.warehouse.id,
                "cross_aisle_ids": [
                    Command.create({"name": "Front", "pos_y": 0.0}),
                    Command.create({"name": "Back", "pos_y": 22.0}),
                ],
            }
        )

    def _create_places(self, **values):
        return self.env["stock.location"].create(
            [
                {
                    "name": f"{aisle}-{metre:04.1f}",
                    "location_id": self.stock.id,
                    "aisle": str(aisle),
                    "pos_x": 5.0 * (aisle - 1),
                    "pos_y": metre,
                    **values,
                }
                for aisle, metres in PICKS.items()
                for metre in metres
            ]
        )

    def _create_spread_order(self):
        """An order of a product in each place; answers its delivery."""
        places = self._create_places()
        products = [self._create_product(f"OM-T{index}") for index in range(len(places))]
        for product, place in zip(products, places, strict=True):
            self._put_stock(product, place, 5)
        return self._create_delivery([(product, 1) for product in products]), places

    def _put_stock(self, product, place, quantity):
        self.env["stock.quant"]._update_available_quantity(product, place, quantity)

    def test_scenario_18(self):
        """The shortest tour, each pick once, and a length that adds up."""
        picking, places = self._create_spread_order()
        answer = self.as_role(picking, "picker").get_tour()[0]
        self.assertEqual((answer["length"], answer["bound"], answer["gap"]), (98.0, 98.0, 0.0))
        self.assertEqual(len(answer["stops"]), 8)
        self.assertEqual(
            {stop["location"] for stop in answer["stops"]}, set(places.mapped("complete_name"))
        )
        walked = [(stop["x"], stop["y"]) for stop in answer["stops"]]
        layout = Layout((0.0, 5.0, 10.0, 15.0), (0.0, 22.0), (0.0, 0.0))
        self.assertEqual(round(layout.length(walked), 6), 98.0)

    def test_floor_needs_two_cross_aisles(self):
        """One cross aisle joins nothing."""
        with self.assertRaises(ValidationError):
            self.floor.cross_aisle_ids = [Command.delete(self.floor.cross_aisle_ids[0].id)]

    def test_pick_list(self):
        """On screen and paper the lines come in tour order."""
        picking, _places = self._create_spread_order()
        seen = self.as_role(picking, "picker")
        action = seen.action_view_pick_list()
        lines = self.env["stock.move.line"].search(action["domain"], order="tour_rank")
        self.assertEqual(lines.mapped("tour_rank"), list(range(1, 9)))
        walked = [stop["move_line_id"] for stop in seen.get_tour()[0]["stops"]]
        self.assertEqual(lines.ids, walked)
        self.assertEqual((picking.tour_length, picking.tour_bound), (98.0, 98.0))
        report = seen.action_print_pick_list()["report_name"]
        html = self.env["ir.actions.report"]._render_qweb_html(report, picking.ids)[0].decode()
        positions = [html.index(line.product_id.display_name) for line in lines]
        self.assertEqual(positions, sorted(positions))
        self.assertIn("98 m to walk", " ".join(html.split()).replace("</span> m", " m"))
