from odoo import fields, models


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
