from . import label_pdf
from . import order_dispatch_mixin
from . import order_label_mixin
from . import order_packing_mixin
from . import order_scan
from . import order_scan_line_mixin
from . import order_scanning_mixin
from . import order_sscc_mixin
