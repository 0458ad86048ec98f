"""A wrong array never reaches native code: KernelError names the value, the limit and what to do."""

import numpy as np
import pytest

from primia_core.mpc import kernels
from primia_core.mpc.errors import KernelError
from tests.core.mpc.kernels.arrays import FIXED, Draw

X = np.zeros(70, np.uint16)
ROOT = np.zeros((70, 2), np.uint64)
KEY = np.zeros((2, 9, 64, 2), np.uint64)
WORDS = np.zeros(5, np.uint32)
NARROW = np.zeros(5, np.uint16)
BITS = np.zeros(5, np.uint8)
FILTERS = kernels.pack_filters(np.ones((4, 2, 3, 3), np.uint32))

REFUSED = {
    "party is 2": lambda: kernels.comparison_evaluate(2, X, 15, ROOT, KEY, FIXED),
    "bits is 7, not in 8..32": lambda: kernels.comparison_generate(X, 7, ROOT, ROOT, FIXED),
    "holds uint16, and 17 bits": lambda: kernels.comparison_generate(X, 17, ROOT, ROOT, FIXED),
    "x holds int64": lambda: kernels.comparison_evaluate(0, X.astype(np.int64), 15, ROOT, KEY, FIXED),
    r"root has shape \(69, 2\), not \(70, 2\)": lambda: kernels.comparison_evaluate(0, X, 15, ROOT[1:], KEY, FIXED),
    r"key has shape .*, not \(2, 10, 64, 2\)": lambda: kernels.comparison_evaluate(0, X, 16, ROOT, KEY, FIXED),
    "out is not contiguous": lambda: kernels.comparison_generate(
        X, 15, ROOT, ROOT, FIXED, out=np.zeros((4, 9, 64, 2), np.uint64)[::2]
    ),
    "payload words is 9, not in 1..8": lambda: kernels.dcf_key_bytes(1, 8, np.uint32, 9),
    "payload holds uint16": lambda: kernels.dcf_generate(X, np.zeros((70, 1), np.uint16), 8, ROOT, ROOT, FIXED),
    "key has shape": lambda: kernels.dcf_evaluate(0, X, 8, ROOT, np.zeros((2, 5), np.uint64), FIXED, np.uint32, 1),
    "entries have 3 bits": lambda: kernels.table_lookup(np.zeros((5, 3), np.uint8), BITS, 3),
    "index 8 is not below the 8": lambda: kernels.table_lookup(np.zeros((5, 1), np.uint8), BITS + np.uint8(8), 1),
    "index 4 is not below the 4": lambda: kernels.payload_lookup(np.zeros((5, 4), np.uint32), BITS + np.uint8(4)),
    "wire bits is 24, not in 2..16": lambda: kernels.truncate_share(0, WORDS, NARROW, 8, 24),
    "fraction bits is 17, not in 0..16": lambda: kernels.truncate_share(0, WORDS, NARROW, 17, 16),
    "wrap holds uint8, and 16 bits": lambda: kernels.relu_finish(0, NARROW, WORDS, WORDS, BITS, WORDS, 16, 16),
    "15 fraction and 16 wire bits": lambda: kernels.relu_finish(0, NARROW, WORDS, WORDS, NARROW, WORDS, 15, 16),
    "right holds uint32": lambda: kernels.maximum_finish(0, NARROW, WORDS, NARROW, NARROW, NARROW, NARROW, 16),
    "do not fall into 3": lambda: kernels.pack_filters(np.ones((4, 2, 3, 3), np.uint32), 3),
    r"x has shape \(1, 3, 5, 5\)": lambda: kernels.convolve(np.zeros((1, 3, 5, 5), np.uint32), FILTERS),
    "x holds uint64": lambda: kernels.convolve(np.zeros((1, 2, 5, 5), np.uint64), FILTERS),
    "reaches over 3 does not fit into 2": lambda: kernels.convolve(np.zeros((1, 2, 2, 5), np.uint32), FILTERS),
    "must be at least 1": lambda: kernels.convolve(np.zeros((1, 2, 5, 5), np.uint32), FILTERS, (0, 1)),
    "key tree has 3 bytes": lambda: kernels.FixedKeys(b"abc", bytes(16), bytes(16), bytes(16)),
}


@pytest.mark.parametrize("message", REFUSED)
def test_it_is_refused(message):
    with pytest.raises(KernelError, match=message):
        REFUSED[message]()


def test_filters_print_no_weight():
    weights = Draw(1).words((2, 1, 1, 1), np.uint32)
    assert str(weights[0, 0, 0, 0]) not in repr(kernels.pack_filters(weights))
