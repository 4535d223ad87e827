from markupsafe import Markup

from odoo import models

from ..common.access import as_service


class OrderBatchDispatchMixin(models.AbstractModel):
    """Batches whose transfers are shipped as one set."""

    _name = "order.batch.dispatch.mixin"
    _description = "Batch shipped as a set"

    def action_open_station(self):
        """Button: pick and pack the transfers of these batches at the station."""
        self.check_access("read")
        return self.picking_ids.action_open_station()

    def action_ship(self):
        """Button: ship what is picked of all transfers; the rest leaves the batch."""
        self.check_access("write")
        answers = self.picking_ids.filtered(lambda p: p.state != "cancel").ship()
        refused = [answer for answer in answers if not answer["ok"]]
        shipped = len(answers) - len(refused)
        if not shipped:
            messages = dict.fromkeys(
                entry["message"] for answer in refused for entry in answer["errors"]
            )
            return self._notify("warning", "\n".join(messages) or self.env._("Nothing to ship."))
        message = self.env._("%(count)s transfers shipped.", count=shipped)
        if refused:
            message += " " + self.env._(
                "%(count)s left the batch, nothing was picked of them.", count=len(refused)
            )
        return self._notify("success", message)

    def _notify(self, kind, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _note_removed(self, pickings):
        """Tell in the batch's log which transfers left it unpicked."""
        names = Markup(", ").join(picking._get_html_link() for picking in pickings)
        body = self.env._("Nothing was picked of %s: it left the batch and can be planned again.")
        as_service(self).message_post(body=Markup("<p>%s</p>") % (Markup(body) % names))
