"""One site's part of a sum that is private as a whole: clipped gradients and its share of the noise, as integers."""

import secrets
from collections.abc import Callable, Sequence

import numpy as np
from torch import nn

from primia_core.imaging import Normalisation, Pixels
from primia_core.privacy import PrivacyPlan
from primia_core.privacy.discrete import DiscreteGaussian, Integers, RandomBytes
from primia_core.privacy.grid import Grid
from primia_core.training.config import LocalTraining
from primia_core.training.errors import Cancelled
from primia_core.training.local_work import Progress
from primia_core.training.private.clipped_sum import ClippedSum
from primia_core.training.private.optimizer import add_piece
from primia_core.training.private.work import PrivateWork


def noisy_sum(
    model: nn.Module,
    pixels: Pixels,
    patients: Sequence[str],
    *,
    privacy: PrivacyPlan,
    grid: Grid,
    config: LocalTraining,
    normalisation: Normalisation,
    progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
    rng: RandomBytes = secrets.token_bytes,
) -> dict[str, Integers]:
    """Return the sum of clipped gradients over one Poisson sample, plus this site's noise.

    Args:
        model: its weights stay as they are; no BatchNorm.
        grid: of all sites together; ``grid.sigma`` is this site's share of the noise.
        rng: uniform bytes for the sample, augmentation, dropout and noise; only tests pass their own.
    Returns:
        For each parameter int64 of its shape. The sum without noise exists inside this function only.
    Raises:
        NotPrivate, EmptyDataError, Cancelled: as ``fit_privately``.
    Security: by itself it is private at noise_multiplier / sqrt(h); a sum with h - 1 or more other honest sites' is at
        noise_multiplier. Progress tells nothing of the sample's size.
    """
    work = PrivateWork(model, pixels, patients, privacy, config, normalisation, rng)
    total = ClippedSum(work.parameters, grid)
    for piece, _ in work.batch():
        if should_stop():
            raise Cancelled("stopped within a batch; nothing of this round is kept")
        add_piece(total, work.gradients(), piece)
    work.close()
    noise = DiscreteGaussian(grid.sigma)
    named = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    noisy = {}
    for name, exact in zip(named, total.totals, strict=True):
        clipped = exact.numpy().astype(np.int64)
        if grid.limit is not None:
            np.clip(clipped, -grid.limit, grid.limit, out=clipped)
        noisy[name] = clipped + noise.sample(clipped.size, rng=rng).reshape(clipped.shape)
    progress(1, 1)
    return noisy
