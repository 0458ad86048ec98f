"""What a site answers to a training round of a private plan: one vector, noisy before anything else sees it.

No count, no loss and no number of clipped values goes with it: each would tell about training images without noise.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from primia_core.federation.layout import Layout, State
from primia_core.federation.plan import Plan
from primia_core.federation.privacy_terms import grid_of, privacy_of
from primia_core.federation.steps import Step
from primia_core.imaging import Normalisation, Pixels
from primia_core.secagg.encoding import encode

Words = NDArray[np.uint32]
VECTOR = "update.weights"
EQUAL = 1
"""Every site weighs alike: a weight by the number of its images would tell that number."""


def private_update(
    plan: Plan,
    step: Step,
    model: torch.nn.Module,
    start: State,
    layout: Layout,
    pixels: Pixels,
    patients: Sequence[str],
    *,
    normalisation: Normalisation,
    progress: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> dict[str, Words]:
    """Return the site's vector, with its noise inside.

    Args:
        model, start, layout: the global weights, as a network, as a state dict, and in the order of the vector.
        pixels, patients: the training images and whose they are.
    Returns:
        ``local``: the change of the weights by noisy steps, in the fixed point of a plain update of equal weight.
        ``distributed``: the noisy sum of clipped gradients, in two's complement.
    """
    from primia_core.training.private import fit_privately, noisy_sum  # Opacus: only private jobs wait for it

    privacy = privacy_of(plan)
    if privacy.mode == "local":
        after = fit_privately(
            model,
            pixels,
            patients,
            privacy=privacy,
            config=plan.training,
            round_number=step.round or 1,
            total_rounds=plan.strategy.rounds,
            normalisation=normalisation,
            proximal=(plan.strategy.mu, start) if plan.strategy.name == "fedprox" else None,
            progress=progress,
            should_stop=should_stop,
        )
        change = layout.flatten(after, "weights")
        np.subtract(change, layout.flatten(start, "weights"), out=change)
        words, _ = encode(change, clip=plan.aggregation.clip_weights, samples=EQUAL, reference_samples=EQUAL)
        return {VECTOR: words}
    found = noisy_sum(
        model,
        pixels,
        patients,
        privacy=privacy,
        grid=grid_of(plan, layout.length("weights")),
        config=plan.training,
        normalisation=normalisation,
        progress=progress,
        should_stop=should_stop,
    )
    flat = np.concatenate([found[name].ravel() for name in layout.groups["weights"]])
    return {VECTOR: flat.astype(np.uint32)}
