from odoo.tests import HttpCase, tagged

from .common import OrderManagementCase


@tagged("post_install", "-at_install", "om_tour")
class TestHouseTours(HttpCase, OrderManagementCase):
    """Each role does its daily work once in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = cls.env["order.channel"].create({"name": "Shop", "code": "TOUR"})

    def _path(self, action):
        return f"/odoo/action-order_management.{action}"

    def test_clerk_releases_a_held_order(self):
        customer = self._create_customer(
            "Berlin", zip="1234", city="Berlin", country_id=self.env.ref("base.de").id
        )
        order = self._create_order(customer=customer, name="TOUR-HELD")
        order.process_orders()
        self.assertEqual(order.hold_state, "held")
        self.start_tour(
            self._path("sale_order_action_order_management"),
            "order_management_clerk",
            login="om_clerk",
        )
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.finding_ids.release_reason, "Collected at the counter")

    def test_clerk_changes_an_order(self):
        order = self._create_order([(self.product, 5)], name="TOUR-CHANGE")
        order.action_confirm()
        self.start_tour(
            self._path("sale_order_action_order_management"),
            "order_management_change",
            login="om_clerk",
        )
        self.assertEqual((order.state, order.order_line.product_uom_qty), ("sale", 6))
        self.assertEqual(order.picking_ids.move_ids.mapped("quantity"), [6.0])

    def test_clerk_accepts_a_conflict(self):
        document = {
            "external_ref": "TOUR-1",
            "customer": {"name": "Anna Peeters", "email": "anna@example.com", "country": "BE",
                         "street": "Rue Haute 1", "zip": "1000", "city": "Brussels"},
            "lines": [{"sku": "OM-A", "quantity": 2, "unit_price": 50.0}],
        }  # fmt: skip
        intake = self.as_role("order.intake", "integration")
        (answer,) = intake.submit("TOUR", [document])
        changed = {**document, "lines": [{"sku": "OM-A", "quantity": 3, "unit_price": 50.0}]}
        self.assertEqual(intake.submit("TOUR", [changed])[0]["outcome"], "conflict")
        self.start_tour(
            self._path("sale_order_action_order_management"),
            "order_management_conflict",
            login="om_clerk",
        )
        order = self.env["sale.order"].browse(answer["order_id"])
        self.assertEqual(order.amount_untaxed, 150)
        self.assertEqual(order.sudo().intake_ids.state, "created")

    def test_clerk_mends_a_rejected_document(self):
        document = {
            "external_ref": "TOUR-2",
            "customer": {"name": "Anna Peeters", "email": "anna@example.com", "country": "BE",
                         "street": "Rue Haute 1", "zip": "1000", "city": "Brussels"},
            "lines": [{"sku": "NOPE", "quantity": 1, "unit_price": 50.0},
                      {"sku": "OM-A", "quantity": "two", "unit_price": 50.0}],
        }  # fmt: skip
        (answer,) = self.as_role("order.intake", "integration").submit("TOUR", [document])
        intake = self.env["order.intake"].browse(answer["intake_id"])
        self.assertEqual(intake.state, "rejected")
        self.start_tour(
            self._path("order_intake_action_waiting"),
            "order_management_correct",
            login="om_clerk",
        )
        self.assertEqual(intake.state, "created")
        self.assertEqual(intake.order_id.order_line.mapped("product_uom_qty"), [1.0, 2.0])
        self.assertEqual(intake.order_id.amount_untaxed, 150)
        self.assertEqual(intake.attempt_ids.mapped("outcome").count("rejected"), 2)

    def test_picker_packs_and_ships(self):
        self.warehouse.gs1_company_prefix = "9521234"
        order = self._create_order()
        order.action_confirm()
        picking = order.picking_ids
        picking.name = "TOUR-PICK"
        self.start_tour(
            self._path("stock_picking_action_order_management"),
            "order_management_picker",
            login="om_picker",
        )
        self.assertEqual((picking.state, order.stage), ("done", "shipped"))
        self.assertEqual(len(order.shipment_ids.sscc), 18)

    def test_returns_agent_decides_receives_and_settles(self):
        self.env["order.return.policy.rule"].search([]).write({"decision": "review"})
        order = self._create_order([(self.product, 2)])
        order.action_confirm()
        order.picking_ids.button_validate()
        order.invoice_orders()
        row = self.as_role("order.return", "returns").request(
            [
                {
                    "order_id": order.id,
                    "external_ref": "TOUR",
                    "lines": [
                        {"line_id": order.order_line.id, "quantity": 1, "reason": "changed_mind"}
                    ],
                }
            ]
        )[0]
        returned = self.env["order.return"].browse(row["return_id"])
        returned.name = "TOUR-RETURN"
        self.assertEqual(returned.state, "review")
        self.start_tour(
            self._path("order_return_action"), "order_management_returns", login="om_returns"
        )
        self.assertEqual((returned.state, returned.refund_total), ("settled", 50.0))

    def test_clerk_imports_a_file(self):
        self.start_tour(
            self._path("order_intake_import_action"), "order_management_import", login="om_clerk"
        )
        order = self.env["sale.order"].search([("external_ref", "=like", "TOUR-%")])
        self.assertEqual((order.external_ref, order.amount_untaxed), ("TOUR-1", 100.0))
        self.assertEqual(order.channel_id, self.channel)
