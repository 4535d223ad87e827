from . import order_channel
from . import order_payment_mixin
from . import order_source_line_mixin
from . import order_source_mixin
