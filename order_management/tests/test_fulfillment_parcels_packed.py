from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .fulfillment_common import PREFIX
from .test_fulfillment_parcels import ParcelCase


@tagged("post_install", "-at_install", "om_lean")
class TestFulfillmentParcelsPacked(ParcelCase):
    """What becomes of planned parcels: packed, in another box, weighed; advice on boxes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.gs1_company_prefix = PREFIX
        cls.rod = cls._create_goods("ROD", (28, 4, 4), 1.0)
        cls.cube = cls._create_goods("CUBE", (30, 20, 10), 2.0)
        cls.boxes["M"].base_weight = 0.2

    def test_apply(self):
        """All parcels are packed with their numbers; a repeat packs nothing more."""
        picking = self._create_delivery([(self.cube, 7), (self.rod, 1)])
        (answer,) = self._plan(picking, apply=True)
        self.assertEqual((answer["ok"], answer["unplaced"]), (True, []))
        packages = picking.move_line_ids.result_package_id
        self.assertEqual(len(packages), len(answer["parcels"]))
        for parcel in answer["parcels"]:
            package = self.env["stock.package"].browse(parcel["package_id"])
            self.assertIn(package, packages)
            self.assertTrue(package.valid_sscc)
            self.assertEqual(package.package_type_id.id, parcel["package_type_id"])
            self.assertEqual(package.void_share, parcel["void"])
            held = picking.move_line_ids.filtered(
                lambda line, package=package: line.result_package_id == package
            )
            self.assertEqual(
                sum(held.mapped("quantity")), sum(item["quantity"] for item in parcel["items"])
            )
        self.assertEqual(sum(picking.move_line_ids.mapped("quantity")), 8.0)
        self.assertTrue(all(picking.move_line_ids.mapped("picked")))
        self.assertEqual(picking.sale_id.stage, "packed")
        (again,) = self._plan(picking, apply=True)
        self.assertEqual(
            [parcel["package_id"] for parcel in again["parcels"]],
            [parcel["package_id"] for parcel in answer["parcels"]],
        )
        self.assertEqual(picking.move_line_ids.result_package_id, packages)

    def test_picked_alone(self):
        """Once something is picked, that alone is planned."""
        picking = self._create_delivery([(self.cube, 2), (self.rod, 1)])
        self.as_role(picking, "picker").scan("CUBE", 1)
        self.assertEqual(self._tell(self._plan(picking)[0]), [("M", {"CUBE": 1.0})])
        self.as_role(picking, "picker").pack()
        self.assertEqual(self._tell(self._plan(picking)[0]), [("M", {"CUBE": 1.0, "ROD": 1.0})])

    def test_one_after_the_other(self):
        """Parcels packed one by one; what was cut off a line is found for the next."""
        picking = self._create_delivery([(self.cube, 7)])
        self._plan(picking)
        parcels = picking.packing_parcel_ids.sorted("id")
        self.assertGreater(len(parcels), 1)
        for parcel in parcels:
            self.as_role(parcel, "picker").action_pack()
        self.assertEqual(len(parcels.package_id), len(parcels))
        self.assertEqual(len(picking.move_line_ids.result_package_id), len(parcels))
        with self.assertRaises(UserError):
            self.as_role(parcels[0], "picker").action_pack()
        with self.assertRaises(AccessError):
            self.as_role(parcels[0], "clerk").action_pack()

    def test_other_box(self):
        """Another box than planned is kept with its reason; without one it is no refusal."""
        for reason in ("does_not_fit", None):
            with self.subTest(reason=reason):
                picking = self._create_delivery([(self.rod, 1)])
                self._plan(picking)
                (answer,) = self.as_role(picking, "picker").pack(
                    contents=[{"move_line_id": picking.move_line_ids.id}],
                    package_type_id=self.boxes["L"].id,
                    reason=reason,
                )
                self.assertEqual((answer["ok"], answer["overridden"]), (True, True))
                parcel = picking.packing_parcel_ids
                self.assertEqual(
                    (parcel.package_type_id, parcel.packed_type_id, parcel.is_overridden),
                    (self.boxes["M"], self.boxes["L"], True),
                )
                self.assertEqual(parcel.override_reason, reason or False)
                package = parcel.package_id
                self.assertEqual(
                    (package.void_share, package.is_void_high), (round(1 - 448 / 24000, 6), True)
                )
        picking = self._create_delivery([(self.rod, 1)])
        with self.assertRaisesRegex(ValidationError, "reason"):
            self.as_role(picking, "picker").pack(reason="because")

    def test_planned_box(self):
        """Contents planned as one parcel go into the planned box when none is named."""
        picking = self._create_delivery([(self.rod, 1)])
        self._plan(picking)
        self._scan_all(picking)
        (answer,) = self.as_role(picking, "picker").pack()
        package = self.env["stock.package"].browse(answer["package_id"])
        self.assertEqual((package.package_type_id, answer["overridden"]), (self.boxes["M"], False))

    def test_packed_otherwise(self):
        """Contents that no parcel was planned for void the rest of the plan."""
        picking = self._create_delivery([(self.cube, 7)])
        self._plan(picking)
        contents = [{"move_line_id": picking.move_line_ids.id, "quantity": 2}]
        self.as_role(picking, "picker").pack(contents=contents)
        self.assertFalse(picking.packing_parcel_ids)
        shown = picking._get_parcel_plan()
        self.assertEqual(
            sum(item["quantity"] for parcel in shown["parcels"] for item in parcel["items"]), 5.0
        )

    def test_shown(self):
        """Screens get each parcel's picture and the order of its pieces; a plan is kept."""
        picking = self._create_delivery([(self.cube, 2), (self.rod, 1)])
        shown = picking._get_parcel_plan()
        (parcel,) = shown["parcels"]
        self.assertTrue(parcel["svg"].startswith("<svg "))
        self.assertEqual(len(parcel["steps"]), 3)
        self.assertEqual(picking._get_parcel_plan(), shown)
        record = self.as_role(picking.packing_parcel_ids, "picker")
        self.assertEqual(len(record.pictures), 3)
        self.assertTrue(all(picture.startswith("<svg ") for picture in record.pictures))
        self.assertIn("2 × ", record.content)

    def test_weight(self):
        """At the tolerance passes, a gram beyond is an alarm; weighing again clears it."""
        for weight, is_off in ((1.3, False), (1.301, True), (1.1, False), (1.099, True)):
            with self.subTest(weight=weight):
                answer = self._pack_rod(weight)
                self.assertEqual((answer["ok"], answer["weight_expected"]), (True, 1.2))
                self.assertEqual(answer["weight_alarm"], is_off)
                self.assertEqual(bool(answer["message"]), is_off)
        package = self.env["stock.package"].browse(answer["package_id"])
        picking = self.last
        self.assertEqual((picking.weight_alarm_count, package.had_weight_alarm), (1, True))
        self.assertEqual(package.shipping_weight, 1.099)
        seen = self.as_role(package, "picker")
        self.assertTrue(seen.weigh(weight=1.5)[0]["weight_alarm"])
        (answer,) = seen.weigh(reason="A sample was added")
        self.assertEqual((answer["weight_alarm"], answer["weight"]), (False, 1.5))
        self.assertEqual(package.weight_reason, "A sample was added")
        (answer,) = seen.weigh(weight=1.2)
        self.assertEqual((answer["weight_alarm"], package.weight_reason), (False, False))
        self.assertEqual((picking.weight_alarm_count, package.had_weight_alarm), (0, True))
        with self.assertRaisesRegex(ValidationError, "weight"):
            seen.weigh(weight=-1)
        with self.assertRaises(AccessError):
            self.as_role(package, "clerk").weigh(weight=9)
        stranger = self._create_other_company_user("picker")
        with self.assertRaises(AccessError):
            package.with_user(stranger).weigh(weight=9)
        self.assertEqual(package.shipping_weight, 1.2)

    def test_weight_share(self):
        """Of heavy parcels the percentage counts; without product weights nothing does."""
        self.company.parcel_weight_tolerance = 50
        self.assertFalse(self._pack_rod(1.8)["weight_alarm"])
        self.assertTrue(self._pack_rod(1.81)["weight_alarm"])
        self.rod.weight = 0
        answer = self._pack_rod(99)
        self.assertEqual((answer["weight_expected"], answer["weight_alarm"]), (False, False))

    def _pack_rod(self, weight):
        self.last = self._create_delivery([(self.rod, 1)])
        self._scan_all(self.last)
        (answer,) = self.as_role(self.last, "picker").pack(
            package_type_id=self.boxes["M"].id, weight=weight
        )
        return answer

    def test_advice(self):
        """Rods in M ask for a box of their own size, which is made at a click."""
        for _i in range(2):
            self._plan(self._create_delivery([(self.rod, 1)]), apply=True)
        wizard = self.as_role("order.box.advice", "manager").create({})
        wizard.action_advise()
        self.assertEqual(wizard.parcels, 2)
        line = wizard.line_ids
        self.assertEqual((line.length, line.width, line.height, line.parcels), (28, 4, 4, 2))
        self.assertAlmostEqual(line.saved_litres, 17.1, 1)
        action = line.action_create_package_type()
        box = self.env["stock.package.type"].browse(action["res_id"])
        self.assertEqual((box.packaging_length, box.width, box.height), (280.0, 40.0, 40.0))
        (answer,) = self._plan(self._create_delivery([(self.rod, 1)]))
        self.assertEqual(answer["parcels"][0]["package_type_id"], box.id)

    def test_dialogs(self):
        """The dialogs of the screen: another box, and weighing again."""
        picking = self._create_delivery([(self.rod, 1)])
        self.as_role(picking, "picker").action_plan_parcels()
        seen = self.as_role(picking.packing_parcel_ids, "picker")
        action = seen.action_other_box()
        choice = Form(
            self.env["order.box.choice"].with_user(seen.env.user).with_context(**action["context"])
        )
        choice.package_type_id = self.boxes["L"]
        choice.reason = "bulky"
        choice.save().action_pack()
        self.assertEqual(seen.override_reason, "bulky")
        package = seen.package_id
        package._take_weight(9.0, False)
        action = self.as_role(picking, "picker").action_weigh_parcels()
        weigh = Form(
            self.env["order.parcel.weigh"]
            .with_user(seen.env.user)
            .with_context(**action["context"])
        )
        weigh.weight = 1.0
        weigh.save().action_weigh()
        self.assertFalse(package.weight_alarm)
