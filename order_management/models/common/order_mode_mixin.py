from odoo import fields, models


class OrderModeMixin(models.AbstractModel):
    """Every automation can be off, run in shadow, or be on.

    In shadow it decides and leaves its slip, and changes nothing else.
    """

    _name = "order.mode.mixin"
    _description = "Automation with a mode"

    mode = fields.Selection(
        [("off", "Off"), ("shadow", "Shadow"), ("on", "On")],
        required=True,
        default="on",
        help="Off: does nothing. Shadow: decides and explains itself, but changes nothing. "
        "On: acts.",
    )

    def _acting(self):
        """The automations whose decisions take effect."""
        return self.filtered(lambda automation: automation.mode == "on")
