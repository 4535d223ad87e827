"""When to order, and how much: levels, quantities, classes.

Everything is in one unit and one period throughout a call. Formulas name their source.
"""

from .advice import (
    Advice,
    Demand,
    Outlook,
    Receipt,
    Shortage,
    Tolerance,
    advise,
    make_demand,
)
from .classes import classify
from .distributions import (
    inverse_normal_loss,
    normal_loss,
    poisson_cdf,
    poisson_pmf,
    student_quantile,
)
from .health import Lack, cover_days, daily_deviation, find_lack, find_waste
from .levels import Freight, Levels, Limits, compare_freight, extend_cover, make_levels
from .lot_sizing import (
    best_price_break,
    economic_quantity,
    incremental_price_break,
    joint_replenishment,
    wagner_whitin,
)
from .order_days import find_order_days, get_longest_gap, get_review_days
from .policies import (
    exact_order_up_to,
    exact_reorder_quantity,
    fill_rate_order_up_to,
    fill_rate_reorder,
    lost_goodwill,
    newsvendor_normal,
    newsvendor_poisson,
)
from .review import (
    Change,
    Verdict,
    change_percent,
    judge_changes,
    level_changes,
    written_levels,
)
from .stock import combined_deviation, order_quantity, reorder_point, round_up, safety_stock

__all__ = [
    "Advice",
    "Change",
    "Demand",
    "Freight",
    "Lack",
    "Levels",
    "Limits",
    "Outlook",
    "Receipt",
    "Shortage",
    "Tolerance",
    "Verdict",
    "advise",
    "best_price_break",
    "change_percent",
    "classify",
    "combined_deviation",
    "compare_freight",
    "cover_days",
    "daily_deviation",
    "economic_quantity",
    "exact_order_up_to",
    "exact_reorder_quantity",
    "extend_cover",
    "fill_rate_order_up_to",
    "fill_rate_reorder",
    "find_lack",
    "find_order_days",
    "find_waste",
    "get_longest_gap",
    "get_review_days",
    "incremental_price_break",
    "inverse_normal_loss",
    "joint_replenishment",
    "judge_changes",
    "level_changes",
    "lost_goodwill",
    "make_demand",
    "make_levels",
    "newsvendor_normal",
    "newsvendor_poisson",
    "normal_loss",
    "order_quantity",
    "poisson_cdf",
    "poisson_pmf",
    "reorder_point",
    "round_up",
    "safety_stock",
    "student_quantile",
    "wagner_whitin",
    "written_levels",
]
