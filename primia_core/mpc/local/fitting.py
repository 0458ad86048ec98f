"""From seconds that were measured to rates by the unit of work: least squares in which no rate is negative."""

from collections.abc import Mapping, Sequence
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

    Every sample counts by its relative error, so that small operations are met as well as large ones.
    """
    kinds: dict[str, list[Sample]] = {}
    for sample in samples:
        kinds.setdefault(sample.kind, []).append(sample)
    return {kind: _rates(of_kind) for kind, of_kind in kinds.items()}


def line(counts: Sequence[float], seconds: Sequence[float]) -> tuple[float, float]:
    """Return what a thing takes at all, and by the unit."""
    rates = _rates(
        [Sample("", {"once": 1, "each": int(count)}, took) for count, took in zip(counts, seconds, strict=True)]
    )
    return rates["once"], rates["each"]


def _rates(samples: Sequence[Sample]) -> dict[str, float]:
    names = sorted({name for sample in samples for name in sample.features})
    counts = np.array([[sample.features.get(name, 0) for name in names] for sample in samples], np.float64)
    took = np.array([max(sample.seconds, 0.0) for sample in samples])
    weights = 1 / (took + NOISE_S)
    sizes = np.maximum(counts.max(axis=0), 1.0)  # units of one size, for the solver's sake
    solution, _ = nnls(counts / sizes * weights[:, None], took * weights)
    return {name: float(value) for name, value in zip(names, solution / sizes, strict=True)}


def by_feature(rates: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return rates without those that are zero."""
    return {kind: {name: value for name, value in of_kind.items() if value} for kind, of_kind in rates.items()}
