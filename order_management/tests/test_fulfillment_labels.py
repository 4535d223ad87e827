import base64

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .fulfillment_common import PREFIX, FulfillmentCase


@tagged("post_install", "-at_install", "om_lean")
class TestFulfillmentLabels(FulfillmentCase):
    def setUp(self):
        super().setUp()
        self.warehouse.gs1_company_prefix = PREFIX
        self.picking = self._create_packed([(self.product, 2)], client_order_ref="PO-77")
        self.package = self.picking.move_line_ids.result_package_id
        self.seen = self.as_role(self.package, "picker")

    def test_copies(self):
        """Copies count over formats; every print shows the same number."""
        first, second, third = (
            self.seen.render_labels()[0],
            self.seen.render_labels(format="pdf")[0],
            self.as_role(self.package, "integration").render_labels(format="zpl")[0],
        )
        self.assertEqual([first["copy"], second["copy"], third["copy"]], [1, 2, 3])
        self.assertEqual({a["sscc"] for a in (first, second, third)}, {self.package.sscc})
        self.assertEqual(first["content"], third["content"])
        self.assertEqual(
            {key: first[key] for key in ("ok", "package_id", "name", "format")},
            {
                "ok": True,
                "package_id": self.package.id,
                "name": self.package.name,
                "format": "zpl",
            },
        )

    def test_zpl(self):
        label = base64.b64decode(self.seen.render_labels()[0]["content"]).decode()
        self.assertTrue(label.startswith("^XA"))
        self.assertIn(f">;>800{self.package.sscc}", label)
        self.assertIn("1367 Ramillies", label)
        self.assertIn("PO-77", label)
        self.assertIn(self.picking.sale_id.name, label)

    def test_pdf(self):
        """One page of 100 x 150 mm."""
        label = base64.b64decode(self.seen.render_labels(format="pdf")[0]["content"])
        self.assertTrue(label.startswith(b"%PDF"))
        self.assertIn(b"/MediaBox [ 0 0 283.4646 425.1969 ]", label)
        self.assertEqual(label.count(b"/Type /Page\n"), 1)

    def test_hostile_and_foreign_names(self):
        """Names cannot hold commands, and letters of any script do no harm."""
        self.customer.write({"name": "^XA^FO~JA Ωμέγα 東京 <b>", "street": "x" * 300})
        for label_format in ("zpl", "pdf"):
            with self.subTest(label_format=label_format):
                answer = self.seen.render_labels(format=label_format)[0]
                self.assertTrue(answer["ok"])
        zpl = base64.b64decode(self.seen.render_labels()[0]["content"]).decode()
        self.assertEqual(zpl.count("^XA"), 1)
        self.assertNotIn("~JA", zpl)

    def test_parcel_numbers(self):
        """Each parcel says which of how many it is, with its own weight and tracking number."""
        picking = self._create_delivery([(self.product, 3)])
        seen = self.as_role(picking, "picker")
        seen.scan("OM-A", 2)
        seen.pack(weight=1.5)
        seen.scan("OM-A", 1)
        seen.pack()
        packages = picking.move_line_ids.result_package_id.sorted("id")
        self.as_role("order.shipment", "integration").register(
            [{"package_id": packages[1].id, "tracking_ref": "T-2"}]
        )
        labels = [entry["label"] for entry in packages._get_label_contents().values()]
        self.assertEqual([label.parcel for label in labels], ["1/2", "2/2"])
        self.assertEqual([label.weight for label in labels], [1.5, 0.0])
        self.assertEqual([label.tracking_ref for label in labels], ["", "T-2"])

    def test_after_shipping(self):
        """A reprint after the goods have left shows the same label."""
        before = self.package._get_label_contents()[self.package.id]["label"]
        self.as_role(self.picking, "picker").ship()
        after = self.package._get_label_contents()[self.package.id]["label"]
        self.assertEqual(after.sscc, before.sscc)
        self.assertEqual(after.ship_to, before.ship_to)
        self.assertTrue(self.seen.render_labels()[0]["ok"])

    def test_empty(self):
        """No label before there is something in the package."""
        empty = self.env["stock.package"].create({"name": "EMPTY"})
        answers = (self.seen | self.as_role(empty, "picker")).render_labels()
        self.assertEqual([answer["ok"] for answer in answers], [True, False])
        self.assertEqual(answers[1].pop("errors")[0]["code"], "not_possible")
        self.assertEqual(
            answers[1],
            {
                "ok": False,
                "package_id": empty.id,
                "name": "EMPTY",
                "sscc": False,
                "format": "zpl",
                "content": False,
                "copy": False,
            },
        )
        self.assertEqual(empty.label_copies, 0)

    def test_rights(self):
        """A package has no company before it leaves; its transfer's counts."""
        for role in ("clerk", "returns", "auditor"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_role(self.package, role).render_labels()
        for role in ("picker", "integration"):
            stranger = self._create_other_company_user(role)
            with self.subTest(stranger=role), self.assertRaises(AccessError):
                self.package.with_user(stranger).render_labels()
            with self.subTest(stranger=role, format="gif"), self.assertRaises(AccessError):
                self.package.with_user(stranger).render_labels(format="gif")
        with self.assertRaisesRegex(ValidationError, "format"):
            self.seen.render_labels(format="gif")
        self.assertEqual(self.package.label_copies, 0)

    def test_button(self):
        """The button downloads one PDF."""
        action = self.seen.action_print_label()
        self.assertEqual(action["type"], "ir.actions.act_url")
        attachment = self.env["ir.attachment"].browse(
            int(action["url"].split("/")[3].split("?")[0])
        )
        self.assertTrue(attachment.raw.startswith(b"%PDF"))
