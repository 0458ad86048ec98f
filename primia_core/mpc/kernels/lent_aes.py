"""Lends OpenSSL's AES to the portable kernels, where it is so fast that the processor must have an instruction for it.

Without one, OpenSSL looks AES up in tables on some processors, and time would tell something about seeds; the portable
kernels' own circuit of gates tells nothing. Tables are at most twice as fast as that circuit. Both give the same bytes.
"""

import ctypes
import threading
from time import perf_counter
from typing import Any, Final

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from primia_core.mpc.randomness import BLOCK_BYTES

LEAST_GAIN: Final = 4.0
"""How many times faster than the circuit OpenSSL must be: more than tables can, less than instructions do."""
TRIED_BLOCKS: Final = 4096
TRIES: Final = 3
DONE: Final = 1
MOST_KNOWN: Final = 4

Permutation = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)


class _Ciphers(threading.local):
    """AES under the keys that this thread has met last: those of one stock, of which there are four."""

    def __init__(self) -> None:
        self.known: dict[bytes, Any] = {}


_ciphers = _Ciphers()


def _encrypt(key: int, source: int, target: int, count: int) -> int:
    """Encrypt blocks; the target has room for one more, as OpenSSL's interface asks."""
    size = count * BLOCK_BYTES
    _cipher(ctypes.string_at(key, BLOCK_BYTES)).update_into(_bytes(source, size), _bytes(target, size + BLOCK_BYTES))
    return DONE


def _bytes(address: int, size: int) -> memoryview:
    seen: NDArray[np.uint8] = np.ctypeslib.as_array((ctypes.c_uint8 * size).from_address(address))
    return seen.data


def _cipher(key: bytes) -> Any:
    known = _ciphers.known
    if key not in known:
        if len(known) == MOST_KNOWN:
            known.clear()
        known[key] = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - a permutation
    return known[key]


LENT: Final = Permutation(_encrypt)


def gain(library: ctypes.CDLL, level: int) -> float:
    """Return how many times faster OpenSSL encrypts than a level of the library does."""
    size, key = TRIED_BLOCKS * BLOCK_BYTES, bytes(range(BLOCK_BYTES))
    source, target = (ctypes.create_string_buffer(size + 4 * BLOCK_BYTES) for _ in range(2))
    start = ctypes.addressof(source) + -ctypes.addressof(source) % BLOCK_BYTES
    own = _fastest(lambda: library.primia_encrypt(level, key, start, TRIED_BLOCKS))
    return own / _fastest(lambda: LENT(key, start, ctypes.addressof(target), TRIED_BLOCKS))


def lend_if_faster(library: ctypes.CDLL, level: int) -> bool:
    """Lend OpenSSL's AES to the portable level, the library's last, if it gains enough; return whether it does.

    Cost: a millisecond, once.
    """
    lent = gain(library, level) >= LEAST_GAIN
    library.primia_lend(ctypes.cast(LENT, ctypes.c_void_p) if lent else None)
    return lent


def _fastest(call: Any) -> float:
    seconds = []
    for _ in range(TRIES):
        began = perf_counter()
        call()
        seconds.append(perf_counter() - began)
    return min(seconds)
