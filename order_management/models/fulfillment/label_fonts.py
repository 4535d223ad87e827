"""Fonts of labels in PDF: for each text one that has its letters.

A missing font never stops a label. The machine's fonts come first, then one that Odoo brings
along, then those that every reader of PDF knows by name.
"""

import logging
import struct
import unicodedata
from functools import lru_cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from odoo.tools.misc import file_path

_logger = logging.getLogger(__name__)

# Name → its files, regular and bold, the widest in letters first.
FAMILIES = (
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("FreeSans.ttf", "FreeSansBold.ttf"),
    ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    ("DroidSansFallbackFull.ttf", "DroidSansFallbackFull.ttf"),
)
BROUGHT = "web/static/fonts/sign/NotoSans-Reg.ttf"
BROUGHT_NAME = "OrderLabel"
LATIN = ("Helvetica", "Helvetica-Bold")
# Fonts that a reader of PDF brings along, by the name of a letter's script.
EASTERN = (
    ("HANGUL", "HYGothic-Medium"),
    ("HIRAGANA", "HeiseiKakuGo-W5"),
    ("KATAKANA", "HeiseiKakuGo-W5"),
    ("CJK", "STSong-Light"),
)
_UNUSABLE = (TTFError, OSError, ValueError, struct.error)


def find_font(text, bold=False):
    """Return the name of the first font that has all letters of ``text``, else of the first one."""
    families = _find_families()
    fitting = (family[bold] for family in families if _has_letters(family[bold], text))
    return next(fitting, None) or _find_eastern(text) or families[0][bold]


def measure(text, bold=False):
    """Return the width of ``text`` in heights of its letters."""
    return pdfmetrics.stringWidth(text, find_font(text, bold), 1)


@lru_cache
def _find_families():
    families = [tuple(map(_register, family)) for family in FAMILIES]
    families.append((_register_brought(),) * 2)
    found = [family for family in families if all(family)]
    if not found:
        _logger.info("No TrueType font found: labels can show Latin letters only.")
    return (*found, LATIN)


def _register(filename):
    name = filename.removesuffix(".ttf")
    try:
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, filename))
    except _UNUSABLE:
        return False
    return name


def _register_brought():
    try:
        if BROUGHT_NAME not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(BROUGHT_NAME, file_path(BROUGHT)))
    except _UNUSABLE:
        return False
    return BROUGHT_NAME


def _has_letters(name, text):
    letters = getattr(pdfmetrics.getFont(name).face, "charToGlyph", None)
    if letters is None:
        return all(ord(char) < 256 for char in text)
    return all(ord(char) in letters for char in text)


def _find_eastern(text):
    names = " ".join(unicodedata.name(char, "") for char in text)
    for script, name in EASTERN:
        if script in names:
            if name not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(UnicodeCIDFont(name))
            return name
    return None
