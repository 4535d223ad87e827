from contextlib import contextmanager

from odoo import api, fields, models
from odoo.fields import Command

from .common.chatter import quietly
from .validation.order_guard_mixin import ORDER_FIELDS

# Stages in which what was promised may have arrived.
ARRIVED_STAGES = ("shipped", "delivered", "returning", "closed")


class SaleOrder(models.Model):
    """Joint: the rooms meet on the order.

    Services that rooms offer each other on an order:
    ``_get_channel_code()``, ``_get_left_out_lines()``, ``_get_missing_payments()``,
    ``_get_delivery_contact()``, ``_get_requested_moment()``, ``_get_told_totals()``,
    ``_get_overpaid_amount()``, ``_prepare_outdated_vals()``, ``_get_price_severity()``,
    ``_get_invoice_moment()``, ``_is_history()``, ``_ensure_channel_change()``,
    ``_get_living_domain()``, ``_is_quiet()`` (intake),
    ``_get_stock_shortages()``, ``_get_late_promises()``, ``_start_reading_supply()``,
    ``_get_kit_components()``, ``_amend_values()``, ``_note_shortages()``,
    ``_decide_shorts()`` (promise),
    ``_release_holds()``, ``_after_release()``, ``_tell_foreign_holds()``, ``_hold_findings()``,
    ``_find_holds()``, ``_find_new_holds()``, ``_prepare_hold_rows()``, ``_mark_for_recheck()``,
    ``_mark_partners()``, ``_mark_products()``, ``_mark_pricelists()``, ``_mark_companies()``
    (validation),
    ``_get_shipments()``, ``_get_shipment_states()``, ``_get_arrivals()``,
    ``_notify_customers()``, ``_get_told_partner()`` (shipping),
    ``_get_returns()``, ``_get_return_terms()``, ``_get_orders_with_open_return()`` and
    ``_refund_deposits()`` (returns).
    """

    _name = "sale.order"
    _inherit = [
        "sale.order",
        "order.stage.mixin",
        "order.status.mixin",
        "order.source.mixin",
        "order.payment.mixin",
        "order.one.off.mixin",
        "order.checking.mixin",
        "order.price.mixin",
        "order.credit.mixin",
        "order.history.mixin",
        "order.hold.mixin",
        "order.lane.mixin",
        "order.recheck.mixin",
        "order.guard.mixin",
        "order.promise.mixin",
        "order.promising.mixin",
        "order.ledger.mixin",
        "order.ledger.watch.mixin",
        "order.amend.mixin",
        "order.cancel.mixin",
        "order.shared.transfer.mixin",
        "order.short.mixin",
        "order.shipping.mixin",
        "order.notifying.mixin",
        "order.invoicing.mixin",
        "order.return.source.mixin",
        "order.paper.order.mixin",
        "order.return.portal.mixin",
        "order.return.terms.mixin",
        "order.return.deposit.mixin",
        "order.return.deduction.mixin",
    ]

    use_order_management = fields.Boolean(related="company_id.use_order_management")

    @api.depends("partner_id")
    def _compute_order_priority(self):
        return super()._compute_order_priority()

    def action_confirm(self):
        """Confirm the orders that no check holds; held ones stay as they are, with findings."""
        held = self._before_confirm()
        free = self - held
        result, promises = True, []
        if free:
            dates = {order: order.date_order for order in free if order.sudo()._is_history()}
            promises = free._plan_ledger()
            with free._confirming(), free._reserving_together(), free._in_quiet() as told:
                result = super(SaleOrder, told).action_confirm()
            for order, date in dates.items():
                order.date_order = date  # when it was really sold
        free.sudo()._invoice_at("confirmation", "confirmation")
        ledger = (self.env["order.promise"].sudo(), promises)
        self._advance_stage(free._after_confirm(), beside=[ledger])
        return result

    def _reserving_together(self):
        """Many orders that are confirmed in one call are reserved together."""
        wanted = len(self) > 1 and all(self.sudo().company_id.mapped("use_order_management"))
        return self.env["stock.move"]._reserving_together(wanted)

    @contextmanager
    def _in_quiet(self):
        """These orders, so that core writes no chatter where their channels want none."""
        quiet = self._is_quiet()
        with quietly(self.env, quiet):
            yield self.with_context(tracking_disable=True) if quiet else self

    def _advance_stage(self, events=(), beside=()):
        """Orders that have arrived have kept their promise, or not."""
        moved = super()._advance_stage(events, beside)
        moved.filtered(lambda order: order.stage in ARRIVED_STAGES)._close_promises()
        return moved

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._refuse_direct_create()
        return orders

    def write(self, vals):
        """Refuse what goes round the checks; edits of confirmed orders are checked."""
        reason = vals.get("release_reason")
        if "release_reason" in vals:
            vals = {name: value for name, value in vals.items() if name != "release_reason"}
        self._refuse_direct_write(vals)
        edited = ORDER_FIELDS & vals.keys()
        if not edited:
            result = super().write(vals)
            self._note_promise_edit(vals)
            return result
        with self._guarding_edit(self._get_products_in(vals), reason):
            result = super().write(vals)
        self._note_edit(edited)
        self._note_promise_edit(vals)
        return result

    def _get_products_in(self, vals):
        """The products that an edit may bring in."""
        ids = {
            command[2].get("product_id")
            for command in vals.get("order_line") or ()
            if command[0] in (Command.CREATE, Command.UPDATE)
        }
        return self.env["product.product"].browse(filter(None, ids))

    def _lock_for_decision(self, products=None):
        """Confirmations that draw on the same components wait for each other, too."""
        products = products or self.env["product.product"]
        return super()._lock_for_decision(products | self._get_kit_components(products))

    def _creation_message(self):
        return self._get_source_message() or super()._creation_message()

    def _action_cancel(self):
        orders = self.sudo().filtered("company_id.use_order_management")
        partners = (orders.partner_id | orders.partner_invoice_id).commercial_partner_id
        orders._leave_shared_transfers()
        result = super()._action_cancel()
        orders._cancel_ledger()
        orders.order_line._trim_short()
        self._advance_stage()
        self._mark_partners(partners, ("credit_limit", "duplicate_order"), ["order cancelled"])
        return result

    def _get_invoiceable_lines(self, final=False):
        """Down payments are deducted as far as they are left, and only from what is billed."""
        lines = super()._get_invoiceable_lines(final)
        if final and self.company_id.use_order_management and self._has_deposit():
            return self._fit_deposit_lines(lines)
        return lines

    def _create_account_invoices(self, invoice_vals_list, final):
        """A deduction never turns an invoice into a credit note."""
        moves = super()._create_account_invoices(invoice_vals_list, final)
        if final and any(order._has_deposit() for order in self):
            self._fit_deductions(moves)
        return moves

    def _has_deposit(self):
        return any(line.is_downpayment and line.invoice_lines for line in self.order_line)

    def _get_stage_facts(self):
        """The facts that decide about the stage, for all orders at once.

        :return dict: order id → ``has_goods``, ``open_moves``, ``done_moves`` (deliveries),
            ``reserved``, ``picked``, ``packed``, ``delivered``, ``settled``, ``open_return``
        """
        # filtered() below forgets what to prefetch: read the lines of all orders at once.
        self.order_line.move_ids.move_line_ids.fetch(["quantity", "picked", "result_package_id"])
        facts = {order.id: order._get_move_facts() for order in self}
        # Only what was delivered can be on its way, come back or be settled.
        moved = self.filtered(lambda order: facts[order.id]["done_moves"])
        returning = moved._get_orders_with_open_return() if moved else ()
        # Of an order that is returning nothing else is asked.
        moved = moved.filtered(lambda order: order.id not in returning)
        shipments = moved._get_shipment_states() if moved else {}
        for order in self:
            own = facts[order.id]
            own["open_return"] = is_returning = order.id in returning
            own["delivered"] = shipments.get(order.id) == "delivered"
            own["settled"] = not is_returning and (
                order._is_history() or (not own["open_moves"] and order._is_settled())
            )
        return facts

    def _get_move_facts(self):
        """What the deliveries of one order say."""
        moves = self.order_line.move_ids.filtered(
            lambda move: (
                move.state != "cancel" and not (move.origin_returned_move_id or move.return_line_id)
            )
        )
        open_moves = moves.filtered(lambda move: move.state != "done")
        done_moves = moves - open_moves
        lines = open_moves.move_line_ids.filtered("quantity")
        return {
            "has_goods": bool(self.order_line.move_ids),
            "open_moves": bool(open_moves),
            "done_moves": any(move._is_done_delivery() for move in done_moves),
            "reserved": all(move.state == "assigned" for move in open_moves),
            "picked": any(line.picked or line.scanned_quantity for line in lines)
            or _is_under_way(open_moves, done_moves),
            "packed": bool(lines) and all(line.result_package_id for line in lines),
        }

    def _is_settled(self):
        """Whether everything delivered is invoiced and nothing is left to pay."""
        if self.invoice_status != "invoiced":
            return False
        moves = self.invoice_ids.filtered(lambda move: move.state != "cancel")
        return not any(move.state != "posted" or move.amount_residual for move in moves)


def _is_under_way(open_moves, done_moves):
    """Whether goods wait where an earlier step, such as picking, has brought them."""
    places = {(move.sale_line_id.id, move.location_dest_id.id) for move in done_moves}
    return any(
        (move.sale_line_id.id, move.location_id.id) in places
        for move in open_moves
        if move.state in ("assigned", "partially_available")
    )
