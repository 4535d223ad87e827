from . import order_check_catalog
from . import order_check
from . import order_finding
from . import order_hold_mixin
from . import order_hold_line_mixin
from . import order_decision
