"""Map stored pixel values to [0, 1]. Knows no formats."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from primia_core.imaging.errors import UnreadableImageError


def stretched(values: NDArray[Any], valid: NDArray[np.bool_] | None = None) -> NDArray[np.float32]:
    """Map the darkest valid value to 0 and the brightest to 1; one flat value becomes 0."""
    used = values if valid is None or not valid.any() else values[valid]
    low, high = float(used.min()), float(used.max())
    if not np.isfinite([low, high]).all():
        raise UnreadableImageError(f"has pixel values from {low} to {high}; export it without infinities")
    return unit_range(values, low, high)


def unit_range(values: NDArray[Any], low: float, high: float) -> NDArray[np.float32]:
    """Map ``low`` to 0 and ``high`` to 1, and what lies beyond to the nearer of the two."""
    scaled = (np.asarray(values, np.float32) - np.float32(low)) / np.float32(high - low if high > low else 1.0)
    return np.asarray(np.clip(scaled, 0.0, 1.0), np.float32)
