import base64
import binascii
from datetime import timedelta
from zlib import crc32

from odoo import api, fields, models

from ..common.access import as_service, public
from ..common.results import Arguments, error, row
from .tracking_status import RANK, find_latest

EVENT_KEYS = {
    "event_id": "text*",
    "tracking_ref": "text*",
    "status": "text*",
    "occurred_at": "text*",
    "location": "text",
    "message": "text",
}
TOLERANCE = timedelta(hours=1)  # how far a report may lie in the future
TOLD_TO_ORDERS = ("delivered", "exception")


class OrderTrackingMixin(models.AbstractModel):
    """Where shipments are: reports of sources, and the confirmation of a delivery."""

    _name = "order.tracking.mixin"
    _description = "Tracked shipment"

    @api.model
    @public
    def record_events(self, source, events):
        """Take what a tracking source reports; the same event twice counts once.

        Of several reports the newest counts, whatever the order in which they come;
        ``delivered`` is final. A report about an unknown number is kept and counts as soon as
        a shipment has that number.

        :param str source: code of the tracking source
        :param list events: ``[{"event_id", "tracking_ref", "status", "occurred_at", "location",
            "message"}]``, times in ISO 8601, without an offset UTC
        :return: one item per event: ``event_id``, ``outcome`` (``recorded`` | ``duplicate`` |
            ``unknown_shipment`` | ``rejected``), ``shipment_id``, ``shipment_status``
        :raises AccessError: the source does not exist or is not the caller's
        """
        arguments = Arguments(self.env)
        arguments.value(source, "text", "source", required=True)
        source = self.env["order.tracking.source"]._find(source)
        entries = [
            self._read_event(arguments, entry, f"events[{index}]")
            for index, entry in enumerate(arguments.rows(events, "events", EVENT_KEYS))
        ]
        return as_service(self)._record_entries(source.sudo(), entries)

    @public
    def confirm_delivery(self, delivered_at, received_by=None, proof=None):
        """Note that shipments were handed over to the customer; final.

        :param str delivered_at: ISO 8601, without an offset UTC
        :param str received_by: who took them
        :param str proof: a picture or document in base64, or a plain text
        :return: one item per shipment: ``shipment_id``, ``status``, ``delivered_at``
        """
        arguments = Arguments(self.env)
        arguments.value(delivered_at, "text", "delivered_at", required=True)
        moment = arguments.moment(delivered_at, "delivered_at")
        values = {
            "received_by": arguments.value(received_by, "text", "received_by"),
            "proof": _as_base64(arguments.value(proof, "text", "proof")),
        }
        shipments = as_service(self)
        self._acquire_numbers(self.company_id, shipments.mapped("tracking_ref"))
        answers = [shipment._confirm_delivery(moment, values) for shipment in shipments]
        delivered = shipments.filtered(
            lambda shipment: any(
                answer["shipment_id"] == shipment.id and answer["ok"] and "replayed" not in answer
                for answer in answers
            )
        )
        delivered._tell_orders("delivered")
        return answers

    def _confirm_delivery(self, moment, values):
        refusal = self._get_delivery_refusal(moment)
        if refusal:
            at = self.delivered_at
            return row([refusal], shipment_id=self.id, status=self.status, delivered_at=at)
        told = {name: value for name, value in values.items() if value and not self[name]}
        repeated = {"replayed": True} if self.status == "delivered" else {}
        if not repeated:
            told.update(status="delivered", status_at=moment, delivered_at=moment)
        if told:
            self.write(told)
        return row(
            shipment_id=self.id, status=self.status, delivered_at=self.delivered_at, **repeated
        )

    def _get_delivery_refusal(self, moment):
        if self.is_void or not self.shipped_at:
            message = self.env._("%(number)s is not on its way.", number=self.display_name)
            return error("not_possible", message)
        if moment > fields.Datetime.now() + TOLERANCE:
            message = self.env._("The delivery lies more than an hour in the future.")
            return error("future_event", message, "delivered_at")
        return False

    def _read_event(self, arguments, entry, path):
        """One event with its moment; ``refusal`` tells why it cannot be taken."""
        occurred_at = arguments.moment(entry["occurred_at"], f"{path}.occurred_at")
        refusal = False
        if not (entry["event_id"].strip() and entry["tracking_ref"].strip() and occurred_at):
            refusal = error("missing", self.env._("A required value is empty."), path)
        elif entry["status"] not in RANK:
            message = self.env._("The status is unknown.")
            refusal = error("wrong_value", message, f"{path}.status")
        elif occurred_at > fields.Datetime.now() + TOLERANCE:
            message = self.env._("The event lies more than an hour in the future.")
            refusal = error("future_event", message, f"{path}.occurred_at")
        return {
            **entry,
            "event_id": entry["event_id"].strip(),
            "tracking_ref": entry["tracking_ref"].strip(),
            "occurred_at": occurred_at,
            "refusal": refusal,
        }

    def _record_entries(self, source, entries):
        """Store the events, bring their shipments up to date, answer in input order."""
        taken = {entry["event_id"]: entry for entry in reversed(entries) if not entry["refusal"]}
        numbers = {entry["tracking_ref"] for entry in taken.values()}
        self._acquire_numbers(source.company_id, numbers)
        shipments = self._find_by_number(source.company_id, numbers)
        by_number = shipments.grouped("tracking_ref")
        new = [
            {**entry, **self._prepare_event_vals(by_number.get(entry["tracking_ref"]))}
            for entry in taken.values()
        ]
        new_ids = self.env["order.tracking.event"]._insert_new(source, new)
        seen = {entry["tracking_ref"] for entry in new if entry["event_id"] in new_ids}
        shipments.filtered(lambda shipment: shipment.tracking_ref in seen)._apply_tracking()
        return [
            self._prepare_event_row(
                entry,
                taken.get(entry["event_id"]) is entry and entry["event_id"] in new_ids,
                by_number.get(entry["tracking_ref"], self.browse())[:1],
            )
            for entry in entries
        ]

    def _prepare_event_vals(self, shipments):
        if shipments:
            return {"shipment_id": shipments[0].id, "outcome": "recorded"}
        return {"shipment_id": False, "outcome": "unknown_shipment"}

    def _prepare_event_row(self, entry, is_new, shipment):
        outcome = "rejected" if entry["refusal"] else "duplicate"
        if is_new:
            outcome = "recorded" if shipment else "unknown_shipment"
        return row(
            [entry["refusal"]] if entry["refusal"] else [],
            event_id=entry["event_id"],
            outcome=outcome,
            shipment_id=shipment.id,
            shipment_status=shipment.status,
        )

    def _acquire_numbers(self, companies, numbers):
        """Serialise with every call that reports about, or gives out, one of these numbers."""
        keys = [
            (company.id, crc32(number.encode()) & 0x7FFFFFFF)
            for company in companies
            for number in set(filter(None, numbers))
        ]
        self.env["order.lock"]._acquire("tracking", keys)

    def _find_by_number(self, company, numbers):
        """Live shipments with one of these tracking numbers, the newest first."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("tracking_ref", "in", list(numbers)),
                ("is_void", "=", False),
            ]
        )

    def _apply_tracking(self):
        """Bring these shipments up to date with every event known of their numbers."""
        numbered = self.filtered("tracking_ref")
        if not numbered:
            return
        events = self.env["order.tracking.event"].search(
            [
                ("company_id", "in", numbered.company_id.ids),
                ("tracking_ref", "in", numbered.mapped("tracking_ref")),
            ]
        )
        by_number = events.grouped(lambda event: (event.company_id.id, event.tracking_ref))
        before = {shipment: shipment.status for shipment in numbered}
        for shipment in numbered:
            known = by_number.get((shipment.company_id.id, shipment.tracking_ref))
            if known:
                shipment._follow(known)
        for status in TOLD_TO_ORDERS:
            numbered.filtered(
                lambda shipment, status=status: before[shipment] != status == shipment.status
            )._tell_orders(status)

    def _follow(self, events):
        """Take on the status that the events of this number lead to; a delivery is final."""
        strangers = events.filtered(lambda event: not event.shipment_id)
        if strangers:
            strangers.write({"shipment_id": self.id, "outcome": "recorded"})
        if self.status == "delivered":
            return
        status, at = find_latest([(event.status, event.occurred_at) for event in events])
        if (status, at) != (self.status, self.status_at):
            self.write(
                {
                    "status": status,
                    "status_at": at,
                    "delivered_at": at if status == "delivered" else False,
                }
            )

    def _tell_orders(self, status):
        """Note on the orders what happened to their shipments."""
        if self:
            self.env["order.event"]._append(self._prepare_events(status))
            self.order_ids._advance_stage()
        if status == "delivered":
            for shipment in self:
                shipment.order_ids._invoice_at("delivery", f"shipment/{shipment.id}")


def _as_base64(text):
    """``text`` if it is base64, else its bytes in base64."""
    if not text:
        return False
    try:
        base64.b64decode(text, validate=True)
        return text
    except (binascii.Error, ValueError):
        return base64.b64encode(text.encode()).decode()
