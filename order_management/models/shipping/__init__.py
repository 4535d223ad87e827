from . import order_invoicing_mixin
from . import order_shipment_source_mixin
from . import order_shipping_mixin
