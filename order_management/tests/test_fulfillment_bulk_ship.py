from odoo.tests import tagged

from .fulfillment_common import FulfillmentCase


@tagged("post_install", "-at_install")
class TestFulfillmentBulkShip(FulfillmentCase):
    """Many transfers leave as one set."""

    def _create_batch(self, count=3, lines=None):
        pickings = self.env["stock.picking"].concat(
            *(self._create_delivery(lines) for _count in range(count))
        )
        batch = self.env["stock.picking.batch"].create(
            {
                "picking_ids": pickings.ids,
                "picking_type_id": pickings.picking_type_id.id,
                "user_id": self.users["picker"].id,
            }
        )
        batch.action_confirm()
        return batch, pickings

    def test_unpicked_leaves_the_batch(self):
        """Case F3: what nothing was picked of can be planned and claimed again."""
        batch, (whole, part, untouched) = self._create_batch(3, [(self.product, 4)])
        untouched.printed = True
        self._scan_all(whole)
        self.as_role(part, "picker").scan("OM-A", 3)
        action = self.as_role(batch, "picker").action_ship()
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual((whole | part).mapped("state"), ["done", "done"])
        self.assertEqual(part.backorder_ids.move_ids.product_uom_qty, 1.0)
        self.assertEqual((batch.state, batch.picking_ids), ("done", whole | part))
        self.assertEqual(
            (untouched.state, untouched.batch_id.id, untouched.user_id.id, untouched.printed),
            ("assigned", False, False, False),
        )
        self.assertIn(untouched.name, "".join(batch.message_ids.mapped("body")))

    def test_unavailable_leaves_the_batch(self):
        """A transfer without goods goes the same way, and waits for them."""
        batch, (ready, empty) = self._create_batch(2)
        empty.do_unreserve()
        self._scan_all(ready)
        self.as_role(batch, "picker").action_ship()
        self.assertEqual((batch.state, batch.picking_ids), ("done", ready))
        self.assertEqual((empty.state, empty.batch_id.id, empty.user_id.id),
                         ("confirmed", False, False))  # fmt: skip

    def test_others_stay_in_the_batch(self):
        """Shipping one transfer takes none of the others from the person who works on them."""
        batch, (ready, later) = self._create_batch(2)
        self._scan_all(ready)
        self.assertTrue(self.as_role(ready, "picker").ship()[0]["ok"])
        self.assertEqual(
            (batch.state, later.batch_id, later.user_id),
            ("in_progress", batch, self.users["picker"]),
        )

    def test_nothing_picked(self):
        """A batch nobody picked anything of stays whole."""
        batch, pickings = self._create_batch(2)
        action = self.as_role(batch, "picker").action_ship()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertEqual((batch.state, batch.picking_ids), ("in_progress", pickings))

    def test_one_message_a_picking(self):
        """What a transfer's log tells of shipping is one message."""
        _batch, pickings = self._create_batch(2)
        self._scan_all(pickings)
        self.env.cr.flush()
        self.env.flush_all()
        before = {picking: len(picking.message_ids) for picking in pickings}
        self.as_role(pickings, "picker").ship()
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        self.assertEqual([len(p.message_ids) - before[p] for p in pickings], [1, 1])

    def test_queries(self):
        """What shipping takes grows by transfers, not by their lines."""
        products = [self._create_product(f"OM-Q{index}", stock=500) for index in range(12)]

        def measure(count, width):
            pickings = self.env["stock.picking"].concat(
                *(
                    self._create_delivery([(product, 1) for product in products[:width]])
                    for _count in range(count)
                )
            )
            pickings.move_line_ids.picked = True
            seen = self.as_role(pickings, "picker")
            return self._count_queries(lambda: seen.ship())

        measure(1, 12)
        short, wide, many = measure(4, 2), measure(4, 12), measure(12, 2)
        # sale_mrp looks once a line whether it is a kit, when it sums up what was delivered.
        kits = 1 if "bom_line_id" in self.env["stock.move"]._fields else 0
        self.assertLessEqual(short - 8 * kits, 102)
        self.assertLessEqual(wide - short - 40 * kits, 4)  # forty lines more
        self.assertLessEqual(many - short - 16 * kits, 8 * 3)  # eight transfers more
