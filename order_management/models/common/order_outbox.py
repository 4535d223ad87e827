import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
FIRST_DELAY_MINUTES = 1
BATCH = 20


class OrderOutbox(models.Model):
    """Effects outside the database; they leave after commit, once, and are retried.

    To add a kind: (1) add it to ``kind`` with ``selection_add``; (2) queue rows with
    :meth:`_queue`, choosing a key that names the effect; (3) write ``_send_<kind>(self)`` for one
    row, raising when it did not work; (4) make it safe to repeat with the same key.
    """

    _name = "order.outbox"
    _description = "Outgoing effect"
    _order = "id"

    kind = fields.Selection([("mail", "Mail")], required=True, readonly=True)
    key = fields.Char(required=True, readonly=True)
    payload = fields.Json(readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sent", "Sent"),
            ("parked", "Parked"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
    )
    attempts = fields.Integer(readonly=True)
    next_try_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    sent_at = fields.Datetime(readonly=True)
    error = fields.Text(readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )

    _key_uniq = models.UniqueIndex("(kind, key)")
    _waiting_idx = models.Index("(next_try_at) WHERE state = 'waiting'")

    @api.model
    def _queue(self, kind, effects, company=None):
        """Store effects to be sent after commit; those whose key is known are left alone.

        :param str kind: one of the kinds
        :param dict effects: key → payload
        :param company: the company they belong to
        :return int: how many are new
        """
        if not effects:
            return 0
        company = company or self.env.company
        rows = [
            self._prepare_insert(kind, key, payload, company) for key, payload in effects.items()
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO order_outbox (kind, key, payload, state, attempts, next_try_at,
                                          company_id, create_uid, create_date)
                VALUES %s ON CONFLICT (kind, key) DO NOTHING
                """,
                SQL(", ").join(rows),
            )
        )
        queued = self.env.cr.rowcount
        if queued:
            self.env.ref("order_management.ir_cron_outbox").sudo()._trigger()
        return queued

    def _prepare_insert(self, kind, key, payload, company):
        now = fields.Datetime.now()
        column = self._fields["payload"].convert_to_column_insert(payload, self)
        return SQL(
            "(%s, %s, %s, 'waiting', 0, %s, %s, %s, %s)",
            kind, key, column, now, company.id, self.env.uid, now,
        )  # fmt: skip

    @api.model
    def _cron_send(self):
        """Send what is due; one bad row never stops the others."""
        due = [("state", "=", "waiting"), ("next_try_at", "<=", fields.Datetime.now())]
        cron = self.env["ir.cron"]
        while rows := self.search(due, limit=BATCH).try_lock_for_update():
            for effect in rows:
                effect._send()
                if not cron._commit_progress(1, remaining=self.search_count(due)):
                    return

    def _send(self):
        """Send one row; note success, or the reason and when to try again."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_send_{self.kind}")()
        except OperationalError:
            raise
        except Exception as exception:
            _logger.info("Outgoing effect %s failed: %s", self.key, exception)
            self.write(self._prepare_failure(exception))
        else:
            self.write({"state": "sent", "sent_at": fields.Datetime.now(), "error": False})

    def _prepare_failure(self, exception):
        attempts = self.attempts + 1
        delay = timedelta(minutes=FIRST_DELAY_MINUTES * 2 ** min(attempts - 1, 10))
        return {
            "attempts": attempts,
            "error": str(exception),
            "state": "parked" if attempts >= MAX_ATTEMPTS else "waiting",
            "next_try_at": fields.Datetime.now() + delay,
        }

    def _send_mail(self):
        """Send a mail template to its record: payload ``template_id`` and ``res_id``."""
        template = self.env["mail.template"].browse(self.payload["template_id"])
        template.send_mail(self.payload["res_id"])

    def action_retry(self):
        """Put parked effects back into the queue."""
        self.check_access("write")
        self.filtered(lambda effect: effect.state == "parked").write(
            {"state": "waiting", "attempts": 0, "next_try_at": fields.Datetime.now()}
        )
        return True
