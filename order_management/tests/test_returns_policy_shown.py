from datetime import date

from lxml import html

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, freeze_time, tagged

from .test_returns_policy import PolicyCase


@tagged("post_install", "-at_install", "om_lean")
class TestReturnPolicyTrial(PolicyCase):
    """A policy is tried on past returns, with the money."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls.policy.copy(
            {
                "name": "Draft",
                "date_from": "2031-01-01",
                "rule_ids": [Command.clear(), Command.create({"window_days": 60})],
            }
        )

    def _try(self, role="manager", **values):
        run = self.as_role("order.return.policy.dry.run", role).create(
            {
                "policy_id": self.draft.id,
                "date_from": "2026-03-01",
                "date_to": "2026-06-30",
                **values,
            }
        )
        run.action_run()
        return run

    def test_money_effect_of_a_longer_window_without_a_fee(self):
        mind = self._return(self._create_sold(), 1)
        fault = self._return(self._create_sold(), 2, "defective")
        late = self._return(self._create_sold(), 1, requested_on="2026-04-10")
        cancelled = self._return(self._create_sold(), 1)
        self.as_role(cancelled, "returns").cancel("kept")
        for one in (mind, fault):
            self._receive(one)
            self._settle(one)
        run = self._try()
        self.assertRecordValues(
            run,
            [
                {
                    "looked_at": 3,
                    "changed": 2,
                    "accept_before": 2,
                    "accept_after": 3,
                    "refuse_before": 1,
                    "refuse_after": 0,
                    "refund_before": 123.12,
                    "refund_after": 172.80,
                    "refund_difference": 49.68,
                    "fee_before": 6.48,
                    "fee_after": 0.0,
                    "fee_difference": -6.48,
                    "to_decide": 0.0,
                }
            ],
        )
        self.assertRecordValues(
            run.line_ids,
            [
                {
                    "return_id": late.id,
                    "before": "refuse",
                    "after": "accept",
                    "refund_before": 0.0,
                    "difference": 43.20,
                },
                {
                    "return_id": mind.id,
                    "before": "accept",
                    "after": "accept",
                    "refund_before": 36.72,
                    "difference": 6.48,
                },
            ],
        )
        self.assertEqual(late.state, "refused", "nothing is written")
        self.draft.rule_ids.decision = "review"
        run.action_run()
        self.assertEqual((run.review_after, run.refund_after, run.to_decide), (3, 129.60, 43.20))
        self.draft.country_ids = self.env.ref("base.jp")
        run.action_run()
        self.assertEqual((run.looked_at, run.line_ids.ids), (0, []))
        self.assertEqual(run.line_ids.ids, [])
        with self.assertRaises(AccessError):
            self._try("returns")
        with self.assertRaises(AccessError):
            self.as_role(run, "returns").action_run()

    def test_queries_do_not_grow_with_returns(self):
        def count():
            run = self.as_role("order.return.policy.dry.run", "manager").create(
                {"policy_id": self.draft.id, "date_from": "2026-03-01", "date_to": "2026-06-30"}
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.draft._try_on_returns(run.date_from, run.date_to, self.company)
            return self.env.cr.sql_log_count - before

        self._return(self._create_sold())
        count()
        few = count()
        for _turn in range(4):
            self._return(self._create_sold(), requested_on="2026-04-10")
        self.assertLessEqual(count() - few, 2)


@tagged("post_install", "-at_install", "om_full")
class TestReturnPolicyWords(PolicyCase):
    """A policy in words: doubts for its writer, terms for customers."""

    def _doubts(self, policy=None):
        return (policy or self.policy)._tell_doubts()

    def test_doubts(self):
        self.rule.fee_percent = 0
        self.assertEqual((self._doubts(), self.policy.doubt_count), ([], 0))
        self.rule.window_days = 7
        self.assertEqual(
            self._doubts(),
            [
                "Rule 1: 7 days are too few. Consumers in the European Union may change their "
                "mind for 14 days."
            ],
        )
        self.policy.country_ids = self.env.ref("base.jp")
        self.assertEqual(self._doubts(), [])
        self.rule.write({"window_days": 30, "customer_kind": "company"})
        reasons = self.env["order.return.reason"].search([])
        self.assertEqual(len(self._doubts()), len(reasons))
        self.assertEqual(
            self._doubts()[0],
            "“Changed mind”: no rule fits returns by consumers of goods that no rule names; a "
            "person will decide each.",
        )
        self.rule.customer_kind = False
        self._add_rule(sequence=20, product_ids=self.shirt.ids)
        self.assertEqual(
            self._doubts(),
            ["Rule 2 never decides: rule 1 above it takes all it is for."],
        )

    def test_doubts_appear_while_a_policy_is_written(self):
        form = Form(self.as_role("order.return.policy", "manager"))
        form.name = "New"
        with form.rule_ids.new() as rule:
            rule.window_days = 3
        self.assertEqual(form.doubt_count, 1)
        self.assertIn("too few", form.doubts)
        self.assertIn("within 3 days of delivery", form.words)
        self.assertEqual(form.save().doubt_count, 1)

    def test_dates_that_no_version_is_for(self):
        self.rule.fee_percent = 0
        version = self.policy._create_version(date(2031, 5, 1))
        self.assertEqual(self._doubts(version), [])
        version.date_from = "2031-05-11"
        self.assertEqual(
            self._doubts(version),
            ["None of the versions counts for orders from May 1, 2031 to May 10, 2031."],
        )

    def test_terms_in_plain_sentences(self):
        sealed = self.env["product.tag"].create({"name": "Sealed goods"})
        self._add_rule(product_tag_ids=sealed.ids, goods="opened", decision="refuse")
        self.rule.evidence_reason_ids = self.reasons["damaged"]
        self.assertEqual(
            self.policy._describe(),
            [
                "Sealed goods (Opened): can't be returned.",
                "Everything else: you can return it within 30 days of delivery; we keep back "
                "15 % of the price.",
                "We keep nothing back when it is our fault.",
                "Please send us a photo when the reason is: Damaged on the way.",
                "You pay for the way back, unless it is our fault.",
            ],
        )
        consumers = self._add_rule(customer_kind="consumer", window_days=14)
        self.assertIn("Everything else (Consumers): ", self.policy._describe()[1])
        company = self.policy._describe({"is_company": True, "partner_tags": []})
        self.assertNotIn("14 days", " ".join(company))
        self.assertEqual(consumers.display_name, "Everything: 14 days")

    def test_order_tells_its_own_terms(self):
        order = self._create_sold()
        self.as_role(self.rule, "manager").write({"window_days": 90})
        self.assertIn("within 30 days", order._tell_return_policy()[0])
        self.assertEqual(order._tell_return_days(), ["The time to return ended on March 31, 2026."])
        new = self._create_delivered()
        self.env["order.shipment"].search(
            [("picking_id", "in", new.picking_ids.ids)]
        ).delivered_at = "2031-03-01 10:00:00"
        self.assertIn("within 90 days", new._tell_return_policy()[0])
        self.assertEqual(new._tell_return_days(), ["You can return until May 30, 2031."])
        self.company.use_order_management = False
        self.assertEqual((new._tell_return_policy(), new._tell_return_days()), ([], []))

    def test_terms_of_today_for_a_shop(self):
        Policy = self.env["order.return.policy"]
        japan, france = self.env.ref("base.jp"), self.env.ref("base.fr")
        self.policy.country_ids = japan
        self.rule.window_days = 8
        self._create_sold()
        self.as_role(self.rule, "manager").window_days = 9
        self.assertIn("within 9 days", Policy._describe_today(self.company, japan)[0])
        self.assertIn("within 30 days", Policy._describe_today(self.company, france)[0])
        self.assertIn("within 30 days", Policy._describe_today(self.company)[0])
        public = Policy.with_user(self.env.ref("base.public_user"))
        self.assertIn("within 30 days", public._describe_today(self.company)[0])
        self.company.use_order_management = False
        self.assertEqual(Policy._describe_today(self.company), [])

    def test_terms_of_today_for_one_product(self):
        """Only what is for the product is told, in words that leave its name out."""
        sealed = self.env["product.tag"].create({"name": "Sealed goods"})
        swim = self.env["product.category"].create({"name": "Swimwear"})
        suits = self.env["product.category"].create({"name": "Suits", "parent_id": swim.id})
        suit = self._create_product("SUIT", categ_id=suits.id)
        soap = self._create_product("SOAP", additional_product_tag_ids=sealed.ids)
        cd = self._create_product("CD")
        self._add_rule(product_tag_ids=sealed.ids, goods="opened", decision="refuse")
        self._add_rule(6, category_ids=swim.ids, window_days=14, customer_kind="consumer")
        self._add_rule(7, product_ids=cd.ids, decision="refuse")
        general = [
            "You can return it within 30 days of delivery; we keep back 15 % of the price.",
            "We keep nothing back when it is our fault.",
            "You pay for the way back, unless it is our fault.",
        ]
        company = self._create_customer("GmbH", is_company=True)
        consumer = self._create_customer("Anna Peeters", is_company=False)
        cases = [
            (self.shirt, None, general),
            (self.shirt.product_tmpl_id, company, general),
            (cd, None, ["This product can't be returned."]),
            (
                soap,
                None,
                [
                    "Opened: can't be returned.",
                    "Otherwise: you can return it within 30 days of delivery; we keep back "
                    "15 % of the price.",
                    *general[1:],
                ],
            ),
            (
                suit,
                None,
                [
                    "Consumers: you can return it within 14 days of delivery.",
                    "Otherwise: you can return it within 30 days of delivery; we keep back "
                    "15 % of the price.",
                    *general[1:],
                ],
            ),
            (suit, company, general),
        ]
        Policy = self.env["order.return.policy"].with_user(self.env.ref("base.public_user"))
        for product, customer, expected in cases:
            with self.subTest(product=product.name, customer=customer and customer.name):
                told = Policy._describe_today(self.company, product=product, customer=customer)
                self.assertEqual(told, expected)
        told = Policy._describe_today(self.company, product=suit, customer=consumer)
        self.assertEqual(
            told[:2],
            [
                "You can return it within 14 days of delivery.",
                "Later: you can return it within 30 days of delivery; we keep back 15 % of the "
                "price.",
            ],
        )

    def test_terms_of_today_are_kept_until_edited(self):
        """Once read they cost nothing; whatever is edited of a policy counts at once."""
        Policy = self.env["order.return.policy"]
        reason = self.reasons["changed_mind"]
        goods = self.shirt.product_tmpl_id

        def tell():
            return " ".join(Policy._describe_today(self.company, product=goods))

        def count():
            before = self.env.cr.sql_log_count
            tell()
            return self.env.cr.sql_log_count - before

        self.assertIn("within 30 days of delivery; we keep back 15 % of the price.", tell())
        self.assertEqual(count(), 0)
        self.rule.window_days = 40
        self.assertIn("within 40 days", tell())
        fee = self.env["order.return.policy.fee"].create(
            {"rule_id": self.rule.id, "reason_id": reason.id, "fee_percent": 5.0}
        )
        self.assertIn("5 % of the price for “Changed mind”", tell())
        reason.name = "Second thoughts"
        self.assertIn("for “Second thoughts”", tell())
        fee.unlink()
        self.assertNotIn("Second thoughts", tell())
        self.rule.resolution_ids = self.env["order.return.resolution"].search(
            [("code", "=", "credit")]
        )
        self.rule.resolution_ids.name = "Voucher"
        self.assertIn("you may choose: Voucher", tell())
        first = self.policy.copy({"sequence": 0})
        first.rule_ids.window_days = 7
        self.assertIn("within 7 days", tell())
        first.active = False
        self.assertIn("within 40 days", tell())
        with freeze_time("2031-01-01"):
            first.write({"active": True, "date_from": "2031-01-01"})
            self.assertIn("within 7 days", tell())
        self.assertIn("within 40 days", tell())

    def test_confirmation_tells_the_terms(self):
        order = self._create_order([(self.shirt, 1, 40.0)])

        def render():
            content, _kind = self.env["ir.actions.report"]._render_qweb_html(
                "sale.action_report_saleorder", order.ids
            )
            return " ".join(html.fromstring(content).text_content().split())

        self.assertIn("Returns. Everything: you can return it within 30 days", render())
        self.company.use_order_management = False
        self.assertNotIn("you can return it", render())


@tagged("post_install", "-at_install")
class TestReturnPolicyPortal(HttpCase, PolicyCase):
    def test_order_page_tells_the_terms(self):
        order = self._create_sold()
        url = order.get_portal_url()
        page = html.fromstring(self.url_open(url).content)
        section = page.xpath("//section[@id='return_policy']")[0]
        text = " ".join(section.text_content().split())
        self.assertIn("The time to return ended on March 31, 2026.", text)
        self.assertIn("you can return it within 30 days of delivery", text)
        self.company.use_order_management = False
        self.assertNotIn(b'id="return_policy"', self.url_open(url).content)
