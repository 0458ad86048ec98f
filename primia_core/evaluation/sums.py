"""A model's answers at one site as integers that add over sites, and what their sum says.

Every figure of a document comes from these integers, and they are summed under secure aggregation, so nobody sees one
site's. Scores are sorted into bins before they are ranked; counts, losses and confidences are exact to 2**-20.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import e, factorial

import numpy as np
from numpy.typing import NDArray

from primia_core.evaluation.curves import Curve
from primia_core.evaluation.errors import ScoreError
from primia_core.evaluation.metrics import confusion_matrix
from primia_core.evaluation.scores import BINS, Scored
from primia_core.evaluation.tally import Calibration, Tally, by_group, reliability_bins
from primia_core.evaluation.withholding import withhold

Integers = NDArray[np.int64]
RandomBytes = Callable[[int], bytes]

FRACTION_BITS = 20
UNIT = 1 << FRACTION_BITS
WITHHELD = "withheld"
"""The group of images whose own group is too small at their site to be counted by itself."""

WIDE = frozenset({"confusion", "loss", "confidence", "brier"})
"""Sums that may pass 2**23 at one site; they travel as 64-bit integers, the others as single words."""


@dataclass(frozen=True)
class SumShape:
    """What is counted: public, and equal at every site.

    Attributes:
        classes: C.
        bins: of scores, a power of two.
        replicates: resamples of patients, B; may be 0.
        groups: for each attribute the names of its groups, in order; ``withheld`` is added to them.
        sites: whose own confusion matrices are published; empty in most plans.
        smallest_cell: a site counts a group of fewer images as withheld.
    """

    classes: int
    bins: int
    replicates: int
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sites: Sequence[str] = ()
    smallest_cell: int = 1

    @property
    def lengths(self) -> dict[str, int]:
        """Return how many integers each sum has, by its name."""
        cells = self.classes * self.classes
        found = {
            "confusion": cells,
            "loss": 1,
            "histograms": cells * self.bins,
            "reliability": 2 * BINS,
            "confidence": BINS,
            "brier": 1,
            "patients": 1,
        }
        if self.replicates:
            found["replicates"] = self.replicates * cells
        found |= {f"subgroup.{name}": (len(of) + 1) * cells for name, of in self.groups.items()}
        return found | {f"site.{site}": cells for site in self.sites}


@dataclass(frozen=True)
class ScoreSums:
    """Integers by name. Of one site they are secret; added over sites they are what a job publishes."""

    shape: SumShape
    values: Mapping[str, Integers] = field(repr=False)

    @classmethod
    def of(
        cls,
        shape: SumShape,
        scored: Scored,
        *,
        patients: Sequence[str],
        groups: Mapping[str, Sequence[str]] | None = None,
        site: str | None = None,
        rng: RandomBytes = secrets.token_bytes,
    ) -> "ScoreSums":
        """Count one site's answers.

        Args:
            shape: as the plan says.
            scored: truth and probabilities of n images.
            patients: whose each image is.
            groups: for each attribute of the shape, the group of each image.
            site: whose answers they are, where the shape publishes sites.
            rng: uniform bytes behind the resamples of patients; only tests pass their own.
        Raises:
            ScoreError: other classes than the shape's, or a group that it does not name.
        Security: a resample's weights are drawn here and never told. Whoever knew them could solve the resamples for
            single patients, so they come from the operating system and not from a seed.
        """
        if scored.classes != shape.classes:
            raise ScoreError(f"probabilities of {scored.classes} classes, the plan has {shape.classes}")
        truth, labels = scored.truth, scored.probabilities.argmax(1)
        of_truth = scored.probabilities[np.arange(truth.size), truth]
        least = np.finfo(np.float32).tiny
        confidence, place = scored.probabilities.max(1), reliability_bins(scored.probabilities.max(1))
        cells = confusion_matrix(truth, labels, classes=shape.classes).ravel()
        values: dict[str, Integers] = {
            "confusion": cells,
            "loss": _total(-np.log(np.maximum(of_truth, least))),
            "histograms": _histograms(scored, shape.bins),
            "reliability": np.concatenate(
                [np.bincount(place, minlength=BINS), np.bincount(place[labels == truth], minlength=BINS)]
            ),
            "confidence": np.bincount(place, weights=_fixed(confidence), minlength=BINS).astype(np.int64),
            "brier": _total(((scored.probabilities - scored.one_hot) ** 2).sum(1)),
            "patients": np.array([len(set(patients))]),
        }
        if shape.replicates:
            values["replicates"] = _replicates(truth * shape.classes + labels, patients, shape, rng)
        for name in shape.groups:
            values[f"subgroup.{name}"] = _subgroup(truth, labels, (groups or {})[name], name, shape)
        for other in shape.sites:
            values[f"site.{other}"] = cells if other == site else np.zeros_like(cells)
        return cls(shape, {name: values[name].astype(np.int64) for name in shape.lengths})

    def __add__(self, other: "ScoreSums") -> "ScoreSums":
        """Add what two sites counted."""
        if self.shape != other.shape:
            raise ScoreError("these sums are of different shapes; add those of one plan")
        return ScoreSums(self.shape, {name: self.values[name] + other.values[name] for name in self.values})

    def tally(self) -> Tally:
        """Return what was counted in all, as a document is computed from it."""
        shape, size = self.shape, self.shape.classes
        confusion = self.values["confusion"].reshape(size, size)
        n = int(confusion.sum())
        if not n:
            raise ScoreError("the sums count 0 images; every site needs 1 of the split")
        histograms = self.values["histograms"].reshape(size, size, shape.bins)  # (score's class, truth, bin)
        levels = np.arange(shape.bins) / shape.bins
        count, right = self.values["reliability"].reshape(2, BINS)
        return Tally(
            confusion=confusion,
            curves=tuple(Curve(k, levels, histograms[k]) for k in range(size)),
            calibration=Calibration(count, right, self.values["confidence"] / UNIT),
            brier=int(self.values["brier"][0]) / UNIT / n,
            log_loss=int(self.values["loss"][0]) / UNIT / n,
            patients=int(self.values["patients"][0]),
            replicates=self.values.get("replicates", np.zeros(0, np.int64)).reshape(-1, size, size),
            groups={name: self._groups(name) for name in shape.groups},
            sites={site: self.values[f"site.{site}"].reshape(size, size) for site in shape.sites},
            quantised_bins=shape.bins,
        )

    def _groups(self, attribute: str) -> dict[str, Integers]:
        names, size = [*self.shape.groups[attribute], WITHHELD], self.shape.classes
        return dict(zip(names, self.values[f"subgroup.{attribute}"].reshape(len(names), size, size), strict=True))


def quantised(scored: Scored, bins: int) -> NDArray[np.int64]:
    """Return the bin of every probability: floor(p * bins), and the last one for certainty."""
    return np.minimum((scored.probabilities * bins).astype(np.int64), bins - 1)


def _subgroup(truth: Integers, labels: Integers, groups: Sequence[str], name: str, shape: SumShape) -> Integers:
    counted = by_group(truth, labels, groups, classes=shape.classes)
    if unknown := sorted(set(counted) - set(shape.groups[name])):
        raise ScoreError(f"{unknown[0]!r} is no group of {name}; the groups are {list(shape.groups[name])}")
    held = withhold({group: int(matrix.sum()) for group, matrix in counted.items()}, shape.smallest_cell)
    nothing = np.zeros((shape.classes, shape.classes), np.int64)
    told = [nothing if group in held else counted.get(group, nothing) for group in shape.groups[name]]
    return np.stack([*told, sum((counted[group] for group in held), nothing)]).ravel()


def _histograms(scored: Scored, bins: int) -> Integers:
    size = scored.classes
    place = quantised(scored, bins) + bins * scored.truth[:, None]  # (image, score's class)
    return np.concatenate([np.bincount(place[:, k], minlength=size * bins) for k in range(size)])


def _replicates(cells: Integers, patients: Sequence[str], shape: SumShape, rng: RandomBytes) -> Integers:
    """Draw how often each patient is in each resample, from Poisson's law with mean 1, and count its images as often.

    Source: Hanley and MacGibbon, "Creating non-parametric bootstrap samples using Poisson frequencies", 2006.
    """
    size = shape.classes * shape.classes
    unit = np.unique(np.asarray(patients), return_inverse=True)[1].ravel()
    units = np.zeros((int(unit.max()) + 1, size), np.int64)
    np.add.at(units, (unit, cells), 1)
    return np.concatenate([_poisson(len(units), rng) @ units for _ in range(shape.replicates)])


def _poisson(count: int, rng: RandomBytes) -> Integers:
    """Draw from Poisson's law with mean 1 by its distribution function, cut where 2**-64 ends."""
    uniform = np.frombuffer(rng(8 * count), "<u8")
    return np.searchsorted(_POISSON, uniform, side="right").astype(np.int64)


_POISSON = np.array(
    [min(int(sum(1 / factorial(j) for j in range(k + 1)) / e * 2.0**64), 2**64 - 1) for k in range(20)], np.uint64
)


def _fixed(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round each image's value by itself, so that sums do not depend on which site has which image."""
    return np.rint(values * UNIT).astype(np.int64)


def _total(values: NDArray[np.float64]) -> Integers:
    return np.array([_fixed(values).sum()])
