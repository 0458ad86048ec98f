"""Replay: what truncation gives, and what becomes of values at and beyond the edge of their range."""

import numpy as np
import pytest
import torch
from torch import nn

from primia_core.mpc.errors import OutOfRange, ProgramError
from primia_core.mpc.profile import FAST, PRECISE, PROFILES, Profile
from primia_core.mpc.program import (
    SecureProgram,
    encode,
    from_words,
    input_limit,
    logit_limit,
    logits,
    prepare,
    replay,
    to_words,
)
from primia_core.mpc.program.operations import Input, Lift, Linear, Multiple, Output, Relu, Truncate
from tests.core.mpc.program.networks import images, real_logits

BOTH = pytest.mark.parametrize("profile", [FAST, PRECISE], ids=["fast", "precise"])


def cut(profile: Profile, gate: str, factor: int, value: float, rounding: str, **options):
    """Replay one value: times a factor, truncated, through a gate, out."""
    shape = (1, 1, 1)
    after = Relu(source=2, shape=shape) if gate == "relu" else Lift(source=2, shape=shape)
    program = SecureProgram(
        profile=profile.name,
        operations=(
            Input(shape=shape),
            Linear(terms=(Multiple(source=0, factor=factor),), shape=shape),
            Truncate(source=1, shape=shape),
            after,
            Linear(terms=(Multiple(source=3, factor=1),), shape=shape),
            Output(source=4, shape=shape),
        ),
        scales=(1.0, float(factor), factor / 2.0**profile.fraction_bits, 1.0, 1.0, 1.0),
        places=("input", "a", "a", "b", "c", "output"),
    )
    return replay(program, {}, np.full((1, *shape), value, np.float32), rounding=rounding, **options)


@BOTH
@pytest.mark.parametrize("value", [-3, -1, 0, 1, 5])
@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_truncation_gives_the_floor_or_one_more(profile, value, shift):
    bits = profile.fraction_bits - shift  # a factor of half, the whole or twice a unit
    floor = value * 2**bits >> profile.fraction_bits
    assert cut(profile, "lift", 2**bits, value, "floor").sums.item() == floor
    assert cut(profile, "lift", 2**bits, value, "above").sums.item() == floor + 1
    assert cut(profile, "lift", 2**bits, value, "random").sums.item() in (floor, floor + 1)
    assert cut(profile, "relu", 2**bits, value, "floor").sums.item() == max(floor, 0)


@BOTH
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_random_rounding_is_right_on_average(profile, quarters):
    shape, quarter = (1, 100, 100), 2 ** (profile.fraction_bits - 2)
    program = SecureProgram(
        profile=profile.name,
        operations=(
            Input(shape=shape),
            Linear(terms=(Multiple(source=0, factor=quarter),), shape=shape),
            Truncate(source=1, shape=shape),
            Lift(source=2, shape=shape),
            Linear(terms=(Multiple(source=3, factor=1),), shape=shape),
            Output(source=4, shape=shape),
        ),
        scales=(1.0,) * 6,
        places=("",) * 6,
    )
    given = np.full((2, *shape), quarters, np.float32)
    one, again = (replay(program, {}, given).sums for _ in range(2))
    np.testing.assert_array_equal(one, again)
    assert abs(one.mean() - quarters / 4) < 0.02
    other = replay(program, {}, given, seed=bytes(31) + b"\1").sums
    assert quarters == 0 or (other != one).any()
    assert quarters == 0 or (one[0] != one[1]).any()


@BOTH
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_sum_at_the_limit_is_right_and_one_beyond_is_refused(profile, sign):
    unit = 1 << profile.fraction_bits
    most = profile.sum_limit // unit
    for rounding in ("floor", "above"):
        got = cut(profile, "lift", unit, sign * most, rounding)
        assert got.sums.item() == sign * most + (rounding == "above")
        assert got.excesses == ()
    with pytest.raises(OutOfRange, match="1 values at a reach"):
        cut(profile, "lift", unit, sign * (most + 1), "floor")


@BOTH
def test_values_out_of_range_are_counted_and_stay_below_the_wire_width(profile):
    unit = 1 << profile.fraction_bits
    half = 2.0 ** (profile.wire_bits - 1)
    got = cut(profile, "lift", unit, half + 8, "floor", count_excesses=True)
    (excess,) = got.excesses
    assert (excess.operation, excess.place, excess.values) == (1, "a", 1)
    assert excess.worst == half + 8
    assert excess.limit == profile.sum_limit / unit
    assert got.sums.item() == half + 8 - 2**profile.wire_bits


def test_a_sum_beyond_64_bits_is_noticed_although_it_wraps_into_the_range():
    got = cut(PRECISE, "lift", 2**62, 4.0, "floor", count_excesses=True)
    assert got.sums.item() == 0
    assert got.excesses[0].worst == 4.0


def small(profile=FAST, **options):
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3)).eval()
    return module, prepare(module, images((1, 8, 8)), profile=profile, **options)


def test_images_like_those_of_calibration_use_all_bits_but_the_margin():
    for margin in (0.5, 1.0, 3.0):
        _, model = small(margin_bits=margin)
        assert model.report.least_headroom_bits == pytest.approx(margin, abs=1e-3)
        assert input_limit(model.program) == pytest.approx(3 * 2**margin)


def test_an_image_beyond_the_input_limit_is_refused_and_within_it_may_still_leave_a_range():
    module, model = small(margin_bits=0.01)
    given = images((1, 8, 8))
    with pytest.raises(OutOfRange, match="a pixel of the input is 30 after normalisation"):
        replay(model.program, model.weights, given * 10)
    _, model = small(margin_bits=1.0)
    with pytest.raises(OutOfRange, match="calibrate with images like these"):
        replay(model.program, model.weights, np.sign(given) * 6)
    counted = replay(model.program, model.weights, np.sign(given) * 6, count_excesses=True)
    assert sum(excess.values for excess in counted.excesses) > 0
    limits = [2.0**32 / model.program.scales[e.operation] for e in counted.excesses]
    assert np.abs(counted.logits).max() <= max(*limits, np.abs(real_logits(module, given)).max() * 10)


def test_images_in_chunks_give_what_they_give_alone():
    _, model = small()
    given = images((1, 8, 8), 20)
    whole = replay(model.program, model.weights, given, rounding="floor").sums
    alone = [replay(model.program, model.weights, given[i : i + 1], rounding="floor").sums for i in range(20)]
    np.testing.assert_array_equal(whole, np.concatenate(alone))
    assert replay(model.program, model.weights, given[:0]).sums.shape == (0, 3)


def test_labels_are_those_of_the_largest_sum():
    _, model = small()
    got = replay(model.program, model.weights, images((1, 8, 8)))
    np.testing.assert_array_equal(got.labels, got.logits.argmax(1))


@BOTH
def test_words_hold_what_integers_do(profile):
    _, model = small(profile)
    ends = np.array([-(2 ** (profile.ring_bits - 1)), -1, 0, 1, 2 ** (profile.ring_bits - 1) - 1])
    words = to_words(model.program, ends)
    assert words.dtype.itemsize * 8 == profile.ring_bits
    np.testing.assert_array_equal(from_words(model.program, words), ends)
    np.testing.assert_array_equal(logits(model.program, words), ends / model.program.scales[-1])


def test_encoding_refuses_what_is_no_image_of_the_program():
    _, model = small()
    for given in (images((1, 8, 9)), images((2, 8, 8)), images((1, 8, 8))[0], np.full((1, 1, 8, 8), np.inf)):
        with pytest.raises(ProgramError):
            encode(model.program, given, limit=None)
    assert encode(model.program, np.full((1, 1, 8, 8), 1e3), limit=None).max() == round(1e3 * model.program.scales[0])


def test_labels_are_compared_as_the_parties_see_them():
    shape = (3, 1, 1)
    unit = 1 << FAST.fraction_bits
    program = SecureProgram(
        profile=FAST.name,
        operations=(
            Input(shape=shape),
            Linear(terms=(Multiple(source=0, factor=unit // 2),), shape=shape),
            Output(source=1, policy="label", shape=shape),
        ),
        scales=(1.0, 1.0, 0.0),
        places=("",) * 3,
    )
    given = np.array([[0, 1, 1], [4, 5, 6], [2, 2, 3]], np.float32).reshape(3, *shape)
    np.testing.assert_array_equal(replay(program, {}, given, rounding="floor").labels, [0, 2, 0])
    plain = program.model_copy(update={"operations": (*program.operations[:-1], Output(source=1, shape=shape))})
    np.testing.assert_array_equal(replay(plain, {}, given, rounding="floor").labels, [1, 2, 2])


def test_a_logit_beyond_its_limit_is_beyond_what_calibration_has_seen():
    module, model = small(margin_bits=1.0)
    largest = np.abs(real_logits(module, images((1, 8, 8)))).max()
    assert logit_limit(model.program) == pytest.approx(2 * largest, rel=1e-3)


def test_a_program_that_gives_labels_has_no_logits():
    _, model = small(policy="label")
    assert model.program.scales[-1] == 0
    with pytest.raises(ProgramError, match="gives labels"):
        logits(model.program, np.zeros((1, 3), np.uint32))
    assert replay(model.program, model.weights, images((1, 8, 8))).labels.max() < 3


def test_profiles_allow_a_difference_of_two_wires():
    for profile in PROFILES.values():
        largest = (profile.sum_limit >> profile.fraction_bits) + 1
        assert 2 * largest < 2 ** (profile.wire_bits - 1)
