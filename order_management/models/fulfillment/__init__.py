from . import order_parcel_mixin
from . import order_picking_mixin
