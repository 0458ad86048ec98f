"""From seconds that were measured to rates by the unit of work: least squares in which no rate is negative."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from primia_core.mpc.cost.features import Features

NOISE_S = 20e-6
"""Seconds below which differences are the clock's and the scheduler's, and count for little."""


@dataclass(frozen=True)
class Sample:
    """What one operation took."""

    kind: str
    features: Features
    seconds: float


def fitted(samples: Sequence[Sample]) -> dict[str, dict[str, float]]:
    """Return seconds a unit of each feature, for each kind of operation.

    The error that a sample may have grows with the root of its seconds, as that of a sum of small delays does.
    """
    kinds: dict[str, list[Sample]] = {}
    for sample in samples:
        kinds.setdefault(sample.kind, []).append(sample)
    return {kind: rates_of(of_kind) for kind, of_kind in kinds.items()}


def line(counts: Sequence[float], seconds: Sequence[float]) -> tuple[float, float]:
    """Return what a thing takes at all, and by the unit."""
    rates = rates_of(
        [Sample("", {"once": 1, "each": int(count)}, took) for count, took in zip(counts, seconds, strict=True)]
    )
    return rates["once"], rates["each"]


def rates_of(samples: Sequence[Sample]) -> dict[str, float]:
    """Return seconds a unit of each feature, for samples of one kind."""
    names = sorted({name for sample in samples for name in sample.features})
    counts = np.array([[sample.features.get(name, 0) for name in names] for sample in samples], np.float64)
    took = np.array([max(sample.seconds, 0.0) for sample in samples])
    weights = 1 / np.sqrt(took + NOISE_S)
    sizes = np.maximum(counts.max(axis=0), 1.0)  # units of one size, for the solver's sake
    solution, _ = nnls(counts / sizes * weights[:, None], took * weights)
    return {name: float(value) for name, value in zip(names, solution / sizes, strict=True)}
