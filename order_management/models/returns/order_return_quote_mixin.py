from odoo import api, fields, models

from ...tools.fingerprint import fingerprint
from ..common.access import as_service, check_visible, public
from ..common.results import Arguments, error, error_of, row
from ..common.set_runner import run_set
from .order_return_line import KINDS, RESOLUTIONS
from .order_return_policy_rule import GOODS
from .return_book import ReturnBook

MAX_LINES = 1000

ORDER_KEYS = {"order_id": "integer", "order_ref": "object"}
REF_KEYS = {"channel": "text*", "external_ref": "text*"}
LINE_KEYS = {
    "line_id": "integer",
    "line_ref": "text",
    "lot": "text",
    "quantity": "number*",
    "reason": "text*",
    "kind": "text",
    "resolution": "text",
    "exchange_sku": "text",
    "goods": "text",
    "has_evidence": "boolean",
}
# Not in the digests of requests that were stored before there were these keys.
LATER_KEYS = ("goods", "has_evidence", "lot", "address_id")
REQUEST_KEYS = {
    **ORDER_KEYS,
    "address_id": "integer",
    "external_ref": "text",
    "lines": "list*",
    "requested_on": "text",
    "note": "text",
}


class OrderReturnQuoteMixin(models.AbstractModel):
    """Asking for a return: what would be decided, and asking for real."""

    _name = "order.return.quote.mixin"
    _inherit = ["order.return.judge.mixin"]
    _description = "Quote and request of a return"

    @api.model
    @public
    def quote(self, order_id=False, lines=None, requested_on=None, order_ref=None):
        """Tell what would become of a return and what it would refund; writes nothing.

        :param int order_id: the order, or ``order_ref`` (``channel``, ``external_ref``)
        :param list lines: ``line_id`` or ``line_ref``, ``quantity`` in the order line's unit,
            ``reason`` (code), ``kind`` (``return``, ``claim``), ``resolution``
            (``refund``, ``credit``; others are refused for now), ``goods`` (``unopened``,
            ``opened``, as the customer says), ``has_evidence`` (a photo is there)
        :param str requested_on: day of the request, today by default
        :return dict: ``lines`` (``line_id``, ``decision``, ``code``, ``reason``,
            ``returnable``, ``refund``, ``discount``, ``fee``, ``last_day``, ``return_shipping``
            (``us``, ``customer``), ``evidence_needed``), ``extras`` (``kind``, ``name``,
            ``amount``; of kind ``shipping`` and ``charge`` they come on top, of kind ``gift``
            they are kept back for free goods, those of kind ``discount`` are part of the lines'
            refunds), ``rewards`` (``kind``: ``payment``, ``spent``, ``earned``, ``bought``,
            ``credit``; ``name`` of the program, ``points`` that its card gets or loses and their
            ``unit``, ``missing`` points that it has not, ``amount``; of kind ``payment`` it goes
            on the card beside the refund, of kind ``credit`` it is a part of the refund),
            ``refund_total``, ``policy``
        :raises AccessError: the order does not exist or the caller may not see it
        """
        document = {
            "order_id": order_id,
            "order_ref": order_ref,
            "lines": lines,
            "requested_on": requested_on,
        }
        document = self._read_request(document, "", LINE_KEYS, may_be_empty=lines == [])
        order = as_service(self._find_orders([document])[0])
        reasons = self.env["order.return.reason"]._get_by_code()
        asked, errors = self._find_lines(order, document["lines"], reasons)
        if errors:
            return row(errors, order_id=order.id, lines=[], refund_total=0.0, policy=False)
        judged = as_service(self)._judge(order, asked, document["requested_on"])
        return row(order_id=order.id, **self._prepare_quote(order, judged))

    @api.model
    @public
    def request(self, requests, together=False):
        """Ask for returns; each is decided at once by the policy of its order's day.

        Refused lines stay refused, the rest goes on: one line under review puts the return in
        review, else it is approved. ``external_ref`` makes a request repeatable: the same
        content is answered with the return that exists, other content is a conflict.

        :param list requests: ``order_id`` or ``order_ref``, ``external_ref``, ``lines`` (see
            :meth:`quote`; also ``lot``, the lot or serial number asked back), ``requested_on``,
            ``note``, ``address_id`` (an address of the customer that sends the goods)
        :param bool together: several orders of one customer, sent back in one go: the returns
            get one number for the customer (``number``), and all or none of them are made
        :return: one item per request: ``return_id``, ``name``, ``state``, ``outcome``
            (``created``, ``replayed``, ``conflict``, ``rejected``), ``needs``, ``lines``,
            ``refund_total``, ``policy``
        :raises AccessError: one of the orders does not exist or may not be seen; then nothing
            is written
        """
        documents = [
            self._read_request(document, f"requests[{index}].", LINE_KEYS)
            for index, document in enumerate(
                Arguments(self.env).rows(requests, "requests", REQUEST_KEYS)
            )
        ]
        orders = [as_service(order) for order in self._find_orders(documents)]
        if together:
            self._ensure_one_customer(orders)
        return as_service(self)._request(documents, orders, together)

    # -- Reading what was asked -------------------------------------------------------------

    def _read_request(self, document, path, line_keys, may_be_empty=False):
        """Check the shape of one request."""
        arguments = Arguments(self.env)
        document = dict(document)
        order_id = arguments.value(document["order_id"], "integer", f"{path}order_id")
        if not order_id:
            reference = arguments.value(document["order_ref"], "object", f"{path}order_ref", True)
            document["order_ref"] = arguments.keys(reference, f"{path}order_ref", REF_KEYS)
        document["requested_on"] = arguments.day(document["requested_on"], f"{path}requested_on")
        lines = arguments.rows(document["lines"], f"{path}lines", line_keys, limit=MAX_LINES)
        if not lines and not may_be_empty:
            arguments.refuse(f"{path}lines", self.env._("a value is required here."))
        for index, line in enumerate(lines):
            self._read_choices(line, f"{path}lines[{index}]")
        document["lines"] = lines
        return document

    def _read_choices(self, line, path):
        arguments = Arguments(self.env)
        kinds, resolutions = dict(KINDS), dict(RESOLUTIONS)
        line["kind"] = arguments.choice(line["kind"], kinds, f"{path}.kind") or "return"
        line["resolution"] = (
            arguments.choice(line["resolution"], resolutions, f"{path}.resolution") or "refund"
        )
        line["goods"] = arguments.choice(line["goods"], dict(GOODS), f"{path}.goods")
        if not (line["line_id"] or line["line_ref"]):
            arguments.refuse(f"{path}.line_id", self.env._("a value is required here."))

    def _find_orders(self, documents):
        """The orders that are meant; a foreign and a missing one are refused alike."""
        Order = self.env["sale.order"]
        ids = [document["order_id"] for document in documents if document["order_id"]]
        check_visible(Order.browse(list(dict.fromkeys(ids))))
        return [
            Order.browse(document["order_id"])
            if document["order_id"]
            else self._find_by_ref(document["order_ref"])
            for document in documents
        ]

    def _find_by_ref(self, reference):
        order = self.env["sale.order"]._find_by_ref(reference["channel"], reference["external_ref"])
        check_visible(order or order.browse(-1))
        return order

    def _find_lines(self, order, lines, reasons):
        """The order lines and reasons that are meant.

        :param dict reasons: code → reason
        :return tuple: list of dicts with records in place of keys, and errors
        """
        asked, errors = [], []
        for index, line in enumerate(lines):
            found = {**line, "line": self._find_line(order, line)}
            found["reason_id"] = reasons.get(line["reason"])
            errors += self._find_errors(found, f"lines[{index}]")
            asked.append(found)
        return asked, errors or self._find_lot_errors(asked)

    def _find_line(self, order, asked):
        """The order line that is meant; not filtered, so that lines stay read together."""
        key, value = "id", asked["line_id"]
        if not value:
            key, value = "external_line_ref", asked["line_ref"]
        return next((line for line in order.order_line if line[key] == value), order.order_line[:0])

    def _find_errors(self, asked, path):
        errors = []
        if not asked["line"]:
            message = self.env._("The order has no such line.")
            key = "line_id" if asked["line_id"] else "line_ref"
            errors.append(error("unknown_line", message, f"{path}.{key}"))
        elif asked["line"].product_uom_id.compare(asked["quantity"], 0.0) <= 0:
            message = self.env._("The quantity must be more than zero.")
            errors.append(error("wrong_value", message, f"{path}.quantity"))
        if not asked["reason_id"]:
            message = self.env._("There is no return reason “%(code)s”.", code=asked["reason"])
            errors.append(error("unknown_reason", message, f"{path}.reason"))
        return errors

    # -- Asking for real --------------------------------------------------------------------

    def _request(self, documents, orders, together=False):
        """Answer each request; those that are new become returns, all in one set."""
        self._lock_orders(orders)
        known = self._find_known(documents, orders)
        reasons = self.env["order.return.reason"]._get_by_code()
        plans = [
            self._plan(document, order, reasons, known)
            for document, order in zip(documents, orders, strict=True)
        ]
        new = [plan for plan in plans if not plan["known"] and not plan["errors"]]
        groups = self._group_plans(plans, new) if together else [[plan] for plan in new]
        for group, failure in run_set(groups, self._create_groups):
            for plan in group:
                plan["errors"] = [error_of(failure)]
        return [self._answer_plan(plan) for plan in plans]

    def _plan(self, document, order, reasons, known):
        """What is to be done about one request.

        :param dict known: (order, external reference) → the return that exists, or the plan
            of an earlier request of this call; a plan that may be carried out is added
        :return dict: ``document``, ``order``, ``asked``, ``errors``, ``fingerprint``, ``known``
        """
        key = (order, document["external_ref"])
        asked, errors = self._find_lines(order, document["lines"], reasons)
        errors += self._find_address_errors(document, order)
        plan = {
            "document": document,
            "order": order,
            "asked": asked,
            "errors": errors,
            "fingerprint": self._get_digest(document, order),
            "known": document["external_ref"] and known.get(key),
        }
        if not errors:
            known.setdefault(key, plan)
        return plan

    def _get_digest(self, document, order):
        """What tells two requests with one reference apart."""
        requested_on = fields.Date.to_string(document["requested_on"])
        lines = [
            {key: value for key, value in line.items() if value or key not in LATER_KEYS}
            for line in document["lines"]
        ]
        document = {key: value for key, value in document.items() if value or key not in LATER_KEYS}
        return fingerprint(
            {
                **document,
                "lines": lines,
                "order_id": order.id,
                "order_ref": False,
                "requested_on": requested_on,
            }
        )

    def _lock_orders(self, orders):
        """Two requests for one order, or for one reference, are decided one after the other."""
        lock = self.env["order.lock"]
        lock._acquire("return.order", [order.id for order in orders])
        lock._acquire("return", [line.id for order in orders for line in order.order_line])

    def _find_known(self, documents, orders):
        """Returns that exist, by order and external reference."""
        references = [document["external_ref"] for document in documents]
        found = self.search(
            [
                ("order_id", "in", [order.id for order in orders]),
                ("external_ref", "in", [reference for reference in references if reference]),
            ]
        )
        return {(one.order_id, one.external_ref): one for one in found}

    def _create_planned(self, plans):
        """Create, decide and announce the returns of ``plans`` as one set."""
        lines = self.env["sale.order.line"].union(
            *(asked["line"] for plan in plans for asked in plan["asked"])
        )
        book = ReturnBook(lines)
        vals_list = []
        for plan in plans:
            requested_on = plan["document"]["requested_on"]
            plan["judged"] = self._judge(plan["order"], plan["asked"], requested_on, book)
            vals_list.append(self._prepare_return_vals(plan))
        returns = self.create(vals_list)
        for plan, one in zip(plans, returns, strict=True):
            plan["return"] = one
        self._record_slips([(plan["return"], plan["judged"]) for plan in plans])
        returns._append_events("return_requested")
        returns._open()

    def _prepare_return_vals(self, plan):
        document, judged = plan["document"], plan["judged"]
        return {
            "order_id": plan["order"].id,
            "address_id": document["address_id"],
            **plan.get("numbers", {}),
            "external_ref": document["external_ref"],
            "fingerprint": plan["fingerprint"],
            "requested_on": judged["requested_on"],
            "note": document["note"],
            "policy_id": judged["policy"].id,
            "requested_by_id": self.env.uid,
            "last_editor_id": self.env.uid,
            "line_ids": [
                fields.Command.create(
                    {
                        "sale_line_id": line["line"].id,
                        "lot_id": line.get("lot_id"),
                        "quantity": line["quantity"],
                        "reason_id": line["reason_id"].id,
                        "kind": line["kind"],
                        "resolution": line["resolution"],
                        "goods": line["goods"],
                        "has_evidence": line["has_evidence"],
                        **self._prepare_judged_vals(line),
                    }
                )
                for line in judged["lines"]
            ],
        }

    def _open(self):
        """Let judged returns go where the verdicts on their lines lead."""
        refused = self.filtered(lambda one: one._has_only_refused())
        review = (self - refused).filtered(lambda one: one._needs_a_person())
        refused._set_state("refused", close_reason=self.env._("Refused by the policy."))
        review._set_state("review")
        (self - refused - review)._approve()
        (refused | review).order_id._advance_stage()

    def _has_only_refused(self):
        return all(line.decision == "refuse" for line in self.line_ids)

    def _needs_a_person(self):
        return self._is_over_limit() or "review" in self.line_ids.mapped("decision")

    # -- Answers ----------------------------------------------------------------------------

    def _answer_plan(self, plan):
        known = plan["known"]
        if isinstance(known, dict):
            known = self.browse() if known["errors"] else known["return"]
        if known:
            return self._answer_known(known, plan["fingerprint"])
        errors = plan["errors"] or (plan["known"] and plan["known"]["errors"])
        if errors:
            return self._prepare_rejected(plan, errors)
        return plan["return"]._prepare_request_row(outcome="created")

    def _prepare_rejected(self, plan, errors):
        return row(
            errors,
            outcome="rejected",
            return_id=False,
            name=False,
            number=False,
            state=False,
            needs=False,
            order_id=plan["order"].id,
            external_ref=plan["document"]["external_ref"],
            lines=[],
            refund_total=0.0,
            policy=False,
        )

    def _answer_known(self, known, digest):
        """The item of a request whose reference was used before, maybe in the same call."""
        if known.fingerprint == digest:
            return known._prepare_request_row(outcome="replayed", replayed=True)
        message = self.env._(
            "The reference was used before for another request, %(name)s.", name=known.name
        )
        errors = [error("conflict", message, "external_ref")]
        return known._prepare_request_row(errors, outcome="conflict")

    def _prepare_request_row(self, errors=(), **values):
        needs = "second_person" if self.needs_second_person else False
        return self._prepare_row(errors, policy=self.policy_id.name, needs=needs, **values)
