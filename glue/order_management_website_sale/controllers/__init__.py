from . import return_policy
from . import variant
