"""Who may call what: the role table, and the decorator that enforces it.

To publish a method: write it with ``@public`` above it and add its line to ``ROLES``. A test
refuses public methods that are not listed, and calls each of them as every role.
"""

import functools

from odoo.exceptions import AccessError

GROUPS = {
    "clerk": "order_management.group_clerk",
    "picker": "order_management.group_picker",
    "returns": "order_management.group_returns",
    "integration": "order_management.group_integration",
    "auditor": "order_management.group_auditor",
    "manager": "order_management.group_manager",
    # Not a role: whoever works here. What they may do is decided by the method itself.
    "employee": "base.group_user",
}

KEPT_CONTEXT = ("lang", "tz", "allowed_company_ids")

_ORDER_WORK = ("clerk", "integration")
_DESK = ("clerk", "returns", "integration")
_STATUS = ("clerk", "returns", "integration", "auditor")

ROLES = {
    "order.intake.submit": _ORDER_WORK,
    "order.intake.retry": _ORDER_WORK,
    "order.intake.accept_change": _ORDER_WORK,
    "order.intake.dismiss": _ORDER_WORK,
    "order.intake.find": (*_ORDER_WORK, "auditor"),
    "order.quick.entry.get_channels": ("clerk",),
    "order.quick.entry.search_customers": ("clerk",),
    "order.quick.entry.get_customer": ("clerk",),
    "order.quick.entry.search_products": ("clerk",),
    "order.quick.entry.quote": ("clerk",),
    "order.quick.entry.save": ("clerk",),
    "order.quick.entry.get_order": ("clerk",),
    "sale.order.check_orders": _ORDER_WORK,
    "sale.order.process_orders": _ORDER_WORK,
    "sale.order.amend_orders": _ORDER_WORK,
    "sale.order.cancel_orders": _ORDER_WORK,
    "sale.order.promise_orders": _ORDER_WORK,
    "product.product.quote_promise": (*_ORDER_WORK, "auditor"),
    "product.product.read_availability": (*_ORDER_WORK, "auditor"),
    "sale.order.record_payment": ("integration",),
    "sale.order.invoice_orders": ("clerk",),
    "sale.order.get_status": _STATUS,
    "order.finding.release": ("employee",),  # the check's group decides
    "order.check.dry_run": (),
    "order.forecast.run": (),
    "order.reorder.proposal.apply": (),
    "order.reorder.proposal.reject": (),
    "stock.warehouse.orderpoint.propose_levels": (),
    "stock.warehouse.orderpoint.simulate_levels": (),
    "stock.warehouse.orderpoint.try_levels": (),
    "order.slotting.advice.advise": (),
    "order.slotting.swap.move": (),
    "order.slotting.swap.reject": (),
    "stock.picking.batch.plan_waves": ("picker",),
    "stock.picking.claim_work": ("picker",),
    "stock.picking.release_work": ("picker",),
    "stock.picking.get_tour": ("picker", "auditor"),
    "stock.picking.batch.get_tour": ("picker", "auditor"),
    "stock.picking.scan": ("picker",),
    "stock.picking.undo_scan": ("picker",),
    "stock.picking.report_short": ("picker",),
    "stock.picking.plan_parcels": ("picker",),
    "stock.picking.pack": ("picker",),
    "stock.picking.ship": ("picker", "integration"),
    "stock.picking.read_station": ("picker",),
    "stock.picking.read_station_home": ("picker",),
    "stock.picking.judge_scan": ("picker",),
    "stock.picking.call_for_help": ("picker",),
    "stock.picking.answer_help": ("picker",),
    "stock.package.weigh": ("picker",),
    "stock.package.render_labels": ("picker", "integration"),
    "stock.package.queue_labels": ("picker", "integration"),
    "order.print.job.claim": ("picker", "integration"),
    "order.print.job.done": ("picker", "integration"),
    "order.print.job.failed": ("picker", "integration"),
    "order.print.job.claim_here": ("picker",),
    "order.print.job.give_back": ("picker", "integration"),
    "stock.picking.render_documents": ("picker", "auditor"),
    "order.shipment.register": ("integration",),
    "order.shipment.void": ("integration",),
    "order.shipment.confirm_delivery": ("integration",),
    "order.shipment.record_events": ("integration",),
    "order.return.quote": _DESK,
    "order.return.request": _DESK,
    "order.return.look_up": (*_DESK, "picker"),
    "order.return.approve": ("returns",),
    "order.return.refuse": ("returns",),
    "order.return.cancel": ("returns",),
    "order.return.receive": ("picker", "returns"),
    "order.return.settle": ("returns",),
    "order.return.waive_goods": ("returns",),
    "order.return.get_label": ("clerk", "returns", "integration"),
    "order.decision.explain": ("auditor",),
    "order.job.get_result": (*_ORDER_WORK, "picker", "returns", "auditor"),
}


def has_role(env, *roles):
    """Whether the caller holds one of ``roles``; a manager may call whatever any role may."""
    if env.su:
        return True
    return any(env.user.has_group(GROUPS[role]) for role in (*roles, "manager"))


def public(method):
    """Refuse callers without a role for this method before anything else is looked at."""

    @functools.wraps(method)
    def checked(self, *args, **kwargs):
        name = f"{self._name}.{method.__name__}"
        if not has_role(self.env, *ROLES[name]):
            raise AccessError(self.env._("Your role does not allow %(operation)s.", operation=name))
        if not getattr(checked, "_api_model", False):
            check_visible(self)
        return method(self, *args, **kwargs)

    checked._order_public = True
    return checked


def check_visible(records):
    """Raise unless the caller may read every one of ``records``.

    :raises AccessError: alike for a foreign and for a missing record
    """
    if records.env.su and records.exists() == records:
        return
    found = records.with_context(active_test=False).search([("id", "in", records.ids)])
    if len(found) != len(set(records.ids)):
        raise hidden(records.env)


def hidden(env):
    """The refusal of a record that is foreign or missing, which sound alike."""
    return AccessError(env._("This document does not exist, or you may not see it."))


def as_service(records):
    """``records`` with full rights, for use after access was checked.

    Of the caller's context only language, time zone and companies stay, so that a remote caller
    cannot steer core by its context keys (``cancel_backorder``, ``tracking_disable``, ...).
    """
    context = records.env.context
    kept = {key: context[key] for key in KEPT_CONTEXT if key in context}
    return records.with_env(records.env(su=True, context=kept))
