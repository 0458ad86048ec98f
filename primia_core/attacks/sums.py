"""Figures of an audit as integers that add over sites, so that nobody sees one site's. Knows no images.

Each row (a part's control) travels as counts, fixed-point sums and histograms: enough for means, exact tests of means,
the most exposed 5 % and the most exposed bin.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from primia_core.attacks.errors import SumsError
from primia_core.attacks.plan import AuditPlan, Control, Part
from primia_core.ring import join_limbs, split_limbs

Words = NDArray[np.uint32]
FRACTION_BITS = 20
UNIT = 1 << FRACTION_BITS
COUNTS, SUMS = ("n", "hits", "trials"), ("mse", "mse_squared", "psnr", "ssim_above_minus_one")
PAIRS = ("null", "tv_only")
"""With whose errors the attack's are multiplied, for paired tests."""
LABELS = ("right", "inferred")
REFERENCES = "audit.references"
GUESSES = ("grey", "mean_image", "other_patient")
"""Whose errors stand behind the number of images in ``REFERENCES``."""


@dataclass(frozen=True)
class Scale:
    """Bins of one measure. ``exposed_low``: small values are the exposed ones, and a bin speaks by its lower edge."""

    edges: NDArray[np.float64] = field(repr=False)
    exposed_low: bool

    def bin(self, value: float) -> int:
        """Return the bin of a value; what lies outside belongs to the first or the last."""
        return int(np.clip(np.searchsorted(self.edges, value, side="right") - 1, 0, len(self.edges) - 2))

    def exposed(self, counts: Sequence[int], share: float) -> float:
        """Return the edge that the most exposed ``share`` of the counted values reaches; 0 means the single worst."""
        edges = self.edges[:-1] if self.exposed_low else self.edges[:0:-1]
        ordered = np.asarray(counts if self.exposed_low else counts[::-1])
        wanted = max(1, int(np.ceil(share * ordered.sum())))
        return float(edges[int(np.searchsorted(ordered.cumsum(), wanted))])


MSE = Scale(np.array([0.0, *np.exp2(np.arange(-131, 70) / 10)]), exposed_low=True)
PSNR = Scale(np.arange(0, 257) / 4, exposed_low=False)
SSIM = Scale(np.arange(-128, 129) / 128, exposed_low=False)
SCALES = (MSE, PSNR, SSIM)
LENGTH = len(COUNTS) + len(SUMS) + sum(len(scale.edges) - 1 for scale in SCALES)
LARGEST_PSNR = 64.0


@dataclass(frozen=True)
class Measured:
    """What one guess of one image was worth: error in z units, PSNR in dB, SSIM, whether it identifies the image."""

    mse: float
    psnr: float
    ssim: float
    identified: bool


@dataclass(frozen=True)
class AuditSums:
    """Integers by vector and position, as the plan lays them out. Sums over sites are sums of these."""

    integers: Mapping[str, tuple[int, ...]] = field(repr=False)

    @classmethod
    def layout(cls, plan: AuditPlan) -> dict[str, int]:
        """Return how many integers each vector has."""
        rows = {row_name(part, control): LENGTH for part in plan.parts for control in part.controls}
        beside = {beside_name(part): len(PAIRS) + len(LABELS) for part in plan.parts}
        return {**rows, **beside, REFERENCES: 1 + len(GUESSES)}

    @classmethod
    def nothing(cls, plan: AuditPlan) -> Self:
        """Return the sums over no image."""
        return cls({name: (0,) * length for name, length in cls.layout(plan).items()})

    def __add__(self, other: "AuditSums") -> "AuditSums":
        """Add what two sites found."""
        if self.integers.keys() != other.integers.keys():
            raise SumsError("these sums belong to different plans; add those of one plan")
        return AuditSums(
            {
                name: tuple(a + b for a, b in zip(own, other.integers[name], strict=True))
                for name, own in self.integers.items()
            }
        )

    def to_vectors(self) -> dict[str, Words]:
        """Return limbs of 16 bits, ready for secure aggregation."""
        return {name: split_limbs(values) for name, values in self.integers.items()}

    @classmethod
    def of_vectors(cls, plan: AuditPlan, vectors: Mapping[str, Words]) -> Self:
        """Read the sum of sites' vectors.

        Raises:
            SumsError: a vector is missing, or has another length than the plan gives it.
        """
        layout = cls.layout(plan)
        read = {name: tuple(join_limbs(vectors[name])) for name in layout if name in vectors}
        wrong = [name for name, length in layout.items() if len(read.get(name, ())) != length]
        if wrong:
            raise SumsError(f"{wrong[0]} does not hold {layout[wrong[0]]} integers; sum this plan's vectors")
        return cls(read)


def row_name(part: Part, control: Control) -> str:
    """Return the name of the vector of one row."""
    return f"{part.name}.{control}"


def beside_name(part: Part) -> str:
    """Return the name of the vector of products and label counts."""
    return f"{part.name}.beside"


def row_of(measured: Iterable[Measured]) -> tuple[int, ...]:
    """Return one row's integers."""
    found = list(measured)
    values = [
        [m.mse for m in found],
        [min(max(m.psnr, 0.0), LARGEST_PSNR) for m in found],
        [min(max(m.ssim, -1.0), 1.0) for m in found],
    ]
    mse, psnr, ssim = values
    sums = (sum(mse), sum(value * value for value in mse), sum(psnr), sum(1 + value for value in ssim))
    histograms: list[int] = []
    for scale, each in zip(SCALES, values, strict=True):
        bins = np.bincount([scale.bin(value) for value in each], minlength=len(scale.edges) - 1)
        histograms += [int(count) for count in bins]
    hits = sum(m.identified for m in found)
    return (len(found), hits, len(found), *(fixed(value) for value in sums), *histograms)


def products_of(attack: Sequence[Measured], others: Sequence[Sequence[Measured]]) -> tuple[int, ...]:
    """Return the sums of products of the attack's errors with each control's, image by image."""
    return tuple(fixed(sum(a.mse * b.mse for a, b in zip(attack, other, strict=True))) for other in others)


def fixed(value: float) -> int:
    """Return a value in units of 2**-20."""
    return round(value * UNIT)


@dataclass(frozen=True)
class Row:
    """One row read back: counts, means and what histograms say."""

    n: int
    hits: int
    trials: int
    sums: Mapping[str, float]
    histograms: tuple[Sequence[int], ...] = field(repr=False)

    @classmethod
    def of(cls, integers: Sequence[int]) -> Self:
        """Read the integers of ``row_of``, or a sum of several."""
        n, hits, trials = integers[: len(COUNTS)]
        rest = integers[len(COUNTS) :]
        sums = {name: value / UNIT for name, value in zip(SUMS, rest[: len(SUMS)], strict=True)}
        histograms, start = [], len(SUMS)
        for scale in SCALES:
            histograms.append(rest[start : start + len(scale.edges) - 1])
            start += len(scale.edges) - 1
        return cls(n, hits, trials, sums, tuple(histograms))

    @property
    def mean(self) -> float:
        """Return the mean error."""
        return self.sums["mse"] / self.n

    @property
    def variance(self) -> float:
        """Return the sample variance of the errors; 0 for a single one."""
        if self.n == 1:
            return 0.0
        return max(0.0, self.sums["mse_squared"] - self.n * self.mean**2) / (self.n - 1)
