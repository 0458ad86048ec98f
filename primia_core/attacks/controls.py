"""What stands beside an attack so that its figures can be read: guesses that use nothing of the release.

``null`` is the most alike of other patients: what luck with a gallery gives. ``tv_only`` is the attack without the
release: what its prior gives. That starts, stops and averages its attempts as the attack does, and both are measured as
it is. Knows no network.
"""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from primia_core.attacks.inversion import Attempt, Box, Tick, search
from primia_core.attacks.matching import Pictures, errors
from primia_core.attacks.plan import AuditPlan


def most_alike(truth: NDArray[np.float64], decoys: Pictures) -> NDArray[np.float64]:
    """Return the decoy of least error."""
    nearest: NDArray[np.float64] = decoys[int(errors(truth[None], decoys)[0].argmin())]
    return nearest


def prior_alone(
    shape: tuple[int, int, int, int],
    *,
    box: Box,
    plan: AuditPlan,
    seed: int,
    tick: Tick = lambda iterations: None,
) -> Attempt:
    """Return what the attack finds without a release: the same starts, steps and box, and the total variation alone."""

    def indifferent(images: Tensor) -> Tensor:
        return images.new_zeros(())

    return search(indifferent, shape=shape, box=box, plan=plan, seed=seed, tick=tick)
