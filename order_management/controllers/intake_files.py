import re

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import content_disposition, request

from ..models.common.access import has_role

MAX_ROWS = 10_000  # documents of one error report
_RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class IntakeFileController(http.Controller):
    """Files for people who hand in orders: tables to start from, and what was wrong."""

    @http.route(
        "/order_management/template/<int:channel_id>.<any(csv,xlsx):ending>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download(self, channel_id, ending):
        """The table of one channel, with its own headers."""
        channel = request.env["order.channel"].browse(channel_id)
        try:
            if not has_role(request.env, "clerk", "integration"):
                return request.not_found()
            channel.check_access("read")
            content = channel._get_template(ending)
        except (AccessError, MissingError):
            return request.not_found()
        return request.make_response(
            content,
            [
                ("Content-Type", TYPES[ending]),
                ("Content-Disposition", content_disposition(f"orders-{channel.code}.{ending}")),
            ],
        )

    @http.route(
        "/order_management/intake_errors/<string:ids>.csv",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download_errors(self, ids):
        """What is wrong with some documents, for their sender."""
        if not has_role(request.env, "clerk", "integration", "auditor"):
            return request.not_found()
        found = request.env["order.intake"].search(
            Domain("error_count", ">", 0) & self._get_domain(ids), limit=MAX_ROWS, order="id"
        )
        return request.make_response(
            found.sorted(self._get_place)._get_error_report(),
            [
                ("Content-Type", TYPES["csv"]),
                ("Content-Disposition", content_disposition("order-errors.csv")),
            ],
        )

    def _get_domain(self, ids):
        """The documents of ``3-7,9``."""
        parts = [_RANGE.fullmatch(part) for part in ids.split(",")]
        spans = [(int(part[1]), int(part[2] or part[1])) for part in parts if part]
        return Domain.OR(Domain("id", ">=", low) & Domain("id", "<=", high) for low, high in spans)

    def _get_place(self, intake):
        """As they stand in their files; orders that came by themselves as they came in."""
        rows = intake.origin["rows"] if intake.origin else [0]
        return (intake.filename or "", rows[0])
