"""What encrypted inference spends its time on: ring products, comparison keys, table look-ups, fused arithmetic.

Every kernel has a NumPy twin in ``kernels.reference``; native code gives the same bytes. Knows no protocol, no seed
and no network; all arrays are checked here, and a wrong one raises ``KernelError``.
"""

from primia_core.mpc.kernels.blocks import GROUP, Bits, Blocks, FixedKeys, Key, groups_of
from primia_core.mpc.kernels.comparison import comparison_evaluate, comparison_generate, comparison_rows
from primia_core.mpc.kernels.convolution import convolve, pack_filters
from primia_core.mpc.kernels.dcf import dcf_evaluate, dcf_generate, dcf_key_bytes
from primia_core.mpc.kernels.filters import Filters, Padding, Pair
from primia_core.mpc.kernels.levels import active, available, use
from primia_core.mpc.kernels.select import maximum_finish, maximum_select, relu_finish, relu_select, truncate_share
from primia_core.mpc.kernels.tables import payload_lookup, table_lookup

__all__ = [
    "GROUP",
    "Bits",
    "Blocks",
    "Filters",
    "FixedKeys",
    "Key",
    "Padding",
    "Pair",
    "active",
    "available",
    "comparison_evaluate",
    "comparison_generate",
    "comparison_rows",
    "convolve",
    "dcf_evaluate",
    "dcf_generate",
    "dcf_key_bytes",
    "groups_of",
    "maximum_finish",
    "maximum_select",
    "pack_filters",
    "payload_lookup",
    "relu_finish",
    "relu_select",
    "table_lookup",
    "truncate_share",
    "use",
]
