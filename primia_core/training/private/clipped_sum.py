"""The sum of units' clipped gradients, as integers: what one unit adds is known exactly, and bounded.

It knows parameters and gradients, neither noise nor networks.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from primia_core.privacy.grid import Grid

SLACK = 1 - 2.0**-20
"""Clipping aims this much below the norm, which is more than what float32 products can add to it."""


class ClippedSum:
    """Integers of a grid, kept exactly in float64, one tensor for each parameter."""

    def __init__(self, parameters: Sequence[Tensor], grid: Grid) -> None:
        self._grid = grid
        self.totals = [torch.zeros(parameter.shape, dtype=torch.float64) for parameter in parameters]
        self._carried: list[Tensor] | None = None

    @torch.no_grad()
    def add(self, gradients: Sequence[Tensor], units: Tensor, count: int, *, continues: bool = False) -> None:
        """Add the gradients of some images, clipped by unit.

        Args:
            gradients: for each parameter (image, *shape), of the summed loss.
            units: (image,), which of ``count`` units each image belongs to.
            continues: the single unit of this call goes on in the next one; nothing is added yet.
        Edge cases: a unit whose gradient is not finite adds nothing; no images add nothing.
        """
        by_unit = [_by_unit(gradient, units, count) for gradient in gradients]
        if self._carried is not None:
            for gradient, carried in zip(by_unit, self._carried, strict=True):
                gradient[:1] += carried
            self._carried = None
        if continues:
            self._carried = by_unit
            return
        if count:
            self._add_clipped(by_unit)

    def _add_clipped(self, by_unit: Sequence[Tensor]) -> None:
        norms = torch.stack([_norms(gradient) for gradient in by_unit]).square().sum(0).sqrt()
        finite = torch.isfinite(norms)
        factor = (self._grid.clip / norms.clamp(min=self._grid.clip)) * (
            self._grid.clip_steps / self._grid.clip * SLACK
        )
        for gradient, total in zip(by_unit, self.totals, strict=True):
            if not bool(finite.all()):
                gradient[~finite] = 0
            shape = (-1, *(1 for _ in total.shape))
            scaled = gradient * torch.where(finite, factor, 0.0).float().view(shape)
            total += scaled.round_().sum(0, dtype=torch.float64)


def _by_unit(gradient: Tensor, units: Tensor, count: int) -> Tensor:
    """Return the sums of a unit's gradients: (unit, *shape), memory of its own."""
    sums = torch.zeros(count, *gradient.shape[1:])
    return sums.index_add_(0, units, gradient.float())


def _norms(gradient: Tensor) -> Tensor:
    norms: Tensor = torch.linalg.vector_norm(gradient.reshape(len(gradient), -1), dim=1, dtype=torch.float64)
    return norms
