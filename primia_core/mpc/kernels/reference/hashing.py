"""The hash of the trees: H_k(x) = AES_k(s(x)) ^ s(x) with the linear orthomorphism s(low, high) = (low ^ high, low).

Knows no tree. AES keys are fixed and public; the hash is circular correlation robust in the ideal cipher model.
Source: Guo, Katz, Wang, Yu, "Efficient and Secure Multiparty Computation from Fixed-Key Block Ciphers", S&P 2020,
section 7.3; the halves of a block are named here as they lie in memory.
"""

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from primia_core.mpc.kernels.blocks import Blocks

ONE = np.uint64(1)
TWEAK_SHIFT = np.uint64(32)


def hashed(key: bytes, blocks: Blocks) -> Blocks:
    """Return H_key of each row of (N, 2) blocks."""
    mixed = np.stack([blocks[:, 0] ^ blocks[:, 1], blocks[:, 0]], axis=1)
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - a permutation, not an encryption
    encrypted = np.frombuffer(cipher.update(mixed.tobytes()), np.uint64).reshape(-1, 2)
    return encrypted ^ mixed


def tweaked(blocks: Blocks, number: int) -> Blocks:
    """Return blocks whose high word differs by ``number`` in its upper half: inputs of one seed's further blocks."""
    return blocks ^ np.array([0, number], np.uint64) << TWEAK_SHIFT


def bit_of(numbers: np.typing.NDArray[np.uint64], place: int) -> np.typing.NDArray[np.uint64]:
    """Return one bit of each number as a column of uint64 zeros and ones."""
    return ((numbers >> np.uint64(place)) & ONE)[:, None]
