from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

from ..models.common.access import has_role

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class TemplateController(http.Controller):
    """Tables to start from, for people who hand in files."""

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
