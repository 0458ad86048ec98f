"""Poisson samples: every patient or image is in a batch by a coin of its own, from the operating system's randomness.

Epsilon of a small sample rate is true only of such batches: of a shuffled cohort cut into pieces it is not.
"""

import secrets
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from primia_core.privacy.discrete import Bits, RandomBytes
from primia_core.privacy.errors import ParameterError
from primia_core.privacy.plan import Unit

Indices = NDArray[np.int64]


def units_of(patients: Sequence[str], unit: Unit) -> list[Indices]:
    """Return which images belong to each unit: one each, or all of a patient."""
    if unit == "image":
        return [np.array([index], np.int64) for index in range(len(patients))]
    found: dict[str, list[int]] = {}
    for index, patient in enumerate(patients):
        found.setdefault(patient, []).append(index)
    return [np.array(indices, np.int64) for indices in found.values()]


class PoissonSampler:
    """Draws batches of unit numbers, one after another.

    Args:
        units: how many there are.
        rate: the chance of each to be in a batch; taken to 2**-64.
        rng: uniform bytes for the stream's key; only tests pass their own.
    """

    def __init__(self, units: int, rate: float, *, rng: RandomBytes = secrets.token_bytes) -> None:
        if not 0 < rate <= 1:
            raise ParameterError(f"sample_rate is {rate}; it is above 0 and at most 1")
        self._units, self._bits = units, Bits(rng)
        self._limit = int(Fraction(rate) * (1 << 64))

    def draw(self) -> Indices:
        """Return the numbers of the units in the next batch, which may be none."""
        words = self._bits.words(self._units)
        if self._limit == 1 << 64:
            return np.arange(self._units, dtype=np.int64)
        return np.flatnonzero(words < np.uint64(self._limit)).astype(np.int64)
