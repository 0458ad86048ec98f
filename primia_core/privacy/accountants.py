"""The two accountants of ``dp-accounting``, asked in plain numbers: (noise multiplier, sample rate, count).

Alone in needing that library, which takes a second to import.
"""

import logging
import sys
from collections.abc import Iterable

from absl import logging as absl_logging
from dp_accounting import DpEvent, GaussianDpEvent, PoissonSampledDpEvent, SelfComposedDpEvent
from dp_accounting.pld import PLDAccountant
from dp_accounting.rdp import RdpAccountant

Numbers = Iterable[tuple[float, float, int]]

GRID, FINE_UP_TO = 1e-4, 10.0
"""Of the losses' distribution; coarser, and still an upper bound, where epsilon is so large that it protects little."""

logging.getLogger("absl").addFilter(lambda record: "failed to converge" not in record.getMessage())
"""An order of Renyi's divergence whose series does not converge is left out of a minimum; nobody need read of each."""

logging.root.removeHandler(absl_logging.get_absl_handler())
absl_logging.get_absl_handler().python_handler.setStream(sys.__stderr__)
"""The library's logger, on import, takes over the root logger, and closes whatever stream it found when logging is set
up anew. How a program logs is the program's to say."""


def epsilon_by_loss_distribution(steps: Numbers, delta: float, *, roughly: float) -> float:
    """Return epsilon by privacy loss distributions; ``roughly`` is an upper bound that sets the grid."""
    accountant = PLDAccountant(value_discretization_interval=max(GRID, roughly * GRID / FINE_UP_TO))
    for step in steps:
        accountant.compose(_event(*step))
    return float(accountant.get_epsilon(delta))


def epsilon_by_renyi(steps: Numbers, delta: float) -> tuple[float, float]:
    """Return epsilon by Renyi's divergence, and the order at which it is least."""
    accountant = RdpAccountant()
    for step in steps:
        accountant.compose(_event(*step))
    found, order = accountant.get_epsilon_and_optimal_order(delta)
    return float(found), float(order)


def _event(noise_multiplier: float, sample_rate: float, count: int) -> DpEvent:
    return SelfComposedDpEvent(PoissonSampledDpEvent(sample_rate, GaussianDpEvent(noise_multiplier)), count)
