from . import order_amend_mixin
from . import order_availability_mixin
from . import order_cancel_mixin
from . import order_promise_mixin
