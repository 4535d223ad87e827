from odoo import api, fields, models

PACKING_FIELDS = (
    "length",
    "width",
    "height",
    "fragile",
    "keep_upright",
    "ships_alone",
    "hazard_class",
    "max_load",
)
MEASURES = ("length", "width", "height")
DIGITS = (16, 2)


class ProductPackingFieldsMixin(models.AbstractModel):
    """What packing has to know of one unit of a product."""

    _name = "product.packing.fields.mixin"
    _description = "Goods with measures"

    # pylint: disable-next=attribute-deprecated
    length = fields.Float(digits=DIGITS, help="Of one unit, in centimeters; 0 is unknown.")
    width = fields.Float(digits=DIGITS, help="Of one unit, in centimeters; 0 is unknown.")
    height = fields.Float(
        digits=DIGITS,
        help="Of one unit, in centimeters; 0 is unknown. The side that stands upright when the "
        "goods are kept upright.",
    )
    fragile = fields.Boolean(
        help="Nothing is put on top of it, and it gets the free space around it that the "
        "company's settings ask for."
    )
    keep_upright = fields.Boolean(help="Its height always stands upright.")
    ships_alone = fields.Boolean(help="Every unit is a parcel of its own, without another box.")
    hazard_class = fields.Char(
        help="Class of dangerous goods, such as 3 or 8. Different classes don't share a parcel "
        "unless a hazard rule allows it."
    )
    max_load = fields.Float(
        digits="Stock Weight",
        help="The most that may stand on one unit, in kilograms; 0 is no limit. On fragile goods "
        "nothing stands in any case.",
    )


class ProductPackingMixin(models.AbstractModel):
    """Products with measures."""

    _name = "product.packing.mixin"
    _inherit = ["product.packing.fields.mixin"]
    _description = "Product with measures"

    shipped_count = fields.Integer(
        "Shipped lines", compute="_compute_shipped_count",
        help="Lines of deliveries that left in the last 90 days.",
    )  # fmt: skip
    has_measures = fields.Boolean(compute="_compute_has_measures", search="_search_has_measures")

    _measures_positive = models.Constraint(
        "CHECK(length >= 0 AND width >= 0 AND height >= 0 AND max_load >= 0)",
        "Measures and loads are never negative.",
    )

    @api.depends(*MEASURES)
    def _compute_has_measures(self):
        for product in self:
            product.has_measures = min(product[name] for name in MEASURES) > 0

    def _search_has_measures(self, operator, value):
        if operator != "in":
            return NotImplemented
        known = [(name, ">", 0) for name in MEASURES]
        unknown = ["|", "|", *((name, "=", 0) for name in MEASURES)]
        wanted = set(value)
        if wanted == {True, False}:
            return []
        return known if True in wanted else unknown

    def _compute_shipped_count(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=90)
        groups = self.env["stock.move.line"]._read_group(
            [
                ("product_id", "in", self.ids),
                ("state", "=", "done"),
                ("date", ">=", since),
                ("picking_id.picking_type_id.code", "=", "outgoing"),
            ],
            ["product_id"],
            ["__count"],
        )
        counts = {product.id: count for product, count in groups}
        for product in self:
            product.shipped_count = counts.get(product.id, 0)


class ProductTemplatePackingMixin(models.AbstractModel):
    """Products without variants are measured as a whole."""

    _name = "product.template.packing.mixin"
    _inherit = ["product.packing.fields.mixin"]
    _description = "Product without variants that is measured"

    # pylint: disable-next=attribute-deprecated
    length = fields.Float(compute="_compute_packing", inverse="_inverse_packing", store=True)
    width = fields.Float(compute="_compute_packing", inverse="_inverse_packing", store=True)
    height = fields.Float(compute="_compute_packing", inverse="_inverse_packing", store=True)
    fragile = fields.Boolean(compute="_compute_packing", inverse="_inverse_packing", store=True)
    keep_upright = fields.Boolean(
        compute="_compute_packing", inverse="_inverse_packing", store=True
    )
    ships_alone = fields.Boolean(compute="_compute_packing", inverse="_inverse_packing", store=True)
    hazard_class = fields.Char(compute="_compute_packing", inverse="_inverse_packing", store=True)
    max_load = fields.Float(compute="_compute_packing", inverse="_inverse_packing", store=True)

    @api.depends(*(f"product_variant_ids.{name}" for name in PACKING_FIELDS))
    def _compute_packing(self):
        for name in PACKING_FIELDS:
            self._compute_template_field_from_variant_field(name)

    def _inverse_packing(self):
        for name in PACKING_FIELDS:
            self._set_product_variant_field(name)

    @api.model
    def _get_packing_fields(self):
        """Service: the fields that templates and variants share."""
        return list(PACKING_FIELDS)
