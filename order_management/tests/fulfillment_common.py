"""What the tests of fulfillment and shipping share: deliveries that wait for a picker."""

from .common import OrderManagementCase

PREFIX = "4012345"


class FulfillmentCase(OrderManagementCase):
    """A second product, and builders: ``_create_delivery``, ``_scan_all``, ``_create_carrier``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.barcode = "4006381333931"
        cls.other = cls._create_product("OM-B", price=20.0, stock=100, barcode="5901234123457")

    @classmethod
    def _create_delivery(cls, lines=None, **values):
        """The delivery of a new confirmed order."""
        order = cls._create_order(lines or [(cls.product, 2)], **values)
        order.action_confirm()
        return order.picking_ids

    @classmethod
    def _scan_all(cls, pickings, role="picker"):
        """Scan all that is reserved, as the picker does."""
        for picking in pickings:
            for line in picking.move_line_ids:
                cls.as_role(picking, role).scan(line.product_id.default_code, line.quantity)

    @classmethod
    def _create_packed(cls, lines=None, **values):
        """A delivery that is scanned and packed into one parcel."""
        picking = cls._create_delivery(lines, **values)
        cls._scan_all(picking)
        cls.as_role(picking, "picker").pack()
        return picking

    @classmethod
    def _create_carrier(cls, code="DHL", **values):
        product = cls.env["product.product"].create(
            {"name": f"Delivery {code}", "type": "service", "taxes_id": []}
        )
        return cls.env["delivery.carrier"].create(
            {
                "name": f"Carrier {code}",
                "external_code": code,
                "product_id": product.id,
                "tracking_url": "https://track.example.com/<shipmenttrackingnumber>",
                **values,
            }
        )

    @classmethod
    def _create_other_company_user(cls, role):
        """A user with that role in another company only."""
        company = cls.env["res.company"].create({"name": f"Elsewhere of {role}"})
        user = cls.users[role].copy({"login": f"om_elsewhere_{role}", "name": "Elsewhere"})
        user.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        return user

    def _count_queries(self, work):
        """How many queries ``work`` takes, all that it wrote and tracked included."""
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before
