from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import plain
from .intake_common import CUSTOMER, IntakeCase


@tagged("post_install", "-at_install", "om_full")
class TestIntakeConflict(IntakeCase):
    """A document that came back with other content: accepted, or dismissed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_product("OM-B", price=7.0, stock=50)

    def conflict(self, before, after, **values):
        first = self.submit_one(before, **values)
        self.assertEqual(first["outcome"], "created", first)
        answer = self.submit_one(after)
        self.assertEqual(answer["outcome"], "conflict", answer)
        return self.env["order.intake"].browse(answer["intake_id"])

    def accept(self, intake, role="clerk"):
        (answer,) = plain(self.as_role(intake, role)).accept_change()
        return answer

    def dismiss(self, intake, reason="Sent by mistake", role="clerk"):
        (answer,) = plain(self.as_role(intake, role)).dismiss(reason)
        return answer

    def test_accepted_change_amends_the_order(self):
        """Scenario 1: 2 to 3 is a conflict; accepted, the order has 3."""
        intake = self.conflict(
            self._document("W-1", ("OM-A", 2, 50.0)), self._document("W-1", ("OM-A", 3, 50.0))
        )
        order = intake.order_id
        self.assertEqual(order.amount_untaxed, 100)
        answer = self.accept(intake)
        self.assertEqual((answer["outcome"], answer["ok"]), ("created", True), answer)
        self.assertEqual(order.amount_untaxed, 150)
        self.assertEqual((intake.state, intake.pending_content), ("created", False))
        replay = self.submit_one(self._document("W-1", ("OM-A", 3, 50.0)))
        self.assertEqual((replay["outcome"], replay["order_id"]), ("replayed", order.id))
        old = self.submit_one(self._document("W-1", ("OM-A", 2, 50.0)))
        self.assertEqual(old["outcome"], "conflict")
        event = self.env["order.event"].search(
            [("order_id", "=", order.id), ("kind", "=", "change_accepted")]
        )
        self.assertEqual(
            event.data["differences"], [{"path": "lines[0].quantity", "before": 2, "after": 3}]
        )

    def test_what_the_clerk_sees(self):
        """Both sides in words; the order tells that something waits, until it is decided."""
        intake = self.conflict(
            self._document("W-11"),
            self._document("W-11", ("OM-A", 3, 49.0), ("OM-B", 1, 7.0), note="Ring twice"),
        )
        order = self.as_role(intake.order_id, "clerk")
        seen = self.as_role(intake, "clerk")
        self.assertEqual(
            seen.error_message, "Differs: Line 1, quantity; Line 1, unit price; Line 2"
        )
        for text in ("Line 1, quantity", "product code OM-B, quantity 1, unit price 7", "Ring"):
            self.assertIn(text, seen.differences_html)
        self.assertTrue(order.has_conflict)
        self.assertEqual(order.action_view_conflict()["res_id"], intake.id)
        answer = seen.action_accept_change()
        self.assertEqual(answer["params"]["message"], f"{order.name} changed.")
        self.assertFalse(order.has_conflict)
        self.assertFalse(seen.error_message)

    def test_everything_that_may_change(self):
        before = self._document(
            "W-2",
            customer_reference="PO-1",
            lines=[
                {"ref": "1", "sku": "OM-A", "quantity": 2, "unit_price": 50.0},
                {"ref": "2", "sku": "OM-B", "quantity": 1, "unit_price": 7.0},
            ],
            charges=[{"name": "Freight", "amount": 5.0}],
        )
        after = self._document(
            "W-2",
            customer_reference="PO-2",
            note="Ring twice",
            requested_date="2030-01-15",
            ship_to={"name": "Depot", "street": "Meir 50", "zip": "2000", "city": "Antwerpen",
                     "country": "BE"},
            lines=[
                {"ref": "3", "sku": "OM-B", "quantity": 4, "unit_price": 7.0},
                {"ref": "1", "sku": "OM-A", "quantity": 2, "unit_price": 50.0, "discount": 1},
            ],
            charges=[{"name": "Freight", "amount": 6.0}],
        )  # fmt: skip
        for process in ("check", "confirm"):
            with self.subTest(process=process):
                before["external_ref"] = after["external_ref"] = f"W-{process}"
                intake = self.conflict(before, after, process=process)
                order = intake.order_id
                answer = self.accept(intake, "integration")
                self.assertTrue(answer["ok"], answer)
                self.assertEqual(order.state, "sale" if process == "confirm" else "draft")
                self.assertAlmostEqual(order.amount_untaxed, 2 * 49.5 + 4 * 7 + 6)
                self.assertEqual(order.client_order_ref, "PO-2")
                self.assertIn("Ring twice", order.note)
                self.assertEqual(order.partner_shipping_id.name, "Depot")
                self.assertEqual(str(order.commitment_date.date()), "2030-01-15")
                self.assertEqual(
                    [(line["ref"], line["sku"]) for line in answer["lines"]],
                    [("3", "OM-B"), ("1", "OM-A")],
                )

    def test_another_customer_is_another_order(self):
        intake = self.conflict(
            self._document("W-3"),
            self._document("W-3", customer={**CUSTOMER, "ref": "C-2", "name": "Somebody"}),
        )
        answer = self.accept(intake)
        self.assertFalse(answer["ok"])
        self.assertEqual(
            [(e["code"], e["path"]) for e in answer["errors"]], [("not_possible", "customer.ref")]
        )
        self.assertEqual((intake.state, intake.order_id.partner_id.name),
                         ("conflict", CUSTOMER["name"]))  # fmt: skip

    def test_shipped_goods_stand(self):
        intake = self.conflict(
            self._document("W-4", ("OM-A", 3, 50.0)),
            self._document("W-4", ("OM-A", 2, 50.0)),
            process="confirm",
        )
        order = intake.order_id
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        answer = self.accept(intake)
        self.assertEqual(
            [(e["code"], e["path"]) for e in answer["errors"]],
            [("not_possible", "lines[0].quantity")],
        )
        self.assertEqual((intake.state, order.order_line.product_uom_qty), ("conflict", 3))

    def test_confirmed_order_that_would_be_held(self):
        intake = self.conflict(
            self._document("W-5"), self._document("W-5", ("OM-A", 500, 50.0)), process="confirm"
        )
        answer = self.accept(intake)
        self.assertEqual([e["code"] for e in answer["errors"]], ["held"])
        self.assertEqual([f["check"] for f in answer["findings"]], ["stock_short"])
        self.assertEqual((intake.state, intake.order_id.amount_untaxed), ("conflict", 100))

    def test_unknown_product(self):
        intake = self.conflict(self._document("W-6"), self._document("W-6", ("NO", 1, 50.0)))
        answer = self.accept(intake)
        self.assertEqual(
            [(e["code"], e["path"]) for e in answer["errors"]],
            [("unknown_product", "lines[0].sku")],
        )

    def test_dismissed_change(self):
        intake = self.conflict(self._document("W-7"), self._document("W-7", ("OM-A", 9, 50.0)))
        answer = self.dismiss(intake)
        self.assertEqual((answer["outcome"], answer["ok"]), ("created", True), answer)
        self.assertEqual((intake.state, intake.order_id.amount_untaxed), ("created", 100))
        self.assertEqual(self.submit_one(self._document("W-7"))["outcome"], "replayed")
        self.assertEqual(
            self.submit_one(self._document("W-7", ("OM-A", 9, 50.0)))["outcome"], "conflict"
        )

    def test_repeated_and_other_decisions(self):
        intake = self.conflict(self._document("W-8"), self._document("W-8", ("OM-A", 9, 50.0)))
        self.dismiss(intake)
        self.assertTrue(self.dismiss(intake)["replayed"])
        answer = self.accept(intake)
        self.assertEqual([e["code"] for e in answer["errors"]], ["not_possible"])
        self.assertEqual(intake.order_id.amount_untaxed, 100)

    def test_dismissed_rejection(self):
        answer = self.submit_one(self._document("W-9", ("NO", 1)))
        intake = self.env["order.intake"].browse(answer["intake_id"])
        self.assertEqual(self.dismiss(intake)["outcome"], "rejected")
        self.assertEqual(intake.state, "dismissed")
        self.assertIn("Sent by mistake", intake.attempt_ids[:1].message)
        self._create_product("NO")
        self.assertEqual(self.submit_one(self._document("W-9", ("NO", 1)))["outcome"], "created")
        self.assertEqual((intake.state, intake.decision), ("created", False))

    def test_reason_and_rights(self):
        intake = self.conflict(self._document("W-10"), self._document("W-10", ("OM-A", 9, 50.0)))
        with self.assertRaises(ValidationError):
            self.dismiss(intake, " ")
        for role in ("picker", "returns", "auditor"):
            with self.subTest(role=role):
                with self.assertRaises(AccessError):
                    self.accept(intake, role)
                with self.assertRaises(AccessError):
                    self.dismiss(intake, role=role)
        self.assertEqual((intake.state, intake.order_id.amount_untaxed), ("conflict", 100))
