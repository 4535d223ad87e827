from . import order_cancel
from . import order_change
from . import order_check_dry_run
from . import order_finding_mend
from . import order_finding_release
from . import order_intake_correct
from . import order_intake_decide
from . import order_intake_import
