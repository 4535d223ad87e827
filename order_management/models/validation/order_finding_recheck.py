from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import SQL

BATCH = 100


class OrderFinding(models.Model):
    """Open findings whose cause changed are marked at once, and checked soon after.

    No check runs inside the write of a customer or the posting of an invoice: that only marks,
    in one statement. The scheduled action wakes up, checks the orders concerned, and confirms
    those that came to be confirmed and are free now.
    """

    _inherit = "order.finding"

    @api.model
    def _mark(self, codes, orders, cause):
        """Mark open findings for a check within a minute.

        :param codes: codes of checks whose cause changed; empty means all
        :param SQL orders: condition on ``sold``, the quotation
        :param dict cause: what changed, for the slip; who and when are added
        :return int: how many findings are concerned
        """
        self.flush_model(["state", "code", "order_id"])
        cause = {
            **cause,
            "user_id": self.env.uid,
            "user": self.env.user.name,
            "at": fields.Datetime.to_string(fields.Datetime.now()),
        }
        concerned = SQL("finding.code = ANY(%s)", list(codes)) if codes else SQL("TRUE")
        self.env.cr.execute(
            SQL(
                """
                UPDATE order_finding AS finding
                   SET recheck = TRUE, recheck_cause = %s
                  FROM sale_order AS sold
                 WHERE sold.id = finding.order_id AND sold.state IN ('draft', 'sent')
                   AND finding.state = 'open' AND %s AND %s
                """,
                self._fields["recheck_cause"].convert_to_column_insert(cause, self),
                concerned,
                orders,
            )
        )
        marked = self.env.cr.rowcount
        if marked:
            self.invalidate_model(["recheck", "recheck_cause"])
            self.env.ref("order_management.ir_cron_recheck").sudo()._trigger()
        return marked

    def _get_causes(self):
        """What made the checks run again, by order.

        :return dict: order id → causes
        """
        causes = {}
        for finding in self.filtered("recheck"):
            cause = finding.recheck_cause
            if cause and cause not in causes.setdefault(finding.order_id.id, []):
                causes[finding.order_id.id].append(cause)
        return causes

    @api.model
    def _cron_recheck(self):
        """Check the orders whose findings are marked, part by part."""
        self._mark_expired()
        cron = self.env["ir.cron"]
        while orders := self._find_marked_orders():
            try:
                orders._recheck()
            except OperationalError:
                # Somebody works on one of them: later.
                self.env.cr.rollback()
                self.env.ref("order_management.ir_cron_recheck").sudo()._trigger()
                return
            if not cron._commit_progress(len(orders), remaining=self._count_marked_orders()):
                return

    @api.model
    def _find_marked_orders(self):
        marked = self.search([("recheck", "=", True)], order="order_id", limit=10 * BATCH)
        return marked.order_id[:BATCH]

    @api.model
    def _count_marked_orders(self):
        groups = self._read_group([("recheck", "=", True)], [], ["order_id:count_distinct"])
        return groups[0][0]

    @api.model
    def _mark_expired(self):
        """Releases whose time is over no longer count for orders that are not confirmed yet."""
        self.search(
            [
                ("state", "=", "released"),
                ("release_until", "<=", fields.Datetime.now()),
                ("order_id.state", "in", ("draft", "sent")),
                ("recheck", "=", False),
            ]
        ).write({"recheck": True, "recheck_cause": {"what": "release_until"}})
