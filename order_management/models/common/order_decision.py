from odoo import api, fields, models

from .access import check_visible, has_role, public
from .bulk import insert_rows
from .results import Arguments, row


class OrderDecision(models.Model):
    """The slip that every automatic decision leaves.

    To add a kind of decision: (1) choose its name, ``area.subject``; (2) call :meth:`_record`
    with what was decided, from which inputs, and what lost; (3) write
    ``_replay_<area>_<subject>(self, inputs)`` in the room's extension of this model, returning
    the outcome the inputs lead to; (4) name the keys that only finance may see in ``confidential``.
    """

    _name = "order.decision"
    _description = "Decision"
    _order = "id desc"

    model = fields.Char(required=True, readonly=True, index=True)
    res_id = fields.Many2oneReference(model_field="model", required=True, readonly=True, index=True)
    decision = fields.Char(required=True, readonly=True, index=True)
    outcome = fields.Char(required=True, readonly=True)
    mode = fields.Char(required=True, readonly=True, default="on")
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    inputs = fields.Json(readonly=True)
    alternatives = fields.Json(readonly=True)
    flip = fields.Char(
        readonly=True, help="The smallest change that would have led to another outcome."
    )
    rule_version = fields.Char(required=True, readonly=True, default="1")
    confidential = fields.Json(readonly=True, help="Keys that only finance may see.")
    company_id = fields.Many2one("res.company", readonly=True, index=True)

    @api.model
    def _record(self, slips):
        """Store many slips in one statement.

        :param list slips: dicts of field values
        :return: the slips
        """
        return insert_rows(self.sudo(), slips)

    @api.model
    @public
    def explain(self, model, res_id):
        """Tell how the automatic decisions about one document came about, newest first.

        :param str model: model of the document, e.g. ``sale.order``
        :param int res_id: id of the document
        :return: one item per decision: ``decision``, ``outcome``, ``inputs``, ``alternatives``,
            ``flip``, ``rule_version``, ``mode``, ``at``
        :raises AccessError: the caller may not see the document
        :raises ValidationError: there is no such model, or the id is none
        """
        arguments = Arguments(self.env)
        model = arguments.value(model, "text", "model", required=True)
        res_id = arguments.value(res_id, "integer", "res_id", required=True)
        if model not in self.env or self.env[model]._abstract:
            arguments.refuse("model", self.env._("there is no model %(name)s.", name=model))
        check_visible(self.env[model].browse(res_id))
        slips = self.sudo().search([("model", "=", model), ("res_id", "=", res_id)])
        return [slip._as_row() for slip in slips]

    def _as_row(self):
        hidden = () if may_see_finance(self.env(su=False)) else tuple(self.confidential or ())
        return row(
            decision=self.decision,
            outcome=self.outcome,
            inputs=without_keys(self.inputs or {}, hidden),
            alternatives=without_keys(self.alternatives or [], hidden),
            flip=False if hidden else self.flip,
            rule_version=self.rule_version,
            mode=self.mode,
            at=self.at,
        )

    def _replay(self):
        """Decide again from the stored inputs.

        :return list: for each slip, whether the outcome is the same
        """
        return [slip._decide_again() == slip.outcome for slip in self]

    def _decide_again(self):
        method = f"_replay_{self.decision.replace('.', '_')}"
        return getattr(self, method)(self.inputs)


def may_see_finance(env):
    """Whether the caller may see cost, margin and credit figures."""
    finance = ("account.group_account_invoice", "account.group_account_readonly")
    return has_role(env, "auditor") or any(env.user.has_group(group) for group in finance)


def without_keys(value, hidden):
    """``value`` without the keys in ``hidden``, at any depth."""
    if isinstance(value, dict):
        return {key: without_keys(part, hidden) for key, part in value.items() if key not in hidden}
    if isinstance(value, list):
        return [without_keys(part, hidden) for part in value]
    return value
