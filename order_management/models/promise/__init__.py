from . import order_amend_mixin
from . import order_availability_mixin
from . import order_cancel_mixin
from . import order_promise_mixin
from . import order_promising_line_mixin
from . import order_promising_mixin
from . import order_shipping_days_mixin
from . import product_promise_mixin
