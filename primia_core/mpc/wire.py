"""Bytes on the wire: bits eight a byte, values of m bits in whole bytes, little endian. Knows no meaning of them."""

import sys

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.profile import BYTE, Width, Words

assert sys.byteorder == "little", "ring words are sent as they lie in memory, which is little endian"

Bits = NDArray[np.uint8]


def size_of(count: int, width: Width) -> int:
    """Return how many bytes so many values take."""
    return count * (width.bits // BYTE)


def size_of_bits(count: int) -> int:
    """Return how many bytes so many bits take."""
    return -(-count // BYTE)


def encode(values: Words, width: Width) -> memoryview:
    """Return values as bytes: as they lie in memory, or without the bytes that a width never fills."""
    whole = values.dtype.itemsize
    used = width.bits // BYTE
    flat = np.ascontiguousarray(values).reshape(-1)
    if used == whole:
        return flat.view(np.uint8).data
    return np.ascontiguousarray(flat.view(np.uint8).reshape(-1, whole)[:, :used]).reshape(-1).data


def decode(message: memoryview, count: int, width: Width) -> Words:
    """Return ``count`` values of a message; the inverse of ``encode``."""
    kind = np.dtype(width.dtype)
    used = width.bits // BYTE
    raw = np.frombuffer(message, np.uint8)
    if used == kind.itemsize:
        return raw.view(kind)
    filled = np.zeros((count, kind.itemsize), np.uint8)
    filled[:, :used] = raw.reshape(count, used)
    return filled.view(kind).reshape(-1)


def encode_bits(bits: Bits) -> memoryview:
    """Return bits (0 or 1, any shape) as bytes, the first in the lowest place."""
    return np.packbits(bits, bitorder="little").data


def decode_bits(message: memoryview | NDArray[np.uint8], count: int) -> Bits:
    """Return ``count`` bits of a message."""
    raw = message if isinstance(message, np.ndarray) else np.frombuffer(message, np.uint8)
    return np.unpackbits(raw, count=count, bitorder="little")
