"""One site's local work of one round: some steps of an optimiser on its own images. Knows no federation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer

from primia_core.imaging import Normalisation, Pixels
from primia_core.training.config import LocalTraining
from primia_core.training.errors import Cancelled, DivergedError
from primia_core.training.feed import Batch, Feed, check_not_empty
from primia_core.training.objective import Objective, class_count
from primia_core.training.precision import arrange, forward, memory_format
from primia_core.training.predictions import Predictions, predict
from primia_core.training.rate import learning_rate_at
from primia_core.training.stopping import EarlyStopping, snapshot

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Check:
    """A look at the validation images between two steps; ``training_loss`` is the mean since the last look."""

    step: int
    steps: int
    training_loss: float = field(repr=False)
    validation: Predictions = field(repr=False)
    best: bool = field(repr=False)


@dataclass(frozen=True)
class FitResult:
    """What came out of a round's local work; everything but the weights is secret at its site.

    ``samples`` is the number of training images that the work drew from: the weight n_k of the average.
    ``loss_sum`` is over the ``loss_count`` images that went through, repeated ones counted again. ``best_step`` is the
    step whose weights these are.
    """

    state_dict: dict[str, Tensor] = field(repr=False)
    samples: int = field(repr=False)
    steps: int
    loss_sum: float = field(repr=False)
    loss_count: int = field(repr=False)
    stopped_early: bool
    best_step: int


def fit(
    model: nn.Module,
    pixels_train: Pixels,
    pixels_validation: Pixels,
    *,
    config: LocalTraining,
    round_number: int,
    total_rounds: int,
    normalisation: Normalisation,
    class_weights: Sequence[float] | None = None,
    proximal: tuple[float, Mapping[str, Tensor]] | None = None,
    seed: int,
    progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
    on_check: Callable[[Check], None] | None = None,
) -> FitResult:
    """Train for one round.

    Args:
        model: starts from its present weights, and ends with those of its last step.
        pixels_train: uint8 (n, 1, S, S), n >= 1.
        pixels_validation: watched by local early stopping; else unused and may be empty.
        config: steps or epochs, optimiser, rates, augmentation, precision.
        round_number: 1 to ``total_rounds``; with the step it places the learning rate within the whole job.
        class_weights: one factor a class.
        proximal: FedProx's mu and the weights that it pulls towards.
        seed: of order, augmentation, mixup and dropout. The same seed, thread count and machine kind give the same
            weights.
        progress: told (steps done, steps planned) after each step.
        should_stop: asked before each step.
        on_check: told what each check found; with it there are checks even without ``config.patience``.
    Returns:
        The weights after the last step; with ``config.patience``, those of the check with the lowest validation loss.
        Checks fall on every ``check_every_steps``-th step and on the last.
    Raises:
        EmptyDataError: no training image, or no validation image to watch.
        Cancelled: ``should_stop`` said so.
        DivergedError: the loss is infinite or not a number.
    """
    feed = Feed(pixels_train, normalisation, config, class_count(model), seed)
    watch = _Watch(pixels_validation, normalisation, config, on_check)
    arrange(model.train(), memory_format(config.precision, pixels_train.images.shape[-1]))
    work = _Work(model, config, Objective(model, class_weights, proximal), round_number, total_rounds, len(feed))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # dropout draws from the global generator
        for batch in feed:
            if should_stop():
                raise Cancelled(f"stopped after {work.done} of {len(feed)} steps; nothing of this round is kept")
            work.step(batch)
            progress(work.done, len(feed))
            if watch.says_stop(work):
                break
    best = watch.stopping
    return FitResult(
        state_dict=best.state if best else snapshot(model),
        samples=len(pixels_train),
        steps=work.done,
        loss_sum=work.loss_sum,
        loss_count=work.loss_count,
        stopped_early=work.done < len(feed),
        best_step=best.best_step or work.done if best else work.done,
    )


class _Watch:
    """Checks on the validation images, where early stopping or the caller asks for them."""

    def __init__(
        self,
        pixels: Pixels,
        normalisation: Normalisation,
        config: LocalTraining,
        tell: Callable[[Check], None] | None,
    ) -> None:
        self.pixels, self.normalisation, self.config, self.tell = pixels, normalisation, config, tell
        self.stopping = EarlyStopping(config.patience) if config.patience is not None else None
        self._told = (0.0, 0)
        if self.stopping is not None or tell is not None:
            check_not_empty(pixels, "validation")

    def says_stop(self, work: "_Work") -> bool:
        due = work.done % self.config.check_every_steps == 0 or work.done == work.steps
        if not due or (self.stopping is None and self.tell is None):
            return False
        size, precision = 2 * self.config.batch_size, self.config.precision
        found = predict(work.model, self.pixels, self.normalisation, size, precision=precision)
        stop = self.stopping is not None and self.stopping.check(work.model, found.loss_sum / found.count, work.done)
        if self.tell is not None:
            self.tell(self._check(work, found))
        return stop

    def _check(self, work: "_Work", found: Predictions) -> Check:
        loss_sum, count = work.loss_sum - self._told[0], work.loss_count - self._told[1]
        self._told = (work.loss_sum, work.loss_count)
        best = self.stopping is None or self.stopping.best_step == work.done
        return Check(work.done, work.steps, loss_sum / max(count, 1), found, best)


class _Work:
    """The steps taken so far."""

    def __init__(
        self, model: nn.Module, config: LocalTraining, objective: Objective, number: int, rounds: int, steps: int
    ) -> None:
        self.model, self.config, self.objective = model, config, objective
        self.rounds_before, self.rounds, self.steps = number - 1, rounds, steps
        self.done, self.loss_sum, self.loss_count = 0, 0.0, 0
        self.optimizer = _optimizer(model, config)

    def step(self, batch: Batch) -> None:
        rate = learning_rate_at(self.config, (self.rounds_before + self.done / self.steps) / self.rounds)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.objective.loss(forward(self.model, batch.images, self.config.precision), batch.targets)
        value = float(loss.detach())
        if not isfinite(value):
            raise DivergedError(
                f"the loss is {value} at step {self.done + 1} of {self.steps}, learning rate {rate:.3g}; "
                "lower learning_rate or check the images"
            )
        loss.backward()  # type: ignore[no-untyped-call]
        self.objective.pull()
        self.optimizer.step()
        self.done += 1
        self.loss_sum += value * len(batch.images)
        self.loss_count += len(batch.images)


def _optimizer(model: nn.Module, config: LocalTraining) -> Optimizer:
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if config.optimizer == "adam":
        return Adam(parameters, lr=config.learning_rate, weight_decay=config.weight_decay, fused=True)
    return SGD(
        parameters, lr=config.learning_rate, momentum=config.momentum, weight_decay=config.weight_decay, fused=True
    )
