from odoo.tests import tagged

from .common import plain
from .intake_common import IntakeCase

CALL = 100


@tagged("post_install", "-at_install", "om_lean")
class TestIntakeQueries(IntakeCase):
    """How many statements a call takes: so many for the call, so many for each of its orders.

    Of those for an order, all are core's: its number (2), quotation documents, fiscal position.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Customer {n}", "ref": f"Q-{n}"} for n in range(CALL)]
        )
        for number in range(3):
            cls._create_product(f"Q-{number}", price=10.0, stock=10_000)

    def _documents(self, size, prefix):
        lines = [(f"Q-{number}", 1, 10.0) for number in range(3)]
        return [
            self._document(f"{prefix}-{n}", *lines, customer={"ref": f"Q-{n}"}) for n in range(size)
        ]

    def _count(self, documents, process, outcome):
        intakes = plain(self.as_role("order.intake", "integration"))
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        answers = intakes.submit("WEB", documents, process=process)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertOutcomes(answers, *[outcome] * len(documents))
        return self.env.cr.sql_log_count - before

    def _check_slope(self, process, outcome, fixed, per_order):
        if outcome == "created":
            self._count(self._documents(2, "warm"), process, outcome)
        few = self._count(self._documents(10, "few"), process, outcome)
        many = self._count(self._documents(CALL, "many"), process, outcome)
        slope = (many - few) / (CALL - 10)
        found = {"call": round(few - 10 * slope, 1), "order": slope, "few": few, "many": many}
        self.assertLessEqual(found["order"], per_order, found)
        self.assertLessEqual(found["call"], fixed, found)

    def test_create(self):
        self._check_slope("create", "created", 75, 6.0)

    def test_check(self):
        self._check_slope("check", "created", 100, 6.0)

    def test_replay(self):
        for size, prefix in ((10, "few"), (CALL, "many")):
            self._count(self._documents(size, prefix), "create", "created")
        self._check_slope("create", "replayed", 10, 0.0)

    def test_near_matches(self):
        """Refused with near matches: one query finds them for all."""
        self.channel.unknown_customer = "refuse"
        self.env["res.partner"].create(
            [
                {"name": f"Neighbour {n} {m}", "zip": f"{1000 + n}", "street": f"Meir {n}"}
                for n in range(CALL)
                for m in range(7)
            ]
        )

        def documents(size, prefix):
            return [
                self._document(
                    f"{prefix}-{n}",
                    customer={"name": f"Neighbor {n}", "zip": f"{1000 + n}", "street": f"Meir {n}"},
                )
                for n in range(size)
            ]

        few = self._count(documents(10, "few"), "create", "rejected")
        many = self._count(documents(CALL, "many"), "create", "rejected")
        self.assertLessEqual(many - few, CALL, (few, many))
        for intake in self.env["order.intake"].search([("external_ref", "=like", "many-%")]):
            self.assertEqual(len(intake.errors[0]["candidates"]), 5)

    def test_addresses(self):
        """Known and new delivery addresses, with those that are like them."""

        def documents(size, prefix, street):
            ship_to = {"name": "Depot", "zip": "2000", "city": "Antwerpen", "country": "BE"}
            return [
                {**document, "ship_to": {**ship_to, "street": f"{street} {n}"}}
                for n, document in enumerate(self._documents(size, prefix))
            ]

        self._count(documents(CALL, "new", "Meir"), "create", "created")
        few = self._count(documents(10, "few", "MEIR,"), "create", "created")
        many = self._count(documents(CALL, "many", "Meir -"), "create", "created")
        slope = (many - few) / (CALL - 10)
        self.assertLessEqual(slope, 6.0, (few, many))
        self.assertEqual(
            self.env["res.partner"].search_count([("parent_id", "in", self.partners.ids)]), CALL
        )
