from odoo.tests import HttpCase, tagged

from .intake_common import IntakeCase


@tagged("post_install", "-at_install", "om_tour")
class TestIntakeCorrectTour(HttpCase, IntakeCase):
    """The clerk mends a rejected document in a real browser, by clicks on what is offered."""

    def test_clerk_takes_what_is_offered(self):
        self.channel.unknown_customer = "refuse"
        chair = self._create_product("CHAIR-RED", stock=50)
        document = self._document("TOUR-BAD", ("CHAIR_RED", 2, 10.0))
        document["lines"].append(self._line("OM-A", 1, 600.0, uom="XBX"))
        document["customer"] = {"name": "Deco Sud", "zip": "9000", "country": "BE"}
        answer = self.submit_one(document)
        self.assertEqual(
            {problem["code"] for problem in answer["errors"]},
            {"unknown_customer", "unknown_product", "unknown_unit"},
        )
        self.start_tour(
            "/odoo/action-order_management.order_intake_action",
            "order_management_candidates",
            login="om_clerk",
        )
        order = self.env["order.intake"].browse(answer["intake_id"]).order_id
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(
            [(line.product_id, line.product_uom_id) for line in order.order_line],
            [
                (chair, chair.uom_id),
                (self.product, self.env.ref("uom.product_uom_dozen")),
            ],
        )
