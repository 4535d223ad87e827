import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.common.access import check_visible, has_role
from ..models.intake.catalog import find_products, literal
from ..models.intake.words import place_of, problem_of
from ..tools.documents.corrections import REMOVED, changed, kind, parsed, steps, value_at

PRODUCT_CODES = ("unknown_product", "ambiguous_product")
CUSTOMER_CODES = ("unknown_customer", "ambiguous_customer")
UNIT_CODES = ("unknown_unit",)


class OrderIntakeCorrect(models.TransientModel):
    """Mends a rejected document: each error with what was sent and what it should be."""

    _name = "order.intake.correct"
    _description = "Correct a document"

    intake_id = fields.Many2one("order.intake", required=True, readonly=True)
    company_id = fields.Many2one(related="intake_id.company_id")
    is_again = fields.Boolean(help="It was just tried, and this is what is left.")
    is_possible = fields.Boolean(compute="_compute_is_possible")
    problem = fields.Html(related="intake_id.errors_html")
    file = fields.Binary("New file")
    filename = fields.Char()
    remember = fields.Boolean(
        "Remember the products",
        default=True,
        help="The channel's codes stand for the chosen products from now on.",
    )
    has_products = fields.Boolean(compute="_compute_is_possible")
    has_customers = fields.Boolean(compute="_compute_is_possible")
    has_offers = fields.Boolean(compute="_compute_is_possible")
    line_ids = fields.One2many("order.intake.correct.line", "correct_id")

    has_units = fields.Boolean(compute="_compute_is_possible")

    @api.depends("line_ids.kind", "line_ids.candidates")
    def _compute_is_possible(self):
        for correct in self:
            correct.is_possible = bool(correct.line_ids)
            kinds = set(correct.line_ids.mapped("kind"))
            correct.has_products = "product" in kinds
            correct.has_customers = "customer" in kinds
            correct.has_units = "unit" in kinds
            correct.has_offers = any(correct.line_ids.mapped("candidates"))

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        intake = self.env["order.intake"].browse(values.get("intake_id"))
        if intake:
            check_visible(intake)
            self._ensure_role()
            content = _stored_content(intake)
            problems = [
                problem
                for problem in (intake.errors or [] if content else [])
                if steps(problem["path"])
            ]
            choices = self._find_units(intake, content, problems)
            values["line_ids"] = [
                fields.Command.create(
                    {
                        **self._prepare_line(content, problem),
                        "unit_ids": [fields.Command.set(choices.get(problem["path"], []))],
                    }
                )
                for problem in problems
            ]
        return values

    def _find_units(self, intake, content, problems):
        """Path → ids of the units that the product of the line is sold in, its packagings first."""
        paths = [problem["path"] for problem in problems if problem["code"] in UNIT_CODES]
        lines = {path: value_at(content, path.rpartition(".")[0]) for path in paths}
        products = find_products(intake.sudo().channel_id, list(lines.values()))
        return {
            path: _find_sold_units(product.with_env(self.env)).ids
            for path, product in zip(lines, products, strict=True)
            if product
        }

    def _ensure_role(self):
        if not has_role(self.env, "clerk"):
            raise AccessError(self.env._("Your role does not allow to correct documents."))

    def _prepare_line(self, content, problem):
        path, code = problem["path"], problem["code"]
        before = value_at(content, path)
        shown = "" if before is None or isinstance(before, dict | list) else str(before)
        return {
            "path": path,
            "code": code,
            "kind": _kind_of(code, path),
            "place": place_of(self.env, path),
            "message": problem_of(self.env, problem),
            "candidates": problem.get("candidates", []),
            "value_before": shown,
            "value": self.env._("is taken out") if code == "unknown_key" else shown,
        }

    def action_apply(self):
        """Hand the corrected document in again; show what is left, or the order."""
        self.ensure_one()
        self._ensure_role()
        check_visible(self.intake_id)
        if self.file:
            return self._show(self.intake_id.retry(self._prepare_file()))
        content = _stored_content(self.intake_id)
        if not content:
            raise UserError(self.env._("Choose a file; the stored one cannot be read."))
        corrected = self._correct(content)
        same = corrected == content
        return self._show(self.intake_id.retry(None if same else corrected))

    def _prepare_file(self):
        ending = (self.filename or "").rpartition(".")[2].lower()
        formats = {"xml": "ubl", "json": "json", "csv": "csv", "xlsx": "xlsx"}
        if ending not in formats:
            raise UserError(self.env._("Send a file that ends in .json, .xml, .csv or .xlsx."))
        content = self.file.decode() if isinstance(self.file, bytes) else self.file
        return {"format": formats[ending], "filename": self.filename, "content": content}

    def _correct(self, content):
        """The content with what was chosen and typed."""
        values = {}
        for line in self.line_ids:
            values.update(line._prepare_values(content))
        try:
            return changed(content, values)
        except ValueError as problem:
            raise UserError(str(problem)) from None

    def _show(self, answers):
        """The order that came out, or the errors that are left, with all that was typed kept."""
        order_ids = [answer["order_id"] for answer in answers if answer["order_id"]]
        if len(answers) == 1 and order_ids:
            return {
                "type": "ir.actions.act_window",
                "res_model": "sale.order",
                "res_id": order_ids[0],
                "views": [(False, "form")],
            }
        if all(answer["ok"] for answer in answers):
            return {"type": "ir.actions.act_window_close"}
        left = next(answer for answer in answers if not answer["ok"])
        action = self.env["order.intake"].browse(left["intake_id"]).action_correct()
        action["context"]["default_is_again"] = True
        return action


class OrderIntakeCorrectLine(models.TransientModel):
    _name = "order.intake.correct.line"
    _description = "Correction"

    correct_id = fields.Many2one("order.intake.correct", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="correct_id.company_id")
    path = fields.Char(required=True)
    code = fields.Char(required=True)
    kind = fields.Selection(
        [
            ("customer", "Customer"),
            ("product", "Product"),
            ("unit", "Unit"),
            ("value", "Value"),
            ("key", "Not wanted"),
            ("none", "To be sent anew"),
        ],
        required=True,
    )
    place = fields.Char("Where")
    message = fields.Text("What is wrong")
    candidates = fields.Json("Perhaps", help="Near matches: id, name, reason.")
    value_before = fields.Char("As sent")
    value = fields.Char("Should be")
    partner_id = fields.Many2one("res.partner", "Customer", check_company=True)
    product_id = fields.Many2one("product.product", check_company=True)
    unit_ids = fields.Many2many(
        "uom.uom", string="Units to choose from", context={"active_test": False}
    )
    uom_id = fields.Many2one("uom.uom", "Unit")

    def _prepare_values(self, content):
        """Path and value of what this line changes in the document."""
        if self.kind == "customer" and self.partner_id:
            return self._prepare_customer(content)
        if self.kind == "product" and self.product_id:
            return self._prepare_product(content)
        if self.kind == "unit" and self.uom_id:
            return {self.path: self._get_unit_name()}
        if self.kind == "key":
            return {self.path: REMOVED}
        if self.kind == "none" or not (self.value or self.value_before):
            return {}
        # As typed or as it came: “yes” for a flag, “12,5” for a number are understood here.
        return {self.path: parsed(self.value or "", self.path)}

    def _prepare_customer(self, content):
        """Have the channel know the customer by a number, the document's own if it has one."""
        numbers = self.env["order.channel.partner"]
        channel = self.correct_id.intake_id.channel_id
        ref = value_at(content, "customer.ref")
        if ref:
            known = numbers.search([("channel_id", "=", channel.id), ("ref", "=", ref)])
            known.partner_id = self.partner_id
            if not known:
                numbers.create(
                    {"channel_id": channel.id, "ref": ref, "partner_id": self.partner_id.id}
                )
            return {}
        known = numbers.search(
            [("channel_id", "=", channel.id), ("partner_id", "=", self.partner_id.id)], limit=1
        )
        if not known:
            known = numbers.create(
                {
                    "channel_id": channel.id,
                    "ref": self._find_free_number(channel),
                    "partner_id": self.partner_id.id,
                }
            )
        return {"customer.ref": known.ref}

    def _find_free_number(self, channel):
        """A number for the customer that the channel does not use for another one."""
        partner = self.partner_id
        wishes = [ref for ref in (partner.ref, f"C{partner.id}", f"C{partner.id}/1") if ref]
        taken = self.env["order.channel.partner"].search(
            [("channel_id", "=", channel.id), ("ref", "in", wishes)]
        )
        return next((ref for ref in wishes if ref not in taken.mapped("ref")), wishes[-1])

    def _get_unit_name(self):
        """The name by which the document names the chosen unit and no other."""
        unit = self.uom_id.with_context(lang="en_US", active_test=False)
        if unit.search_count([("name", "=ilike", literal(unit.name))]) > 1:
            raise UserError(
                self.env._("Several units are called “%(name)s”; rename one.", name=unit.name)
            )
        return unit.name

    def _prepare_product(self, content):
        """Teach the channel the code, or write the product's own instead."""
        code = value_at(content, self.path)
        is_code = code and not self.path.endswith("barcode")
        if self.correct_id.remember and is_code and self._is_only_choice(content, code):
            self._remember(code)
            return {}
        if not self.product_id.default_code:
            raise UserError(
                self.env._(
                    "%(product)s has no internal reference to be named by.",
                    product=self.product_id.display_name,
                )
            )
        line = self.path.rpartition(".")[0]
        values = {f"{line}.sku": self.product_id.default_code}
        if self.path != f"{line}.sku":
            values[self.path] = REMOVED
        return values

    def _is_only_choice(self, content, code):
        """Whether no other line of the document wants the same code to be another product."""
        others = self.correct_id.line_ids.filtered(
            lambda line: line.kind == "product" and value_at(content, line.path) == code
        )
        return len(others.product_id) == 1

    def _remember(self, code):
        codes = self.env["order.product.code"]
        channel = self.correct_id.intake_id.channel_id
        values = {
            "code": code,
            "channel_id": channel.id,
            "partner_id": False,
            "company_id": channel.company_id.id,
        }
        known = codes.search([(name, "=", value) for name, value in values.items()])
        known.product_id = self.product_id
        if not known:
            codes.create({**values, "product_id": self.product_id.id})


def _stored_content(intake):
    """What is kept of a document, ``False`` when it cannot be corrected value by value."""
    kept = intake.sudo()
    if kept.has_card_number or kept.purged_at:
        return False
    if kept.content:
        return kept.content
    try:
        content = json.loads(kept.document or "")
    except ValueError:
        return False
    return content if isinstance(content, dict) else False


def _find_sold_units(product):
    """The units that can be reckoned into the product's."""
    root = product.uom_id.parent_path.partition("/")[0]
    # The matching takes archived ones as well: a fresh Odoo has the dozen so.
    return product.uom_id.with_context(active_test=False).search(
        [("parent_path", "=like", f"{root}/%")]
    )


def _kind_of(code, path):
    if code in CUSTOMER_CODES:
        return "customer"
    if code in PRODUCT_CODES:
        return "product"
    if code in UNIT_CODES:
        return "unit"
    if code == "unknown_key":
        return "key"
    return "value" if kind(path) else "none"
