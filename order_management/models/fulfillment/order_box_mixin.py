from collections import namedtuple

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.parcels import Box

MEASURES = ("packaging_length", "width", "height")
NO_CARRIER = (False, "none")

ParcelBox = namedtuple("ParcelBox", "record box company carrier_type")


class OrderBoxMixin(models.AbstractModel):
    """Kinds of boxes that parcels are packed into.

    Core keeps the measures of a package type in the unit of length of the database (millimeters
    or feet); they are taken as inner ones, and converted to centimeters here alone.
    """

    _name = "order.box.mixin"
    _description = "Kind of box"

    box_cost = fields.Float(
        digits="Product Price",
        help="What one box costs, filling included. Of several boxes that hold the goods the "
        "cheapest one is planned, of equally cheap ones the smallest.",
    )
    use_for_parcels = fields.Boolean(
        default=True,
        help="Parcels are planned in it when it is disposable and has measures. Switch it off "
        "for pallets.",
    )

    _box_cost_positive = models.Constraint("CHECK(box_cost >= 0)", "A cost is never negative.")

    @api.model
    def _get_box_domain(self):
        """Package types with measures; those a packaging unit comes in are no empty boxes."""
        measured = Domain.AND([(name, ">", 0)] for name in MEASURES)
        packagings = self.env["uom.uom"].search([("package_type_id", "!=", False)])
        taken = Domain("id", "not in", packagings.package_type_id.ids)
        kind = Domain("use_for_parcels", "=", True) & Domain("package_use", "=", "disposable")
        return measured & kind & taken

    @api.model
    def _get_parcel_boxes(self, companies):
        """The boxes of these companies, measures in centimeters: list of :class:`ParcelBox`."""
        records = self.search(
            self._get_box_domain() & Domain("company_id", "in", [False, *companies.ids]),
            order="id",
        )
        return [
            ParcelBox(record, record._to_box(), record.company_id, record.package_carrier_type)
            for record in records
        ]

    def _get_inner_sizes(self):
        """Length, width and height in centimeters."""
        factor = self._get_centimeters()
        return tuple(round(self[name] * factor, 6) for name in MEASURES)

    @api.model
    def _get_centimeters(self):
        """The unit of length of the database, in centimeters."""
        unit = self.env["product.template"]._get_length_uom_id_from_ir_config_parameter()
        centimeter = self.env.ref("uom.product_uom_cm")
        return unit._compute_quantity(1.0, centimeter, round=False)

    def _to_box(self):
        return Box(
            self.id,
            *self._get_inner_sizes(),
            max_weight=self.max_weight or None,
            weight=max(self.base_weight, 0.0),
            cost=self.box_cost,
        )
