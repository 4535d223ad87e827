from odoo.fields import Command
from odoo.tests import tagged

from ..models.common.optional import has_model
from ..models.fulfillment.papers import PAPERS
from .fulfillment_common import FulfillmentCase


@tagged("post_install", "-at_install", "om_full")
class TestFulfillmentPapersCustoms(FulfillmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.partner_id = cls.company.partner_id
        cls.company.partner_id.write({"country_id": cls.belgium.id, "city": "Namur"})
        cls.env["order.check"].search([]).write({"mode": "off"})
        cls.swiss = cls._create_customer(
            "Bergbahn AG", country_id=cls.env.ref("base.ch").id, eori_number="CHE123456789"
        )
        cls.product.write(
            {"weight": 2.0, "hs_code": "94016100", "country_of_origin": cls.belgium.id}
        )

    def _prepare(self, picking):
        self.env.flush_all()
        return PAPERS["commercial_invoice"].prepare_contents(picking.sudo())[picking.id]

    def _rows(self, content):
        return [row for page in content["pages"] for part in page for row in part["rows"]]

    def test_who_needs_one(self):
        picking = self._create_delivery([(self.product, 1)], customer=self.swiss)
        self.assertTrue(picking.needs_commercial_invoice)
        cases = [
            ("base.de", "", False),
            ("base.uk", "SW1A 1AA", True),
            ("base.uk", "BT1 5GS", False),
        ]
        for country, postcode, expected in cases:
            with self.subTest(country=country, zip=postcode):
                self.swiss.write({"country_id": self.env.ref(country).id, "zip": postcode})
                self.assertIs(picking._needs_commercial_invoice(), expected)
        receipt = self.env["stock.picking"].create(
            {"picking_type_id": self.warehouse.in_type_id.id, "partner_id": self.swiss.id}
        )
        self.assertFalse(receipt.needs_commercial_invoice)
        (answer,) = self.as_role(receipt, "picker").render_documents(["commercial_invoice"])
        self.assertEqual(answer["errors"][0]["code"], "not_possible")

    def test_parts_add_up(self):
        """Two shipments of 3 × 17.77 less 5 % and of the freight: the parts make the order."""
        tax = self.env["account.tax"].create(
            {"name": "21 % included", "amount": 21.0, "price_include_override": "tax_included"}
        )
        carrier = self._create_carrier()
        order = self._create_order([(self.product, 3, 17.77)], customer=self.swiss)
        order.order_line.write({"discount": 5.0, "tax_ids": [Command.set(tax.ids)]})
        order.set_delivery_line(carrier, 9.99)
        order.incoterm = self.env.ref("account.incoterm_DAP")
        order.action_confirm()
        line = order.order_line.filtered(lambda line: line.product_id == self.product)
        self.assertEqual(line.price_subtotal, 41.85)  # 50.64 / 1.21
        first = order.picking_ids
        self.as_role(first, "picker").scan("OM-A", 2)
        self.as_role(first, "picker").ship()
        second = first.backorder_ids
        contents = [self._prepare(picking) for picking in (first, second)]
        self.assertEqual([one["goods_value"] for one in contents], [27.9, 13.95])
        self.assertEqual([one["total_value"] for one in contents], [34.56, 17.28])
        self.assertEqual([one["quantity"] for one in self._rows(contents[0])], ["2"])
        self.assertEqual(contents[0]["net_weight"], "4.00")
        self.assertEqual((contents[0]["incoterm"], contents[0]["place"]), ("DAP", "Namur"))
        self.assertEqual(contents[0]["reason"], "Sale")
        self.assertEqual(contents[0]["buyer"]["eori"], "CHE123456789")
        self.assertEqual(contents[0]["warnings"], [])

    def test_a_foreign_currency(self):
        """Values in the order's currency; the declaration's in the company's own."""
        foreign = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", "CHF")])
        )
        foreign.active = True
        foreign.rate_ids = [Command.clear(), Command.create({"name": "2020-01-01", "rate": 2.0})]
        pricelist = self.env["product.pricelist"].create({"name": "CHF", "currency_id": foreign.id})
        order = self._create_order(
            [(self.product, 2, 33.33)], customer=self.swiss, pricelist_id=pricelist.id
        )
        order.action_confirm()
        content = self._prepare(order.picking_ids)
        self.assertEqual((content["currency"], content["goods_value"]), ("CHF", 66.66))
        self.assertEqual(content["statistical_value"], 33.33)
        self.assertEqual(content["own_currency"], self.company.currency_id.name)

    def test_free_goods_and_what_is_missing(self):
        """Free goods have their list price for customs; blanks are told, and on the form."""
        gift = self._create_product("OM-GIFT", price=5.0, stock=5)
        order = self._create_order([(self.product, 1), (gift, 2, 0.0)], customer=self.swiss)
        order.action_confirm()
        picking = order.picking_ids
        picking.export_reason = "sample"
        content = self._prepare(picking)
        paid, free = self._rows(content)
        self.assertEqual((paid["value"], paid["is_free"]), (50.0, False))
        self.assertEqual((free["value"], free["is_free"]), (10.0, True))
        self.assertEqual((content["goods_value"], content["reason"]), (60.0, "Sample"))
        (answer,) = self.as_role(picking, "picker").render_documents(["commercial_invoice"])
        self.assertTrue(answer["ok"])
        self.assertEqual(
            [(entry["code"], entry["path"]) for entry in answer["warnings"]],
            [
                ("hs_code_missing", "OM-GIFT"),
                ("origin_missing", "OM-GIFT"),
                ("weight_missing", "OM-GIFT"),
                ("incoterm_missing", ""),
            ],
        )
        self.assertIn("OM-GIFT] Product OM-GIFT has no HS code.", picking.customs_gaps)
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html(PAPERS["commercial_invoice"].report, picking.ids)[0]
        self.assertIn("No commercial value", html.decode())

    def test_a_kit(self):
        """A kit's components stand below it; each has its share of what the kit cost."""
        if not has_model(self.env, "mrp.bom"):
            return
        kit = self._create_product("OM-KIT", price=100.0, is_storable=False)
        parts = [self.product, self.other]
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": 1}) for part in parts
                ],
            }
        )
        self.swiss.packing_slip_prices = "with"
        order = self._create_order([(kit, 2, 70.01)], customer=self.swiss)
        order.action_confirm()
        rows = self._rows(self._prepare(order.picking_ids))
        # 140.02 by list prices of 50 and 20.
        self.assertEqual([row["value"] for row in rows], [100.01, 40.01])
        slip = PAPERS["packing_slip"].prepare_contents(order.picking_ids.sudo())
        rows = self._rows(slip[order.picking_ids.id])
        self.assertEqual([row["kind"] for row in rows], ["kit", "component", "component"])
        self.assertEqual((rows[0]["ordered"], rows[0]["amount"]), ("2", "140.02"))
        self.assertEqual([row["quantity"] for row in rows[1:]], ["2", "2"])
