from . import order_return_receipt_mixin
from . import order_return_source_mixin
