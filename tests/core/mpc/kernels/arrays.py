"""Arrays for the tests of kernels, from a seed."""

from typing import Any

import numpy as np

from primia_core.mpc import kernels

FIXED = kernels.FixedKeys.of_stock(b"tested")
RAGGED = (0, 1, 63, 64, 65, 127, 128, 129, 192, 300)


class Draw:
    """Uniform words of one seed."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def words(self, shape: int | tuple[int, ...], dtype: Any, bits: int | None = None) -> Any:
        """Return words below ``2**bits``, by default any of the type."""
        width = 8 * np.dtype(dtype).itemsize if bits is None else bits
        return self._rng.integers(0, 1 << width, shape, dtype=dtype)

    def roots(self, count: int) -> list[Any]:
        """Return the root seeds of both parties."""
        return [self.words((count, 2), np.uint64) for _ in range(2)]


def all_pairs(bits: int) -> tuple[Any, Any]:
    """Return every pair of a threshold and an x of so many bits."""
    numbers = np.arange(1 << bits, dtype=np.uint16)
    threshold, x = np.meshgrid(numbers, numbers, indexing="ij")
    return threshold.ravel(), x.ravel()
