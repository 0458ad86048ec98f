"""The number format of the arithmetic in a network; weights and sums stay float32."""

from contextlib import AbstractContextManager, nullcontext

import torch

from primia_core.training.config import Precision


def autocast(precision: Precision) -> AbstractContextManager[object]:
    """Return a context in which convolutions and products run in ``precision``."""
    if precision == "bfloat16":
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return nullcontext()
