from odoo import models
from odoo.tools import float_is_zero

from ...tools import gs1
from ...tools.labels import symbols
from ..common.optional import has_field
from ..common.zones import day_of, zone_of

LOT_DATES = {"use_date": "15", "expiration_date": "17"}  # best before goes before use by


class OrderLabelLineMixin(models.AbstractModel):
    """What the goods of a parcel have to say on its label."""

    _name = "order.label.line.mixin"
    _description = "Transfer line of a labelled parcel"

    def _get_handling_marks(self, weight=0.0, heavy=0.0):
        """How a parcel with these lines wants to be handled.

        :param float weight: of the parcel, kg
        :param float heavy: from which weight a parcel is heavy; 0 = never
        :return tuple: of texts, the most urgent first
        """
        marks = []
        hazards = sorted(set(self._get_handling("hazard_class")))
        if hazards:
            classes = ", ".join(map(str, hazards))
            marks.append(self.env._("HAZARD %(classes)s", classes=classes))
        if any(self._get_handling("fragile")):
            marks.append(self.env._("FRAGILE"))
        if any(self._get_handling("keep_upright")):
            marks.append(self.env._("THIS SIDE UP"))
        if heavy and weight >= heavy:
            marks.append(self.env._("HEAVY"))
        return tuple(marks)

    def _get_handling(self, name):
        """The values of a field of the goods that are set."""
        return [product[name] for product in self.product_id if product[name]]

    def _get_goods_elements(self):
        """GS1 elements of what is inside, when that is a single article with a number of GS1.

        :return tuple: pairs of application identifier and value; empty for mixed parcels
        """
        product = self.product_id
        barcode = product.barcode or "" if len(product) == 1 else ""
        count = sum(self.mapped("quantity_product_uom"))
        if not symbols.is_gtin(barcode) or not float_is_zero(count % 1, precision_digits=6):
            return ()
        dates, lots = self._get_lot_elements()
        # What has a fixed length comes first: it needs no separator.
        elements = [("02", barcode.zfill(14)), *dates, ("37", str(int(count))), *lots]
        return tuple(filter(is_element, elements))

    def _get_lot_elements(self):
        """Dates and lot, when all is of one lot and nothing is without."""
        if len(self.lot_id) != 1 or not all(line.lot_id for line in self):
            return [], []
        warehouse = self.picking_id.picking_type_id.warehouse_id[:1]
        return get_lot_elements(self.lot_id, zone_of(warehouse, self.company_id[:1]))


def get_lot_elements(lot, zone):
    """GS1 elements of a lot: those of its dates, and that of its name."""
    dates = [
        (ai, f"{day_of(lot[name], zone):%y%m%d}")
        for name, ai in LOT_DATES.items()
        if has_field(lot.env, "stock.lot", name) and lot[name]
    ]
    serial = lot.product_id.tracking == "serial"
    return dates[:1], [("21" if serial else "10", lot.name or "")]


def is_element(element):
    """Whether GS1 allows this value behind this application identifier."""
    try:
        gs1.element_string([element])
    except ValueError:
        return False
    return True
