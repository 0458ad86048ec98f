"""A table of figures by the words of their names. Knows no figure and no file.

A key lists words in any order: `[macro]` may be left out, `f|stat` is either, `<level>` is a number that the name may
give. Two keys that some name would fit are an error when the table is made.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final, Generic, TypeVar

Json = Any
Subject = TypeVar("Subject")

RANGES: Final[Mapping[str, Callable[[float], bool]]] = {
    "level": lambda x: 0.5 <= x < 1 or 50 <= x < 100,
    "bins": lambda x: x >= 2 and x == int(x),
    "threshold": lambda x: 0 < x < 1,
    "beta": lambda x: x > 0,
    "k": lambda x: x >= 1 and x == int(x),
    "ddof": lambda x: x in (0, 1),
    "mu": lambda x: True,
    "deviation": lambda x: x > 0,
}
"""Which numbers a parameter can be."""
LEVEL: Final = 0.95


@dataclass(frozen=True)
class Asked:
    """What is asked beside the figure itself.

    Attributes:
        wanted: what the file expects; only its shape matters.
        numbers: by parameter: those in the name, else those that the file gives for whole blocks.
    """

    wanted: Json = None
    numbers: Mapping[str, Json] = field(default_factory=dict)

    @property
    def level(self) -> float:
        """Return the coverage of an interval, 0.95 by default."""
        level = float(self.numbers.get("level", LEVEL))
        return level / 100 if level > 1 else level

    def number(self, name: str, default: float) -> float:
        """Return a parameter."""
        return float(self.numbers.get(name, default))


Compute = Callable[[Subject, Asked], Json]


@dataclass(frozen=True)
class Figure(Generic[Subject]):
    """How a figure is computed, and which numbers its name may give."""

    compute: Compute[Subject]
    takes: tuple[str, ...]

    def claim(self, numbers: Sequence[float]) -> tuple[dict[str, float], tuple[float, ...]]:
        """Return the parameters that numbers of a name are, the last first, and the numbers that are none."""
        left, claimed = list(numbers), {}
        for name in self.takes:
            fitting = [place for place, number in enumerate(left) if RANGES[name](number)]
            if fitting:
                claimed[name] = left.pop(fitting[-1] if len(self.takes) == 1 else fitting[0])
        return claimed, tuple(left)


Table = Mapping[frozenset[str], Figure[Subject]]


def table(entries: Mapping[str, Compute[Subject]]) -> Table[Subject]:
    """Return the figures by every set of words that means them.

    Raises:
        ValueError: one set of words would mean two figures.
    """
    found: dict[frozenset[str], Figure[Subject]] = {}
    for key, compute in entries.items():
        figure = Figure(compute, tuple(re.findall(r"<(\w+)>", key)))
        for words in _spellings(key):
            if words in found:
                raise ValueError(f"{sorted(words)} means two figures, one of them {key!r}")
            found[words] = figure
    return found


def _spellings(key: str) -> Iterator[frozenset[str]]:
    choices = []
    for word in re.sub(r"<\w+>", "", key).split():
        either = word.strip("[]").split("|")
        choices.append([*either, None] if word.startswith("[") else either)
    yield from {frozenset(word for word in picked if word is not None) for picked in product(*choices)}
