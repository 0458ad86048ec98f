"""Table 1 of *Privacy-preserving medical image analysis* (Ziller et al. 2020) in its own conventions.

Printed there are: accuracy and p values, cut off and not rounded; sensitivities and Matthews' coefficients, rounded;
areas under the ROC curve on hard labels, one class against the rest, macro average; McNemar's test with Edwards'
correction. Two kappas, of the locally trained model with either expert, fit only if they are exchanged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import floor
from typing import Any, Final, Literal

from primia_core.evaluation import metrics, scores
from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.mcnemar import McNemar
from primia_core.evaluation.vectors.cases import Rated, rated

Json = Any
Part = Literal["1a", "1b", "1c"]
EXCHANGED: Final = ("locally_trained|expert_1", "locally_trained|expert_2")
MISPRINT: Final = "printed for the other expert"
LEAST_DECIMALS: Final = 2


@dataclass(frozen=True)
class Line:
    """One printed figure and the one that is computed.

    Attributes:
        part: of the table.
        of: a rater, or a pair of them.
        figure: its name, of a class where it has one.
        printed: as in the paper.
        computed: in full.
        shown: computed, with the paper's decimals and its way to get rid of the others.
        note: what is known to be wrong in print.
    """

    part: Part
    of: str
    figure: str
    printed: float
    computed: float
    shown: float
    note: str = ""

    @property
    def agrees(self) -> bool:
        """Return whether the paper's figure is what is computed."""
        return self.shown == self.printed


def table_1(content: Mapping[str, Json]) -> list[Line]:
    """Compute every printed figure of a set with `raters` and `paper_printed`.

    Raises:
        VectorsError: the set has no printed figures, or one of a name that the table does not have.
    """
    if "paper_printed" not in content or "raters" not in content:
        raise VectorsError("the set has no `paper_printed` and `raters`; paper mode needs both")
    printed: Mapping[str, Json] = content["paper_printed"]
    unknown = sorted(printed.keys() - {*_SINGLE, *_PAIRED, "sensitivity"})
    if unknown:
        raise VectorsError(f"paper_printed has {unknown}, which Table 1 does not; it knows {sorted(_SINGLE)} and more")
    for name, block in printed.items():
        _check(f"paper_printed.{name}", block, lists=name == "sensitivity")
    return [*_raters(content, printed), *_pairs(content, printed)]


def _raters(content: Mapping[str, Json], printed: Mapping[str, Json]) -> Iterator[Line]:
    for name, (compute, cut) in _SINGLE.items():
        for who, value in printed.get(name, {}).items():
            found = compute(rated(content, who))
            yield Line("1a", who, name, value, found, cut(found, value))
    for who, values in printed.get("sensitivity", {}).items():
        computed = metrics.sensitivity(rated(content, who).confusion)
        if len(values) != len(computed):
            raise VectorsError(f"paper_printed.sensitivity.{who} has {len(values)} figures; give {len(computed)}")
        for k, (value, share) in enumerate(zip(values, computed, strict=True)):
            if share is not None:
                yield Line("1a", who, f"sensitivity, class {k}", value, share, _rounded(share, value))


def _pairs(content: Mapping[str, Json], printed: Mapping[str, Json]) -> Iterator[Line]:
    for name, (part, compute, cut) in _PAIRED.items():
        for pair, value in printed.get(name, {}).items():
            wrong = name == "kappa" and pair in EXCHANGED
            meant = EXCHANGED[1 - EXCHANGED.index(pair)] if wrong else pair
            names = meant.split("|")
            if len(names) != 2:
                raise VectorsError(f"paper_printed.{name}.{pair} joins no two raters; name two, parted by `|`")
            first, second = (rated(content, who) for who in names)
            found = float(compute(first, second))
            yield Line(part, pair, name, value, found, cut(found, value), MISPRINT if wrong else "")


def _check(where: str, block: Json, *, lists: bool) -> None:
    """Refuse what is no number for each rater or pair, or a list of numbers for sensitivities."""
    if not isinstance(block, Mapping):
        raise VectorsError(f"{where} is no object; give a figure for each rater, or each pair joined by `|`")
    for who, value in block.items():
        numbers = value if lists and isinstance(value, list) else [value]
        if not all(isinstance(one, int | float) for one in numbers) or lists is not isinstance(value, list):
            raise VectorsError(f"{where}.{who} is {value!r}; give {'a list of numbers' if lists else 'a number'}")


def _accuracy(r: Rated) -> float:
    return metrics.accuracy(r.confusion)


def _mcc(r: Rated) -> float:
    return metrics.mcc(r.confusion)


def _hard_auc(r: Rated) -> float:
    area = scores.auc(r.hard, strategy="ovr", average="macro")
    if area is None:
        raise VectorsError("a class has no case, so the area under the ROC curve is undefined; leave it out")
    return area


def _corrected_p(first: Rated, second: Rated) -> float:
    p = McNemar.of(first.truth, first.labels, second.labels).chi_squared(corrected=True)[1]
    return 1.0 if p is None else p


def _kappa(first: Rated, second: Rated) -> float:
    return metrics.kappa(metrics.confusion_matrix(first.labels, second.labels, classes=len(first.classes)))


def _rounded(value: float, printed: float) -> float:
    return round(value, _decimals(printed))


def _cut_off(value: float, printed: float) -> float:
    places: int = 10 ** _decimals(printed)
    return floor(value * places) / float(places)


def _either(value: float, printed: float) -> float:
    """Return what is printed where rounding or cutting off gives it: the paper's kappas are of both kinds."""
    cut = _cut_off(value, printed)
    return cut if cut == printed else _rounded(value, printed)


def _decimals(printed: float) -> int:
    """Return how many decimals a figure was printed with; JSON has lost zeros at its end."""
    return max(LEAST_DECIMALS, len(repr(float(printed)).partition(".")[2]))


_SINGLE: Final = {"accuracy": (_accuracy, _cut_off), "mcc": (_mcc, _rounded), "roc_auc": (_hard_auc, _rounded)}
_PAIRED: Final[dict[str, tuple[Part, Any, Any]]] = {
    "mcnemar_p": ("1b", _corrected_p, _cut_off),
    "kappa": ("1c", _kappa, _either),
}
