from odoo import api, fields, models

from ...tools.parcels import Rules


class OrderHazardRule(models.Model):
    """Which classes of dangerous goods share a parcel.

    Without a rule, goods of different classes don't, and a class goes with ordinary goods.
    """

    _name = "order.hazard.rule"
    _description = "Hazard rule"
    _order = "hazard_class, other_class, id"
    _rec_name = "hazard_class"

    hazard_class = fields.Char(required=True)
    other_class = fields.Char(
        "Beside class",
        help="Empty: goods that are not dangerous. The same class: among themselves.",
    )
    verdict = fields.Selection(
        [("apart", "Never in one parcel"), ("together", "May share a parcel")],
        required=True,
        default="apart",
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self._default_company_id(), index=True
    )

    _pair_uniq = models.UniqueIndex(
        "(hazard_class, COALESCE(other_class, ''), COALESCE(company_id, 0))",
        "There is a rule for these classes already.",
    )

    def _default_company_id(self):
        return self.env.company

    @api.model
    def _get_rules(self, companies):
        """Company → :class:`Rules` of its parcels, weights in the unit of the database."""
        found = self.search([("company_id", "in", [False, *companies.ids])])
        kilogram = self._get_kilogram()
        return {
            company: Rules(
                padding=company.fragile_padding,
                heavy=company.heavy_apart_weight * kilogram,
                kilogram=kilogram,
                **found._filter_company(company)._get_pairs(),
            )
            for company in companies
        }

    @api.model
    def _get_kilogram(self):
        """One kilogram in the unit of weight of the database."""
        unit = self.env["product.template"]._get_weight_uom_id_from_ir_config_parameter()
        kilogram = self.env.ref("uom.product_uom_kgm")
        return kilogram._compute_quantity(1.0, unit, round=False)

    def _filter_company(self, company):
        return self.filtered(lambda rule: not rule.company_id or rule.company_id == company)

    def _get_pairs(self):
        """The pairs of classes by verdict."""
        return {
            verdict: tuple(
                (rule.hazard_class.strip(), (rule.other_class or "").strip())
                for rule in self
                if rule.verdict == verdict
            )
            for verdict in ("apart", "together")
        }
