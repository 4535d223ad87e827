from odoo import fields, models
from odoo.exceptions import AccessError

from ..common.access import as_service, check_visible, has_role

# What a customer can mend on the portal, by the code of the check.
CUSTOMER_TASKS = {
    "address_incomplete": "address",
    "address_invalid": "address",
    "contact_invalid": "contact",
    "payment_missing": "payment",
}
TOLD_ORDERS = 5


class OrderHoldMixin(models.AbstractModel):
    """What people see of a hold: on the order's form, after buttons, and on the portal."""

    _inherit = "order.hold.mixin"

    released_finding_ids = fields.One2many(
        "order.finding",
        "order_id",
        "Released findings",
        domain=[("state", "=", "released")],
        readonly=True,
    )

    def action_recheck(self):
        """Check these orders again; those that came to be confirmed and are free now go on."""
        if not has_role(self.env, "clerk", "integration"):
            raise AccessError(self.env._("Your role does not allow to check orders again."))
        check_visible(self)
        as_service(self)._recheck()
        return self._tell_holds()

    # What is told after a button

    def _tell_outcomes(self, outcomes):
        """Say how confirming went: counts, and why the first of those that are held are.

        :param list outcomes: of these orders, in their order
        """
        held = self.browse(
            [order.id for order, outcome in zip(self, outcomes, strict=True) if outcome == "held"]
        )
        counted = {
            "confirmed": self.env._("%s confirmed", outcomes.count("confirmed")),
            "held": self.env._("%s held", len(held)),
            "failed": self.env._("%s failed", outcomes.count("failed")),
            "unchanged": self.env._("%s were confirmed or cancelled", outcomes.count("unchanged")),
        }
        parts = [text for outcome, text in counted.items() if outcome in outcomes]
        is_good = set(outcomes) <= {"confirmed", "unchanged"}
        return self._notify(", ".join(parts), "success" if is_good else "warning", held)

    def _tell_holds(self):
        """Say how orders stand after something was mended, released or checked again."""
        orders = self.sudo()
        held = orders.filtered(
            lambda order: order.state in ("draft", "sent") and order.hold_state == "held"
        )
        if len(orders) == 1:
            shown = {"name": orders.name, "why": orders.hold_message}
            if held:
                return self._notify(
                    self.env._("%(name)s is still held: %(why)s", **shown), "warning"
                )
            if orders.state == "sale":
                return self._notify(self.env._("%(name)s is confirmed.", **shown), "success")
            return self._notify(self.env._("Nothing holds %(name)s.", **shown), "success")
        sold = orders.filtered(lambda order: order.state == "sale")
        free = len(orders - sold - held)
        parts = [
            self.env._("%s confirmed", len(sold)) if sold else "",
            self.env._("%s free of holds", free) if free else "",
            self.env._("%s still held", len(held)) if held else "",
        ]
        kind = "warning" if held else "success"
        return self._notify(", ".join(filter(None, parts)), kind)

    def _notify(self, message, kind, held=()):
        reasons = [f"{order.name}: {order.hold_message}" for order in held[:TOLD_ORDERS]]
        if len(held) > TOLD_ORDERS:
            reasons.append(self.env._("and %s more, see Holds", len(held) - TOLD_ORDERS))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": message if reasons else False,
                "message": " – ".join(reasons) or message,
                "type": kind,
                "sticky": bool(reasons),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # What the customer sees

    def _is_being_reviewed(self):
        """Whether the customer ordered and a check holds it; the reasons are not theirs."""
        return bool(
            self.company_id.use_order_management
            and self.state in ("draft", "sent")
            and self.hold_state == "held"
            and self.confirm_requested
        )

    def _get_customer_tasks(self):
        """What the customer alone can mend, in plain words.

        What was mended already and waits for its check is no task any more.

        :return list: dicts of ``kind`` (``address`` | ``contact`` | ``payment``), ``partner_id``,
            ``problems`` (texts), ``fields`` (what each is about) and ``amount`` (to be paid)
        """
        if not self._is_being_reviewed():
            return []
        tasks = {}
        for finding in self._hold_findings():
            kind = CUSTOMER_TASKS.get(finding.code)
            if kind and not (finding.recheck or finding.is_faulty):
                details = finding.details or {}
                partner_id = self._get_own_partner_id(details.get("partner_id"))
                task = tasks.setdefault(
                    (kind, partner_id),
                    {
                        "kind": kind,
                        "partner_id": partner_id,
                        "problems": [],
                        "fields": [],
                        "amount": details.get("missing") or self.amount_total,
                    },
                )
                problems = details.get("problems") or ()
                task["problems"] += [problem["message"] for problem in problems]
                task["fields"] += [problem["field"] for problem in problems]
        return list(tasks.values())

    def _get_own_partner_id(self, partner_id):
        """Which of this order's contacts a finding is about; the delivery address by default."""
        own = self.partner_shipping_id | self.partner_invoice_id | self.partner_id
        return partner_id if partner_id in own.ids else self.partner_shipping_id.id

    def _is_payable(self, amount):
        """Whether core's payment page takes this amount for a quotation."""
        least = self._get_prepayment_required_amount()
        return self.currency_id.compare_amounts(amount, least) >= 0

    def _is_rechecked(self):
        """Whether something was mended and the checks are about to look at it."""
        return any(self._hold_findings().mapped("recheck"))
