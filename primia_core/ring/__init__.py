"""Arithmetic modulo 2**32: keystreams added in place, and exact integers as limbs. It knows no protocol."""

from primia_core.ring.aes_ctr import CHUNK_WORDS, Keystream, Sign, SignedStreams, Words, add_keystream, add_keystreams
from primia_core.ring.errors import DtypeError, KeyLengthError, LimbError, RingError
from primia_core.ring.limbs import LIMBS, join_limbs, split_limbs

__all__ = [
    "CHUNK_WORDS",
    "LIMBS",
    "DtypeError",
    "KeyLengthError",
    "Keystream",
    "LimbError",
    "RingError",
    "Sign",
    "SignedStreams",
    "Words",
    "add_keystream",
    "add_keystreams",
    "join_limbs",
    "split_limbs",
]
