"""What a set of a file expects, each with the way to compute it: by the names of its blocks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from primia_core.evaluation import groups, metrics
from primia_core.evaluation.mcnemar import McNemar
from primia_core.evaluation.vectors.areas import AREAS
from primia_core.evaluation.vectors.cases import GIVEN, Rated, rated
from primia_core.evaluation.vectors.figures import FIGURES, MCNEMAR, picture_figure
from primia_core.evaluation.vectors.group_tests import group_tests, is_group_test
from primia_core.evaluation.vectors.privacy_rows import is_rows, privacy_rows

Json = Any
Content = Mapping[str, Json]
Compute = Callable[[], Json]
Expected = tuple[str, Json, Compute | None]
"""Where a value is expected, which, and how to compute it, if that is known."""
ONE_RATER = ("expected", "expected_b", "perfect")


def expected(content: Content) -> Iterator[Expected]:
    """Give everything that a set expects."""
    for name, block in content.items():
        if name in GIVEN:
            continue
        if name in ONE_RATER:
            yield from _raters(name, block, content)
        elif name == "pairs":
            for pair, figures in block.items():
                yield from _pair(f"pairs.{pair}", figures, content, pair)
        elif name.startswith("mcnemar"):
            yield from _mcnemar(name, block, partial(_test, content, "expected", _other(name)))
        elif name == "kappa_a_b":
            yield name, block, partial(_agreement, content, "expected", "expected_b", "none")
        elif name.startswith("delong") and isinstance(block, Mapping):
            yield from _areas(name, block, content)
        elif is_group_test(name, content):
            yield from group_tests(name, block, content)
        elif is_rows(name, block):
            yield from privacy_rows(name, block)
        elif name == "holm":
            yield name, block, lambda: groups.holm(content["p_values"])
        else:
            figure = picture_figure(name)
            yield name, block, None if figure is None else partial(figure, content)


def _raters(where: str, block: Content, content: Content) -> Iterator[Expected]:
    """Expect figures of one rater, or of each by name."""
    if "raters" in content:
        for rater, figures in block.items():
            yield from _figures(f"{where}.{rater}", figures, partial(rated, content, rater))
    else:
        yield from _figures(where, block, partial(rated, content, where))


def _figures(where: str, figures: Content, answers: Callable[[], Rated]) -> Iterator[Expected]:
    for name, wanted in figures.items():
        compute = FIGURES.get(name)
        yield f"{where}.{name}", wanted, None if compute is None else partial(_figure, compute, answers, wanted)


def _figure(compute: Callable[[Rated], Json], answers: Callable[[], Rated], wanted: Json) -> Json:
    """Return a figure; of two classes that of class 1, where one number is expected of several."""
    who = answers()
    value = compute(who)
    alone = who.classes == 2 and isinstance(wanted, int | float) and isinstance(value, Sequence)
    return value[1] if alone else value


def _pair(where: str, figures: Content, content: Content, pair: str) -> Iterator[Expected]:
    first, _, second = pair.partition("|")
    weights: dict[str, metrics.Weights] = {"kappa": "none", "kappa_linear": "linear", "kappa_quadratic": "quadratic"}
    for name, wanted in figures.items():
        if name == "mcnemar":
            yield from _mcnemar(f"{where}.mcnemar", wanted, partial(_test, content, first, second))
        else:
            known = weights.get(name)
            yield f"{where}.{name}", wanted, known and partial(_agreement, content, first, second, known)


def _mcnemar(where: str, block: Content, test: Callable[[], McNemar]) -> Iterator[Expected]:
    for name, wanted in block.items():
        if name not in GIVEN:
            compute = MCNEMAR.get(name)
            yield f"{where}.{name}", wanted, None if compute is None else partial(_of, compute, test)


def _areas(where: str, block: Content, content: Content) -> Iterator[Expected]:
    """Expect DeLong's figures of `prob` and, for a comparison, of `prob_b`: of each class, or of class 1 of two."""
    for name, wanted in block.items():
        if name not in GIVEN:
            compute = AREAS.get(name)
            yield f"{where}.{name}", wanted, None if compute is None else partial(compute, content, wanted)


def _other(name: str) -> str:
    return "expected" if "same" in name else "expected_b"


def _test(content: Content, first: str, second: str) -> McNemar:
    a, b = rated(content, first), rated(content, second)
    return McNemar.of(a.truth, a.labels, b.labels)


def _agreement(content: Content, first: str, second: str, weights: metrics.Weights) -> float:
    a, b = rated(content, first), rated(content, second)
    counts = metrics.confusion_matrix(a.labels, b.labels, classes=max(a.classes, b.classes))
    return metrics.kappa(counts, weights=weights)


def _of(read: Callable[[Any], Json], made: Callable[[], Any]) -> Json:
    return read(made())
