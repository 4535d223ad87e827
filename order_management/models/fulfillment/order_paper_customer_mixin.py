from odoo import fields, models


class OrderPaperCustomerMixin(models.AbstractModel):
    """What a customer wants on papers, and what customs want to know of a contact."""

    _name = "order.paper.customer.mixin"
    _description = "Customer who gets papers"

    packing_slip_prices = fields.Selection(
        [("without", "Without prices"), ("with", "With prices")],
        "Packing slips",
        help="Empty: as the company's settings say. Holds for all contacts of a customer.",
    )
    eori_number = fields.Char(
        "EORI number", help="By which customs know the contact; printed on commercial invoices."
    )

    def _wants_prices_on_slips(self, company):
        """Whether packing slips for this contact show prices."""
        wish = self.commercial_partner_id.packing_slip_prices
        return wish == "with" if wish else company.packing_slip_prices
