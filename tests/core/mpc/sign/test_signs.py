"""Sign tests of every protocol: exhaustive where a domain is small, by property where it is not."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.mpc.errors import KernelError, ProgramError
from primia_core.mpc.profile import FAST, PRECISE, Width
from primia_core.mpc.protocols import STEPS_OF_A_SIGN, sign_test
from primia_core.mpc.sign import Chosen, Multiplied, Payload, flip
from tests.core.mpc.gates.alone import PROTOCOLS, uniform
from tests.core.mpc.sign.signs import every, read_signs

SMALLEST = {"fss": 9, "fss-oneround": 2, "tables": 4, "tables-fast": 3}
EXHAUSTED = [
    *(("fss", bits) for bits in (9, 10)),
    *(("fss-oneround", bits) for bits in (2, 3, 5, 8)),
    *(("tables", bits) for bits in (4, 5, 6, 7, 8, 9, 10)),
    *(("tables-fast", bits) for bits in (3, 4, 5, 6, 7, 8, 9, 10)),
]


@pytest.mark.parametrize(("protocol", "bits"), EXHAUSTED)
def test_sign_is_right_for_every_value_under_every_mask(protocol: str, bits: int) -> None:
    opened, mask, t = every(bits)
    reading = read_signs(protocol, opened, mask, bits)
    assert np.array_equal(reading.d, t >= 0)


@pytest.mark.parametrize("dtype", [np.uint16, np.uint32])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_products_are_the_payloads_where_the_sign_is_set(protocol: str, dtype: Any) -> None:
    bits = SMALLEST[protocol]
    opened, mask, t = every(bits, dtype)
    generator = np.random.default_rng(5)
    payloads = [Payload(uniform(generator, t.size, width), width) for width in (Width(32), Width(16))]
    reading = read_signs(protocol, opened, mask, bits, payloads)
    assert np.array_equal(reading.d, t >= 0)
    for payload, product in zip(payloads, reading.products, strict=True):
        assert np.array_equal(product, np.where(t >= 0, payload.values, 0))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_bits_above_those_of_the_sign_are_not_read(protocol: str) -> None:
    opened, mask, t = (values[::7] for values in every(9))
    noise = np.random.default_rng(1).integers(0, 1 << 7, (2, t.size)).astype(np.uint16) << 9
    reading = read_signs(protocol, opened | noise[0], mask | noise[1], 9)
    assert np.array_equal(reading.d, t >= 0)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(
    bits=st.integers(9, 32),
    seed=st.integers(0, 2**32),
    count=st.sampled_from([1, 2, 7, 8, 9, 63, 64, 65, 130]),
    near=st.integers(0, 3),
)
@settings(max_examples=40, deadline=None)
def test_sign_is_right_for_any_width_and_count(protocol: str, bits: int, seed: int, count: int, near: int) -> None:
    if protocol.startswith("tables"):
        bits = min(bits, 25)  # Wider ones would need tables of more than 256 entries.
    generator = np.random.default_rng(seed)
    half = 1 << (bits - 1)
    t = generator.integers(-half, half, count)
    t[: count // 2] = generator.integers(-near - 1, near + 1, count // 2)
    width = Width(bits)
    mask = uniform(generator, count, width)
    opened = width.reduce(t.astype(width.dtype) + mask)
    payload = Payload(uniform(generator, count, Width(64)), Width(64))
    reading = read_signs(protocol, opened, mask, bits, [payload], profile=PRECISE, unit=PRECISE.ring)
    assert np.array_equal(reading.d, t >= 0)
    assert np.array_equal(reading.products[0], np.where(t >= 0, payload.values, 0))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_parties_open_the_same_bits_in_the_steps_that_the_protocol_names(protocol: str) -> None:
    opened, mask, _ = (values[::5] for values in every(9))
    reading = read_signs(protocol, opened, mask, 9)
    assert reading.tally.rounds == STEPS_OF_A_SIGN[protocol]
    if protocol in ("fss", "tables"):
        assert all(isinstance(result, Chosen) for result in reading.results)
        assert np.array_equal(reading.results[0].opened, reading.results[1].opened)
    else:
        assert all(isinstance(result, Multiplied) for result in reading.results)


def test_comparison_keys_refuse_fewer_than_nine_sign_bits() -> None:
    opened, mask, _ = every(8)
    with pytest.raises(KernelError, match="bits is 7"):
        read_signs("fss", opened, mask, 8)


@pytest.mark.parametrize("protocol", ["", "FSS", "securenn", "table"])
def test_an_unknown_protocol_is_refused_and_the_known_ones_are_named(protocol: str) -> None:
    with pytest.raises(ProgramError, match="fss, fss-oneround, tables, tables-fast"):
        sign_test(protocol, b"")


def test_profiles_compare_one_bit_less_than_their_sign() -> None:
    assert (FAST.compared_bits, PRECISE.compared_bits) == (14, 22)


def test_an_answer_is_flipped_by_a_set_top_bit_only() -> None:
    top = np.array([0, 1, 0, 1], np.uint8)
    product, whole = np.array([5, 5, 0, 2**32 - 1], np.uint32), np.array([9, 9, 9, 0], np.uint32)
    assert flip(top, product, whole).tolist() == [5, 4, 0, 1]
