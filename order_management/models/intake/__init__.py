from . import order_channel
from . import order_channel_partner
from . import order_decision
from . import order_intake
from . import order_intake_attempt
from . import order_payment_mixin
from . import order_source_line_mixin
from . import order_source_mixin
