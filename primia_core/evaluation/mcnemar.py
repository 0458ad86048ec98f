"""Do two raters of the same cases err alike? McNemar's tests, from who alone was right. Knows no images, no models."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from statsmodels.stats import contingency_tables

from primia_core.evaluation.errors import EvaluationError


@dataclass(frozen=True)
class McNemar:
    """What the four counts say.

    Attributes:
        both: cases that both had right.
        first: cases that the first rater alone had right.
        second: cases that the second rater alone had right.
        neither: cases that both had wrong.
    """

    both: int
    first: int
    second: int
    neither: int

    @classmethod
    def of(cls, truth: ArrayLike, first: ArrayLike, second: ArrayLike) -> "McNemar":
        """Count.

        Raises:
            EvaluationError: different lengths, or no case.
        """
        t, a, b = (np.asarray(indices).ravel() for indices in (truth, first, second))
        if not t.size == a.size == b.size or not t.size:
            raise EvaluationError(f"{t.size} cases and {a.size} and {b.size} answers; give one of each a case")
        one, other = a == t, b == t
        return cls(*(int(cells.sum()) for cells in (one & other, one & ~other, ~one & other, ~one & ~other)))

    @property
    def table(self) -> list[list[int]]:
        """Return the counts: rows are the first rater right and wrong, columns the second."""
        return [[self.both, self.first], [self.second, self.neither]]

    @property
    def exact_p(self) -> float:
        """Return the two-sided binomial p value; 1 where the raters never differ."""
        return float(contingency_tables.mcnemar(self.table, exact=True).pvalue)

    @property
    def mid_p(self) -> float:
        """Return the mid-p value: the exact one less the probability of what was seen; 1 if the raters never differ.

        Source: Fagerland, Lydersen, Laake, "The McNemar test for binary matched-pairs data", 2013, section 2.4. Where
            as many cases speak for either rater they take off half of that probability; here it is the whole, as
            everywhere else, which changes no conclusion.
        """
        differing = self.first + self.second
        seen = float(stats.binom.pmf(min(self.first, self.second), differing, 0.5)) if differing else 0.0
        return self.exact_p - seen

    def chi_squared(self, *, corrected: bool) -> tuple[float | None, float | None]:
        """Return the statistic and its p value; ``None`` where the raters never differ.

        Args:
            corrected: by Edwards, (|b - c| - 1)**2 / (b + c), also where b = c.
        """
        if self.first + self.second == 0:
            return None, None
        found = contingency_tables.mcnemar(self.table, exact=False, correction=corrected)
        return float(found.statistic), float(found.pvalue)
