from odoo import models

from ...exceptions import ItemError
from ..common.access import as_service
from ..common.set_runner import run_set

CHOICES = ("wait", "split", "substitute", "cancel")
POLICIES = {"wait": "one", "split": "direct"}


class OrderShortMixin(models.AbstractModel):
    """Orders that cannot be shipped in full: finding them, and deciding about the rest."""

    _name = "order.short.mixin"
    _description = "Order that may be short"

    def _note_shortages(self, shortages=None):
        """Service for the validation room: keep what is missing of these orders' lines.

        Costs no query where nothing changed.

        :param dict shortages: as :meth:`_get_stock_shortages` answered; asked for when not given
        """
        if shortages is None:
            shortages = self._get_stock_shortages(apart=True)
        changed = {}
        for line in self.order_line:
            found = shortages.get(line.id)
            missing = line._from_product_unit(found["missing"]) if found else 0.0
            if line.product_uom_id and line.product_uom_id.compare(missing, line.short_quantity):
                changed[line] = missing
        short = self.filtered(lambda order: any(changed.get(line) for line in order.order_line))
        dates = short._get_short_dates()
        self.order_line._set_short(
            {line: (missing, dates.get(line, False)) for line, missing in changed.items()}
        )

    def _get_short_dates(self):
        """Line → when its last part can be with the customer, or ``False``."""
        if not self:
            return {}
        return {
            line: line._get_promised_day(parts)
            for lines in self._plan_promises("split").values()
            for line, parts in lines.items()
        }

    # Deciding

    def _decide_shorts(self, choice, lines, reason, messages, key, swap=None):
        """Service for the short list: carry out one decision on lines of these orders.

        Each order for itself, with the caller's rights: one that fails stays as it is.

        :param str choice: ``wait`` | ``split`` | ``substitute`` | ``cancel``
        :param lines: lines of these orders that are short
        :param str reason: why
        :param dict messages: order id → text for its customer; others are not told
        :param str key: names this decision for ever
        :param dict swap: for ``substitute``: ``product``, ``is_all``, ``keeps_price``
        :return tuple: texts of what else is to be known, and ``(order, exception)`` of failures
        """
        notes = []

        def decide(order):
            own = lines.filtered(lambda line: line.order_id == order)
            facts = [line._prepare_short_facts() for line in own]
            found = getattr(order, f"_decide_{choice}")(own, reason, swap)
            if order.state in ("draft", "sent"):
                as_service(order)._after_release()
            order._note_short_decision(choice, facts, reason, messages.get(order.id), swap)
            order._tell_short_decision(messages.get(order.id), key)
            notes.extend(found)

        failures = []
        for order in self:
            failures += run_set(order, decide, "Deciding")
        return notes, failures

    def _decide_wait(self, lines, reason, _swap):
        return self._keep_waiting("wait", lines, reason)

    def _decide_split(self, lines, reason, _swap):
        return self._keep_waiting("split", lines, reason)

    def _keep_waiting(self, choice, lines, reason):
        """The customer gets everything, together or as it comes; a shortage holds no more."""
        order, policy = as_service(self), POLICIES[choice]
        if order.picking_policy != policy and not order._has_shipped_goods():
            answer = order._amend_values({"picking_policy": policy}, [], reason, self.env)
            _ensure_done(answer)
        as_service(lines).write({"short_decision": choice})
        return self._release_holds("stock_short", lines, reason)

    def _decide_substitute(self, lines, reason, swap):
        """Another product; the price agreed passes where the caller may release it."""
        order, changes = as_service(self), []
        for line in as_service(lines):
            quantity = line._get_quantity_to_swap(swap["is_all"])
            left = line.product_uom_id.round(line.product_uom_qty - quantity)
            values = line._prepare_swap_vals(swap["product"], quantity, swap["keeps_price"])
            changes += [
                (f"lines[{len(changes)}]", line, {"product_uom_qty": left}),
                (f"lines[{len(changes) + 1}]", line.browse(), values),
            ]
        before = order.order_line
        answer = order._amend_values({}, changes, reason, self.env)
        _ensure_done(answer)
        added = (order.order_line - before).with_env(self.env)
        if not swap["keeps_price"]:
            return []
        return self._release_holds("price_deviation", added, reason)

    def _decide_cancel(self, lines, reason, _swap):
        wanted = [{"line_id": line.id, "quantity": line.short_quantity} for line in lines]
        (answer,) = self.cancel_orders(reason, wanted)
        refused = [
            f"{found['quantity']:g} × {found['sku']}: {found['reason']}"
            for found in answer["refused_lines"]
        ]
        if answer["outcome"] == "refused":
            told = [problem["message"] for problem in answer["errors"]]
            raise ItemError("not_possible", "\n".join(told + refused))
        for found in answer["cancelled_lines"]:
            line = as_service(lines.browse(found["line_id"]))
            line.short_cancelled_qty += found["quantity"]
        return refused

    def _note_short_decision(self, choice, facts, reason, message, swap):
        """One slip and one event for each order."""
        inputs = {"choice": choice, "lines": facts, "reason": reason, "told": bool(message)}
        if swap and choice == "substitute":
            product = swap["product"]
            inputs["substitute"] = product.default_code or product.display_name
            inputs["keeps_price"] = swap["keeps_price"]
        self.env["order.decision"]._record(
            [
                {
                    "model": self._name,
                    "res_id": self.id,
                    "decision": "promise.short",
                    "outcome": choice,
                    "inputs": inputs,
                    "alternatives": [
                        {"choice": other, "reason": self.env._("Somebody chose otherwise.")}
                        for other in CHOICES
                        if other != choice
                    ],
                    "flip": self.env._("Another choice."),
                    "company_id": self.company_id.id,
                }
            ]
        )
        label = dict(self.env["sale.order.line"]._get_short_choices())[choice]
        told = ", ".join(f"{fact['missing']:g} × {fact['sku']}" for fact in facts)
        self.env["order.event"]._append(
            [
                {
                    "order_id": self.id,
                    "kind": "short_decided",
                    "message": self.env._(
                        "%(choice)s: %(missing)s missing", choice=label, missing=told
                    ),
                    "data": inputs,
                }
            ]
        )

    def _tell_short_decision(self, message, key):
        if message and message.strip():
            as_service(self)._notify_customers(
                "order_short", {self.id: {"key": f"{key}/{self.id}", "body": message.strip()}}
            )


def _ensure_done(answer):
    """Raise what stood against a change."""
    if not answer["ok"]:
        told = "\n".join(problem["message"] for problem in answer["errors"])
        raise ItemError("not_possible", told)
