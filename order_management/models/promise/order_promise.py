from odoo import api, fields, models
from odoo.tools import SQL

from ..common.bulk import update_rows

SOURCES = [
    ("stock", "Stock"),
    ("incoming", "Receipt"),
    ("lead_time", "Lead time"),
    ("none", "Unknown"),
]

# Newer promises for these reasons take the place of older ones, which are not judged then:
# before an order is confirmed nothing is promised for good.
WITHDRAWING = ("customer", "confirmed")

CAUSES = [
    ("confirmed", "Order confirmed"),
    ("asked", "Asked for"),
    ("supply", "Supply changed"),
    ("late", "Running late"),
    ("customer", "Order changed"),
]


class OrderPromise(models.Model):
    """The ledger of promises: what the customer was told, what it rested on, how it ended.

    One row for each part of an order line's promise. A new promise for a line supersedes the
    rows before; nothing is deleted. Each row is judged by what happened, whether it was
    superseded or not: only what the customer changed himself is left out.
    """

    _name = "order.promise"
    _description = "Promise"
    _order = "order_id desc, line_id, made_at desc, delivery_date, id"
    _rec_name = "reference"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "sale.order.line", "Order line", required=True, readonly=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    product_id = fields.Many2one("product.product", readonly=True, index=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    quantity = fields.Float(readonly=True, digits="Product Unit", help="In the line's unit.")
    ship_date = fields.Date("Ships", readonly=True)
    delivery_date = fields.Date("Arrives", readonly=True)
    source = fields.Selection(SOURCES, required=True, readonly=True, help="What it rests on.")
    reference = fields.Char("Rests on", readonly=True, help="The receipt it rests on.")
    policy = fields.Selection(
        [("complete", "Together"), ("split", "As available")], "Shipping", readonly=True
    )
    reckoned_on = fields.Date(
        readonly=True, help="The day it was reckoned from, where somebody had named one."
    )
    confidence = fields.Float(
        "Chance", readonly=True, aggregator="avg", help="The chance that it is kept, 0 to 1."
    )
    made_at = fields.Datetime("Made", required=True, readonly=True, default=fields.Datetime.now)
    cause = fields.Selection(CAUSES, required=True, readonly=True, help="Why it was made.")
    cause_data = fields.Json(readonly=True, help="What changed: document, before, after.")
    cause_text = fields.Char("What changed", readonly=True)
    state = fields.Selection(
        [
            ("current", "Current"),
            ("superseded", "Superseded"),
            ("closed", "Delivered"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="current",
        index=True,
    )
    superseded_at = fields.Datetime(readonly=True)
    superseded_by_id = fields.Many2one(
        "order.promise", readonly=True, index="btree_not_null", ondelete="set null"
    )
    is_withdrawn = fields.Boolean(
        readonly=True, default=False, help="The customer changed the order: it is not judged."
    )
    delivered_on = fields.Date("Arrived", readonly=True)
    outcome = fields.Selection([("kept", "Kept"), ("broken", "Broken")], readonly=True)
    late_days = fields.Integer("Days late", readonly=True, aggregator="avg")
    is_kept = fields.Float(
        "Kept", readonly=True, aggregator="avg", help="1 kept, 0 broken; the mean is the share."
    )
    recheck = fields.Boolean(readonly=True, default=False)
    recheck_cause = fields.Json(readonly=True)

    _open_idx = models.Index("(product_id, warehouse_id) WHERE state = 'current'")
    _recheck_idx = models.Index("(order_id) WHERE recheck")
    _due_idx = models.Index("(ship_date) WHERE state = 'current'")

    @api.depends("order_id", "product_id", "delivery_date")
    def _compute_display_name(self):
        for promise in self:
            promise.display_name = " · ".join(
                filter(None, (promise.order_id.name, promise.product_id.display_name))
            )

    # Ending promises

    def _supersede(self, added, reasons):
        """End rows for which newer ones were made.

        :param added: the new rows
        :param dict reasons: order → why they were made
        """
        successors = added.grouped("line_id")
        now = fields.Datetime.now()
        update_rows(
            self.browse(),
            {
                old.id: {
                    "state": "superseded",
                    "superseded_at": now,
                    "superseded_by_id": successors[old.line_id][:1].id,
                    "is_withdrawn": old.is_withdrawn
                    or reasons[old.order_id] in WITHDRAWING
                    or old.order_id.state != "sale",
                    "recheck": False,
                    "recheck_cause": False,
                }
                for old in self
            },
        )

    def _cancel_promises(self):
        """What was promised is not wanted any more."""
        update_rows(
            self.browse(),
            {
                row.id: {"state": "cancelled", "is_withdrawn": True, "recheck": False}
                for row in self
            },
        )

    def _is_like(self, rows, ignores_quantity):
        """Whether these rows of one line promise what new ones would."""

        def sign(day, source, reference, quantity):
            return str(day or ""), source, reference or "", 0 if ignores_quantity else quantity

        now = [
            sign(row.delivery_date, row.source, row.reference, round(row.quantity, 6))
            for row in self
        ]
        then = [
            sign(
                vals.get("delivery_date"),
                vals["source"],
                vals.get("reference"),
                round(vals["quantity"], 6),
            )
            for vals in rows
        ]
        return sorted(now) == sorted(then)

    # What is marked

    @api.model
    def _mark(self, condition, cause):
        """Mark current promises whose ground moved; they are made anew within the minute.

        :param SQL condition: on ``promise``
        :param dict cause: what changed
        :return int: how many are concerned
        """
        self.flush_model(["state", "source", "product_id", "warehouse_id"])
        cause = {**cause, "user": self.env.user.name}
        self.env.cr.execute(
            SQL(
                "UPDATE order_promise AS promise SET recheck = TRUE, recheck_cause = %s "
                "WHERE promise.state = 'current' AND %s",
                self._fields["recheck_cause"].convert_to_column_insert(cause, self),
                condition,
            )
        )
        marked = self.env.cr.rowcount
        if marked:
            self.invalidate_model(["recheck", "recheck_cause"], flush=False)
            self.env.ref("order_management.ir_cron_promises").sudo()._trigger()
        return marked

    def _get_marked_cause(self):
        """Why these rows are reckoned anew: ``(cause, what changed)``, or ``False``."""
        marks = [row.recheck_cause or {} for row in self if row.recheck]
        if not marks:
            return False
        data = {key: value for key, value in marks[0].items() if key != "cause"}
        return ("customer", False) if self._is_wanted() else ("supply", data)

    def _is_wanted(self):
        """Whether the customer wants a new promise for one order; that outweighs what else moved.

        What was delivered and is now wanted anew has no promise that holds.
        """
        marks = [row.recheck_cause or {} for row in self if row.recheck]
        return not self or any(mark.get("cause") == "customer" for mark in marks)

    def _forget_marks(self):
        marked = self.filtered("recheck")
        if marked:
            marked.write({"recheck": False, "recheck_cause": False})

    def action_open_order(self):
        """Open the order that was promised."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
