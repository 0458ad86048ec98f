"""Tests of a set's groups of measurements by the words of their names, and what describes one group."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats import oneway

from primia_core.evaluation import groups as classical
from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.vectors.cases import is_truth
from primia_core.evaluation.vectors.lexicon import Lexicon
from primia_core.evaluation.vectors.shape import Interval, Open
from primia_core.evaluation.vectors.table import Asked, Compute, Table, table
from primia_core.evaluation.vectors.vocabulary import vocabulary

Json = Any
Floats = NDArray[np.float64]
MEASURED: Final = frozenset({"values", "data", "samples", "measurements", "x"})
"""What a group calls its measurements where it says more of itself."""
WORDS: Final = Lexicon(vocabulary())


@dataclass(frozen=True)
class Groups:
    """Groups of measurements, and which of them a name speaks of."""

    values: Mapping[str, Floats]
    named: tuple[str, ...] = ()

    @property
    def all(self) -> list[Floats]:
        """Return the groups that are tested together: those named if there are two or more, else all."""
        return [self.values[name] for name in (self.named if len(self.named) > 1 else self.values)]

    @property
    def two(self) -> tuple[Floats, Floats]:
        """Return two groups.

        Raises:
            VectorsError: the name joins no two, and there are more.
        """
        names = self.named or tuple(self.values)
        if len(names) != 2:
            raise VectorsError(f"the name speaks of {list(names)}; join two of the groups by `|`")
        return self.values[names[0]], self.values[names[1]]

    @property
    def one(self) -> Floats:
        """Return the group that is named."""
        if len(self.named) != 1:
            raise VectorsError(f"the name speaks of {list(self.named)}; name one of the groups {list(self.values)}")
        return self.values[self.named[0]]


def given_groups(content: Mapping[str, Json]) -> dict[str, Floats]:
    """Return the groups of a set by name; those of a list are named by their place."""
    if "groups" in content:
        given = content["groups"]
        named = dict(given) if isinstance(given, Mapping) else {str(place): group for place, group in enumerate(given)}
    else:
        named = {}
        for name, values in unnamed_groups(content).items():
            named |= values if isinstance(values, Mapping) else {name: values}
    return {name: np.asarray(_measured(group), np.float64) for name, group in named.items()}


def unnamed_groups(content: Mapping[str, Json]) -> dict[str, Json]:
    """Return what are groups in a set that has no `groups` and no cases: lists of numbers, where a test is expected.

    A list that is named after a test is none: it is expected.
    """
    if "groups" in content or any(is_truth(name) for name in content):
        return {}
    of_tests = {name for name, value in content.items() if _words(name, value) & _tested()}
    lists = {name: values for name, values in content.items() if name not in of_tests and _is_measured(values)}
    several = len(lists) > 1 or any(isinstance(values, Mapping) for values in lists.values())
    return lists if of_tests and several else {}


def _words(name: str, value: Json) -> frozenset[str]:
    """Return the words of a name, and of all names within its block."""
    inner = (_words(key, one) for key, one in value.items()) if isinstance(value, Mapping) else ()
    return WORDS.read((name,)).words.union(*inner)


def _tested() -> frozenset[str]:
    return frozenset({"p", "holm", "bonferroni", "bh"}.union(*GROUPS))


def _is_measured(values: Json) -> bool:
    if isinstance(values, Mapping):
        return len(values) > 1 and all(isinstance(one, list) and _is_measured(one) for one in values.values())
    numbers = isinstance(values, list) and all(isinstance(one, int | float) for one in values)
    return numbers and len(values) > 1


def _measured(group: Json) -> Json:
    if not isinstance(group, Mapping):
        return group
    found = next((values for key, values in group.items() if key in MEASURED), None)
    if found is None:
        raise VectorsError(f"a group says {list(group)} and no measurements; add `values`")
    return found


@dataclass(frozen=True)
class Squares:
    """Sums of squares of a one-way analysis."""

    between: float
    within: float
    df_between: int
    df_within: int

    @classmethod
    def of(cls, groups: Sequence[Floats]) -> "Squares":
        """Split the whole sum of squares."""
        whole = np.concatenate(groups)
        between = sum(float(g.size * (g.mean() - whole.mean()) ** 2) for g in groups)
        within = sum(float(((g - g.mean()) ** 2).sum()) for g in groups)
        return cls(between, within, len(groups) - 1, whole.size - len(groups))

    @property
    def eta_squared(self) -> float:
        """Return the share of the whole sum that groups explain."""
        return self.between / (self.between + self.within)

    @property
    def omega_squared(self) -> float:
        """Return the share of variance that groups explain, less biased than eta squared."""
        error = self.within / self.df_within
        return (self.between - self.df_between * error) / (self.between + self.within + error)


def _all(test: Callable[[list[Floats]], Any], read: Callable[[Any], Json]) -> Compute[Groups]:
    return lambda groups, _: read(test(groups.all))


def _two(test: Callable[[Floats, Floats], Any], read: Callable[[Any], Json]) -> Compute[Groups]:
    return lambda groups, _: read(test(*groups.two))


def _each(read: Callable[[Floats], Json]) -> Compute[Groups]:
    """Return what describes the named group, or all of them in order."""
    return lambda groups, _: read(groups.one) if groups.named else [read(group) for group in groups.values.values()]


def _spread(read: Callable[[Floats, int], float]) -> Compute[Groups]:
    """Return a deviation or variance of samples, or of populations, where a name does not say which."""
    samples, populations = _each(lambda x: read(x, 1)), _each(lambda x: read(x, 0))
    return lambda groups, asked: Open.between(
        "deviations", {"of samples": samples(groups, asked), "of populations": populations(groups, asked)}
    )


def _statistic(found: Any) -> float:
    return float(found.statistic)


def _p(found: Any) -> float:
    return float(found.p if isinstance(found, classical.Test) else found.pvalue)


def _both(found: Any) -> list[float]:
    return [_statistic(found), _p(found)]


def _tests(
    words: str, letters: str, over: Callable[..., Compute[Groups]], test: Callable[..., Any]
) -> dict[str, Compute[Groups]]:
    """Return a test's statistic, p, and where the name says neither, both in a list or one of them alone."""
    statistic, p, both = over(test, _statistic), over(test, _p), over(test, _both)

    def either(groups: Groups, asked: Asked) -> Json:
        if isinstance(asked.wanted, list):
            return both(groups, asked)
        return Open.between("numbers of tests", {"p": p(groups, asked), "statistic": statistic(groups, asked)})

    return {f"{words} {letters}|stat": statistic, f"{words} p": p, words: either}


def _t_interval(kind: str) -> Compute[Groups]:
    def compute(groups: Groups, asked: Asked) -> Interval:
        a, b = groups.two
        found = stats.ttest_rel(a, b) if kind == "paired" else stats.ttest_ind(a, b, equal_var=kind == "student")
        return Interval(*map(float, found.confidence_interval(asked.level)))

    return compute


def _pooled(a: Floats, b: Floats) -> float:
    squares = (a.size - 1) * a.var(ddof=1) + (b.size - 1) * b.var(ddof=1)
    return float((squares / (a.size + b.size - 2)) ** 0.5)


def _cohen_d(a: Floats, b: Floats) -> float:
    return float((a.mean() - b.mean()) / _pooled(a, b))


def _hedges_g(a: Floats, b: Floats) -> float:
    return _cohen_d(a, b) * (1 - 3 / (4 * (a.size + b.size) - 9))


def _tukey_p(groups: Groups, _: Asked) -> float:
    names = list(groups.values)
    if len(groups.named) != 2:
        raise VectorsError("Tukey's p is of two of the groups; join two by `|`")
    found = stats.tukey_hsd(*groups.values.values())
    return float(found.pvalue[names.index(groups.named[0]), names.index(groups.named[1])])


def _same(value: Any) -> Any:
    return value


GROUPS: Final[Table[Groups]] = table(
    {
        **_tests("anova", "f", _all, classical.anova),
        "f": _all(classical.anova, _statistic),
        "anova n": lambda g, _: sum(group.size for group in g.all),
        "anova k": lambda g, _: len(g.all),
        "anova dfbetween": lambda g, _: Squares.of(g.all).df_between,
        "anova dfwithin": lambda g, _: Squares.of(g.all).df_within,
        "anova df": lambda g, _: [Squares.of(g.all).df_between, Squares.of(g.all).df_within],
        "anova ssbetween": lambda g, _: Squares.of(g.all).between,
        "anova sswithin": lambda g, _: Squares.of(g.all).within,
        "anova sstotal": lambda g, _: Squares.of(g.all).between + Squares.of(g.all).within,
        "anova msbetween": lambda g, _: Squares.of(g.all).between / Squares.of(g.all).df_between,
        "anova mswithin": lambda g, _: Squares.of(g.all).within / Squares.of(g.all).df_within,
        "[anova] etasquared": lambda g, _: Squares.of(g.all).eta_squared,
        "[anova] omegasquared": lambda g, _: Squares.of(g.all).omega_squared,
        **_tests("anova welch", "f", _all, lambda g: oneway.anova_oneway(g, use_var="unequal")),
        **_tests("kruskal", "h", _all, lambda g: stats.kruskal(*g)),
        **_tests("levene", "w", _all, lambda g: stats.levene(*g)),
        **_tests("bartlett", "t", _all, lambda g: stats.bartlett(*g)),
        **_tests("student", "t", _two, lambda a, b: classical.t_test(a, b, equal_variances=True)),
        **_tests("[student] welch", "t", _two, lambda a, b: classical.t_test(a, b, equal_variances=False)),
        **_tests("[student] paired", "t", _two, classical.paired_t_test),
        "student df": _two(lambda a, b: a.size + b.size - 2, int),
        "[student] welch df": _two(lambda a, b: stats.ttest_ind(a, b, equal_var=False).df, float),
        "[student] paired df": _two(lambda a, b: a.size - 1, int),
        "student ci <level>": _t_interval("student"),
        "[student] welch ci <level>": _t_interval("welch"),
        "[student] paired ci <level>": _t_interval("paired"),
        "[student] [welch] [paired] difference": _two(lambda a, b: a.mean() - b.mean(), float),
        **_tests("mannwhitney", "u", _two, lambda a, b: stats.mannwhitneyu(a, b, alternative="two-sided")),
        **_tests("wilcoxon", "w", _two, stats.wilcoxon),
        "tukey [p]": _tukey_p,
        "[student] [welch] [paired] cohend": _two(_cohen_d, _same),
        "[student] [welch] [paired] hedgesg": _two(_hedges_g, _same),
        "n": _each(lambda x: int(x.size)),
        "mean": _each(lambda x: float(x.mean())),
        "median": _each(lambda x: float(np.median(x))),
        "sd": _spread(lambda x, ddof: float(x.std(ddof=ddof))),
        "var": _spread(lambda x, ddof: float(x.var(ddof=ddof))),
        "se": _each(lambda x: float(x.std(ddof=1) / x.size**0.5)),
        "min": _each(lambda x: float(x.min())),
        "max": _each(lambda x: float(x.max())),
        "shapiro [stat]": _each(lambda x: float(stats.shapiro(x).statistic)),
        "shapiro p": _each(lambda x: float(stats.shapiro(x).pvalue)),
    }
)
"""What groups say about each other, and about themselves."""
