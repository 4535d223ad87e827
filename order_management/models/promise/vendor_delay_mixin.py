from math import sqrt

from odoo import models


class VendorDelayMixin(models.AbstractModel):
    """Vendors whose receipts were late, or were not."""

    _name = "vendor.delay.mixin"
    _description = "Vendor with learned delays"

    def _get_receipt_delays(self, company):
        """Service for reordering: how late receipts were, few of them drawn to those of all.

        :param company: whose receipts
        :return dict: commercial partner id, or 0 for a vendor of which nothing is known →
            ``(mean days late, deviation in days, receipts)``
        """
        delays = self.env["order.promise.delay"].sudo()
        learned = delays._get_learned(company.id)
        known = {
            delay.vendor_id.id or 0: delay.observations
            for delay in delays.search([("company_id", "=", company.id), ("kind", "=", "receipt")])
        }
        found = {}
        for key, observations in known.items():
            late = learned.get(("receipt", key), learned["receipt", 0])
            total = sum(count for _day, count in late.counts)
            if total:
                variance = sum(count * (day - late.mean) ** 2 for day, count in late.counts)
                found[key] = (late.mean, sqrt(variance / total), observations)
        return found
