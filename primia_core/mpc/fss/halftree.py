"""`fss`: the sign by a half-tree comparison key, whose output bit is opened under a mask. Two rounds a ReLU.

The comparison [x < alpha] is the parity of a point function's shares over all leaves right of x (prefix parity), which
the walk to x sees on its way: where it turns left, the right sibling's control bit says whether alpha is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from primia_core.mpc import kernels
from primia_core.mpc.dealing import Blocks, Dealing, Tape
from primia_core.mpc.fss.slices import slices
from primia_core.mpc.profile import Profile, Width, Words
from primia_core.mpc.randomness import BLOCK_BYTES
from primia_core.mpc.sign import Chosen, Payload, Place, Selection, low_and_top, open_bits
from primia_core.mpc.steps import Exchange
from primia_core.mpc.traffic import Traffic, both, opening_bits
from primia_core.mpc.wire import Bits


@dataclass(frozen=True, repr=False)
class HalfTreeCorrelation:
    """One party's keys, roots and blinding bits for a vector of signs, and shares that the opened bits choose from."""

    root: Blocks
    keys: tuple[Blocks, ...]
    blind: Bits
    ones: Words
    pairs: tuple[tuple[Words, Words], ...]


class HalfTreeSign:
    """Sign test with comparison keys.

    Args:
        fixed: the public AES keys of the stock.
    Security: each party's key is pseudorandom given the other's secrets; the opened bit is d under a fresh uniform bit.
    Cost: 16 (n - 6) bytes of key to each party, n - 7 + 1 AES calls a party and element, one bit each way.
    Source: Guo, Yang, Wang, Zhang, Xie, Zhang, Liu: Half-Tree, EUROCRYPT 2023 (tree); Storrier, Vadapalli, Lyons,
        Henry: Grotto, CCS 2023 (prefix parity); Boyle, Gilboa, Ishai: CCS 2016 (early termination).
    """

    def __init__(self, fixed: kernels.FixedKeys) -> None:
        self._fixed = fixed

    def deal(self, dealing: Dealing, mask: Words, bits: int, unit: Width, payloads: Sequence[Payload]) -> None:
        """Write keys for the masks' low bits, and selection shares for the blinded sign."""
        low, top = low_and_top(mask, bits)
        root0, root1 = dealing.roots(low.size)
        for name, some in slices(low.size):
            key = kernels.comparison_generate(low[some], bits - 1, root0[some], root1[some], self._fixed)
            dealing.give(name, key)
        rho = dealing.bits(low.size) ^ top ^ np.uint8(1)
        Selection.deal(dealing, rho, unit, payloads)

    def take(self, tape: Tape, count: int, bits: int, unit: Width, payloads: Sequence[Payload]) -> HalfTreeCorrelation:
        """Read this party's keys and selection shares."""
        root = tape.roots(count)
        keys, blind = tuple(tape.given(name) for name, _ in slices(count)), tape.bits(count)
        ones, pairs = Selection.take(tape, count, unit, payloads)
        return HalfTreeCorrelation(root, keys, blind, ones, tuple(pairs))

    def online(self, place: Place, opened: Words, bits: int, correlation: HalfTreeCorrelation) -> Exchange[Chosen]:
        """Evaluate the key at A, open the blinded sign."""
        low, top = low_and_top(opened, bits)
        share = np.empty(low.size, np.uint8)
        for (_, some), key in zip(slices(low.size), correlation.keys, strict=True):
            share[some] = kernels.comparison_evaluate(
                place.party, low[some], bits - 1, correlation.root[some], key, self._fixed, threads=place.threads
            )
        np.bitwise_xor(share, correlation.blind, out=share)
        if place.party == 0:
            np.bitwise_xor(share, top, out=share)
        blinded = yield from open_bits(place, share)
        return Chosen(blinded, correlation.ones, correlation.pairs)

    def traffic(self, profile: Profile, count: int, bits: int, unit: Width, payloads: Sequence[Width]) -> Traffic:
        """Return what so many signs cost: keys in whole groups, selection shares, one opened bit each."""
        keys = kernels.groups_of(count) * kernels.GROUP * kernels.comparison_rows(bits - 1) * BLOCK_BYTES
        return both(keys) + Selection.traffic(count, unit, payloads) + opening_bits(count)
