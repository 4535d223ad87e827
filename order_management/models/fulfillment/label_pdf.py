"""Labels as PDF: one page a label, each as large as the label.

What stands where is decided in ``tools/labels``; texts are fitted by their real width.
"""

from io import BytesIO

from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from ...tools.labels import code_128, lay_out, symbols, texts
from ...tools.labels.fields import Bars, Block, Text
from .label_fonts import find_font, measure

FNC1 = "\xf1"  # how the bar code library writes it
DRAWINGS = {symbols.EAN_13: "EAN13", symbols.EAN_8: "EAN8"}


def render_all(labels):
    """Return one PDF with one page for each label.

    :param list labels: contents of ``tools.labels``
    :return bytes: the PDF
    """
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for label in labels:
        sheet = lay_out(label)
        canvas.setPageSize((sheet.width * mm, sheet.height * mm))
        _Page(canvas, sheet).draw()
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class _Page:
    """One label on a canvas."""

    def __init__(self, canvas, sheet):
        self.canvas = canvas
        self.sheet = sheet

    def draw(self):
        for field in self.sheet.fields:
            if isinstance(field, Text):
                self._draw_text(field)
            elif isinstance(field, Block):
                self._draw_block(field)
            elif isinstance(field, Bars):
                self._draw_bars(field)
            else:
                self._draw_box(field)

    def _draw_text(self, field):
        smallest = field.smallest or field.size
        text, size = texts.fit(field.text, field.width, field.size, smallest, measure, field.bold)
        if not text:
            return
        self.canvas.setFont(find_font(text, field.bold), size * mm)
        top = field.y + (field.size - size) / 2
        baseline = (self.sheet.height - top - size * 0.8) * mm
        if field.align == "center":
            self.canvas.drawCentredString((field.x + field.width / 2) * mm, baseline, text)
        elif field.align == "right":
            self.canvas.drawRightString((field.x + field.width) * mm, baseline, text)
        else:
            self.canvas.drawString(field.x * mm, baseline, text)

    def _draw_block(self, field):
        rows = texts.wrap(field.lines, field.width / field.size, field.rows, measure)
        for number, row in enumerate(rows):
            bold = field.bold == "all" or (field.bold == "first" and not number)
            y = field.y + field.pitch * number
            self._draw_text(Text(field.x, y, field.width, field.size, row, bold))

    def _draw_box(self, field):
        bottom = self.sheet.height - field.y - field.height
        place = (field.x, bottom, field.width, field.height)
        self.canvas.rect(*(value * mm for value in place), stroke=0, fill=1)

    def _draw_bars(self, field):
        symbol = field.symbol
        if not symbol:
            return
        modules = _make_bars(symbol, 1, 1).width
        module = min(field.widest, field.width / (modules + 2 * symbol.quiet))
        if module < symbols.NARROWEST_MODULE:
            return
        left = field.x + (field.width - modules * module) / 2
        bottom = self.sheet.height - field.y - field.height
        drawing = _make_bars(symbol, module * mm, field.height * mm)
        drawing.drawOn(self.canvas, left * mm, bottom * mm)


def _make_bars(symbol, module, height):
    """The bars of a symbol, measures in points."""
    options = {"barWidth": module, "barHeight": height, "quiet": 0, "humanReadable": 0}
    if symbol.kind in DRAWINGS:
        return createBarcodeDrawing(DRAWINGS[symbol.kind], value=symbol.data, **options)
    # Without the drawing around it, which costs ten times as much.
    return Code128(symbol.encoded.replace(code_128.FNC1, FNC1), **options)
