"""What the tests of slotting share: a small floor with goods, and picks on chosen days."""

from odoo.fields import Command, Datetime

from .fulfillment_common import FulfillmentCase

NOW = Datetime.to_datetime("2026-03-16 10:00:00")
DURING = "2026-03-10 12:00:00"


class SlottingCase(FulfillmentCase):
    """Aisles at 0, 5 and 10 metres between cross aisles at 0 and 20; the depot at 0, 0."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.partner_id.tz = "Europe/Brussels"
        cls.stock = cls.warehouse.lot_stock_id
        cls.floor = cls.env["order.floor"].create(
            {
                "name": "Hall",
                "warehouse_id": cls.warehouse.id,
                "cross_aisle_ids": [
                    Command.create({"pos_y": 0.0}),
                    Command.create({"pos_y": 20.0}),
                ],
            }
        )
        cls.near = cls._create_slot(0, 4)  # 8 metres to fetch
        cls.middle = cls._create_slot(5, 8)  # 26
        cls.far = cls._create_slot(10, 12)  # 44

    @classmethod
    def _create_slot(cls, x, y, z=0.0, **values):
        return cls.env["stock.location"].create(
            {
                "name": f"{x}-{y}-{z:g}",
                "location_id": cls.stock.id,
                "aisle": f"aisle {x}",
                "pos_x": x,
                "pos_y": y,
                "pos_z": z,
                **values,
            }
        )

    @classmethod
    def _create_goods(cls, name, place, quantity=50, **values):
        product = cls._create_product(name, **values)
        cls._set_stock(product, quantity, place)
        return product

    @classmethod
    def _create_standard(cls):
        """Three products, the one that is picked most in the slot farthest away."""
        cls.fast = cls._create_goods("OM-FAST", cls.far)
        cls.mid = cls._create_goods("OM-MID", cls.middle)
        cls.slow = cls._create_goods("OM-SLOW", cls.near)
        cls._pick([[cls.fast]] * 4 + [[cls.mid]] * 2 + [[cls.slow]])

    @classmethod
    def _pick(cls, orders, at=DURING, in_batch=False):
        """Deliver one piece of each product of each order, as of a moment in UTC."""
        kind = cls.warehouse.out_type_id
        customers = cls.env.ref("stock.stock_location_customers")
        pickings = cls.env["stock.picking"].create(
            [
                {
                    "picking_type_id": kind.id,
                    "location_id": cls.stock.id,
                    "location_dest_id": customers.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": 1,
                                "location_id": cls.stock.id,
                                "location_dest_id": customers.id,
                            }
                        )
                        for product in order
                    ],
                }
                for order in orders
            ]
        )
        pickings.action_confirm()
        pickings.action_assign()
        if in_batch:
            cls.env["stock.picking.batch"].create(
                {"picking_type_id": kind.id, "picking_ids": [Command.set(pickings.ids)]}
            )
        pickings.move_ids.picked = True
        pickings._action_done()
        pickings.move_line_ids.date = at
        return pickings

    def _advise(self, **values):
        """The one item that the manager is answered, and its swaps."""
        table = self.as_role("order.slotting.advice", "manager")
        (answer,) = table.advise(warehouse_ids=self.warehouse.ids, **values)
        swaps = self.env["order.slotting.swap"].browse(
            [swap["swap_id"] for swap in answer["swaps"]]
        )
        return answer, swaps
