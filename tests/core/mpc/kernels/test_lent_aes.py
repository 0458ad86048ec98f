"""AES that is lent to the portable kernels: the same bytes as their own circuit gives, at every size, or not at all."""

import ctypes

import numpy as np
import pytest

from primia_core.mpc.kernels import FixedKeys, lent_aes, native, reference
from tests.required import missing

FIXED = FixedKeys.of_stock(b"a stock")


@pytest.fixture
def portable():
    library = native.library()
    if library is None:
        missing("the native kernels were not built")
    kernels = native.Native(native.PORTABLE)
    yield kernels
    lent_aes.lend_if_faster(library, native.levels().index(native.PORTABLE))


def lend(permutation):
    native.library().primia_lend(ctypes.cast(permutation, ctypes.c_void_p) if permutation else None)


def compared(kernels, count, bits):
    rng = np.random.default_rng(count)
    threshold, x = (rng.integers(0, 1 << bits, count).astype(np.uint16) for _ in range(2))
    roots = [rng.integers(0, 1 << 63, (count, 2)).astype(np.uint64) for _ in range(2)]
    key = kernels.comparison_generate(threshold, bits, *roots, FIXED)
    shares = [kernels.comparison_evaluate(party, x, bits, roots[party], key, FIXED) for party in (0, 1)]
    return key.tobytes(), *(share.tobytes() for share in shares)


@pytest.mark.parametrize(("count", "bits"), [(1, 14), (65, 14), (2047, 9), (2048, 15), (2049, 14), (6300, 16)])
def test_lent_aes_gives_the_bytes_of_the_circuit_and_of_the_reference(portable, count, bits):
    lend(lent_aes.LENT)
    lent = compared(portable, count, bits)
    lend(None)
    assert compared(portable, count, bits) == lent
    assert compared(reference, count, bits) == lent


def test_lent_aes_that_fails_is_made_up_for_by_the_circuit(portable):
    lend(None)
    own, calls = compared(portable, 5000, 14), []

    @lent_aes.Permutation
    def failing(key, source, target, count):
        calls.append(count)
        ctypes.memset(target, 0xFF, count * 16)
        return 0

    lend(failing)
    assert compared(portable, 5000, 14) == own
    assert sum(calls) > 5000


def test_only_a_large_gain_is_taken(portable, monkeypatch):
    library, level = native.library(), native.levels().index(native.PORTABLE)
    for gain, taken in ((lent_aes.LEAST_GAIN / 2, False), (2 * lent_aes.LEAST_GAIN, True)):
        monkeypatch.setattr(lent_aes, "gain", lambda *_, gain=gain: gain)
        assert lent_aes.lend_if_faster(library, level) is taken
    monkeypatch.undo()
    assert lent_aes.gain(library, level) > 0
