"""The papers of a transfer: a shelf.

To add a paper:

1. write a template ``report_<kind>_document`` in ``reports/`` that calls ``paper_layout``, a
   template ``report_<kind>`` that calls ``papers``, and its ``ir.actions.report``;
2. write a function: transfers → {transfer id: what the template shows as ``content``}, for all
   transfers at once, with ``warnings`` (entries of ``errors``) where something is missing;
3. add a line to ``PAPERS``: the record of the report, the function, the transfer's method that
   says why there is no such paper, whether it is in the customer's language;
4. add a model ``report.order_management.report_<kind>`` to ``order_paper_report.py`` and the kind
   to the table of ``tests/test_fulfillment_papers.py``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .commercial_invoice import prepare_commercial_invoices
from .packing_slip import prepare_packing_slips
from .return_slip import prepare_return_slips

ENGLISH = "en_US"  # read by every customs office, and always installed


@dataclass(frozen=True)
class Paper:
    report: str  # XML id of the report
    prepare: Callable
    refuse: str  # the transfer's method that gives the reason why there is none, or False
    lang: str  # "customer", "user", or a language

    def prepare_contents(self, pickings):
        """Transfer id → what the paper shows, each in its language."""
        contents = {}
        for lang, part in pickings.grouped(self.get_lang).items():
            contents.update(self.prepare(part.with_context(lang=lang)))
        return contents

    def get_lang(self, picking):
        if self.lang == "customer":
            return picking.partner_id.lang or picking.env.lang or ENGLISH
        return (picking.env.lang or ENGLISH) if self.lang == "user" else self.lang


def _prepare_pick_lists(pickings):
    return {picking.id: {} for picking in pickings}


PAPERS = {
    "packing_slip": Paper(
        "order_management.stock_picking_report_packing_slip",
        prepare_packing_slips,
        "_get_packing_slip_refusal",
        "customer",
    ),
    "pick_list": Paper(
        "order_management.stock_picking_report_pick_list",
        _prepare_pick_lists,
        "_get_pick_list_refusal",
        "user",
    ),
    "commercial_invoice": Paper(
        "order_management.stock_picking_report_commercial_invoice",
        prepare_commercial_invoices,
        "_get_commercial_invoice_refusal",
        ENGLISH,
    ),
    "return_slip": Paper(
        "order_management.stock_picking_report_return_slip",
        prepare_return_slips,
        "_get_return_slip_refusal",
        "customer",
    ),
}
