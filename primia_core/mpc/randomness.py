"""Randomness of encrypted inference: seeds of the operating system, expanded by AES-256-CTR; fixed keys of a stock.

Knows no gate. One operation of one correlation set reads one stream, once, from its start.
"""

import secrets
from collections.abc import Callable
from hashlib import sha256
from math import prod

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import DTypeLike, NDArray

from primia_core.mpc.errors import RandomnessError

SEED_BYTES = 32
BLOCK_BYTES = 16
MOST_BYTES = BLOCK_BYTES << 48
RandomBytes = Callable[[int], bytes]
_ZEROS = memoryview(bytes(1 << 20))


def new_seed(rng: RandomBytes = secrets.token_bytes) -> bytes:
    """Return 32 uniform bytes of the operating system."""
    return rng(SEED_BYTES)


def fixed_key(stock_id: bytes, label: str) -> bytes:
    """Return a public AES-128 key of one stock: 16 bytes that the dealer could not choose before the stock's id."""
    return sha256(b"primia mpc fixed key\0" + label.encode() + b"\0" + stock_id).digest()[:BLOCK_BYTES]


class Stream:
    """The keystream of one operation: AES-256-CTR whose first counter is ``operation << 64``.

    Security: streams of one seed never meet, because no operation reads 2**64 blocks. The same (seed, operation) gives
    the same bytes, so a seed serves one correlation set.
    Source: NIST SP 800-38A, section 6.5.
    """

    def __init__(self, seed: bytes, operation: int) -> None:
        if len(seed) != SEED_BYTES:
            raise RandomnessError(f"a seed has {SEED_BYTES} bytes, got {len(seed)}")
        counter = (operation << 64).to_bytes(BLOCK_BYTES, "big")
        self._cipher = Cipher(algorithms.AES(seed), modes.CTR(counter)).encryptor()
        self._drawn = 0

    def fill(self, out: NDArray[np.uint8]) -> None:
        """Overwrite contiguous bytes with the next ones of the stream."""
        self._drawn += out.size
        if self._drawn > MOST_BYTES:
            raise RandomnessError(
                f"a stream gives {MOST_BYTES} bytes, {self._drawn} were asked for; deal a smaller batch"
            )
        for start in range(0, out.size, len(_ZEROS)):
            part = out[start : start + len(_ZEROS)]
            self._cipher.update_into(_ZEROS[: part.size], part.data)

    def words(self, shape: int | tuple[int, ...], dtype: DTypeLike) -> NDArray[np.unsignedinteger]:
        """Return uniform words of a type and shape, little-endian bytes of the stream."""
        kind = np.dtype(dtype)
        size = prod(shape) if isinstance(shape, tuple) else shape
        out = np.empty(size, kind)
        self.fill(out.view(np.uint8).reshape(-1))
        return out.reshape(shape)

    def blocks(self, count: int) -> NDArray[np.uint64]:
        """Return uniform 16-byte blocks, (count, 2) uint64."""
        return self.words((count, 2), np.uint64)
