from datetime import date, timedelta

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.reorder.demand_series import DemandSeries
from .common import plain
from .reorder_common import ReorderCase

MONDAY = date(2025, 9, 1)
AHEAD = 4


@tagged("post_install", "-at_install", "om_full")
class TestReorderEvents(ReorderCase):
    """What planned events added is taken out, what they will add is put back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.events = cls.env["order.demand.event"]
        cls.pair = (cls.item, cls.warehouse)

    def plan(self, week, days=7, name="Sale", after=0, **values):
        """An event that begins on a day of a week."""
        first = MONDAY + timedelta(weeks=week, days=after)
        return self.events.create(
            {
                "name": name,
                "date_from": first,
                "date_to": first + timedelta(days=days - 1),
                "product_ids": self.item.ids,
                **values,
            }
        )

    def apply(self, quantities, available=None, pairs=None):
        """The effect on a series of weeks, and the four weeks after."""
        pairs = pairs or [self.pair]
        available = available or [True] * len(quantities)
        series = dict.fromkeys(
            pairs, DemandSeries(MONDAY, [float(n) for n in quantities], [], available, [])
        )
        effects = self.events._apply(
            series, dict.fromkeys(pairs, AHEAD), dict.fromkeys(pairs, self.policy)
        )
        self.assertEqual(list(effects), pairs)
        return effects[pairs[0]] if len(pairs) == 1 else effects

    def assertClose(self, found, expected):
        self.assertEqual(len(found), len(expected))
        for place, (one, other) in enumerate(zip(found, expected, strict=True)):
            self.assertAlmostEqual(one, other, 4, f"at {place}: {found}")

    def test_without_events(self):
        effect = self.apply([5, 6])
        self.assertEqual(effect, ([5, 6], [True, True], [1, 1], [1] * AHEAD))

    def test_expected(self):
        """By the share of a period that it covers; before, within and after the history."""
        self.plan(1, uplift="expected", uplift_percent=100)
        self.plan(3, days=14, after=4, name="Long", uplift="expected", uplift_percent=70)
        effect = self.apply([100, 200, 100, 130])
        self.assertClose(effect.past, [1, 2, 1, 1.3])
        self.assertClose(effect.base, [100] * 4)
        self.assertClose(effect.future, [1.7, 1.4, 1, 1])
        self.assertEqual(effect.available, [True] * 4)

    def test_learned(self):
        """The mean of what past ones of the name added; put back with the coming one."""
        past = self.plan(3)
        coming = self.plan(13, days=14)
        effect = self.apply([100, 100, 100, 250, 100, 100, 100, 100, 100, 100, 100, 100])
        self.assertClose(effect.base, [100] * 12)
        self.assertClose(effect.future, [1, 2.5, 2.5, 1])
        self.assertEqual((past | coming).mapped("learned_percent"), [150, 150])
        self.assertEqual((past | coming).mapped("is_learned"), [True, True])

    def test_learned_by_name_and_kind(self):
        self.plan(3)
        self.plan(12, name="Other", uplift_percent=30)
        self.plan(13, kind="holiday", uplift_percent=40)
        effect = self.apply([100, 100, 100, 250, *[100] * 8])
        self.assertClose(effect.future, [1.3, 1.4, 1, 1])

    def test_nothing_learned_yet(self):
        """As expected, until a product has taught something; others have learned for it."""
        event = self.plan(12, uplift_percent=30)
        self.assertClose(self.apply([100] * 12).future, [1.3, 1, 1, 1])
        self.assertFalse(event.is_learned)
        event.write({"is_learned": True, "learned_percent": 80})
        self.assertClose(self.apply([100] * 12).future, [1.8, 1, 1, 1])
        self.assertClose(self.apply([0] * 12).future, [1.8, 1, 1, 1])

    def test_events_that_overlap(self):
        """An expected one is taken out before another learns; two learned ones are told apart."""
        self.plan(3, name="Known", uplift="expected", uplift_percent=100)
        self.plan(3, name="New")
        self.plan(12, name="New")
        effect = self.apply([100, 100, 100, 300, *[100] * 8])
        self.assertClose(effect.future, [1.5, 1, 1, 1])
        self.assertClose(effect.base, [100] * 12)
        self.plan(6, name="Third")
        self.plan(7, name="Third")
        self.plan(7, name="New")
        effect = self.apply([100, 100, 100, 300, 100, 100, 120, 180, *[100] * 4])
        self.assertClose(effect.future, [1.5, 1, 1, 1])
        self.assertClose(effect.base, [100] * 12)

    def test_weeks_without_stock_teach_nothing(self):
        """Neither as the event's, nor as its neighbours."""
        self.plan(3)
        self.plan(8)
        self.plan(12)
        quantities = [100, 0, 0, 200, 0, 0, 0, 100, 5, 100, 100, 100]
        available = [quantity >= 100 for quantity in quantities]
        effect = self.apply(quantities, available)
        self.assertClose(effect.future, [2, 1, 1, 1])
        self.assertEqual(effect.available, available)

    def test_a_level_that_changes(self):
        """Weeks nearby are compared with, not the whole history."""
        self.plan(7)
        effect = self.apply([10] * 4 + [100] * 3 + [200] + [100] * 4)
        self.assertClose(effect.past[7:8], [2])

    def test_closed(self):
        """Less 100 %: nothing is expected, and a week that was closed is not one without demand."""
        self.plan(2, uplift="expected", uplift_percent=-100, name="Closed")
        self.plan(4, uplift="expected", uplift_percent=-100, name="Closed")
        effect = self.apply([100, 100, 0, 100])
        self.assertEqual(effect.available, [True, True, False, True])
        self.assertClose(effect.future, [0, 1, 1, 1])
        self.assertClose(effect.base, [100, 100, 0, 100])

    def test_months(self):
        self.policy.period = "month"
        self.events.create(
            {
                "name": "Spring",
                "date_from": "2025-11-16",
                "date_to": "2025-12-15",
                "uplift": "expected",
                "uplift_percent": 100,
            }
        )
        effect = self.apply([100, 100, 150])
        self.assertClose(effect.past, [1, 1, 1.5])
        self.assertClose(effect.future, [1 + 15 / 31, 1, 1, 1])

    def test_what_it_concerns(self):
        """Products, categories with those beneath, warehouses; all where nothing is named."""
        above = self.env["product.category"].create({"name": "Above"})
        beneath, beside = self.env["product.category"].create(
            [{"name": "Beneath", "parent_id": above.id}, {"name": "Beside"}]
        )
        place = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        self.item.categ_id = beneath
        other = self._create_product("OM-EVENT", categ_id=beside.id)
        pairs = [self.pair, (self.item, place), (other, self.warehouse)]
        for values, expected in (
            ({}, [2, 2, 2]),
            ({"product_ids": self.item.ids}, [2, 2, 1]),
            ({"category_ids": above.ids}, [2, 2, 1]),
            ({"category_ids": above.ids, "product_ids": other.ids}, [2, 2, 2]),
            ({"warehouse_ids": place.ids}, [1, 2, 1]),
            ({"category_ids": beside.ids, "warehouse_ids": place.ids}, [1, 1, 1]),
            ({"active": False}, [1, 1, 1]),
        ):
            with self.subTest(values=values):
                event = self.plan(
                    0, uplift="expected", uplift_percent=100, **{"product_ids": [], **values}
                )
                effects = self.apply([5], pairs=pairs)
                self.assertEqual([effects[pair].past for pair in pairs], [[n] for n in expected])
                event.unlink()

    def test_another_companys(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.plan(0, uplift="expected", uplift_percent=100, product_ids=[], company_id=company.id)
        self.assertEqual(self.apply([5]).past, [1])

    def test_what_is_learned_in_parts_is_put_together(self):
        """A run in parts of 1 and 3 products: +100 % and +20 % are +40 %."""
        event = self.plan(3, product_ids=[])
        event.copy({"date_from": "2025-12-01", "date_to": "2025-12-07"})
        with freeze_time("2025-11-24 03:00:00"):
            self.apply([100, 100, 100, 200, 100, 100])
            self.assertEqual(event.learned_percent, 100)
            others = [(self._create_product(f"OM-E{n}"), self.warehouse) for n in range(3)]
            self.apply([100, 100, 100, 120, 100, 100], pairs=others)
            self.assertEqual((event.learned_percent, event.learned_count), (40, 4))
        with freeze_time("2025-11-25 03:00:00"):
            self.apply([100, 100, 100, 120, 100, 100], pairs=others)
            self.assertEqual((event.learned_percent, event.learned_count), (20, 3))

    def test_queries_are_constant(self):
        self.plan(3, product_ids=[], category_ids=self.item.categ_id.ids)
        counts = []
        for count in (5, 50):
            pairs = [
                (self._create_product(f"OM-EQ-{count}-{n}"), self.warehouse) for n in range(count)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.apply([100, 100, 100, 200, 100], pairs=pairs)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_rights(self):
        event = self.plan(3)
        values = {"name": "Mine", "date_from": "2026-03-02", "date_to": "2026-03-08"}
        for role in ("clerk", "auditor"):
            with self.subTest(role=role):
                events = plain(self.as_role(event, role))
                self.assertEqual(events.name, "Sale")
                for work in (
                    lambda events=events: events.create(values),
                    lambda events=events: events.write({"name": "Other"}),
                    events.unlink,
                ):
                    with self.assertRaises(AccessError):
                        work()
        with self.assertRaises(AccessError):
            self.as_role(event, "integration").unlink()
        self.as_role(event, "integration").write({"name": "Other"})
        self.assertEqual(event.name, "Other")
        self.as_role(event, "manager").unlink()

    @mute_logger("odoo.sql_db")
    def test_refused(self):
        for wrong, error in (
            ({"date_from": "2026-03-09"}, psycopg2.errors.CheckViolation),
            ({"uplift_percent": -100.5}, psycopg2.errors.CheckViolation),
            ({"date_to": False}, psycopg2.errors.NotNullViolation),
        ):
            values = {"name": "Mine", "date_from": "2026-03-02", "date_to": "2026-03-08"}
            with self.subTest(wrong=wrong), self.assertRaises(error):
                self.events.create({**values, **wrong})
        self.assertFalse(self.events.search([("name", "=", "Mine")]))

    @mute_logger("odoo.sql_db")
    def test_import(self):
        """Core's load: all or nothing; a refusal names the row."""
        events = plain(self.as_role(self.events, "integration"))
        names = ["id", "name", "kind", "date_from", "date_to", "uplift", "uplift_percent",
                 "product_ids/.id"]  # fmt: skip
        rows = [
            [f"__import__.event_{year}", "Fair", "Holiday", f"{year}-05-04", f"{year}-05-10",
             "expected", "25", str(self.item.id)]
            for year in (2025, 2026)
        ]  # fmt: skip
        answer = events.load(names, rows)
        self.assertEqual(answer["messages"], [])
        made = self.events.browse(answer["ids"])
        self.assertEqual(made.mapped("kind"), ["holiday"] * 2)
        self.assertEqual(made.product_ids, self.item)
        rows[1][6] = "30"
        self.assertEqual(events.load(names, rows)["ids"], made.ids)
        self.assertEqual(made.mapped("uplift_percent"), [25, 30])
        rows[0][6], rows[1][4] = "99", "2026-05-01"
        answer = events.load(names, rows)
        self.assertFalse(answer["ids"])
        (message,) = answer["messages"]
        self.assertEqual(message["rows"], {"from": 1, "to": 1})
        self.assertIn("does not end before it begins", message["message"])
        self.env.invalidate_all()
        self.assertEqual(made.mapped("uplift_percent"), [25, 30])
        rows[1][4] = "soon"
        answer = events.load(names, rows)
        self.assertEqual(
            [(message["field"], message["rows"]["from"]) for message in answer["messages"]],
            [("date_to", 1)],
        )
