"""Tests of the means of a set's `groups`, by the words in the names of what is expected.

`anova` (or `f_oneway`) tests all groups; `welch`, `paired`, and `t_test`, `ttest`, `student` test the two that a name
joins by `|`, `_vs_` or `_`, or the only two. A name's last word says which number: the statistic, p, or p by Holm's
method among all tests of the same kind.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import permutations
from typing import Any, Final, Literal

from primia_core.evaluation import groups
from primia_core.evaluation.errors import VectorsError

Json = Any
Content = Mapping[str, Json]
Kind = Literal["anova", "student", "welch", "paired"]
Path = tuple[str, ...]
WORDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "anova": ("anova", "f_oneway"),
    "welch": ("welch",),
    "paired": ("paired", "ttest_rel", "dependent"),
    "student": ("t_test", "ttest", "student", "t-test"),
}
STATISTIC: Final = frozenset({"statistic", "stat", "f", "t"})
P: Final = frozenset({"p", "pvalue", "pval", "value"})


def is_group_test(name: str, content: Content) -> bool:
    """Say whether a block is about the means of groups."""
    return "groups" in content and _kind((name,)) is not None


def group_tests(name: str, block: Json, content: Content) -> Iterator[tuple[str, Json, Callable[[], Json] | None]]:
    """Expect every number of a block."""
    leaves = list(_leaves((name,), block))
    for path, wanted in leaves:
        kind, read = _kind(path), _reading(path)
        where = ".".join(path)
        if kind is None or (read is None and not _is_both(wanted)):
            yield where, wanted, None
        elif "holm" in path[-1].lower():
            yield where, wanted, partial(_holm, content, path, [other for other, _ in leaves])
        elif read is None:
            yield where, wanted, partial(_both, content, path, kind)
        else:
            yield where, wanted, partial(_one, content, path, kind, read)


def given_groups(content: Content) -> Mapping[str, Sequence[float]]:
    """Return the groups by name; those of a list are named by their place."""
    given = content.get("groups", {})
    return given if isinstance(given, Mapping) else {str(place): group for place, group in enumerate(given)}


def _leaves(path: Path, block: Json) -> Iterator[tuple[Path, Json]]:
    if not isinstance(block, Mapping):
        yield path, block
        return
    for name, inner in block.items():
        if name not in ("note", "description"):
            yield from _leaves((*path, name), inner)


def _kind(path: Path) -> Kind | None:
    """Return the test that the innermost name speaks of."""
    for name in reversed(path):
        for kind, words in WORDS.items():
            if any(word in name.lower() for word in words):
                return kind
    return None


def _reading(path: Path) -> Callable[[groups.Test], float] | None:
    last = re.split(r"[_.\s]", path[-1].lower())[-1]
    if "holm" in path[-1].lower() or last in P:
        return lambda test: test.p
    return (lambda test: test.statistic) if last in STATISTIC else None


def _is_both(wanted: Json) -> bool:
    return isinstance(wanted, Sequence) and not isinstance(wanted, str) and len(wanted) == 2


def _one(content: Content, path: Path, kind: Kind, read: Callable[[groups.Test], float]) -> float:
    return read(_test(content, path, kind))


def _both(content: Content, path: Path, kind: Kind) -> list[float]:
    test = _test(content, path, kind)
    return [test.statistic, test.p]


def _holm(content: Content, path: Path, leaves: Sequence[Path]) -> float:
    """Return p among all tests of the same kind that are adjusted in the same block, in their order."""
    family = [other for other in leaves if "holm" in other[-1].lower() and _kind(other) == _kind(path)]
    kind = _kind(path)
    assert kind is not None  # whoever asks has seen it
    adjusted = groups.holm([_test(content, other, kind).p for other in family])
    return adjusted[family.index(path)]


def _test(content: Content, path: Path, kind: Kind) -> groups.Test:
    given = given_groups(content)
    if kind == "anova":
        return groups.anova(list(given.values()))
    first, second = (given[name] for name in _pair(path, tuple(given)))
    if kind == "paired":
        return groups.paired_t_test(first, second)
    return groups.t_test(first, second, equal_variances=kind == "student")


def _pair(path: Path, names: tuple[str, ...]) -> tuple[str, str]:
    """Return the two groups that a name joins.

    Raises:
        VectorsError: no name does, and there are more than two.
    """
    for part in reversed(path):
        for first, second in permutations(names, 2):
            joined = rf"(?:^|[_.\s]){re.escape(first)}(?:\||_vs_|\svs\s|_|-){re.escape(second)}(?:$|[_.\s])"
            if re.search(joined, part):
                return first, second
    if len(names) == 2:
        return names[0], names[1]
    raise VectorsError(f"{'.'.join(path)} names no two of the groups {list(names)}; join two by `|`")
