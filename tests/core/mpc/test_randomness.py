"""Streams: published and independent AES vectors, separation of operations, and limits."""

from hashlib import sha256

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from primia_core.mpc import randomness
from primia_core.mpc.errors import RandomnessError
from primia_core.mpc.randomness import SEED_BYTES, Stream, fixed_key, new_seed

SEED = bytes(range(32))


def block(seed: bytes, operation: int, number: int) -> bytes:
    """Return one block by AES alone, without its counter mode."""
    cipher = Cipher(algorithms.AES(seed), modes.ECB()).encryptor()  # noqa: S305
    return cipher.update(operation.to_bytes(8, "big") + number.to_bytes(8, "big"))


def test_the_first_block_of_operation_0_is_the_published_one() -> None:
    """AES-256 of the zero block under the zero key, as the AES known answer tests have it."""
    assert Stream(bytes(32), 0).blocks(1).tobytes().hex() == "dc95c078a2408989ad48a21492842087"


@pytest.mark.parametrize("operation", [0, 1, 7, 255, 256, 2**40])
def test_a_stream_is_aes_of_operation_and_block_number(operation: int) -> None:
    want = b"".join(block(SEED, operation, number) for number in range(5))
    assert Stream(SEED, operation).blocks(5).tobytes() == want


@given(parts=st.lists(st.integers(0, 70), max_size=8))
def test_a_stream_reads_on_where_it_stopped(parts: list[int]) -> None:
    stream = Stream(SEED, 3)
    read = b"".join(stream.words(part, np.uint8).tobytes() for part in parts)
    assert read == Stream(SEED, 3).words(sum(parts), np.uint8).tobytes()


def test_long_reads_are_those_of_one_piece() -> None:
    """Longer than what is encrypted at once."""
    size = (1 << 20) * 2 + 48
    raw = Stream(SEED, 9).words(size, np.uint8).tobytes()
    for number in (0, 1, 65535, 65536, 65537, 131072, 131074):
        assert raw[16 * number : 16 * number + 16] == block(SEED, 9, number)


def test_words_are_little_endian_bytes_of_the_stream() -> None:
    raw = Stream(SEED, 0).words(48, np.uint8).tobytes()
    for dtype in (np.uint16, np.uint32, np.uint64):
        words = Stream(SEED, 0).words((2, 3), dtype)
        assert words.shape == (2, 3)
        size = np.dtype(dtype).itemsize
        want = [int.from_bytes(raw[size * i : size * i + size], "little") for i in range(6)]
        assert words.reshape(-1).tolist() == want
    assert Stream(SEED, 0).blocks(3).tobytes() == raw


def test_operations_and_seeds_share_no_block() -> None:
    seen = {
        bytes(part)
        for seed in (SEED, bytes(32))
        for operation in range(40)
        for part in Stream(seed, operation).blocks(30).view(np.uint8).reshape(30, 16)
    }
    assert len(seen) == 2 * 40 * 30


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_seed_of_another_length_is_refused_and_not_shown(size: int) -> None:
    with pytest.raises(RandomnessError, match=f"32 bytes, got {size}") as caught:
        Stream(b"s" * size, 0)
    assert "sss" not in str(caught.value)


def test_a_stream_ends_before_its_counter_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(randomness, "MOST_BYTES", 64)
    stream = Stream(SEED, 1)
    stream.words(64, np.uint8)
    with pytest.raises(RandomnessError, match="gives 64 bytes, 65 were asked for"):
        stream.words(1, np.uint8)


def test_seeds_come_from_the_caller_s_source() -> None:
    assert new_seed(lambda count: b"x" * count) == b"x" * SEED_BYTES
    assert len({new_seed() for _ in range(50)}) == 50


def test_fixed_keys_differ_by_stock_and_label_and_follow_from_both() -> None:
    keys = {
        fixed_key(stock, label) for stock in (b"", b"a", b"b", b"ab") for label in ("tree", "leaf", "value", "last")
    }
    assert len(keys) == 16
    assert fixed_key(b"a stock", "tree") == sha256(b"primia mpc fixed key\0tree\0a stock").digest()[:16]
