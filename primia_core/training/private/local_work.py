"""One site's private local work of one round: DP-SGD. Every step's noisy gradient may be seen by anybody."""

import secrets
from collections.abc import Callable, Mapping, Sequence

from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer

from primia_core.imaging import Normalisation, Pixels
from primia_core.privacy import PrivacyPlan
from primia_core.privacy.discrete import RandomBytes
from primia_core.privacy.grid import Grid
from primia_core.training.config import LocalTraining
from primia_core.training.errors import Cancelled
from primia_core.training.local_work import Progress
from primia_core.training.objective import Objective
from primia_core.training.private.optimizer import PrivateOptimizer
from primia_core.training.private.work import PrivateWork
from primia_core.training.rate import learning_rate_at
from primia_core.training.stopping import snapshot


def fit_privately(
    model: nn.Module,
    pixels: Pixels,
    patients: Sequence[str],
    *,
    privacy: PrivacyPlan,
    config: LocalTraining,
    round_number: int,
    total_rounds: int,
    normalisation: Normalisation,
    proximal: tuple[float, Mapping[str, Tensor]] | None = None,
    progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
    rng: RandomBytes = secrets.token_bytes,
) -> dict[str, Tensor]:
    """Train for one round of ``config.steps`` noisy steps.

    Args:
        model: as ``training.fit``; no BatchNorm.
        pixels, patients: training images (n, 1, S, S) uint8, n >= 1, and whose each is.
        privacy: clip, noise, rate, unit.
        config: ``batch_size`` is the public number that every noisy sum is divided by, whatever was drawn.
        proximal: FedProx's mu and the weights that it pulls towards, after the noise.
        rng: uniform bytes for samples, augmentation, dropout and noise; only tests pass their own.
    Returns:
        The weights after the last step: a function of noisy sums alone. No loss and no count is returned.
    Raises:
        NotPrivate, EmptyDataError, Cancelled: as they say.
    Security: (epsilon, delta) of ``accounting.round_of`` for every unit, against whoever sees the weights; how long a
        step takes tells about how many units were drawn, so an onlooker with a clock is not covered.
    Source: Abadi et al. 2016, algorithm 1; Opacus for the gradient of each image.
    """
    work = PrivateWork(model, pixels, patients, privacy, config, normalisation, rng)
    grid, steps = Grid.of(privacy, dimension=work.dimension), config.steps or 1
    optimizer = PrivateOptimizer(
        _optimizer(work.parameters, config),
        grid=grid,
        noise_multiplier=privacy.noise_multiplier,
        divisor=config.batch_size,
        rng=rng,
    )
    objective = Objective(model, proximal=proximal)
    optimizer.attach_step_hook(lambda _: objective.pull())
    for done in range(steps):
        if should_stop():
            raise Cancelled(f"stopped after {done} of {steps} steps; nothing of this round is kept")
        rate = learning_rate_at(config, (round_number - 1 + done / steps) / total_rounds)
        for group in optimizer.param_groups:
            group["lr"] = rate
        for piece, last in work.batch():
            optimizer.step_with(piece, last=last)
        progress(done + 1, steps)
    work.close()
    return snapshot(model)


def _optimizer(parameters: Sequence[nn.Parameter], config: LocalTraining) -> Optimizer:
    if config.optimizer == "adam":
        return Adam(parameters, lr=config.learning_rate, weight_decay=config.weight_decay)
    return SGD(parameters, lr=config.learning_rate, momentum=config.momentum, weight_decay=config.weight_decay)
