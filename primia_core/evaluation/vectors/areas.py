"""DeLong's figures by the names that files use: of `prob`, of `prob_b`, and of the difference between them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from primia_core.evaluation.delong import Area, Comparison, delong, delong_test
from primia_core.evaluation.scores import Scored

Json = Any
Content = Mapping[str, Json]
Compute = Callable[[Content, Json], Json]


def areas(scored: Scored) -> list[Area]:
    """Return the area of each class against all others, with its variance."""
    return [delong(scored.truth == k, scored.probabilities[:, k]) for k in range(scored.classes)]


def _of(read: Callable[[Area], Json], key: str) -> Compute:
    def compute(content: Content, wanted: Json) -> Json:
        return _chosen([read(area) for area in areas(Scored.of(content["y_true"], content[key]))], wanted)

    return compute


def _between(read: Callable[[Comparison], Json]) -> Compute:
    def compute(content: Content, wanted: Json) -> Json:
        first, second = (areas(Scored.of(content["y_true"], content[key])) for key in ("prob", "prob_b"))
        return _chosen([read(delong_test(a, b)) for a, b in zip(first, second, strict=True)], wanted)

    return compute


def _chosen(values: list[Json], wanted: Json) -> Json:
    """Return the value of each class, or of two classes that of class 1, where one is expected."""
    if len(values) != 2:
        return values
    depth_found, depth_wanted = _depth(values), _depth(wanted)
    return values[1] if depth_wanted < depth_found else values


def _depth(value: Json) -> int:
    return 1 + _depth(value[0]) if isinstance(value, Sequence) and not isinstance(value, str) and value else 0


def _auc(area: Area) -> float:
    return area.auc


def _variance(area: Area) -> float:
    return area.variance


def _error(area: Area) -> float:
    return float(area.variance**0.5)


AREAS: Final[Mapping[str, Compute]] = {
    **{name: _of(_auc, "prob") for name in ("auc", "auc_a")},
    **{name: _of(_variance, "prob") for name in ("var", "variance", "var_a")},
    **{name: _of(_error, "prob") for name in ("se", "se_a")},
    **{name: _of(Area.interval, "prob") for name in ("ci95", "ci95_a")},
    "auc_b": _of(_auc, "prob_b"),
    "var_b": _of(_variance, "prob_b"),
    "se_b": _of(_error, "prob_b"),
    "ci95_b": _of(Area.interval, "prob_b"),
    **{name: _between(lambda test: test.difference) for name in ("difference", "diff")},
    **{name: _between(lambda test: test.variance) for name in ("var_diff", "variance_diff")},
    "z": _between(lambda test: test.z),
    "p": _between(lambda test: test.p),
}
