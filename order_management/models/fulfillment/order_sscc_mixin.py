from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import gs1

PREFIX_DIGITS = range(4, 13)  # how long a GS1 company prefix may be


class OrderSsccMixin(models.AbstractModel):
    """Numbers parcels with serial shipping container codes of the company's GS1 prefix."""

    _name = "order.sscc.mixin"
    _description = "Warehouse that numbers parcels"

    gs1_company_prefix = fields.Char(
        "GS1 company prefix", inverse="_inverse_gs1_company_prefix", copy=False,
        help="4 to 12 digits, given to the company by GS1. With it every parcel packed in this "
        "warehouse gets a serial shipping container code (SSCC).",
    )  # fmt: skip

    @api.constrains("gs1_company_prefix")
    def _check_gs1_company_prefix(self):
        for prefix in filter(None, self.mapped("gs1_company_prefix")):
            digits = prefix.isascii() and prefix.isdigit()
            if not digits or len(prefix) not in PREFIX_DIGITS:
                raise ValidationError(
                    self.env._(
                        "A GS1 company prefix has 4 to 12 digits, not “%(prefix)s”.", prefix=prefix
                    )
                )

    def _inverse_gs1_company_prefix(self):
        """Give each prefix its one sequence; warehouses that share a prefix share it."""
        for prefix in set(filter(None, self.mapped("gs1_company_prefix"))):
            if not self._get_sscc_sequence(prefix):
                self.env["ir.sequence"].sudo().create(self._prepare_sscc_sequence_vals(prefix))

    def _get_sscc_sequence(self, prefix):
        return (
            self.env["ir.sequence"].sudo().search([("code", "=", f"order.sscc.{prefix}")], limit=1)
        )

    def _prepare_sscc_sequence_vals(self, prefix):
        return {
            "name": self.env._("SSCC serials of GS1 prefix %(prefix)s", prefix=prefix),
            "code": f"order.sscc.{prefix}",
            "company_id": False,
            "number_next": 1,
        }

    def _next_sscc(self):
        """The next container code of this warehouse, or ``False`` when it has no prefix."""
        prefix = self.gs1_company_prefix
        if not prefix:
            return False
        serial = int(self._get_sscc_sequence(prefix).next_by_id())
        # When the serials of one extension digit are used up, the next digit goes on.
        extension, serial = divmod(serial, 10 ** (16 - len(prefix)))
        if extension > 9:
            raise UserError(
                self.env._("The SSCC serials of %(prefix)s are used up.", prefix=prefix)
            )
        return gs1.sscc(prefix, serial, extension)
