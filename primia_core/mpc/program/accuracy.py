"""How well the secure computation agrees with the network that it was made from, on images with known answers."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from primia_core.mpc.errors import CalibrationError
from primia_core.mpc.program.calibration import CHUNK
from primia_core.mpc.program.evaluation import evaluating
from primia_core.mpc.program.model import SecureModel
from primia_core.mpc.program.plaintext import Excess, Rounding, replay


@dataclass(frozen=True)
class Accuracy:
    """Figures over a set of images.

    Attributes:
        images: how many.
        agreement: share of images whose label is the module's.
        max_logit_error: largest |secure - float| of all logits.
        mean_logit_error: its mean.
        excesses: values that left their range.
    """

    images: int
    agreement: float
    max_logit_error: float
    mean_logit_error: float
    excesses: tuple[Excess, ...]


def measure(
    model: SecureModel, module: nn.Module, images: NDArray[np.float32], *, rounding: Rounding = "random"
) -> Accuracy:
    """Replay images and compare with the module.

    Args:
        model: prepared from ``module``.
        module: in its own precision.
        images: (number, channel, height, width), normalised; not those of calibration.
        rounding: as in ``replay``.
    Returns:
        The figures. Values out of range are listed, and count with the errors that they cause.
    Raises:
        CalibrationError: no images.
    """
    if not len(images):
        raise CalibrationError("accuracy of no images is not defined; give some")
    with evaluating(module), torch.inference_mode():
        chunks = [module(torch.from_numpy(images[i : i + CHUNK])) for i in range(0, len(images), CHUNK)]
    real = torch.cat(chunks).flatten(1).to(torch.float64).numpy()
    got = replay(model.program, model.weights, images, rounding=rounding, count_excesses=True)
    errors = np.abs(got.logits - real)
    return Accuracy(
        images=len(images),
        agreement=float(np.mean(got.labels == real.argmax(1))),
        max_logit_error=float(errors.max()),
        mean_logit_error=float(errors.mean()),
        excesses=got.excesses,
    )
