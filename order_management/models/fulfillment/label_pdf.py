"""The logistic label of 100 x 150 mm as PDF: one page a label.

The same blocks as in ``tools/labels/zpl.py``, top to bottom. Texts are drawn with a font that
knows accents and non-Latin letters when the machine has one, and are shortened by their real
width, so that nothing overlaps.
"""

import logging
from io import BytesIO

from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from ...tools import gs1

_logger = logging.getLogger(__name__)

# All measures are in millimetres from the top left corner.
WIDTH, HEIGHT = 100, 150
MARGIN = 4
RIGHT = WIDTH - MARGIN
SSCC_MODULE = 0.5  # GS1 asks for 0.495 to 1.016
SSCC_HEIGHT = 32  # GS1 asks for 31.75
WIDEST_MODULE = 0.375  # of the tracking number
NARROWEST_MODULE = 0.25
QUIET_MODULES = 10

FNC1 = "\xf1"  # how the bar code library writes it
FONTS = (("DejaVuSans", "DejaVuSans-Bold"), ("NotoSans-Regular", "NotoSans-Bold"))
FALLBACK = ("Helvetica", "Helvetica-Bold")


def render_all(labels):
    """Return one PDF with one page for each label.

    :param list labels: of ``LabelContent``
    :return bytes: the PDF
    """
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH * mm, HEIGHT * mm), invariant=1)
    for label in labels:
        _Page(canvas).draw(label)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def find_fonts():
    """Return the names of a regular and a bold font, the widest in letters that is there."""
    known = pdfmetrics.getRegisteredFontNames()
    for pair in FONTS:
        try:
            for name in pair:
                if name not in known:
                    pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
        except TTFError:
            continue
        return pair
    _logger.info("No TrueType font found: labels can show Latin letters only.")
    return FALLBACK


class _Page:
    """One label on a canvas."""

    def __init__(self, canvas):
        self.canvas = canvas
        self.regular, self.bold = find_fonts()

    def draw(self, label):
        self._draw_sender(label)
        self._draw_recipient(label)
        self._draw_facts(label)
        if label.tracking_ref:
            self._draw_tracking(label.tracking_ref)
        self._draw_container(label)

    def _draw_sender(self, label):
        self._text(MARGIN, 3, 50, 2.2, "FROM")
        for index, line in enumerate(_few(label.ship_from, 5)):
            self._text(MARGIN, 6.2 + 3.5 * index, 50, 3, line)
        self._text(58, 3, 38, self._fitting(label.carrier, 38), label.carrier, bold=True)
        self._text(58, 9.5, 38, 4, label.service)
        self._rule(24.5)

    def _draw_recipient(self, label):
        self._text(MARGIN, 26, 50, 2.2, "TO")
        for index, line in enumerate(_few(label.ship_to, 6)):
            self._text(MARGIN, 29.5 + 5.2 * index, 92, 4.5, line, bold=not index)
        self._rule(61.5)

    def _draw_facts(self, label):
        facts = {
            "ORDER": label.order_name,
            "REFERENCE": label.customer_reference,
            "DATE": label.ship_date,
        }
        for index, (caption, value) in enumerate(facts.items()):
            if value:
                self._text(MARGIN, 63.6 + 5.5 * index, 18, 2.2, caption)
                self._text(MARGIN + 18, 63 + 5.5 * index, 44, 4, value)
        self._text(68, 63, 28, 2.2, "PARCEL")
        self._text(68, 66, 28, 7, label.parcel, bold=True)
        if label.weight:
            self._text(68, 75, 28, 4, f"{label.weight:.2f} kg")
        self._text(MARGIN, 80, 92, 5.5, " / ".join(label.marks), bold=True)
        self._rule(87)

    def _draw_tracking(self, reference):
        self._text(MARGIN, 88.9, 17, 2.2, "TRACKING")
        self._text(MARGIN + 18, 88.2, 74, 3.5, reference)
        self._bars(93, 10, reference, WIDEST_MODULE)
        self._rule(104)

    def _draw_container(self, label):
        """The lowest bar code: of the shipping container, else of the package's name."""
        if label.sscc:
            self._bars(106, SSCC_HEIGHT, f"{FNC1}00{label.sscc}", SSCC_MODULE)
            line = gs1.readable([("00", label.sscc)])
        else:
            line = label.package_name
            self._bars(106, SSCC_HEIGHT, line, SSCC_MODULE)
        self._text(MARGIN, 140, 92, 5, line, centered=True)

    def _text(self, x, y, width, size, text, bold=False, centered=False):
        """Write one line, shortened to ``width``; ``size`` is the height of its letters."""
        font = self.bold if bold else self.regular
        text = _shortened(text, width * mm, font, size * mm)
        self.canvas.setFont(font, size * mm)
        baseline = (HEIGHT - y - size * 0.8) * mm
        if centered:
            self.canvas.drawCentredString((x + width / 2) * mm, baseline, text)
        else:
            self.canvas.drawString(x * mm, baseline, text)

    def _fitting(self, text, width, sizes=(5, 4, 3)):
        """The largest of ``sizes`` at which ``text`` is not shortened, else the smallest."""
        measured = (
            size
            for size in sizes
            if pdfmetrics.stringWidth(text, self.bold, size * mm) <= width * mm
        )
        return next(measured, sizes[-1])

    def _rule(self, y):
        self.canvas.setLineWidth(0.25 * mm)
        self.canvas.line(MARGIN * mm, (HEIGHT - y) * mm, RIGHT * mm, (HEIGHT - y) * mm)

    def _bars(self, y, height, data, widest):
        """Draw a centered Code 128; none when it cannot be encoded or read."""
        module = widest
        while module >= NARROWEST_MODULE:
            drawing = _make_bars(data, module, height)
            if not drawing:
                return
            if drawing.width <= WIDTH * mm - 2 * QUIET_MODULES * module * mm:
                left = (WIDTH * mm - drawing.width) / 2
                drawing.drawOn(self.canvas, left, (HEIGHT - y - height) * mm)
                return
            module -= 0.025


def _make_bars(data, module, height):
    if not data or not data.replace(FNC1, "").isascii():
        return None
    return createBarcodeDrawing(
        "Code128", value=data, barWidth=module * mm, barHeight=height * mm, quiet=False
    )


def _few(lines, rows):
    """At most so many lines: the first ones and the last two (town and country) stay."""
    return lines if len(lines) <= rows else (*lines[: rows - 2], *lines[-2:])


def _shortened(text, width, font, size):
    """One line of printable text that is at most ``width`` wide."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if pdfmetrics.stringWidth(text, font, size) <= width:
        return text
    while text and pdfmetrics.stringWidth(f"{text}...", font, size) > width:
        text = text[:-1]
    return f"{text.rstrip()}..."
