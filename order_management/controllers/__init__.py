from . import intake_files
from . import portal_orders
from . import portal_returns
