from . import order_carrier_mixin
from . import order_invoicing_mixin
from . import order_notification
from . import order_notifying_mixin
from . import order_outbox
from . import order_registration_mixin
from . import order_shipment_parcel_mixin
from . import order_shipment_source_mixin
from . import order_shipping_mixin
from . import order_tracking_event
from . import order_tracking_mixin
from . import order_tracking_source
from . import order_transit_mixin
from . import tracking_status

from . import order_shipment  # wears mixins of this room
