from odoo import api, fields, models
from odoo.tools import SQL

from .tracking_status import STATUSES

INSERTED = (
    "event_id", "tracking_ref", "status", "occurred_at", "location", "message", "shipment_id",
    "outcome",
)  # fmt: skip


class OrderTrackingEvent(models.Model):
    """One report of a source about a tracking number; kept also when the number is unknown."""

    _name = "order.tracking.event"
    _description = "Tracking event"
    _order = "occurred_at desc, id desc"
    _rec_name = "status"

    source_id = fields.Many2one(
        "order.tracking.source", required=True, readonly=True, ondelete="restrict"
    )
    event_id = fields.Char(required=True, readonly=True)
    tracking_ref = fields.Char("Tracking number", required=True, readonly=True)
    status = fields.Selection(STATUSES, required=True, readonly=True)
    occurred_at = fields.Datetime("Occurred on", required=True, readonly=True)
    location = fields.Char(readonly=True)
    message = fields.Char(readonly=True)
    shipment_id = fields.Many2one(
        "order.shipment", readonly=True, index="btree_not_null", ondelete="set null"
    )
    outcome = fields.Selection(
        [("recorded", "Recorded"), ("unknown_shipment", "Unknown number")],
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")

    _event_uniq = models.UniqueIndex("(source_id, event_id)")
    _number_idx = models.Index("(tracking_ref, company_id)")

    @api.model
    def _insert_new(self, source, entries):
        """Store those events that are not there yet, also against parallel calls.

        :param source: the tracking source
        :param list entries: dicts with the keys of ``INSERTED``; an event id comes once
        :return set: the event ids that are new
        """
        if not entries:
            return set()
        columns = (*INSERTED, "source_id", "company_id", "create_uid", "create_date")
        common = (source.id, source.company_id.id, self.env.uid, fields.Datetime.now())
        values = [
            SQL("%s", tuple(entry[name] or None for name in INSERTED) + common) for entry in entries
        ]
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO order_tracking_event (%s) VALUES %s "
                "ON CONFLICT (source_id, event_id) DO NOTHING RETURNING event_id",
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(values),
            )
        )
        self.env["order.shipment"].invalidate_model(["event_ids"])
        return {event_id for (event_id,) in rows}
