from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install", "om_full")
class TestCommonLock(BaseCase):
    """Real transactions on cursors of their own; what they commit is removed again."""

    KIND = "test_lock"

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM order_lock WHERE kind = %s", [self.KIND])

    def _acquire(self, cr, keys):
        cr.execute("SET LOCAL lock_timeout = '5s'")
        api.Environment(cr, api.SUPERUSER_ID, {})["order.lock"]._acquire(self.KIND, keys)

    def test_the_slower_transaction_is_restarted(self):
        """Both began before either committed: the second to come fails and must start again."""
        with self.registry.cursor() as cr:
            self._acquire(cr, {(1, 1)})
        with self.registry.cursor() as first, self.registry.cursor() as second:
            first.execute("SELECT 1")
            second.execute("SELECT count(*) FROM order_lock")
            self._acquire(first, {(1, 1)})
            first.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self._acquire(second, {(1, 1)})
            second.rollback()
            self._acquire(second, {(1, 1)})
            second.commit()
        with self.registry.cursor() as cr:
            cr.execute("SELECT version FROM order_lock WHERE kind = %s", [self.KIND])
            self.assertEqual(cr.fetchall(), [(2,)])

    def test_other_keys_do_not_wait(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            self._acquire(first, {(1, 1)})
            self._acquire(second, {(2, 1)})
