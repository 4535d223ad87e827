from math import floor

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ..common.access import as_service, check_visible, has_role


class OrderShortLineMixin(models.AbstractModel):
    """What of an order line cannot be shipped when it is wanted, and what was decided about it.

    Written by :meth:`_set_short` alone: by the checks of quotations and by the promises of
    confirmed orders.
    """

    _name = "order.short.line.mixin"
    _description = "Order line that may be short"

    short_quantity = fields.Float(
        "Missing", digits="Product Unit", copy=False, readonly=True,
        help="What cannot be shipped when it is wanted, in the line's unit.",
    )  # fmt: skip
    short_date = fields.Date(
        "Rest arrives", copy=False, readonly=True,
        help="When the customer can have the rest, as far as it is known.",
    )  # fmt: skip
    short_since = fields.Datetime("Short since", copy=False, readonly=True)
    short_decision = fields.Selection(
        [("wait", "Wait"), ("split", "Split")], "Decided", copy=False, readonly=True,
        help="What was decided about the missing rest; open again when more is missing.",
    )  # fmt: skip
    short_cancelled_qty = fields.Float(
        "Cancelled as short", digits="Product Unit", copy=False, readonly=True,
        help="What was not delivered because it was not there, in the line's unit: lost demand.",
    )  # fmt: skip
    short_free = fields.Float(
        "Free now", digits="Product Unit", compute="_compute_short_free",
        help="What lies in the warehouse and is reserved for nobody, in the line's unit.",
    )  # fmt: skip

    _short_idx = models.Index("(short_since) WHERE short_quantity > 0")

    def _compute_short_free(self):
        """Of all lines at once, by one statement for the stock."""
        lines = self.sudo().filtered("id")
        needs = lines.order_id._get_promise_needs()
        wanted = {(line.warehouse_id, part) for line in lines for part in needs.get(line, ())}
        free = lines.order_id._get_free_quantities(wanted) if wanted else {}
        for line in self:
            line.short_free = line.sudo()._get_free_of(needs.get(line, {}), free)

    def _get_free_of(self, parts, free):
        """What its warehouse could give now, in the line's unit; of kits whole ones."""
        found = []
        for part, (each, _quantity) in parts.items():
            quantity = max(free[self.warehouse_id.id, part.id], 0.0) / each
            is_kit = part != self.product_id
            found.append(float(floor(round(quantity, 6))) if is_kit else quantity)
        product = self.product_id
        return product.uom_id._compute_quantity(
            min(found, default=0.0), self.product_uom_id, rounding_method="DOWN"
        )

    def _compute_short_amount(self):
        for line in self:
            share = line.short_quantity / line.product_uom_qty if line.product_uom_qty else 0.0
            line.short_amount = line.price_total * share

    # Keeping it up to date

    def _set_short(self, values):
        """Service for the other rooms: what is missing of lines, and when it comes.

        Writes only what changes. When more is missing than before, it is to be decided anew.

        :param dict values: line → (quantity in its unit, date or ``False``)
        """
        changes = {}
        for line, (quantity, date) in values.items():
            vals = line.sudo()._prepare_short_vals(quantity, date)
            if vals:
                changes.setdefault(tuple(vals.items()), []).append(line.id)
        for vals, ids in changes.items():
            self.sudo().browse(ids).write(dict(vals))

    def _prepare_short_vals(self, quantity, date):
        """What changes on this line when so much is missing."""
        more = self.product_uom_id.compare(quantity, self.short_quantity)
        is_short = self.product_uom_id.compare(quantity, 0.0) > 0
        vals = {}
        if more:
            vals["short_quantity"] = quantity if is_short else 0.0
        if self.short_date != (is_short and date):
            vals["short_date"] = is_short and date
        if is_short and not self.short_since:
            vals["short_since"] = fields.Datetime.now()
        elif not is_short and self.short_since:
            vals["short_since"] = False
        if self.short_decision and (more > 0 or not is_short):
            vals["short_decision"] = False
        return vals

    def _trim_short(self, before=None):
        """Nothing is missing of what is not wanted any more or was delivered.

        :param dict before: line → its quantity before it was changed
        """
        values = {}
        for line in self.sudo():
            missing = line.short_quantity
            if missing:
                is_open = line.order_id.state != "cancel"
                left = max(line.product_uom_qty - line.qty_delivered, 0.0) if is_open else 0.0
                if before and line in before:
                    left = min(left, missing - max(before[line] - line.product_uom_qty, 0.0))
                if line.product_uom_id.compare(missing, left) > 0:
                    values[line] = (line.product_uom_id.round(left), line.short_date)
        self._set_short(values)

    # Buttons

    def action_short_wait(self):
        """Ask whether the customer is to wait for the rest."""
        return self._open_short("wait")

    def action_short_split(self):
        """Ask whether what is there goes out now."""
        return self._open_short("split")

    def action_short_substitute(self):
        """Ask for another product."""
        return self._open_short("substitute")

    def action_short_cancel(self):
        """Ask whether the rest is taken off."""
        return self._open_short("cancel")

    def action_short_update(self):
        """Look again at what is missing: of these lines, or of all that are short."""
        self._ensure_may_decide()
        lines = self or self.search([("short_quantity", ">", 0)])
        as_service(lines).order_id._note_shortages()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open_order(self):
        """Open the order of this line."""
        self.ensure_one()
        check_visible(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _ensure_may_decide(self):
        if not has_role(self.env, "clerk"):
            raise AccessError(self.env._("Your role does not allow to decide about orders."))
        check_visible(self)

    def _open_short(self, choice):
        """Open the decision with everything filled in, on the figures as they are now."""
        self._ensure_may_decide()
        as_service(self).order_id._note_shortages()
        lines = self.filtered("short_quantity")
        if not lines:
            return self.order_id._notify(self.env._("Nothing is missing any more."), "success")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What is missing"),
            "res_model": "order.short.decision",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_line_ids": lines.ids, "default_choice": choice},
        }

    # What the customer reads

    def _write_to_customer(self, choice, product, is_all, keeps_price):
        """The message about these lines of one order, in the language of the environment.

        :param str choice: what is decided
        :param product: what is sent instead, for ``substitute``
        :param bool is_all: instead of the whole line
        :param bool keeps_price: for the price agreed
        """
        order = self.order_id
        values = {"order": order.name, "product": _name_of(product) if product else "…"}
        opening = self.env._("we cannot send you this of your order %(order)s:", **values)
        if choice in ("wait", "split"):
            opening = self.env._(
                "not everything of your order %(order)s is in stock. We still wait for:", **values
            )
        if choice == "wait":
            closing = self.env._(
                "We send your order in one delivery as soon as all of it is here. You need not do "
                "anything."
            )
        elif choice == "split":
            closing = self.env._(
                "We send you what we have now, and the rest as soon as it is here. You need not "
                "do anything."
            )
        elif choice == "substitute":
            closing = self._write_substitute(product, is_all, keeps_price, values)
        elif self._is_all_of_its_order():
            closing = self.env._(
                "Nothing else is left to deliver, so we cancelled the order, and you do not pay "
                "for it. We are sorry about that."
            )
        else:
            closing = self.env._(
                "We took it off your order, and you do not pay for it. The rest of your order is "
                "not changed. We are sorry about that."
            )
        lines = "\n".join(line._tell_short(choice) for line in self)
        greeting = self.env._("Hello %(name)s,", name=order._get_told_partner().name or "")
        return f"{greeting}\n\n{opening}\n{lines}\n\n{closing}\n\n{order.company_id.name}"

    def _is_all_of_its_order(self):
        """Whether nothing stays of the order when what is missing of these lines goes."""
        others = self.order_id.order_line.filtered(lambda line: not line.display_type) - self
        return not any(line.product_uom_qty > 0 for line in others) and all(
            line.product_uom_id.compare(line.short_quantity, line.product_uom_qty) >= 0
            for line in self
        )

    def _write_substitute(self, product, is_all, keeps_price, values):
        quantity = sum(line._get_quantity_to_swap(is_all) for line in self.sudo())
        values = {**values, "quantity": f"{quantity:g}"}
        if keeps_price:
            told = self.env._(
                "We send you %(quantity)s × %(product)s instead, at the price agreed.", **values
            )
        else:
            told = self.env._("We send you %(quantity)s × %(product)s instead.", **values)
        ask = self.env._("If you do not want that, just reply to this message.")
        return f"{told} {ask}"

    def _tell_short(self, choice):
        """One line of the message: what is missing, and when it comes."""
        told = self.env._(
            "– %(product)s: %(missing)s of %(asked)s",
            product=_name_of(self.product_id),
            missing=f"{self.short_quantity:g}",
            asked=f"{self.product_uom_qty:g}",
        )
        if choice not in ("wait", "split"):
            return told
        if not self.short_date:
            return self.env._("%(told)s (we do not know yet when)", told=told)
        day = format_date(self.env, self.short_date, date_format="long")
        return self.env._("%(told)s (with you by %(day)s)", told=told, day=day)

    def _prepare_short_facts(self):
        """What a decision about this line rests on."""
        return {
            "line_id": self.id,
            "sku": self.product_id.default_code or self.product_id.display_name,
            "asked": self.product_uom_qty,
            "missing": self.short_quantity,
            "free": self.short_free,
            "date": fields.Date.to_string(self.short_date) or False,
            "amount": self.short_amount,
        }

    # Deciding

    def _from_product_unit(self, quantity):
        return self.product_id.uom_id._compute_quantity(
            quantity, self.product_uom_id, rounding_method="HALF-UP"
        )

    def _get_short_choices(self):
        """The decisions, as people read them."""
        return [
            ("wait", self.env._("Wait")),
            ("split", self.env._("Split")),
            ("substitute", self.env._("Substitute")),
            ("cancel", self.env._("Cancel the rest")),
        ]

    def _get_quantity_to_swap(self, is_all):
        """What another product takes the place of: all that was not picked yet, or the rest."""
        if not is_all:
            return self.short_quantity
        started = max(self.qty_delivered, self._get_started_quantity(), 0.0)
        return max(self.product_uom_qty - started, 0.0)

    def _prepare_swap_vals(self, product, quantity, keeps_price):
        """The line that takes the place of this one, or of a part of it."""
        values = {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "sequence": self.sequence,
        }
        if self.product_uom_id._has_common_reference(product.uom_id):
            values["product_uom_id"] = self.product_uom_id.id
        if keeps_price:
            values.update(price_unit=self.price_unit, discount=self.discount)
        return values


def _name_of(product):
    """A product as customers know it, without our number."""
    return product.with_context(display_default_code=False).display_name
