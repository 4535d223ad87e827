import base64

from odoo.fields import Command
from odoo.tests import tagged

from .intake_common import CUSTOMER, IntakeCase

UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:order_only:3</cbc:ProfileID>
  <cbc:ID>UBL-77</cbc:ID>
  <cbc:IssueDate>2026-03-02</cbc:IssueDate>
  <cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>
  <cbc:CustomerReference>PO-12</cbc:CustomerReference>
  <cac:BuyerCustomerParty><cac:Party>
    <cbc:EndpointID schemeID="0088">7300010000001</cbc:EndpointID>
    <cac:PartyIdentification>
      <cbc:ID schemeID="0088">7300010000001</cbc:ID>
    </cac:PartyIdentification>
    <cac:PartyName><cbc:Name>Ville de Namur</cbc:Name></cac:PartyName>
    <cac:PostalAddress>
      <cbc:StreetName>Rue de Fer 42</cbc:StreetName><cbc:CityName>Namur</cbc:CityName>
      <cbc:PostalZone>5000</cbc:PostalZone><cbc:CountrySubentity>Region</cbc:CountrySubentity>
      <cac:Country><cbc:IdentificationCode>BE</cbc:IdentificationCode></cac:Country>
    </cac:PostalAddress>
    <cac:PartyLegalEntity><cbc:RegistrationName>Ville de Namur</cbc:RegistrationName>
    </cac:PartyLegalEntity>
  </cac:Party></cac:BuyerCustomerParty>
  <cac:SellerSupplierParty><cac:Party>
    <cbc:EndpointID schemeID="0088">7300010000001</cbc:EndpointID>
    <cac:PartyLegalEntity><cbc:RegistrationName>Us</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:SellerSupplierParty>
  <cac:OrderLine><cac:LineItem>
    <cbc:ID>1</cbc:ID><cbc:Quantity unitCode="DZN">2</cbc:Quantity>
    <cbc:LineExtensionAmount currencyID="{currency}">1200</cbc:LineExtensionAmount>
    <cac:Price><cbc:PriceAmount currencyID="{currency}">600</cbc:PriceAmount></cac:Price>
    <cac:Item><cbc:Name>Needle</cbc:Name>
      <cac:SellersItemIdentification><cbc:ID>OM-A</cbc:ID></cac:SellersItemIdentification>
    </cac:Item>
  </cac:LineItem></cac:OrderLine>
</Order>"""


@tagged("post_install", "-at_install", "om_full")
class TestIntakeCustomer(IntakeCase):
    """Whom an order is for."""

    def _order_for(self, customer, **values):
        document = self._document("M-1", **values)
        document["customer"] = customer
        answer = self.submit_one(document)
        self.assertEqual(answer["outcome"], "created", answer)
        return self.order_of(answer)

    def test_keys_in_their_order(self):
        partner = self._create_customer("By number")
        by_ref = self._create_customer("By ref", ref="C-1")
        by_vat = self._create_customer("By vat", vat="BE0477472701")
        by_email = self._create_customer("By mail", email="Anna@Example.com")
        number = self.env["order.channel.partner"].create(
            {"channel_id": self.channel.id, "ref": "C-1", "partner_id": partner.id}
        )
        party = {**CUSTOMER, "vat": "BE 0477.472.701"}
        for index, (expected, outcome, undo) in enumerate(
            (
                (partner, "channel", number.unlink),
                (by_ref, "ref", by_ref.action_archive),
                (by_vat, "vat", by_vat.action_archive),
                (by_email, "email", by_email.action_archive),
            )
        ):
            with self.subTest(outcome=outcome):
                document = {**self._document(f"M-{index}"), "customer": party}
                order = self.order_of(self.submit_one(document))
                self.assertEqual(order.partner_id, expected)
                slip = self.env["order.decision"].search(
                    [("res_id", "=", order.id), ("decision", "=", "intake.match")]
                )
                self.assertEqual((slip.outcome, slip._replay()), (outcome, [True]))
                undo()

    def test_new_customer(self):
        order = self._order_for({**CUSTOMER, "phone": "+32 2 555 12 12", "vat": "not a number"})
        partner = order.partner_id
        self.assertEqual(
            (partner.name, partner.email, partner.street, partner.zip, partner.city),
            ("Anna Peeters", "anna@example.com", "Rue Haute 1", "1000", "Brussels"),
        )
        self.assertEqual((partner.country_id.code, partner.company_id), ("BE", self.company))
        self.assertEqual(order.partner_shipping_id, partner)
        again = self.submit_one(self._document("M-2"))
        self.assertEqual(self.order_of(again).partner_id, partner)

    def test_new_customer_twice_in_one_call(self):
        answers = self.submit(self._document("M-1"), self._document("M-2"))
        partners = {self.order_of(answer).partner_id for answer in answers}
        self.assertEqual(len(partners), 1)

    def test_unknown_customer_is_refused(self):
        self.channel.unknown_customer = "refuse"
        before = self.env["res.partner"].search_count([])
        answer = self.submit_one(self._document("M-1"))
        self.assertEqual(
            [(e["code"], e["path"]) for e in answer["errors"]], [("unknown_customer", "customer")]
        )
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_nameless_customer_is_refused(self):
        answer = self.submit_one({**self._document("M-1"), "customer": {"ref": "C-99"}})
        self.assertEqual(answer["errors"][0]["code"], "unknown_customer")

    def test_ambiguous_customer(self):
        for name in ("One", "Two"):
            self._create_customer(name, email="anna@example.com")
        answer = self.submit_one(self._document("M-1"))
        self.assertEqual(
            [(e["code"], e["path"]) for e in answer["errors"]],
            [("ambiguous_customer", "customer.email")],
        )

    def test_company_and_its_contact_are_one_match(self):
        company = self._create_customer("Firm", email="anna@example.com", is_company=True)
        self._create_customer("Anna", email="anna@example.com", parent_id=company.id)
        self.assertEqual(self._order_for(dict(CUSTOMER)).partner_id, company)

    def test_partner_of_another_company_does_not_match(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._create_customer("Theirs", ref="C-1", company_id=other.id)
        order = self._order_for(dict(CUSTOMER))
        self.assertEqual(order.partner_id.name, "Anna Peeters")

    def test_known_customer_is_never_changed(self):
        partner = self._create_customer("Known", ref="C-1", street="Old street 1")
        before = partner.read()[0]
        order = self._order_for({**CUSTOMER, "name": "Someone else"})
        partner.invalidate_recordset()
        changed = {
            key
            for key, value in partner.read()[0].items()
            if value != before[key] and key in ("name", "street", "zip", "city", "email", "phone")
        }
        self.assertFalse(changed)
        self.assertEqual(order.partner_shipping_id.parent_id, partner)
        self.assertEqual(order.partner_shipping_id.type, "delivery")
        self.assertEqual(order.partner_shipping_id.street, "Rue Haute 1")
        self.assertEqual(order.partner_invoice_id, partner)

    def test_addresses_become_contacts_once(self):
        ship_to = {
            "name": "Depot",
            "street": "Quai 5",
            "zip": "4000",
            "city": "Liège",
            "country": "BE",
        }
        bill_to = {
            "name": "Books",
            "street": "Rue 9",
            "zip": "4000",
            "city": "Liège",
            "country": "BE",
        }
        first = self.order_of(
            self.submit_one(self._document("M-1", ship_to=ship_to, bill_to=bill_to))
        )
        self.assertEqual(
            (first.partner_shipping_id.name, first.partner_invoice_id.name), ("Depot", "Books")
        )
        self.assertEqual(first.partner_shipping_id.parent_id, first.partner_id)
        spoken = {**ship_to, "street": " quai  5 ", "city": "LIÈGE"}
        second = self.order_of(self.submit_one(self._document("M-2", ship_to=spoken)))
        self.assertEqual(second.partner_shipping_id, first.partner_shipping_id)
        near = {**ship_to, "street": "Quai 51"}
        third = self.order_of(self.submit_one(self._document("M-3", ship_to=near)))
        self.assertNotEqual(third.partner_shipping_id, first.partner_shipping_id)
        own = {key: CUSTOMER[key] for key in ("street", "zip", "city", "country")}
        fourth = self.order_of(self.submit_one(self._document("M-4", ship_to=own)))
        self.assertEqual(fourth.partner_shipping_id, fourth.partner_id)

    def test_an_address_written_otherwise_is_the_same(self):
        """Case, accents, punctuation and spacing make no new contact; a number does."""
        depot = {"name": "Dépôt d'Été", "street": "Quai de l'Écluse 5/2", "zip": "4000",
                 "city": "Liège", "country": "BE"}  # fmt: skip
        first = self.order_of(self.submit_one(self._document("M-1", ship_to=depot)))
        contact = first.partner_shipping_id
        spellings = (
            {"street": "QUAI DE L ECLUSE, 5 - 2"},
            {"name": "depot d’ete", "city": "LIEGE"},
            {"zip": "40 00", "street": "Quai-de-l'Ecluse 5/2."},
        )
        for index, spelling in enumerate(spellings):
            with self.subTest(spelling=spelling):
                document = self._document(f"S-{index}", ship_to={**depot, **spelling})
                order = self.order_of(self.submit_one(document))
                self.assertEqual(order.partner_shipping_id, contact)
        for index, other in enumerate(({"street": "Quai de l'Écluse 52"}, {"country": "FR"})):
            with self.subTest(other=other):
                document = self._document(f"O-{index}", ship_to={**depot, **other})
                order = self.order_of(self.submit_one(document))
                self.assertNotEqual(order.partner_shipping_id, contact)

    def test_the_one_that_is_written_alike_is_taken_first(self):
        partner = self._create_customer("Known", ref="C-1")
        address = {"zip": "4000", "city": "Liège", "country_id": self.belgium.id}
        contacts = self.env["res.partner"].create(
            [
                {"name": name, "street": "Quai 5", "parent_id": partner.id, "type": "delivery",
                 **address}
                for name in ("DEPOT", "Dépôt")
            ]
        )  # fmt: skip
        ship_to = {"street": "Quai 5", "zip": "4000", "city": "Liège", "country": "BE"}
        for index, (name, expected) in enumerate(
            (("Dépôt", contacts[1]), ("DEPOT", contacts[0]), ("depot", contacts[0]))
        ):
            with self.subTest(name=name):
                document = self._document(f"M-{index}", ship_to={**ship_to, "name": name})
                order = self.order_of(self.submit_one(document))
                self.assertEqual(order.partner_shipping_id, expected)

    def test_spellings_of_one_call_make_one_contact(self):
        spellings = ("Quai d'Été 5", "QUAI D ETE 5", "Quai d’Ete, 5")
        documents = [
            self._document(
                f"M-{index}",
                ship_to={"street": street, "zip": "4000", "city": "Liège", "country": "BE"},
            )
            for index, street in enumerate(spellings)
        ]
        contacts = {self.order_of(answer).partner_shipping_id for answer in self.submit(*documents)}
        self.assertEqual(len(contacts), 1)

    def test_near_addresses_are_offered(self):
        """B5: a new contact is made; the order's slip names those that may have been meant."""
        partner = self._create_customer("Known", ref="C-1")
        near = self.env["res.partner"].create(
            [
                {"name": f"Depot {number}", "street": f"Quai de Meuse {number}", "zip": "4000",
                 "parent_id": partner.id, "type": "delivery"}
                for number in range(1, 9)
            ]
        )  # fmt: skip
        ship_to = {"name": "Depot", "street": "Quai de Meuse 10", "zip": "4000", "country": "BE"}
        order = self.order_of(self.submit_one(self._document("M-1", ship_to=ship_to)))
        self.assertNotIn(order.partner_shipping_id, near)
        slip = self.env["order.decision"].search(
            [("res_id", "=", order.id), ("decision", "=", "intake.match")]
        )
        (offered,) = [other for other in slip.alternatives if other["key"] == "near_address"]
        self.assertEqual(len(offered["candidates"]), 5)
        self.assertEqual(offered["candidates"][0]["id"], near[0].id)
        self.assertEqual(offered["candidates"][0]["reason"], "Similar address")

    def test_known_addresses_need_no_lock(self):
        """Orders to addresses that are there do not wait for each other."""
        ship_to = {"street": "Quai 5", "zip": "4000", "city": "Liège", "country": "BE"}
        locks = self.env["order.lock"]
        for index, is_taken in enumerate((True, False)):
            self.submit_one(self._document(f"M-{index}", ship_to=ship_to))
            locks.invalidate_model()
            taken = locks.search([("kind", "=", "intake.contact")])
            self.assertEqual(bool(taken), is_taken)
            self.env.cr.execute("DELETE FROM order_lock WHERE kind = 'intake.contact'")

    def test_one_contact_for_two_documents_of_a_call(self):
        ship_to = {"street": "Quai 5", "zip": "4000", "city": "Liège", "country": "BE"}
        answers = self.submit(*(self._document(f"M-{n}", ship_to=ship_to) for n in range(3)))
        contacts = {self.order_of(answer).partner_shipping_id for answer in answers}
        self.assertEqual(len(contacts), 1)

    def test_old_delivery_contact_is_not_taken_silently(self):
        partner = self._create_customer(
            "Known", ref="C-1", **{key: CUSTOMER[key] for key in ("street", "zip", "city")}
        )
        self._create_customer("Old depot", parent_id=partner.id, type="delivery", street="Far 1")
        self.assertEqual(self._order_for(dict(CUSTOMER)).partner_shipping_id, partner)

    def test_unknown_places(self):
        us = {**CUSTOMER, "country": "US", "state": "ZZ"}
        for path, customer, code in (
            ("customer.country", {**CUSTOMER, "country": "XX"}, "unknown_country"),
            ("customer.state", us, "unknown_state"),
        ):
            with self.subTest(path=path):
                answer = self.submit_one({**self._document("M-1"), "customer": customer})
                self.assertEqual([(e["code"], e["path"]) for e in answer["errors"]], [(code, path)])
        for index, state in enumerate(("CA", "US-CA", "California")):
            with self.subTest(state=state):
                customer = {**us, "state": state, "ref": f"US-{index}", "email": f"{index}@x.com"}
                document = {**self._document(f"S-{index}"), "customer": customer}
                order = self.order_of(self.submit_one(document))
                self.assertEqual(order.partner_id.state_id, self.env.ref("base.state_us_5"))

    def test_failed_order_leaves_no_customer(self):
        before = self.env["res.partner"].search_count([])
        good, bad = (
            self._document("M-1"),
            self._document("M-2", ("OM-A", 1), charges=[{"amount": 5}]),
        )
        bad["customer"] = {**CUSTOMER, "ref": "C-2", "email": "b@example.com"}
        self.channel.charge_product_id = False
        self.env.ref("order_management.product_charge").unlink()
        answers = self.submit(good, bad)
        self.assertOutcomes(answers, "created", "rejected")
        self.assertEqual(answers[1]["errors"][0]["path"], "charges")
        self.assertEqual(self.env["res.partner"].search_count([]), before + 1)
        self.assertFalse(self.env["res.partner"].search([("email", "=", "b@example.com")]))


@tagged("post_install", "-at_install")
class TestIntakeLines(IntakeCase):
    """What an order is about, and at which price."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "20 %",
                "amount": 20.0,
                "type_tax_use": "sale",
                "price_include_override": "tax_excluded",
            }
        )
        cls.included_tax = cls.tax.copy(
            {"name": "20 % incl.", "price_include_override": "tax_included"}
        )

    def _line_of(self, line, **values):
        document = {**self._document("L-1", **values), "lines": [line]}
        answer = self.submit_one(document)
        self.assertEqual(answer["outcome"], "created", answer)
        return self.order_of(answer).order_line

    def _refusal_of(self, line, **values):
        answer = self.submit_one({**self._document("L-1", **values), "lines": [line]})
        self.assertEqual(answer["outcome"], "rejected", answer)
        return [(problem["code"], problem["path"]) for problem in answer["errors"]]

    def test_products(self):
        product = self._create_product("P-1", barcode="0012345678905")
        pack = self.env["product.uom"].create(
            {
                "product_id": product.id,
                "uom_id": self.env.ref("uom.product_uom_dozen").id,
                "barcode": "5400000000008",
            }
        )
        unit = self.env.ref("uom.product_uom_unit")
        for index, (key, code, uom) in enumerate(
            (
                ("sku", "P-1", unit),
                ("customer_sku", "P-1", unit),
                ("barcode", "0012345678905", unit),
                ("barcode", "12345678905", unit),
                ("barcode", "00012345678905", unit),
                ("barcode", "5400000000008", pack.uom_id),
            )
        ):
            with self.subTest(key=key, code=code):
                document = {**self._document(f"P-{index}"), "lines": [{key: code, "quantity": 1}]}
                line = self.order_of(self.submit_one(document)).order_line
                self.assertEqual((line.product_id, line.product_uom_id), (product, uom))

    def test_archived_product_is_taken_and_active_one_preferred(self):
        old = self._create_product("P-1", active=False)
        self.assertEqual(self._line_of({"sku": "P-1", "quantity": 1}).product_id, old)
        new = self._create_product("P-1")
        answer = self.submit_one(self._document("L-2", ("P-1", 1)))
        self.assertEqual(self.order_of(answer).order_line.product_id, new)
        self._create_product("P-1")
        self.assertEqual(
            self.submit_one(self._document("L-3", ("P-1", 1)))["errors"][0]["code"],
            "ambiguous_product",
        )

    def test_product_of_another_company_is_unknown(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._create_product("P-1", company_id=other.id)
        self.assertEqual(
            self._refusal_of({"sku": "P-1", "quantity": 1}), [("unknown_product", "lines[0].sku")]
        )

    def test_units(self):
        for index, (text, xmlid) in enumerate(
            (
                ("DZN", "dozen"),
                ("Dozens", "dozen"),
                ("C62", "unit"),
                ("EA", "unit"),
                ("units", "unit"),
            )
        ):
            with self.subTest(unit=text):
                answer = self.submit_one(
                    {**self._document(f"U-{index}"), "lines": [self._line("OM-A", 1, uom=text)]}
                )
                line = self.order_of(answer).order_line
                self.assertEqual(line.product_uom_id, self.env.ref(f"uom.product_uom_{xmlid}"))
        for text in ("KGM", "furlong"):
            with self.subTest(unit=text):
                self.assertEqual(
                    self._refusal_of(self._line("OM-A", 1, uom=text)),
                    [("unknown_unit", "lines[0].uom")],
                )

    def test_bad_line_is_left_out(self):
        self.channel.bad_line = "leave_out"
        answer = self.submit_one(self._document("L-1", ("OM-A", 1), ("ZZ-9", 2), ("OM-A", 3)))
        self.assertEqual(answer["outcome"], "created")
        order = self.order_of(answer)
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [1.0, 3.0])
        self.assertEqual(order.order_line.mapped("external_position"), [1, 3])
        self.assertEqual(len(order.left_out_lines), 1)
        left_out = order.left_out_lines[0]
        self.assertEqual(
            (left_out["index"], left_out["sku"], left_out["quantity"], left_out["code"]),
            (1, "ZZ-9", 2, "unknown_product"),
        )

    def test_each_line_left_out_is_a_finding(self):
        self.channel.bad_line = "leave_out"
        document = self._document("L-1", ("OM-A", 1), ("ZZ-9", 2), ("ZZ-8", 3))
        answer = self.submit_one(document, process="confirm")
        self.assertTrue(answer["ok"])
        self.assertEqual((answer["outcome"], answer["hold_state"]), ("created", "held"))
        self.assertEqual(
            [(f["check"], f["severity"], f["details"]["index"]) for f in answer["findings"]],
            [("line_left_out", "hold", 1), ("line_left_out", "hold", 2)],
        )
        self.assertEqual(
            answer["findings"][0]["message"],
            "Line 2 of the document (2 × ZZ-9) was left out: There is no product ZZ-9.",
        )
        order = self.order_of(answer)
        self.assertEqual(self.submit_one(document)["findings"], answer["findings"])
        self.as_role(order, "clerk").check_orders()
        self.assertEqual(order.finding_ids.mapped("state"), ["open", "open"])
        released = self.as_role(order.finding_ids, "clerk").release("The customer knows")
        self.assertEqual([line["order_state"] for line in released], ["sale", "sale"])

    def test_price_tolerance_counts_under_every_policy_that_keeps_prices(self):
        for policy in ("keep", "hold"):
            self.channel.write({"price_policy": policy, "price_tolerance": 2.0})
            for price, hold_state in ((49.0, "clear"), (48.99, "held"), (51.01, "held")):
                with self.subTest(policy=policy, price=price):
                    answer = self.submit_one(
                        self._document(f"{policy}-{price}", ("OM-A", 1, price))
                    )
                    self.assertEqual(answer["hold_state"], hold_state)

    def test_price_policy(self):
        for policy, price, discount in (
            ("keep", 45.0, 10.0),
            ("hold", 45.0, 10.0),
            ("ours", 50.0, 0.0),
        ):
            with self.subTest(policy=policy):
                self.channel.price_policy = policy
                document = self._document(f"L-{policy}")
                document["lines"] = [self._line("OM-A", 1, 45.0, discount=10.0)]
                line = self.order_of(self.submit_one(document)).order_line
                self.assertEqual((line.price_unit, line.discount), (price, discount))
                self.assertEqual(line.document_price_unit, 45.0)

    def test_line_without_price_takes_ours(self):
        self.assertEqual(self._line_of({"sku": "OM-A", "quantity": 1}).price_unit, 50.0)

    def test_zero_price_is_a_price(self):
        line = self._line_of(self._line("OM-A", 1, 0))
        self.assertEqual(line.price_unit, 0.0)
        self.assertEqual(line.order_id.amount_total, 0.0)

    def test_tax_conventions(self):
        self._create_product("EXCL", taxes_id=[Command.set(self.tax.ids)])
        self._create_product("INCL", taxes_id=[Command.set(self.included_tax.ids)])
        for sku, is_gross, price, untaxed, total in (
            ("EXCL", False, 10.0, 20.0, 24.0),
            ("EXCL", True, 8.333333, 16.67, 20.0),
            ("INCL", False, 12.0, 20.0, 24.0),
            ("INCL", True, 10.0, 16.67, 20.0),
        ):
            with self.subTest(sku=sku, is_gross=is_gross):
                document = self._document(
                    f"{sku}-{is_gross}", (sku, 2, 10.0), prices_include_tax=is_gross
                )
                order = self.order_of(self.submit_one(document))
                self.assertAlmostEqual(order.order_line.price_unit, price, 6)
                self.assertEqual((order.amount_untaxed, order.amount_total), (untaxed, total))

    def test_gross_total_to_the_cent(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        self._create_product(
            "EXCL", stock=50, taxes_id=[Command.set(self.tax.ids)], invoice_policy="order"
        )
        self.channel.price_tolerance = 1000.0
        total = 0.0
        document = self._document("L-1", prices_include_tax=True)
        document["lines"] = []
        for price, quantity, discount in (
            (9.99, 3, 0.0),
            (0.99, 7, 0.0),
            (19.95, 1, 10.0),
            (5.0, 1, 0.0),
        ):
            document["lines"].append(self._line("EXCL", quantity, price, discount=discount))
            total += round(price * quantity * (1 - discount / 100) + 1e-9, 2)
        order = self.order_of(self.submit_one(document))
        self.assertAlmostEqual(order.amount_total, total, 6)
        for line, net, gross in zip(
            order.order_line, (24.97, 5.77, 14.97, 4.17), (29.97, 6.93, 17.96, 5.0), strict=True
        ):
            self.assertEqual(line.price_total, gross)
            self.assertAlmostEqual(line.price_subtotal, net, delta=0.011)
        order.action_confirm()
        invoice = order._create_invoices()
        self.assertAlmostEqual(invoice.amount_total, total, 6)
        order.order_line[0].product_uom_qty = 4
        self.assertEqual(order.order_line[0].price_total, 39.96)

    def test_charges(self):
        document = self._document(
            "L-1",
            charges=[
                {"name": "Shipping", "amount": 4.9},
                {"name": "Voucher", "amount": -10.0},
                {"name": "Gift wrap", "amount": 2.0, "line": "1"},
            ],
        )
        document["lines"] = [
            self._line("OM-A", 1, 50.0, ref="1"),
            self._line("OM-A", 1, 50.0, ref="2"),
        ]
        self.env.ref("order_management.product_charge").taxes_id = False
        answer = self.submit_one(document)
        order = self.order_of(answer)
        self.assertEqual(
            [(line.name, line.price_unit) for line in order.order_line if line.is_document_charge],
            [("Gift wrap", 2.0), ("Shipping", 4.9), ("Voucher", -10.0)],
        )
        self.assertEqual(order.amount_total, 96.9)
        self.assertEqual([line["ref"] for line in answer["lines"]], ["1", "2"])
        self.assertEqual(answer["findings"], [])

    def test_currency(self):
        home = self.company.currency_id
        foreign = self.env.ref("base.EUR" if home.name == "USD" else "base.USD")
        foreign.active = True
        self.assertEqual(
            self._refusal_of(self._line("OM-A", 1, 5.0), currency=foreign.name),
            [("unknown_currency", "currency")],
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        line = self._line_of(self._line("OM-A", 1, 5.0), currency=foreign.name)
        self.assertEqual((line.order_id.pricelist_id, line.currency_id), (pricelist, foreign))
        self.assertEqual(line.price_unit, 5.0)
        answer = self.submit_one(self._document("L-2", currency=home.name))
        self.assertEqual(self.order_of(answer).currency_id, home)

    def test_header(self):
        self.warehouse.partner_id.tz = "Europe/Brussels"
        order = self.order_of(
            self.submit_one(
                self._document(
                    "L-1",
                    ordered_at="2026-03-01T10:00:00+02:00",
                    requested_date="2026-03-10",
                    customer_reference="PO-9",
                    ship_complete=True,
                    expected_total=123.45,
                    note="<b>ring</b> twice",
                )
            )
        )
        self.assertEqual(str(order.date_order), "2026-03-01 08:00:00")
        self.assertEqual(str(order.commitment_date), "2026-03-10 11:00:00")
        self.assertEqual((order.client_order_ref, order.picking_policy), ("PO-9", "one"))
        self.assertEqual((order.expected_total, order.warehouse_id), (123.45, self.warehouse))
        self.assertIn("&lt;b&gt;ring", order.note)

    def test_unknown_carrier(self):
        self.assertEqual(
            self._refusal_of(self._line("OM-A", 1), carrier="NONE"),
            [("unknown_carrier", "carrier")],
        )

    def test_ubl_file(self):
        content = UBL.format(currency=self.company.currency_id.name).encode()
        file = {
            "format": "ubl",
            "filename": "order.xml",
            "content": base64.b64encode(content).decode(),
        }
        answer = self.submit_one(file)
        self.assertEqual(answer["outcome"], "created", answer)
        order = self.order_of(answer)
        self.assertEqual((order.external_ref, order.client_order_ref), ("UBL-77", "PO-12"))
        self.assertEqual(order.partner_id.name, "Ville de Namur")
        self.assertTrue(order.partner_id.is_company)
        self.assertEqual(order.order_line.product_uom_qty, 2.0)
        self.assertEqual(order.order_line.product_uom_id, self.env.ref("uom.product_uom_dozen"))
        self.assertEqual(order.amount_untaxed, 1200.0)
        self.assertEqual(self.submit_one(file)["outcome"], "replayed")
