"""Local work under differential privacy: clipped by patient, noisy before it leaves. Knows no federation.

What needs torch is imported on first use, so that whoever only reads a plan's settings does not wait for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from primia_core.training.private.errors import NotPrivate
from primia_core.training.private.refusals import refusals

if TYPE_CHECKING:
    from primia_core.training.private.local_work import fit_privately
    from primia_core.training.private.share import noisy_sum

_HOMES = {"fit_privately": "local_work", "noisy_sum": "share"}

__all__ = ["NotPrivate", "fit_privately", "noisy_sum", "refusals"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
