"""What a set of a file expects, each value with the way to compute it; p values adjusted for their number too."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import Any, Final

from statsmodels.stats.multitest import multipletests

from primia_core.errors import PrimiaError
from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.vectors.cases import Cases
from primia_core.evaluation.vectors.leaves import Leaf, by_name, leaves
from primia_core.evaluation.vectors.names import Names, Words
from primia_core.evaluation.vectors.shape import Open, PerClass

Json = Any
Content = Mapping[str, Json]
Compute = Callable[[], Json]
ADJUSTED: Final[Mapping[str, str]] = {"holm": "holm", "bonferroni": "bonferroni", "bh": "fdr_bh"}
"""Ways to adjust p values, as statsmodels calls them."""
TESTS: Final = ("student", "welch", "paired", "mcnemar exact", "mcnemar cc", "mcnemar midp", "mcnemar chi2", "delong")
"""Whose p values may be adjusted where no name says, by the words that are missing."""
P: Final = frozenset({"p", "midp", "exact", *ADJUSTED})
"""Words of p values."""


@dataclass(frozen=True)
class Expected:
    """A value that is expected, and how to compute it; ``None``: no figure of the words of its name is known."""

    leaf: Leaf
    compute: Compute | None
    words: Words
    is_p: bool = False


def expected(content: Content, order: Sequence[str] = ()) -> Iterator[Expected]:
    """Give everything that a set expects; ``order`` has the names of classes for the whole file."""
    content = by_name(content)
    names = Names(content, Cases(content, tuple(order)))
    found = list(leaves(content))
    said = [names.words(leaf.said) for leaf in found]
    for leaf, words in zip(found, said, strict=True):
        way = next((word for word in ADJUSTED if word in words), None)
        if way is None:
            meant = names.meant(leaf)
            compute = None if meant is None else meant.compute
            yield Expected(leaf, compute, words, is_p=meant is not None and bool(meant.words & P))
        else:
            family = [other for other, others in zip(found, said, strict=True) if others == words]
            yield Expected(leaf, _adjusted(content, names, leaf, family, way), words, is_p=True)


def _adjusted(content: Content, names: Names, leaf: Leaf, family: Sequence[Leaf], way: str) -> Compute | None:
    """Return how p is adjusted among those of its family: all with the same words, or the p values that a set gives."""
    given = content.get("p_values", content.get("pvalues"))
    if given is not None:
        return lambda: _among_given(given, leaf, way)
    if isinstance(leaf.wanted, list):
        own = _of_classes(names, leaf, way)
        if own is not None:
            return own
        pairs = combinations(names.tested, 2)
        family = [replace(leaf, said=(*leaf.said, *pair), wanted=0.0) for pair in pairs]
    place = next((place for place, other in enumerate(family) if other is leaf), None)

    def of_leaf(adjusted: Sequence[float]) -> Json:
        return adjusted if place is None else adjusted[place]

    named = _all_adjusted(names, family, way, ())
    if named is not None:
        return lambda: of_leaf(named())
    ways = {test: _all_adjusted(names, family, way, test.split()) for test in TESTS}
    known = {test: adjusted for test, adjusted in ways.items() if adjusted is not None}
    question = f"which p values are adjusted by {way}"
    return (lambda: Open(question, tuple(known), lambda test: of_leaf(known[test]()))) if known else None


def _of_classes(names: Names, leaf: Leaf, way: str) -> Compute | None:
    """Return how a list is adjusted that holds a p value of each class; none where it is of something else."""
    plainly = names.meant(leaf, lambda words: words - {way} | {"p"})
    try:
        values = None if plainly is None else plainly.compute()
    except (PrimiaError, TypeError, ValueError):
        return None
    return (lambda: _adjust(values, way)) if isinstance(values, PerClass) and len(values) > 1 else None


def _all_adjusted(
    names: Names, family: Sequence[Leaf], way: str, test: Sequence[str]
) -> Callable[[], list[float]] | None:
    """Return how the p values of a family are adjusted, if its names, with the words of a test, are understood."""

    def p(words: Words) -> Words:
        return words - {way} | {"p", *test}

    def without(words: Words) -> Words:
        return words - {way} | set(test)

    tests = [names.meant(leaf, p) or names.meant(leaf, without) for leaf in family]
    return (lambda: _adjust([one.compute() for one in tests if one], way)) if tests and all(tests) else None


def _among_given(given: Json, leaf: Leaf, way: str) -> Json:
    if isinstance(given, Mapping):
        adjusted = dict(zip(given, _adjust(list(given.values()), way), strict=True))
        if leaf.where[-1] not in adjusted:
            raise VectorsError(f"`p_values` has none of {leaf.where[-1]!r}; it has {list(given)}")
        return adjusted[leaf.where[-1]]
    adjusted_all = _adjust(given, way)
    return adjusted_all if leaf.place is None and isinstance(leaf.wanted, list) else _of_number(adjusted_all, leaf)


def _of_number(adjusted: list[float], leaf: Leaf) -> float:
    if leaf.where[-1].isdigit() and int(leaf.where[-1]) < len(adjusted):
        return adjusted[int(leaf.where[-1])]
    raise VectorsError("`p_values` is a list; give as many adjusted ones in a list")


def _adjust(values: Sequence[float], way: str) -> list[float]:
    if not values or not all(isinstance(p, int | float) and 0 <= p <= 1 for p in values):
        raise VectorsError(f"p values lie between 0 and 1, these are {list(values)}; see what made them")
    return _adjusted_once(tuple(values), way)


@lru_cache(maxsize=256)
def _adjusted_once(values: tuple[float, ...], way: str) -> list[float]:
    """Adjust a family once for all of its members: statsmodels collects garbage each time."""
    return [float(p) for p in multipletests(values, method=ADJUSTED[way])[1]]
