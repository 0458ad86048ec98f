"""How likely it is that uniform values look as uneven as these."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2


def p_value(values: NDArray, categories: int) -> float:
    """Return Pearson's p of the hypothesis that values are uniform on 0..categories - 1."""
    counts = np.bincount(np.ravel(values).astype(np.int64), minlength=categories)
    assert counts.size == categories, f"a value of {counts.size - 1} or more"
    expected = counts.sum() / categories
    return float(chi2.sf(((counts - expected) ** 2 / expected).sum(), categories - 1))


def p_of_bytes(raw: bytes) -> float:
    """Return the p of the hypothesis that bytes are uniform."""
    return p_value(np.frombuffer(raw, np.uint8), 256)
