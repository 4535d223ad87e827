from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..models.common.access import as_service, check_visible, has_role
from ..models.common.optional import has_field

SUGGESTIONS = 8
CANDIDATES = 200


class OrderShortDecision(models.TransientModel):
    """What becomes of the missing rest of order lines, and what their customers are told.

    It opens with everything filled in; each customer's message can be changed before it leaves.
    """

    _name = "order.short.decision"
    _description = "Decide about what is missing"

    choice = fields.Selection(
        [
            ("wait", "Wait for the rest"),
            ("split", "Ship what is there"),
            ("substitute", "Send another product"),
            ("cancel", "Cancel the rest"),
        ],
        required=True,
    )
    line_ids = fields.Many2many("sale.order.line", required=True, readonly=True)
    reason = fields.Char(
        compute="_compute_reason", store=True, readonly=False, precompute=True,
        help="Kept with the decision in the order's timeline.",
    )  # fmt: skip
    foreign_holds = fields.Text(compute="_compute_foreign_holds")
    tell_customer = fields.Boolean("Tell the customer", default=True)
    message_ids = fields.One2many("order.short.decision.message", "decision_id")
    is_done = fields.Boolean()

    is_one_product = fields.Boolean(compute="_compute_is_one_product")
    product_id = fields.Many2one("product.product", "Send instead", domain=[("sale_ok", "=", True)])
    swap = fields.Selection(
        [("missing", "What is missing"), ("all", "The whole line")],
        "Instead of", default="missing", required=True,
    )  # fmt: skip
    price = fields.Selection(
        [("agreed", "The price agreed"), ("ours", "Its own price")], default="agreed", required=True
    )
    price_text = fields.Char("Prices", compute="_compute_price_text")
    suggestion_ids = fields.One2many("order.short.decision.product", "decision_id")

    @api.depends("choice")
    def _compute_reason(self):
        reasons = {
            "wait": self.env._("The customer waits for the rest"),
            "split": self.env._("What is there is shipped, the rest follows"),
            "substitute": self.env._("Out of stock, another product instead"),
        }
        for decision in self:
            if not decision.reason or decision.reason in reasons.values():
                decision.reason = reasons.get(decision.choice, False)

    @api.depends("choice", "line_ids")
    @api.depends_context("uid")
    def _compute_foreign_holds(self):
        for decision in self:
            found = []
            if decision.choice in ("wait", "split"):
                lines = decision.line_ids._origin
                found = lines.order_id._tell_foreign_holds("stock_short", lines)
            decision.foreign_holds = "\n".join(found)

    @api.depends("line_ids")
    def _compute_is_one_product(self):
        for decision in self:
            decision.is_one_product = len(decision.line_ids.product_id) == 1

    @api.depends("product_id", "line_ids")
    def _compute_price_text(self):
        """What was agreed, and what the other product costs this customer."""
        for decision in self:
            line = decision.line_ids[:1]
            texts = []
            if decision.product_id and line:
                agreed = line.price_unit * (1 - line.discount / 100)
                own = _get_prices(line, decision.product_id)[decision.product_id.id]
                texts = [
                    self.env._("agreed: %s", line.currency_id.format(agreed)),
                    self.env._("its own: %s", line.currency_id.format(own)),
                ]
            decision.price_text = ", ".join(texts)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        lines = self._read_lines(values.get("line_ids"))
        values["message_ids"] = [Command.create({"order_id": order.id}) for order in lines.order_id]
        suggestions = self._prepare_suggestions(lines)
        values["suggestion_ids"] = [Command.create(suggestion) for suggestion in suggestions]
        if suggestions and not values.get("product_id"):
            values["product_id"] = suggestions[0]["product_id"]
            suggestions[0]["is_chosen"] = True
        return values

    def _read_lines(self, commands):
        """The lines that the defaults name."""
        ids = [
            found
            for command in commands or ()
            for found in (command[2] if command[0] == Command.SET else [command[1]])
        ]
        lines = self.env["sale.order.line"].browse(ids).exists()
        check_visible(lines)
        return lines

    @api.onchange("suggestion_ids")
    def _onchange_suggestion_ids(self):
        """Take the product that was switched on just now."""
        chosen = self.suggestion_ids.filtered("is_chosen").product_id
        fresh = chosen - self.product_id
        if fresh or not chosen:
            self.product_id = fresh[:1]

    @api.onchange("product_id")
    def _onchange_product_id(self):
        """One product is sent instead, whether it was suggested or searched for."""
        for suggestion in self.suggestion_ids:
            suggestion.is_chosen = suggestion.product_id == self.product_id

    # Another product

    def _prepare_suggestions(self, lines):
        """Products with free stock that may take the place of the one product of these lines.

        What somebody chose as an alternative comes first, then what has enough in stock, then
        what costs about the same.
        """
        if len(lines.product_id) != 1:
            return []
        line, missing = lines[0], sum(lines.mapped("short_quantity"))
        kinds = self._find_candidates(line)
        found = self.env["product.product"].union(*kinds)
        free = {
            product.id: product.free_qty
            for product in found.with_context(warehouse_id=line.warehouse_id.id)
        }
        found = found.filtered(lambda product: free[product.id] > 0)
        prices, ranks = _get_prices(line, found), list(kinds.values())
        best = found.sorted(
            lambda product: (
                ranks.index(kinds[product]),
                free[product.id] < missing,
                abs(prices[product.id] - line.price_unit),
            )
        )
        return [
            {
                "product_id": product.id,
                "kind": kinds[product],
                "free": free[product.id],
                "price": prices[product.id],
                "currency_id": line.currency_id.id,
            }
            for product in best[:SUGGESTIONS]
        ]

    def _find_candidates(self, line):
        """Product → what makes it one; the closest first."""
        product, kinds = line.product_id, {}
        template = product.product_tmpl_id
        groups = [
            (self.env._("Optional product"), template.optional_product_ids.product_variant_ids),
            (self.env._("Other variant"), template.product_variant_ids),
            (self.env._("Same category"), self._find_alike(line)),
        ]
        if has_field(self.env, "product.template", "alternative_product_ids"):
            alternatives = template.alternative_product_ids.product_variant_ids
            groups.insert(0, (self.env._("Alternative"), alternatives))
        for kind, products in groups:
            for other in products - product:
                if other.sale_ok and other.is_storable:
                    kinds.setdefault(other, kind)
        return kinds

    def _find_alike(self, line):
        return self.env["product.product"].search(
            [
                ("categ_id", "=", line.product_id.categ_id.id),
                ("is_storable", "=", True),
                ("sale_ok", "=", True),
                ("id", "!=", line.product_id.id),
                *self.env["product.product"]._check_company_domain(line.company_id),
            ],
            limit=CANDIDATES,
        )

    # Carrying it out

    def action_decide(self):
        """Carry out the decision; what could not be done is told, order by order."""
        self.ensure_one()
        self._ensure_may_decide()
        if self.is_done:
            return {"type": "ir.actions.act_window_close"}
        self._verify()
        orders = self.line_ids.order_id
        notes, failures = orders._decide_shorts(
            self.choice,
            self.line_ids,
            self.reason.strip(),
            self._get_messages(),
            f"short/{self.id}",
            {
                "product": self.product_id,
                "is_all": self.swap == "all",
                "keeps_price": self.price == "agreed",
            },
        )
        problems = [f"{order.name}: {exception.args[0]}" for order, exception in failures]
        if len(failures) == len(orders):
            raise UserError("\n".join(problems))
        self.is_done = True
        return self._tell(orders, len(failures), notes + problems)

    def _ensure_may_decide(self):
        if not has_role(self.env, "clerk"):
            raise AccessError(self.env._("Your role does not allow to decide about orders."))
        check_visible(self.line_ids)
        self.line_ids.order_id.check_access("write")

    def _verify(self):
        """Refuse what is incomplete, or rests on figures that have moved."""
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why."))
        if self.choice == "substitute":
            if not self.is_one_product:
                message = self.env._("Choose lines of one product to send another instead of it.")
                raise UserError(message)
            if not self.product_id:
                raise UserError(self.env._("Choose the product to send instead."))
            if self.product_id == self.line_ids.product_id:
                raise UserError(self.env._("This is the product that is missing."))
        if self.choice not in ("substitute", "cancel"):
            return
        before = {line: line.short_quantity for line in self.line_ids}
        as_service(self.line_ids).order_id._note_shortages()
        moved = [line for line, missing in before.items() if line.short_quantity != missing]
        if moved:
            message = self.env._(
                "%(order)s, %(product)s: %(missing)s are missing now. Open it again.",
                order=moved[0].order_id.name,
                product=moved[0].product_id.display_name,
                missing=f"{moved[0].short_quantity:g}",
            )
            raise UserError(message)

    def _get_messages(self):
        """Order id → what its customer is told."""
        if not self.tell_customer:
            return {}
        return {
            message.order_id.id: message.text or ""
            for message in self.message_ids
            if message.is_told and message.order_id in self.line_ids.order_id
        }

    def _tell(self, orders, failed, notes):
        """Say how it went, and what else is to be known."""
        done = self.env._("Decided for %s orders", len(orders) - failed)
        if len(orders) == 1:
            done = self.env._("Decided for %s", orders.name)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": done if notes else False,
                "message": " – ".join(notes) or done,
                "type": "warning" if notes else "success",
                "sticky": bool(notes),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class OrderShortDecisionMessage(models.TransientModel):
    _name = "order.short.decision.message"
    _description = "What a customer is told about what is missing"

    decision_id = fields.Many2one("order.short.decision", required=True, ondelete="cascade")
    order_id = fields.Many2one("sale.order", required=True)
    recipient = fields.Char("To", compute="_compute_recipient")
    email = fields.Char("E-mail", compute="_compute_recipient")
    is_told = fields.Boolean(
        "Send", compute="_compute_is_told", store=True, readonly=False, precompute=True
    )
    text = fields.Text(
        "Message", compute="_compute_text", store=True, readonly=False, precompute=True
    )

    @api.depends("order_id")
    def _compute_recipient(self):
        for message in self:
            partner = message.order_id._get_told_partner()
            message.email = partner.email_normalized
            message.recipient = partner.display_name
            if not message.email:
                message.recipient = self.env._("%s: no e-mail address", partner.display_name)

    @api.depends("order_id")
    def _compute_is_told(self):
        for message in self:
            message.is_told = bool(message.order_id._get_told_partner().email_normalized)

    @api.depends(
        "order_id",
        "decision_id.choice",
        "decision_id.line_ids",
        "decision_id.product_id",
        "decision_id.swap",
        "decision_id.price",
    )
    def _compute_text(self):
        for message in self:
            decision, order = message.decision_id, message.order_id
            lines = decision.line_ids._origin.filtered(
                lambda line, order=order: line.order_id == order._origin
            )
            partner = order._get_told_partner()
            localized = lines.with_context(lang=partner.lang or self.env.lang)
            message.text = localized._write_to_customer(
                decision.choice,
                decision.product_id._origin.with_context(lang=partner.lang or self.env.lang),
                decision.swap == "all",
                decision.price == "agreed",
            )


class OrderShortDecisionProduct(models.TransientModel):
    _name = "order.short.decision.product"
    _description = "Product that may be sent instead"

    decision_id = fields.Many2one("order.short.decision", required=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True)
    is_chosen = fields.Boolean("Chosen")
    kind = fields.Char("Why")
    free = fields.Float("Free now", digits="Product Unit")
    price = fields.Monetary("Its price")
    currency_id = fields.Many2one("res.currency")


def _get_prices(line, products):
    """What products cost the customer of ``line``, by id."""
    if not products:
        return {}
    order = line.order_id
    return order.pricelist_id._get_products_price(
        products,
        line.short_quantity or 1.0,
        currency=order.currency_id,
        date=order.date_order,
    )
