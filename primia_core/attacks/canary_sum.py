"""Canaries in one noisy sum of clipped gradients, as sites make it, before an adversary that knows all but the tosses.

The worst images that there can be: each lights one pixel of its own under a linear network, so that no canary's
gradient hides behind another's and every one is as long as clipping allows.
"""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from torch import nn

from primia_core.attacks.canaries import CanaryFindings, canary_audit
from primia_core.imaging import Normalisation, Pixels
from primia_core.privacy import PrivacyPlan
from primia_core.privacy.accounting import Steps, epsilon
from primia_core.privacy.grid import Grid
from primia_core.training import LocalTraining
from primia_core.training.config import Augmentation
from primia_core.training.private import noisy_sum

Floats = NDArray[np.float64]
Tosses = NDArray[np.bool_]
CLASSES = 2
STILL = Augmentation(rotation_degrees=0, translation_fraction=0, scale_fraction=0, brightness=0, contrast=0)
CONTROL_NOISE = 1 / 8
"""Of the noise that is promised: a mechanism with so little must be caught."""


@dataclass(frozen=True)
class CanarySum:
    """The audit of one sum.

    Attributes:
        privacy: noise, clip and delta of a plan; everybody is drawn, since an adversary may know who was.
        count: of canaries; each is a patient of its own.
    """

    privacy: PrivacyPlan
    count: int

    @property
    def promised(self) -> float:
        """Return the epsilon of one sum."""
        return epsilon([Steps(self.privacy.noise_multiplier, 1.0, 1)], self.privacy.delta)

    def audit(self, *, noise: float = 1.0) -> CanaryFindings:
        """Guess who was in a sum.

        Args:
            noise: share of the promised noise that is really drawn; 1 is honest.
        """
        multiplier = noise * self.privacy.noise_multiplier
        drawn = self.privacy.model_copy(update={"sample_rate": 1.0, "noise_multiplier": multiplier})
        return canary_audit(
            lambda tosses: self._seen(tosses, drawn),
            canaries=self.count,
            delta=self.privacy.delta,
            claimed=self.promised,
        )

    def control(self) -> CanaryFindings:
        """Guess who was in a sum with an eighth of its noise; an audit that is worth anything refutes its promise."""
        return self.audit(noise=CONTROL_NOISE)

    def _seen(self, tosses: Tosses, privacy: PrivacyPlan) -> Floats:
        """Return for each canary how much of its gradient is in the sum: its toss, plus noise."""
        chosen = np.flatnonzero(tosses)
        side = ceil(sqrt(self.count))
        linear = nn.Linear(side * side, CLASSES, bias=False)
        network = nn.Sequential(nn.Flatten(), linear)
        nn.init.zeros_(linear.weight)  # both classes are as likely, so a gradient is (1/2, -1/2) at its own pixel
        grid = Grid.of(privacy, dimension=CLASSES * side * side)
        noisy = noisy_sum(
            network,
            Pixels(_lit(chosen, side), np.zeros(len(chosen), np.int64)),
            tuple(f"canary {canary}" for canary in chosen),
            privacy=privacy,
            grid=grid,
            config=LocalTraining(augmentation=STILL),
            normalisation=Normalisation(mean=0.0, std=1 / (16 * privacy.clip)),  # far longer than the clip
        )
        words = noisy["1.weight"].reshape(CLASSES, -1)[:, : self.count] / grid.clip_steps
        return np.asarray((words[1] - words[0]) / sqrt(CLASSES), np.float64)


def _lit(canaries: NDArray[np.int64], side: int) -> NDArray[np.uint8]:
    """Return a picture for each canary, dark but for its own pixel: (canary, 1, side, side)."""
    flat = np.zeros((len(canaries), side * side), np.uint8)
    flat[np.arange(len(canaries)), canaries] = 255
    return flat.reshape(-1, 1, side, side)
