from contextlib import contextmanager

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ...exceptions import HeldError
from ..common.access import has_role

# Orders whose edit is being looked at, and orders that core is confirming, in this transaction.
# Kept on the cursor, not in the context, where a remote caller could put it.
_GUARDED = "order_management.guarded_orders"
_CONFIRMING = "order_management.confirming_orders"

# What only the addon itself writes.
OWN_FIELDS = frozenset(
    (
        "hold_state",
        "confirm_requested",
        "stage",
        "confirmed_at",
        "ready_at",
        "packed_at",
        "shipped_at",
        "delivered_at",
        "closed_at",
        "expected_total",
        "document_payment_amount",
        "left_out_lines",
        "ordered_at",
    )
)
# What may open a hold when it changes.
ORDER_FIELDS = frozenset(
    (
        "order_line",
        "partner_id",
        "partner_shipping_id",
        "partner_invoice_id",
        "pricelist_id",
        "currency_id",
        "fiscal_position_id",
        "client_order_ref",
        "validity_date",
        "warehouse_id",
    )
)
LINE_FIELDS = frozenset(
    (
        "product_id",
        "product_uom_qty",
        "product_uom_id",
        "price_unit",
        "discount",
        "tax_ids",
        "order_id",
        "warehouse_id",
    )
)


class OrderGuardMixin(models.AbstractModel):
    """Nobody goes round the checks: neither by the state nor by editing what is confirmed.

    The guards act where checks are in force, on whoever is no superuser.
    """

    _name = "order.guard.mixin"
    _description = "Order that is guarded"

    release_reason = fields.Char(
        store=False,
        export_string_translation=False,
        help="Written together with a change of a confirmed order, by somebody who may release "
        "what the change would newly hold: why it may be so.",
    )

    # Direct writes

    @contextmanager
    def _confirming(self):
        """While this lasts, core may write the state of these orders."""
        confirming = self.env.cr.cache.setdefault(_CONFIRMING, set())
        added = set(self.ids) - confirming
        confirming |= added
        try:
            yield
        finally:
            self.env.cr.cache.get(_CONFIRMING, set()).difference_update(added)

    def _refuse_direct_write(self, vals):
        """Refuse values that only operations may set, before anything is written."""
        if self.env.su:
            return
        own = OWN_FIELDS & vals.keys()
        if own:
            self._refuse_own_fields(own)
        if "channel_id" in vals:
            self._ensure_channel_change(vals["channel_id"])
        if vals.get("state") == "sale":
            confirming = self.env.cr.cache.get(_CONFIRMING, ())
            self._refuse_state(
                self.filtered(lambda order: order.state != "sale" and order.id not in confirming)
            )
        elif vals.get("state") in ("draft", "sent"):
            # As a quotation it could be edited unseen; core takes only cancelled orders back.
            self._refuse_state(self.filtered(lambda order: order.state == "sale"))

    def _refuse_direct_create(self):
        """Refuse new orders that claim to be further than a quotation, however they were told."""
        if self.env.su:
            return
        for order in self:
            if order.hold_state != "unchecked" or order.confirm_requested:
                self._refuse_own_fields(["hold_state"])
            if order.stage != "received":
                self._refuse_own_fields(["stage"])
        for channel in self.channel_id:
            self._ensure_channel_change(channel.id)
        self._refuse_state(self.filtered(lambda order: order.state == "sale"))

    def _refuse_own_fields(self, names):
        raise AccessError(
            self.env._(
                "%(fields)s: set by the order's own operations only.",
                fields=", ".join(sorted(names)),
            )
        )

    def _refuse_state(self, orders):
        refused = orders._get_in_force()
        if refused:
            raise UserError(
                self.env._(
                    "The state “sale” is reached by confirming the order (action_confirm or "
                    "process_orders), so that its checks run, and left by cancelling it. Old "
                    "orders are taken over through a sales channel of the kind History."
                )
            )

    def _get_in_force(self):
        """Those of these orders on which checks act."""
        return self.filtered(
            lambda order: (
                order.sudo().company_id._has_checks_in_force() and not order.sudo()._is_history()
            )
        )

    # Edits of confirmed orders

    @contextmanager
    def _guarding_edit(self, products=None, reason=False):
        """Let an edit of confirmed orders through only if it opens no hold.

        :param products: what the edit may bring in
        :param str reason: why what is held may be so; only counts of who may release it
        :raises HeldError: the edit opens a hold
        :raises AccessError: a price was set by somebody without the right
        """
        orders = self._get_orders_to_guard()
        if not orders:
            yield
            return
        guarded = self.env.cr.cache.setdefault(_GUARDED, set())
        guarded.update(orders.ids)
        try:
            managed = orders.sudo()
            managed._lock_for_decision(products)
            before = managed._find_holds()
            prices = managed._get_set_prices()
            yield
            self.env.flush_all()
            orders._ensure_may_set_prices(prices)
            orders._refuse_or_release(managed._find_new_holds(before), reason)
        finally:
            guarded.difference_update(orders.ids)

    def _get_orders_to_guard(self):
        if self.env.su:
            return self.browse()
        guarded = self.env.cr.cache.get(_GUARDED, ())
        return self.filtered(
            lambda order: order.id and order.id not in guarded and order.state == "sale"
        )._get_in_force()

    def _get_set_prices(self):
        """What was agreed: line id → unit price and discount, discount lines included."""
        lines = self._get_pricelist_lines() | self._get_discount_lines()
        return {line.id: (line.price_unit, line.discount) for line in lines}

    def _ensure_may_set_prices(self, before):
        """Prices of confirmed orders are set by managers; others get what the price list says."""
        if has_role(self.env, "manager") or self.env.user.has_group(
            "sales_team.group_sale_manager"
        ):
            return
        orders = self.sudo()
        changed = (orders._get_pricelist_lines() | orders._get_discount_lines()).filtered(
            lambda line: before.get(line.id) != (line.price_unit, line.discount)
        )
        if not changed:
            return
        expected = changed.order_id._get_expected_prices()
        for line in changed:
            listed = expected.get(line.id)  # discount lines stand in no price list
            if listed is None or line.currency_id.compare_amounts(line._get_net_price(), listed):
                raise AccessError(
                    self.env._(
                        "%(product)s: you may not set the price of a confirmed order here. Use "
                        "“Change order”, or ask a sales or order manager.",
                        product=line.product_id.display_name,
                    )
                )

    def _refuse_or_release(self, found, reason):
        """Refuse an edit with what it would hold, or note who released it and why."""
        if not found:
            return
        findings = self.env["order.finding"].sudo()
        checks = self.env["order.check"].sudo().browse({values["check_id"] for values in found})
        may_release = all(check._may_release(self.env.user) for check in checks)
        if reason and reason.strip() and may_release:
            released = findings.create(
                [{**values, **findings._prepare_release_vals(reason.strip())} for values in found]
            )
            released._note_released(reason.strip())
            return
        message = self.env._(
            "The order is confirmed, and this change would hold it:\n%(found)s",
            found="\n".join(f"– {values['message']}" for values in found),
        )
        rows = self.sudo()._prepare_hold_rows(found, self.env)
        raise HeldError(message, rows, may_release)

    # Edits of quotations

    def _note_edit(self, fields_written):
        """Quotations with findings are checked again soon after somebody edited them."""
        edited = self.sudo().filtered(
            lambda order: (
                order.state in ("draft", "sent") and order.hold_state in ("held", "warning")
            )
        )
        if edited:
            cause = {"model": "sale.order", "ids": edited.ids[:10], "what": sorted(fields_written)}
            edited._mark_for_recheck((), cause)
