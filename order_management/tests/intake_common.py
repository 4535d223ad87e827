"""What the tests of intake share: a channel and builders of documents."""

from .common import OrderManagementCase

CUSTOMER = {
    "ref": "C-1",
    "name": "Anna Peeters",
    "email": "anna@example.com",
    "street": "Rue Haute 1",
    "zip": "1000",
    "city": "Brussels",
    "country": "BE",
}


class IntakeCase(OrderManagementCase):
    """A web shop's channel, and documents for it.

    ``channel``; ``_document(ref, *lines, **values)``; ``submit`` as the integration user.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The documents of a table of cases are alike; duplicates have tests of their own.
        cls.env.ref("order_management.order_check_duplicate_order").mode = "off"
        cls.channel = cls._create_channel("WEB")

    @classmethod
    def _create_channel(cls, code, **values):
        return cls.env["order.channel"].create({"name": f"Shop {code}", "code": code, **values})

    @classmethod
    def _document(cls, ref, *lines, **values):
        """An order of ``lines``: (sku, quantity) or (sku, quantity, price)."""
        return {
            "external_ref": ref,
            "customer": dict(CUSTOMER),
            "lines": [cls._line(*line) for line in lines or [("OM-A", 2, 50.0)]],
            **values,
        }

    @classmethod
    def _line(cls, sku, quantity, price=None, **values):
        line = {"sku": sku, "quantity": quantity, **values}
        return line if price is None else {**line, "unit_price": price}

    def submit(self, *documents, channel="WEB", role="integration", **values):
        return self.as_role("order.intake", role).submit(channel, list(documents), **values)

    def submit_one(self, document, **values):
        (answer,) = self.submit(document, **values)
        return answer

    def order_of(self, answer):
        return self.env["sale.order"].browse(answer["order_id"])

    def assertOutcomes(self, answers, *outcomes):
        self.assertEqual([answer["outcome"] for answer in answers], list(outcomes), answers)
