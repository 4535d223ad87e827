from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.fingerprint import fingerprint
from ..common.access import public
from ..common.results import error_of, row
from ..common.set_runner import run_set

HOLD_STATES = [
    ("unchecked", "Unchecked"),
    ("clear", "Clear"),
    ("warning", "Warning"),
    ("held", "Held"),
]


def hold_state_of(severities):
    """The hold state that open findings of these severities lead to."""
    if "hold" in severities:
        return "held"
    return "warning" if "warning" in severities else "clear"


# The detail that tells how bad a finding is, where one does.
WEIGHTS = {
    "stock_short": "missing",
    "credit_limit": "exceeded_by",
    "payment_missing": "missing",
    "price_deviation": "total_difference",
    "total_mismatch": "difference",
}


def _weight_of(values):
    """How bad a finding is, compared with others of its check; 0 when it does not say."""
    return abs(values["details"].get(WEIGHTS.get(values["code"]), 0.0))


def _key_of(values):
    """What makes two findings of one order the same; of a stored one or of its values."""
    return int(values["line_id"]), values["code"], values["fingerprint"]


# Orders that were checked in this transaction and not confirmed yet. Kept on the cursor, not
# in the context, where a remote caller could put it.
_CHECKED = "order_management.checked_orders"


class OrderHoldMixin(models.AbstractModel):
    """Orders that checks may hold: what was found, and confirming what is free of holds."""

    _name = "order.hold.mixin"
    _description = "Order that checks may hold"

    hold_state = fields.Selection(
        HOLD_STATES, "Hold", required=True, default="unchecked", readonly=True, index=True,
        copy=False,
    )  # fmt: skip
    finding_ids = fields.One2many("order.finding", "order_id", "Findings", readonly=True)
    open_finding_ids = fields.One2many(
        "order.finding", "order_id", "Open findings", domain=[("state", "=", "open")], readonly=True
    )
    confirm_requested = fields.Boolean(
        readonly=True, copy=False, help="Somebody tried to confirm it, and a check held it."
    )

    hold_message = fields.Char("Found", compute="_compute_hold_message")

    @api.depends("finding_ids.state", "finding_ids.message")
    def _compute_hold_message(self):
        for order in self:
            found = order.open_finding_ids.sorted("severity_rank", reverse=True)
            order.hold_message = found[:1].message or False

    def action_check(self):
        """Check the orders again."""
        self.check_orders()
        return True

    def action_process(self):
        """Check the orders and confirm those that no check holds; tell how it went."""
        rows = self.process_orders()
        outcomes = [line["outcome"] for line in rows]
        text = self.env._(
            "%(confirmed)s confirmed, %(held)s held, %(failed)s failed",
            confirmed=outcomes.count("confirmed"),
            held=outcomes.count("held"),
            failed=outcomes.count("failed"),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": text,
                "type": "success" if set(outcomes) <= {"confirmed", "unchanged"} else "warning",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @public
    def check_orders(self):
        """Run the checks on quotations; sold and cancelled orders keep what was found before.

        :return: one item per order: ``order_id``, ``name``, ``hold_state``, ``findings``
        """
        orders = self.sudo()
        orders._run_checks()
        orders._advance_stage()
        findings = orders._get_findings(self.env)
        return [order._prepare_check_row(findings) for order in orders]

    @public
    def process_orders(self, background=False):
        """Check quotations and confirm those that no check holds.

        One bad order never stops the others. Sold and cancelled orders stay as they are.

        :param bool background: answer ``job_id`` at once and work later
        :return: one item per order: ``order_id``, ``name``, ``hold_state``, ``findings``,
            ``outcome`` (``confirmed`` | ``held`` | ``unchanged`` | ``failed``), ``order_state``
        """
        if background:
            return self.env["order.job"]._enqueue(self, "process_orders", {})
        orders = self.sudo()
        outcomes, errors = orders._process_orders()
        findings = orders._get_findings(self.env)
        return [
            order._prepare_check_row(
                findings,
                errors.get(order.id, ()),
                outcome=outcomes[order.id],
                order_state=order.state,
            )
            for order in orders
        ]

    def _prepare_check_row(self, findings, errors=(), **values):
        return row(
            errors,
            order_id=self.id,
            name=self.name,
            hold_state=self.hold_state,
            findings=findings.get(self.id, []),
            **values,
        )

    def _get_findings(self, caller):
        """The findings of orders that count or were released, as rows.

        :param caller: environment of the caller, which decides what is shown
        :return dict: order id → list of findings
        """
        shown = self.env["order.finding"].search(
            [("order_id", "in", self.ids), ("state", "!=", "cleared")]
        )
        return {
            order.id: [finding._as_row(caller) for finding in group]
            for order, group in shown.grouped("order_id").items()
        }

    def _process_orders(self):
        """Check, then confirm what is free.

        :return tuple: order id → outcome, and order id → errors
        """
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        outcomes = dict.fromkeys(self.ids, "unchanged")
        held = quotations._find_held()
        outcomes.update(dict.fromkeys(held.ids, "held"))
        free = quotations - held
        self.env.cr.cache[_CHECKED] = set(free.ids)
        errors = {
            order.id: [error_of(exception)]
            for order, exception in run_set(free, lambda part: part.action_confirm(), "Confirming")
        }
        outcomes.update(
            {order.id: "failed" if order.id in errors else "confirmed" for order in free}
        )
        held._note_held()
        held._advance_stage()
        return outcomes, errors

    def _before_confirm(self):
        """The orders that a check holds; they must not be confirmed now."""
        checked = self.env.cr.cache.pop(_CHECKED, set())
        managed = self.sudo().filtered(
            lambda order: (
                order.company_id.use_order_management
                and order.state in ("draft", "sent")
                and order.id not in checked
            )
        )
        held = managed._find_held()
        held._note_held()
        return self.filtered(lambda order: order.id in held.ids)

    def _find_held(self):
        """Check these quotations under lock; return those that are held."""
        if not self:
            return self
        self._lock_for_decision()
        self._run_checks()
        return self.filtered(lambda order: order.hold_state == "held")

    def _lock_for_decision(self, products=None):
        """Serialise with other confirmations that draw on the same stock or credit.

        :param products: what they are going to draw on besides their lines
        """
        limited = self.filtered("company_id.account_use_credit_limit")
        payers = limited.partner_invoice_id.commercial_partner_id
        lines = self.order_line.filtered("product_id.is_storable")
        stock = {(line.warehouse_id.id or 0, line.product_id.id) for line in lines}
        for product in (products or self.env["product.product"]).filtered("is_storable"):
            stock |= {(warehouse.id, product.id) for warehouse in self.warehouse_id}
        self.env["order.lock"]._acquire_all({"credit": payers.ids, "stock": stock})

    def _note_held(self):
        """Remember that somebody wanted them confirmed; one event each."""
        fresh = self.filtered(lambda order: not order.confirm_requested)
        fresh.write({"confirm_requested": True})
        self.env["order.event"]._append(
            [
                {
                    "order_id": order.id,
                    "kind": "held",
                    "message": " ".join(order._hold_findings().mapped("message")),
                    "data": {"checks": order._hold_findings().mapped("code")},
                }
                for order in fresh
            ]
        )

    def _after_confirm(self):
        """Nobody asks for the confirmation of these any more.

        :return list: the events that tell of it, to be stored
        """
        managed = self.sudo().filtered("company_id.use_order_management")
        managed.filtered("confirm_requested").write({"confirm_requested": False})
        return [
            {"order_id": order.id, "kind": "confirmed", "message": order.name} for order in managed
        ]

    def _after_release(self):
        """Let orders go on whose last hold was released."""
        self._set_hold_state()
        ready = self.filtered(
            lambda order: (
                order.confirm_requested
                and order.hold_state != "held"
                and order.state in ("draft", "sent")
            )
        )
        if ready:
            ready.action_confirm()
        self._advance_stage()

    def _hold_findings(self):
        """The open findings that hold these orders."""
        return self.finding_ids.filtered(
            lambda finding: finding.state == "open" and finding.severity == "hold"
        )

    def _run_checks(self):
        """Run every check on these quotations and bring findings and hold state up to date."""
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        for company, orders in quotations.grouped("company_id").items():
            orders.with_company(company)._run_company_checks()

    def _run_company_checks(self):
        checks = self.env["order.check"]._get_active(self.company_id)
        found = {check: check._run(self) for check in checks}
        self._store_findings({check: found[check] for check in checks._acting()})
        self._record_shadow({check: found[check] for check in checks - checks._acting()})

    def _find_holds(self):
        """Service for the promise room: what holds these orders now, whatever their state.

        Nothing is stored, and what was released counts as well.

        :return dict: order id → key of what was found → values of a finding
        """
        holds = {order.id: {} for order in self}
        for company, orders in self.grouped("company_id").items():
            for values in orders.with_company(company)._find_hold_values():
                holds[values["order_id"]][_key_of(values)] = values
        return holds

    def _find_new_holds(self, before):
        """Service for the promise room: what holds one order now and did not, or less, before.

        What was released for these very numbers is no news, nor is a hold that got milder, such
        as a shortage when the quantity goes down.

        :param dict before: as :meth:`_find_holds` answered before the change
        :return list: values of findings
        """
        self.ensure_one()
        known = {_key_of(finding) for finding in self.finding_ids if finding.state == "released"}
        known.update(before[self.id])
        weights = {}
        for values in before[self.id].values():
            place = (values["line_id"], values["code"])
            weights[place] = max(weights.get(place, 0.0), _weight_of(values))
        return [
            values
            for key, values in self._find_holds()[self.id].items()
            if key not in known
            and not 0 < _weight_of(values) <= weights.get((values["line_id"], values["code"]), 0.0)
        ]

    def _find_hold_values(self):
        acting = self.env["order.check"]._get_active(self.company_id)._acting()
        found = self._prepare_findings({check: check._run(self) for check in acting})
        return [values for values in found if values["severity"] == "hold"]

    def _prepare_hold_rows(self, found, caller):
        """Service for the promise room: findings that were not stored, as rows.

        :param list found: values of :meth:`_find_new_holds`
        :param caller: environment of the caller, which decides what is shown
        """
        return [self.env["order.finding"].new(values)._as_row(caller) for values in found]

    def _store_findings(self, found):
        """Compare with what was found before: keep, add, clear; then set the hold state.

        A released finding stays released as long as the numbers it rests on are the same.
        """
        counting = self.env["order.finding"].search(
            [("order_id", "in", self.ids), ("state", "!=", "cleared")], order="id"
        )
        known = {
            (finding.order_id.id, finding.line_id.id, finding.code, finding.fingerprint): finding
            for finding in counting
        }
        fresh, kept = [], self.env["order.finding"]
        for values in self._prepare_findings(found):
            before = known.get(
                tuple(values[key] for key in ("order_id", "line_id", "code", "fingerprint"))
            )
            if before:
                kept |= before
            else:
                fresh.append(values)
        stale = counting - kept
        if stale:
            stale.write({"state": "cleared"})
        added = self.env["order.finding"].create(fresh)
        undecided = self.filtered(lambda order: order.hold_state == "unchecked")
        counting = kept | added
        self._write_hold_state(counting)
        released = counting.filtered(lambda finding: finding.state == "released")
        (undecided | (stale | added).order_id)._record_hold_decisions(found, released)

    def _prepare_findings(self, found):
        for check, verdicts in found.items():
            for verdict in verdicts:
                line_id = verdict.line.id if verdict.line else False
                yield {
                    "order_id": verdict.order.id,
                    "line_id": line_id,
                    "check_id": check.id,
                    "code": check.code,
                    "severity": verdict.severity or check.severity,
                    "message": verdict.message,
                    "details": verdict.details,
                    "confidential": list(verdict.confidential),
                    "fingerprint": fingerprint([check.code, line_id, verdict.details]),
                }

    def _set_hold_state(self):
        """Store the hold state that follows from the open findings."""
        opened = self.env["order.finding"]._read_group(
            [("order_id", "in", self.ids), ("state", "=", "open")],
            ["order_id"],
            ["severity:array_agg_distinct"],
        )
        self._write_hold_states({order.id: set(found) for order, found in opened})

    def _write_hold_state(self, counting):
        """Store the hold state that follows from the findings that count."""
        severities = {}
        for finding in counting:
            if finding.state == "open":
                severities.setdefault(finding.order_id.id, set()).add(finding.severity)
        self._write_hold_states(severities)

    def _write_hold_states(self, severities):
        states = {order: hold_state_of(severities.get(order.id, ())) for order in self}
        changed = self.filtered(lambda order: order.hold_state != states[order])
        for state, orders in changed.grouped(lambda order: states[order]).items():
            orders.write({"hold_state": state})

    def _record_hold_decisions(self, found, released):
        """One slip per order whose findings changed."""
        freed = released.grouped("order_id")
        verdicts = {order.id: [] for order in self}
        for check, results in found.items():
            for verdict in results:
                if verdict.order.id in verdicts:
                    verdicts[verdict.order.id].append((check, verdict))
        self.env["order.decision"]._record(
            [
                order._prepare_hold_slip(
                    verdicts[order.id], freed.get(order, released.browse()).mapped("code")
                )
                for order in self
            ]
        )

    def _prepare_hold_slip(self, verdicts, released):
        """The slip of one order's checks; replayed by ``_replay_validation_hold``."""
        inputs = {
            "findings": [
                {
                    "check": check.code,
                    "severity": verdict.severity or check.severity,
                    "details": verdict.details,
                }
                for check, verdict in verdicts
            ],
            "released": released,
        }
        hidden = {key for _check, verdict in verdicts for key in verdict.confidential}
        holding = [
            check.name
            for check, verdict in verdicts
            if (verdict.severity or check.severity) == "hold"
        ]
        return {
            "model": self._name,
            "res_id": self.id,
            "decision": "validation.hold",
            "outcome": self.hold_state,
            "inputs": inputs,
            "alternatives": [],
            "flip": ", ".join(holding),
            "confidential": sorted(hidden),
            "company_id": self.company_id.id,
        }

    def _record_shadow(self, found):
        """Leave a slip for what checks in shadow would have found."""
        self.env["order.decision"]._record(
            [
                {
                    "model": self._name,
                    "res_id": verdict.order.id,
                    "decision": "validation.shadow",
                    "outcome": check.severity,
                    "mode": "shadow",
                    "inputs": {
                        "check": check.code,
                        "severity": check.severity,
                        "details": verdict.details,
                    },
                    "confidential": list(verdict.confidential),
                    "company_id": verdict.order.company_id.id,
                }
                for check, verdicts in found.items()
                for verdict in verdicts
            ]
        )

    def _get_goods_lines(self):
        """The lines that sell something: no sections, notes or down payments."""
        return self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment and line.product_id
        )

    def _get_pricelist_lines(self):
        """The lines whose price the pricelist decides."""
        return self._get_goods_lines().filtered(
            lambda line: (
                not line.is_delivery and not line._is_global_discount() and not line._is_charge()
            )
        )

    def _get_expected_prices(self):
        """Net unit prices by pricelist on the order date, one rule search a pricelist and day.

        :return dict: sale order line id → price in the order's currency and tax convention
        """
        expected = {}
        lines = self._get_pricelist_lines()
        converts = self._has_prices_with_tax()
        for (pricelist, date), group in lines.grouped(
            lambda line: (line.order_id.pricelist_id, line.order_id.date_order)
        ).items():
            rules = pricelist._get_applicable_rules(group.product_id, date)
            for line in group:
                expected[line.id] = line._get_expected_price(rules, date, converts)
        return expected

    def _has_prices_with_tax(self):
        """Whether any sales tax is part of the price, so that fiscal positions change prices."""
        companies = self.company_id
        if "tax_included" in companies.mapped("account_price_include"):
            return True
        taxes = self.env["account.tax"].sudo()
        return bool(
            taxes.search_count(
                [("price_include_override", "=", "tax_included"),
                 ("company_id", "parent_of", companies.ids)],
                limit=1,
            )
        )  # fmt: skip

    def _get_limited_payers(self):
        """Who pays these orders and has a credit limit."""
        company = self.env.company
        if not company.account_use_credit_limit:
            return self.env["res.partner"]
        payers = self.partner_invoice_id.commercial_partner_id.with_company(company)
        return payers.filtered(lambda payer: payer.credit_limit > 0)

    def _is_surely_within_credit(self):
        """Whether even the most that can be owed stays within every limit; one statement.

        Confirmed orders that are not wholly invoiced count in full, down payments are not taken
        off: where that already fits, nobody need look closer.
        """
        company = self.env.company
        payers = self._get_limited_payers()
        if not payers:
            return True
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model(["order_id", "untaxed_amount_to_invoice"])
        self.env["account.move.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT payer.id,
                       (SELECT COALESCE(SUM(line.amount_residual), 0)
                          FROM account_move_line AS line
                          JOIN account_account AS account ON account.id = line.account_id
                         WHERE line.partner_id = payer.id AND line.parent_state = 'posted'
                           AND line.company_id = %(company)s
                           AND account.account_type = 'asset_receivable'
                           AND line.reconciled IS NOT TRUE),
                       SUM(sold.amount_total) FILTER (WHERE sold.amount_total > 0),
                       BOOL_OR(sold.currency_id != %(currency)s)
                  FROM res_partner AS payer
                  LEFT JOIN res_partner AS contact ON contact.commercial_partner_id = payer.id
                  LEFT JOIN sale_order AS sold
                         ON sold.partner_invoice_id = contact.id AND sold.state = 'sale'
                        AND sold.company_id = %(company)s AND sold.id NOT IN %(own)s
                        AND (sold.invoice_status != 'invoiced' OR EXISTS (
                             SELECT 1 FROM sale_order_line AS line
                              WHERE line.order_id = sold.id AND line.untaxed_amount_to_invoice > 0))
                 WHERE payer.id IN %(payers)s
                 GROUP BY payer.id
                """,
                company=company.id,
                currency=company.currency_id.id,
                own=tuple(self.ids),
                payers=tuple(payers.ids),
            )
        )
        most = {}
        for payer_id, receivable, ordered, is_foreign in self.env.cr.fetchall():
            if is_foreign:
                return False
            most[payer_id] = float(receivable) + float(ordered or 0.0)
        for order in self:
            payer = order.partner_invoice_id.commercial_partner_id
            if payer.id in most:
                most[payer.id] += order._get_amount_in_company_currency()
        return all(
            company.currency_id.compare_amounts(most[payer.id], payer.credit_limit) <= 0
            for payer in payers
        )

    def _get_credit_used(self):
        """What payers with a credit limit have used up, without these orders.

        :return dict: commercial partner id → (limit, exposure) in company currency
        """
        limited = self._get_limited_payers()
        if not limited:
            return {}
        # Core computes it without dependencies, so an earlier value of this call may be stale.
        limited.invalidate_recordset(["credit"])
        uninvoiced = self._get_uninvoiced_amounts(limited)
        return {
            payer.id: (payer.credit_limit, payer.credit + uninvoiced.get(payer.id, 0.0))
            for payer in limited
        }

    def _get_uninvoiced_amounts(self, payers):
        """What payers have ordered and not been invoiced for, less their down payments.

        Core's own ``credit_to_invoice`` overlooks what is invoiced on delivery and not delivered
        yet, and counts the invoice of a down payment on top of the order it belongs to.

        :return dict: commercial partner id → amount with tax in company currency
        """
        company = self.env.company
        orders = self.search(
            fields.Domain(
                [
                    ("id", "not in", self.ids),
                    ("company_id", "=", company.id),
                    ("state", "=", "sale"),
                    ("partner_invoice_id.commercial_partner_id", "in", payers.ids),
                ]
            )
            & (
                fields.Domain("invoice_status", "in", ("no", "to invoice"))
                | fields.Domain("order_line", "any", [("untaxed_amount_to_invoice", ">", 0)])
            )
        )
        amounts = {}
        for order in orders:
            payer = order.partner_invoice_id.commercial_partner_id
            open_amount = max(sum(line._get_uninvoiced_amount() for line in order.order_line), 0.0)
            amounts[payer.id] = amounts.get(payer.id, 0.0) + order.currency_id._convert(
                open_amount, company.currency_id, company, fields.Date.context_today(order)
            )
        return amounts

    def _get_amount_in_company_currency(self):
        """What this order adds to its customer's debt, beyond what was invoiced of it."""
        amount = self.amount_total
        if self.state == "sale":
            amount = max(sum(line._get_uninvoiced_amount() for line in self.order_line), 0.0)
        return self.currency_id._convert(
            amount,
            self.company_id.currency_id,
            self.company_id,
            self.date_order or fields.Date.context_today(self),
        )
