"""Do groups of measurements differ in their means? The classical tests, and what to do with several at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from statsmodels.stats.multitest import multipletests

from primia_core.evaluation.errors import EvaluationError


@dataclass(frozen=True)
class Test:
    """A statistic and its two-sided p value."""

    statistic: float
    p: float


def anova(groups: Sequence[ArrayLike]) -> Test:
    """Return the one-way analysis of variance of two groups or more, which assumes equal variances."""
    checked = _groups(groups, least=2)
    found = stats.f_oneway(*checked)
    return Test(float(found.statistic), float(found.pvalue))


def t_test(first: ArrayLike, second: ArrayLike, *, equal_variances: bool) -> Test:
    """Return the t test of two groups: Student's, or Welch's where variances may differ."""
    found = stats.ttest_ind(*_groups([first, second], least=2), equal_var=equal_variances)
    return Test(float(found.statistic), float(found.pvalue))


def paired_t_test(first: ArrayLike, second: ArrayLike) -> Test:
    """Return the t test of the differences of pairs."""
    a, b = _groups([first, second], least=2)
    if a.size != b.size:
        raise EvaluationError(f"{a.size} and {b.size} measurements are no pairs; give as many of each")
    found = stats.ttest_rel(a, b)
    return Test(float(found.statistic), float(found.pvalue))


def holm(p_values: ArrayLike) -> list[float]:
    """Return p values adjusted for their number by Holm's step-down method, in the given order."""
    values = np.asarray(p_values, np.float64).ravel()
    if not values.size or not ((values >= 0) & (values <= 1)).all():
        raise EvaluationError("p values lie between 0 and 1, and there is one at least; see what made these")
    return [float(p) for p in multipletests(values, method="holm")[1]]


def _groups(groups: Sequence[ArrayLike], *, least: int) -> list[NDArray[np.float64]]:
    checked = [np.asarray(group, np.float64).ravel() for group in groups]
    sizes = [group.size for group in checked]
    if len(checked) < least or min(sizes) < 2 or not all(np.isfinite(group).all() for group in checked):
        raise EvaluationError(f"groups of {sizes} measurements; give {least} or more of 2 finite numbers or more")
    return checked
