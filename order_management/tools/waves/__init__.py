"""Waves: which orders to pick together, so that people walk little."""

from .api import Wave, WavePlan, first_come_waves, plan_waves
from .orders import Capacity, Order

__all__ = ["Capacity", "Order", "Wave", "WavePlan", "first_come_waves", "plan_waves"]
