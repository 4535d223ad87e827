"""What the tests share: a small company that sells, ships and is switched on."""

from odoo.fields import Command
from odoo.tests import TransactionCase

ROLES = ("clerk", "picker", "returns", "manager", "integration", "auditor")

ADDRESS = {
    "street": "Chaussée de Namur 40",
    "zip": "1367",
    "city": "Ramillies",
}


def plain(records):
    """``records`` without the tests' own context, as a remote call has them."""
    return records.with_env(records.env(context={}))


def switch_on(company):
    """Switch a company on with all in force, though it may have sold before."""
    company.use_order_management = True
    company.write({"order_check_mode": "on", "order_message_mode": "on"})


class OrderManagementCase(TransactionCase):
    """A switched-on company, one user a role, products, a customer and builders.

    ``users``: role → user of the company; ``warehouse``; ``customer`` with a full address;
    ``_create_product``, ``_create_customer``, ``_create_order``, ``_set_stock``; ``as_role``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, no_reset_password=True)
        )
        cls.company = cls.env.company
        switch_on(cls.company)
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.users = dict(zip(ROLES, cls._create_users(), strict=True))
        cls.belgium = cls.env.ref("base.be")
        cls.customer = cls._create_customer("Deco Sud")
        cls.product = cls._create_product("OM-A", price=50.0, stock=100)

    @classmethod
    def as_role(cls, records, role):
        """``records`` (or a model name) as the user of ``role`` sees them."""
        if isinstance(records, str):
            records = cls.env[records]
        return records.with_user(cls.users[role])

    @classmethod
    def _create_users(cls):
        """One user a role, made together: a user of its own takes several times as long."""
        return cls.env["res.users"].create(
            [
                {
                    "login": f"om_{role}",
                    "password": f"om_{role}",
                    "name": f"Test {role}",
                    "email": f"{role}@example.com",
                    "group_ids": [Command.set(cls.env.ref(f"order_management.group_{role}").ids)],
                    "company_id": cls.company.id,
                    "company_ids": [Command.set(cls.company.ids)],
                }
                for role in ROLES
            ]
        )

    def _recheck(self):
        """Run the scheduled action that checks waiting orders again."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_recheck").method_direct_trigger()
        self.env.invalidate_all()

    @classmethod
    def _create_customer(cls, name, **values):
        return cls.env["res.partner"].create(cls._prepare_customer(name, **values))

    @classmethod
    def _prepare_customer(cls, name, **values):
        return {"name": name, "country_id": cls.belgium.id, **ADDRESS, **values}

    @classmethod
    def _create_product(cls, sku, price=10.0, stock=0, **values):
        product = cls.env["product.product"].create(
            {
                "name": f"Product {sku}",
                "default_code": sku,
                "list_price": price,
                "type": "consu",
                "is_storable": True,
                "taxes_id": [Command.clear()],
                **values,
            }
        )
        if stock:
            cls._set_stock(product, stock)
        return product

    @classmethod
    def _set_stock(cls, product, quantity, location=None):
        cls.env["stock.quant"]._update_available_quantity(
            product, location or cls.warehouse.lot_stock_id, quantity
        )

    @classmethod
    def _create_order(cls, lines=None, customer=None, **values):
        """An order of ``lines``: (product, quantity) or (product, quantity, price)."""
        return cls.env["sale.order"].create(cls._prepare_order(lines, customer, **values))

    @classmethod
    def _create_orders(cls, customers, lines=None, **values):
        """As many orders as customers, made together."""
        return cls.env["sale.order"].create(
            [cls._prepare_order(lines, customer, **values) for customer in customers]
        )

    @classmethod
    def _prepare_order(cls, lines=None, customer=None, **values):
        lines = [(cls.product, 1)] if lines is None else lines
        return {
            "partner_id": (customer or cls.customer).id,
            "order_line": [Command.create(cls._prepare_line(*line)) for line in lines],
            **values,
        }

    @classmethod
    def _prepare_line(cls, product, quantity, price=None):
        values = {"product_id": product.id, "product_uom_qty": quantity}
        if price is not None:
            values["price_unit"] = price
        return values
