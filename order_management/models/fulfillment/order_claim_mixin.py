from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..common.access import as_service, check_visible, has_role, public
from ..common.results import Arguments, error, row

MOST_CLAIMED = 50  # pieces of work a call
MOST_PASSED_OVER = 200  # pieces that others may be taking at the same moment


class OrderClaimMixin(models.AbstractModel):
    """Work that people take, each piece by one of them."""

    _name = "order.claim.mixin"
    _description = "Work to be claimed"

    claimed_by_id = fields.Many2one(
        "res.users", "Claimed by", readonly=True, copy=False, index="btree_not_null",
        help="Who took it as their next work.",
    )  # fmt: skip
    claimed_at = fields.Datetime("Claimed on", readonly=True, copy=False)

    def _note_claim(self, user, moment):
        """Note whose work this is, as core's responsible, too, without a message each."""
        self.with_context(tracking_disable=True).write(
            {"claimed_by_id": user.id, "claimed_at": moment, "user_id": user.id}
        )

    def _lock_free(self, work_ids):
        """Those of these that nobody else is taking, locked.

        One that was taken since this call began is a serialization failure: the call starts over.
        """
        if not work_ids:
            return []
        found = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id = ANY(%s) FOR NO KEY UPDATE SKIP LOCKED",
                SQL.identifier(self._table),
                work_ids,
            )
        )
        return [work for (work,) in found]

    def _note_release(self):
        """Nobody's work any more."""
        self.with_context(tracking_disable=True).write(
            {"claimed_by_id": False, "claimed_at": False, "user_id": False}
        )


class OrderClaimTransferMixin(models.AbstractModel):
    """Transfers that people take as their next work, never two the same."""

    _name = "order.claim.transfer.mixin"
    _inherit = "order.claim.mixin"
    _description = "Transfer to be claimed"

    helper_ids = fields.Many2many(
        "res.users", "stock_picking_helper_rel", "picking_id", "user_id", "Helpers", readonly=True,
        copy=False, help="Who works on it beside the one who claimed it.",
    )  # fmt: skip

    def _may_work_on(self):
        """Whether the user may pick here: what somebody has taken is theirs and their helpers'."""
        person, user = self.claimed_by_id, self.env.user
        return not person or user in (person | self.helper_ids) or has_role(self.sudo(False).env)

    def _join_work(self):
        """The user works here beside the one who has claimed it."""
        if self.claimed_by_id and self.env.user not in (self.claimed_by_id | self.helper_ids):
            self.helper_ids |= self.env.user
            self._tell_station("claim")

    @api.model
    @public
    def claim_work(self, warehouse_id, limit=1, request_key=False):
        """Take the next work of a warehouse: planned batches and single transfers, urgent first.

        What one call got no other gets, of whomever. Calling again takes more work.

        :param int warehouse_id: where the caller works
        :param int limit: how many pieces of work at most, 1 to 50
        :param str request_key: makes the call safe to repeat
        :return: one item per piece of work: ``picking_id`` (of a batch, its first transfer along
            the tour), ``batch_id`` (``False`` for a single transfer), ``picking_ids`` (all of
            them), ``tour_length`` (metres, 0 where no places are known); none when all is taken
        """
        arguments = Arguments(self.env)
        warehouse_id = arguments.value(warehouse_id, "integer", "warehouse_id", required=True)
        warehouse = self.env["stock.warehouse"].browse(warehouse_id)
        check_visible(warehouse)
        limit = arguments.value(limit, "integer", "limit", required=True)
        if not 0 < limit <= MOST_CLAIMED:
            message = self.env._("1 to %(most)s pieces of work can be taken.", most=MOST_CLAIMED)
            arguments.refuse("limit", message)
        arguments.value(request_key, "text", "request_key")
        service = as_service(self)
        answer = self.env["order.request"]._once(
            "stock.picking.claim_work",
            request_key,
            [self.env.uid, warehouse_id, limit],
            lambda: row(items=service._claim_next(warehouse_id, limit)),
            service.env["stock.warehouse"].browse(warehouse_id).company_id,
        )
        replayed = {"replayed": True} if answer.get("replayed") else {}
        return [{**item, **replayed} for item in answer.get("items", ())]

    @public
    def release_work(self):
        """Give claimed work back, so that others can take it; a batch goes back as a whole.

        :return: one item per transfer: ``picking_id``, ``outcome`` (``released`` |
            ``unchanged``); work of somebody else is given back by a manager only
        """
        may_all = has_role(self.env)
        pickings = as_service(self)
        claimed = pickings.filtered("claimed_by_id")
        mine = claimed.filtered(lambda one: may_all or one.claimed_by_id == self.env.user)
        (mine | mine.batch_id.picking_ids)._release()
        return [
            picking._prepare_release_row(picking in mine, picking in claimed)
            for picking in pickings
        ]

    def action_claim_work(self):
        """Button: go on with what one has taken, else take the next work of one's warehouse."""
        work = self._get_own_work()
        if not work:
            warehouse = self.env.user._get_default_warehouse_id()
            items = self.claim_work(warehouse.id) if warehouse else []
            if not items:
                raise UserError(self.env._("There is no work that nobody has taken."))
            batch, picking = items[0]["batch_id"], items[0]["picking_id"]
            work = self.env["stock.picking.batch"].browse(batch) if batch else self.browse(picking)
        return {
            "type": "ir.actions.act_window",
            "res_model": work._name,
            "res_id": work.id,
            "views": [(False, "form")],
        }

    def _get_own_work(self):
        """The batch or transfer that the user took first and has not done yet."""
        mine = [("claimed_by_id", "=", self.env.uid), ("state", "=", "assigned")]
        picking = self.search(mine, order="claimed_at, id", limit=1)
        return picking.batch_id or picking

    def action_release_work(self):
        """Button: give it back."""
        refused = [answer for answer in self.release_work() if not answer["ok"]]
        if refused:
            raise UserError(refused[0]["errors"][0]["message"])
        return True

    def _prepare_release_row(self, is_mine, was_claimed):
        if is_mine or not was_claimed:
            outcome = "released" if is_mine else "unchanged"
            return row(picking_id=self.id, outcome=outcome)
        message = self.env._(
            "%(transfer)s is the work of %(person)s; a manager can give it back.",
            transfer=self.name,
            person=self.claimed_by_id.name,
        )
        return row([error("not_possible", message)], picking_id=self.id, outcome="unchanged")

    def _release(self):
        """Give back these transfers and their batches; what is done keeps who did it."""
        open_ones = self.filtered(lambda picking: picking.state not in ("done", "cancel"))
        open_ones._note_release()
        open_ones.write({"printed": False, "helper_ids": [fields.Command.clear()]})
        open_ones._tell_station("claim")
        open_ones.batch_id.filtered(lambda batch: batch.state == "in_progress")._note_release()

    def _claim_next(self, warehouse_id, limit):
        """Take what is most urgent; answers the rows."""
        chosen = self._lock_next(warehouse_id, limit)
        batches = self.env["stock.picking.batch"].browse(
            [work for kind, work in chosen if kind == "batch"]
        )
        singles = self.browse([work for kind, work in chosen if kind == "single"])
        moment = fields.Datetime.now()
        (singles | batches.picking_ids)._note_claim(self.env.user, moment)
        batches._note_claim(self.env.user, moment)
        (singles | batches.picking_ids)._tell_station("claim")
        (singles if singles else self)._plan_tours()
        return [
            (batches if kind == "batch" else singles).browse(work)._prepare_work_row()
            for kind, work in chosen
        ]

    def _lock_next(self, warehouse_id, limit):
        """The most urgent work nobody has: pairs (kind, id), locked until this call ends.

        What somebody else is taking at this moment is passed over. No more is locked than is
        taken, so that whoever asks meanwhile gets the next.
        """
        self.env.flush_all()
        works = {"batch": self.env["stock.picking.batch"], "single": self}
        waiting = sorted(
            (-int(priority), at, kind, work)
            for kind, model in works.items()
            for work, priority, at in self.env.execute_query(
                SQL(
                    "%s LIMIT %s",
                    model._select_free(warehouse_id, self.env.uid),
                    limit + MOST_PASSED_OVER,
                )
            )
        )
        chosen = []
        while waiting and len(chosen) < limit:
            count = limit - len(chosen)
            wanted = [(kind, work) for *_urgency, kind, work in waiting[:count]]
            locked = {
                (kind, work)
                for kind, model in works.items()
                for work in model._lock_free([one for name, one in wanted if name == kind])
            }
            chosen += [one for one in wanted if one in locked]
            waiting = waiting[count:]
        return chosen

    def _select_free(self, warehouse_id, user_id):
        """Single transfers whose goods are there, most urgent first."""
        return SQL(
            """
            SELECT work.id, COALESCE(work.priority, '0'),
                   COALESCE(work.date_deadline, work.scheduled_date, work.create_date)
              FROM stock_picking AS work
              JOIN stock_picking_type AS kind ON kind.id = work.picking_type_id
             WHERE kind.id = ANY(%s)
               AND work.state = 'assigned' AND work.batch_id IS NULL
               AND work.claimed_by_id IS NULL AND (work.user_id IS NULL OR work.user_id = %s)
             ORDER BY COALESCE(work.priority, '0') DESC,
                      COALESCE(work.date_deadline, work.scheduled_date, work.create_date), work.id
            """,
            self._get_work_types(self.env["stock.warehouse"].browse(warehouse_id)).ids,
            user_id,
        )

    def _get_work_types(self, warehouse):
        """The operations of a warehouse that bring goods to customers, step by step."""
        types = self.env["stock.picking.type"].search(
            [("warehouse_id", "=", warehouse.id), ("code", "=", "outgoing")]
        )
        return types | warehouse.pick_type_id | warehouse.pack_type_id

    def _prepare_work_row(self):
        return row(
            picking_id=self.id,
            batch_id=False,
            picking_ids=self.ids,
            tour_length=round(self.tour_length, 3),
        )


class OrderClaimBatchMixin(models.AbstractModel):
    """Batches that people take as their next work."""

    _name = "order.claim.batch.mixin"
    _inherit = "order.claim.mixin"
    _description = "Batch to be claimed"

    def action_release_work(self):
        """Button: give it back."""
        self.check_access("write")
        return self.picking_ids[:1].action_release_work()

    def _after_left(self, pickings):
        """Transfers that are in no batch any more are nobody's work, and nothing is printed."""
        pickings.filtered(lambda one: one.claimed_by_id and not one.batch_id)._release()

    def _select_free(self, warehouse_id, user_id):
        """Batches in progress with goods to pick, most urgent first."""
        return SQL(
            """
            SELECT work.id, urgency.priority, urgency.at
              FROM stock_picking_batch AS work
              JOIN stock_picking_type AS kind ON kind.id = work.picking_type_id
             CROSS JOIN LATERAL (
                      SELECT MAX(COALESCE(picking.priority, '0')),
                             MIN(COALESCE(picking.date_deadline, picking.scheduled_date,
                                          picking.create_date))
                        FROM stock_picking AS picking
                       WHERE picking.batch_id = work.id AND picking.state = 'assigned'
                   ) AS urgency (priority, at)
             WHERE kind.warehouse_id = %s AND kind.code IN ('outgoing', 'internal')
               AND work.state = 'in_progress' AND urgency.priority IS NOT NULL
               AND work.claimed_by_id IS NULL AND (work.user_id IS NULL OR work.user_id = %s)
             ORDER BY urgency.priority DESC, urgency.at, work.id
            """,
            warehouse_id,
            user_id,
        )

    def _prepare_work_row(self):
        lines = self._get_tour_lines().sorted(lambda line: (line.tour_rank or 1e9, line.id))
        pickings = self.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        return row(
            picking_id=(lines.picking_id[:1] or pickings[:1]).id,
            batch_id=self.id,
            picking_ids=pickings.ids,
            tour_length=round(self.tour_length, 3),
        )
