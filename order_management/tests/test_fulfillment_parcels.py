from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..tools import cartonization
from .fulfillment_common import FulfillmentCase

SIZES = {"S": (200, 150, 100), "M": (300, 200, 150), "L": (400, 300, 200)}


class ParcelCase(FulfillmentCase):
    """Three boxes S, M and L, the only ones; ``_create_goods``, ``_plan``, ``_tell``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["stock.package.type"].search([]).use_for_parcels = False
        cls.boxes = {
            name: cls.env["stock.package.type"].create(
                {"name": name, "packaging_length": length, "width": width, "height": height}
            )
            for name, (length, width, height) in SIZES.items()
        }

    @classmethod
    def _create_goods(cls, sku, sizes=(0, 0, 0), weight=0.0, **values):
        length, width, height = sizes
        measures = {"length": length, "width": width, "height": height}
        return cls._create_product(sku, stock=100, weight=weight, **measures, **values)

    @classmethod
    def _plan(cls, pickings, **values):
        return cls.as_role(pickings, "picker").plan_parcels(**values)

    @classmethod
    def _plan_order(cls, lines):
        (answer,) = cls._plan(cls._create_delivery(lines))
        return answer

    def _tell(self, answer):
        """Parcels as (box, {sku: quantity})."""
        product = self.env["product.product"]
        return [
            (
                parcel["box"],
                {
                    product.browse(item["product_id"]).default_code: item["quantity"]
                    for item in parcel["items"]
                },
            )
            for parcel in answer["parcels"]
        ]


@tagged("post_install", "-at_install", "om_lean")
class TestFulfillmentParcels(ParcelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rod = cls._create_goods("ROD", (28, 4, 4), 1.0)
        cls.glass = cls._create_goods("GLASS", (10, 10, 12), 0.3, fragile=True)
        cls.iron = cls._create_goods("IRON", (20, 10, 10), 12.0)

    def test_rod(self):
        """Scenario 20: a rod goes to M though S had room by volume; its void is flagged."""
        answer = self._plan_order([(self.rod, 1)])
        (parcel,) = answer["parcels"]
        (item,) = parcel.pop("items")
        line = self.env["stock.move.line"].browse(item["move_line_id"])
        self.assertEqual((item["product_id"], item["quantity"]), (self.rod.id, 1.0))
        (placed,) = item["placements"]
        self.assertEqual(sorted((placed["length"], placed["width"], placed["height"])), [4, 4, 28])
        self.assertEqual((placed["x"], placed["y"], placed["z"]), (0.0, 0.0, 0.0))
        kept = line.picking_id.packing_parcel_ids
        self.assertEqual(
            parcel,
            {
                "package_type_id": self.boxes["M"].id,
                "box": "M",
                "package_id": False,
                "parcel_id": kept.id,
                "weight": 1.0,
                "void": round(1 - 448 / 9000, 6),
                "void_high": True,
                "fragile": False,
                "measured": True,
                "ships_alone": False,
                "hazard_classes": [],
                "billable_weight": 1.0,
                "sizes": [30.0, 20.0, 15.0],
                "extents": [28.0, 4.0, 4.0],
            },
        )
        self.assertEqual(round(parcel["void"], 2), 0.95)
        self.assertEqual(kept.void_share, parcel["void"])
        self.assertEqual(answer.pop("parcels"), [parcel])
        self.assertEqual(
            answer,
            {
                "ok": True,
                "errors": [],
                "picking_id": line.picking_id.id,
                "unplaced": [],
                "measured": True,
                "warnings": ["More than half empty: parcel 1"],
            },
        )

    def test_glasses(self):
        """Scenario 20: two glasses go to S; padded to M; an iron keeps away from them."""
        two = [(self.glass, 2)]
        answer = self._plan_order(two)
        self.assertEqual(self._tell(answer), [("S", {"GLASS": 2.0})])
        self.assertTrue(answer["parcels"][0]["fragile"])
        self.company.write({"fragile_padding": 2, "heavy_apart_weight": 5})
        self.assertEqual(self._tell(self._plan_order(two)), [("M", {"GLASS": 2.0})])
        answer = self._plan_order([*two, (self.iron, 1)])
        self.assertCountEqual(self._tell(answer), [("M", {"GLASS": 2.0}), ("S", {"IRON": 1.0})])
        fragile = {parcel["box"]: parcel["fragile"] for parcel in answer["parcels"]}
        self.assertEqual(fragile, {"M": True, "S": False})
        self.company.heavy_apart_weight = 12.001
        self.assertEqual(len(self._plan_order([*two, (self.iron, 1)])["parcels"]), 1)

    def test_seven(self):
        """F6: a feasible plan within the limits, the same whenever it is asked for."""
        goods = self._create_goods("SEVEN", (30, 20, 10), 2.0)
        picking = self._create_delivery([(goods, 7)])
        self.boxes["L"].write({"max_weight": 7.0, "base_weight": 0.5})
        (first,), (second,) = self._plan(picking), self._plan(picking)
        told = self._tell(first)
        self.assertCountEqual(told, [*[("L", {"SEVEN": 3.0})] * 2, ("M", {"SEVEN": 1.0})])
        for answer in (first, second):
            for parcel in answer["parcels"]:
                self.assertLessEqual(parcel["weight"], 7.0)
                parcel.pop("parcel_id")
        self.assertEqual(first, second)
        slip = self.env["order.decision"].search(
            [("res_id", "=", picking.id), ("decision", "=", "fulfillment.parcels")]
        )
        self.assertEqual(len(slip), 1)
        self.assertEqual(slip._replay(), [True])
        self.assertIn(
            {"parcel": 1, "box": "M", "reason": "too_small", "by": 9000.0},
            slip.alternatives,
        )

    def test_geometry(self):
        """The independent check finds nothing wrong with a mixed plan."""
        self.company.write({"fragile_padding": 1, "heavy_apart_weight": 5})
        answer = self._plan_order([(self.rod, 5), (self.glass, 5), (self.iron, 2)])
        pieces = {self.rod: "lwh", self.glass: "lwh", self.iron: "lwh"}
        plan = cartonization.Plan(
            parcels=tuple(self._to_parcel(parcel) for parcel in answer["parcels"]),
            unplaced=[],
            items=tuple(
                cartonization.Item(
                    product.id,
                    product.length,
                    product.width,
                    product.height,
                    product.weight,
                    quantity,
                    vertical,
                    product.fragile,
                    kind=product.default_code,
                )
                for (product, vertical), quantity in zip(pieces.items(), (5, 5, 2), strict=True)
            ),
            boxes=tuple(box._to_box() for box in self.boxes.values()),
            padding=1.0,
            apart=(("GLASS", "IRON"),),
        )
        self.assertEqual(cartonization.check(plan), [])

    def _to_parcel(self, parcel):
        return cartonization.Parcel(
            parcel["package_type_id"],
            tuple(
                cartonization.Placement(item["product_id"], **placement)
                for item in parcel["items"]
                for placement in item["placements"]
            ),
            parcel["weight"],
            parcel["void"],
            parcel["fragile"],
        )

    def test_without_measures(self):
        """F6: goods without measures are planned by volume or weight, and flagged."""
        by_volume = self._create_goods("VOLUME", volume=0.02)
        by_weight = self._create_goods("WEIGHT", weight=0.2)
        unknown = self._create_goods("UNKNOWN")
        cases = [
            ([(by_volume, 1)], [("L", {"VOLUME": 1.0})]),
            ([(by_weight, 1)], [("S", {"WEIGHT": 1.0})]),
            ([(by_weight, 4)], [("M", {"WEIGHT": 4.0})]),
            ([(unknown, 3), (self.rod, 1)], [("L", {"ROD": 1.0, "UNKNOWN": 3.0})]),
        ]
        for lines, expected in cases:
            with self.subTest(expected=expected):
                answer = self._plan_order(lines)
                self.assertEqual(self._tell(answer), expected)
                self.assertFalse(answer["measured"])
                self.assertFalse(answer["parcels"][0]["measured"])
                self.assertIn("for want of measures", answer["warnings"][0])
                self.assertEqual(answer["unplaced"], [])

    def test_part_of_a_piece(self):
        """Goods by the kilogram are shared out by volume; nothing is lost to rounding."""
        kilogram = self.env.ref("uom.product_uom_kgm")
        sand = self._create_goods("SAND", weight=1.0, volume=0.01, uom_id=kilogram.id)
        answer = self._plan_order([(sand, 5.5)])
        quantities = [parcel["items"][0]["quantity"] for parcel in answer["parcels"]]
        self.assertEqual(len(quantities), 3)
        self.assertAlmostEqual(sum(quantities), 5.5, 6)
        self.assertFalse(answer["measured"])

    def test_hazard(self):
        """F7: different classes never share a parcel, unless a rule says so."""
        goods = {
            hazard: self._create_goods(f"H{hazard or 0}", (5, 5, 5), 0.1, hazard_class=hazard)
            for hazard in ("3", "8", False)
        }
        lines = [(product, 1) for product in goods.values()]
        answer = self._plan_order(lines)
        self.assertEqual(len(answer["parcels"]), 2)
        classes = [parcel["hazard_classes"] for parcel in answer["parcels"]]
        self.assertCountEqual(classes, [["3"], ["8"]])
        rule = self.env["order.hazard.rule"].create(
            {"hazard_class": "8", "other_class": "3", "verdict": "together"}
        )
        self.assertEqual(len(self._plan_order(lines)["parcels"]), 1)
        rule.write({"other_class": False, "verdict": "apart"})
        self.assertEqual(len(self._plan_order([lines[1], lines[2]])["parcels"]), 2)
        rule.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertEqual(len(self._plan_order([lines[1], lines[2]])["parcels"]), 1)

    def test_upright_and_load(self):
        """What is kept upright stands; what bears little carries little."""
        bottle = self._create_goods("BOTTLE", (8, 8, 30), 1.0)
        for upright, parcels in ((False, [("L", {"BOTTLE": 1.0})]), (True, [])):
            with self.subTest(upright=upright):
                self.boxes["M"].use_for_parcels = False
                bottle.keep_upright = upright
                answer = self._plan_order([(bottle, 1)])
                self.assertEqual(self._tell(answer), parcels)
        (left,) = answer["unplaced"]
        self.assertEqual(
            (left["product_id"], left["quantity"], left["reason"]), (bottle.id, 1.0, "too_large")
        )
        slab = self._create_goods("SLAB", (20, 15, 5), 2.0, keep_upright=True)
        for load, count in ((2.0, 1), (1.9, 2), (0.0, 1)):
            with self.subTest(load=load):
                slab.max_load = load
                self.boxes["L"].use_for_parcels = False
                self.assertEqual(len(self._plan_order([(slab, 2)])["parcels"]), count)

    def test_too_heavy(self):
        """What no box may carry is left out and said; the limit itself passes."""
        for limit, reason in ((12.0, False), (11.99, "too_heavy")):
            with self.subTest(limit=limit):
                for box in self.boxes.values():
                    box.max_weight = limit
                answer = self._plan_order([(self.iron, 1)])
                told = answer["unplaced"][0]["reason"] if answer["unplaced"] else False
                self.assertEqual(told, reason)
                self.assertTrue(answer["ok"])

    def test_ships_alone(self):
        """Each piece is a parcel in no box."""
        desk = self._create_goods("DESK", (160, 80, 10), 30.0, ships_alone=True)
        answer = self._plan_order([(desk, 2), (self.rod, 1)])
        self.assertEqual(self._tell(answer), [("M", {"ROD": 1.0}), *[(False, {"DESK": 1.0})] * 2])
        alone = answer["parcels"][1]
        self.assertEqual(
            (alone["package_type_id"], alone["void"], alone["weight"], alone["extents"]),
            (False, 0.0, 30.0, [160.0, 80.0, 10.0]),
        )

    def test_packaging(self):
        """Whole packagings with measures are one piece each, the rest single ones."""
        carton = self.env["stock.package.type"].create(
            {
                "name": "Inner",
                "packaging_length": 190,
                "width": 140,
                "height": 90,
                "base_weight": 0.1,
            }
        )
        unit = self.env.ref("uom.product_uom_unit")
        six = self.env["uom.uom"].create(
            {
                "name": "Carton of 6",
                "relative_factor": 6,
                "relative_uom_id": unit.id,
                "package_type_id": carton.id,
            }
        )
        mug = self._create_goods("MUG", (9, 9, 9), 0.5, uom_ids=[(4, six.id)])
        answer = self._plan_order([(mug, 8)])
        items = [item for parcel in answer["parcels"] for item in parcel["items"]]
        told = [(item["quantity"], item["packaging_id"], len(item["placements"])) for item in items]
        self.assertCountEqual(told, [(6.0, six.id, 1), (2.0, False, 2)])
        self.assertAlmostEqual(sum(parcel["weight"] for parcel in answer["parcels"]), 4.1)
        self.assertNotIn("Inner", [parcel["box"] for parcel in answer["parcels"]])

    def test_boxes(self):
        """The cheapest box that does; none of another company or carrier, or for reuse."""
        self.boxes["L"].box_cost = 0.5
        self.boxes["M"].box_cost = 0.6
        self.assertEqual(self._tell(self._plan_order([(self.rod, 1)])), [("L", {"ROD": 1.0})])
        self.boxes["L"].package_use = "reusable"
        company = self.env["res.company"].create({"name": "Elsewhere"})
        for values in ({"company_id": company.id}, {"package_use": "reusable"}):
            self.boxes["L"].copy({"box_cost": 0.1, **values})
        self.assertEqual(self._tell(self._plan_order([(self.rod, 1)])), [("M", {"ROD": 1.0})])

    def test_without_boxes(self):
        """Without a box that has measures, what may be together is one parcel."""
        self.env["stock.package.type"].search([]).use_for_parcels = False
        self.company.heavy_apart_weight = 5
        answer = self._plan_order([(self.rod, 1), (self.glass, 2), (self.iron, 1)])
        self.assertEqual(
            self._tell(answer), [(False, {"ROD": 1.0, "GLASS": 2.0}), (False, {"IRON": 1.0})]
        )
        self.assertEqual(answer["warnings"], ["No package type has measures: no box was chosen."])

    def test_rights(self):
        picking = self._create_delivery([(self.rod, 1)])
        for role in ("clerk", "returns", "integration", "auditor"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_role(picking, role).plan_parcels()
        with self.assertRaises(AccessError):
            picking.with_user(self._create_other_company_user("picker")).plan_parcels()
        with self.assertRaisesRegex(ValidationError, "apply"):
            self._plan(picking, apply="yes")
        self.assertFalse(picking.packing_parcel_ids)
        self.assertEqual(self._plan(picking.browse()), [])

    def test_queries(self):
        """Planning twelve transfers takes as many queries as planning three."""
        pickings = self.env["stock.picking"].union(
            *(self._create_delivery([(self.rod, 1), (self.glass, 2)]) for _i in range(15))
        )
        counts = []
        self._plan(self._create_delivery([(self.rod, 1)]))
        for part in (pickings[:3], pickings[3:]):
            seen = self.as_role(part.browse(part.ids), "picker")
            counts.append(self._count_queries(lambda seen=seen: seen.plan_parcels()))
        self.assertEqual(counts[0], counts[1])

    def test_template(self):
        """Products without variants are measured on the template, too."""
        template = self.env["product.template"].create({"name": "Vase", "length": 12, "fragile": 1})
        variant = template.product_variant_id
        self.assertEqual((variant.length, variant.fragile), (12.0, True))
        template.write({"width": 5, "hazard_class": "3"})
        self.assertEqual((variant.length, variant.width, variant.hazard_class), (12.0, 5.0, "3"))
        variant.height = 7
        self.assertEqual(template.height, 7.0)
        found = self.env["product.product"].search(
            [("id", "in", (variant | self.product).ids), ("has_measures", "=", True)]
        )
        self.assertEqual(found, variant)
