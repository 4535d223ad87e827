from odoo import fields, models

from ...tools.labels import FORMATS
from . import label_pdf

DPI = 203


class OrderLabelPrinterMixin(models.AbstractModel):
    """A warehouse whose parcels get labels: which printer it has, what it calls heavy."""

    _name = "order.label.printer.mixin"
    _description = "Warehouse that prints labels"

    label_dpi = fields.Selection(
        [("203", "203 dpi (8 dots/mm)"), ("300", "300 dpi (12 dots/mm)")],
        "Label printer",
        default="203",
        required=True,
        help="Resolution of the printers that are sent ZPL.",
    )
    label_heavy_weight = fields.Float(
        "Heavy from (kg)",
        default=20.0,
        help="Labels of parcels of at least this weight say that they are heavy. 0: never.",
    )
    print_station_id = fields.Many2one(
        "order.print.station",
        "Print station",
        check_company=True,
        ondelete="set null",
        help="Where labels and papers are printed for people who have no station of their own.",
    )
    print_label_when_packed = fields.Boolean(
        "Print label when packed",
        default=True,
        help="The label of a parcel goes to the print station as soon as it is packed. Without a "
        "station nothing is printed by itself.",
    )
    print_slip_when_shipped = fields.Boolean(
        "Print packing slip when shipped",
        help="The packing slip of a delivery goes to the print station as soon as it is shipped.",
    )

    def _render_labels(self, contents, label_format="pdf"):
        """Service for the other rooms: labels as this warehouse prints them.

        :param list contents: what stands on them, contents of ``tools.labels``
        :return bytes: one PDF of all, or ZPL
        """
        if label_format == "pdf":
            return label_pdf.render_all(contents)
        dpi = int(self.label_dpi or DPI)
        return b"".join(FORMATS[label_format].render(content, dpi) for content in contents)
