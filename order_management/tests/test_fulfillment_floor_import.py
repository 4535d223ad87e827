import base64
import io

from openpyxl import Workbook

from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_fulfillment_floor import FloorCase


@tagged("post_install", "-at_install", "om_full")
class TestFulfillmentFloorImport(FloorCase):
    """Places from a table."""

    def _import(self, text, filename="places.csv"):
        content = text if isinstance(text, bytes) else text.encode()
        return self._open("order.floor.import", file=base64.b64encode(content), filename=filename)

    def test_names_barcodes_and_full_names(self):
        """A location may be called by any of them; decimal commas are read."""
        self.places[2].barcode = "LOC-3"
        full = self.places[1].complete_name
        wizard = self._import(
            "location;aisle;bay;x;y;z\n"
            "A-01-1;A;1;0,5;1,25;0\n"
            f"{full};A;2;0,5;2,25;\n"
            "loc-3;B;1;4;1,25;0\n"
        )
        self.assertEqual((wizard.good_count, wizard.bad_count), (3, 0))
        wizard.action_apply()
        self.assertEqual(
            self._read_places(),
            [
                ("A-01-1", "A", "1", False, 0.5, 1.25, 0.0),
                ("A-02-1", "A", "2", False, 0.5, 2.25, 0.0),
                ("B-01-1", "B", "1", False, 4.0, 1.25, 0.0),
                ("B-10-2", False, False, False, 0.0, 0.0, 0.0),
            ],
        )

    def test_findings(self):
        """Each with its row; good rows can be applied, blank cells leave what is there."""
        self.places[3].write({"aisle": "Z", "pos_x": 9.0})
        outside = self.env["stock.location"].create(
            {"name": "Elsewhere", "location_id": self.stock.id}
        )
        cage = self._create_locations("Cage")
        for parent in (self.zone, cage):
            self._create_locations("Twin", location_id=parent.id)
        wizard = self._import(
            "location,aisle,x,y\n"
            "A-01-1,A,wide,1\n"
            "A-02-1,A,1,2\n"
            "A-02-1,A,1,3\n"
            "Elsewhere,A,1,4\n"
            "Nowhere,A,1,5\n"
            "B-10-2,,,6\n"
            "Cage/Twin,C,1,7\n"
        )
        self.assertEqual((wizard.good_count, wizard.bad_count), (3, 4))
        for text in (
            "<td>2</td><td>C</td><td>x is “wide”, which is no number",
            "<td>4</td><td></td><td>The same location as in row 3.",
            "<td>5</td><td></td><td>“Elsewhere” is no internal location of this zone.",
            "<td>6</td><td></td><td>“Nowhere” is no internal location of this zone.",
        ):
            self.assertIn(text, wizard.findings)
        wizard.action_apply()
        self.assertEqual(self._read_places()[0][1:], (False, False, False, 0.0, 0.0, 0.0))
        self.assertEqual(self._read_places()[1][4:], (1.0, 2.0, 0.0))
        self.assertEqual(self._read_places()[3][1:], ("Z", False, False, 9.0, 6.0, 0.0))
        self.assertFalse(outside.is_placed)

    def test_a_workbook(self):
        """Excel, too."""
        book, target = Workbook(), io.BytesIO()
        book.active.append(["Barcode", "aisle", "x (m)", "y"])
        book.active.append(["A-01-1", "A", 2.5, 3])
        book.save(target)
        self._import(target.getvalue(), "places.xlsx").action_apply()
        self.assertEqual(self._read_places()[0][4:], (2.5, 3.0, 0.0))

    def test_nothing_usable_writes_nothing(self):
        """What is no table of places is refused as a whole."""
        cases = [
            ("", "places.csv", "is empty"),
            ("aisle,x\nA,1\n", "places.csv", "“location” is missing"),
            ('{"a": 1}', "places.json", "Send a table"),
            ("location,x\nNowhere,1\n", "places.csv", "no internal location"),
        ]
        for text, filename, problem in cases:
            with self.subTest(problem):
                wizard = self._import(text or "\n", filename)
                self.assertIn(problem, wizard.findings)
                with self.assertRaises(UserError):
                    wizard.action_apply()
        self.assertEqual(self.places.mapped("is_placed"), [False] * 4)

    def test_the_template_comes_back_unchanged(self):
        """What is downloaded can be imported as it is."""
        self._open("order.floor.place").action_apply()
        before = self._read_places()
        text = base64.b64decode(self._open("order.floor.import").template)
        wizard = self._import(text)
        self.assertEqual((wizard.good_count, wizard.bad_count), (4, 0))
        wizard.action_apply()
        self.assertEqual(self._read_places(), before)
