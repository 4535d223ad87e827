from random import Random

from odoo.fields import Command
from odoo.tests import tagged

from .test_returns_extras import ReturnExtraCase

METHODS = ("round_per_line", "round_globally")


@tagged("post_install", "-at_install", "om_full")
class TestReturnProperty(ReturnExtraCase):
    """Random orders, taken apart in random order: what is refunded is what was paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.included = cls._create_tax("21 % in it", 21.0, price_include_override="tax_included")
        cls.taxes = [
            cls.tax, cls.half, cls.tax | cls.half, cls.included, cls.env["account.tax"],
        ]  # fmt: skip
        euro = cls.env.ref("base.EUR")
        euro.active = True
        cls.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": "2020-01-01", "rate": 0.73}
        )
        pricelist = cls.env["product.pricelist"].create({"name": "EUR", "currency_id": euro.id})
        cls.pricelists = [cls.env["product.pricelist"], pricelist]

    def _create_random(self, random):
        lines = [
            (
                random.choice((self.shirt, self.book)),
                random.randint(1, 3),
                random.randint(1, 9999) / 100,
            )
            for _line in range(random.randint(1, 3))
        ]
        order = self._create_order(lines, pricelist_id=random.choice(self.pricelists).id)
        for line in order.order_line:
            line.discount = random.choice((0.0, 0.0, 7.5, 33.33))
            line.tax_ids = [Command.set(random.choice(self.taxes).ids)]
        for product, is_delivery in ((self.shipping, True), (self.wrapping, False)):
            if random.random() < 0.5:
                vals = self._prepare_line(product, 1, random.randint(1, 1999) / 100)
                order.order_line = [Command.create({**vals, "is_delivery": is_delivery})]
        if random.random() < 0.6:
            self._discount(order, random.choice((3, 10, 33.3)))
        order.action_confirm()
        if random.random() < 0.5:
            self._bill_deposit(order, random.choice((20, 50, 100))).action_post()
        self._deliver(order)
        order._create_invoices(final=True).action_post()
        return order

    def _take_apart(self, order, random):
        """Return everything in random parts; some are promised early and settled late."""
        left = {
            line: line.product_uom_qty for line in order.order_line if line.product_id.is_storable
        }
        promised = []
        while left:
            line = random.choice(list(left))
            quantity = random.randint(1, int(left[line]))
            left[line] -= quantity
            if not left[line]:
                del left[line]
            asked = [self._ask(order, quantity, "defective", line)]
            if random.random() < 0.5:
                promised.append(self._request(order, lines=asked))
            else:
                self._bring_back(order, (line, quantity))
                self._check_bounds(order)
        random.shuffle(promised)
        for answer in promised:
            self._take_back(self.env["order.return"].browse(answer["return_id"]), answer)
            self._check_bounds(order)

    def _check_bounds(self, order):
        invoiced, credited = self._sum(order)
        self.assertLessEqual(credited, invoiced)
        self.assertFalse(
            any(line.qty_to_invoice for line in order.order_line if not line.is_downpayment)
        )

    def test_what_is_refunded_is_what_was_paid(self):
        on_hand = {product: self._get_on_hand(product) for product in (self.shirt, self.book)}
        for seed in range(10):
            random = Random(seed)
            self.company.tax_calculation_rounding_method = METHODS[seed % 2]
            self.policy.shipping_refund = random.choice(("prorata", "full"))
            self.policy.charge_refund = random.choice(("prorata", "full"))
            with self.subTest(seed=seed):
                order = self._create_random(random)
                if seed % 3 == 0:  # changed since
                    self.company.tax_calculation_rounding_method = METHODS[(seed + 1) % 2]
                self._take_apart(order, random)
                for name in ("amount_total", "amount_untaxed", "amount_tax"):
                    invoiced, credited = self._sum(order, name)
                    self.assertEqual(credited, invoiced, name)
                invoices = order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
                self.assertEqual(set(invoices.mapped("amount_residual")), {0.0})
                self.assertEqual(order.invoice_status, "invoiced")
        for product, quantity in on_hand.items():
            self.assertEqual(self._get_on_hand(product), quantity)
