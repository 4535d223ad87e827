from datetime import timedelta
from xml.etree import ElementTree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools.floor_picture import HEAT
from .fulfillment_common import FulfillmentCase

SVG = "{http://www.w3.org/2000/svg}"


class FloorCase(FulfillmentCase):
    """A hall of its own beneath the stock, with two aisles of two bays each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.warehouse.lot_stock_id
        cls.zone = cls.env["stock.location"].create(
            {"name": "Hall", "location_id": cls.stock.id, "usage": "internal"}
        )
        cls.floor = cls.env["order.floor"].create(
            {"name": "Hall", "warehouse_id": cls.warehouse.id, "location_id": cls.zone.id}
        )
        cls.places = cls._create_locations("A-01-1", "A-02-1", "B-01-1", "B-10-2")

    @classmethod
    def _create_locations(cls, *names, **values):
        return cls.env["stock.location"].create(
            [{"name": name, "location_id": cls.zone.id, **values} for name in names]
        )

    def _read_places(self, places=None):
        return [
            (place.name, place.aisle, place.bay, place.level)
            + tuple(round(place[name], 3) for name in ("pos_x", "pos_y", "pos_z"))
            for place in places or self.places
        ]

    def _open(self, model, role="manager", **values):
        return self.as_role(model, role).create({"floor_id": self.floor.id, **values})

    def _draw(self, **context):
        floor = self.as_role(self.floor, "picker").with_context(**context)
        return ElementTree.fromstring(floor.picture)

    def _find_fills(self, root):
        return {
            title.text: node.get("fill")
            for node in root.iter(f"{SVG}rect")
            if (title := node.find(f"{SVG}title")) is not None
        }


@tagged("post_install", "-at_install", "om_lean")
class TestFulfillmentFloor(FloorCase):
    """Locations get their places by their names."""

    def test_names_are_placed(self):
        """The pattern is found, shown with its results, and written."""
        self._create_locations("Returns")
        wizard = self._open("order.floor.place")
        self.assertEqual((wizard.source, wizard.pattern), ("name", "{aisle}-{bay}-{level}"))
        self.assertEqual((wizard.match_count, wizard.total_count), (4, 5))
        self.assertIn("Returns", wizard.preview)
        self.assertEqual(self.places.mapped("is_placed"), [False] * 4)
        wizard.action_apply()
        expected = [
            ("A-01-1", "A", "01", "1", 0.0, 1.5, 0.0),
            ("A-02-1", "A", "02", "1", 0.0, 2.5, 0.0),
            ("B-01-1", "B", "01", "1", 4.0, 1.5, 0.0),
            ("B-10-2", "B", "10", "2", 4.0, 10.5, 0.5),
        ]
        self.assertEqual(self._read_places(), expected)
        self.assertEqual(self.places.mapped("is_placed"), [True] * 4)
        self.assertEqual(self.floor.cross_aisle_ids.mapped("pos_y"), [0.0, 12.0])
        self.assertEqual(self.floor.cross_aisle_ids.mapped("name"), ["Front", "Back"])
        self.assertEqual((self.floor.placed_count, self.floor.location_count), (4, 5))
        wizard.action_apply()
        self.assertEqual(self._read_places(), expected)
        self.assertEqual(len(self.floor.cross_aisle_ids), 2)

    def test_barcodes_are_read(self):
        """Where names tell nothing, barcodes may."""
        for place, barcode in zip(self.places, ("1.01", "1.02", "2.01", "2.02"), strict=True):
            place.write({"name": "Shelf", "barcode": barcode})
        wizard = self._open("order.floor.place")
        self.assertEqual((wizard.source, wizard.pattern), ("barcode", "{aisle}.{bay}"))
        wizard.write({"two_sided": True, "is_floor_set": False, "rack_distance": 2.4})
        wizard.action_apply()
        self.assertEqual(
            [(place.pos_x, place.pos_y) for place in self.places],
            [(-1.2, 1.5), (1.2, 1.5), (2.8, 1.5), (5.2, 1.5)],
        )
        self.assertFalse(self.floor.cross_aisle_ids)

    def test_racks_stand_as_the_last_time(self):
        """The next dialog begins with the distances of the last one."""
        wizard = self._open("order.floor.place", two_sided=True, aisle_distance=4.5, block_bays=8)
        wizard.action_apply()
        again = self.as_role("order.floor.place", "manager")
        values = again.with_context(default_floor_id=self.floor.id).default_get(list(again._fields))
        found = [
            values[name] for name in ("two_sided", "aisle_distance", "block_bays", "bay_width")
        ]
        self.assertEqual(found, [True, 4.5, 8, 1.0])

    def test_those_with_a_place_are_left_alone(self):
        """What was measured by hand stays."""
        self.places[0].write({"aisle": "A", "pos_x": 7.0, "pos_y": 8.0})
        self._open("order.floor.place", is_only_new=True).action_apply()
        self.assertEqual(self._read_places()[0][4:], (7.0, 8.0, 0.0))
        self.assertEqual(self._read_places()[1][4:], (0.0, 2.5, 0.0))

    def test_new_locations(self):
        """A whole zone from ranges; those that exist are placed with them."""
        wizard = self._open(
            "order.floor.place", work="create", aisles="A..B", bays="01..03", levels="1..2"
        )
        self.assertEqual(wizard.total_count, 12)
        wizard.action_apply()
        made = self.env["stock.location"].search([("location_id", "=", self.zone.id)])
        self.assertEqual(len(made), 13)
        found = {place.name: (place.pos_x, place.pos_y, place.pos_z) for place in made}
        self.assertEqual(found["A-01-1"], (0.0, 1.5, 0.0))
        self.assertEqual(found["B-03-2"], (4.0, 3.5, 0.5))
        self.assertEqual(found["B-10-2"], (0.0, 0.0, 0.0))
        self.assertEqual(set(made.mapped("company_id")), {self.company})
        wizard.action_apply()
        self.assertEqual(len(self.zone.child_ids), 13)

    def test_what_cannot_be_done_is_told(self):
        """Nothing is written by a pattern that reads nothing, and the preview says why."""
        cases = [
            ({"pattern": "{bay}"}, "{aisle} is missing"),
            ({"bay_width": 0.0}, "above 0"),
            ({"work": "create", "pattern": "{aisle}/{bay}/{level}"}, "no slash"),
            ({"work": "create", "levels": ""}, "give a range"),
            ({"work": "create", "bays": "9..1"}, "is no range"),
        ]
        for values, problem in cases:
            with self.subTest(problem):
                wizard = self._open(
                    "order.floor.place", **{"pattern": "{aisle}-{bay}-{level}", **values}
                )
                self.assertIn(problem, wizard.problem)
                with self.assertRaises(UserError):
                    wizard.action_apply()
        with self.assertRaises(UserError):
            self._open("order.floor.place", pattern="X{aisle}").action_apply()
        self.assertEqual(self.places.mapped("is_placed"), [False] * 4)
        self.assertEqual(len(self.zone.child_ids), 4)

    def test_only_managers_place(self):
        """Pickers and strangers cannot; a manager without rights on stock can."""
        with self.assertRaises(AccessError):
            self._open("order.floor.place", "picker")
        with self.assertRaises(AccessError):
            self.as_role(self.floor, "picker")._place_locations({})
        stranger = self._create_other_company_user("manager")
        with self.assertRaises(AccessError):
            self.floor.with_user(stranger)._place_locations({})

    def test_queries_do_not_grow(self):
        """Two hundred locations more are placed in as many statements."""
        few = self._count_queries(self._open("order.floor.place", is_floor_set=False).action_apply)
        self._create_locations(*[f"C-{bay:03}-1" for bay in range(1, 201)])
        wizard = self._open("order.floor.place", is_floor_set=False)
        self.assertLessEqual(self._count_queries(wizard.action_apply), few + 1)

    def test_check(self):
        """What makes no sense is counted, and opens."""
        self._open("order.floor.place").action_apply()
        lost = self._create_locations("Returns")
        self._create_locations("Empty")
        self.env["stock.quant"]._update_available_quantity(self.product, lost, 3)
        twin = self._create_locations("Twin", aisle="A", level="1", pos_x=0.0, pos_y=1.5)
        far = self._create_locations("Far", aisle="B", pos_x=40.0, pos_y=12.0)
        outside = self._create_locations("Outside", aisle="D", pos_x=8.0, pos_y=12.1)
        expected = {
            "unplaced": lost,
            "same_spot": self.places[0] | twin,
            "outside": outside,
            "scattered": self.places[2:] | far,
        }
        floor = self.as_role(self.floor, "picker")
        for problem, places in expected.items():
            with self.subTest(problem):
                self.assertEqual(floor[f"{problem}_count"], len(places))
                action = floor.with_context(floor_problem=problem).action_view_problem()
                self.assertEqual(self.env["stock.location"].search(action["domain"]), places)

    def test_zones_with_a_floor_of_their_own(self):
        """Their locations belong to that floor alone."""
        inner = self._create_locations("Cage")
        deep = self._create_locations("C-01-1", location_id=inner.id)
        cage = self.env["order.floor"].create(
            {"name": "Cage", "warehouse_id": self.warehouse.id, "location_id": inner.id}
        )
        self.assertEqual((self.floor.location_count, cage.location_count), (4, 1))
        self._open("order.floor.place").action_apply()
        self.assertFalse(deep.is_placed)

    # Pictures

    def test_picture(self):
        """Places, aisles by name, cross aisles; nothing where no place is known."""
        self.assertFalse(self.floor.picture)
        self._open("order.floor.place").action_apply()
        self.floor.invalidate_recordset()
        root = self._draw()
        self.assertEqual([node.text for node in root.iter(f"{SVG}text")], ["Hall", "A", "B"])
        self.assertEqual(set(self._find_fills(root)), {"A-01-1", "A-02-1", "B-01-1", "B-10-2"})

    def test_heat(self):
        """Stock on hand, and lines picked in 28 days; what was moved within does not count."""
        self._open("order.floor.place").action_apply()
        quants = self.env["stock.quant"]
        item = self._create_product("OM-HEAT")
        quants._update_available_quantity(item, self.places[1], 30)
        fills = self._find_fills(self._draw(floor_picture="stock"))
        self.assertEqual(fills["A-02-1: 30 on hand"], HEAT[-1])
        self.assertEqual(fills["A-01-1: 0 on hand"], "#ffffff")
        for days in (0, 27, 29):
            picking = self._create_delivery([(item, 1)])
            self.as_role(picking, "picker").scan(item.default_code, 1)
            self.as_role(picking, "picker").ship()
            picking.move_line_ids.date = fields.Datetime.now() - timedelta(days=days)
        fills = self._find_fills(self._draw(floor_picture="picks"))
        self.assertEqual(fills["A-02-1: 2 lines picked in 28 days"], HEAT[-1])
        self.assertEqual(fills["B-01-1: 0 lines picked in 28 days"], "#ffffff")

    def test_tour_picture(self):
        """The tour of a transfer with its stops, and on its printed list."""
        self._open("order.floor.place").action_apply()
        items = [self._create_product(f"OM-P{index}") for index in range(3)]
        for item, place in zip(items, self.places, strict=False):
            self.env["stock.quant"]._update_available_quantity(item, place, 5)
        picking = self._create_delivery([(item, 1) for item in items])
        seen = self.as_role(picking, "picker")
        texts = [node.text for node in ElementTree.fromstring(seen.tour_picture).iter(f"{SVG}text")]
        self.assertEqual(texts, ["Hall", "A", "B", "1", "2", "3"])
        report = seen.action_print_pick_list()["report_name"]
        html = self.env["ir.actions.report"]._render_qweb_html(report, picking.ids)[0].decode()
        self.assertIn("data:image/svg+xml;base64,", html)
        batch = self.env["stock.picking.batch"].create(
            {
                "picking_ids": [Command.link(picking.id)],
                "picking_type_id": picking.picking_type_id.id,
            }
        )
        self.assertEqual(self.as_role(batch, "picker").tour_picture, seen.tour_picture)
        unplaced = self._create_delivery([(self.other, 1)])
        self.assertFalse(self.as_role(unplaced, "picker").tour_picture)

    def test_picture_queries_do_not_grow(self):
        """A hundred places more are drawn with as many statements."""
        self._open("order.floor.place").action_apply()
        few = self._count_queries(lambda: self.floor.picture)
        self._create_locations(*[f"C-{bay:03}-1" for bay in range(1, 101)])
        self._open("order.floor.place").action_apply()
        self.assertLessEqual(self._count_queries(lambda: self.floor.picture), few)
