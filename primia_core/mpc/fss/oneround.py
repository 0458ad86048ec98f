"""`fss-oneround`: the sign by a distributed comparison function whose payload is the answer. No opening of its own.

For links so long that a round costs more than the keys: about three times the material of ``fss``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from primia_core.mpc import kernels
from primia_core.mpc.dealing import Blocks, Dealing, Tape
from primia_core.mpc.fss.slices import slices
from primia_core.mpc.profile import Profile, Width, Words
from primia_core.mpc.sign import Multiplied, Payload, Place, flip, low_and_top
from primia_core.mpc.steps import Exchange
from primia_core.mpc.traffic import Traffic, both, shared


@dataclass(frozen=True, repr=False)
class OneRoundCorrelation:
    """One party's keys and roots for a vector of signs, shares of g*p for each payload (the first p = 1) and of p."""

    root: Blocks
    keys: tuple[kernels.Key, ...]
    offsets: tuple[Words, ...]
    payloads: tuple[Words, ...]


class OneRoundSign:
    """Sign test with payload.

    With g = 1 ^ msb(B) and lt the comparison, d = msb(A) ^ g ^ lt, so that for msb(A) = 0
    ``d p = g p + (1 - 2g) p lt`` and for msb(A) = 1 it is p less that.

    Security: the key is pseudorandom; nothing is opened.
    Source: Boyle, Chandran, Gilboa, Gupta, Ishai, Kumar, Rathee: EUROCRYPT 2021, figure 1 (DCF).
    """

    def __init__(self, fixed: kernels.FixedKeys) -> None:
        self._fixed = fixed

    def deal(self, dealing: Dealing, mask: Words, bits: int, unit: Width, payloads: Sequence[Payload]) -> None:
        """Write keys whose payloads are signed by the mask's top bit, and shares of g times each."""
        low, top = low_and_top(mask, bits)
        ring = dealing.profile.ring
        g = (top ^ np.uint8(1)).astype(ring.dtype)
        factors = [np.ones_like(g), *(payload.values.reshape(-1).astype(ring.dtype) for payload in payloads)]
        root0, root1 = dealing.roots(low.size)
        slopes = np.stack([factor - 2 * g * factor for factor in factors], axis=1)
        for name, some in slices(low.size):
            key = kernels.dcf_generate(low[some], slopes[some], bits - 1, root0[some], root1[some], self._fixed)
            dealing.give(name, key)
        for position, factor in enumerate(factors):
            dealing.share(f"g*p{position}", g * factor, ring)

    def take(self, tape: Tape, count: int, bits: int, unit: Width, payloads: Sequence[Payload]) -> OneRoundCorrelation:
        """Read this party's keys and shares; a product is right modulo its payload's width."""
        ring = tape.profile.ring
        root = tape.roots(count)
        keys = tuple(tape.given(name) for name, _ in slices(count))
        offsets = tuple(tape.share(f"g*p{position}", count, ring) for position in range(len(payloads) + 1))
        shares = tuple(payload.values.reshape(-1).astype(ring.dtype) for payload in payloads)
        return OneRoundCorrelation(root, keys, offsets, shares)

    def online(self, place: Place, opened: Words, bits: int, correlation: OneRoundCorrelation) -> Exchange[Multiplied]:
        """Evaluate the key at A; no step is taken."""
        yield from ()  # no step
        low, top = low_and_top(opened, bits)
        columns = len(correlation.offsets)
        dtype = correlation.offsets[0].dtype
        values = np.empty((low.size, columns), dtype)
        for (_, some), key in zip(slices(low.size), correlation.keys, strict=True):
            values[some] = kernels.dcf_evaluate(
                place.party, low[some], bits - 1, correlation.root[some], key, self._fixed, dtype, columns,
                threads=place.threads,
            )  # fmt: skip
        one = np.full(low.size, 1 - place.party, dtype)
        wholes = (one, *correlation.payloads)
        shares = [flip(top, values[:, j] + correlation.offsets[j], wholes[j]) for j in range(columns)]
        return Multiplied(shares[0], tuple(shares[1:]))

    def traffic(self, profile: Profile, count: int, bits: int, unit: Width, payloads: Sequence[Width]) -> Traffic:
        """Return what so many signs cost: keys in whole groups, and shares of g*p."""
        columns = len(payloads) + 1
        keys = kernels.dcf_key_bytes(count, bits - 1, profile.ring.dtype, columns)
        return both(keys) + shared(count, *[profile.ring] * columns)
