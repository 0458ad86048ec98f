"""Draws are uniform, the same for both readers of a stream, and however they are cut; packing loses nothing."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest

from primia_core.mpc.errors import ProfileError, SessionError
from primia_core.mpc.kernels.reference.securenn import bits_of, pack_residues, shuffled, unpack_residues
from primia_core.mpc.kernels.securenn import accept_picks
from primia_core.mpc.randomness import Stream
from primia_core.mpc.securenn.draws import PickStream, ResidueStream, coins, odd_words
from primia_core.mpc.securenn.ring import RING, Ring, odd_add, odd_reduce, odd_subtract, wraps
from primia_core.mpc.securenn.seat import Seat, Seeds, new_seeds
from tests.core.mpc.securenn.chance import p_value
from tests.core.mpc.securenn.table import TOY

SEED = bytes(range(32))


def test_odd_ring_arithmetic_is_that_of_integers_for_every_pair():
    a, b = (part.ravel() for part in np.meshgrid(*2 * [np.arange(255, dtype=np.uint8)]))
    wide = a.astype(int), b.astype(int)
    assert np.array_equal(odd_add(a, b), (wide[0] + wide[1]) % 255)
    assert np.array_equal(odd_subtract(a, b), (wide[0] - wide[1]) % 255)
    assert np.array_equal(wraps(a + b, a), wide[0] + wide[1] > 255)
    assert odd_reduce(np.array([0, 254, 255], np.uint8)).tolist() == [0, 254, 0]


def test_bits_are_lowest_first():
    assert bits_of(np.array([1, 1 << 63], np.uint64)).nonzero()[1].tolist() == [0, 63]


def test_odd_words_never_reach_the_modulus_and_are_uniform():
    words = odd_words(Stream(SEED, 0), 255 * 400, TOY)
    assert words.max() == 254
    assert p_value(words, 255) > 1e-4


def test_coins_are_fair():
    assert p_value(coins(Stream(SEED, 0), 40_001), 2) > 1e-4


@pytest.mark.parametrize(("modulus", "lowest"), [(67, 0), (67, 1), (11, 1)])
def test_residues_are_uniform_and_do_not_depend_on_chunks(modulus, lowest):
    whole = ResidueStream(Stream(SEED, 3), modulus, lowest).draw(1000, 64)
    cut = ResidueStream(Stream(SEED, 3), modulus, lowest)
    assert np.array_equal(whole, np.concatenate([cut.draw(1, 64), cut.draw(299, 64), cut.draw(700, 64)]))
    assert whole.min() == lowest
    assert p_value(whole - np.uint8(lowest), modulus - lowest) > 1e-4


def test_every_permutation_of_four_is_equally_likely():
    picks = PickStream(Stream(SEED, 5), 4).draw(24_000)
    places = np.tile(np.arange(4, dtype=np.uint8), (24_000, 1))
    seen = Counter(map(tuple, shuffled(places, picks).tolist()))
    assert set(seen) == set(permutations(range(4)))
    assert p_value(np.repeat(np.arange(24), list(seen.values())), 24) > 1e-4


def test_swaps_are_those_of_a_shuffle():
    rows = np.tile(np.arange(4, dtype=np.uint8), (2, 1))
    assert shuffled(rows, np.array([[0, 0, 0], [3, 2, 1]], np.uint8)).tolist() == [[1, 2, 3, 0], [0, 1, 2, 3]]


def test_picks_are_uniform_below_their_bounds():
    picks = PickStream(Stream(SEED, 6), 64).draw(20_000)
    assert picks.shape == (20_000, 63)
    for step in range(63):
        assert p_value(picks[:, step], 64 - step) > 1e-4


def test_what_would_make_a_pick_uneven_is_refused():
    """For each bound 65536 less the remainder are accepted, as many for each value."""
    words = np.arange(1 << 16, dtype=np.uint16)[:, None]
    for bound in (2, 3, 37, 63, 64):
        picks, refused = accept_picks(words, np.array([bound], np.uint32))
        accepted = np.delete(picks.ravel(), refused)
        assert np.bincount(accepted).tolist() == [(1 << 16) // bound] * bound


@pytest.mark.parametrize("columns", [8, 64])
def test_packing_takes_seven_bits_and_is_undone(columns):
    residues = np.random.default_rng(0).integers(0, 128, (50, columns), np.uint8)
    packed = pack_residues(residues)
    assert packed.shape == (50, columns * 7 // 8)
    assert np.array_equal(unpack_residues(packed), residues)


@pytest.mark.parametrize("wrong", [{"bits": 12}, {"prime": 61}, {"prime": 131}, {"bits": 8, "prime": 7}])
def test_a_ring_without_room_for_a_comparison_is_refused(wrong):
    with pytest.raises(ProfileError):
        Ring(**wrong)


def test_a_seat_needs_the_seeds_of_both_other_parties():
    first, second, _ = new_seeds()
    with pytest.raises(SessionError, match="party 0 cannot sit here"):
        Seat(0, second)
    with pytest.raises(SessionError, match="two seeds"):
        Seeds({1: bytes(32)})
    assert "with_peer" not in repr(first)


def test_sessions_of_the_same_parties_share_no_randomness():
    seeds = new_seeds()
    words = [
        [Seat(0, own[0], RING).zeros(4).tobytes(), Seat(1, own[1], RING).stream(2).words(4, np.uint64).tobytes()]
        for own in ([seed.of_session(name) for seed in seeds] for name in (b"one", b"two"))
    ]
    assert len({word for pair in words for word in pair}) == 4
    zeros = [Seat(party, seeds[party].of_session(b"one"), RING).zeros(4) for party in (0, 1)]
    assert not (zeros[0] + zeros[1]).any()
