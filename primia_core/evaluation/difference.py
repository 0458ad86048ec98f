"""How much more often one rater is right than another, on the same cases, and whether it is at most a margin worse."""

from dataclasses import dataclass
from math import sqrt

from primia_core.evaluation.errors import EvaluationError
from primia_core.evaluation.intervals import wilson
from primia_core.evaluation.mcnemar import McNemar


@dataclass(frozen=True)
class Difference:
    """Accuracy of the first rater less that of the second, with its interval."""

    value: float
    low: float
    high: float

    def is_within(self, margin: float) -> bool:
        """Say whether the first rater is non-inferior: the interval lies above ``-margin``.

        Raises:
            EvaluationError: a margin that is none; state it before looking at the data.
        """
        if not 0 < margin < 1:
            raise EvaluationError(f"a margin of {margin} is none; state one between 0 and 1, such as 0.05, beforehand")
        return self.low > -margin


def accuracy_difference(test: McNemar, *, level: float = 0.95) -> Difference:
    """Return the difference of two accuracies on the same cases.

    Args:
        test: who was right where.
        level: coverage, between 0 and 1. At 0.95 a bound is one of a one-sided test at 2.5 %.
    Returns:
        (b - c) / n with the hybrid score interval, which allows for the cases that both have right or wrong.
    Edge cases: raters that never differ have a difference of 0 and an interval around it that shrinks with n.
    Source: Newcombe, "Improved confidence intervals for the difference between binomial proportions based on paired
        data", Statistics in Medicine 1998, method 10.
    """
    a, b, c, d = test.both, test.first, test.second, test.neither
    n = a + b + c + d
    one, other = (a + b) / n, (a + c) / n
    (low_1, high_1), (low_2, high_2) = wilson(a + b, n, level=level), wilson(a + c, n, level=level)
    phi = _correlation(a, b, c, d)
    value = (b - c) / n
    down = _reach(one - low_1, high_2 - other, phi)
    up = _reach(high_1 - one, other - low_2, phi)
    return Difference(value, max(-1.0, value - down), min(1.0, value + up))


def _reach(first: float, second: float, phi: float) -> float:
    return sqrt(max(0.0, first * first - 2 * phi * first * second + second * second))


def _correlation(a: int, b: int, c: int, d: int) -> float:
    """Return how alike the raters err, drawn towards 0 by a continuity correction."""
    spread = (a + b) * (c + d) * (a + c) * (b + d)
    if not spread:
        return 0.0
    shared, half = a * d - b * c, (a + b + c + d) / 2
    corrected = max(shared - half, 0.0) if shared > 0 else float(shared)
    return corrected / sqrt(spread)
