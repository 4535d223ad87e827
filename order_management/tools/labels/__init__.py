"""The shelf of labels: what can be labelled, and what a printer or a person is sent.

A label has a content (``content.py``, what to say), a layout (where it stands) and a format (how
it is written down). Layouts know no format and formats know no layout.

To add a label:

1. Write its content, a frozen dataclass, in ``content.py``.
2. Write ``tools/labels/<name>.py`` with ``lay_out(content)``, which answers a ``Sheet``.
3. Import it here and add one line to ``LAYOUTS``.
4. Add an example to the tests that every label must pass: nothing from a name may act as a
   command, nothing overlaps or leaves the label, every bar code is read back.

To add a format, write a module with ``write(sheet, dpi)`` and add one ``LabelFormat``. PDF needs
a library: it stands with the models.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from . import commands, lot, parcel, place, product, tote, zpl
from .content import (
    CommandSheet,
    Content,
    LabelContent,
    LotLabel,
    PlaceLabel,
    ProductLabel,
    ToteLabel,
)
from .fields import Sheet

__all__ = [
    "FORMATS",
    "LAYOUTS",
    "CommandSheet",
    "Content",
    "LabelContent",
    "LabelFormat",
    "LotLabel",
    "PlaceLabel",
    "ProductLabel",
    "ToteLabel",
    "lay_out",
]

LAYOUTS: Mapping[type, Callable] = MappingProxyType(
    {
        LabelContent: parcel.lay_out,
        ProductLabel: product.lay_out,
        LotLabel: lot.lay_out,
        PlaceLabel: place.lay_out,
        ToteLabel: tote.lay_out,
        CommandSheet: commands.lay_out,
    }
)


def lay_out(content: Content) -> Sheet:
    """Return where everything stands on the label of that content."""
    return LAYOUTS[type(content)](content)


@dataclass(frozen=True)
class LabelFormat:
    """One way to write a label down."""

    code: str
    media_type: str
    extension: str  # of a file that holds the label
    writer: Callable[[Sheet, int], str | bytes]

    def render(self, content: Content, dpi: int = 203) -> bytes:
        """Return the bytes of the label, for a printer of that many dots an inch."""
        label = self.writer(lay_out(content), dpi)
        return label.encode() if isinstance(label, str) else label


FORMATS: Mapping[str, LabelFormat] = MappingProxyType(
    {
        "zpl": LabelFormat("zpl", "application/zpl", "zpl", zpl.write),
    }
)
