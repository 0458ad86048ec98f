"""What every kernel demands of its arrays before it touches them. Knows no kernel."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from primia_core.mpc.errors import KernelError

RING = (np.uint32, np.uint64)
NARROW = (np.uint16, np.uint32)
BIT = (np.uint8,)
UNSIGNED = (np.uint8, np.uint16, np.uint32, np.uint64)


def checked(
    name: str, array: NDArray[Any], dtypes: Sequence[DTypeLike], shape: tuple[int | None, ...] | None = None
) -> NDArray[Any]:
    """Return the array, contiguous, if its type and shape are allowed; None stands for any length."""
    if array.dtype not in [np.dtype(kind) for kind in dtypes]:
        allowed = " or ".join(np.dtype(kind).name for kind in dtypes)
        raise KernelError(f"{name} holds {array.dtype}, not {allowed}; convert it first")
    if shape is not None and (
        array.ndim != len(shape) or any(want not in (None, have) for want, have in zip(shape, array.shape, strict=True))
    ):
        wanted = ", ".join("any" if length is None else str(length) for length in shape)
        raise KernelError(f"{name} has shape {array.shape}, not ({wanted}); reshape or cut it")
    return np.ascontiguousarray(array)


def check_party(party: int) -> None:
    """Raise unless the party is 0 or 1."""
    if party not in (0, 1):
        raise KernelError(f"party is {party}, not 0 or 1; the dealer evaluates nothing")


def check_range(name: str, value: int, lowest: int, highest: int, why: str) -> None:
    """Raise unless ``lowest <= value <= highest``."""
    if not lowest <= value <= highest:
        raise KernelError(f"{name} is {value}, not in {lowest}..{highest}: {why}")


def check_width(name: str, array: NDArray[Any], bits: int) -> None:
    """Raise unless the array's words have so many bits to compare."""
    if bits > bits_of(array):
        raise KernelError(f"{name} holds {array.dtype}, and {bits} bits are compared; convert it to uint32")


def bits_of(array: NDArray[Any]) -> int:
    """Return the width of an array's words in bits."""
    return 8 * array.dtype.itemsize
