"""One site's local work: fit, gradient, predict. Knows no federation and no network.

What needs torch is imported on first use, so that whoever only reads a plan's settings does not wait for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from primia_core.training.config import Augmentation, LocalTraining
from primia_core.training.errors import Cancelled, DivergedError, EmptyDataError, TrainingError
from primia_core.training.processor import native_precision
from primia_core.training.rate import learning_rate_at

if TYPE_CHECKING:
    from primia_core.training.federated_gradient import GradientResult, gradient
    from primia_core.training.local_work import Check, FitResult, fit
    from primia_core.training.predictions import Predictions, predict

_HOMES = {
    "Check": "local_work",
    "FitResult": "local_work",
    "fit": "local_work",
    "GradientResult": "federated_gradient",
    "gradient": "federated_gradient",
    "Predictions": "predictions",
    "predict": "predictions",
}

__all__ = [
    "Augmentation",
    "Cancelled",
    "Check",
    "DivergedError",
    "EmptyDataError",
    "FitResult",
    "GradientResult",
    "LocalTraining",
    "Predictions",
    "TrainingError",
    "fit",
    "gradient",
    "learning_rate_at",
    "native_precision",
    "predict",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
