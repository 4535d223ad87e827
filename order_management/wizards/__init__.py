from . import order_finding_release
