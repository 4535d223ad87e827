import base64
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..models.common.optional import has_field
from ..models.fulfillment import label_fonts, label_pdf
from ..models.fulfillment.label_contents import label_lots
from ..tools.labels import FORMATS, LabelContent, ProductLabel
from ..tools.station_commands import COMMANDS
from .fulfillment_common import FulfillmentCase
from .label_reader import read_pdf, read_pdf_sizes, read_pdf_texts, read_zpl

PARCEL = LabelContent(
    sscc="340123450000001236",
    ship_from=("Chaises Écru S.à r.l.", "Rue de l'Hôpital 5"),
    ship_to=("Jörg Müller-Lüdenscheid", "Łódź Żeromskiego", "Ωμέγα", "Привет"),
    carrier="Påsk Express",
    tracking_ref="JJD000390007882939291",
    marks=("FRAGILE", "THIS SIDE UP"),
    elements=(("02", "04006381333931"), ("15", "260131"), ("37", "24"), ("10", "LOT42/A")),
)
PARCEL_CODES = [
    ("]C0", "JJD000390007882939291"),
    ("]C1", "0204006381333931152601313724\x1d10LOT42/A"),
    ("]C1", "00340123450000001236"),
]


@tagged("post_install", "-at_install", "om_lean")
class TestFulfillmentLabelPdf(FulfillmentCase):
    """What a scanner and a person read on the PDF of a label."""

    def test_parcel(self):
        label = label_pdf.render_all([PARCEL])
        self.assertEqual(read_pdf(label), [PARCEL_CODES])
        self.assertEqual(read_pdf_sizes(label), [(100, 150)])
        [text] = read_pdf_texts(label)
        for line in (*PARCEL.ship_from, *PARCEL.ship_to, PARCEL.carrier, *PARCEL.marks):
            self.assertIn(line, text)
        self.assertIn("(00) 340123450000001236", text)

    def test_pages_of_their_own_sizes(self):
        """Labels of different kinds stand in one file."""
        barcodes = ("4006381333931", "96385074", "036000291452", "14006381333938", "OM>8_~^")
        labels = [PARCEL, *(ProductLabel("Desk", "", barcode) for barcode in barcodes)]
        document = label_pdf.render_all(labels)
        self.assertEqual(read_pdf_sizes(document), [(100, 150), *[(60, 40)] * 5])
        self.assertEqual(
            [codes[0] for codes in read_pdf(document)[1:]],
            [
                ("]E0", "4006381333931"),
                ("]E4", "96385074"),
                ("]E0", "0036000291452"),
                ("]C1", "0114006381333938"),
                ("]C0", "OM>8_~^"),
            ],
        )

    def test_without_fonts(self):
        """Where the machine has no font the one that Odoo brings along knows accents, too."""
        self.addCleanup(label_fonts._find_families.cache_clear)
        for families, brought in (
            ((), label_fonts.BROUGHT),
            ((("none.ttf",) * 2,), "web/none.ttf"),
        ):
            label_fonts._find_families.cache_clear()
            with (
                self.subTest(brought=brought),
                patch.object(label_fonts, "FAMILIES", families),
                patch.object(label_fonts, "BROUGHT", brought),
                patch.object(label_fonts, "BROUGHT_NAME", brought),
            ):
                label = label_pdf.render_all([PARCEL])
                self.assertEqual(read_pdf(label), [PARCEL_CODES])
                self.assertIn("Jörg Müller-Lüdenscheid", read_pdf_texts(label)[0])

    def test_eastern_letters(self):
        """They are written with a font that has them."""
        for text in ("東京都千代田区", "ひらがな", "서울특별시", "北京市"):
            with self.subTest(text=text):
                label = label_pdf.render_all([LabelContent(package_name="P1", ship_to=(text,))])
                self.assertIn(text, read_pdf_texts(label)[0])

    def test_both_formats_say_the_same(self):
        for dpi in (203, 300):
            label = LabelContent(
                **{
                    name: getattr(PARCEL, name)
                    for name in ("sscc", "tracking_ref", "marks", "elements")
                }
            )
            zpl = FORMATS["zpl"].render(label, dpi)
            self.assertEqual(read_zpl(zpl, (100, 150), dpi), [PARCEL_CODES])


@tagged("post_install", "-at_install", "om_lean")
class TestFulfillmentLabelPrint(FulfillmentCase):
    """Labels of products, lots, places, totes, and the command sheet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.write({"name": "Café table", "lst_price": 49.9})
        cls.plain = cls._create_product("OM-PLAIN")
        cls.lot = cls.env["stock.lot"].create({"name": "L-42", "product_id": cls.product.id})
        cls.place = cls.env["stock.location"].create(
            {
                "name": "A-01-02",
                "location_id": cls.warehouse.lot_stock_id.id,
                "barcode": "WH-A-0102",
            }
        )
        cls.tote = cls.env["stock.package"].create({"name": "TOTE-0042"})

    def _open(self, records, role="picker", **values):
        wizard = self.as_role("order.label.print", role).with_context(
            active_model=records._name, active_ids=records.ids
        )
        return wizard.create(values)

    def _print(self, records, **values):
        return self._download(self._open(records, **values))

    def _download(self, wizard):
        action = wizard.action_print()
        self.assertEqual(action["type"], "ir.actions.act_url")
        attachment = int(action["url"].split("/")[3].split("?")[0])
        return self.as_role("ir.attachment", "picker").browse(attachment).raw

    def test_what_a_scanner_reads(self):
        """Every kind of label, as PDF and as ZPL of both resolutions."""
        cases = [
            (self.product, (60, 40), ("]E0", "4006381333931")),
            (self.product.product_tmpl_id, (60, 40), ("]E0", "4006381333931")),
            (self.plain, (60, 40), ("]C0", "OM-PLAIN")),
            (self.lot, (100, 50), ("]C1", "010400638133393110L-42")),
            (self.place, (100, 50), ("]C0", "WH-A-0102")),
            (self.tote, (100, 50), ("]C0", "TOTE-0042")),
        ]
        self.product.name = "Desk"  # the renderer of ZPL knows plain letters only
        for records, size, code in cases:
            with self.subTest(records=records):
                label = self._print(records)
                self.assertEqual(read_pdf(label), [[code]])
                self.assertEqual(read_pdf_sizes(label), [size])
                for dpi in ("203", "300"):
                    zpl = self._print(records, format="zpl", dpi=dpi)
                    self.assertEqual(read_zpl(zpl, size, int(dpi)), [[code]])

    def test_texts(self):
        texts = read_pdf_texts(self._print(self.product | self.plain, with_price=True))
        self.assertIn("Café table", texts[0])
        self.assertIn("OM-A", texts[0])
        self.assertIn("49.90", texts[0])
        self.assertIn("Product OM-PLAIN", texts[1])
        self.assertNotIn("49.90", read_pdf_texts(self._print(self.product))[0])
        [text] = read_pdf_texts(self._print(self.place, arrow="up"))
        self.assertIn("A-01-02", text)
        self.assertIn(self.warehouse.lot_stock_id.complete_name, text)

    def test_accents_in_zpl(self):
        self.assertIn(b"Caf_C3_A9 table", self._print(self.product, format="zpl"))

    def test_copies(self):
        """Copies of one label follow each other."""
        wizard = self._open(self.product | self.plain, copies=2)
        self.assertEqual(wizard.count, 4)
        codes = [page[0][1] for page in read_pdf(self._download(wizard))]
        self.assertEqual(codes, ["4006381333931"] * 2 + ["OM-PLAIN"] * 2)

    def test_command_sheet(self):
        """A page of A4, or a label; every command is on it."""
        wanted = sorted(("]C0", code) for code in COMMANDS)
        for label_format, dpi in (("pdf", "203"), ("zpl", "203"), ("zpl", "300")):
            with self.subTest(format=label_format, dpi=dpi):
                wizard = (
                    self.as_role("order.label.print", "picker")
                    .with_context(default_source="commands")
                    .create({"format": label_format, "dpi": dpi})
                )
                sheet = self._download(wizard)
                if label_format == "pdf":
                    self.assertEqual(read_pdf_sizes(sheet), [(210, 297)])
                    [codes] = read_pdf(sheet)
                else:
                    [codes] = read_zpl(sheet, (100, 150), int(dpi))
                self.assertEqual(sorted(codes), wanted)

    def test_totes(self):
        """Missing totes are made, those that are there are labelled again."""
        wizard = self.as_role("order.tote.print", "picker").create({"first": 41, "count": 3})
        self.assertEqual(wizard.names, "TOTE-0041 – TOTE-0043")
        for _again in range(2):
            context = wizard.action_print()["context"]
            totes = self.env["stock.package"].browse(context["active_ids"])
            self.assertEqual(totes.mapped("name"), ["TOTE-0041", "TOTE-0042", "TOTE-0043"])
            self.assertIn(self.tote, totes)
        labels = read_pdf(self._print(totes))
        self.assertEqual(labels, [[("]C0", f"TOTE-004{number}")] for number in (1, 2, 3)])
        for values in ({"count": 0}, {"count": 501}, {"digits": 0}, {"first": -1}, {"prefix": " "}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "500"):
                self.as_role("order.tote.print", "picker").create(values).action_print()
        with self.assertRaises(AccessError):
            self.as_role("order.tote.print", "clerk").create({})

    def test_resolution_of_the_warehouse(self):
        self.warehouse.label_dpi = "300"
        with Form(
            self.as_role("order.label.print", "picker").with_context(
                active_model="stock.location", active_ids=self.place.ids
            )
        ) as form:
            self.assertEqual(form.dpi, "300")
            self.assertEqual(form.count, 1)
            form.copies = 3
            self.assertEqual(form.count, 3)

    def test_refusals(self):
        for copies in (0, -1, 501):
            with self.subTest(copies=copies), self.assertRaisesRegex(UserError, "500"):
                self._open(self.product, copies=copies).action_print()
        with self.assertRaisesRegex(UserError, "Choose"):
            self._open(self.env["product.product"]).action_print()
        with self.assertRaisesRegex(UserError, "no label"):
            self._open(self.product, source="res.partner")
        many = self._open(self.product, copies=500)
        many.sudo().source_ids = self.product.ids * 11
        with self.assertRaisesRegex(UserError, "5000"):
            many.action_print()

    def test_rights(self):
        """Pickers print labels, of what they may see."""
        for role in ("clerk", "returns", "auditor", "integration"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._open(self.product, role)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        with self.assertRaises(AccessError):
            self._open(warehouse.lot_stock_id).action_print()


@tagged("post_install", "-at_install", "om_lean")
class TestFulfillmentParcelLabel(FulfillmentCase):
    """What the goods have to say on the label of their parcel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.gs1_company_prefix = "4012345"
        cls.picking = cls._create_packed([(cls.product, 3)])
        cls.package = cls.picking.move_line_ids.result_package_id
        cls.lines = cls.picking.move_line_ids

    def _get_label(self):
        return self.package._get_label_contents()[self.package.id]["label"]

    def test_contents(self):
        self.assertEqual(self._get_label().elements, (("02", "04006381333931"), ("37", "3")))
        content = self.as_role(self.package, "picker").render_labels(format="pdf")[0]["content"]
        codes = read_pdf(base64.b64decode(content))[0]
        self.assertEqual(codes, [("]C1", "0204006381333931373"), ("]C1", f"00{self.package.sscc}")])

    def test_no_contents_of_mixed_parcels_and_own_numbers(self):
        self.product.barcode = "4006381333932"
        self.assertEqual(self._get_label().elements, ())
        mixed = self._create_packed([(self.other, 1), (self._create_product("X", stock=9), 1)])
        package = mixed.move_line_ids.result_package_id
        self.assertEqual(package._get_label_contents()[package.id]["label"].elements, ())

    def test_lot(self):
        """Contents tell the lot, when all is of one lot."""
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": self.product.id} for name in ("L/1", "Lotü")]
        )
        self.lines.lot_id = lots[0]
        self.assertEqual(self.lines._get_goods_elements()[-1], ("10", "L/1"))
        self.lines.lot_id = lots[1]  # GS1 knows no such letter
        self.assertEqual(self.lines._get_goods_elements(), (("02", "04006381333931"), ("37", "3")))

    def test_dates(self):
        """Best before goes before use by, in the days of the warehouse."""
        if not has_field(self.env, "stock.lot", "use_date"):
            return
        lot = self.env["stock.lot"].create({"name": "L1", "product_id": self.product.id})
        self.lines.lot_id = lot
        self.warehouse.partner_id.tz = "Europe/Brussels"
        ends = [("37", "3"), ("10", "L1")]
        for values, date in (
            ({"expiration_date": "2026-03-01 12:00:00"}, ("17", "260301")),
            ({"use_date": "2026-01-30 23:30:00"}, ("15", "260131")),
        ):
            with self.subTest(values=values):
                lot.write({"use_date": False, **values})
                elements = self.lines._get_goods_elements()
                self.assertEqual(list(elements), [("02", "04006381333931"), date, *ends])
        [content] = label_lots(lot, {})
        self.assertEqual(
            content.elements, (("01", "04006381333931"), ("15", "260131"), ("10", "L1"))
        )
        self.assertIn("Best before", content.expiry)

    def test_heavy(self):
        """From the limit on; 0 is no limit."""
        for weight, limit, marks in (
            (19.99, 20.0, ()),
            (20.0, 20.0, ("HEAVY",)),
            (99.0, 0.0, ()),
        ):
            with self.subTest(weight=weight, limit=limit):
                self.package.shipping_weight = weight
                self.warehouse.label_heavy_weight = limit
                self.assertEqual(self._get_label().marks, marks)

    def test_handling(self):
        """The goods' own marks, the most urgent first."""
        values = {"hazard_class": "3", "fragile": True, "keep_upright": True}
        self.lines.product_id.write(values)
        self.assertEqual(self._get_label().marks, ("HAZARD 3", "FRAGILE", "THIS SIDE UP"))

    def test_resolution(self):
        """The warehouse's, unless the caller asks for another."""
        seen = self.as_role(self.package, "integration")
        for setting, dpi, width in (("203", None, 799), ("300", None, 1181), ("300", 203, 799)):
            with self.subTest(setting=setting, dpi=dpi):
                self.warehouse.label_dpi = setting
                label = base64.b64decode(seen.render_labels(dpi=dpi)[0]["content"])
                self.assertIn(b"^PW%d^" % width, label)
        copies = self.package.label_copies
        with self.assertRaisesRegex(UserError, "dpi"):
            seen.render_labels(dpi=600)
        self.assertEqual(self.package.label_copies, copies)

    def test_queries(self):
        """Many labels take as many questions as few."""
        picking = self._create_delivery([(self.product, 8)])
        seen = self.as_role(picking, "picker")
        for _parcel in range(8):
            seen.scan("OM-A", 1)
            seen.pack()
        packages = picking.move_line_ids.result_package_id
        self.as_role(packages[:1], "picker").render_labels()  # what is kept between calls
        few, many = (
            self._count_queries(self.as_role(batch, "picker").render_labels)
            for batch in (packages[:2], packages)
        )
        self.assertEqual(few, many)

    def test_service(self):
        self.as_role("order.shipment", "integration").register(
            [{"package_id": self.package.id, "tracking_ref": "T-1", "service": "Next day"}]
        )
        label = self._get_label()
        self.assertEqual((label.tracking_ref, label.service), ("T-1", "Next day"))
