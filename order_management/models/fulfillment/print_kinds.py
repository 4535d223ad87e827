"""The shelf of what a print station prints.

To add a kind:

1. Write its renderer: print jobs of one kind, the format and the resolution of labels → job id →
   bytes. It raises what the person who wants the print is told.
2. Add one ``PrintKind`` to ``KINDS``; a kind that is no label is rendered as PDF.
3. Queue jobs of it with ``order.print.job._queue``, choosing keys that name what is printed.
4. Add it to the test that renders every kind.

Papers of a transfer have the service ``stock.picking._render_papers()`` as their renderer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from odoo.exceptions import UserError

from ...tools.labels import FORMATS, ToteLabel
from . import label_pdf
from .label_contents import LABELLED, label_commands


@dataclass(frozen=True)
class PrintKind:
    """One kind of print."""

    name: str
    is_label: bool  # printed by the label printer, in its format
    render: Callable


def write_labels(contents, label_format, dpi):
    """The bytes of labels one after the other, in one file."""
    if label_format == "pdf":
        return label_pdf.render_all(contents)
    return b"".join(FORMATS[label_format].render(content, dpi) for content in contents)


def render_parcels(jobs, label_format, dpi):
    """Labels of parcels, their contents found together."""
    packages = jobs.env["stock.package"].browse(jobs._get_record_ids()).exists()
    contents = packages._get_label_contents()
    found = {}
    for job in jobs:
        (package_id,) = job.res_ids
        if package_id not in contents:
            raise UserError(jobs.env._("%(parcel)s holds nothing any more.", parcel=job.name))
        label = contents[package_id]
        found[job.id] = write_labels([label["label"]], label_format, dpi)
        packages.browse(package_id).label_copies += job.copies
    return found


def render_records(jobs, label_format, dpi):
    """Labels of products, lots, places and totes, as chosen in a list."""
    found = {}
    for job in jobs:
        records = jobs.env[job.res_model].browse(job.res_ids).exists()
        if not records:
            raise UserError(jobs.env._("%(name)s does not exist any more.", name=job.name))
        contents = LABELLED[job.res_model](records, job.options or {})
        found[job.id] = write_labels(contents, label_format, dpi)
    return found


def render_commands(jobs, label_format, dpi):
    paper = "a4" if label_format == "pdf" else "label"
    sheet = write_labels([label_commands(jobs.env, paper)], label_format, dpi)
    return dict.fromkeys(jobs.ids, sheet)


def render_test(jobs, label_format, dpi):
    """A label that shows that a station prints."""
    return {
        job.id: write_labels(
            [ToteLabel(job.name, job.station_id.name or "", job.company_id.name)],
            label_format,
            dpi,
        )
        for job in jobs
    }


def render_papers(jobs, label_format, dpi):
    """Papers of transfers, all of them in one run."""
    kind = jobs[:1].kind
    papers = jobs.picking_id._render_papers([kind])
    missing = jobs.filtered(lambda job: not papers.get((job.picking_id.id, kind)))
    if missing:
        names = ", ".join(missing.mapped("name"))
        raise UserError(jobs.env._("%(papers)s could not be made.", papers=names))
    return {job.id: papers[job.picking_id.id, kind] for job in jobs}


KINDS: Mapping[str, PrintKind] = MappingProxyType(
    {
        "parcel_label": PrintKind("Parcel label", True, render_parcels),
        "product_label": PrintKind("Product label", True, render_records),
        "lot_label": PrintKind("Lot label", True, render_records),
        "place_label": PrintKind("Location label", True, render_records),
        "tote_label": PrintKind("Tote label", True, render_records),
        "command_sheet": PrintKind("Command sheet", True, render_commands),
        "test_label": PrintKind("Test label", True, render_test),
        "packing_slip": PrintKind("Packing slip", False, render_papers),
        "pick_list": PrintKind("Pick list", False, render_papers),
        "commercial_invoice": PrintKind("Commercial invoice", False, render_papers),
        "return_slip": PrintKind("Return slip", False, render_papers),
    }
)

# The kind of label of a model's records.
KIND_OF = MappingProxyType(
    {
        "product.product": "product_label",
        "stock.lot": "lot_label",
        "stock.location": "place_label",
        "stock.package": "tote_label",
    }
)
