"""Exact sums of pixels, which add over sites, and the normalisation that follows. Knows no masks and no sites."""

from dataclasses import dataclass
from math import sqrt
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from primia_core.imaging.errors import StatisticsError

WHITE = 255
SMALLEST_STD = 1.0 / 1024.0
"""A cohort of one flat grey has standard deviation 0; dividing by it would make infinities."""


class Normalisation(BaseModel):
    """Mean and standard deviation of pixels in units of [0, 1]; public, and part of a plan when known beforehand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mean: float = Field(ge=0, le=1)
    std: float = Field(gt=0, le=1)


@dataclass(frozen=True)
class PixelSums:
    """Count, sum and sum of squares of uint8 pixels, as exact integers. One site's own are secret until summed."""

    count: int
    total: int
    total_squares: int

    @classmethod
    def of(cls, images: NDArray[np.uint8]) -> Self:
        """Sum the pixels of ``images`` (any shape, uint8), one image at a time, so a memory map stays on disk."""
        if images.dtype != np.uint8:
            raise StatisticsError(f"pixels are {images.dtype}, and exact sums need uint8; take them from a PixelCache")
        histogram = np.zeros(WHITE + 1, np.int64)
        for image in images:
            histogram += np.bincount(np.ravel(image), minlength=WHITE + 1)
        counts = [int(count) for count in histogram]
        return cls(
            count=sum(counts),
            total=sum(value * count for value, count in enumerate(counts)),
            total_squares=sum(value * value * count for value, count in enumerate(counts)),
        )

    def __add__(self, other: "PixelSums") -> "PixelSums":
        return PixelSums(self.count + other.count, self.total + other.total, self.total_squares + other.total_squares)

    def normalisation(self) -> Normalisation:
        """Return the normalisation of exactly these pixels, as ``pooled`` defines it."""
        return pooled(self)


def pooled(*parts: PixelSums) -> Normalisation:
    """Pool sums into one normalisation: the standard deviation of all pixels together, not the mean of the sites'.

    Args:
        parts: the sums of disjoint sets of images; one part that is already a sum over sites gives the same result.
    Returns:
        mean = T/(255 N) and std = sqrt(N S - T^2)/(255 N), the difference taken in exact integers.
    Raises:
        StatisticsError: no pixels, or S N < T^2, which no pixels have.
    Edge cases: where every pixel is equal the standard deviation is set to 1/1024.
    """
    everything = sum(parts, start=PixelSums(0, 0, 0))
    count, total, squares = everything.count, everything.total, everything.total_squares
    spread = count * squares - total * total
    if count < 1 or not 0 <= total <= WHITE * count or spread < 0:
        raise StatisticsError(
            f"no pixels have count={count}, total={total}, total_squares={squares}; "
            "check that every site reported its training images"
        )
    return Normalisation(mean=total / (WHITE * count), std=max(sqrt(spread) / (WHITE * count), SMALLEST_STD))
