from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.forecasting import METHODS

# Fields whose change makes the stored forecasts of a policy's products stale.
DEMAND_FIELDS = ("period", "history_months", "returns", "count_held", "count_lost")


class OrderReorderPolicy(models.Model):
    """How demand is read, forecast and turned into levels, for the products it names.

    Policies are tried in their order; the first one that names a product and its warehouse holds.
    A policy without products, categories and warehouses holds for all. One that works untouched is
    made with each company.
    """

    _name = "order.reorder.policy"
    _inherit = ["order.mode.mixin", "order.reorder.trial.mixin"]
    _description = "Reorder policy"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    mode = fields.Selection(
        default="shadow",
        copy=False,
        help="Off: nothing is proposed at night. Shadow: proposals wait for a planner, with a slip "
        "that says what would have been applied. On: what is within the limits is applied; only "
        "after the policy was tried.",
    )

    # What it holds for

    product_ids = fields.Many2many("product.product", string="Products", check_company=True)
    category_ids = fields.Many2many(
        "product.category", string="Categories", help="With all categories beneath them."
    )
    warehouse_ids = fields.Many2many("stock.warehouse", string="Warehouses", check_company=True)

    # How demand is read

    period = fields.Selection(
        [("day", "Days"), ("week", "Weeks"), ("month", "Months")],
        "Periods",
        required=True,
        default="week",
        help="Demand is counted by days, weeks or months of the warehouse.",
    )
    history_months = fields.Integer(
        "History (months)", default=60, help="So far back demand is looked at; at most 60."
    )
    returns = fields.Selection(
        [("net", "Deduct what came back"), ("gross", "Count what was shipped")],
        required=True,
        default="net",
        help="What came back is deducted from the period in which it was shipped.",
    )
    count_held = fields.Boolean(
        "Count orders on hold", help="Orders that wait for a release are demand of their day."
    )
    count_lost = fields.Boolean(
        "Count lost demand",
        help="What was cancelled because it was short is demand of the day it was ordered.",
    )
    mask_stockouts = fields.Boolean(
        "Leave out days without stock",
        default=True,
        help="Days on which nothing was there to be sold are not read as days without demand.",
    )
    one_off_factor = fields.Float(
        "One-off from (times)",
        default=10.0,
        digits=(16, 1),
        help="An order that is so many times as large as is usual for the product is set aside; "
        "0: none is.",
    )

    # How it is forecast

    method = fields.Selection(
        "_get_methods",
        required=True,
        default="auto",
        help="Automatic: chosen and combined by the pattern of demand, which is the best default.",
    )

    # How levels follow from it

    service_level = fields.Float(
        default=0.95,
        digits=(16, 4),
        help="The share of replenishment cycles in which stock is to last.",
    )
    service_level_a = fields.Float(
        "Service level A", digits=(16, 4), help="For products of class A; 0: as of all."
    )
    service_level_b = fields.Float(
        "Service level B", digits=(16, 4), help="For products of class B; 0: as of all."
    )
    service_level_c = fields.Float(
        "Service level C", digits=(16, 4), help="For products of class C; 0: as of all."
    )
    review_days = fields.Integer(
        "Review every (days)", default=1, help="Days between two looks at what is to be ordered."
    )
    order_cost = fields.Float(
        "Cost of an order line",
        default=10.0,
        digits="Product Price",
        help="What it costs to order and receive one product once, in the company's currency; "
        "0: orders are as small as the other rules allow.",
    )
    holding_percent = fields.Float(
        "Cost of stock (% a year)",
        default=20.0,
        digits=(16, 2),
        help="Capital, space and loss, in percent of the value of stock.",
    )
    max_cover_days = fields.Integer(
        "At most (days of demand)", default=90, help="So much demand an order covers; 0: no limit."
    )
    min_change_percent = fields.Float(
        "Proposed from (%)",
        default=5.0,
        digits=(16, 2),
        help="At night, levels that change by no more stay as they are.",
    )
    max_change_percent = fields.Float(
        "Applied by itself up to (%)",
        default=25.0,
        digits=(16, 2),
        help="Proposals that change a level by more wait for a planner, as do those for rules "
        "that had no level and for products with too little history.",
    )
    budget = fields.Float(
        digits="Product Price",
        help="What proposals may add to the value of stock in one run without a planner, in the "
        "company's currency; 0: no limit.",
    )

    # When something is said of purchase orders that are on their way

    expedite_days = fields.Integer(
        "Earlier by more than (days)",
        default=2,
        help="Goods on order are asked for earlier when they are needed so much earlier.",
    )
    postpone_days = fields.Integer(
        "Later by more than (days)",
        default=10,
        help="Goods on order may come later when they are not needed for so much longer.",
    )
    unneeded_days = fields.Integer(
        "Not needed for (days)",
        default=120,
        help="Goods on order that are not needed for so long should not be bought.",
    )

    # When something is said of stock

    short_days = fields.Integer(
        "Short within (days)",
        default=7,
        help="What lacks within so many days is a shortage, for products without a reordering "
        "rule; others have their lead time.",
    )
    overstock_days = fields.Integer(
        "Too much from (days)",
        default=180,
        help="Stock beyond so many days of demand is too much, for products without a reordering "
        "rule; others have their maximum.",
    )
    dead_days = fields.Integer(
        "Dead after (days)",
        default=180,
        help="Stock that has been there for so long, and nobody wanted any, is dead.",
    )
    expiring_days = fields.Integer(
        "Expires within (days)",
        default=180,
        help="Lots that expire within so many days are compared with the forecast.",
    )
    alert_value = fields.Float(
        "Told from",
        default=100.0,
        digits="Product Price",
        help="Stock that is too much, dead or expiring is put on the work list from so much money "
        "in it on, in the company's currency; shortages always are. 0: all.",
    )

    _history_months_range = models.Constraint(
        "CHECK(history_months BETWEEN 1 AND 60)", "A history has 1 to 60 months."
    )
    _service_level_range = models.Constraint(
        "CHECK(service_level >= 0.5 AND service_level < 1 "
        "AND (service_level_a = 0 OR service_level_a >= 0.5 AND service_level_a < 1) "
        "AND (service_level_b = 0 OR service_level_b >= 0.5 AND service_level_b < 1) "
        "AND (service_level_c = 0 OR service_level_c >= 0.5 AND service_level_c < 1))",
        "A service level is at least 50 % and less than 100 %.",
    )
    _days_positive = models.Constraint(
        "CHECK(review_days > 0 AND max_cover_days >= 0)",
        "Reviews are at least a day apart, and no number of days is negative.",
    )
    _advice_days_positive = models.Constraint(
        "CHECK(expedite_days >= 0 AND postpone_days >= 0 AND unneeded_days > 0)",
        "Days by which orders may be off are never negative.",
    )
    _health_days_positive = models.Constraint(
        "CHECK(short_days >= 0 AND overstock_days > 0 AND dead_days > 0 AND expiring_days >= 0 "
        "AND alert_value >= 0)",
        "Days and money from which stock is told of are never negative.",
    )
    _figures_positive = models.Constraint(
        "CHECK(order_cost >= 0 AND holding_percent >= 0 AND budget >= 0 AND one_off_factor >= 0 "
        "AND max_change_percent >= 0 AND min_change_percent >= 0)",
        "Costs, budget and percentages are never negative.",
    )

    @api.model
    def _get_methods(self):
        return [
            ("auto", self.env._("Automatic")),
            *((name, method.label) for name, method in METHODS.items()),
        ]

    def _get_service_level(self, abc):
        """The target for a class.

        :param str abc: ``a``, ``b``, ``c`` or ``False``
        :return float: 0.5 to less than 1
        """
        return (abc and self[f"service_level_{abc}"]) or self.service_level

    @api.model
    def _get_policies(self, pairs):
        """The policy of each product in its warehouse.

        :param pairs: ``(product, warehouse)``
        :return dict: pair → policy; empty where none holds
        """
        by_company = defaultdict(list)
        policies = self.sudo().search(
            [("company_id", "in", [warehouse.company_id.id for _product, warehouse in pairs])]
        )
        rules = [
            (
                policy,
                set(policy.product_ids.ids),
                tuple(policy.category_ids.mapped("parent_path")),
                set(policy.warehouse_ids.ids),
            )
            for policy in policies
        ]
        for rule in rules:
            by_company[rule[0].company_id].append(rule)
        found = {}
        for product, warehouse in pairs:
            path = product.categ_id.parent_path or ""
            found[product, warehouse] = next(
                (
                    policy
                    for policy, products, categories, places in by_company[warehouse.company_id]
                    if (not places or warehouse.id in places)
                    and (
                        not (products or categories)
                        or product.id in products
                        or path.startswith(categories)
                        and categories
                    )
                ),
                self.browse(),
            )
        return found

    @api.model
    def _ensure_policies(self, companies):
        """One policy that works untouched for each company that has none."""
        known = (
            self.sudo()
            .with_context(active_test=False)
            .search_fetch(Domain("company_id", "in", companies.ids), ["company_id"])
        )
        self.sudo().create(
            [
                {"name": self.env._("All products"), "company_id": company.id, "sequence": 100}
                for company in companies - known.company_id
            ]
        )
