"""Which images make which batch. Knows indices only: no pixels, no labels."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from primia_core.training.config import LocalTraining

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Batches:
    """A fixed number of batches over ``images`` images, in an order that the generator fixes.

    Counted in steps, every batch is full: passes over the cohort, each in a new order, are strung together, so that a
    small cohort takes as long as a large one; with ``keep_last`` a site stops instead when its images are used up, so
    the time that it takes tells about how many it has. Counted in epochs, each pass is cut into batches whose sizes
    differ by one at most, so that none is a single image, which has no batch statistics.
    """

    images: int
    config: LocalTraining

    def __len__(self) -> int:
        if self.config.steps is not None and self.config.exhausted_sites == "keep_last":
            return min(self.config.steps, max(1, self.images // self.config.batch_size))
        if self.config.steps is not None:
            return self.config.steps
        return (self.config.epochs or 1) * self.a_pass

    @property
    def a_pass(self) -> int:
        """Return how many batches an epoch has."""
        return max(1, min(-(-self.images // self.config.batch_size), self.images // 2))

    def draw(self, rng: np.random.Generator) -> Iterator[Indices]:
        """Yield the indices of each batch."""
        if self.config.steps is None:
            yield from self._epochs(rng)
            return
        size, waiting = self.config.batch_size, np.empty(0, np.int64)
        for _ in range(len(self)):
            while len(waiting) < size:
                waiting = np.concatenate([waiting, rng.permutation(self.images)])
            batch, waiting = waiting[:size], waiting[size:]
            yield batch

    def _epochs(self, rng: np.random.Generator) -> Iterator[Indices]:
        for _ in range(self.config.epochs or 1):
            order = np.resize(rng.permutation(self.images), max(self.images, 2))  # one image alone has no variance
            yield from np.array_split(order, self.a_pass)
