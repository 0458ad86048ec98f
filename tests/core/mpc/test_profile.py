"""Widths that fit together, and those that do not."""

import numpy as np
import pytest

from primia_core.mpc.errors import ProfileError
from primia_core.mpc.profile import FAST, PRECISE, PROFILES, Profile, Width


@pytest.mark.parametrize(
    ("bits", "dtype"),
    [(8, np.uint16), (15, np.uint16), (16, np.uint16), (17, np.uint32), (32, np.uint32), (40, np.uint64)],
)
def test_a_width_is_held_in_the_smallest_of_three_types(bits: int, dtype: type) -> None:
    assert Width(bits).dtype == dtype


def test_reducing_changes_in_place_and_only_what_is_above() -> None:
    values = np.array([0x12345678, 0xFFFFFF], np.uint32)
    assert Width(24).reduce(values) is values
    assert values.tolist() == [0x345678, 0xFFFFFF]
    whole = np.array([0xFFFFFFFF], np.uint32)
    assert Width(32).reduce(whole).tolist() == [0xFFFFFFFF]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_profiles_have_their_names_and_widths(profile: Profile) -> None:
    assert PROFILES[profile.name] is profile
    assert (profile.ring.bits, profile.wire.bits, profile.wrap.bits) == (
        profile.ring_bits, profile.wire_bits, profile.fraction_bits,
    )  # fmt: skip


def test_the_numbers_of_the_two_profiles() -> None:
    assert (FAST.ring_bits, FAST.fraction_bits, FAST.wire_bits, FAST.sign_bits) == (32, 16, 16, 15)
    assert (PRECISE.ring_bits, PRECISE.fraction_bits, PRECISE.wire_bits, PRECISE.sign_bits) == (64, 40, 24, 23)
    assert FAST.sum_limit == (1 << 30) - (2 << 16)
    assert PRECISE.sum_limit == (1 << 62) - (2 << 40)


@pytest.mark.parametrize(
    ("widths", "said"),
    [
        ((16, 8, 8, 8), "32 or 64 bits, got 16"),
        ((32, 16, 15, 15), "32 ring bits less 16 fraction bits are not 15 wire bits"),
        ((32, 15, 17, 15), "not whole bytes"),
        ((32, 16, 16, 17), "9 <= sign bits <= wire bits <= 32, got 17 and 16"),
        ((32, 16, 16, 8), "9 <= sign bits <= wire bits <= 32, got 8 and 16"),
        ((64, 24, 40, 23), "9 <= sign bits <= wire bits <= 32, got 23 and 40"),
    ],
)
def test_widths_that_do_not_fit_are_refused(widths: tuple[int, int, int, int], said: str) -> None:
    with pytest.raises(ProfileError, match=said):
        Profile("odd", *widths)
