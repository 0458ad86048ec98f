"""Networks and their files. Knows no images, training or sites.

What needs torch is imported on first use, so that whoever only reads a ``ModelSpec`` does not wait for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from primia_core.models.errors import ArchitectureError, ManifestError, ModelError, WeightsFileError
from primia_core.models.spec import ModelName, ModelSpec

if TYPE_CHECKING:
    from primia_core.models.imagenet import LoadReport, load_imagenet
    from primia_core.models.registry import build_model, check_image_size, parameter_count
    from primia_core.models.weights import Loaded, Manifest

_HOMES = {
    "LoadReport": "imagenet",
    "load_imagenet": "imagenet",
    "build_model": "registry",
    "check_image_size": "registry",
    "parameter_count": "registry",
    "Loaded": "weights",
    "Manifest": "weights",
}

__all__ = [
    "ArchitectureError",
    "LoadReport",
    "Loaded",
    "Manifest",
    "ManifestError",
    "ModelError",
    "ModelName",
    "ModelSpec",
    "WeightsFileError",
    "build_model",
    "check_image_size",
    "load_imagenet",
    "parameter_count",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
