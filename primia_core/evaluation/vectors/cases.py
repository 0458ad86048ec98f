"""The cases of a set of expected values, and what raters said of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from primia_core.evaluation import metrics
from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.scores import Scored
from primia_core.evaluation.vectors.labels import Classes
from primia_core.evaluation.vectors.lexicon import Tokens, fine, lowered

Json = Any
Floats = NDArray[np.float64]
Role = Literal["labels", "probabilities", "scores", "logits"]
TRUTH: Final = frozenset(
    {"y true", "y", "truth", "true", "label", "labels", "target", "targets", "gt", "ground truth", "y test"}
)
ROLES: Final[Mapping[str, Role]] = {
    **dict.fromkeys(("pred", "preds", "y pred", "prediction", "predictions", "predicted", "y hat", "yhat"), "labels"),
    **dict.fromkeys(("prob", "probs", "proba", "y prob", "y proba", "probability", "probabilities"), "probabilities"),
    **dict.fromkeys(("softmax", "p hat", "y probs"), "probabilities"),
    **dict.fromkeys(("score", "scores", "y score", "y scores"), "scores"),
    **dict.fromkeys(("logit", "logits"), "logits"),
}
"""What a list of answers is, by the words of its name; the other words of the name are the rater's."""
RATERS: Final = frozenset({"raters", "models", "readers", "classifiers"})
OF_CLASS: Final = frozenset({"positive", "pos", "class"})
"""Words of a probability's name that say of which class it is, and not whose."""
FIRST: Final[Tokens] = ("a",)
"""Whose answers are that are said to be nobody's."""
PERFECT: Final = "perfect"
SUM_SLACK: Final = 2e-5
"""How far a row of rounded probabilities may sum to something else than 1: what scikit-learn's areas allow."""
CUT: Final = 0.5


@dataclass(frozen=True)
class Rated:
    """One rater's answers to cases: labels, and where there are any, probabilities or scores that only rank.

    Attributes:
        said: the labels, where the answers say any.
        ranking: (cases, classes), larger for what is thought likelier.
    """

    truth: NDArray[np.int64]
    said: NDArray[np.int64] | None
    classes: Classes
    scored: Scored | None = None
    ranking: Floats | None = None

    @property
    def labels(self) -> NDArray[np.int64]:
        """Return the labels.

        Raises:
            VectorsError: there are none.
        """
        if self.said is None:
            raise VectorsError("the set gives neither labels nor probabilities of a rater; add `pred` or `prob`")
        return self.said

    @property
    def confusion(self) -> metrics.Confusion:
        """Return the counts."""
        return metrics.confusion_matrix(self.truth, self.labels, classes=len(self.classes))

    @property
    def hard(self) -> Scored:
        """Return the labels as certainties."""
        return Scored.hard(self.truth, self.labels, classes=len(self.classes))

    @property
    def soft(self) -> Scored:
        """Return the probabilities.

        Raises:
            VectorsError: there are none.
        """
        if self.scored is None:
            raise VectorsError("the set gives no probabilities; add `prob`, or leave the figure out")
        return self.scored

    @property
    def ranks(self) -> Floats:
        """Return what ranks the cases of each class.

        Raises:
            VectorsError: nothing does.
        """
        if self.ranking is None:
            raise VectorsError("the set gives neither probabilities nor scores; add `prob`, or leave the figure out")
        return self.ranking


@dataclass(frozen=True)
class Cases:
    """The truth and all raters of a set."""

    content: Mapping[str, Json]
    order: tuple[str, ...] = ()

    @cached_property
    def truth(self) -> Sequence[Json]:
        """Return the labels that are true.

        Raises:
            VectorsError: the set has none.
        """
        for key, value in self.content.items():
            if is_truth(key) and _is_list(value) and not _names_classes(key, self.content):
                found: Sequence[Json] = value
                return found
        raise VectorsError("the set has no `y_true`, so that no rater can be judged; add it")

    @cached_property
    def answers(self) -> dict[str, dict[Role, Sequence[Json]]]:
        """Return what each rater answered; the order is that of the file."""
        found: dict[str, dict[Role, Sequence[Json]]] = {}
        for who, role, value in _answers(self.content):
            found.setdefault(" ".join(who), {})[role] = value
        return found

    @cached_property
    def classes(self) -> Classes:
        """Return the classes that labels and probabilities are of."""
        labels = [*self.truth, *(label for said in self.answers.values() for label in said.get("labels", ()))]
        wide = (values for said in self.answers.values() for role, values in said.items() if role != "labels")
        columns = [len(values[0]) if _is_list(values[0]) else 2 for values in wide if len(values)]
        columns = columns or list(_sizes(self.content))
        return Classes.of(self.content, labels, max(columns, default=None), self.order)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the raters."""
        return tuple(self.answers)

    def rated(self, who: str) -> Rated:
        """Return the answers of a rater.

        Raises:
            VectorsError: nobody is called so, or has answers of another number of cases.
        """
        truth = self.classes.indices(self.truth)
        if who == PERFECT and who not in self.answers:
            return Rated(truth, truth, self.classes)
        name = " ".join(lowered(who))
        if name not in self.answers:
            raise VectorsError(f"the set has no answers of {who!r}; it has those of {list(self.names)}")
        said = self.answers[name]
        for role, values in said.items():
            if len(values) != len(truth):
                raise VectorsError(f"{name} has {len(values)} {role} for {len(truth)} cases; give one a case")
        scored, ranking = self._likelihoods(said, truth)
        return Rated(truth, self._labels(said, scored, ranking), self.classes, scored, ranking)

    def _labels(
        self, said: Mapping[Role, Sequence[Json]], scored: Scored | None, ranking: Floats | None
    ) -> NDArray[np.int64] | None:
        if "labels" in said:
            return self.classes.indices(said["labels"])
        if ranking is None or any(_is_list(values[0]) for values in said.values()):
            return None if ranking is None else ranking.argmax(1)
        if scored is None and "threshold" not in self.content:
            return None
        # One number a case is cut where the set says, else where the class is as likely as not.
        positive = self.classes.positive
        return np.where(ranking[:, positive] >= float(self.content.get("threshold", CUT)), positive, 1 - positive)

    def _likelihoods(
        self, said: Mapping[Role, Sequence[Json]], truth: NDArray[np.int64]
    ) -> tuple[Scored | None, Floats | None]:  # fmt: skip
        """Return probabilities, if there are any, and what ranks."""
        if "probabilities" in said:
            scored = _probabilities(truth, self._columns(said["probabilities"], complement=1.0))
            return scored, scored.probabilities
        if "logits" in said:
            logits = np.asarray(said["logits"], np.float64)
            likely = softmax(logits, axis=1) if logits.ndim == 2 else self._columns(expit(logits), complement=1.0)
            scored = _probabilities(truth, likely)
            return scored, scored.probabilities
        if "scores" in said:
            given = np.asarray(said["scores"], np.float64)
            bounded = given.min() >= 0 and given.max() <= 1
            ranking = self._columns(given, complement=1.0 if bounded else 0.0)
            proper = bounded and np.abs(ranking.sum(1) - 1).max() <= SUM_SLACK
            return (_probabilities(truth, ranking) if proper else None), ranking
        return None, None

    def _columns(self, values: Json, *, complement: float) -> Floats:
        """Return a column for each class; one number a case is that of the positive class of two."""
        given = np.asarray(values, np.float64)
        if given.ndim != 1:
            return given
        columns = [complement - given, given]
        return np.stack(columns if self.classes.positive == 1 else columns[::-1], axis=1)


def is_truth(key: str) -> bool:
    """Say whether a name is that of true labels."""
    return " ".join(fine(key)) in TRUTH


def role_of(key: str) -> tuple[Role, Tokens] | None:
    """Return what a list of answers is, and of whom, if its name says so at its beginning or its end.

    A score is said at the beginning, since `f1_score` is a figure.
    """
    words = fine(key)
    for length in range(len(words), 0, -1):
        for named, rest, ends in ((words[:length], words[length:], False), (words[-length:], words[:-length], True)):
            role = ROLES.get(" ".join(named))
            if role is not None and not (ends and rest and role == "scores"):
                return role, FIRST if OF_CLASS & set(rest[:1]) or not rest else rest
    return None


def is_role(key: str) -> bool:
    """Say whether a name is that of answers and of nobody's."""
    return " ".join(fine(key)) in ROLES


def are_answers(key: str, value: Json, content: Mapping[str, Json]) -> bool:
    """Say whether something in a set is answers: a list with one a case, or such lists by rater."""
    if is_truth(key) or role_of(key) is None:
        return False
    lists = [value] if _is_list(value) else list(value.values()) if isinstance(value, Mapping) else []
    cases = next((len(true) for name, true in content.items() if is_truth(name) and _is_list(true)), None)
    whose = _is_list(value) or is_role(key)
    return whose and bool(lists) and all(_is_list(one) and len(one) == cases for one in lists)


def rated(content: Mapping[str, Json], who: str) -> Rated:
    """Return the answers of a named rater of a set."""
    return Cases(content).rated(who)


def _answers(content: Mapping[str, Json]) -> Iterator[tuple[Tokens, Role, Sequence[Json]]]:
    for key, value in content.items():
        if key.lower() in RATERS and isinstance(value, Mapping):
            for who, said in value.items():
                yield from _of_rater(lowered(who), said)
        elif (found := role_of(key)) is not None and (_is_list(value) or are_answers(key, value, content)):
            role, who = found
            named = value.items() if isinstance(value, Mapping) else [(" ".join(who), value)]
            yield from ((lowered(name), role, said) for name, said in named)


def _of_rater(who: Tokens, said: Json) -> Iterator[tuple[Tokens, Role, Sequence[Json]]]:
    if _is_list(said) and len(said):
        yield who, "probabilities" if _is_list(said[0]) or isinstance(said[0], float) else "labels", said
    elif isinstance(said, Mapping):
        for key, value in said.items():
            if is_role(key) and _is_list(value):
                yield who, ROLES[" ".join(fine(key))], value


def _sizes(block: Json) -> Iterator[int]:
    """Give how many classes confusion matrices of a set have: of one that nobody saw or said, only they know."""
    for key, value in block.items() if isinstance(block, Mapping) else ():
        if key in ("confusion", "confusion_matrix") and _is_list(value):
            yield len(value)
        yield from _sizes(value)


def _probabilities(truth: NDArray[np.int64], likely: Floats) -> Scored:
    """Keep probabilities as they are given, rounded rows too; all else is refused as ``Scored.of`` refuses it."""
    if likely.ndim == 2 and len(likely) == truth.size and likely.shape[1] > 1 and truth.size:
        proper = np.isfinite(likely).all() and likely.min() >= 0 and np.abs(likely.sum(1) - 1).max() <= SUM_SLACK
        if proper and truth.max() < likely.shape[1]:
            return Scored(truth, likely)
    return Scored.of(truth, likely)


def _names_classes(key: str, content: Mapping[str, Json]) -> bool:
    """Say whether `labels` are the names of classes, since the truth stands elsewhere."""
    return key.lower() in ("label", "labels") and any(is_truth(other) for other in content if other != key)


def _is_list(value: Json) -> bool:
    return isinstance(value, Sequence | np.ndarray) and not isinstance(value, str)
