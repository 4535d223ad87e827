from unittest.mock import patch

from lxml import html

from odoo.fields import Command
from odoo.http import root
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.order_management.tests.returns_common import ReturnCase

THIRTY = "You can return it within 30 days of delivery; we keep back 15 % of the price."
NO_FAULT = "We keep nothing back when it is our fault."
WAY_BACK = "You pay for the way back, unless it is our fault."
GENERAL = [THIRTY, NO_FAULT, WAY_BACK]


@tagged("post_install", "-at_install")
class TestShopReturnPolicy(HttpCase, ReturnCase):
    """Visitors of the shop see what they may send back before they buy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].get_current_website()
        cls.website.company_id = cls.company
        cls.company.country_id = cls.belgium
        cls.goods = cls.shirt.product_tmpl_id
        cls.goods.is_published = True
        cls.france = cls.env.ref("base.fr")

    def _add_rule(self, sequence=5, **values):
        return self.rule.copy({"sequence": sequence, "fee_percent": 0.0, **values})

    def _get_page(self, url):
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        return html.fromstring(answer.content)

    def _read(self, url=None):
        """The sentences on the product's page."""
        page = self._get_page(url or self.goods.website_url)
        (place,) = page.xpath("//div[@class='o_shop_return_policy']")
        return self._read_items(place)

    def _read_items(self, place):
        return [" ".join(item.text_content().split()) for item in place.xpath(".//li")]

    def _sign_in(self, **values):
        customer = self._create_customer("Erika Muster", **values)
        new_test_user(
            self.env, login="om_shopper", groups="base.group_portal", partner_id=customer.id
        )
        self.authenticate("om_shopper", "om_shopper")
        return customer

    def test_product_page_tells_the_terms(self):
        self.assertEqual(self._read(), GENERAL)
        page = self._get_page(self.goods.website_url)
        (section,) = page.xpath("//section[@aria-labelledby='shop_return_policy_title']")
        self.assertEqual(section.xpath(".//a/@href"), ["/returns/policy"])
        self.assertTrue(section.xpath(".//h2[@id='shop_return_policy_title']"))
        self.as_role(self.rule, "manager").write({"window_days": 45})
        self.assertIn("within 45 days", self._read()[0])

    def test_terms_are_those_of_the_product(self):
        tag = self.env["product.tag"].create({"name": "Sealed"})
        other = self._create_product("OTHER", is_published=True)
        clothes = self.env["product.category"].create({"name": "Clothes"})
        self.goods.categ_id = clothes.create({"name": "Shirts", "parent_id": clothes.id})
        cases = [
            {"product_ids": self.shirt.ids},
            {"category_ids": clothes.ids},
            {"product_tag_ids": tag.ids},
        ]
        self.goods.product_tag_ids = tag
        for scope in cases:
            with self.subTest(scope=scope):
                rule = self._add_rule(decision="refuse", **scope)
                self.assertEqual(self._read(), ["This product can't be returned."])
                self.assertEqual(self._read(other.website_url), GENERAL)
                rule.unlink()

    def test_terms_are_those_of_the_visitor(self):
        self._add_rule(1, country_ids=self.france.ids, window_days=20)
        self._add_rule(2, customer_kind="company", window_days=10)
        later = "Later: y" + THIRTY[1:]
        company = "Companies: you can return it within 10 days of delivery."
        otherwise = "Otherwise: you can return it within 30 days of delivery;"
        anonymous = self._read()
        self.assertEqual(anonymous[0], company)
        self.assertIn(otherwise, anonymous[1])
        where = patch.object(type(self.website), "_get_geoip_country_code", lambda website: "FR")
        with where:
            self.assertEqual(self._read()[0], "You can return it within 20 days of delivery.")
        customer = self._sign_in(is_company=False)
        with where:
            self.assertEqual(self._read(), GENERAL, "their own address counts")
        customer.is_company = True
        short = "You can return it within 10 days of delivery."
        self.assertEqual(self._read(), [short, later, *GENERAL[1:]])
        customer.country_id = self.france
        longer = "You can return it within 20 days of delivery."
        self.assertEqual(self._read(), [longer, later, *GENERAL[1:]])

    def test_cart_s_address_counts_before_the_customer_s(self):
        self._add_rule(1, country_ids=self.france.ids, window_days=20)
        customer = self._sign_in()
        self.assertEqual(self._read(), GENERAL)
        address = self._create_customer(
            "Paris", type="delivery", parent_id=customer.id, country_id=self.france.id
        )
        self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "partner_shipping_id": address.id,
                "website_id": self.website.id,
            }
        )
        self.authenticate("om_shopper", "om_shopper")
        self.assertIn("within 20 days", self._read()[0])

    def test_absent_without_a_policy(self):
        self.company.use_order_management = False
        self.assertEqual(self._read(), [])
        page = self.url_open(self.goods.website_url).text
        self.assertNotIn("shop_return_policy_title", page)
        self.assertEqual(self.url_open("/returns/policy").status_code, 404)
        self.company.use_order_management = True
        self.env["order.return.policy"].search([]).active = False
        self.assertEqual(self._read(), [])
        self.assertEqual(self.url_open("/returns/policy").status_code, 404)

    def test_names_are_escaped(self):
        self.reasons["changed_mind"].name = "<script>alert(1)</script>"
        self.rule.fee_ids = [
            Command.create({"reason_id": self.reasons["changed_mind"].id, "fee_percent": 5.0})
        ]
        for url in (self.goods.website_url, "/returns/policy"):
            page = self.url_open(url).text
            self.assertIn("for “&lt;script&gt;alert(1)&lt;/script&gt;”", page)
            self.assertNotIn("<script>alert(1)", page)

    def test_in_the_visitor_s_language(self):
        french = self.env["res.lang"]._activate_lang("fr_FR")
        self.website.language_ids |= french
        reason = self.reasons["changed_mind"]
        reason.with_context(lang="fr_FR").name = "Changé d'avis"
        self.rule.fee_ids = [Command.create({"reason_id": reason.id, "fee_percent": 5.0})]
        self.assertIn("for “Changed mind”", self._read()[0])
        self.assertIn("for “Changé d'avis”", self._read(f"/fr{self.goods.website_url}")[0])

    def test_page_of_the_whole_policy(self):
        tag = self.env["product.tag"].create({"name": "Sealed goods"})
        self._add_rule(product_tag_ids=tag.ids, decision="refuse")
        page = self._get_page("/returns/policy")
        (main,) = page.xpath("//main[@id='wrap']")
        self.assertEqual(
            self._read_items(main),
            [
                "Sealed goods: can't be returned.",
                "Everything else: you can return it within 30 days of delivery; we keep back "
                "15 % of the price.",
                NO_FAULT,
                WAY_BACK,
            ],
        )

    def test_confirmation_tells_the_terms_of_the_order(self):
        order = self._create_order([(self.shirt, 1, 40.0)], website_id=self.website.id)
        order.action_confirm()
        session = self.authenticate(None, None)
        session["sale_last_order_id"] = order.id
        root.session_store.save(session)
        page = self._get_page("/shop/confirmation")
        (section,) = page.xpath("//section[@id='return_policy']")
        self.assertEqual(
            self._read_items(section), ["Everything: y" + THIRTY[1:], NO_FAULT, WAY_BACK]
        )

    def test_page_costs_next_to_nothing_once_the_terms_are_kept(self):
        """However many rules there are: the tags of the product, its category, the company."""

        def count():
            self._tell()
            self.env.flush_all()
            self.env.invalidate_all()
            website, goods = self._as_visitor()
            before = self.env.cr.sql_log_count
            website._tell_return_policy(goods)
            return self.env.cr.sql_log_count - before

        self.goods.categ_id = self.env["product.category"].create({"name": "Shirts"})
        few = count()
        for number in range(5):
            self._add_rule(20 + number, window_days=60 + number)
        self.assertEqual(count(), few)
        self.assertLessEqual(few, 3)

    def _as_visitor(self):
        """The website and the goods as a visitor's page has them when it comes to the terms."""
        website = self.website.with_user(self.website.user_id)
        goods = self.shirt.with_user(self.website.user_id)
        goods.sudo().read(["name", "categ_id", "product_tag_ids"])
        website.company_id.sudo().read(["use_order_management", "currency_id", "country_id"])
        return website, goods

    def _tell(self):
        website, goods = self._as_visitor()
        return website._tell_return_policy(goods)

    def test_terms_follow_the_chosen_variant(self):
        """The server renders the section anew for another variant, and for no other reason."""
        red, blue = self._create_variants()
        self._add_rule(product_ids=blue.ids, decision="refuse")
        section = html.fromstring(self._choose(red, blue)["return_policy"])
        self.assertEqual(self._read_items(section), ["This product can't be returned."])
        section = html.fromstring(self._choose(blue, red)["return_policy"])
        self.assertEqual(self._read_items(section), GENERAL)
        self.assertNotIn("return_policy", self._choose(blue, blue))

    def test_terms_follow_the_chosen_variant_on_the_page(self):
        red, blue = self._create_variants()
        self._add_rule(product_ids=blue.ids, decision="refuse")
        self.start_tour(red.website_url, "order_management_shop_variant")

    def _create_variants(self):
        color = self.env["product.attribute"].create(
            {
                "name": "Color",
                "display_type": "radio",
                "value_ids": [Command.create({"name": name}) for name in ("Red", "Blue")],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Scarf",
                "is_published": True,
                "type": "consu",
                "list_price": 20.0,
                "attribute_line_ids": [
                    Command.create(
                        {"attribute_id": color.id, "value_ids": [Command.set(color.value_ids.ids)]}
                    )
                ],
            }
        )
        return template.product_variant_ids

    def _choose(self, before, chosen):
        """What the shop answers when another variant is chosen."""
        return self.make_jsonrpc_request(
            "/website_sale/get_combination_info",
            {
                "product_template_id": chosen.product_tmpl_id.id,
                "product_id": before.id,
                "combination": chosen.product_template_attribute_value_ids.ids,
                "add_qty": 1,
            },
        )
