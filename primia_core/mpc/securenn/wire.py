"""What SecureNN puts into messages: arrays one after another, as they lie in memory. Knows no meaning of them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def joined(*parts: NDArray[Any]) -> memoryview:
    """Return the bytes of arrays one after another."""
    flat = [np.ascontiguousarray(part).reshape(-1).view(np.uint8) for part in parts]
    return (flat[0] if len(flat) == 1 else np.concatenate(flat)).data
