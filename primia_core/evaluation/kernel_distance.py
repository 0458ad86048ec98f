"""A distance between two sets of features that needs no large n to be unbiased: the kernel inception distance.

Knows no networks: name the extractor wherever the number is shown.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from primia_core.evaluation.errors import PictureError

Floats = NDArray[np.float64]
LEAST_SUBSET = 2


@dataclass(frozen=True)
class KernelDistance:
    """The mean over subsets with its standard deviation, which says how far chance moves a subset's value."""

    value: float
    deviation: float
    subsets: int
    subset: int


def kernel_distance(
    first: ArrayLike, second: ArrayLike, *, subset: int = 100, subsets: int = 100, seed: int = 0
) -> KernelDistance:
    """Return the squared maximum mean discrepancy under the kernel (x . y / features + 1)**3.

    Args:
        first, second: (n, features) and (m, features).
        subset: pictures of each set in a subset, 2 or more; sets that are smaller are taken whole.
        subsets: how many are drawn without replacement, each.
        seed: of the draws.
    Returns:
        An unbiased estimate, so it may be below 0 for sets of one distribution.
    Raises:
        PictureError: shapes that do not fit, features that are no numbers.
    Source: Binkowski, Sutherland, Arbel, Gretton, "Demystifying MMD GANs", ICLR 2018.
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    shapes = a.ndim == b.ndim == 2 and a.shape[1] == b.shape[1] and min(len(a), len(b)) >= LEAST_SUBSET
    if not shapes or not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise PictureError(f"features of shapes {a.shape} and {b.shape}; give finite (pictures, features), 2 of each")
    size = min(subset, len(a), len(b))
    if size < LEAST_SUBSET or subsets < 1:
        raise PictureError(f"{subsets} subsets of {subset} pictures; take 1 or more, of 2 or more")
    rng = np.random.default_rng(seed)
    values = [discrepancy(a[_some(rng, len(a), size)], b[_some(rng, len(b), size)]) for _ in range(subsets)]
    return KernelDistance(float(np.mean(values)), float(np.std(values)), subsets, size)


def _some(rng: np.random.Generator, n: int, size: int) -> NDArray[np.int64]:
    return rng.choice(n, size, replace=False)


def discrepancy(a: Floats, b: Floats) -> float:
    """Return the unbiased squared discrepancy of whole sets, of 2 or more each; nothing is drawn."""
    n, m = len(a), len(b)
    within_a, within_b, between = _kernel(a, a), _kernel(b, b), _kernel(a, b)
    same_a = (within_a.sum() - np.trace(within_a)) / (n * (n - 1))
    same_b = (within_b.sum() - np.trace(within_b)) / (m * (m - 1))
    return float(same_a + same_b - 2 * between.mean())


def _kernel(a: Floats, b: Floats) -> Floats:
    return np.asarray((a @ b.T / a.shape[1] + 1) ** 3, np.float64)
