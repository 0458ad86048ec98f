"""SecureNN's private comparison in C++; same arguments and same bytes as ``kernels.reference.securenn``.

For 64 bits and the prime 67. Calls release the interpreter's lock.
"""

import ctypes
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.kernels.native import library
from primia_core.mpc.kernels.reference.securenn import Bits, Residues
from primia_core.mpc.profile import Words

BITS, PRIME = 64, 67
PACKED = BITS * 7 // 8
PORTABLE = "native-portable"

_POINTER, _INT, _LONG = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "primia_securenn_accept": (_LONG, [_INT, _POINTER, _LONG, _INT, _POINTER]),
    "primia_securenn_pick": (_LONG, [_INT, _POINTER, _POINTER, _LONG, _LONG, _POINTER, _POINTER]),
    "primia_securenn_share": (None, [_INT, _POINTER, _POINTER, _POINTER, _LONG]),
    "primia_securenn_blind": (None, [_INT, _INT, _LONG, *[_POINTER] * 7]),
    "primia_securenn_zero": (None, [_INT, _POINTER, _POINTER, _POINTER, _LONG]),
    "primia_securenn_unpack": (None, [_INT, _POINTER, _POINTER, _LONG]),
}


@cache
def _loaded() -> ctypes.CDLL | None:
    """Return the library with these functions declared, or None where it has none of them."""
    loaded = library()
    if loaded is None or not hasattr(loaded, "primia_securenn_blind"):
        return None
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(loaded, name)
        function.restype, function.argtypes = result, arguments
    return loaded


@cache
def kernels(level: str) -> "NativeRows | None":
    """Return the kernels of a level, or None where the library lacks them."""
    return NativeRows(level) if level.startswith("native") and _loaded() is not None else None


class NativeRows:
    """The kernels of one level."""

    def __init__(self, level: str) -> None:
        loaded = _loaded()
        assert loaded is not None
        self._library = loaded
        self._portable = int(level == PORTABLE)

    def accept_residues(self, raw: NDArray[np.uint8], modulus: int, lowest: int, out: Residues) -> int:
        """See ``kernels.securenn``."""
        assert modulus == PRIME and lowest in (0, 1) and out.size >= raw.size  # noqa: PT018
        accepted = self._library.primia_securenn_accept(self._portable, _at(raw), raw.size, lowest, _at(out))
        return int(accepted)

    def accept_picks(
        self, raw: NDArray[np.uint16], bounds: NDArray[np.uint32]
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """See ``kernels.securenn``."""
        rows, columns = raw.shape
        picks, refused = np.empty((rows, columns), np.uint8), np.empty(raw.size, np.int64)
        arrays = _at(raw), _at(bounds)
        count = self._library.primia_securenn_pick(self._portable, *arrays, columns, rows, _at(picks), _at(refused))
        return picks, refused[:count].copy()

    def share_bits(self, words: Words, first: Residues, prime: int) -> NDArray[np.uint8]:
        """See ``kernels.securenn``."""
        packed = np.empty((words.size, PACKED), np.uint8)
        self._library.primia_securenn_share(self._portable, _at(words), _at(first), _at(packed), words.size)
        return packed

    def blind_comparison(
        self,
        party: int,
        shares: Residues,
        bound: Words,
        flip: Bits,
        factors: Residues,
        zeros: Residues,
        picks: NDArray[np.uint8],
        prime: int,
    ) -> NDArray[np.uint8]:
        """See ``kernels.securenn``."""
        rows = bound.size
        packed = np.empty((rows, PACKED), np.uint8)
        pointers = map(_at, (shares, bound, flip, factors, zeros, picks, packed))
        self._library.primia_securenn_blind(self._portable, party, rows, *pointers)
        return packed

    def any_zero(self, first: NDArray[np.uint8], second: NDArray[np.uint8], prime: int) -> Bits:
        """See ``kernels.securenn``."""
        found = np.empty(len(first), np.uint8)
        self._library.primia_securenn_zero(self._portable, _at(first), _at(second), _at(found), len(first))
        return found

    def unpack_residues(self, packed: NDArray[np.uint8]) -> Residues:
        """See ``kernels.securenn``."""
        residues = np.empty((len(packed), BITS), np.uint8)
        self._library.primia_securenn_unpack(self._portable, _at(packed), _at(residues), len(packed))
        return residues


def _at(array: NDArray[Any]) -> int:
    assert array.flags.c_contiguous
    return array.ctypes.data
