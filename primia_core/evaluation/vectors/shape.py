"""Values that have several parts, and which part a file expects: of a class, a bound, by a convention."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from primia_core.evaluation.errors import VectorsError

Json = Any


class Interval(NamedTuple):
    """Two bounds."""

    low: Json
    high: Json


class PerClass(list[Json]):
    """A value for each class."""


@dataclass(frozen=True)
class Open:
    """A value that depends on a convention which files leave open.

    Attributes:
        question: what is left open, once for all that asks it.
        answers: the conventions, the usual one first.
        under: the value by a convention.
    """

    question: str
    answers: tuple[str, ...]
    under: Callable[[str], Json]

    @classmethod
    def between(cls, question: str, values: Mapping[str, Json]) -> "Open":
        """Return the question with its values at hand."""
        return cls(question, tuple(values), values.__getitem__)

    def each(self, change: Callable[[Json], Json]) -> "Open":
        """Return the same question about changed values."""
        return Open(self.question, self.answers, lambda answer: change(self.under(answer)))


class Printed(float):
    """A number that files print rounded: it agrees with three to six decimals that it rounds to."""


@dataclass(frozen=True)
class Part:
    """Which part of a value a name speaks of.

    Attributes:
        bound: `low` or `high`, of an interval.
        classes: those named, none or one.
        place: in a list of blocks, which may be one for each class.
        positive: of two classes, the one that a figure alone is of.
    """

    bound: str | None = None
    classes: tuple[int, ...] = ()
    place: int | None = None
    positive: int = 1

    def of(self, value: Json, wanted: Json) -> Json:
        """Return the part of a value that a file expects.

        Args:
            wanted: what is expected; of two classes, fewer levels of lists than there are mean the positive one alone.
        Raises:
            VectorsError: a bound or a class of what has none.
        """
        if isinstance(value, Open):
            return value.each(lambda one: self.of(one, wanted))
        found = value if self.bound is None else _bound(value, self.bound)
        if self.classes:
            if not isinstance(found, PerClass) or len(self.classes) > 1 or not 0 <= self.classes[0] < len(found):
                raise VectorsError(f"the figure has no part {list(self.classes)}; leave it out of the name")
            return found[self.classes[0]]
        if not isinstance(found, PerClass) or _depth(wanted) >= _depth(found):
            return found
        if self.place is not None and self.place < len(found):
            return found[self.place]
        return found[self.positive] if len(found) == 2 else found


def _bound(value: Json, bound: str) -> Json:
    if isinstance(value, PerClass):
        return PerClass(_bound(one, bound) for one in value)
    if not isinstance(value, Interval):
        raise VectorsError(f"the figure has no {bound} bound; it is no interval")
    return getattr(value, bound)


def _depth(value: Json) -> int:
    """Return how many levels of lists there are."""
    within = isinstance(value, Sequence) and not isinstance(value, str)
    return 1 + max((_depth(one) for one in value), default=0) if within else 0
