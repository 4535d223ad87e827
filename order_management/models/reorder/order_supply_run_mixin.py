from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.modules.registry import Registry
from odoo.tools import SQL, float_compare, split_every

from ..common.access import as_service, check_visible, has_role
from ..common.cron_run import count_done
from ..common.set_runner import run_set
from .supply_run import KEY, SupplyRun, run_of, warm_up

PART = 1000  # rules in one transaction
TRIES = 5  # of a part that met another run
LOCK = "reorder"
EVERY = 10  # minutes: what is lacking since then is ordered together


class OrderSupplyRunMixin(models.AbstractModel):
    """Rules that order what is missing: once, whoever asks, and many together.

    Core procures, line by line as it always does; here runs that meet are kept apart, and a rule
    that fails is left alone with its reason.
    """

    _name = "order.supply.run.mixin"
    _description = "Reordering rule that orders once"

    ordering_failure = fields.Char(
        "Not ordered", compute="_compute_ordering_failure", help="Why the last run ordered nothing."
    )

    @api.constrains("location_id", "warehouse_id")
    def _check_place(self):
        """Goods for one warehouse are not ordered to another one."""
        for rule in self.filtered("company_id.use_order_management"):
            place = rule.location_id.warehouse_id
            if place and place != rule.warehouse_id:
                raise ValidationError(
                    rule.env._(
                        "%(location)s lies in %(other)s, but the rule is one of %(warehouse)s: "
                        "choose a location of that warehouse.",
                        location=rule.location_id.display_name,
                        other=place.display_name,
                        warehouse=rule.warehouse_id.display_name,
                    )
                )

    def _compute_ordering_failure(self):
        """One search for all rules of a list."""
        alerts = self.env["order.stock.alert"].sudo()
        open_ones = alerts.search_fetch(
            [
                ("kind", "=", "failed"),
                ("state", "!=", "closed"),
                ("orderpoint_id", "in", self._origin.ids),
            ],
            ["orderpoint_id", "message"],
        )
        messages = {alert.orderpoint_id.id: alert.message for alert in open_ones}
        for rule in self:
            rule.ordering_failure = messages.get(rule._origin.id, False)

    @api.model
    def _cron_order(self):
        """Order what is missing, a part in each transaction; a stopped run goes on."""
        managed = self.env["res.company"].sudo().search([("use_order_management", "=", True)])
        if not managed:
            return
        domain = self.env["stock.rule"]._get_orderpoint_domain()
        if not managed._is_core_ordering_off():  # else the others have nobody else who orders
            domain = [*domain, ("company_id", "in", managed.ids)]
        rules = self.env["stock.warehouse.orderpoint"].search(domain)
        parts = rules._split_by_vendor(count_done(self.env))
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=sum(map(len, parts)))
        for part in parts:
            self._try_again(lambda part=part: self.browse(part)._order_part())
            if not progress(len(part)):
                return

    def _try_again(self, work):
        """Do some work, again where another run was faster; nothing else is pending."""
        for tried in range(1, TRIES + 1):
            try:
                work()
                self.env.flush_all()
                return
            except OperationalError:
                if tried == TRIES:
                    raise
                self.env.cr.rollback()
                self.env.invalidate_all()

    def _order_in_parts(self):
        """Order what these rules lack, each part in a transaction of its own."""
        for part in self._split_by_vendor():
            for tried in range(1, TRIES + 1):
                try:
                    with Registry(self.env.cr.dbname).cursor() as cr:
                        self.with_env(self.env(cr=cr)).browse(part)._order_part()
                    break
                except OperationalError:
                    if tried == TRIES:
                        raise

    def _split_by_vendor(self, done=0):
        """Ids in parts; rules of one vendor together, so that an order is written to once.

        :param int done: so many of the first ones are left out
        """
        if not self:
            return []
        self.env["product.supplierinfo"].flush_model(["partner_id", "product_tmpl_id", "sequence"])
        self.flush_recordset(["product_id", "supplier_id"])
        self.env.cr.execute(
            SQL(
                """
                SELECT rule.id
                  FROM stock_warehouse_orderpoint AS rule
                  JOIN product_product AS product ON product.id = rule.product_id
                  LEFT JOIN product_supplierinfo AS chosen ON chosen.id = rule.supplier_id
                  LEFT JOIN LATERAL (
                      SELECT partner_id FROM product_supplierinfo AS seller
                       WHERE seller.product_tmpl_id = product.product_tmpl_id
                       ORDER BY seller.sequence, seller.min_qty DESC, seller.price, seller.id
                       LIMIT 1
                  ) AS usual ON TRUE
                 WHERE rule.id = ANY(%s)
                 ORDER BY rule.company_id, COALESCE(chosen.partner_id, usual.partner_id), rule.id
                """,
                self.ids,
            )
        )
        ids = [rule for (rule,) in self.env.cr.fetchall()]
        return list(split_every(PART, ids[done:], list))

    @api.model
    def _order_soon(self, products):
        """Have what automatic rules of these products lack ordered in a few minutes.

        Ordering is no part of the transaction that takes stock: many of these share one run.
        """
        domain = [("trigger", "=", "auto"), ("product_id", "in", products.ids)]
        if not self.env["stock.warehouse.orderpoint"].sudo().search_count(domain, limit=1):
            return
        now = fields.Datetime.now()
        moment = (
            now
            - timedelta(
                minutes=now.minute % EVERY, seconds=now.second, microseconds=now.microsecond
            )
            + timedelta(minutes=EVERY)
        )
        cron = self.env.ref("order_management.ir_cron_order_missing").sudo()
        triggers = self.env["ir.cron.trigger"].sudo()
        if not triggers.search_count(
            [("cron_id", "=", cron.id), ("call_at", "=", moment)], limit=1
        ):
            cron._trigger(moment)

    def action_order_missing(self):
        """Order what these rules lack now; of none, of all automatic ones, in the background.

        :return dict: the open requests of these rules, or a notice that says why there are none
        :raises AccessError: the caller is no manager, or may not see a rule
        """
        if not has_role(self.env):
            raise AccessError(self.env._("Your role does not allow to order what is missing."))
        if not self:
            self.env.ref("order_management.ir_cron_order_missing").sudo()._trigger()
            message = self.env._("What is missing is being ordered; look again in a few minutes.")
            return _tell(message, "info")
        check_visible(self)
        rules = as_service(self)
        rules._order_missing(rules)
        failed = rules.filtered("ordering_failure")
        if failed:
            rule = failed[0]
            return _tell(f"{rule.product_id.display_name}: {rule.ordering_failure}", "warning")
        requests = [("order_line.orderpoint_id", "in", self.ids), ("state", "=", "draft")]
        if not self.env["purchase.order"].sudo().search_count(requests, limit=1):
            return _tell(self.env._("No request to a vendor is needed for these rules."), "info")
        action = self.env["ir.actions.actions"]._for_xml_id("purchase.purchase_rfq")
        return {**action, "domain": requests, "context": {}}

    @api.model
    def _order_missing(self, rules):
        """Order what rules lack, in this transaction, part by part."""
        for part in rules._split_by_vendor():
            self.browse(part)._order_part()

    def _order_part(self):
        """Order what these rules lack: serialised, reckoned, procured by core."""
        rules = self.exists().sudo()
        rules._lock_ordering()
        run = SupplyRun(self.env)
        rules = rules.with_context(**{KEY: run})
        rules._refresh_quantities()
        lacking = rules.filtered(
            lambda rule: (
                float_compare(rule.qty_to_order, 0.0, precision_rounding=rule.product_uom.rounding)
                > 0
            )
        )
        warm_up(lacking)
        failed = run_set(lacking, type(rules)._procure_together, "Ordering")
        for rule, exception in failed:
            run.failures[rule.id] = str(exception)
        rules._price_together(lacking)
        rules._note_failures(run.failures)

    def _lock_ordering(self):
        """Keep other runs of ordering away from these products until this transaction ends."""
        self.fetch(["product_id", "company_id"])
        self.env["order.lock"].sudo()._acquire(
            LOCK, {(rule.company_id.id, rule.product_id.id) for rule in self}
        )

    def _refresh_quantities(self):
        """Reckon anew what is to be ordered, and by when; only what changed is written."""
        found = self._reckon_together()
        rest = self.browse([rule.id for rule in self if rule not in found])
        for rule, quantity in found.items():
            if rule.qty_to_order_computed != quantity:
                rule.qty_to_order_computed = quantity
        if rest:
            rest._compute_qty_to_order_computed()
            rest._compute_deadline_date()
        run = run_of(self.env)
        for rule in found:
            day = rule._get_deadline(run.needs[rule])
            if rule.deadline_date != day:
                rule.deadline_date = day

    def _get_deadline(self, need):
        """By when to order, as core tells."""
        today = fields.Date.today()
        if need.on_hand < self.product_min_qty:
            return today
        horizon, left = today + timedelta(days=self.get_horizon_days()), need.on_hand
        for day, change in need.days:
            if day > horizon:
                break
            left += change
            if left < self.product_min_qty:
                before = day - timedelta(days=int(self.lead_days))
                return before if before < horizon else False
        return False

    def _procure_together(self):
        self._procure_orderpoint_confirm(company_id=False, raise_user_error=False)

    def _price_together(self, lacking):
        """Lines of one product on one order are priced by what is ordered of it in all."""
        lines = self.env["purchase.order.line"].sudo()
        lines.flush_model(["order_id", "orderpoint_id", "product_id", "product_uom_id", "state"])
        self.env.cr.execute(
            SQL(
                """
                SELECT ARRAY_AGG(line.id ORDER BY line.id)
                  FROM purchase_order_line AS line
                  JOIN purchase_order AS purchase ON purchase.id = line.order_id
                 WHERE purchase.state = 'draft' AND line.order_id IN (
                           SELECT order_id FROM purchase_order_line
                            WHERE orderpoint_id = ANY(%s))
                 GROUP BY line.order_id, line.product_id, line.product_uom_id
                HAVING COUNT(*) > 1 AND BOOL_OR(line.orderpoint_id = ANY(%s))
                """,
                lacking.ids,
                lacking.ids,
            )
        )
        for (ids,) in self.env.cr.fetchall():
            some = lines.browse(ids)
            first = some[0]
            vals = first._prepare_purchase_order_line(
                first.product_id,
                sum(some.mapped("product_qty")),
                first.product_uom_id,
                first.company_id,
                first.order_id.partner_id,
                first.order_id,
            )
            priced = {"price_unit": vals["price_unit"], "discount": vals["discount"]}
            dearer = some.filtered(
                lambda line, priced=priced: (
                    line.orderpoint_id and {name: line[name] for name in priced} != priced
                )
            )
            dearer.write(priced)

    def _note_failures(self, failures):
        """Tell of rules that could not order; those that could are over it."""
        alerts = self.env["order.stock.alert"]
        rows = [
            {
                "key": str(rule.id),
                "company_id": rule.company_id.id,
                "product_id": rule.product_id.id,
                "warehouse_id": rule.warehouse_id.id,
                "orderpoint_id": rule.id,
                "quantity": rule.qty_to_order,
                "message": failures[rule.id],
            }
            for rule in self
            if rule.id in failures
        ]
        alerts._sync("failed", rows, [("orderpoint_id", "in", self.ids)])


def _tell(message, kind):
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {"type": kind, "message": message, "sticky": kind == "warning"},
    }
