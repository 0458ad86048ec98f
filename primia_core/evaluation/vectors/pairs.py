"""The figures of two raters of the same cases by the words of their names, and how each is computed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import log
from statistics import NormalDist
from typing import Any, Final

from scipy import stats

from primia_core.evaluation import metrics
from primia_core.evaluation.delong import Area, Comparison, delong, delong_test
from primia_core.evaluation.difference import accuracy_difference
from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.mcnemar import McNemar
from primia_core.evaluation.vectors.cases import Rated
from primia_core.evaluation.vectors.shape import Interval, Open, PerClass
from primia_core.evaluation.vectors.table import Asked, Compute, Table, table

Json = Any
SIGN: Final = "sign of differences of areas"


@dataclass(frozen=True)
class Pair:
    """Two raters."""

    first: Rated
    second: Rated

    @cached_property
    def mcnemar(self) -> McNemar:
        """Return who was right where."""
        return McNemar.of(self.first.truth, self.first.labels, self.second.labels)

    @property
    def between(self) -> metrics.Confusion:
        """Return the counts of the first rater's labels against the second's."""
        return metrics.confusion_matrix(self.first.labels, self.second.labels, classes=len(self.first.classes))

    @cached_property
    def areas(self) -> list[tuple[Area, Area, Comparison]]:
        """Return both areas of each class against the others, compared."""
        truth, (one, other) = self.first.truth, (self.first.ranks, self.second.ranks)
        found = []
        for k in range(one.shape[1]):
            a, b = delong(truth == k, one[:, k]), delong(truth == k, other[:, k])
            found.append((a, b, delong_test(a, b)))
        return found


def _mcnemar(read: Callable[[McNemar], Json]) -> Compute[Pair]:
    return lambda pair, _: read(pair.mcnemar)


def _odds(m: McNemar) -> float | None:
    return m.first / m.second if m.second else None


def _compared(read: Callable[[Area, Area, Comparison], Json]) -> Compute[Pair]:
    return lambda pair, _: PerClass(read(*each) for each in pair.areas)


def _signed(read: Callable[[Comparison], float | None], *, of_z: bool) -> Compute[Pair]:
    """Return a difference, or its z, by each way to say which rater comes first."""

    def compute(pair: Pair, _: Asked) -> Open:
        forward = [read(test) for *_, test in pair.areas]
        back = [None if value is None else -value for value in forward]
        apart = [None if value is None else abs(value) for value in forward]
        return Open.between(
            SIGN,
            {
                "first less second": PerClass(forward),
                "second less first": PerClass(back),
                "first less second, z without sign": PerClass(apart if of_z else forward),
                "without sign": PerClass(apart),
            },
        )

    return compute


def _of_either(
    read: Callable[[Area], float], compared: Callable[[Comparison], float]
) -> Compute[Pair]:  # fmt: skip
    return lambda pair, _: Open.between(
        "whose spread it is",
        {
            "the first rater's": PerClass(read(a) for a, *_ in pair.areas),
            "the difference's": PerClass(compared(test) for *_, test in pair.areas),
        },
    )


def _difference_within(pair: Pair, asked: Asked) -> Open:
    reach = NormalDist().inv_cdf((1 + asked.level) / 2)
    found = [(test.difference, reach * test.variance**0.5) for *_, test in pair.areas]
    forward = PerClass(Interval(value - wide, value + wide) for value, wide in found)
    back = PerClass(Interval(-value - wide, -value + wide) for value, wide in found)
    apart = PerClass(Interval(abs(value) - wide, abs(value) + wide) for value, wide in found)
    return Open.between(
        SIGN,
        {
            "first less second": forward,
            "second less first": back,
            "first less second, z without sign": forward,
            "without sign": apart,
        },
    )


def _log10_p(a: Area, b: Area, test: Comparison) -> float | None:
    return None if test.z is None else float((log(2) + stats.norm.logsf(abs(test.z))) / log(10))


def _variance(a: Area, b: Area, test: Comparison) -> float:
    return test.variance


def _shared(a: Area, b: Area, test: Comparison) -> float:
    return (a.variance + b.variance - test.variance) / 2


def _covariance(pair: Pair, asked: Asked) -> PerClass:
    """Return the covariance of both areas, or their matrix where one is expected."""
    whole = _is_matrix(asked.wanted)
    return PerClass(
        [[a.variance, _shared(a, b, t)], [_shared(a, b, t), b.variance]] if whole else _shared(a, b, t)
        for a, b, t in pair.areas
    )


def _is_matrix(wanted: Json) -> bool:
    return isinstance(wanted, list) and bool(wanted) and isinstance(wanted[0], list)


def _correlation(a: Area, b: Area, test: Comparison) -> float | None:
    product = (a.variance * b.variance) ** 0.5
    return _shared(a, b, test) / product if product else None


def _accuracies(pair: Pair, asked: Asked) -> Interval:
    found = accuracy_difference(pair.mcnemar, level=asked.level)
    return Interval(found.low, found.high)


def _is_non_inferior(pair: Pair, asked: Asked) -> bool:
    if "margin" not in asked.numbers:
        raise VectorsError("no margin is given; add `margin`, as it was stated beforehand")
    return accuracy_difference(pair.mcnemar, level=asked.level).is_within(asked.number("margin", 0.0))


def _accuracies_by_wald(pair: Pair, asked: Asked) -> Interval:
    m = pair.mcnemar
    n = m.both + m.first + m.second + m.neither
    apart = (m.first - m.second) / n
    reach = NormalDist().inv_cdf((1 + asked.level) / 2) * ((m.first + m.second) / n - apart**2) ** 0.5 / n**0.5
    return Interval(apart - reach, apart + reach)


def _kappa(weights: metrics.Weights) -> Compute[Pair]:
    return lambda pair, _: metrics.kappa(pair.between, weights=weights)


BOTH: Final[Table[Pair]] = table(
    {
        "delong [auc] [each] [ovr]": _compared(lambda a, b, test: [a.auc, b.auc]),
        "delong [auc] [each] [ovr] var": _compared(lambda a, b, test: [a.variance, b.variance]),
        "delong [auc] [each] [ovr] se": _compared(lambda a, b, test: [a.variance**0.5, b.variance**0.5]),
    }
)
"""What is said of one rater after the other in one list."""

BARE: Final[Table[Pair]] = table(
    {
        "delong [auc] [each] [ovr] var": _of_either(lambda area: area.variance, lambda test: test.variance),
        "delong [auc] [each] [ovr] se": _of_either(lambda area: area.variance**0.5, lambda test: test.variance**0.5),
    }
)
"""What a block that compares two raters says of nobody."""

PAIRS: Final[Table[Pair]] = table(
    {
        "mcnemar": _mcnemar(lambda m: m.table),
        "[mcnemar] table": _mcnemar(lambda m: m.table),
        "mcnemar a": _mcnemar(lambda m: m.both),
        "mcnemar b": _mcnemar(lambda m: m.first),
        "mcnemar c": _mcnemar(lambda m: m.second),
        "mcnemar d": _mcnemar(lambda m: m.neither),
        "[mcnemar] discordant": _mcnemar(lambda m: m.first + m.second),
        "mcnemar n": _mcnemar(lambda m: m.both + m.first + m.second + m.neither),
        "mcnemar oddsratio": _mcnemar(_odds),
        "[mcnemar] exact [p]": _mcnemar(lambda m: m.exact_p),
        "mcnemar p": _mcnemar(lambda m: m.exact_p),
        "[mcnemar] exact stat": _mcnemar(lambda m: min(m.first, m.second)),
        "[mcnemar] midp [p]": _mcnemar(lambda m: m.mid_p),
        "[mcnemar] [chi2] cc stat": _mcnemar(lambda m: m.chi_squared(corrected=True)[0]),
        "[mcnemar] chi2 cc": _mcnemar(lambda m: m.chi_squared(corrected=True)[0]),
        "[mcnemar] [chi2] cc p": _mcnemar(lambda m: m.chi_squared(corrected=True)[1]),
        "[mcnemar] chi2 [stat]": _mcnemar(lambda m: m.chi_squared(corrected=False)[0]),
        "[mcnemar] chi2 p": _mcnemar(lambda m: m.chi_squared(corrected=False)[1]),
        "kappa [none]": _kappa("none"),
        "kappa linear": _kappa("linear"),
        "kappa quadratic": _kappa("quadratic"),
        "agreement": lambda pair, _: metrics.accuracy(pair.between),
        "confusion": lambda pair, _: pair.between.tolist(),
        "paired difference": lambda pair, _: accuracy_difference(pair.mcnemar).value,
        "paired difference [ci] newcombe <level>": _accuracies,
        "paired difference ci <level>": _accuracies,
        "[accuracy] noninferior": _is_non_inferior,
        "[accuracy] noninferior difference": lambda pair, _: accuracy_difference(pair.mcnemar).value,
        "[accuracy] noninferior [difference] [newcombe] ci <level>": _accuracies,
        "accuracy difference": lambda pair, _: accuracy_difference(pair.mcnemar).value,
        "accuracy difference [ci] newcombe <level>": _accuracies,
        "accuracy difference ci <level>": _accuracies,
        "accuracy difference [ci] wald <level>": _accuracies_by_wald,
        "mcc difference": lambda pair, _: metrics.mcc(pair.first.confusion) - metrics.mcc(pair.second.confusion),
        "[delong] [auc] [each] [ovr] difference": _signed(lambda test: test.difference, of_z=False),
        "[delong] [auc] [each] [ovr] difference ci <level>": _difference_within,
        "delong [auc] [each] [ovr] ci <level>": _difference_within,
        "delong [auc] [each] [ovr] var": _compared(_variance),
        "delong [auc] [each] [ovr] se": _compared(lambda a, b, test: test.variance**0.5),
        "delong [auc] [each] [ovr] z|stat": _signed(lambda test: test.z, of_z=True),
        "delong [auc] [each] [ovr] difference z": _signed(lambda test: test.z, of_z=True),
        "[delong] [auc] [each] [ovr] difference var": _compared(_variance),
        "[delong] [auc] [each] [ovr] difference se": _compared(lambda a, b, test: test.variance**0.5),
        "delong [auc] [each] [ovr] [difference] p": _compared(lambda a, b, test: test.p),
        "delong [auc] [each] [ovr] log10p": _compared(_log10_p),
        "delong [auc] [each] [ovr] cov": _covariance,
        "delong [auc] [each] [ovr] corr": _compared(_correlation),
    }
)
"""What the answers of two raters say about each other."""
