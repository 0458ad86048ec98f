"""What a network says about images: class counts, loss and probabilities. Changes no weights."""

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy

from primia_core.evaluation import confusion_matrix
from primia_core.imaging import Normalisation, Pixels
from primia_core.training.config import Precision
from primia_core.training.feed import as_floats, check_not_empty, normalised
from primia_core.training.precision import arrange, forward, memory_format


@dataclass(frozen=True)
class Predictions:
    """Of one site, and secret there: ``confusion`` (class, class), rows the truth; ``probabilities`` (image, class)."""

    confusion: NDArray[np.int64] = field(repr=False)
    loss_sum: float = field(repr=False)
    count: int = field(repr=False)
    probabilities: NDArray[np.float32] = field(repr=False)


@torch.inference_mode()
def predict(
    model: nn.Module,
    pixels: Pixels,
    normalisation: Normalisation,
    batch_size: int = 64,
    *,
    precision: Precision = "float32",
) -> Predictions:
    """Classify images.

    Args:
        model: its running statistics are used; its mode is put back afterwards.
        pixels: (n, 1, S, S) uint8 with labels, n >= 1.
        normalisation: of the training.
        batch_size: changes memory and speed, and rounding in the last bits.
        precision: of the arithmetic; the loss is always float32.
    Returns:
        Counts, the cross-entropy summed over the images (without class weights) and the probabilities.
    Raises:
        EmptyDataError: no image.
    Edge cases: of equal probabilities the first class wins.
    """
    check_not_empty(pixels, "evaluation")
    was_training = model.training
    arrange(model.eval(), memory_format(precision, pixels.images.shape[-1]))
    logits = []
    try:
        for first in range(0, len(pixels), batch_size):
            images = normalised(as_floats(pixels, slice(first, first + batch_size)), normalisation)
            logits.append(forward(model, images, precision))
    finally:
        model.train(was_training)
    scores = torch.cat(logits)  # (image, class)
    loss = cross_entropy(scores, torch.from_numpy(np.array(pixels.labels)), reduction="sum")
    confusion = confusion_matrix(pixels.labels, scores.argmax(1).numpy(), classes=scores.shape[1])
    return Predictions(confusion, float(loss), len(pixels), scores.softmax(1).numpy())
