"""Canaries in this project's own private training: noise pictures that nothing but memory could know.

Two adversaries: one sees a site's noisy sum of gradients and knows everything but the coin tosses; one sees the weights
after the last step.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy

from primia_core.attacks.canaries import CanaryFindings, Score, canaries_needed, canary_audit
from primia_core.attacks.errors import CanaryError
from primia_core.imaging import Normalisation, Pixels
from primia_core.models import ModelSpec, build_model
from primia_core.privacy import PrivacyPlan
from primia_core.privacy.accounting import Steps, epsilon
from primia_core.privacy.grid import Grid
from primia_core.training import LocalTraining, predict
from primia_core.training.feed import as_floats, normalised
from primia_core.training.private import fit_privately, noisy_sum

Floats = NDArray[np.float64]
Tosses = NDArray[np.bool_]
CONTROL_NOISE = 1 / 8
"""Of the noise that is promised: a mechanism with so little must be caught."""
RIDGE = 1e-6


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

    def check(self) -> None:
        """Raise ``CanaryError`` where so few canaries cannot refute the promise, even if every guess is right."""
        claimed = max(epsilon([self._one_sum], self.privacy.delta), epsilon([self._whole], self.privacy.delta))
        needed = canaries_needed(claimed, delta=self.privacy.delta)
        if self.count < needed:
            raise CanaryError(
                f"{self.count} canaries cannot refute epsilon {claimed:.2f}, however right the guesses are; "
                f"take {needed} canaries, or more noise"
            )

    @property
    def _one_sum(self) -> Steps:
        return Steps(self.privacy.noise_multiplier, 1.0, 1)

    @property
    def _whole(self) -> Steps:
        return Steps(self.privacy.noise_multiplier, self.privacy.sample_rate, self.training.steps or 1)

    @cached_property
    def canaries(self) -> Pixels:
        """Draw the canaries: even noise, with labels by lot."""
        rng = np.random.default_rng(self.seed)
        images = rng.integers(0, 256, (self.count, *self.pixels.images.shape[1:]), np.uint8)
        return Pixels(images, rng.integers(0, self.spec.classes, self.count))

    def sum_audit(self, *, noise: float = 1.0) -> CanaryFindings:
        """Audit one noisy sum of clipped gradients, of which everything but the tosses is known.

        Args:
            noise: share of the promised noise that is really drawn; 1 is honest.
        """
        drawn = self.privacy.model_copy(
            update={"sample_rate": 1.0, "noise_multiplier": noise * self.privacy.noise_multiplier}
        )
        return self._audit(lambda tosses: self._in_the_sum(tosses, drawn), self._one_sum)

    def weights_audit(self) -> CanaryFindings:
        """Audit the weights after the last step of a whole training."""
        return self._audit(self._in_the_weights, self._whole)

    def control(self) -> CanaryFindings:
        """Audit a sum with an eighth of its noise, whose promise an audit that is worth anything refutes."""
        return self.sum_audit(noise=CONTROL_NOISE)

    def _audit(self, score: Score, promised: Steps) -> CanaryFindings:
        delta = self.privacy.delta
        return canary_audit(score, canaries=self.count, delta=delta, claimed=epsilon([promised], delta))

    def _in_the_sum(self, tosses: Tosses, privacy: PrivacyPlan) -> Floats:
        """Solve for the tosses: the sum is the canaries' known gradients times the tosses, plus noise."""
        model = self._fresh()
        chosen = self._chosen(tosses)
        grid = Grid.of(privacy, dimension=sum(parameter.numel() for parameter in model.parameters()))
        noisy = noisy_sum(
            model, chosen, tuple(f"canary {k}" for k in np.flatnonzero(tosses)), privacy=privacy, grid=grid,
            config=self.training, normalisation=self.normalisation, seed=self.seed,
        )  # fmt: skip
        seen = np.concatenate([noisy[name].ravel() for name, _ in model.named_parameters()]) * (
            grid.clip / grid.clip_steps
        )
        each = self._gradients(model)  # (canary, coordinate)
        gram = each @ each.T
        return np.linalg.solve(gram + RIDGE * np.trace(gram) / len(gram) * np.eye(len(gram)), each @ seen)

    def _gradients(self, model: nn.Module) -> Floats:
        """Return each canary's clipped gradient."""
        model.train()
        parameters = list(model.parameters())
        images = normalised(as_floats(self.canaries, slice(None)), self.normalisation)
        labels = torch.from_numpy(np.array(self.canaries.labels))
        found = np.empty((self.count, sum(parameter.numel() for parameter in parameters)))
        for k in range(self.count):
            loss = cross_entropy(model(images[k : k + 1]), labels[k : k + 1])
            gradient = torch.cat([part.reshape(-1) for part in torch.autograd.grad(loss, parameters)]).double().numpy()
            found[k] = gradient * min(1.0, self.privacy.clip / max(float(np.linalg.norm(gradient)), 1e-30))
        return found

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
            normalisation=self.normalisation, seed=self.seed,
        )  # fmt: skip
        return before - self._surprise(model)

    def _surprise(self, model: nn.Module) -> Floats:
        told = predict(model, self.canaries, self.normalisation).probabilities
        return -np.log(np.maximum(told[np.arange(self.count), self.canaries.labels].astype(np.float64), 1e-30))

    def _chosen(self, tosses: Tosses) -> Pixels:
        return Pixels(self.canaries.images[tosses], self.canaries.labels[tosses])

    def _fresh(self) -> nn.Module:
        return build_model(self.spec, seed=self.seed)
