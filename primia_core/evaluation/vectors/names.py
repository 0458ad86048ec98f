"""What a name in a set speaks of: a figure, whose it is, and which part of it. Knows no file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import permutations
from typing import Any, Final

from primia_core.errors import PrimiaError
from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.vectors.cases import FIRST, PERFECT, Cases
from primia_core.evaluation.vectors.figures import FIGURES
from primia_core.evaluation.vectors.group_tests import GROUPS, Groups, given_groups
from primia_core.evaluation.vectors.labels import Classes
from primia_core.evaluation.vectors.leaves import Leaf
from primia_core.evaluation.vectors.lexicon import Entity, Kind, Lexicon, Meaning, Path, Reading, Tokens, lowered
from primia_core.evaluation.vectors.likeness import GIVEN as PICTURED
from primia_core.evaluation.vectors.likeness import LIKENESS
from primia_core.evaluation.vectors.pairs import BARE, BOTH, PAIRS, Pair
from primia_core.evaluation.vectors.privacy_rows import ROWS
from primia_core.evaluation.vectors.shape import Part
from primia_core.evaluation.vectors.table import Asked, Figure, Table
from primia_core.evaluation.vectors.vocabulary import vocabulary

Json = Any
Words = frozenset[str]
BOUNDS: Final = frozenset({"low", "high"})
OF_INTERVALS: Final = frozenset(
    {"point", "ci", "wilson", "clopperpearson", "exact", "agresticoull", "jeffreys", "wald", "newcombe"}
)
"""What a block may say of the interval around a value, and not of the value."""
SIDES: Final = {"negative": "0", "neg": "0", "positive": "1", "pos": "1"}
"""Names of two classes that files need not introduce."""
CALLED: Final = ("model", "rater", "reader", "group", "class")
"""What may stand before the name of somebody, and be left out."""


@dataclass(frozen=True)
class Meant:
    """What a name means.

    Attributes:
        words: of the figure.
        compute: the value that is expected.
    """

    words: Words
    compute: Callable[[], Json]


@dataclass(frozen=True)
class Names:
    """The names of a set."""

    content: Mapping[str, Json]
    cases: Cases

    def words(self, path: Path) -> Words:
        """Return the words of a path, without who is named in it."""
        return self.lexicon.read(path).words

    def meant(self, leaf: Leaf, change: Callable[[Words], Words] = frozenset) -> Meant | None:
        """Return what the name of a value means, by words that are changed first; nothing if it is not understood."""
        for path in dict.fromkeys((leaf.said, leaf.in_row)):
            for raters in (True, False):
                reading = self.lexicon.read(path, raters=raters)
                words = change(reading.words)
                for known, subject in self._tables(leaf, reading, words):
                    found = self._figure(known, words - BOUNDS, reading, leaf)
                    if found is not None:
                        return Meant(words, partial(self._value, leaf, reading, found, subject))
        return None

    @property
    def tested(self) -> tuple[str, ...]:
        """Return whom tests compare two by two: groups, or raters."""
        return self._group_names or self.cases.names

    @cached_property
    def lexicon(self) -> Lexicon:
        """Return what words and names mean in this set."""
        phrases: dict[Tokens, Meaning] = {**vocabulary(), (PERFECT,): Entity("rater", PERFECT)}
        classes = self._classes
        if classes is not None and len(classes) == 2 and classes.positive == 1:
            phrases |= {(word,): Entity("class", place) for word, place in SIDES.items()}
        phrases |= _joined("rater", self.cases.names) | _joined("group", self._group_names)
        for place, name in enumerate(classes.names if classes is not None else ()):
            phrases |= dict.fromkeys(_called(lowered(name)), Entity("class", str(place)))
        for name in self.cases.names:
            phrases |= dict.fromkeys(_called(tuple(name.split())), Entity("rater", name))
        for name, words in _shortened(self._group_names):
            phrases |= dict.fromkeys(_called(words), Entity("group", name))
        return Lexicon(phrases)

    @cached_property
    def _classes(self) -> Classes | None:
        """Return the classes; none where the cases are none, which each figure that needs them says."""
        try:
            return self.cases.classes
        except (PrimiaError, TypeError, ValueError):
            return None

    @cached_property
    def _group_names(self) -> tuple[str, ...]:
        try:
            return tuple(given_groups(self.content))
        except (PrimiaError, TypeError, ValueError):  # said of each test
            return ()

    def _tables(self, leaf: Leaf, reading: Reading, words: Words) -> Iterator[tuple[Table[Any], Callable[[], Any]]]:
        """Give what a name may speak of, in a set that has such things: the figures, and of whom they are."""
        if "noise" in leaf.row:
            yield ROWS, lambda: leaf.row
        if "groups" in self.content or self._group_names:
            yield GROUPS, lambda: Groups(given_groups(self.content), reading.groups)
        if any(name in self.content for first, second in PICTURED.values() for name in (*first, *second)):
            yield LIKENESS, lambda: self.content
        if not reading.raters and self._is_of_both(leaf, reading):
            yield BOTH, lambda: Pair(*map(self.cases.rated, self.cases.names))
        if not reading.raters and len(self.cases.names) == 2:
            yield BARE, lambda: Pair(*map(self.cases.rated, self.cases.names))
        if len(reading.raters) < 2:
            yield FIGURES, lambda: self.cases.rated(self._one(reading.raters))
        if len(reading.raters) != 1:
            yield PAIRS, lambda: Pair(*map(self.cases.rated, self._two(reading.raters, words)))

    def _is_of_both(self, leaf: Leaf, reading: Reading) -> bool:
        """Say whether a list has a value of each of two raters, and not one of each class."""
        wanted = leaf.wanted
        if len(self.cases.names) != 2 or not isinstance(wanted, list) or self._classes is None:
            return False
        if all(isinstance(one, list) and len(one) == 2 for one in wanted):
            return True
        of_class = bool(reading.classes or reading.numbers) or self._is_class(leaf)
        return len(wanted) == 2 and (of_class or (len(self._classes) == 2 and wanted[0] != wanted[1]))

    def _one(self, named: Sequence[str]) -> str:
        """Return the rater that is named, or the only or first one where nobody is."""
        names = self.cases.names
        if named:
            return named[0]
        if len(names) == 1 or " ".join(FIRST) in names:
            return " ".join(FIRST) if " ".join(FIRST) in names else names[0]
        raise VectorsError(f"the name says nobody's, and there are answers of {list(names)}; name one")

    def _two(self, named: Sequence[str], words: Words) -> tuple[str, str]:
        """Return the two raters that are named, or the only two where nobody is."""
        names = self.cases.names
        if len(named) == 2:
            return named[0], named[1]
        if "same" in words and names:
            return self._one(()), self._one(())
        if len(names) == 2:
            return names[0], names[1]
        raise VectorsError(f"the name joins no two of the raters {list(names)}; join two by `|`")

    def _figure(self, known: Table[Any], words: Words, reading: Reading, leaf: Leaf) -> Figure[Any] | None:
        """Return the figure of these words: that of each class where a class is named or a list is expected."""
        sought = words - {"same"} if known is PAIRS else words
        if "point" in sought:
            sought -= OF_INTERVALS
        if reading.words & BOUNDS and sought | {"ci"} in known:
            sought |= {"ci"}
        one, each = known.get(sought), known.get(sought | {"each"})
        left = one.claim(reading.numbers)[1] if one is not None else ()
        of_class = reading.classes or left or isinstance(leaf.wanted, list) or self._is_class(leaf)
        return (each or one) if of_class else (one or each)

    def _is_class(self, leaf: Leaf) -> bool:
        """Say whether a value stands in a list that has a block for each class."""
        return leaf.place is not None and self._classes is not None and leaf.places == len(self._classes)

    def _value(self, leaf: Leaf, reading: Reading, figure: Figure[Any], subject: Callable[[], Any]) -> Json:
        claimed, left = figure.claim(reading.numbers)
        value = figure.compute(subject(), Asked(leaf.wanted, {**leaf.numbers, **claimed}))
        bounds = sorted(reading.words & BOUNDS)
        if len(bounds) > 1:
            raise VectorsError("the name says both bounds; say one")
        return Part(
            bound=bounds[0] if bounds else None,
            classes=(*reading.classes, *(self.cases.classes.index(_whole(number)) for number in left)),
            place=leaf.place if leaf.place is not None and self._is_class(leaf) else None,
            positive=self._classes.positive if self._classes is not None else 1,
        ).of(value, leaf.wanted)


def _whole(number: float) -> int:
    if number != int(number):
        raise VectorsError(f"the name says {number:g}, which nothing in it takes; leave it out")
    return int(number)


def _called(words: Tokens) -> list[Tokens]:
    """Return the ways to name somebody: with or without saying what they are."""
    bare = words[1:] if len(words) > 1 and words[0] in CALLED else words
    return [words, bare, *((prefix, *bare) for prefix in CALLED)]


def _joined(kind: Kind, names: Sequence[str]) -> dict[Tokens, Meaning]:
    """Return what two letters mean that are the names of two."""
    letters = [name for name in names if len(name) == 1]
    return {((a + b).lower(),): (Entity(kind, a), Entity(kind, b)) for a, b in permutations(letters, 2)}


def _shortened(names: Sequence[str]) -> Iterator[tuple[str, Tokens]]:
    """Give each name in words, and once more without what all names begin with."""
    cut = [lowered(name) for name in names]
    shared = 0
    while len(cut) > 1 and all(len(words) > shared + 1 for words in cut) and len({words[shared] for words in cut}) == 1:
        shared += 1
    for name, words in zip(names, cut, strict=True):
        yield from ((name, part) for part in {words, words[shared:]})
