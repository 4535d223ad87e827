from odoo import api, fields, models
from odoo.tools import SQL

from ..common.access import check_visible

ADDRESS = frozenset(("address_incomplete", "address_invalid", "destination_restricted"))
CONTACT = frozenset(("contact_invalid",))
LINE = frozenset(
    (
        "quantity_not_positive",
        "quantity_outlier",
        "product_not_sellable",
        "price_deviation",
        "discount_limit",
        "margin_floor",
        "stock_short",
    )
)
DEBT = frozenset(("credit_limit", "overdue_invoices"))
CUSTOMER = frozenset(("customer_blocked", "tax_id_invalid"))
HOURS_A_DAY = 24


class OrderFinding(models.Model):
    """What people see of a finding: how long it waits, for how much, who may release it, and
    the way to what must be mended."""

    _inherit = "order.finding"

    may_release = fields.Boolean(search="_search_may_release")
    releaser = fields.Char(
        "May be released by", compute="_compute_releaser", export_string_translation=False
    )
    waiting_hours = fields.Float("Waiting (hours)", compute="_compute_waiting", aggregator=None)
    waiting_time = fields.Char("Waiting", compute="_compute_waiting")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    amount_waiting = fields.Monetary(
        "Money held",
        compute="_compute_amount_waiting",
        currency_field="company_currency_id",
        help="Totals of the orders in company currency; an order with several findings counts "
        "once.",
    )
    mend_label = fields.Char(compute="_compute_mend_label", export_string_translation=False)

    @api.depends("check_id.release_group_id")
    def _compute_releaser(self):
        for finding in self:
            group = finding.check_id.sudo().release_group_id
            manager = self.env._("order managers")
            finding.releaser = group.name if group else manager

    @api.depends("create_date")
    def _compute_waiting(self):
        now = fields.Datetime.now()
        for finding in self:
            hours = (now - (finding.create_date or now)).total_seconds() / 3600
            finding.waiting_hours = hours
            if hours < 1:
                finding.waiting_time = self.env._("%s min", int(hours * 60))
            elif hours < 2 * HOURS_A_DAY:
                finding.waiting_time = self.env._("%s h", int(hours))
            else:
                finding.waiting_time = self.env._("%s days", int(hours / HOURS_A_DAY))

    @api.depends("order_id.amount_total", "order_id.currency_rate")
    def _compute_amount_waiting(self):
        for finding in self:
            order = finding.order_id
            finding.amount_waiting = order.amount_total / (order.currency_rate or 1.0)

    @api.model
    def _search_may_release(self, operator, value):
        """Those the caller may release."""
        if operator != "in":
            return NotImplemented
        user = self.env.user
        domain = fields.Domain("state", "=", "open")
        if not user.has_group("order_management.group_manager"):
            groups = user.sudo().all_group_ids
            domain &= fields.Domain("check_id.release_group_id", "in", groups.ids)
        return domain if True in value else ~domain

    def _read_group_select(self, aggregate_spec, query):
        """Money held counts each order once, whatever number of findings it has."""
        if aggregate_spec not in ("amount_waiting:sum", "amount_waiting:sum_currency"):
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            """(SELECT SUM((part->>1)::numeric)
                  FROM jsonb_array_elements(jsonb_agg(DISTINCT jsonb_build_array(%s, %s))) part)""",
            self._field_to_sql(self._table, "order_id", query),
            self._amount_waiting_to_sql(self._table, query),
        )

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Money and age can be sorted by, though they are not stored."""
        if field_name == "amount_waiting":
            amount = self._amount_waiting_to_sql(alias, query)
            return SQL("%s %s %s", amount, direction, nulls)
        if field_name in ("waiting_hours", "waiting_time"):
            age = SQL("now() - %s", self._field_to_sql(alias, "create_date", query))
            return SQL("%s %s %s", age, direction, nulls)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def _amount_waiting_to_sql(self, alias, query):
        order, order_alias = self._fields["order_id"].join(self.sudo(), alias, query)
        return SQL(
            "ROUND((%s / COALESCE(NULLIF(%s, 0), 1))::numeric, 2)",
            order._field_to_sql(order_alias, "amount_total", query),
            order._field_to_sql(order_alias, "currency_rate", query),
        )

    # The way to what must be mended

    @api.depends("code", "state", "line_id")
    def _compute_mend_label(self):
        labels = {
            "address": self.env._("Mend address"),
            "contact": self.env._("Mend contact"),
            "line": self.env._("Mend line"),
            "debt": self.env._("Open invoices"),
            "customer": self.env._("Open customer"),
            "payment": self.env._("Ask for payment"),
            "duplicate": self.env._("Compare orders"),
        }
        for finding in self:
            kind = finding._get_mend_kind() if finding.state == "open" else False
            finding.mend_label = labels.get(kind, False)

    def _get_mend_kind(self):
        """What must be mended; False: the order itself."""
        if self.is_faulty:
            return False
        if self.code in ADDRESS:
            return "address"
        if self.code in CONTACT:
            return "contact"
        if self.code in LINE:
            return "line" if self.line_id else False
        if self.code in DEBT:
            return "debt"
        if self.code in CUSTOMER:
            return "customer"
        kinds = {"payment_missing": "payment", "duplicate_order": "duplicate"}
        return kinds.get(self.code, False)

    def action_mend(self):
        """Go right to what must be mended."""
        self.ensure_one()
        check_visible(self)
        kind = self._get_mend_kind()
        if kind in ("address", "contact", "line"):
            return {
                "type": "ir.actions.act_window",
                "name": self.mend_label,
                "res_model": "order.finding.mend",
                "view_mode": "form",
                "target": "new",
                "context": {"default_finding_id": self.id, "dialog_size": "medium"},
            }
        return getattr(self, f"_open_{kind or 'order'}")()

    def _open_order(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _open_customer(self):
        order, details = self.order_id, self.sudo().details or {}
        known = order.partner_id | order.partner_shipping_id | order.partner_invoice_id
        known |= known.commercial_partner_id
        ids = [details.get("partner_id"), *(details.get("partner_ids") or [])]
        told = [partner_id for partner_id in ids if partner_id in known.ids]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customer"),
            "res_model": "res.partner",
            "res_id": told[0] if told else order.partner_invoice_id.commercial_partner_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _open_debt(self):
        """The payer's unpaid invoices; the customer, for whoever may not see invoices."""
        if not self.env["account.move"].has_access("read"):
            return self._open_customer()
        payer = self.order_id.partner_invoice_id.commercial_partner_id
        domain = [
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("state", "=", "posted"),
            ("payment_state", "in", ("not_paid", "partial")),
            ("commercial_partner_id", "=", payer.id),
            ("company_id", "=", self.company_id.id),
        ]
        if self.code == "overdue_invoices":
            domain.append(("invoice_date_due", "<", fields.Date.context_today(self)))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Unpaid by %(name)s", name=payer.display_name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "views": [
                (self.env.ref("account.view_out_invoice_tree").id, "list"),
                (False, "form"),
            ],
            "domain": domain,
            "context": {"create": False, "default_move_type": "out_invoice"},
            "help": self.env._("Nothing is unpaid; confirmed orders fill the limit."),
        }

    def _open_payment(self):
        """A link to core's payment page, to be sent to the customer."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sale.action_sale_order_generate_link"
        )
        action["context"] = {"active_model": "sale.order", "active_id": self.order_id.id}
        return action

    def _open_duplicate(self):
        """The order and what it repeats."""
        other_id = (self.sudo().details or {}).get("order_id")
        if not other_id:
            return self._open_order()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders alike"),
            "res_model": "sale.order",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", [self.order_id.id, other_id])],
        }

    # Checking again

    def action_recheck(self):
        """Check the orders of these findings again; those that are free go on."""
        check_visible(self)
        return self.order_id.action_recheck()
