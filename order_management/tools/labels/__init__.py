"""The shelf of label formats: what a printer or a person is sent for one parcel.

To add a format:

1. Write ``tools/labels/<code>.py`` with ``render(content, dpi=203)``, which takes a
   ``LabelContent`` and answers the label as text or bytes.
2. Import it here and add one ``LabelFormat`` to ``FORMATS``.
3. Keep to the content: a format shortens what does not fit, it never decides what to say.
4. Add the code to the tests that every format must pass: nothing from a name may act as a
   command, and nothing lies outside the label.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from . import zpl
from .content import LabelContent


@dataclass(frozen=True)
class LabelFormat:
    """One way to write a label down."""

    code: str
    media_type: str
    extension: str  # of a file that holds the label
    renderer: Callable[[LabelContent, int], str | bytes]

    def render(self, content: LabelContent, dpi: int = 203) -> bytes:
        """Return the bytes of the label, for a printer of that many dots an inch."""
        label = self.renderer(content, dpi)
        return label.encode() if isinstance(label, str) else label


FORMATS: Mapping[str, LabelFormat] = MappingProxyType(
    {
        "zpl": LabelFormat("zpl", "application/zpl", "zpl", zpl.render),
    }
)
