from odoo import api, models


class OrderReturnPolicyKeptMixin(models.AbstractModel):
    """A part of what shops keep in memory of a policy: editing it makes them read it again."""

    _name = "order.return.policy.kept.mixin"
    _description = "Kept part of a return policy"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
