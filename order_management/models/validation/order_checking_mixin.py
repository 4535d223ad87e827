from odoo import fields, models

from ...tools.fingerprint import fingerprint

HOLD_STATES = [
    ("unchecked", "Unchecked"),
    ("clear", "Clear"),
    ("warning", "Warning"),
    ("held", "Held"),
]

# The detail that tells how bad a finding is, where one does.
WEIGHTS = {
    "stock_short": "missing",
    "credit_limit": "exceeded_by",
    "payment_missing": "missing",
    "price_deviation": "total_difference",
    "total_mismatch": "difference",
    "order_value_limit": "exceeded_by",
    "minimum_order": "missing",
    "overdue_invoices": "overdue",
    "discount_limit": "percent",
    "margin_floor": "below",
    "quantity_outlier": "times",
}


def hold_state_of(severities):
    """The hold state that open findings of these severities lead to."""
    if "hold" in severities:
        return "held"
    return "warning" if "warning" in severities else "clear"


def _weight_of(values):
    """How bad a finding is, compared with others of its check; 0 when it does not say."""
    return abs(values["details"].get(WEIGHTS.get(values["code"]), 0.0))


def _key_of(values):
    """What makes two findings of one order the same; of a stored one or of its values."""
    return int(values["line_id"]), values["code"], values["fingerprint"]


class OrderCheckingMixin(models.AbstractModel):
    """Running the checks on orders, and keeping what they found."""

    _name = "order.checking.mixin"
    _description = "Order that checks look at"

    hold_state = fields.Selection(
        HOLD_STATES, "Hold", required=True, default="unchecked", readonly=True, index=True,
        copy=False,
    )  # fmt: skip
    finding_ids = fields.One2many("order.finding", "order_id", "Findings", readonly=True)
    open_finding_ids = fields.One2many(
        "order.finding", "order_id", "Open findings", domain=[("state", "=", "open")], readonly=True
    )

    def _get_checkable(self):
        """Quotations that checks look at; old orders that are only taken over are none."""
        return self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and order.company_id.use_order_management
                and not order._is_history()
            )
        )

    def _run_checks(self):
        """Run every check on these quotations and bring findings and hold state up to date."""
        self._start_reading_supply()
        for company, orders in self._get_checkable().grouped("company_id").items():
            orders.with_company(company)._run_company_checks()

    def _run_company_checks(self):
        checks = self.env["order.check"]._get_active(self.company_id)
        acting = checks._acting_for(self.company_id)
        found = {check: check._run(self) for check in checks}
        self._store_findings({check: found[check] for check in acting})
        self._record_shadow({check: found[check] for check in checks - acting})
        self._note_known_shortages()

    # What would hold, without storing it

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
        """Service for the promise room: what holds orders now and did not, or less, before.

        What was released for these very numbers is no news, nor is a hold that got milder, such
        as a shortage when the quantity goes down.

        :param dict before: as :meth:`_find_holds` answered before the change
        :return list: values of findings
        """
        now = self._find_holds()
        return [
            values
            for order in self
            for values in order._compare_holds(before[order.id], now[order.id])
        ]

    def _compare_holds(self, before, now):
        known = {_key_of(finding) for finding in self.finding_ids if finding._is_released()}
        known.update(before)
        weights = {}
        for values in before.values():
            place = (values["line_id"], values["code"])
            weights[place] = max(weights.get(place, 0.0), _weight_of(values))
        return [
            values
            for key, values in now.items()
            if key not in known
            and not 0 < _weight_of(values) <= weights.get((values["line_id"], values["code"]), 0.0)
        ]

    def _find_hold_values(self):
        checks = self.env["order.check"]._get_active(self.company_id)
        acting = checks._acting_for(self.company_id)
        found = self._prepare_findings({check: check._run(self) for check in acting})
        return [values for values in found if values["severity"] == "hold"]

    def _prepare_hold_rows(self, found, caller):
        """Service for the promise room: findings that were not stored, as rows.

        :param list found: values of :meth:`_find_new_holds`
        :param caller: environment of the caller, which decides what is shown
        """
        return [self.env["order.finding"].new(values)._as_row(caller) for values in found]

    # Storing what was found

    def _store_findings(self, found):
        """Compare with what was found before: keep, add, clear; then set the hold state.

        A released finding stays released as long as the numbers it rests on are the same and
        its time is not over.
        """
        counting = self._get_counting_findings()
        known = {
            (finding.order_id.id, finding.line_id.id, finding.code, finding.fingerprint): finding
            for finding in counting
            if not finding._is_expired()
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
        causes = counting._get_causes()
        if stale:
            stale.write({"state": "cleared", "recheck": False})
        rechecked = kept.filtered("recheck")
        if rechecked:
            rechecked.write({"recheck": False})
        added = self.env["order.finding"].create(fresh)
        undecided = self.filtered(lambda order: order.hold_state == "unchecked")
        counting = kept | added
        self._write_hold_state(counting)
        released = counting.filtered(lambda finding: finding.state == "released")
        changed = undecided | (stale | added).order_id
        changed._record_hold_decisions(found, released, causes)

    def _get_counting_findings(self):
        """What was found and is not cleared; nothing where checks never ran."""
        checked = self.filtered(lambda order: order.hold_state != "unchecked")
        findings = self.env["order.finding"]
        if not checked:
            return findings
        counting = [("order_id", "in", checked.ids), ("state", "!=", "cleared")]
        return findings.search(counting, order="id")

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
                    "is_faulty": "fault" in verdict.details,
                    "fingerprint": fingerprint(check._get_finding_key(line_id, verdict)),
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

    # Slips

    def _record_hold_decisions(self, found, released, causes):
        """One slip per order whose findings changed.

        :param dict causes: order id → what changed and made the checks run again
        """
        freed = released.grouped("order_id")
        verdicts = {order.id: [] for order in self}
        for check, results in found.items():
            for verdict in results:
                if verdict.order.id in verdicts:
                    verdicts[verdict.order.id].append((check, verdict))
        self.env["order.decision"]._record(
            [
                order._prepare_hold_slip(
                    verdicts[order.id],
                    freed.get(order, released.browse()).mapped("code"),
                    causes.get(order.id, []),
                )
                for order in self
            ]
        )

    def _prepare_hold_slip(self, verdicts, released, causes):
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
            "causes": causes,
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
        """Leave a slip for what checks in shadow would have found; once for the same numbers."""
        slips = {}
        for check, verdicts in found.items():
            for verdict in verdicts:
                slip = self._prepare_shadow_slip(check, verdict)
                slips[slip["res_id"], slip["inputs"]["fingerprint"]] = slip
        if not slips:
            return
        earlier = self.env["order.decision"].search_fetch(
            [
                ("model", "=", self._name),
                ("res_id", "in", [order_id for order_id, _digest in slips]),
                ("decision", "=", "validation.shadow"),
            ],
            ["res_id", "inputs"],
        )
        known = {(slip.res_id, slip.inputs.get("fingerprint")) for slip in earlier}
        self.env["order.decision"]._record(
            [slip for key, slip in slips.items() if key not in known]
        )

    def _prepare_shadow_slip(self, check, verdict):
        line_id = verdict.line.id if verdict.line else False
        severity = verdict.severity or check.severity
        return {
            "model": self._name,
            "res_id": verdict.order.id,
            "decision": "validation.shadow",
            "outcome": severity,
            "mode": "shadow",
            "inputs": {
                "check": check.code,
                "check_id": check.id,
                "line_id": line_id,
                "severity": severity,
                "details": verdict.details,
                "message": verdict.message,
                "fingerprint": fingerprint(check._get_finding_key(line_id, verdict)),
            },
            "confidential": list(verdict.confidential),
            "company_id": verdict.order.company_id.id,
        }
