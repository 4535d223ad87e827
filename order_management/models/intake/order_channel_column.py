from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.documents import KINDS, fold
from .words import place_of

LEFT_OUT = "-"


class OrderChannelColumn(models.Model):
    """What a header in a channel's tables stands for."""

    _name = "order.channel.column"
    _description = "Column of a channel's tables"
    _rec_name = "header"
    _order = "channel_id, sequence, id"

    channel_id = fields.Many2one("order.channel", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    header = fields.Char(required=True, help="As it stands in the sender's files.")
    key = fields.Selection(
        "_selection_key",
        "Stands for",
        help="What the column holds; columns without a meaning are refused as unknown.",
    )

    @api.model
    def _selection_key(self):
        keys = [(key, place_of(self.env, key)) for key in KINDS]
        return [(LEFT_OUT, self.env._("Leave the column out")), *keys]

    @api.constrains("channel_id", "header", "key")
    def _check_once(self):
        """A header stands once in a channel, and so does a key."""
        for channel, columns in self.channel_id.column_ids.grouped("channel_id").items():
            headers = [fold(column.header) for column in columns]
            keys = [column.key for column in columns if column.key and column.key != LEFT_OUT]
            for names in (headers, keys):
                twice = next((name for name in names if names.count(name) > 1), None)
                if twice:
                    raise ValidationError(
                        self.env._(
                            "%(channel)s: %(name)s stands twice among the columns.",
                            channel=channel.name,
                            name=twice,
                        )
                    )
