from odoo import fields, models
from odoo.exceptions import UserError

from ...exceptions import ItemError
from ...tools.fingerprint import fingerprint
from ..common.access import public
from ..common.results import Arguments, error, error_of
from .order_amendment import OrderAmendment


class OrderIntake(models.Model):
    """What people decide about received documents: accept a change, dismiss."""

    _inherit = "order.intake"

    decision = fields.Selection(
        [("accepted", "Accepted"), ("dismissed", "Dismissed")],
        "Last decision",
        readonly=True,
        help="What was decided about content that came later, or about a rejected document.",
    )

    # Deciding conflicts

    @public
    def accept_change(self):
        """Change orders to the content that came later, as an amendment.

        Only while what changes is neither picked, shipped nor invoiced; the order is checked
        again. What cannot be changed is refused, and the conflict stays.

        :return: items as of :meth:`submit`
        """
        self._ensure_channels_usable()
        self.env["order.lock"]._acquire("order", self.sudo().order_id.ids)
        return [intake._accept_change(self.env) for intake in self.sudo()]

    @public
    def dismiss(self, reason):
        """Leave orders as they are, or give up documents that were rejected.

        :param str reason: why
        :return: items as of :meth:`submit`
        :raises ValidationError: no reason is given
        """
        self._ensure_channels_usable()
        reason = (Arguments(self.env).value(reason, "text", "reason") or "").strip()
        if not reason:
            Arguments(self.env).refuse("reason", self.env._("say why it is dismissed."))
        return [intake._dismiss(reason, self.env) for intake in self.sudo()]

    def _accept_change(self, caller):
        """Amend the order of one conflict."""
        if self.state != "conflict":
            return self._answer_decided(caller, "accepted")
        changed = self._get_differences()
        answer = self._amend_order(caller)
        if answer["outcome"] not in ("amended", "unchanged") and not answer["ok"]:
            return self._prepare_decision_row(caller, answer["errors"], answer["findings"])
        self.write(
            {
                "content": self.pending_content,
                "fingerprint": fingerprint(self.pending_content),
                "pending_content": False,
                "state": "created",
                "decision": "accepted",
            }
        )
        self._note_decision(self.env._("The change was accepted."), {"differences": changed})
        return self._prepare_decision_row(caller)

    def _amend_order(self, caller):
        try:
            order_vals, lines = OrderAmendment(self).prepare()
        except ItemError as problem:
            return {
                "outcome": "refused",
                "ok": False,
                "errors": [error_of(problem)],
                "findings": [],
            }
        reason = self.env._("Changed content of %(name)s", name=self.display_name)
        return self.order_id._amend_values(order_vals, lines, reason, caller)

    def _dismiss(self, reason, caller):
        """Decide one row against what came last."""
        if self.state == "conflict":
            self.write({"state": "created", "pending_content": False, "decision": "dismissed"})
            self._note_decision(self.env._("The change was dismissed: %(why)s", why=reason))
        elif self.state == "rejected":
            self.write({"state": "dismissed", "decision": "dismissed"})
            self._note_decision(self.env._("Dismissed: %(why)s", why=reason))
        else:
            return self._answer_decided(caller, "dismissed")
        return self._prepare_decision_row(caller)

    def _note_decision(self, message, data=None):
        """Keep who decided what, on the row and in the order's log."""
        self.env["order.intake.attempt"].create(
            {
                "intake_id": self.id,
                "company_id": self.company_id.id,
                "user_id": self.env.uid,
                "outcome": self.decision,
                "fingerprint": self.fingerprint,
                "message": message,
            }
        )
        if self.order_id:
            self.env["order.event"]._append(
                [
                    {
                        "order_id": self.order_id.id,
                        "kind": f"change_{self.decision}",
                        "message": message,
                        "data": data or {},
                    }
                ]
            )

    def _answer_decided(self, caller, decision):
        """Repeating a decision answers the same; another one is refused."""
        if self.decision == decision:
            return {**self._prepare_decision_row(caller), "replayed": True}
        message = self.env._("There is nothing left to decide about this document.")
        return self._prepare_decision_row(caller, [error("not_possible", message)])

    def _prepare_decision_row(self, caller, errors=(), findings=None):
        """The answer to a decision; findings that stopped it come with it."""
        shown = self.order_id._get_findings(caller) if self.order_id else {}
        values = self._prepare_found(0, shown)
        values.update(errors=list(errors), ok=not errors)
        if findings:
            values["findings"] = findings
        return values

    def action_accept_change(self):
        """Accept what came later; tell what became of the orders, or why it does not go."""
        answers = self.accept_change()
        problems = [
            f"{answer['external_ref']}: {problem['message']}"
            for answer in answers
            for problem in answer["errors"]
        ]
        if problems:
            raise UserError("\n".join(problems))
        names = ", ".join(answer["order_name"] for answer in answers if answer["order_name"])
        held = any(answer["hold_state"] == "held" for answer in answers)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("%(orders)s changed, and a check holds it now.", orders=names)
                if held
                else self.env._("%(orders)s changed.", orders=names),
                "type": "warning" if held else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_dismiss(self):
        """Ask for the reason, then dismiss."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dismiss"),
            "res_model": "order.intake.decide",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_intake_ids": self.ids},
        }

    def action_correct(self):
        """Open the errors of a rejected document, to be mended one by one."""
        self.check_access("read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct %(name)s", name=self.display_name),
            "res_model": "order.intake.correct",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_intake_id": self.id, "dialog_size": "extra-large"},
        }
