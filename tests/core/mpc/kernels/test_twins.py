"""Native code gives the same bytes as its NumPy twin: all kinds of words, sizes that fill no group, threads."""

import numpy as np
import pytest

from primia_core.mpc import kernels
from primia_core.mpc.kernels import reference
from tests.core.mpc.kernels.arrays import FIXED, RAGGED, Draw

WIDTHS = [
    (np.uint32, np.uint16, np.uint16, 16, 16),
    (np.uint64, np.uint32, np.uint64, 40, 24),
    (np.uint32, np.uint32, np.uint8, 8, 24),
    (np.uint64, np.uint32, np.uint32, 32, 32),
    (np.uint64, np.uint16, np.uint64, 48, 16),
]


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(("bits", "dtype"), [(8, np.uint16), (15, np.uint16), (16, np.uint32), (23, np.uint32)])
def test_comparison_keys_and_shares(level, bits, dtype, threads):
    for count in (*RAGGED, 40_000) if bits == 15 else RAGGED:
        draw = Draw(count)
        threshold, x, roots = draw.words(count, dtype), draw.words(count, dtype), draw.roots(count)
        key = reference.comparison_generate(threshold, bits, *roots, FIXED)
        got = kernels.comparison_generate(threshold, bits, *roots, FIXED, threads=threads)
        np.testing.assert_array_equal(got, key)
        for party in (0, 1):
            got = kernels.comparison_evaluate(party, x, bits, roots[party], key, FIXED, threads=threads)
            np.testing.assert_array_equal(
                got, reference.comparison_evaluate(party, x, bits, roots[party], key, FIXED), strict=True
            )


@pytest.mark.parametrize("ring", [np.uint32, np.uint64])
@pytest.mark.parametrize("w", [1, 2, 3, 5, 8])
def test_comparison_functions_with_payload(level, ring, w):
    for count in RAGGED:
        draw = Draw(count)
        threshold, x, roots = draw.words(count, np.uint16), draw.words(count, np.uint16), draw.roots(count)
        payload = draw.words((count, w), ring)
        key = reference.dcf_generate(threshold, payload, 11, *roots, FIXED)
        np.testing.assert_array_equal(kernels.dcf_generate(threshold, payload, 11, *roots, FIXED), key)
        for party in (0, 1):
            got = kernels.dcf_evaluate(party, x, 11, roots[party], key, FIXED, ring, w)
            want = reference.dcf_evaluate(party, x, 11, roots[party], key, FIXED, ring, w)
            np.testing.assert_array_equal(got, want, strict=True)


@pytest.mark.parametrize("party", [0, 1])
@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_arithmetic_around_the_sign(level, widths, party):
    ring, narrow, wrap, fraction, wire = widths
    draw, shape = Draw(fraction), (3, 67)
    a, b, c, d, e, f, g = (draw.words(shape, narrow, wire) for _ in range(7))
    p, q, r, s = (draw.words(shape, ring) for _ in range(4))
    u, v, sign = draw.words(shape, wrap), draw.words(shape, wrap), draw.words(shape, np.uint8, 1)
    calls = {
        "truncate_share": (party, p, a, fraction, wire),
        "relu_select": (party, a, sign, p, q, r, u, v, s, fraction, wire),
        "relu_finish": (party, a, p, q, u, s, fraction, wire),
        "maximum_select": (party, a, b, sign, c, d, e, f, g, wire),
        "maximum_finish": (party, a, b, c, d, e, f, wire),
    }
    for name, arguments in calls.items():
        want = getattr(reference, name)(*arguments)
        np.testing.assert_array_equal(getattr(kernels, name)(*arguments), want, strict=True, err_msg=name)


@pytest.mark.parametrize("index_dtype", [np.uint8, np.uint16, np.uint32])
def test_look_ups(level, index_dtype):
    draw = Draw(6)
    for entry_bits in (1, 2, 4, 8):
        tables = draw.words((99, 8), np.uint8)
        index = draw.words(99, index_dtype) % index_dtype(64 // entry_bits)
        got = kernels.table_lookup(tables, index, entry_bits)
        rows = [int.from_bytes(row.tobytes(), "little") for row in tables]
        want = [(row >> entry_bits * int(i)) % (1 << entry_bits) for row, i in zip(rows, index, strict=True)]
        np.testing.assert_array_equal(got, want)
    for word in (np.uint8, np.uint16, np.uint32, np.uint64):
        payloads, index = draw.words((99, 7), word), draw.words(99, index_dtype) % index_dtype(7)
        np.testing.assert_array_equal(kernels.payload_lookup(payloads, index), payloads[np.arange(99), index])
