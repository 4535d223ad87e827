"""Reads labels back: what a scanner and a person find on a rendered PDF or ZPL."""

import io

import pypdfium2
import zplkit
import zxingcpp
from PIL import Image

DPI = 300
ANY = zxingcpp.BarcodeFormats(())
CODE_128 = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.Code128,))


def read_pdf(content, formats=ANY):
    """Of each page symbology and data of its bar codes, from top to bottom."""
    document = pypdfium2.PdfDocument(content)
    return [_scan(page.render(scale=DPI / 72).to_pil(), formats) for page in document]


def read_pdf_texts(content):
    """The texts of each page."""
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_bounded() for page in document]


def read_pdf_sizes(content):
    """Width and height of each page in millimetres."""
    points = [page.get_size() for page in pypdfium2.PdfDocument(content)]
    return [tuple(round(side * 25.4 / 72) for side in size) for size in points]


def read_zpl(content, size, dpi):
    """Of each label symbology and data of its bar codes; ``size`` in millimetres."""
    width, height = (round(side * dpi / 25.4) for side in size)
    options = zplkit.Options(width=width, height=height, dpi=dpi)
    labels = zplkit.render(content, options).labels
    return [_scan(Image.open(io.BytesIO(label.png())).convert("L")) for label in labels]


def _scan(image, formats=ANY):
    codes = sorted(
        zxingcpp.read_barcodes(image, formats), key=lambda code: code.position.top_left.y
    )
    return [(code.symbology_identifier, code.bytes.decode()) for code in codes]
