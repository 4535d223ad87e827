from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...exceptions import ItemError
from ..common.set_runner import run_set

# What may mend itself: somebody makes the product, the customer, the pricelist, …
MENDABLE = frozenset(
    {
        "unknown_customer",
        "ambiguous_customer",
        "unknown_product",
        "ambiguous_product",
        "unknown_unit",
        "unknown_currency",
        "unknown_country",
        "unknown_state",
        "unknown_carrier",
        "failed",
    }
)
# How long a rejected document waits before each automatic try; then it is parked.
WAITS = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
    timedelta(hours=24),
)
RETRY_BATCH = 20
PURGE_BATCH = 500
PAYLOAD = ("raw", "document", "content", "pending_content", "customer_name")


class OrderIntake(models.Model):
    """What happens to received documents by themselves: tried again, parked, purged."""

    _inherit = "order.intake"

    next_try_at = fields.Datetime("Next try", readonly=True, index="btree_not_null")
    automatic_try_count = fields.Integer("Automatic tries", readonly=True)
    is_parked = fields.Boolean(
        "Parked", readonly=True, help="It was tried often enough; now somebody has to look."
    )
    purged_at = fields.Datetime(
        "Purged", readonly=True, help="When its content was deleted; its key and digest stay."
    )

    def _prepare_next_try_vals(self, errors, is_automatic):
        """When a rejected document is tried again by itself, if it makes sense.

        :param list errors: why it was rejected
        :param bool is_automatic: this was such a try itself
        """
        tries = self.automatic_try_count + 1 if is_automatic else 0
        may_mend = bool(errors) and all(problem["code"] in MENDABLE for problem in errors)
        waits = may_mend and tries < len(WAITS)
        return {
            "automatic_try_count": tries,
            "next_try_at": fields.Datetime.now() + WAITS[tries] if waits else False,
            "is_parked": may_mend and not waits,
        }

    @api.model
    def _cron_retry(self):
        """Try again what is due, each document on its own."""
        due = [("state", "=", "rejected"), ("next_try_at", "<=", fields.Datetime.now())]
        while intakes := self.search(due, order="next_try_at, id", limit=RETRY_BATCH):
            for intake in intakes:
                intake._retry_alone()
            progress = self.env["ir.cron"]._commit_progress(
                len(intakes), remaining=self.search_count(due)
            )
            if not progress:
                return

    def _retry_alone(self):
        """Try one document as the user who handed it in; a failure counts as a try."""
        user = self.create_uid if self.create_uid.active else self.env.user
        failures = run_set(
            self.with_user(user).sudo(), lambda part: part._retry_automatically(), "Trying again"
        )
        for _intake, exception in failures:
            problem = {"code": "failed", "message": str(exception), "path": ""}
            self.write(self._prepare_next_try_vals([problem], is_automatic=True))

    def _retry_automatically(self):
        self._retry_stored(self.env, is_automatic=True)

    # Purging

    @api.model
    def _cron_purge(self):
        """Delete what documents held when it is no longer needed; key and digest stay."""
        for company in self.env["res.company"].search([("order_payload_days", ">", 0)]):
            domain = self._get_purge_domain(company)
            while intakes := self.search(domain, order="id", limit=PURGE_BATCH):
                intakes._purge()
                remaining = self.search_count(domain)
                if not self.env["ir.cron"]._commit_progress(len(intakes), remaining=remaining):
                    return

    def _get_purge_domain(self, company):
        """What is old enough; what still waits for a decision may wait twice as long."""
        days = company.order_payload_days
        now = fields.Datetime.now()
        waiting = Domain("state", "in", ("rejected", "conflict"))
        return (
            Domain("company_id", "=", company.id)
            & Domain("purged_at", "=", False)
            & (
                (~waiting & Domain("received_at", "<", now - timedelta(days=days)))
                | Domain("received_at", "<", now - timedelta(days=2 * days))
            )
        )

    def _purge(self):
        self.write(
            {
                **dict.fromkeys(PAYLOAD, False),
                "purged_at": fields.Datetime.now(),
                "next_try_at": False,
            }
        )
        self.attempt_ids.write({"errors": False, "message": False})

    def _ensure_content(self):
        """Refuse what needs the content after it was purged.

        :raises ItemError: it is gone
        """
        if self.purged_at:
            message = self.env._(
                "The content was deleted on %(date)s, as the company keeps it only so long; "
                "have it sent again.",
                date=fields.Date.to_string(self.purged_at),
            )
            raise ItemError("not_possible", message)
