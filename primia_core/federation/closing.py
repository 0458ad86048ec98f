"""How the sums of a step become its public result and the next global model, bit for bit the same at hub and sites."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from primia_core.evaluation import accuracy, mcc, mcc_interval
from primia_core.federation.auditing import audit_of_sums
from primia_core.federation.errors import StepError
from primia_core.federation.layout import GROUPS, Floats, GroupName, Layout, State
from primia_core.federation.plan import Plan
from primia_core.federation.private_closing import apply_private
from primia_core.federation.scoring import document_of_sums
from primia_core.federation.site_work import LOSS_FRACTION_BITS, clip_of
from primia_core.federation.state import RunState, Statistics, StepResult, UpdateSummary, Validation
from primia_core.federation.steps import SplitName, Step
from primia_core.imaging import PixelSums
from primia_core.models.weights import state_hash
from primia_core.ring import join_limbs
from primia_core.secagg.encoding import decode, error_bound
from primia_core.training import learning_rate_at

Words = NDArray[np.uint32]
CHUNK = 1 << 15


def close(
    plan: Plan,
    step: Step,
    state: RunState,
    sums: Mapping[str, Words],
    survivors: Sequence[str],
    model_state: State | None,
) -> tuple[StepResult, dict[str, torch.Tensor] | None]:
    """Turn the sums over the surviving sites into the step's result.

    Args:
        plan, step, state: as approved and asked, and the results before this step.
        sums: for each of ``step.vectors`` its sum modulo 2**32 over ``survivors``.
        survivors: sites whose answers are in the sums.
        model_state: the global weights of ``step.model_hash``; needed by train steps only.
    Returns:
        The public result, and for a train step the next global state dict (else ``None``).
    Raises:
        StepError: a vector is missing, has another length, or sums to something no honest sites could.
    """
    _check_shapes(step, sums)
    before = plan.initial_model if not state.results else state.results[-1].model_after
    bare = StepResult(
        number=step.number,
        kind=step.kind,
        round=step.round,
        survivors=tuple(sorted(survivors)),
        model_before=before,
        model_after=before,
    )
    if step.kind == "statistics":
        return bare.model_copy(update={"statistics": _statistics(sums)}), None
    if step.kind == "audit":
        return bare.model_copy(update={"audit": audit_of_sums(plan, sums, survivors)}), None
    evaluated = bare.model_copy(
        update={"evaluations": (_evaluation(plan, step, state, sums, step.split or "validation"),)}
    )
    if step.kind == "evaluate":
        return evaluated, None
    if step.kind == "scores":
        return evaluated.model_copy(update={"scores": document_of_sums(plan, sums, survivors)}), None
    if model_state is None:
        raise StepError(f"{step.title} closes on the model {step.model_hash[:12]}, and there is none")
    if plan.privacy is not None:
        after, summary = apply_private(plan, step, sums, len(survivors), model_state)
    else:
        after, summary = _apply(plan, step, sums, survivors, model_state)
    return evaluated.model_copy(update={"model_after": state_hash(after), "update": summary}), after


def _check_shapes(step: Step, sums: Mapping[str, Words]) -> None:
    wanted = {vector.name: vector.length for vector in step.vectors}
    got = {name: int(words.size) for name, words in sums.items()}
    if wanted != got:
        odd = sorted(set(wanted.items()) ^ set(got.items()))[:3]
        raise StepError(f"{step.title} sums the vectors {sorted(wanted)}; these do not match: {odd}")


def _statistics(sums: Mapping[str, Words]) -> Statistics:
    count, total, squares = join_limbs(sums["statistics.pixels"])
    pool = PixelSums(count=count, total=total, total_squares=squares)
    return Statistics(
        normalisation=pool.normalisation(),
        class_counts=tuple(join_limbs(sums["statistics.classes"])),
        pixels=count,
    )


def _evaluation(plan: Plan, step: Step, state: RunState, sums: Mapping[str, Words], split: SplitName) -> Validation:
    size = len(plan.data.classes)
    confusion = np.array(join_limbs(sums[f"{split}.confusion"]), np.int64).reshape(size, size)
    loss = join_limbs(sums[f"{split}.loss"])[0] / 2**LOSS_FRACTION_BITS
    n = int(confusion.sum())
    if n == 0:
        raise StepError(f"{step.title} evaluated 0 images; every site needs at least 1 {split} image")
    low, high = mcc_interval(confusion, seed=step.number)
    rounds = [r for r in range(state.rounds_done + 1) if state.model_of_round(r, plan.initial_model) == step.model_hash]
    return Validation(
        model_hash=step.model_hash,
        round=rounds[-1],
        split=split,
        confusion=tuple(tuple(int(cell) for cell in row) for row in confusion),
        n=n,
        mean_loss=loss / n,
        accuracy=accuracy(confusion),
        mcc=mcc(confusion),
        low=low,
        high=high,
    )


def _apply(
    plan: Plan, step: Step, sums: Mapping[str, Words], survivors: Sequence[str], model_state: State
) -> tuple[dict[str, torch.Tensor], UpdateSummary]:
    layout, aggregation = Layout.of(model_state, batch_norm=plan.strategy.batch_norm), plan.aggregation
    samples = join_limbs(sums["update.samples"])[0]
    if samples <= 0:
        raise StepError(f"{step.title} used {samples} samples in all; at least one site must train")
    moved: dict[str, torch.Tensor] = {}
    largest = 0.0
    for group in GROUPS:
        if not layout.length(group):
            continue
        vector = layout.flatten(model_state, group)
        change = _move(
            vector,
            sums[f"update.{group}"],
            _step_size(plan, step, group),
            clip=clip_of(aggregation, group),
            reference_samples=aggregation.reference_samples,
            total_samples=samples,
        )
        if group == "weights":
            largest = change
        if group == "batch_norm_variances":
            np.maximum(vector, 0.0, out=vector)  # rounding may take a variance of almost 0 below it
        moved.update(layout.unflatten(vector, group))
    after = {name: moved[name] if name in moved else state.detach().clone() for name, state in model_state.items()}
    loss_sum, loss_count = join_limbs(sums["training.loss"])
    return after, UpdateSummary(
        samples=samples,
        mean_loss=loss_sum / 2**LOSS_FRACTION_BITS / max(loss_count, 1),
        stopped_early=int(sums["training.stopped_early"][0]),
        saturated=dict(zip((*GROUPS, "capped_sites"), (int(count) for count in sums["update.saturated"]), strict=True)),
        error_bound=error_bound(
            summands=len(survivors),
            clip=aggregation.clip_weights,
            reference_samples=aggregation.reference_samples,
            total_samples=samples,
        ),
        largest_change=largest,
    )


def _move(vector: Floats, words: Words, factor: float, **encoding: Any) -> float:
    """Add the decoded mean times ``factor`` to a vector in place, and return the largest change of a coordinate.

    In double precision, a chunk at a time: whole vectors of doubles cost more in fresh memory than the sums.
    """
    largest = 0.0
    for start in range(0, vector.size, CHUNK):
        mean = decode(words[start : start + CHUNK], **encoding)
        mean *= factor
        largest = max(largest, float(mean.max()), -float(mean.min()))
        chunk = vector[start : start + CHUNK]
        chunk[:] = np.add(chunk, mean, out=mean)
    return largest


def _step_size(plan: Plan, step: Step, group: GroupName) -> float:
    """Return what the averaged vector is multiplied by: 1 for deltas, minus the learning rate for gradients."""
    if plan.strategy.name != "fedsgd" or group != "weights":
        return 1.0
    rate = learning_rate_at(plan.training, progress=((step.round or 1) - 1) / plan.strategy.rounds)
    return -rate * plan.strategy.server_learning_rate
