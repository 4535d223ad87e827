from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .intake_common import CUSTOMER, IntakeCase


@tagged("post_install", "-at_install", "om_full")
class TestIntakeWeakKeys(IntakeCase):
    """Customers found by phone, or by name with postcode; near matches are only offered."""

    def submit_for(self, ref, **customer):
        document = self._document(ref)
        document["customer"] = customer
        return self.submit_one(document)

    def test_phone_however_it_is_written(self):
        partner = self._create_customer("Bel", phone="+32 2 123 45 67")
        for number, phone in enumerate(("02/123.45.67", "0032 2 1234567", "+32 (0)2 123 45 67")):
            with self.subTest(phone=phone):
                answer = self.submit_for(f"P-{number}", phone=phone, name="Somebody else")
                self.assertEqual(self.order_of(answer).partner_id, partner)

    def test_what_is_no_phone_match(self):
        self._create_customer("Bel", phone="+32 2 123 45 67", vat="BE0477472701")
        self._create_customer("Short", phone="112")
        cases = [
            {"phone": "112", "name": "Emergency"},
            {"phone": "+31 2 123 45 67", "name": "Dutch"},
            {"phone": "+32 2 123 45 67", "name": "Other", "vat": "BE0246697724"},
        ]
        for number, customer in enumerate(cases):
            with self.subTest(customer=customer):
                answer = self.submit_for(f"N-{number}", **customer)
                self.assertEqual(self.order_of(answer).partner_id.name, customer["name"])

    def test_name_with_postcode(self):
        partner = self._create_customer("Deco Nord", zip="1020", email="nord@example.com")
        self._create_customer("Deco Nord", zip="9000")
        same = {"name": " deco  NORD", "zip": "10 20", "country": "BE"}
        answer = self.submit_for("N-1", **same)
        self.assertEqual(self.order_of(answer).partner_id, partner)
        for number, other in enumerate(
            ({"zip": "2000"}, {"email": "other@example.com"}, {"country": "NL"})
        ):
            with self.subTest(other=other):
                answer = self.submit_for(f"N-2{number}", **{**same, **other})
                self.assertNotEqual(self.order_of(answer).partner_id, partner)

    def test_a_common_postcode_leaves_room_for_others(self):
        self.channel.unknown_customer = "refuse"
        rare = self._create_customer("Rare", zip="2000", street="Meir 1")
        self.env["res.partner"].create(
            [{"name": f"Bakker {n}", "zip": "1000", "street": "Nieuwstraat 5"} for n in range(500)]
        )
        documents = []
        for ref, zip_code, street in (("R", "2000", "Meir 1"), ("C", "1000", "Nieuwstraat 5")):
            documents.append(self._document(ref))
            documents[-1]["customer"] = {"name": "Nobody", "zip": zip_code, "street": street}
        for answer, expected in zip(self.submit(*documents), (1, 5), strict=True):
            self.assertEqual(len(answer["errors"][0]["candidates"]), expected)
            if expected == 1:
                self.assertEqual(answer["errors"][0]["candidates"][0]["id"], rare.id)

    def test_two_with_one_phone_are_ambiguous(self):
        partners = self._create_customer("A", phone="02 123 45 67")
        partners |= self._create_customer("B", phone="+32 2 123 45 67")
        answer = self.submit_for("A-1", phone="+3221234567", name="C")
        (problem,) = answer["errors"]
        self.assertEqual((problem["code"], problem["path"]), ("ambiguous_customer",
                                                              "customer.phone"))  # fmt: skip
        self.assertEqual({offered["id"] for offered in problem["candidates"]}, set(partners.ids))
        stored = self.env["order.intake"].browse(answer["intake_id"]).errors
        self.assertEqual(stored[0]["candidates"], problem["candidates"])

    def test_near_matches_are_offered(self):
        """B5: never taken silently; the refused document and the slip name them."""
        same_name = self._create_customer("Anna Peeters", zip="9000")
        neighbour = self._create_customer("A. Peters", street=CUSTOMER["street"], zip="1000")
        similar = self._create_customer("Anna Peters", street="Rue Basse 3", zip="1000")
        self._create_customer("Bakker", zip="1000", street="Rue Basse 9")
        expected = [same_name.id, neighbour.id, similar.id]
        self.channel.unknown_customer = "refuse"
        answer = self.submit_one(self._document("O-1"))
        self.assertEqual(answer["outcome"], "rejected")
        (problem,) = answer["errors"]
        self.assertEqual([offered["id"] for offered in problem["candidates"]], expected)
        self.assertEqual(
            [offered["reason"] for offered in problem["candidates"]],
            ["Same name", "Same address", "Similar name, same postcode"],
        )
        self.channel.unknown_customer = "create"
        order = self.order_of(self.submit_one(self._document("O-2")))
        self.assertNotIn(order.partner_id.id, expected)
        slip = self.env["order.decision"].search(
            [("res_id", "=", order.id), ("decision", "=", "intake.match")]
        )
        near = [other for other in slip.alternatives if other["key"] == "near"]
        self.assertEqual([offered["id"] for offered in near[0]["candidates"]], expected)

    def test_queries_do_not_grow_with_documents(self):
        self._create_customer("Bel", phone="+32 2 123 45 67")
        counts = []
        for size in (5, 5, 40):
            documents = [
                self._document(
                    f"Q{len(counts)}-{n}",
                    customer={"name": "Nobody knows", "phone": f"+32 2 999 45 {n:02}",
                              "zip": "1000"},
                    lines=[{"sku": f"NOPE-{n}", "quantity": 1}],
                )
                for n in range(size)
            ]  # fmt: skip
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            answers = self.submit(*documents)
            self.assertOutcomes(answers, *["rejected"] * size)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 1)


@tagged("post_install", "-at_install", "om_full")
class TestIntakeProductCodes(IntakeCase):
    """Products under the customer's, the channel's and a supplier's code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.other = cls._create_product("OM-B", price=7.0, stock=500)
        cls.partner = cls._create_customer("Anna", ref="C-1")
        cls.contact = cls.env["res.partner"].create({"name": "Boss", "parent_id": cls.partner.id})

    def code(self, code, product, **values):
        return self.env["order.product.code"].create(
            {"code": code, "product_id": product.id, **values}
        )

    def lines_of(self, **line):
        self.number = getattr(self, "number", 0) + 1
        document = self._document(f"L-{self.number}", lines=[{"quantity": 1, **line}])
        answer = self.submit_one(document)
        self.assertEqual(answer["outcome"], "created", answer)
        return self.order_of(answer).order_line

    def test_whose_code_wins(self):
        third = self._create_product("OM-C")
        self.code("X", self.product, partner_id=self.contact.id)
        self.code("X", self.other, channel_id=self.channel.id)
        self.code("X", third)
        self.code("OM-C", self.other, channel_id=self.channel.id)
        self.assertEqual(self.lines_of(customer_sku="X").product_id, self.product)
        self.assertEqual(self.lines_of(sku="X").product_id, self.other)
        self.assertEqual(self.lines_of(sku="OM-C").product_id, self.other)
        self.env["order.product.code"].search([("channel_id", "=", self.channel.id)]).unlink()
        self.assertEqual(self.lines_of(sku="X").product_id, third)
        self.assertEqual(self.lines_of(sku="OM-C").product_id, third)

    def test_code_of_somebody_else(self):
        stranger = self._create_customer("Stranger")
        self.code("Y", self.product, partner_id=stranger.id)
        self.code("Z", self.product, channel_id=self._create_channel("B2B").id)
        for code in "YZ":
            with self.subTest(code=code):
                answer = self.submit_one(
                    self._document(f"S-{code}", lines=[{"customer_sku": code, "quantity": 1}])
                )
                self.assertEqual(answer["errors"][0]["code"], "unknown_product")

    def test_unit_of_a_code(self):
        self.code("BOX", self.product, partner_id=self.partner.id, uom_id=self.dozen.id)
        line = self.lines_of(customer_sku="BOX")
        self.assertEqual((line.product_uom_id, line.product_uom_qty), (self.dozen, 1))
        line = self.lines_of(customer_sku="BOX", uom="C62", quantity=5)
        self.assertEqual((line.product_uom_id, line.product_uom_qty), (self.product.uom_id, 5))
        with self.assertRaises(ValidationError):
            self.code("KG", self.product, uom_id=self.env.ref("uom.product_uom_kgm").id)

    def test_codes_on_the_customer_s_form(self):
        """A clerk keeps them there; who has no role does not see them."""
        self.users["clerk"].group_ids |= self.env.ref("base.group_partner_manager")
        form = Form(self.as_role(self.partner, "clerk"))
        with form.order_product_code_ids.new() as line:
            line.code = "THEIRS"
            line.product_id = self.other
        form.save()
        (code,) = self.partner.order_product_code_ids
        self.assertEqual((code.code, code.product_id), ("THEIRS", self.other))
        self.assertEqual(self.lines_of(customer_sku="THEIRS").product_id, self.other)
        form = Form(self.as_role(self.partner, "clerk"))
        form.order_product_code_ids.remove(0)
        form.save()
        self.assertFalse(code.exists())
        with self.assertRaises(AccessError):
            self.as_role(self.partner, "picker").read(["order_product_code_ids"])

    def test_supplier_code_is_the_last_resort(self):
        vendor = self._create_customer("Vendor")
        supplier = {"partner_id": vendor.id, "product_code": "V-1"}
        self.other.seller_ids = [Command.create(supplier)]
        self.assertEqual(self.lines_of(sku="V-1").product_id, self.other)
        self.product.seller_ids = [Command.create(supplier)]
        answer = self.submit_one(self._document("V", lines=[{"sku": "V-1", "quantity": 1}]))
        (problem,) = answer["errors"]
        self.assertEqual(problem["code"], "ambiguous_product")
        self.assertEqual(
            {offered["id"] for offered in problem["candidates"]},
            {self.product.id, self.other.id},
        )
        mine = self._create_product("V-1")
        self.assertEqual(self.lines_of(sku="V-1").product_id, mine)

    def test_similar_codes_are_offered(self):
        chair = self._create_product("CHAIR-RED")
        self._create_product("CHALK")
        answer = self.submit_one(self._document("O-1", lines=[{"sku": "CHAIR_RED", "quantity": 1}]))
        (problem,) = answer["errors"]
        self.assertEqual(problem["code"], "unknown_product")
        self.assertEqual(
            problem["candidates"],
            [{"id": chair.id, "name": chair.display_name, "reason": "Similar code"}],
        )

    def test_un_ece_units(self):
        for code, unit in (("C62", "unit"), ("XPP", "unit"), ("DZN", "dozen")):
            with self.subTest(code=code):
                line = self.lines_of(sku="OM-A", uom=code)
                self.assertEqual(line.product_uom_id, self.env.ref(f"uom.product_uom_{unit}"))

    def refused(self, **line):
        document = self._document("REFUSED", lines=[{"quantity": 1, **line}])
        (problem,) = self.submit_one(document)["errors"]
        self.assertEqual((problem["code"], problem["path"]), ("unknown_unit", "lines[0].uom"))
        return problem["message"]

    def test_a_packaging_is_never_a_piece(self):
        for code, name in (("XPK", "Pack"), ("XBX", "Box"), ("XCT", "Carton"), ("SET", "Set")):
            with self.subTest(code=code):
                self.assertIn(f"a unit “{name}”", self.refused(sku="OM-A", uom=code))
        for code in ("C62", "EA", "H87", "NAR", "PCE", "XPP"):
            with self.subTest(code=code):
                line = self.lines_of(sku="OM-A", uom=code)
                self.assertEqual(line.product_uom_id, self.product.uom_id)

    def test_how_much_is_in_a_packaging(self):
        """The customer's code says, else the product's packaging, else a unit of that name.

        A unit that is called just so is meant, whatever else is."""
        units = self.env["uom.uom"].create(
            [
                {"name": name, "relative_factor": factor,
                 "relative_uom_id": self.product.uom_id.id}
                for name, factor in (("Box", 10), ("Box of 20", 20), ("Box of 30", 30))
            ]
        )  # fmt: skip
        plain, twenty, thirty = units
        self.assertEqual(self.lines_of(sku="OM-A", uom="XBX").product_uom_id, plain)
        self.product.uom_ids = twenty
        self.assertEqual(self.lines_of(sku="OM-A", uom="XBX").product_uom_id, twenty)
        self.assertEqual(self.lines_of(sku="OM-A", uom="box").product_uom_id, plain)
        self.assertEqual(self.lines_of(sku="OM-B", uom="XBX").product_uom_id, plain)
        self.code("THEIRS", self.product, partner_id=self.partner.id, uom_id=thirty.id)
        self.assertEqual(self.lines_of(customer_sku="THEIRS", uom="XBX").product_uom_id, thirty)
        self.assertEqual(
            self.lines_of(customer_sku="THEIRS", uom="C62").product_uom_id, self.product.uom_id
        )
        self.product.uom_ids = twenty | thirty
        self.assertIn("one packaging called", self.refused(sku="OM-A", uom="XBX"))
        self.product.uom_ids = plain | twenty | thirty
        self.assertEqual(self.lines_of(sku="OM-A", uom="XBX").product_uom_id, plain)


@tagged("post_install", "-at_install", "om_lean")
class TestIntakeTotals(IntakeCase):
    """Totals and payments that do not add up are findings."""

    def found(self, **values):
        self.number = getattr(self, "number", 0) + 1
        answer = self.submit_one(self._document(f"T-{self.number}", **values), process="check")
        self.assertEqual(answer["outcome"], "created", answer)
        return answer

    def assertMismatch(self, answer, source, expected, difference):
        (finding,) = answer["findings"]
        self.assertEqual(finding["check"], "total_mismatch")
        self.assertEqual(
            finding["details"],
            {"source": source, "expected": expected, "actual": 100.0, "difference": difference},
        )
        self.assertEqual(answer["hold_state"], "held")

    def test_expected_total(self):
        self.assertEqual(self.found(expected_total=100.0)["findings"], [])
        self.assertEqual(self.found()["findings"], [])
        self.assertMismatch(self.found(expected_total=100.01), "document", 100.01, -0.01)
        self.assertMismatch(self.found(expected_total=99.99), "document", 99.99, 0.01)

    def test_tolerance(self):
        self.env.ref("order_management.order_check_total_mismatch").tolerance_amount = 0.05
        self.assertEqual(self.found(expected_total=100.05)["findings"], [])
        self.assertMismatch(self.found(expected_total=100.06), "document", 100.06, -0.06)

    def test_payment(self):
        paid = {"status": "captured", "provider": "shop", "reference": "R1"}
        self.assertEqual(self.found(payment={**paid, "amount": 100.0})["findings"], [])
        paid["reference"] = "R2"
        self.assertEqual(self.found(payment=paid)["findings"], [])
        paid["reference"] = "R3"
        answer = self.found(payment={**paid, "amount": 90.0})
        self.assertMismatch(answer, "payment", 90.0, 10.0)
        transaction = self.order_of(answer).transaction_ids
        self.assertEqual((transaction.amount, transaction.state), (90.0, "done"))
        self.assertEqual(transaction.provider_code, "external")
        self.assertEqual(transaction.provider_reference, "R3")
        self.assertTrue(transaction.reference.startswith("WEB-"))

    def test_lines_left_out_are_told_once(self):
        self.channel.bad_line = "leave_out"
        lines = [self._line("OM-A", 2, 50.0), self._line("NOPE", 1, 20.0)]
        answer = self.found(lines=lines, expected_total=120.0)
        self.assertEqual([f["check"] for f in answer["findings"]], ["line_left_out"])

    def test_amended_document_is_compared_anew(self):
        answer = self.found(expected_total=120.0)
        self.assertMismatch(answer, "document", 120.0, -20.0)
        order = self.order_of(answer)
        self.as_role("sale.order", "clerk").amend_orders(
            [{"order_id": order.id, "lines": [{"sku": "OM-A", "unit_price": 60.0}]}]
        )
        codes = order.open_finding_ids.mapped("code")
        self.assertNotIn("total_mismatch", codes)

    def paid(self, amount=100.0, **values):
        payment = {"status": "captured", "provider": "shop", "reference": "R-PAID"}
        answer = self.submit_one(
            self._document("PAID", payment={**payment, "amount": amount}, **values),
            process="confirm",
        )
        self.assertEqual((answer["order_state"], answer["findings"]), ("sale", []), answer)
        return self.order_of(answer)

    def amend(self, order, **line):
        (answer,) = self.as_role("sale.order", "clerk").amend_orders(
            [{"order_id": order.id, "lines": [{"sku": "OM-A", **line}]}]
        )
        return answer

    def test_paid_order_that_is_changed(self):
        """An old payment refuses no change: what is open is on the invoice, the rest goes back."""
        order = self.paid()
        answer = self.amend(order, quantity=3)
        self.assertEqual((answer["outcome"], order.amount_total), ("amended", 150.0), answer)
        answer = self.amend(order, quantity=1)
        self.assertEqual((answer["outcome"], order.amount_total), ("amended", 50.0), answer)
        event = self.env["order.event"].search(
            [("order_id", "=", order.id), ("kind", "=", "amended")], order="id desc", limit=1
        )
        self.assertEqual(event.data["overpaid"], 50.0)
        self.assertIn("is to be given back", event.message)
        self.assertIn("is to be given back", order.message_ids[:1].body)

    def test_change_of_what_is_paid_first(self):
        """Where the channel wants payment first, up is held until it is paid; down passes."""
        self.channel.needs_payment = True
        order = self.paid()
        answer = self.amend(order, quantity=3)
        self.assertEqual((answer["outcome"], order.amount_total), ("held", 100.0), answer)
        self.assertEqual([f["check"] for f in answer["findings"]], ["payment_missing"])
        answer = self.amend(order, quantity=1)
        self.assertEqual((answer["outcome"], order.amount_total), ("amended", 50.0), answer)
        order._record_payment({"status": "captured", "provider": "shop", "reference": "MORE",
                               "amount": 50.0})  # fmt: skip
        self.assertEqual(self.amend(order, quantity=3)["outcome"], "amended")

    def test_paid_quotation_that_is_cancelled_in_part(self):
        self._create_product("OM-B", price=10.0, stock=9)
        lines = [self._line("OM-A", 2, 50.0), self._line("OM-B", 1, 10.0)]
        answer = self.found(
            lines=lines, expected_total=110.0,
            payment={"status": "captured", "provider": "shop", "reference": "R", "amount": 110.0},
        )  # fmt: skip
        order = self.order_of(answer)
        self.as_role(order, "clerk").cancel_orders(
            "Sold out", lines=[{"line_id": order.order_line[1].id}]
        )
        self.assertEqual((order.amount_total, order.hold_state), (100.0, "clear"))
        self.assertIn("10.00", order.message_ids[:1].body)
        self.assertIn("is to be given back", order.message_ids[:1].body)

    def test_address_change_keeps_what_was_told(self):
        answer = self.found(expected_total=120.0)
        order = self.order_of(answer)
        self.as_role("sale.order", "clerk").amend_orders(
            [{"order_id": order.id, "requested_date": "2030-01-15"}]
        )
        self.assertEqual(order.open_finding_ids.code, "total_mismatch")
