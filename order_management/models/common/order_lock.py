from odoo import api, fields, models
from odoo.tools import SQL


class OrderLock(models.Model):
    """Rows that competing transactions write to, so that the database decides races.

    Odoo runs REPEATABLE READ: of two transactions that write the same row, the later one
    fails with a serialization error and is restarted as a whole with a new snapshot. So a
    lock must be taken before anything is read that the decision rests on, and between lock
    and commit nothing slow may happen.

    Many at once: whoever waits for a lock fails when its holder commits, and Odoo starts the call
    again after a random pause, longer each time, five times at most. Measured with 20 threads
    that confirm the last 12 pieces at the same moment, one or two of them needed a sixth time;
    over HTTP with two workers none did. Other ways were weighed and left: a queue of advisory
    locks makes all that wait fail just the same, for their snapshots are older than what they
    wait for; a lock of the session, kept while Odoo pauses, makes the others wait for the pause;
    refusing at once fails more often. So a caller that still gets a concurrency fault repeats its
    call, and whoever confirms many orders does it in one call, or in the background, where one
    worker at a time has a warehouse (see :meth:`_claim`).
    """

    _name = "order.lock"
    _description = "Lock"
    _log_access = False
    _order = "kind, key_1, key_2, id"

    kind = fields.Char(required=True, help="What is serialised, e.g. stock or credit.")
    key_1 = fields.Integer(required=True, default=0)
    key_2 = fields.Integer(required=True, default=0)
    version = fields.Integer(required=True, default=0)

    _key_uniq = models.UniqueIndex("(kind, key_1, key_2)")

    @api.model
    def _acquire(self, kind, keys):
        """Serialise with every other transaction that acquires one of ``keys``.

        :param str kind: what is serialised
        :param keys: pairs of integers; a single integer stands for ``(key, 0)``
        :raises psycopg2.errors.SerializationFailure: somebody else was faster; Odoo restarts
            the call
        """
        self._acquire_all({kind: keys})

    @api.model
    def _acquire_all(self, wanted):
        """Acquire locks of several kinds in one statement, always in the same order.

        :param dict wanted: kind → keys, as of :meth:`_acquire`
        """
        rows = sorted(
            {
                (kind, *(key if isinstance(key, tuple) else (key, 0)))
                for kind, keys in wanted.items()
                for key in keys
            }
        )
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO order_lock (kind, key_1, key_2, version) VALUES %s
                    ON CONFLICT (kind, key_1, key_2)
                    DO UPDATE SET version = order_lock.version + 1
                """,
                SQL(", ").join(SQL("(%s, %s, %s, 0)", *row) for row in rows),
            )
        )

    @api.model
    def _claim(self, kind, keys):
        """Those of ``keys`` that nobody else holds; they are ours until this transaction ends.

        Unlike :meth:`_acquire` it waits for nobody and makes nobody start again.

        :param str kind: what is claimed
        :param list keys: integers
        :return set: the keys we got
        """
        if not keys:
            return set()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO order_lock (kind, key_1, key_2, version)
                SELECT %(kind)s, wanted.key, 0, 0 FROM UNNEST(%(keys)s) AS wanted (key)
                 WHERE NOT EXISTS (
                           SELECT FROM order_lock
                            WHERE kind = %(kind)s AND key_1 = wanted.key AND key_2 = 0
                       )
                    ON CONFLICT (kind, key_1, key_2) DO NOTHING
                """,
                kind=kind,
                keys=sorted(keys),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT key_1 FROM order_lock
                 WHERE kind = %s AND key_1 = ANY(%s) AND key_2 = 0
                   FOR UPDATE SKIP LOCKED
                """,
                kind,
                sorted(keys),
            )
        )
        return {key for (key,) in self.env.cr.fetchall()}
