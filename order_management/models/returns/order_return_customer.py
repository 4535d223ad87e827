from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .order_return_rate import DAYS, moved_units

# From when on a customer is looked at: few returns say nothing.
FEWEST_ORDERS = 3
FEWEST_UNITS = 5
UNUSUAL = 3.0  # standard deviations above what the company's rate lets expect


class OrderReturnCustomer(models.Model):
    """Customers who send back more than others; a hint to look, never a decision.

    Units shipped and returned in the last 365 days by commercial customer. With the company's
    share of units returned as chance, returned units would scatter as a binomial distribution;
    what lies more than three standard deviations above its mean is unusual.
    """

    _name = "order.return.customer"
    _description = "Returns of a customer"
    _auto = False
    _order = "deviation desc, returned desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    shipped = fields.Float("Units shipped", readonly=True, digits="Product Unit")
    returned = fields.Float("Units returned", readonly=True, digits="Product Unit")
    rate = fields.Float("Return rate", readonly=True, aggregator=None)
    usual_rate = fields.Float(
        "Of all customers", readonly=True, aggregator=None, help="The company's own return rate."
    )
    deviation = fields.Float(readonly=True, aggregator=None, digits=(16, 1))
    is_unusual = fields.Boolean("Unusual", readonly=True)
    explanation = fields.Char("Why", compute="_compute_explanation")

    @property
    def _table_query(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=DAYS)
        return SQL(
            """
            WITH moved AS (%s),
            customer AS (
                SELECT partner.commercial_partner_id AS partner_id, moved.company_id,
                       COUNT(DISTINCT moved.order_id) AS order_count,
                       SUM(moved.shipped) AS shipped, SUM(moved.returned) AS returned
                  FROM moved
                  JOIN sale_order ON sale_order.id = moved.order_id
                  JOIN res_partner partner ON partner.id = sale_order.partner_id
              GROUP BY partner.commercial_partner_id, moved.company_id
            ),
            usual AS (
                SELECT company_id,
                       LEAST(SUM(returned) / NULLIF(SUM(shipped), 0), 1) AS rate
                  FROM moved GROUP BY company_id
            ),
            rated AS (
                SELECT customer.*, usual.rate AS usual_rate,
                       customer.returned / NULLIF(customer.shipped, 0) AS rate,
                       (customer.returned - customer.shipped * usual.rate)
                       / NULLIF(SQRT(customer.shipped * usual.rate * (1 - usual.rate)), 0)
                           AS deviation
                  FROM customer JOIN usual ON usual.company_id = customer.company_id
                 WHERE customer.shipped > 0
            )
            SELECT ROW_NUMBER() OVER (ORDER BY company_id, partner_id) AS id,
                   partner_id, company_id, order_count, shipped, returned, rate, usual_rate,
                   COALESCE(deviation, 0) AS deviation,
                   COALESCE(deviation, 0) > %s AND order_count >= %s AND returned >= %s
                       AS is_unusual
              FROM rated
             WHERE returned > 0
            """,
            moved_units(since),
            UNUSUAL,
            FEWEST_ORDERS,
            FEWEST_UNITS,
        )

    @api.depends("rate", "usual_rate", "is_unusual")
    def _compute_explanation(self):
        for customer in self:
            customer.explanation = self.env._(
                "%(returned)g of %(shipped)g units from %(orders)s orders came back "
                "(%(rate).0f %%); of all customers it is %(usual).0f %%",
                returned=customer.returned,
                shipped=customer.shipped,
                orders=customer.order_count,
                rate=customer.rate * 100,
                usual=customer.usual_rate * 100,
            )

    def action_view_returns(self):
        """Open the returns of a customer."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.order_return_action"
        )
        domain = Domain("partner_id", "child_of", self.partner_id.id)
        domain &= Domain("company_id", "=", self.company_id.id)
        return {**action, "domain": list(domain), "context": {}}
