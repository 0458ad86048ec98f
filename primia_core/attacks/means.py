"""The paper's tests, and better ones, from sums alone: no image's error leaves its site. Knows no attack.

Where errors themselves are at hand, ``primia_core.evaluation.groups`` gives the same numbers; tests hold both together.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Protocol

from scipy import stats

Result = tuple[float, float] | None


class Moments(Protocol):
    """Number, mean and sample variance of measurements."""

    @property
    def n(self) -> int: ...
    @property
    def mean(self) -> float: ...
    @property
    def variance(self) -> float: ...


@dataclass(frozen=True)
class Difference:
    """Moments of paired differences."""

    n: int
    mean: float
    variance: float


def anova(groups: list[Moments]) -> Result:
    """Return F and p of the one-way analysis of variance; none where nothing varies within the groups."""
    total, k = sum(group.n for group in groups), len(groups)
    within = sum((group.n - 1) * group.variance for group in groups)
    if k < 2 or total <= k or within <= 0:
        return None
    grand = sum(group.n * group.mean for group in groups) / total
    between = sum(group.n * (group.mean - grand) ** 2 for group in groups)
    f = (between / (k - 1)) / (within / (total - k))
    return f, float(stats.f.sf(f, k - 1, total - k))


def t_test(a: Moments, b: Moments, *, equal_variances: bool) -> Result:
    """Return t and the two-sided p of Student's test, or Welch's; none where it is not defined."""
    if min(a.n, b.n) < 2 or a.variance + b.variance <= 0:
        return None
    found = stats.ttest_ind_from_stats(
        a.mean, sqrt(a.variance), a.n, b.mean, sqrt(b.variance), b.n, equal_var=equal_variances
    )
    return float(found.statistic), float(found.pvalue)


def paired(difference: Moments) -> Result:
    """Return t and the two-sided p of the test that paired differences have mean 0; none where they do not vary."""
    if difference.n < 2 or difference.variance <= 0:
        return None
    t = difference.mean / sqrt(difference.variance / difference.n)
    return t, float(2 * stats.t.sf(abs(t), difference.n - 1))


def difference(a: Moments, b: Moments, products: float) -> Difference:
    """Return the moments of a - b, from the moments of each and the sum of products over the pairs."""
    n = a.n
    if n < 2:
        return Difference(n, a.mean - b.mean, 0.0)
    covariance = (products - n * a.mean * b.mean) / (n - 1)
    spread = a.variance + b.variance - 2 * covariance
    noise = 1e-9 * (a.variance + b.variance)  # of the fixed point: equal differences are no variance
    return Difference(n, a.mean - b.mean, spread if spread > noise else 0.0)
