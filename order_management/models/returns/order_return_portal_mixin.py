from odoo import models
from odoo.fields import Domain

from ..common.access import as_service
from .delivery_book import zone_of
from .return_book import ReturnBook

# Resolutions that customers may choose by themselves.
SELF_SERVICE = ("refund", "credit")
PORTAL_REF = "portal/"  # external references of what was asked on the portal


class OrderReturnPortalMixin(models.AbstractModel):
    """What customers may send back by themselves; the portal asks after it checked the access."""

    _name = "order.return.portal.mixin"
    _description = "Order whose customer may ask for a return"

    def _get_return_offer(self):
        """What may still come back of this order, line by line.

        :return: list of dicts: ``line`` (record), ``returnable`` and ``delivered`` in its unit,
            ``step`` (the smallest part of the unit), ``delivered_on``
        """
        self.ensure_one()
        order = as_service(self)
        lines = order.order_line.filtered(lambda line: line.product_id and line.qty_delivered > 0)
        book = ReturnBook(lines)
        offer = []
        for line in lines:
            returnable = book.get_returnable(line)
            if returnable > 0:
                offer.append(
                    {
                        "line": line,
                        "returnable": returnable,
                        "delivered": line.qty_delivered,
                        "step": line.product_uom_id.rounding,
                        "delivered_on": book.get_delivery(line, returnable)[0],
                    }
                )
        return offer

    def _may_ask_for_return(self):
        """Whether anything of this order may still come back."""
        self.ensure_one()
        return self.state == "sale" and bool(self._get_return_offer())

    def _get_return_reasons(self):
        return as_service(self.env["order.return.reason"]).search([("code", "!=", False)])

    def _get_return_choices(self):
        """The resolutions a customer may ask for: those some rule of the policy offers."""
        order = as_service(self)
        Return = as_service(self.env["order.return"])
        policy = Return._find_policy(order, Return.env["order.return.policy"]._get_all())
        every = Return.env["order.return.resolution"].search([("code", "in", SELF_SERVICE)])
        offered = every.browse()
        for rule in policy.rule_ids:
            offered |= rule.resolution_ids or every
        return (offered & every) or every

    def _quote_return(self, lines):
        """What would become of a request; see ``order.return.quote``."""
        self.ensure_one()
        return as_service(self.env["order.return"]).quote(self.id, lines)

    def _request_return(self, lines, note, key, photos=()):
        """Ask for a return, once a ``key``.

        :param list photos: pairs of file name and content, checked before
        :return: the answer of ``order.return.request``
        """
        self.ensure_one()
        Return = as_service(self.env["order.return"])
        if photos:
            lines = [{**line, "has_evidence": True} for line in lines]
        answer = Return.request(
            [
                {
                    "order_id": self.id,
                    "external_ref": PORTAL_REF + key,
                    "lines": lines,
                    "note": note or "",
                }
            ]
        )[0]
        if answer["outcome"] == "created" and photos:
            Return.browse(answer["return_id"])._keep_photos(photos)
        return answer

    def _find_sent_return(self, key):
        """The return that was asked for with this key, if it was."""
        reference = PORTAL_REF + (key or "")
        return as_service(self).return_ids.filtered(lambda one: one.external_ref == reference)

    def _get_portal_returns(self):
        """Returns of this order that the customer knows of, the newest first."""
        return as_service(self).return_ids.filtered(lambda one: one.state != "draft")

    def _find_portal_returns(self, partner):
        """Domain of the returns that belong to a customer."""
        company = partner.commercial_partner_id
        return Domain("order_id.partner_id", "child_of", company.ids) & Domain(
            "state", "!=", "draft"
        )


class OrderReturnVisitMixin(models.AbstractModel):
    """A return as its customer sees it."""

    _name = "order.return.visit.mixin"
    _description = "Return on the portal"

    def _keep_photos(self, photos):
        """Keep pictures of the goods; only people who may see the return see them."""
        self.ensure_one()
        self.env["ir.attachment"].sudo().create(
            [
                {
                    "name": name,
                    "raw": content,
                    "mimetype": "image/jpeg",
                    "res_model": self._name,
                    "res_id": self.id,
                    "company_id": self.company_id.id,
                }
                for name, content in photos
            ]
        )

    def _get_photos(self):
        self.ensure_one()
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("mimetype", "=like", "image/%"),
                ],
                order="id",
            )
        )

    def _get_portal_state(self):
        """What the customer is told of where it stands: title, explanation, color, step.

        :return dict: ``title``, ``text``, ``color`` (of Bootstrap), ``step`` (0 to 3; -1 when it
            was closed)
        """
        self.ensure_one()
        waits = any(line._get_outstanding() for line in self.line_ids)
        texts = {
            "review": (
                self.env._("We are looking at your request"),
                self.env._(
                    "You need not send anything yet. We write to you as soon as it is decided."
                ),
                "warning",
                0,
            ),
            "approved": (
                self.env._("Accepted")
                if not waits
                else self.env._("Accepted: please send it back"),
                self.env._(
                    "Pack the goods well, put the slip inside, stick the label on the parcel and "
                    "hand it in."
                )
                if waits
                else self.env._("You need not send anything. We refund it soon."),
                "info",
                1,
            ),
            "received": (
                self.env._("It has arrived"),
                self.env._("We have received your parcel and refund it soon."),
                "primary",
                2,
            ),
            "settled": (
                self.env._("Done"),
                self.env._("The refund is on its way or on your account."),
                "success",
                3,
            ),
            "refused": (self.env._("Not accepted"), self.close_reason or "", "secondary", -1),
            "cancelled": (self.env._("Cancelled"), self.close_reason or "", "secondary", -1),
        }
        title, text, color, step = texts[self.state]
        return {"title": title, "text": text, "color": color, "step": step, "waits": waits}

    def _may_be_withdrawn(self):
        """Whether the customer may still take the request back."""
        self.ensure_one()
        return self.state in ("review", "approved") and not self.line_ids.receipt_ids

    def _withdraw(self):
        """The customer takes the request back."""
        self.ensure_one()
        return as_service(self).cancel(self.env._("Withdrawn by the customer."))[0]

    def _tell_day(self, moment):
        """The day of a moment where the warehouse stands."""
        return moment and moment.astimezone(zone_of(self.order_id)).date()
