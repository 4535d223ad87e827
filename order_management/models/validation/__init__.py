from . import order_hold_mixin
