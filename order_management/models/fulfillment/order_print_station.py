from datetime import timedelta

from odoo import api, fields, models

from ..common.access import hidden
from . import print_sql

SEEN_EVERY = timedelta(seconds=30)  # how often it is noted that an agent is there


class OrderPrintStation(models.Model):
    """A place with printers: a packing table, an office, a printer on the network.

    Its jobs are printed by an agent, a program beside the printers, or by somebody's browser.
    """

    _name = "order.print.station"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Print station"
    _order = "warehouse_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="E.g. Packing table 1.")
    code = fields.Char(required=True, help="By it the agent names the station. E.g. PACK-1.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    warehouse_id = fields.Many2one("stock.warehouse", check_company=True, ondelete="set null")
    printed_by = fields.Selection(
        [("browser", "The user's browser"), ("agent", "A print agent")],
        "Printed by",
        required=True,
        default="browser",
        help="Browser: a print dialog for what waits, opened by a button. Agent: a program beside "
        "the printers fetches what is to be printed, without a dialog.",
    )
    label_format = fields.Selection(
        [("zpl", "ZPL"), ("pdf", "PDF")], "Label format", required=True, default="zpl",
        help="What the printer of labels understands. A browser prints PDF in any case.",
    )  # fmt: skip
    label_dpi = fields.Selection(
        [("203", "203 dpi (8 dots/mm)"), ("300", "300 dpi (12 dots/mm)")],
        "Label printer",
        help="Empty: as the warehouse says.",
    )
    lost_seconds = fields.Integer(
        "Answer within (s)",
        default=120,
        required=True,
        help="A job that was fetched, and not answered within this time, is handed out again.",
    )
    alarm_minutes = fields.Integer(
        "Alarm after (min)",
        default=10,
        required=True,
        help="Somebody is told when jobs wait this long and no agent fetched them. 0: never.",
    )
    user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user, ondelete="set null",
        help="Is told when the agent is away.",
    )  # fmt: skip
    last_seen_at = fields.Datetime("Agent seen", readonly=True, copy=False)
    alarm_at = fields.Datetime("Away since", readonly=True, copy=False)
    waiting_count = fields.Integer("Waiting", compute="_compute_waiting_count")

    _code_uniq = models.UniqueIndex(
        "(code, company_id)", "The code is used by another station of this company."
    )
    _sensible = models.Constraint(
        "CHECK(lost_seconds >= 1 AND alarm_minutes >= 0)",
        "An answer may take a second at least, and an alarm no negative time.",
    )

    def _compute_waiting_count(self):
        counts = dict(
            self.env["order.print.job"]._read_group(
                [("station_id", "in", self.ids), ("state", "in", ("waiting", "claimed"))],
                ["station_id"],
                ["__count"],
            )
        )
        for station in self:
            station.waiting_count = counts.get(station, 0)

    def action_test(self):
        """Button: print a label that tells whether all works."""
        self.ensure_one()
        self.check_access("read")
        now = fields.Datetime.now()
        jobs = self.env["order.print.job"].sudo()
        job = jobs._queue(
            self,
            [
                {
                    "key": f"test_label/{self.id}/{now:%Y%m%d%H%M%S}",
                    "kind": "test_label",
                    "name": self.code,
                    "res_ids": [],
                }
            ],
        )
        return job._get_print_action()

    def action_view_jobs(self):
        """Button: what waits here and what was printed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.order_print_job_action"
        )
        return {
            **action,
            "domain": [("station_id", "=", self.id)],
            "context": {"search_default_open": 1},
        }

    @api.model
    def _find_by_code(self, code):
        """The station of that code that the caller may see, of the current company first.

        :raises AccessError: alike for a foreign and for a missing station
        """
        stations = self.search([("code", "=", code)])
        here = stations.filtered(lambda station: station.company_id == self.env.company)
        station = here or stations
        if len(station) != 1:
            raise hidden(self.env)
        return station

    def _get_label_dpi(self, warehouse=None):
        """The resolution of the printer of labels: the station's, else the warehouse's."""
        warehouse = self.warehouse_id or warehouse
        return int(self.label_dpi or (warehouse and warehouse.label_dpi) or 203)

    def _get_label_format(self):
        return "pdf" if self.printed_by == "browser" else self.label_format

    def _claim(self, limit):
        """Hand out what waits here, and what an earlier claim never answered."""
        now = fields.Datetime.now()
        print_sql.note_seen(self, now - SEEN_EVERY)
        lost = now - timedelta(seconds=self.lost_seconds)
        return print_sql.claim_jobs(self.env["order.print.job"], self, limit, lost)

    @api.model
    def _watch(self):
        """Tell the responsible of agents that are away while jobs wait; once each time."""
        stations = self.search([("printed_by", "=", "agent")])
        oldest = dict(
            self.env["order.print.job"]._read_group(
                [("station_id", "in", stations.ids), ("state", "=", "waiting")],
                ["station_id"],
                ["create_date:min"],
            )
        )
        for station in stations:
            is_away = station._is_away(oldest.get(station))
            if is_away and not station.alarm_at:
                station._raise_alarm()
            elif not is_away and station.alarm_at:
                station.alarm_at = False
                station.activity_unlink(["mail.mail_activity_data_warning"])

    def _is_away(self, waiting_since):
        """Whether jobs wait for long and the agent is not seen; what waits is false for none."""
        limit = fields.Datetime.now() - timedelta(minutes=self.alarm_minutes)
        waits = waiting_since and waiting_since <= limit
        unseen = not self.last_seen_at or self.last_seen_at <= limit
        return bool(self.alarm_minutes and waits and unseen)

    def _raise_alarm(self):
        self.alarm_at = self.last_seen_at or fields.Datetime.now()
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=self.env._("The print agent of %(station)s is away", station=self.name),
            note=self.env._("Labels and papers wait here and nobody fetches them."),
            user_id=self.user_id.id or self.env.uid,
        )

    @api.model
    def _get_for(self, warehouse):
        """Where the caller's prints for a warehouse go: their own station, else the warehouse's.

        :return: a station, or none
        """
        own = self.env.user.print_station_id
        company = warehouse.company_id or self.env.company
        for station in (own, warehouse.print_station_id):
            if station.active and station.company_id == company:
                return station
        return self.browse()
