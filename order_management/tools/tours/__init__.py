"""Tours through a warehouse: in which order to walk to places, and how long that is.

Lengths are in the unit of the coordinates.
"""

from .api import METHODS, Tour, tour, tour_corners, tour_length
from .layout import Layout

__all__ = ["METHODS", "Layout", "Tour", "tour", "tour_corners", "tour_length"]
