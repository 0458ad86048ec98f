"""What one site does for a step: look at its own images, and say the answer as ring vectors ready for masking.

It opens no socket and keeps no state: the same step on the same data may be performed again after a crash, but its
stochastic rounding then differs, so whoever submits must keep and resend the first answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from primia_core.evaluation.scores import Scored
from primia_core.evaluation.sums import ScoreSums
from primia_core.federation.auditing import audit_of
from primia_core.federation.errors import NoDataError, StepError
from primia_core.federation.layout import GROUPS, GroupName, Layout, State
from primia_core.federation.plan import Aggregation, Plan
from primia_core.federation.private_work import private_update
from primia_core.federation.scoring import evaluation_of, score_words, shape_of
from primia_core.federation.state import RunState, Statistics
from primia_core.federation.steps import Step
from primia_core.imaging import Normalisation, Pixels, PixelSums
from primia_core.models.registry import skeleton
from primia_core.ring import split_limbs
from primia_core.secagg.encoding import encode
from primia_core.training import FitResult, Predictions, fit, gradient, predict

if TYPE_CHECKING:
    from primia_core.attacks.findings import AuditFindings

Words = NDArray[np.uint32]
Progress = Callable[[int, int], None]

LOSS_FRACTION_BITS = 20
"""Losses travel as integers of 2**-20; a sum over 255 sites and 2**40 images still fits 64 bits."""


class SiteData(Protocol):
    """A site's decoded cohort."""

    def split(self, name: str) -> Pixels:
        """Return the images and labels of one split."""

    def patients(self, name: str) -> Sequence[str]:
        """Return whose each image of a split is, in their order."""

    def groups(self, name: str, attribute: str) -> Sequence[str]:
        """Return the group of each image of a split, by age, sex or view."""


@dataclass(frozen=True)
class SiteWork:
    """A site's answer to a step: secret until masked.

    ``local_layers`` (FedBN) and ``findings``, an audit's pictures of real patients, never leave the site at all.
    """

    vectors: Mapping[str, Words] = field(repr=False)
    local_layers: Mapping[str, torch.Tensor] = field(repr=False, default_factory=dict)
    findings: "AuditFindings | None" = field(repr=False, default=None)


def perform(
    plan: Plan,
    step: Step,
    state: RunState,
    data: SiteData,
    model_state: State | None,
    *,
    local_layers: State | None = None,
    site: str | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> SiteWork:
    """Answer a step from a site's own images.

    Args:
        plan: the approved plan.
        step: what is asked.
        state: the public results so far.
        data: the site's cohort.
        model_state: the global weights whose hash is ``step.model_hash``; ``None`` for statistics.
        local_layers: FedBN layers of this site from its last round; ``None`` before the first.
        site: which of the roster this is; needed where a plan publishes each site's figures.
        progress: told (batches done, batches planned).
        should_stop: asked between batches; true ends the work with ``training.Cancelled``.
    Returns:
        One uint32 vector for each of ``step.vectors``, not masked.
    Raises:
        NoDataError: a needed split is empty.
        StepError: the model is missing.
    """
    if step.kind == "statistics":
        return SiteWork(_statistics(plan, data))
    if model_state is None:
        raise StepError(f"step {step.number} needs the model {step.model_hash[:12]}, and there is none")
    worker = _Worker(plan, step, state, {**model_state, **(local_layers or {})}, data, progress, should_stop)
    if step.kind == "evaluate":
        return SiteWork(worker.evaluation(step.split or "validation"))
    if step.kind == "scores":
        return SiteWork(worker.scores(site))
    if step.kind == "audit":
        return worker.audit()
    evaluation = worker.evaluation("validation")
    answer, after = worker.training()
    kept = {name: after[name].clone() for name in worker.layout.local}
    return SiteWork({**answer, **evaluation}, kept)


def normalisation_of(plan: Plan, state: RunState) -> Normalisation:
    """Return the constants that every site normalises with."""
    if plan.data.normalisation is not None:
        return plan.data.normalisation
    if state.statistics is None:
        raise StepError("the pooled statistics are not known yet; close the statistics step first")
    return state.statistics.normalisation


def class_weights_of(plan: Plan, statistics: Statistics | None) -> list[float] | None:
    """Return inverse pooled class frequencies with mean 1 over the images, or ``None`` when the plan wants none."""
    if plan.training.class_weights == "none" or statistics is None:
        return None
    counts = statistics.class_counts
    return [sum(counts) / (len(counts) * count) if count else 0.0 for count in counts]


def _statistics(plan: Plan, data: SiteData) -> dict[str, Words]:
    pixels = _images(data, "train")
    sums = PixelSums.of(pixels.images)
    counts = np.bincount(pixels.labels, minlength=len(plan.data.classes))
    return {
        "statistics.pixels": split_limbs([sums.count, sums.total, sums.total_squares]),
        "statistics.classes": split_limbs([int(count) for count in counts]),
    }


@dataclass(frozen=True)
class _Worker:
    plan: Plan
    step: Step
    state: RunState
    start: State
    data: SiteData
    progress: Progress
    should_stop: Callable[[], bool]

    @property
    def layout(self) -> Layout:
        return Layout.of(self.start, batch_norm=self.plan.strategy.batch_norm)

    def model(self) -> torch.nn.Module:
        model = skeleton(self.plan.model)  # drawing 11 M random weights to overwrite them costs a quarter of a second
        model.load_state_dict({name: tensor.clone() for name, tensor in self.start.items()}, assign=True)
        return model

    def predictions(self, split: str) -> Predictions:
        return predict(
            self.model(),
            _images(self.data, split),
            normalisation_of(self.plan, self.state),
            batch_size=2 * self.plan.training.batch_size,
        )

    def scores(self, site: str | None) -> dict[str, Words]:
        evaluation, shape = evaluation_of(self.plan), shape_of(self.plan)
        if shape.sites and site not in shape.sites:
            raise StepError(f"the plan publishes the figures of {list(shape.sites)}, and this site is {site!r}")
        split = evaluation.split
        found = self.predictions(split)
        sums = ScoreSums.of(
            shape,
            Scored.of(_images(self.data, split).labels, found.probabilities),
            patients=self.data.patients(split),
            groups={name: self.data.groups(split, name) for name in evaluation.subgroups},
            site=site,
        )
        return score_words(self.plan, sums)

    def audit(self) -> SiteWork:
        from primia_core.attacks.audit import run_audit

        plan = audit_of(self.plan)
        findings = run_audit(
            plan,
            model=self.model(),
            pixels=_images(self.data, plan.split),
            patients=self.data.patients(plan.split),
            normalisation=normalisation_of(self.plan, self.state),
            progress=self.progress,
            should_stop=self.should_stop,
        )
        return SiteWork(findings.to_vectors(), findings=findings)

    def evaluation(self, split: str) -> dict[str, Words]:
        found = self.predictions(split)
        return {
            f"{split}.confusion": split_limbs([int(cell) for cell in found.confusion.ravel()]),
            f"{split}.loss": split_limbs([_fixed(found.loss_sum)]),
        }

    def training(self) -> tuple[dict[str, Words], State]:
        if self.plan.privacy is not None:
            return self._private_update(), {}
        result = self._gradient() if self.plan.strategy.name == "fedsgd" else self._fit()
        layout, aggregation = self.layout, self.plan.aggregation
        vectors: dict[str, Words] = {}
        saturated = []
        for group in GROUPS:
            change = result.changes[group]
            words, clipped = encode(
                change,
                clip=clip_of(aggregation, group),
                samples=result.samples,
                reference_samples=aggregation.reference_samples,
            )
            saturated.append(clipped)
            if layout.length(group):
                vectors[f"update.{group}"] = words
        used = min(result.samples, aggregation.reference_samples)
        return {
            **vectors,
            "update.samples": split_limbs([used]),
            "update.saturated": np.array([*saturated, int(used < result.samples)], np.uint32),
            "training.loss": split_limbs([_fixed(result.loss_sum), result.loss_count]),
            "training.stopped_early": np.array([int(result.stopped_early)], np.uint32),
        }, result.after

    def _fit(self) -> "_LocalUpdate":
        train = _images(self.data, "train")
        proximal = (self.plan.strategy.mu, self.start) if self.plan.strategy.name == "fedprox" else None
        model = self.model()
        result: FitResult = fit(
            model,
            train,
            _images(self.data, "validation"),
            config=self.plan.training,
            round_number=self.step.round or 1,
            total_rounds=self.plan.strategy.rounds,
            normalisation=normalisation_of(self.plan, self.state),
            class_weights=class_weights_of(self.plan, self.state.statistics),
            proximal=proximal,
            seed=self._seed,
            progress=self.progress,
            should_stop=self.should_stop,
        )
        changes = self._changes(result.state_dict, GROUPS)
        return _LocalUpdate(
            changes, result.samples, result.loss_sum, result.loss_count, result.stopped_early, result.state_dict
        )

    def _gradient(self) -> "_LocalUpdate":
        result = gradient(
            self.model(),
            _images(self.data, "train"),
            config=self.plan.training,
            normalisation=normalisation_of(self.plan, self.state),
            class_weights=class_weights_of(self.plan, self.state.statistics),
            seed=self._seed,
            progress=self.progress,
            should_stop=self.should_stop,
        )
        after = {**self.start, **result.buffers}
        changes = self._changes(after, GROUPS[1:])
        gradients = {name: result.gradients.get(name, torch.zeros(shape)) for name, shape in self.layout.shapes.items()}
        changes["weights"] = self.layout.flatten(gradients, "weights")
        return _LocalUpdate(changes, result.samples, result.loss_sum, result.loss_count, False, after)

    def _private_update(self) -> dict[str, Words]:
        return private_update(
            self.plan,
            self.step,
            self.model(),
            self.start,
            self.layout,
            _images(self.data, "train"),
            self.data.patients("train"),
            normalisation=normalisation_of(self.plan, self.state),
            progress=self.progress,
            should_stop=self.should_stop,
        )

    def _changes(self, after: State, groups: Sequence[GroupName]) -> dict[GroupName, NDArray[np.float32]]:
        layout, changes = self.layout, {}
        for group in groups:
            vector = layout.flatten(after, group)
            changes[group] = np.subtract(vector, layout.flatten(self.start, group), out=vector)
        return changes

    @property
    def _seed(self) -> int:
        return self.plan.training.seed * 100_003 + (self.step.round or 0)


@dataclass(frozen=True)
class _LocalUpdate:
    changes: Mapping[GroupName, NDArray[np.float32]]
    samples: int
    loss_sum: float
    loss_count: int
    stopped_early: bool
    after: State


def clip_of(aggregation: Aggregation, group: GroupName) -> float:
    """Return the clipping bound of a tensor group."""
    return {
        "weights": aggregation.clip_weights,
        "batch_norm_means": aggregation.clip_batch_norm_means,
        "batch_norm_variances": aggregation.clip_batch_norm_variances,
    }[group]


def _images(data: SiteData, split: str) -> Pixels:
    pixels = data.split(split)
    if len(pixels.labels) == 0:
        raise NoDataError(f"the cohort has 0 {split} images and needs at least 1; split it again by patient")
    return pixels


def _fixed(loss: float) -> int:
    return round(loss * (1 << LOSS_FRACTION_BITS))
