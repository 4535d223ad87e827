from odoo import api, models


class OrderReturnPolicyTermMixin(models.AbstractModel):
    """A part of a policy's terms: editing it leaves the terms of earlier orders as they are."""

    _name = "order.return.policy.term.mixin"
    _description = "Term of a return policy"

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        self.check_access("create")
        self._get_owners(vals_list)._keep_terms()
        # What they bring along is no edit of its own.
        terms = super(OrderReturnPolicyTermMixin, self.sudo()).create(vals_list).sudo(False)
        terms.check_access("create")
        return terms

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self.check_access("write")
        if self._is_changed(vals):
            (self._get_policies() | self._get_owners([vals]))._keep_terms()
        result = super(OrderReturnPolicyTermMixin, self.sudo()).write(vals)
        self.check_access("write")
        return result

    def unlink(self):
        if not self.env.su:
            self.check_access("unlink")
            self._get_policies()._keep_terms()
        return super().unlink()

    def _get_policies(self):
        """The policies that these terms belong to."""
        raise NotImplementedError

    def _get_owners(self, vals_list):
        """The policies that terms with these values will belong to."""
        raise NotImplementedError

    def _is_changed(self, vals):
        return any(is_change(term, name, vals[name]) for term in self for name in vals)


def is_change(record, name, value):
    """Whether writing ``value`` makes a difference; lines that are edited always do."""
    field = record._fields.get(name)
    if field is None:
        return False
    if field.type == "one2many":
        return bool(value)
    before = field.convert_to_cache(record[name], record)
    after = field.convert_to_cache(value, record)
    if field.type == "many2many":
        return set(before) != set(after)
    return before != after
