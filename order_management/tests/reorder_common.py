"""A past for products: receipts, deliveries and returns on the days they are wanted."""

from datetime import datetime, time

from freezegun import freeze_time

from odoo.tools import SQL

from .common import OrderManagementCase


class ReorderCase(OrderManagementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.partner_id.tz = "UTC"
        cls.env["order.reorder.policy"]._ensure_policies(cls.company)
        cls.policy = cls.env["order.reorder.policy"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.item = cls._create_product("OM-DEMAND")
        cls.supplier_place = cls.env.ref("stock.stock_location_suppliers")
        cls.customer_place = cls.env.ref("stock.stock_location_customers")

    @classmethod
    def _move(cls, product, day, quantity, source, target, **values):
        """A move that was done on a day (noon UTC), or at a moment."""
        moment = day if isinstance(day, datetime) else datetime.combine(day, time(12))
        move = cls.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": source.id,
                "location_dest_id": target.id,
                **values,
            }
        )
        move._action_confirm()
        move.quantity = quantity
        move.picked = True
        move._action_done()
        cls._write_sql(move, date=moment)
        return move

    @classmethod
    def _receive(cls, product, day, quantity):
        stock = cls.warehouse.lot_stock_id
        moment = day if isinstance(day, datetime) else datetime.combine(day, time(6))
        return cls._move(product, moment, quantity, cls.supplier_place, stock)

    @classmethod
    def _ship(cls, product, day, quantity):
        stock = cls.warehouse.lot_stock_id
        return cls._move(product, day, quantity, stock, cls.customer_place)

    @classmethod
    def _take_back(cls, move, day, quantity):
        stock = cls.warehouse.lot_stock_id
        return cls._move(
            move.product_id,
            day,
            quantity,
            cls.customer_place,
            stock,
            origin_returned_move_id=move.id,
        )

    @classmethod
    def _clear(cls, product):
        """As if the product had never moved."""
        cls.env.flush_all()
        for table in ("stock_move_line", "stock_move", "stock_quant"):
            cls.env.cr.execute(
                SQL("DELETE FROM %s WHERE product_id = %s", SQL.identifier(table), product.id)
            )
        cls.env.invalidate_all()

    @classmethod
    def _write_sql(cls, records, **values):
        cls.env.flush_all()
        for name, value in values.items():
            cls.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = ANY(%s)",
                    SQL.identifier(records._table),
                    SQL.identifier(name),
                    value,
                    records.ids,
                )
            )
        cls.env.invalidate_all()

    def _forecast(self, moment, product=None, **arguments):
        """Forecast at a moment, as the manager asks for it."""
        product = product or self.item
        with freeze_time(moment):
            rows = self.as_role("order.forecast", "manager").run(
                product.ids, self.warehouse.ids, **arguments
            )
        self.assertEqual(len(rows), 1)
        self.assertTrue(rows[0]["ok"])
        return rows[0]

    def _get_forecast(self, moment, product=None):
        row = self._forecast(moment, product)
        return self.env["order.forecast"].browse(row["forecast_id"])
