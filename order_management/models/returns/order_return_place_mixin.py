from odoo import fields, models


class OrderReturnPlaceMixin(models.AbstractModel):
    """Where a warehouse keeps returned goods that must not be sold as they are.

    The locations lie beside the warehouse, not in it: what is there belongs to the company and
    is valued, yet is neither on hand for sale nor promised nor counted for reordering.
    """

    _name = "order.return.place.mixin"
    _description = "Warehouse that takes goods back"

    return_quarantine_location_id = fields.Many2one(
        "stock.location", "Quarantine of returns", copy=False, ondelete="restrict",
        domain="[('usage', '=', 'internal'), ('company_id', '=', company_id)]",
        help="Returned goods wait here for a decision. Empty: made when it is needed first.",
    )  # fmt: skip
    return_refurbish_location_id = fields.Many2one(
        "stock.location", "Refurbishing of returns", copy=False, ondelete="restrict",
        domain="[('usage', '=', 'internal'), ('company_id', '=', company_id)]",
        help="Returned goods wait here to be mended. Empty: made when it is needed first.",
    )  # fmt: skip

    def _get_return_place(self, kind):
        """The location of a kind (``quarantine``, ``refurbish``), made when it is needed first."""
        field = f"return_{kind}_location_id"
        if not self[field]:
            names = {
                "quarantine": self.env._("Quarantine %(code)s", code=self.code),
                "refurbish": self.env._("Refurbishing %(code)s", code=self.code),
            }
            self[field] = self.env["stock.location"].create(
                {"name": names[kind], "usage": "internal", "company_id": self.company_id.id}
            )
        return self[field]
