"""One site's gradient for FedSGD, where the coordinator takes the step. Knows no federation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isfinite

import torch
from torch import Tensor, nn

from primia_core.imaging import Normalisation, Pixels
from primia_core.training.config import LocalTraining
from primia_core.training.errors import Cancelled, DivergedError
from primia_core.training.feed import Feed
from primia_core.training.local_work import Progress
from primia_core.training.objective import Objective, class_count
from primia_core.training.precision import arrange, forward, memory_format


@dataclass(frozen=True)
class GradientResult:
    """The mean gradient over the images that went through, and the buffers (running statistics) afterwards.

    ``samples`` is the number of training images that it drew from: the weight n_k of the average.
    """

    gradients: dict[str, Tensor] = field(repr=False)
    buffers: dict[str, Tensor] = field(repr=False)
    samples: int = field(repr=False)
    loss_sum: float = field(repr=False)
    loss_count: int = field(repr=False)


def gradient(
    model: nn.Module,
    pixels: Pixels,
    *,
    config: LocalTraining,
    normalisation: Normalisation,
    class_weights: Sequence[float] | None = None,
    seed: int,
    progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> GradientResult:
    """Return the gradient of the loss at the present weights.

    Args:
        model: its weights stay as they are; its running statistics move.
        pixels: uint8 (n, 1, S, S), n >= 1.
        config: ``steps`` or ``epochs`` say over how many batches the gradient is the mean; ``steps=1`` is the minibatch
            gradient, ``epochs=1`` that of the whole cohort. Rates and optimiser are the coordinator's.
    Returns:
        sum over images of the gradient / number of images, float32.
    Raises:
        EmptyDataError, Cancelled, DivergedError: as ``fit``.
    """
    feed = Feed(pixels, normalisation, config, class_count(model), seed)
    objective = Objective(model, class_weights)
    arrange(model.train(), memory_format(config.precision, pixels.images.shape[-1]))
    model.zero_grad(set_to_none=True)
    loss_sum, count = 0.0, 0
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for done, batch in enumerate(feed):
            if should_stop():
                raise Cancelled(f"stopped after {done} of {len(feed)} batches; nothing of this round is kept")
            logits = forward(model, batch.images, config.precision)
            loss = objective.loss(logits, batch.targets) * len(batch.images)
            loss.backward()  # type: ignore[no-untyped-call]
            loss_sum, count = loss_sum + float(loss.detach()), count + len(batch.images)
            progress(done + 1, len(feed))
    if not isfinite(loss_sum):
        raise DivergedError(f"the loss is {loss_sum} over {count} images; lower server_learning_rate")
    gradients = {
        name: (parameter.grad / count).contiguous()
        for name, parameter in model.named_parameters()
        if parameter.grad is not None
    }
    model.zero_grad(set_to_none=True)
    buffers = {name: buffer.detach().clone() for name, buffer in model.named_buffers()}
    return GradientResult(gradients, buffers, len(pixels), loss_sum, count)
