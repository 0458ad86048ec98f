"""How a noisy sum moves the global weights: divided by numbers that the plan fixes, never by what sites have."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from primia_core.federation.layout import Layout, State
from primia_core.federation.plan import Plan
from primia_core.federation.privacy_terms import grid_of, privacy_of
from primia_core.federation.private_work import EQUAL, VECTOR
from primia_core.federation.state import UpdateSummary
from primia_core.federation.steps import Step
from primia_core.secagg.encoding import decode
from primia_core.training import learning_rate_at

Words = NDArray[np.uint32]
CHUNK = 1 << 15


def apply_private(
    plan: Plan, step: Step, sums: Mapping[str, Words], survivors: int, model_state: State
) -> tuple[dict[str, torch.Tensor], UpdateSummary]:
    """Return the next global state, and the little that may be said of the update."""
    layout = Layout.of(model_state, batch_norm=plan.strategy.batch_norm)
    vector, words, largest = layout.flatten(model_state, "weights"), sums[VECTOR], 0.0
    factor = _factor(plan, step, survivors, layout.length("weights"))
    for start in range(0, vector.size, CHUNK):
        piece = words[start : start + CHUNK]
        if privacy_of(plan).mode == "local":
            clip = plan.aggregation.clip_weights
            change = decode(piece, clip=clip, reference_samples=EQUAL, total_samples=survivors)
        else:
            change = np.multiply(piece.view(np.int32), factor, dtype=np.float64)
        largest = max(largest, float(np.abs(change).max()))
        chunk = vector[start : start + CHUNK]
        chunk[:] = chunk + change
    moved = layout.unflatten(vector, "weights")
    after = {name: moved[name] if name in moved else state.detach().clone() for name, state in model_state.items()}
    return after, UpdateSummary(
        samples=None, mean_loss=None, stopped_early=None, saturated={}, error_bound=None, largest_change=largest
    )


def _factor(plan: Plan, step: Step, survivors: int, dimension: int) -> float:
    """Return what a step of a distributed plan's grid moves a weight by.

    The sum stands for ``batch_size`` units at each survivor, whatever was drawn: the divisor is public.
    """
    grid = grid_of(plan, dimension)
    progress = ((step.round or 1) - 1) / plan.strategy.rounds
    rate = learning_rate_at(plan.training, progress) * plan.strategy.server_learning_rate
    return -rate * grid.clip / grid.clip_steps / (plan.training.batch_size * survivors)
