"""Many papers in one run of wkhtmltopdf, taken apart again by their first pages."""

import io
import re

from reportlab.pdfgen.canvas import Canvas

from odoo.tools.pdf import PdfReader, PdfWriter

# Each paper begins with a strip in this color, which is next to white and used nowhere else:
# red 251, green 252, blue 253.
_FIRST_PAGE = re.compile(rb"0?\.9843\d* 0?\.9882\d* 0?\.9921\d* (?:scn|rg)")
_FONT, _SIZE, _MARGIN = "Helvetica", 7.5, 24.0  # points


def split_papers(pdf, count):
    """Return the PDF of each paper, or ``None`` where it can't be told where they begin.

    :param bytes pdf: papers one after the other, each from a page of its own on
    :param int count: how many there are
    """
    pages = list(PdfReader(io.BytesIO(pdf), strict=False).pages)
    starts = [at for at, page in enumerate(pages) if _FIRST_PAGE.search(_read(page))]
    if len(starts) != count or starts[0]:
        return None
    return [
        _write(pages[start:end])
        for start, end in zip(starts, [*starts[1:], len(pages)], strict=True)
    ]


def _read(page):
    contents = page.get("/Contents")
    if contents is None:
        return b""
    contents = _of(contents, "get_object", "getObject")()
    parts = contents if isinstance(contents, list) else [contents]
    parts = [_of(part, "get_object", "getObject")() for part in parts]
    return b"\n".join(_of(part, "get_data", "getData")() for part in parts)


def _write(pages):
    """One paper as a file; pages are numbered where there are several."""
    writer = PdfWriter()
    for number, page in enumerate(pages, 1):
        if len(pages) > 1:
            _stamp(page, f"{number} / {len(pages)}")
        _of(writer, "add_page", "addPage")(page)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def _stamp(page, text):
    width, height = (float(side) for side in _of(page, "mediabox", "mediaBox")[2:])
    buffer = io.BytesIO()
    canvas = Canvas(buffer, (width, height), invariant=1)
    canvas.setFont(_FONT, _SIZE)
    canvas.setFillGray(0.35)
    canvas.drawRightString(width - 2 * _MARGIN, _MARGIN, text)
    canvas.save()
    numbers = PdfReader(io.BytesIO(buffer.getvalue())).pages[0]
    _of(page, "merge_page", "mergePage")(numbers)


def _of(owner, name, older):
    """What the versions of the PDF library that Odoo runs with call differently."""
    return getattr(owner, name, None) or getattr(owner, older)
