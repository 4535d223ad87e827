from odoo import fields
from odoo.tests import HttpCase, tagged

from .slotting_common import SlottingCase


@tagged("post_install", "-at_install", "om_tour")
class TestFulfillmentSlottingTour(HttpCase, SlottingCase):
    """Slotting advice in a real browser."""

    def test_manager_moves_goods(self):
        fast = self._create_goods("OM-FAST", self.far)
        mid = self._create_goods("OM-MID", self.middle)
        slow = self._create_goods("OM-SLOW", self.near)
        heavy = self._create_goods("OM-HEAVY", self._create_slot(10, 16, 3.0), weight=20.0)
        light = self._create_goods("OM-LIGHT", self._create_slot(10, 16))
        orders = [[fast]] * 4 + [[mid]] * 2 + [[slow], [heavy], [light]]
        self._pick(orders, fields.Datetime.now())
        _answer, swaps = self._advise()
        self.assertEqual(swaps.mapped("product_id"), fast | heavy)
        self.start_tour("/odoo/slotting-advice", "order_management_slotting", login="om_manager")
        self.assertEqual(swaps.mapped("state"), ["moving", "rejected"])
        self.assertEqual(swaps[1].reject_reason, "Stands beside the saw")
