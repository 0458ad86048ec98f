"""Which implementation of the kernels runs: native code for what the processor has, or NumPy.

Knows no kernel. The fastest level is taken by itself; ``use`` or PRIMIA_MPC_KERNELS forces another one, for tests and
measurements. All levels give the same bytes.
"""

import logging
import os
from functools import cache
from typing import Any

from primia_core.mpc.errors import KernelError
from primia_core.mpc.kernels import native, reference

NUMPY = "numpy"
VARIABLE = "PRIMIA_MPC_KERNELS"
log = logging.getLogger(__name__)

_chosen: list[str] = []


@cache
def available() -> tuple[str, ...]:
    """Return the levels that this machine can run, the fastest first; the last one is always ``numpy``."""
    return (*native.levels(), NUMPY)


def use(level: str | None) -> None:
    """Run this level from now on in the whole process; None goes back to the choice of the machine.

    Raises:
        KernelError: this machine lacks the level.
    """
    if level is not None and level not in available():
        raise KernelError(f"kernels {level!r} cannot run here; this machine has {', '.join(available())}")
    _chosen[:] = [] if level is None else [level]


def active() -> str:
    """Return the level that runs."""
    if not _chosen:
        wanted = os.environ.get(VARIABLE) or available()[0]
        if wanted == NUMPY and not os.environ.get(VARIABLE):
            log.warning(
                "encrypted inference runs on NumPy, several times slower: the native kernels were not built. "
                "Install a C++ compiler and run 'make project' again"
            )
        use(wanted)
    return _chosen[0]


def backend() -> Any:
    """Return what has the kernels of the active level as its functions."""
    return _backend(active())


@cache
def _backend(level: str) -> Any:
    return reference if level == NUMPY else native.Native(level)
