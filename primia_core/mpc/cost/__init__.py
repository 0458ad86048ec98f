"""What encrypted inference of a program costs: rounds and bytes exactly, seconds from the rates of a machine.

Runs nothing and reads no clock. ``estimate(program, conditions, rates)`` is the way in; rates are measured by
``local/rates.py`` or loaded from a file.
"""

from primia_core.mpc.cost.conditions import Conditions
from primia_core.mpc.cost.estimate import Estimate, OperationEstimate, estimate
from primia_core.mpc.cost.exact import OperationCost, exact_costs, total, two_party_costs
from primia_core.mpc.cost.features import features
from primia_core.mpc.cost.rates import Rates

__all__ = [
    "Conditions",
    "Estimate",
    "OperationCost",
    "OperationEstimate",
    "Rates",
    "estimate",
    "exact_costs",
    "features",
    "total",
    "two_party_costs",
]
