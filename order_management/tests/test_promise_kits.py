import unittest
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..models.common.optional import has_model
from ..models.promise.kits import Kits
from .common import plain
from .test_promise_steps import StepsCase


@tagged("post_install", "-at_install")
class TestPromiseKits(StepsCase):
    """Kits are served from their components, where manufacturing is installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not has_model(cls.env, "mrp.bom"):
            raise unittest.SkipTest("Kits need sale_mrp.")
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.wheel = cls._create_product("WHEEL", stock=10)
        cls.screw = cls._create_product("SCREW", stock=48)
        cls.cart = cls._create_kit("CART", [(cls.wheel, 2), (cls.screw, 1, cls.dozen)])

    @classmethod
    def _create_kit(cls, sku, parts, made=1, unit=None, **values):
        kit = cls._create_product(sku, price=100.0, **values)
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "product_qty": made,
                "product_uom_id": (unit or kit.uom_id).id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create(
                        {
                            "product_id": part.id,
                            "product_qty": quantity,
                            "product_uom_id": (rest[0] if rest else part.uom_id).id,
                        }
                    )
                    for part, quantity, *rest in parts
                ],
            }
        )
        return kit

    def shortages(self, *lines):
        order = self._create_order(list(lines))
        found = order._get_stock_shortages()
        return [
            (found[line.id]["asked"], found[line.id]["free"]) if line.id in found else None
            for line in order.order_line
        ]

    def test_as_many_as_the_scarcest_component_allows(self):
        """C13: 10 wheels make 5 carts, 48 screws 4."""
        self.assertEqual(self.shortages((self.cart, 4)), [None])
        self.assertEqual(self.shortages((self.cart, 5)), [(5, 4)])
        self._set_stock(self.screw, 100)
        self.assertEqual(self.shortages((self.cart, 5)), [None])
        self.assertEqual(self.shortages((self.cart, 7)), [(7, 5)])

    def test_units_of_kit_and_components(self):
        """A bill of materials for two dozen tins, each from 40 g of a stock in kilograms."""
        powder = self._create_product("POWDER", uom_id=self.env.ref("uom.product_uom_kgm").id)
        self._set_stock(powder, 1.2)
        gram = self.env.ref("uom.product_uom_gram")
        tin = self._create_kit("TIN", [(powder, 960, gram)], made=2, unit=self.dozen)
        self.assertEqual(self.shortages((tin, 30)), [None])
        self.assertEqual(self.shortages((tin, 31)), [(31, 30)])
        order = self._create_order([(tin, 2)])
        order.order_line.product_uom_id = self.dozen
        self.assertEqual(order._get_stock_shortages(), {})
        order.order_line.product_uom_qty = 3
        (shortage,) = order._get_stock_shortages().values()
        self.assertEqual([shortage[key] for key in ("asked", "free", "missing")], [36, 30, 6])

    def test_kit_that_is_not_stocked_itself(self):
        kit = self._create_kit("SET", [(self.wheel, 5)], is_storable=False)
        self.assertEqual(self.shortages((kit, 2)), [None])
        self.assertEqual(self.shortages((kit, 3)), [(3, 2)])

    def test_kit_within_a_kit(self):
        pair = self._create_kit("PAIR", [(self.cart, 2), (self.wheel, 1)])
        self.assertEqual(self.shortages((pair, 2)), [None])
        self.assertEqual(self.shortages((pair, 3)), [(3, 2)])

    def test_service_in_a_kit_is_no_stock(self):
        work = self._create_product("WORK", type="service", is_storable=False)
        kit = self._create_kit("BUILT", [(self.wheel, 1), (work, 3)])
        self.assertEqual(self.shortages((kit, 10)), [None])

    def test_shared_components(self):
        """C13: what one line takes is not there for the next, be it a kit or the component."""
        bike = self._create_kit("BIKE", [(self.wheel, 2)])
        self.assertEqual(self.shortages((self.cart, 3), (bike, 2)), [None, None])
        self.assertEqual(self.shortages((self.cart, 3), (bike, 3)), [None, (3, 2)])
        self.assertEqual(self.shortages((self.wheel, 5), (bike, 3)), [None, (3, 2)])
        self.assertEqual(self.shortages((bike, 4), (self.wheel, 3)), [None, (3, 2)])

    def test_enough_is_sold_and_too_few_are_held(self):
        enough, short = self._create_order([(self.cart, 4)]), self._create_order([(self.cart, 5)])
        short.action_confirm()
        self.assertEqual((short.state, short.hold_state), ("draft", "held"))
        self.assertEqual(short.open_finding_ids.code, "stock_short")
        enough.action_confirm()
        self.assertEqual((enough.state, enough.hold_state), ("sale", "clear"))
        self.assertEqual(sorted(enough.picking_ids.move_ids.mapped("quantity")), [8, 48])

    def test_orders_of_one_call_share_components(self):
        bike = self._create_kit("BIKE", [(self.wheel, 2)])
        orders = self._create_order([(self.cart, 3)]) | self._create_order([(bike, 3)])
        orders.action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "draft"])

    def test_components_are_locked(self):
        """Parallel confirmations of kits that share a component wait for each other."""
        self._create_order([(self.cart, 1)])._lock_for_decision()
        locked = self.env["order.lock"].search([("kind", "=", "stock")]).mapped("key_2")
        self.assertLessEqual({self.cart.id, self.wheel.id, self.screw.id}, set(locked))

    def test_queries_do_not_grow_with_orders(self):
        self._set_stock(self.wheel, 100)

        def count(orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(orders._get_stock_shortages()), 0)
            return self.cr.sql_log_count - before

        orders = self.env["sale.order"]
        counts = []
        for number in (1, 1, 3):  # the first reads what is kept between calls
            for _index in range(number):
                orders |= self._create_order([(self.cart, 1), (self.wheel, 1)])
            counts.append(count(orders))
        self.assertEqual(*counts[1:])

    def test_availability_of_quick_entry(self):
        self.assertEqual(self.available((self.cart, 4)), [("free", 4)])
        self.assertEqual(self.available((self.cart, 5)), [("partly", 4)])
        bike = self._create_kit("BIKE", [(self.wheel, 2)], is_storable=False)
        wishes = ((self.cart, 3), (bike, 3), (self.wheel, 1))
        self.assertEqual(self.available(*wishes), [("free", 4), ("partly", 2), ("none", 0)])

    def test_parts_are_core_s_explosion(self):
        """Kits in kits, in other units, with lines for one variant alone; two searches for all."""
        attribute = self.env["product.attribute"].create(
            {"name": "Color", "value_ids": [Command.create({"name": n}) for n in ("Red", "Blue")]}
        )
        template = self.env["product.template"].create(
            {
                "name": "Train",
                "is_storable": True,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        red, blue = template.product_variant_ids
        bell = self._create_product("BELL", stock=5)
        bom = self.env["mrp.bom"].create(
            {
                "product_tmpl_id": template.id,
                "product_qty": 2,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": self.cart.id, "product_qty": 3}),
                    Command.create(
                        {
                            "product_id": bell.id,
                            "product_qty": 1,
                            "bom_product_template_attribute_value_ids": [
                                Command.set(red.product_template_attribute_value_ids.ids)
                            ],
                        }
                    ),
                ],
            }
        )
        kits = Kits(red | blue | self.cart, self.company)
        before = self.env.cr.sql_log_count
        for product in (red, blue, self.cart):
            kits.get_parts(product)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 12)
        self.assertEqual(kits.get_parts(red)[bell], 0.5)
        self.assertNotIn(bell, kits.get_parts(blue))
        for product, one in ((red, bom), (blue, bom), (self.cart, self.cart.bom_ids)):
            expected = {}
            for line, values in one.explode(product, 1.0)[1]:
                needed = line.product_uom_id._compute_quantity(
                    values["qty"], line.product_id.uom_id, round=False
                )
                expected[line.product_id] = (
                    expected.get(line.product_id, 0.0) + needed / one.product_qty
                )
            self.assertEqual(kits.get_parts(product), expected, product.display_name)

    # What shops are told

    def told(self, *products):
        answer = plain(self.as_role("product.product", "integration")).read_availability(
            [product.default_code for product in products], [self.warehouse.code]
        )
        return {item["sku"]: item for item in answer["items"]}

    def test_shops_are_told_the_scarcest_component(self):
        """C13: what one kit takes of a shared component, the other has no more."""
        bike = self._create_kit("BIKE", [(self.wheel, 2)], is_storable=False)
        items = self.told(self.cart, bike, self.wheel)
        found = {sku: (item["on_hand"], item["available"]) for sku, item in items.items()}
        self.assertEqual(found, {"CART": (4.0, 4.0), "BIKE": (5.0, 5.0), "WHEEL": (10.0, 10.0)})
        self.confirmed((bike, 4))
        items = self.told(self.cart, bike, self.wheel)
        found = {sku: (item["reserved"], item["available"]) for sku, item in items.items()}
        self.assertEqual(found, {"CART": (3.0, 1.0), "BIKE": (4.0, 1.0), "WHEEL": (8.0, 2.0)})

    def test_a_kit_comes_when_its_last_component_comes(self):
        self.env["stock.quant"]._update_available_quantity(
            self.screw, self.warehouse.lot_stock_id, -48
        )
        for product, quantity, day in ((self.screw, 30, 6), (self.wheel, 8, 3)):
            move = self.env["stock.move"].create(
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "location_id": self.env.ref("stock.stock_location_suppliers").id,
                    "location_dest_id": self.warehouse.lot_stock_id.id,
                    "picking_type_id": self.warehouse.in_type_id.id,
                }
            )
            move._action_confirm(merge=False)
            move.date = fields.Datetime.now() + timedelta(days=day)
        item = self.told(self.cart)["CART"]
        self.assertEqual(
            (item["on_hand"], item["available"], item["incoming"], item["next_quantity"]),
            (0.0, 0.0, 2.0, 2.0),
        )
        self.assertEqual(item["next_date"], str(fields.Date.today() + timedelta(days=6)))

    def test_components_are_found_among_all_products(self):
        read = plain(self.as_role("product.product", "integration")).read_availability
        cursor = read(warehouses=[self.warehouse.code])["next"]
        self._set_stock(self.wheel, -5)
        items = read(warehouses=[self.warehouse.code], after=cursor)["items"]
        self.assertEqual(
            {item["sku"]: item["available"] for item in items}, {"WHEEL": 5.0, "CART": 2.0}
        )

    def available(self, *wishes):
        products = self.env["product.product"].union(*(product for product, _ in wishes))
        answers = products._get_availability(self.warehouse, wishes)
        return [(answer["state"], answer["free"]) for answer in answers]

    # Changing and cancelling

    def test_own_reservation_is_no_shortage(self):
        order = self.confirmed((self.cart, 2))
        self.change(order, 4, "CART")
        self.assertEqual(sorted(order.picking_ids.move_ids.mapped("quantity")), [8, 48])
        answer = self.amend_one(order, lines=[{"sku": "CART", "quantity": 5}])
        self.assertRefused(answer, "held", "", outcome="held")

    def test_up_and_down_before_anything_is_picked(self):
        self._set_stock(self.screw, 48)
        for steps, code in (("ship_only", "OUT"), ("pick_ship", "PICK")):
            with self.subTest(steps=steps):
                order = self.stepped(steps, 4, self.cart)
                for quantity in (3, 4, 1):
                    self.change(order, quantity, "CART")
                    self.assertOpen(order, (code, 2 * quantity), (code, 12 * quantity))
                self.assertNothingComesBack(order)

    def test_printed_transfer(self):
        order = self.stepped("ship_only", 4, self.cart)
        order.picking_ids.printed = True
        self.change(order, 3, "CART")
        self.assertOpen(order, ("OUT", 6), ("OUT", 36))

    def test_down_after_one_component_came_back(self):
        """D9: 4 kits shipped, one component of one returned, down to 3: nothing more is moved."""
        order = self.stepped("ship_only", 4, self.cart)
        self.ship_all(order)
        self.take_back(order.picking_ids, {self.wheel: 2})
        self.assertEqual(order.order_line.qty_delivered, 3)
        moves = order.order_line.move_ids
        self.change(order, 3, "CART")
        self.assertEqual(order.order_line.move_ids, moves)
        answer = self.amend_one(order, lines=[{"sku": "CART", "quantity": 2}])
        self.assertRefused(answer, "not_possible", "changes[0].lines[0].quantity")

    def test_down_after_a_part_was_shipped_in_two_steps(self):
        """D3 with kits: 4 ordered, 2 shipped, down to 3: the components of one remain."""
        order = self.stepped("pick_ship", 4, self.cart)
        for _step in range(2):
            picking = order.picking_ids.filtered(lambda one: one.state == "assigned")
            for move in picking.move_ids.filtered("product_uom_qty"):
                quantity = 4 if move.product_id == self.wheel else 24
                move.write({"quantity": quantity, "picked": True})
            picking.with_context(skip_backorder=True).button_validate()
            order.picking_ids.filtered(
                lambda one: one.picking_type_code == "internal" and one.state == "assigned"
            ).do_unreserve()
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.change(order, 3, "CART")
        order.picking_ids.action_assign()
        self.assertOpen(order, ("PICK", 2), ("PICK", 12))
        self.assertNothingComesBack(order)

    def test_nothing_after_all_came_back(self):
        """D10: two steps, delivered and returned, down to nothing: no transfer comes of it."""
        order = self.stepped("pick_ship", 2, self.cart)
        self.ship_all(order)
        self.ship_all(order)
        out = order.picking_ids.filtered(lambda one: one.picking_type_code == "outgoing")
        self.take_back(out, {self.wheel: 4, self.screw: 24})
        self.assertEqual(order.order_line.qty_delivered, 0)
        moves = order.order_line.move_ids
        self.change(order, 0, "CART")
        self.assertEqual(order.order_line.move_ids, moves)
        self.assertEqual(order.order_line.product_uom_qty, 0)

    def test_a_picked_component_keeps_its_kit(self):
        order = self.stepped("pick_ship", 4, self.cart)
        picked = order.picking_ids.move_ids.filtered(lambda move: move.product_id == self.wheel)
        picked.move_line_ids.scanned_quantity = 3
        answer = self.amend_one(order, lines=[{"sku": "CART", "quantity": 1}])
        self.assertRefused(answer, "not_possible", "changes[0].lines[0].quantity")
        self.assertIn("2 are picked", answer["errors"][0]["message"])
        self.change(order, 2, "CART")
        self.assertEqual(picked.move_line_ids.scanned_quantity, 3)
        self.assertOpen(order, ("PICK", 4), ("PICK", 24))

    def test_cancel_what_is_open(self):
        order = self.stepped("ship_only", 4, self.cart)
        wheels = order.picking_ids.move_line_ids.filtered(lambda one: one.product_id == self.wheel)
        wheels.scanned_quantity = 2
        (answer,) = self.cancel(order)
        self.assertEqual(
            (answer["outcome"], answer["cancelled_lines"][0]["quantity"]), ("partly_cancelled", 3)
        )
        self.assertOpen(order, ("OUT", 2), ("OUT", 12))
        self.assertEqual(self.cancel(order)[0]["outcome"], "refused")

    def test_cancel_all(self):
        order = self.stepped("pick_ship", 4, self.cart)
        (answer,) = self.cancel(order)
        self.assertEqual((answer["outcome"], order.state), ("cancelled", "cancel"))
        self.assertEqual(self.shortages((self.cart, 4)), [None])

    def test_cancel_after_the_customer_returned_one_component(self):
        """D9: what stayed with the customer is for a return."""
        order = self.stepped("ship_only", 2, self.cart)
        self.ship_all(order)
        self.take_back(order.picking_ids, {self.wheel: 1})
        moves = order.order_line.move_ids
        (answer,) = self.cancel(order)
        self.assertEqual(order.order_line.move_ids, moves)
        self.assertEqual(answer["outcome"], "partly_cancelled")

    def cancel(self, order):
        return plain(self.as_role(order, "integration")).cancel_orders("No longer wanted")

    def ship_all(self, order):
        """Finish every transfer that is ready."""
        for picking in order.picking_ids.filtered(lambda one: one.state == "assigned"):
            for move in picking.move_ids:
                move.write({"quantity": move.product_uom_qty, "picked": True})
            picking.button_validate()
            self.assertEqual(picking.state, "done")

    def take_back(self, picking, quantities):
        """The customer returns components, with the money to be given back."""
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = quantities.get(line.product_id, 0)
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        for move in back.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True, "to_refund": True})
        back.button_validate()
        self.assertEqual(back.state, "done")
