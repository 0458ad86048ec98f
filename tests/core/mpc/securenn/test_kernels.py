"""Native code gives the bytes that NumPy gives, and both give those that were committed."""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from primia_core.mpc.kernels import levels, native_securenn
from primia_core.mpc.kernels import securenn as kernels
from primia_core.mpc.kernels.reference import securenn as reference
from primia_core.mpc.securenn.select import help_relu, relu
from tests.core.mpc.securenn.table import Recorded, run, seeds_of, split

NATIVE = [level for level in levels.available() if native_securenn.kernels(level)]
VECTORS = json.loads((Path(__file__).parent / "vectors" / "relu.json").read_text())
ROWS = 301


@pytest.fixture(params=NATIVE)
def native(request):
    return native_securenn.kernels(request.param)


@pytest.fixture
def numbers():
    return np.random.default_rng(5)


def residues(numbers, lowest=0):
    return numbers.integers(lowest, 67, (ROWS, 64), np.uint8)


@pytest.mark.parametrize("lowest", [0, 1])
@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 255, 100_000])
def test_residues_are_accepted_alike(native, numbers, lowest, size):
    raw = numbers.integers(0, 256, size, np.uint8)
    outs = np.full((2, size + 1), 255, np.uint8)
    counts = [k.accept_residues(raw, 67, lowest, o) for k, o in zip((native, reference), outs, strict=True)]
    assert counts[0] == counts[1]
    assert np.array_equal(outs[0, : counts[0]], outs[1, : counts[0]])
    assert outs[0, size] == 255


def test_every_byte_is_accepted_or_refused_alike(native):
    raw = np.repeat(np.arange(256, dtype=np.uint8), 3)
    for lowest in (0, 1):
        outs = np.zeros((2, raw.size), np.uint8)
        counts = [k.accept_residues(raw, 67, lowest, o) for k, o in zip((native, reference), outs, strict=True)]
        assert counts == [3 * (201 if lowest == 0 else 198)] * 2
        assert np.array_equal(*outs[:, : counts[0]])


def test_picks_are_alike(native):
    bounds = np.arange(64, 1, -1, dtype=np.uint32)
    raw = np.tile(np.arange(1 << 16, dtype=np.uint16)[:, None], (1, 63))
    for mine, theirs in zip(native.accept_picks(raw, bounds), reference.accept_picks(raw, bounds), strict=True):
        assert np.array_equal(mine, theirs)


@pytest.mark.parametrize("party", [0, 1])
def test_comparisons_are_blinded_alike(native, numbers, party):
    bound = numbers.integers(0, 1 << 64, ROWS, np.uint64)
    bound[:6] = [0, 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 2, (1 << 64) - 1]
    picks, _ = reference.accept_picks(
        numbers.integers(0, 1 << 16, (ROWS, 63), np.uint16), np.arange(64, 1, -1, dtype=np.uint32)
    )
    shares, factors, zeros = residues(numbers), residues(numbers, lowest=1), residues(numbers)
    shares[7], factors[7], zeros[7] = 66, 66, 0
    shares[8], factors[8], zeros[8] = 0, 66, 66
    for flip in (np.zeros(ROWS, np.uint8), np.ones(ROWS, np.uint8)):
        arguments = party, shares, bound, flip, factors, zeros, picks, 67
        assert np.array_equal(native.blind_comparison(*arguments), reference.blind_comparison(*arguments))


def test_bits_are_shared_and_unpacked_alike(native, numbers):
    words, first = numbers.integers(0, 1 << 64, ROWS, np.uint64), residues(numbers)
    first[0], first[1], words[0], words[1] = 0, 66, (1 << 64) - 1, 0
    packed = native.share_bits(words, first, 67)
    assert np.array_equal(packed, reference.share_bits(words, first, 67))
    assert np.array_equal(native.unpack_residues(packed), reference.unpack_residues(packed))


def test_zeros_are_found_alike_at_every_place(native):
    first, second = np.ones((130, 64), np.uint8), np.full((130, 64), 65, np.uint8)
    for place in range(64):
        first[place, place] = second[place, place] = 0
        first[64 + place, place], second[64 + place, place] = 66, 1
    pair = reference.pack_residues(first), reference.pack_residues(second)
    found = native.any_zero(*pair, 67)
    assert np.array_equal(found, reference.any_zero(*pair, 67))
    assert found.tolist() == 128 * [1] + 2 * [0]


@pytest.mark.parametrize("level", ["numpy", *NATIVE])
def test_a_relu_sends_the_committed_bytes(level, monkeypatch):
    """Right on seeds and shares of the vectors; other seeds or values give other bytes."""
    monkeypatch.setattr(kernels, "active", lambda: level)
    digests = [transcript(VECTORS["seeds"], VECTORS["values"]), *(transcript(**wrong) for wrong in VECTORS["others"])]
    assert digests[0] == VECTORS["sha256"]
    assert len(set(digests)) == len(digests)


def transcript(seeds, values):
    """Return the SHA-256 of all that P0, P1 and P2 receive."""
    recorded = Recorded()
    shares = split(np.array(values, np.int64), seed=11)
    out = run(
        lambda seat: relu(seat, shares[seat.party]),
        lambda seat: help_relu(seat, len(values)),
        seeds=seeds_of(seeds),
        recorded=recorded,
    )
    assert (out[0] + out[1]).view(np.int64).tolist() == [max(value, 0) for value in values]
    messages = [message for party in (0, 1, 2) for _sender, message in recorded.received[party]]
    return sha256(b"".join(messages)).hexdigest()
