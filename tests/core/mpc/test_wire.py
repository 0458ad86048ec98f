"""Values and bits as bytes: the way back, the order, and how many there are."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primia_core.mpc.profile import Width
from primia_core.mpc.wire import decode, decode_bits, encode, encode_bits, size_of, size_of_bits

WIDTHS = pytest.mark.parametrize("bits", [8, 16, 24, 32, 40, 48, 56, 64])


@pytest.mark.parametrize("bits", [8, 16, 24, 32, 40, 48, 56, 64])
@given(data=st.data())
def test_values_come_back(bits: int, data: Any) -> None:
    width = Width(bits)
    numbers = data.draw(st.lists(st.integers(0, (1 << bits) - 1), min_size=1, max_size=40))
    values = np.array(numbers, dtype=width.dtype)
    message = encode(values, width)
    assert message.nbytes == size_of(len(numbers), width) == len(numbers) * bits // 8
    back = decode(memoryview(bytes(message)), len(numbers), width)
    assert back.dtype == width.dtype
    assert back.tolist() == numbers


@WIDTHS
def test_values_lie_little_endian_and_one_after_the_other(bits: int) -> None:
    width = Width(bits)
    first, second = 0x0807060504030201 % (1 << bits), 0x1817161514131211 % (1 << bits)
    message = bytes(encode(np.array([first, second], dtype=width.dtype), width))
    assert message == bytes(range(1, bits // 8 + 1)) + bytes(range(0x11, 0x11 + bits // 8))


@WIDTHS
def test_any_shape_and_any_stride_is_encoded_in_reading_order(bits: int) -> None:
    width = Width(bits)
    values = np.arange(2 * 3 * 4).reshape(2, 3, 4).astype(width.dtype)
    strided = np.arange(48).reshape(2, 3, 8).astype(width.dtype)[..., ::2]
    assert bytes(encode(values.transpose(2, 0, 1), width)) == bytes(
        encode(np.ascontiguousarray(values.transpose(2, 0, 1)).reshape(-1), width)
    )
    assert decode(encode(strided, width), 24, width).tolist() == strided.reshape(-1).tolist()


@WIDTHS
def test_no_values_are_no_bytes(bits: int) -> None:
    width = Width(bits)
    message = encode(np.empty((0, 3), width.dtype), width)
    assert message.nbytes == 0
    assert decode(message, 0, width).shape == (0,)


def test_bytes_above_a_width_do_not_travel() -> None:
    """A value that nobody reduced gives no more away than its low bits."""
    assert bytes(encode(np.array([0xAB123456], np.uint32), Width(24))) == b"\x56\x34\x12"


@given(bits=st.lists(st.integers(0, 1), max_size=70))
def test_bits_come_back(bits: list[int]) -> None:
    message = encode_bits(np.array(bits, dtype=np.uint8))
    assert message.nbytes == size_of_bits(len(bits)) == (len(bits) + 7) // 8
    assert decode_bits(message, len(bits)).tolist() == bits
    assert decode_bits(np.frombuffer(message, np.uint8), len(bits)).tolist() == bits


def test_the_first_bit_is_the_lowest_and_padding_is_zero() -> None:
    assert bytes(encode_bits(np.array([1, 0, 0, 0, 0, 0, 0, 0, 1, 1], np.uint8))) == b"\x01\x03"


def test_bits_of_several_rows_follow_one_another() -> None:
    rows = np.array([[1, 0, 1], [0, 1, 1]], np.uint8)
    assert decode_bits(encode_bits(rows), 6).tolist() == [1, 0, 1, 0, 1, 1]
