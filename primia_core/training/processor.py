"""What this machine's processor is fast at. Needs no torch, so that whoever plans a job can ask."""

from pathlib import Path

from primia_core.training.config import Precision

CPUINFO = Path("/proc/cpuinfo")
NATIVE_BFLOAT16 = frozenset({"avx512_bf16", "amx_bf16"})


def native_precision() -> Precision:
    """Return bfloat16 where this processor multiplies it natively, else float32.

    Elsewhere bfloat16 is emulated, at half the speed of float32 or less. A plan fixes the precision for all sites, so
    ask before planning. Unknown processors count as having none.
    """
    try:
        words = CPUINFO.read_text().split()
    except OSError:  # not Linux
        return "float32"
    return "bfloat16" if NATIVE_BFLOAT16.intersection(words) else "float32"
