"""The last round of a run summed again, from the same updates: without masks, and without encoding."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from primia_core.evaluation import confusion_matrix, kappa
from primia_core.federation.closing import close
from primia_core.federation.layout import GROUPS, GroupName, Layout
from primia_core.federation.plan import Aggregation
from primia_core.federation.site_work import clip_of, normalisation_of
from primia_core.models.weights import state_hash
from primia_core.secagg.encoding import error_bound
from tests.bench.demo_runs import Hospitals, Round, Run, labels_of
from tests.core.federation.encoded import Encoded

LEAST_KAPPA = 0.98


def sum_again(hospitals: Hospitals, run: Run) -> dict[str, Any]:
    """Compare a run's last round with the sum of the same words without masks and the mean of the same updates.

    Returns:
        ``exact`` is true where the first has the same bits, and the second differs in no value by more than the
        encoding's bound and labels the test images with kappa of ``LEAST_KAPPA`` or more.
    """
    plan, last = run.plan, run.last
    sums = {
        name: np.sum([work.vectors[name] for work in last.works.values()], axis=0, dtype=np.uint32)
        for name in next(iter(last.works.values())).vectors
    }
    _, plain = close(plan, last.step, last.state, sums, tuple(last.works), last.start)
    layout, exact, errors = Layout.of(last.start), dict(last.start), {}
    for group in GROUPS:
        wanted = layout.flatten(last.start, group) + _mean(last.encoded, group, plan.aggregation)
        errors[group] = _error(layout.flatten(last.after, group), wanted, _bound(plan.aggregation, last, group))
        exact.update(layout.unflatten(wanted.astype(np.float32), group))
    scale, classes = normalisation_of(plan, run.state), len(hospitals.classes)
    labels = [labels_of(plan.model, state, hospitals.test, scale) for state in (last.after, exact)]
    agreement = kappa(confusion_matrix(*labels, classes=classes))
    same_bits = plain is not None and state_hash(plain) == last.result.model_after
    assert last.result.update is not None
    return {
        "round": last.step.round,
        "same_bits_without_masks": same_bits,
        "groups": errors,
        "clipped": dict(last.result.update.saturated),
        "kappa": agreement,
        "labelled_otherwise": int(np.count_nonzero(labels[0] != labels[1])),
        "labels": np.bincount(labels[1], minlength=classes).tolist(),
        "exact": same_bits and agreement >= LEAST_KAPPA and not any(each["beyond"] for each in errors.values()),
    }


def _mean(encoded: Sequence[Encoded], group: GroupName, aggregation: Aggregation) -> np.ndarray:
    """Return the weighted mean of the clipped changes in double precision."""
    clip, given = clip_of(aggregation, group), [each for each in encoded if each.group == group]
    weights = [min(each.samples, aggregation.reference_samples) for each in given]
    clipped = (np.clip(each.values.astype(np.float64), -clip, clip) for each in given)
    return sum(weight * values for weight, values in zip(weights, clipped, strict=True)) / sum(weights)


def _bound(aggregation: Aggregation, last: Round, group: GroupName) -> float:
    assert last.result.update is not None
    return error_bound(
        summands=len(last.works),
        clip=clip_of(aggregation, group),
        reference_samples=aggregation.reference_samples,
        total_samples=last.result.update.samples,
    )


def _error(got: np.ndarray, wanted: np.ndarray, bound: float) -> dict[str, Any]:
    """Compare with the exact sum; a weight is kept in float32, which may take half of its last place besides."""
    error = np.abs(got.astype(np.float64) - wanted)
    return {
        "largest_error": float(error.max(initial=0.0)),
        "bound": bound,
        "values": got.size,
        "beyond": int(np.count_nonzero(error > bound + np.spacing(np.abs(got)).astype(np.float64) / 2)),
    }
