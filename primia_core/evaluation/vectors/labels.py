"""Labels as class indices: names, numbers that do not begin at 0, true and false. Knows no figure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from primia_core.evaluation.errors import VectorsError

Json = Any
NAMED_BY: Final = ("class_order", "class_names", "classes", "names", "labels")
POSITIVE: Final = ("positive", "pos_label", "positive_class", "positive_label")


@dataclass(frozen=True)
class Classes:
    """The classes of a set in their order, as its labels say them.

    Attributes:
        values: a label for each class.
        names: of the classes, where the file has them.
        positive: the class that figures of two classes are of, where the file says none: the second.
    """

    values: tuple[Json, ...]
    names: tuple[str, ...] = ()
    positive: int = 1

    @classmethod
    def of(
        cls, content: Mapping[str, Json], labels: Iterable[Json], columns: int | None, order: Sequence[str]
    ) -> "Classes":
        """Find the classes.

        Args:
            content: the set, which may name its classes and the positive one.
            labels: all that occur, in the truth and in answers.
            columns: of probabilities, where there are any.
            order: names for the whole file.
        """
        seen = set(labels)
        orders = (_listed(content.get(key)) for key in NAMED_BY)
        given = next((order for order in orders if _is_order(order)), None)
        names = tuple(map(str, given if given is not None else order))
        values = _values(seen, names, columns, given, content.get("n_classes", content.get("classes")))
        names = names if len(names) == len(values) else tuple(map(str, values)) if _are_names(seen) else ()
        found = cls(values, names)
        said = next((content[key] for key in POSITIVE if content.get(key) is not None), None)
        return found if said is None else cls(values, names, found.index(said))

    def __len__(self) -> int:
        return len(self.values)

    def indices(self, labels: Sequence[Json]) -> NDArray[np.int64]:
        """Return the class of each label."""
        return np.array([self.index(label) for label in labels], np.int64)

    def index(self, label: Json) -> int:
        """Return the class of a label, said as labels are or by the name of the class.

        Raises:
            VectorsError: no class is called so.
        """
        if label in self.values:
            return self.values.index(label)
        if isinstance(label, str) and label in self.names:
            return self.names.index(label)
        raise VectorsError(f"{label!r} is no class; the set has {list(self.names or self.values)}")


def _listed(value: Json) -> Json:
    """Return names of classes as a list, also from an object by class."""
    return list(value.values()) if isinstance(value, Mapping) else value


def _is_order(value: Json) -> bool:
    named = isinstance(value, Sequence) and not isinstance(value, str)
    return named and len(value) > 1 and len(set(map(str, value))) == len(value)


def _are_names(seen: set[Json]) -> bool:
    return any(isinstance(label, str) for label in seen)


def _values(
    seen: set[Json], names: tuple[str, ...], columns: int | None, given: Json, count: Json
) -> tuple[Json, ...]:  # fmt: skip
    """Return the labels in the order of their classes."""
    if _are_names(seen):
        return names if seen <= set(names) else tuple(sorted(seen, key=str))
    if given is not None and seen <= set(given):
        return tuple(given)
    whole = {int(label) for label in seen}
    if whole != seen:
        raise VectorsError(f"labels are names or whole numbers, here is {next(iter(seen - whole))!r}")
    least = columns or (len(given) if given is not None else None) or (count if isinstance(count, int) else None)
    size = max(least or 2, max(whole, default=0) + 1)
    starts_at_0 = min(whole, default=0) == 0 or size == least
    return tuple(range(size)) if starts_at_0 and min(whole, default=0) >= 0 else tuple(sorted(whole))
