"""A state dict in a file that somebody brings: tensors by name and nothing else. Executes nothing, fetches nothing."""

import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from primia_core.models.errors import WeightsFileError


def read_state(file: Path) -> dict[str, Tensor]:
    """Read a ``.pth``/``.pt`` (with ``weights_only``) or a ``.safetensors``.

    Raises:
        WeightsFileError: no such file, or one that is more than tensors by name.
    """
    if not file.is_file():
        raise WeightsFileError(f"{file} is no file; give torchvision's state dict as .pth or .safetensors")
    try:
        held = load_file(file) if file.suffix == ".safetensors" else torch.load(file, "cpu", weights_only=True)
    except (OSError, SafetensorError, RuntimeError, pickle.UnpicklingError, EOFError, ValueError) as error:
        raise WeightsFileError(
            f"{file} holds no state dict that is safe to read ({type(error).__name__}); "
            "save model.state_dict() with torch.save, or as safetensors"
        ) from error
    if not isinstance(held, Mapping) or not all(isinstance(t, Tensor) for t in held.values()):
        raise WeightsFileError(f"{file} holds more than tensors by name; save model.state_dict() alone")
    return dict(held)
