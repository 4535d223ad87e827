from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..common.access import check_visible, has_role
from ..common.bulk import insert_rows, update_rows
from .stock_alert_kinds import ALERT_KINDS

UNDECIDED = ("open", "dismissed")
KEPT = 180  # days


class OrderStockAlert(models.Model):
    """Something about stock that a person should look at, with the action that mends it.

    An alert lives as long as what it tells of: whoever finds it says all that is so now, and what
    is no longer so is closed. A dismissed one stays quiet until then.
    """

    _name = "order.stock.alert"
    _description = "Stock alert"
    _order = "value desc, id desc"
    _rec_name = "message"
    _allow_sudo_commands = False

    kind = fields.Selection("_get_kinds", required=True, readonly=True, index=True)
    key = fields.Char(required=True, readonly=True, help="What it is about; once a kind.")
    state = fields.Selection(
        [("open", "To do"), ("dismissed", "Dismissed"), ("closed", "Over")],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    product_id = fields.Many2one("product.product", readonly=True, index=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", "Reordering rule", readonly=True, index="btree_not_null",
        ondelete="cascade",
    )  # fmt: skip
    purchase_line_id = fields.Many2one(
        "purchase.order.line", "Purchase line", readonly=True, index="btree_not_null",
        ondelete="cascade",
    )  # fmt: skip
    vendor_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    lot_id = fields.Many2one("stock.lot", readonly=True, index="btree_not_null", ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    quantity = fields.Float(readonly=True, digits="Product Unit", aggregator=None)
    value = fields.Monetary("Money in it", readonly=True)
    day = fields.Date("By", readonly=True, help="When it hurts, or when it is to be done.")
    day_before = fields.Date("Date now", readonly=True)
    message = fields.Char(required=True, readonly=True)
    button = fields.Char("Action", compute="_compute_button")
    user_id = fields.Many2one("res.users", "Assigned to", domain=[("share", "=", False)])
    raised_at = fields.Datetime("Since", required=True, readonly=True, default=fields.Datetime.now)
    closed_at = fields.Datetime("Over since", readonly=True)
    dismissed_by_id = fields.Many2one("res.users", readonly=True)
    dismiss_reason = fields.Char(readonly=True)

    _key_uniq = models.UniqueIndex("(company_id, kind, key) WHERE state IN ('open', 'dismissed')")

    @api.model
    def _get_kinds(self):
        return [(name, str(kind.label)) for name, kind in ALERT_KINDS.items()]

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_button(self):
        for alert in self:
            alert.button = str(ALERT_KINDS[alert.kind].button) if alert.kind else False

    @api.model
    def _sync(self, kind, rows, scope):
        """Store what is so now, and close what no longer is.

        :param str kind: of :data:`ALERT_KINDS`
        :param list rows: field values, with ``key``, ``company_id`` and ``message``
        :param scope: domain of what was looked at; alerts outside of it are left alone
        :return: the alerts that were raised just now
        """
        alerts = self.sudo()
        domain = [("kind", "=", kind), ("state", "in", UNDECIDED), *scope]
        known = {
            (alert.company_id.id, alert.key): alert.id
            for alert in alerts.search_fetch(domain, ["company_id", "key"])
        }
        names = sorted({name for vals in rows for name in vals})
        added, updates = [], {}
        for vals in rows:
            found = known.pop((vals["company_id"], vals["key"]), None)
            if found:
                updates[found] = {name: vals.get(name, False) for name in names}
            else:
                added.append({**vals, "kind": kind})
        over = {"state": "closed", "closed_at": fields.Datetime.now()}
        update_rows(alerts, updates)
        update_rows(alerts, dict.fromkeys(known.values(), over))
        return insert_rows(alerts, added, "company_id, kind, key", "state IN ('open', 'dismissed')")

    @api.autovacuum
    def _forget_closed(self):
        """What has been over for long is of no use any more."""
        before = fields.Datetime.now() - timedelta(days=KEPT)
        self.sudo().search([("state", "=", "closed"), ("closed_at", "<", before)]).unlink()

    def write(self, vals):
        """By hand, only who looks after it; the rest is what was found."""
        if not self.env.su and set(vals) - {"user_id"}:
            raise AccessError(self.env._("What an alert tells is not written by hand."))
        return super().write(vals)

    def _check_manager(self):
        if not has_role(self.env):
            raise AccessError(self.env._("Your role does not allow to work on stock alerts."))
        check_visible(self)

    def action_resolve(self):
        """Do, or open, what mends this alert.

        :raises AccessError: the caller may not work on stock alerts
        """
        self._check_manager()
        self.ensure_one()
        return ALERT_KINDS[self.kind].act(self)

    def action_dismiss(self, reason=False):
        """Leave it as it is; it stays quiet as long as it is so.

        :param str reason: why, for the record
        :return bool: whether anything was dismissed
        """
        self._check_manager()
        if self.filtered(lambda alert: alert.state == "closed"):
            raise UserError(self.env._("What is over cannot be dismissed."))
        left = self.filtered(lambda alert: alert.state == "open")
        left.sudo().write(
            {"state": "dismissed", "dismissed_by_id": self.env.uid, "dismiss_reason": reason}
        )
        return bool(left)

    def action_reopen(self):
        """Take back a dismissal.

        :return bool: whether anything was reopened
        """
        self._check_manager()
        left = self.filtered(lambda alert: alert.state == "dismissed")
        left.sudo().write({"state": "open", "dismissed_by_id": False, "dismiss_reason": False})
        return bool(left)
