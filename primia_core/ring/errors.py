"""Everything that can be wrong with ring arithmetic, as one tree.

RingError
├── KeyLengthError     a keystream key is not 32 bytes
├── DtypeError         an array is not a one-dimensional, contiguous, writable uint32 array
└── LimbError          an integer does not fit its limbs, or words are no limbs
"""

from primia_core.errors import PrimiaError


class RingError(PrimiaError):
    """Something about a ring array does not fit."""

    code = "ring.error"


class KeyLengthError(RingError):
    """A keystream key has the wrong length."""

    code = "ring.key_length"


class DtypeError(RingError):
    """An array is not one of ring words."""

    code = "ring.dtype"


class LimbError(RingError):
    """An integer and its limbs do not fit together."""

    code = "ring.limb"
