"""Canaries in this project's own private training: noise pictures that nothing but memory could know.

The adversary sees the weights after the last step; whoever sees every noisy sum is stronger, see ``canary_sum``.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from torch import nn

from primia_core.attacks.canaries import CanaryFindings, canary_audit
from primia_core.imaging import Normalisation, Pixels
from primia_core.models import ModelSpec, build_model
from primia_core.privacy import PrivacyPlan
from primia_core.privacy.accounting import Steps, epsilon
from primia_core.training import LocalTraining, predict
from primia_core.training.private import fit_privately

Floats = NDArray[np.float64]
Tosses = NDArray[np.bool_]


@dataclass(frozen=True)
class CanaryTraining:
    """A private training, and canaries to put among its images.

    Attributes:
        training: counted in steps.
        pixels, patients: the images beside the canaries, (n, 1, S, S) with n >= 1; they fix the size of a canary.
        count: of canaries; each is a patient of its own with one image.
    """

    spec: ModelSpec
    training: LocalTraining
    privacy: PrivacyPlan
    normalisation: Normalisation
    pixels: Pixels = field(repr=False)
    patients: tuple[str, ...] = field(repr=False)
    count: int = 100
    seed: int = 0

    @cached_property
    def canaries(self) -> Pixels:
        """Draw the canaries: even noise, with labels by lot."""
        rng = np.random.default_rng(self.seed)
        images = rng.integers(0, 256, (self.count, *self.pixels.images.shape[1:]), np.uint8)
        return Pixels(images, rng.integers(0, self.spec.classes, self.count))

    @property
    def promised(self) -> float:
        """Return the epsilon of the whole training."""
        steps = Steps(self.privacy.noise_multiplier, self.privacy.sample_rate, self.training.steps or 1)
        return epsilon([steps], self.privacy.delta)

    def audit(self) -> CanaryFindings:
        """Guess which canaries a whole training saw, from its last weights."""
        return canary_audit(self._in_the_weights, canaries=self.count, delta=self.privacy.delta, claimed=self.promised)

    def _in_the_weights(self, tosses: Tosses) -> Floats:
        """Score by how much less a canary's label surprises the trained network than the fresh one."""
        chosen = self._chosen(tosses)
        pixels = Pixels(
            np.concatenate([self.pixels.images, chosen.images]), np.concatenate([self.pixels.labels, chosen.labels])
        )
        owners = (*self.patients, *(f"canary {k}" for k in np.flatnonzero(tosses)))
        before, model = self._surprise(self._fresh()), self._fresh()
        fit_privately(
            model, pixels, owners, privacy=self.privacy, config=self.training, round_number=1, total_rounds=1,
            normalisation=self.normalisation,
        )  # fmt: skip
        return before - self._surprise(model)

    def _surprise(self, model: nn.Module) -> Floats:
        told = predict(model, self.canaries, self.normalisation).probabilities
        return -np.log(np.maximum(told[np.arange(self.count), self.canaries.labels].astype(np.float64), 1e-30))

    def _chosen(self, tosses: Tosses) -> Pixels:
        return Pixels(self.canaries.images[tosses], self.canaries.labels[tosses])

    def _fresh(self) -> nn.Module:
        return build_model(self.spec, seed=self.seed)
