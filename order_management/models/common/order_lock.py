from odoo import api, fields, models
from odoo.tools import SQL


class OrderLock(models.Model):
    """Rows that competing transactions write to, so that the database decides races.

    Odoo runs REPEATABLE READ: of two transactions that write the same row, the later one
    fails with a serialization error and is restarted as a whole with a new snapshot. So a
    lock must be taken before anything is read that the decision rests on, and between lock
    and commit nothing slow may happen.
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
        pairs = sorted({key if isinstance(key, tuple) else (key, 0) for key in keys})
        if not pairs:
            return
        values = SQL(", ").join(SQL("(%s, %s, %s, 0)", kind, *pair) for pair in pairs)
        self.env.cr.execute(
            SQL(
                "INSERT INTO order_lock (kind, key_1, key_2, version) VALUES %s "
                "ON CONFLICT (kind, key_1, key_2) DO NOTHING",
                values,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE order_lock SET version = version + 1 WHERE id IN (
                    SELECT id FROM order_lock WHERE kind = %s AND (key_1, key_2) IN %s
                     ORDER BY kind, id FOR UPDATE
                )
                """,
                kind,
                tuple(pairs),
            )
        )
