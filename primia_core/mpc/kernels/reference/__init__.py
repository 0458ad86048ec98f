"""The kernels in NumPy and ``cryptography``: readable, right, and the oracle of the native ones.

Arguments were checked by the public functions of ``primia_core.mpc.kernels``; ``threads`` is taken and not used.
"""

from primia_core.mpc.kernels.reference.comparison import comparison_evaluate, comparison_generate
from primia_core.mpc.kernels.reference.convolve import convolve, pack_filters
from primia_core.mpc.kernels.reference.dcf import dcf_evaluate, dcf_generate
from primia_core.mpc.kernels.reference.select import (
    maximum_finish,
    maximum_select,
    relu_finish,
    relu_select,
    truncate_share,
)
from primia_core.mpc.kernels.reference.tables import payload_lookup, table_lookup

__all__ = [
    "comparison_evaluate",
    "comparison_generate",
    "convolve",
    "dcf_evaluate",
    "dcf_generate",
    "maximum_finish",
    "maximum_select",
    "pack_filters",
    "payload_lookup",
    "relu_finish",
    "relu_select",
    "table_lookup",
    "truncate_share",
]
