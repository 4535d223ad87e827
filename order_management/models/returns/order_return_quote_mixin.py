from odoo import api, fields, models

from ...tools.fingerprint import fingerprint
from ..common.access import as_service, public
from ..common.results import Arguments, error, error_of, row
from ..common.set_runner import run_set
from .order_return_asking_mixin import LATER_KEYS, LINE_KEYS, REQUEST_KEYS
from .return_book import ReturnBook


class OrderReturnQuoteMixin(models.AbstractModel):
    """Asking for a return: what would be decided, and asking for real."""

    _name = "order.return.quote.mixin"
    _inherit = ["order.return.asking.mixin", "order.return.judge.mixin"]
    _description = "Quote and request of a return"

    @api.model
    @public
    def quote(
        self, order_id=False, lines=None, requested_on=None, order_ref=None, partner_id=False,
        currency=False, warehouse=False,
    ):  # fmt: skip
        """Tell what would become of a return and what it would refund; writes nothing.

        :param int order_id: the order, or ``order_ref`` (``channel``, ``external_ref``)
        :param int partner_id: the customer, in place of an order, who sends goods that were not
            sold by us; with ``currency`` and ``warehouse`` as of :meth:`request`
        :param list lines: ``line_id`` or ``line_ref``, ``quantity`` in the order line's unit,
            ``reason`` (code), ``kind`` (``return``, ``claim``), ``resolution``
            (``refund``, ``credit``; others are refused for now), ``goods`` (``unopened``,
            ``opened``, as the customer says), ``has_evidence`` (a photo is there)
        :param str requested_on: day of the request, today by default
        :return dict: ``lines`` (``line_id``, ``decision``, ``code``, ``reason``,
            ``returnable``, ``refund``, ``discount``, ``fee``, ``last_day``, ``return_shipping``
            (``us``, ``customer``), ``evidence_needed``, ``condition_note`` (the refund is for goods
            as new; what the inspection may take off)), ``extras`` (``kind``, ``name``,
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
            "partner_id": partner_id,
            "currency": currency,
            "warehouse": warehouse,
            "lines": lines,
            "requested_on": requested_on,
        }
        document = self._read_request(document, "", LINE_KEYS, may_be_empty=lines == [])
        order = as_service(self._find_orders([document])[0])
        (document["party"],) = self._find_parties([document], is_list=False)
        reasons = self.env["order.return.reason"]._get_by_code()
        asked, errors = as_service(self)._find_asked(document, order, reasons)
        if errors:
            return row(errors, order_id=order.id, lines=[], refund_total=0.0, policy=False)
        plan = {"order": order, "document": document, "asked": asked}
        judged = as_service(self)._judge_plan(plan, None)
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
            ``note``, ``address_id`` (an address of the customer that sends the goods).
            Goods that were not sold by us: ``partner_id`` in place of the order, ``currency``
            (ISO 4217, the company's by default), ``warehouse`` (code); its lines name ``sku``
            or ``product_id`` and ``price`` (per unit; for returns agents alone to state) in
            place of an order line, ``quantity`` in the product's unit. A person decides each
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
        for document, party in zip(documents, self._find_parties(documents), strict=True):
            document["party"] = party
        if together:
            self._ensure_one_customer(documents, orders)
        return as_service(self)._request(documents, orders, together)

    # -- Asking for real --------------------------------------------------------------------

    def _request(self, documents, orders, together=False):
        """Answer each request; those that are new become returns, all in one set."""
        self._lock_orders(orders)
        partners = [document["partner_id"] for document in documents if document["partner_id"]]
        self.env["order.lock"]._acquire("return.partner", partners)
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
        party = document["party"]
        owner = party.partner if party else order.partner_id
        key = (party.partner if party else order, document["external_ref"])
        asked, errors = self._find_asked(document, order, reasons)
        errors += self._find_address_errors(document, owner)
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
        document = {
            key: value
            for key, value in document.items()
            if key != "party" and (value or key not in LATER_KEYS)
        }
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
        lock._acquire("return.order", [order.id for order in orders if order])
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
            plan["judged"] = self._judge_plan(plan, book)
            vals_list.append(self._prepare_return_vals(plan))
        returns = self.create(vals_list)
        for plan, one in zip(plans, returns, strict=True):
            plan["return"] = one
        self._record_slips([(plan["return"], plan["judged"]) for plan in plans])
        returns._append_events("return_requested")
        returns._open()

    def _judge_plan(self, plan, book):
        return self._judge(plan["order"], plan["asked"], plan["document"]["requested_on"], book)

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
                        **line.get("goods_vals", {}),
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
        reason = self.env._("Refused by the policy.")
        refused._set_state("refused", tells=False, close_reason=reason)
        review._set_state("review", tells=False)
        (self - refused - review)._approve(tells=False)
        self._tell_customers()
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
            partner_id=(plan["order"].partner_id.id or plan["document"]["partner_id"]),
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
