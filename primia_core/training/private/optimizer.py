"""Opacus' optimiser with what this project does otherwise: units instead of samples, integers, and its own randomness.

Opacus draws noise from torch's generator, whose seed can be found from its output, or, in its secure mode, from a
package that is not maintained for present torch; and it adds floats. Here the noise is a discrete Gaussian on integers.
"""

import secrets
from collections.abc import Sequence

import torch
from opacus.optimizers import DPOptimizer
from torch.optim import Optimizer

from primia_core.privacy.discrete import DiscreteGaussian, RandomBytes
from primia_core.privacy.grid import Grid
from primia_core.training.private.clipped_sum import ClippedSum
from primia_core.training.private.pieces import Piece, pieces


class PrivateOptimizer(DPOptimizer):  # type: ignore[misc]
    """Clips by unit, sums integers over the pieces of a batch, adds noise once, divides by a public number.

    Args:
        optimizer: takes the step with the noisy mean.
        grid: clip, sensitivity and spread of the noise.
        divisor: what the noisy sum is divided by, whatever was drawn.
        rng: uniform bytes for the noise; only tests pass their own.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        *,
        grid: Grid,
        noise_multiplier: float,
        divisor: int,
        rng: RandomBytes = secrets.token_bytes,
    ) -> None:
        super().__init__(
            optimizer, noise_multiplier=noise_multiplier, max_grad_norm=grid.clip, expected_batch_size=divisor
        )
        self._grid, self._rng = grid, rng
        self._noise = DiscreteGaussian(grid.sigma)
        self._sum, self._piece = ClippedSum(self.params, grid), next(pieces([], at_most=1))

    def step_with(self, piece: Piece, *, last: bool) -> None:
        """Take in the gradients of a piece; with the last one, make noise and take the step."""
        self._piece = piece
        self.signal_skip_step(do_skip=not last)
        self.step()

    def clip_and_accumulate(self) -> None:
        """Add the present per-image gradients to the sum, clipped by unit."""
        add_piece(self._sum, self.grad_samples, self._piece)

    def add_noise(self) -> None:
        """Make each parameter's gradient its noisy integers, as numbers in the gradient's own units."""
        step = self._grid.clip / self._grid.clip_steps
        for parameter, total in zip(self.params, self._sum.totals, strict=True):
            noise = torch.from_numpy(self._noise.sample(total.numel(), rng=self._rng)).view(total.shape)
            parameter.grad = ((total + noise) * step).float()
        self._sum = ClippedSum(self.params, self._grid)

    def scale_grad(self) -> None:
        """Divide by the public number; how many units were drawn stays secret."""
        for parameter in self.params:
            parameter.grad /= self.expected_batch_size


def add_piece(total: ClippedSum, gradients: Sequence[torch.Tensor], piece: Piece) -> None:
    """Add a piece's per-image gradients to a sum."""
    total.add(gradients, torch.from_numpy(piece.units), piece.count, continues=piece.continues)
