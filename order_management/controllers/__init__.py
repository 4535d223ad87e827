from . import intake_files
from . import portal_orders
