"""Names as words: however a file cuts, nests and spells a name, the same words come out. Knows no figure.

`auc_ovr_macro`, `{"AUC": {"OvR": {"macro": ...}}}` and `roc-auc macro one-vs-rest` all say *auc, ovr, macro*. A phrase
means words, or somebody: a rater, a class, a group of measurements. What is in no phrase stays a word by itself, so
that a name with a word too many is the name of nothing.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

Tokens = tuple[str, ...]
Path = tuple[str, ...]
Kind = Literal["rater", "class", "group"]
TOKEN: Final = re.compile(r"\d*\.\d+(?:e-?\d+)?|\d+(?:e-\d+)?(?![^\W_])|[^\W_]+|[^\w\s\-./,:;()\[\]|&'\"%]")
NUMBER: Final = re.compile(r"\d*\.?\d+(?:e-?\d+)?")


@dataclass(frozen=True)
class Entity:
    """Somebody or something that a phrase names: a rater by name, a class by its place, a group by name."""

    kind: Kind
    name: str


Meaning = tuple[str | Entity, ...] | Entity
Phrases = Mapping[Tokens, Meaning]


@dataclass(frozen=True)
class Reading:
    """What a path of names says.

    Attributes:
        words: of the figure; none is left out.
        raters, classes, groups: who is named, in order.
        numbers: in names and as names, and places in lists.
    """

    words: frozenset[str]
    raters: tuple[str, ...] = ()
    classes: tuple[int, ...] = ()
    groups: tuple[str, ...] = ()
    numbers: tuple[float, ...] = ()


def tokens(name: str) -> Tokens:
    """Cut a name at everything that is neither letter nor digit; a point within a number stays."""
    return tuple(TOKEN.findall(unicodedata.normalize("NFKC", name)))


def lowered(name: str) -> Tokens:
    """Return the tokens of a name in small letters, as phrases are written."""
    return tuple(token.lower() for token in tokens(name))


def fine(name: str) -> Tokens:
    """Return the tokens of a name in small letters, each cut as finely as it goes."""
    return tuple(part.lower() for token in tokens(name) for part in finer(token))


def finer(token: str) -> Tokens:
    """Cut a token where a small letter meets a capital one, or else before the digits at its end."""
    if NUMBER.fullmatch(token):
        return (token,)
    by_case = re.findall(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+", token)
    if len(by_case) > 1 and "".join(by_case) == token:
        return tuple(by_case)
    ends = re.fullmatch(r"(\D+)(\d+)", token)
    return ends.groups() if ends else (token,)


@dataclass(frozen=True)
class Lexicon:
    """Phrases and what they mean; the longest one that fits is meant."""

    phrases: Phrases

    def read(self, path: Sequence[str], *, raters: bool = True) -> Reading:
        """Return what a path says; without ``raters``, what it says if no word of it is somebody's name.

        After two raters no other is named: `a|b.mcnemar.b` is a count.
        """
        words: set[str] = set()
        named: dict[Kind, list[str]] = {"rater": [], "class": [], "group": []}
        numbers: list[float] = []
        for part in self._parts(path, named["rater"], raters=raters):
            for found in part if isinstance(part, tuple) else (part,):
                if isinstance(found, Entity):
                    named[found.kind].append(found.name)
                elif isinstance(found, float):
                    numbers.append(found)
                else:
                    words.add(found)
        return Reading(
            frozenset(words), tuple(named["rater"]), tuple(map(int, named["class"])), tuple(named["group"]),
            tuple(numbers),
        )  # fmt: skip

    def _parts(self, path: Sequence[str], so_far: Sequence[str], *, raters: bool) -> Iterator[Meaning | float]:
        left = [cut for name in path for cut in self._cut(name)]
        while left:
            length, meaning = self._longest(left, raters=raters and len(so_far) < 2)
            token = left[0][0]
            del left[:length]
            if meaning is not None:
                yield meaning
            else:
                yield float(token) if NUMBER.fullmatch(token) else (token,)

    def _cut(self, name: str) -> list[tuple[str, bool]]:
        """Return the tokens of a name in small letters, each with whether it is the whole name.

        What no phrase knows is cut finer.
        """
        whole = tokens(name)
        cut = [part.lower() for token in whole for part in ((token,) if token.lower() in self._known else finer(token))]
        return [(token, len(whole) == 1) for token in cut]

    def _longest(self, left: Sequence[tuple[str, bool]], *, raters: bool) -> tuple[int, Meaning | None]:
        for length in range(min(self._reach, len(left)), 0, -1):
            meaning = self.phrases.get(tuple(token for token, _ in left[:length]))
            if meaning is not None and _names_rater(meaning):
                place = length == 1 and left[0][1] and left[0][0].isdigit()  # `2` by itself is a place, not a rater
                meaning = meaning if raters and not place else None
            if meaning is not None:
                return length, meaning
        return 1, None

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(token for phrase in self.phrases for token in phrase)

    @cached_property
    def _reach(self) -> int:
        return max(map(len, self.phrases), default=1)


def _names_rater(meaning: Meaning) -> bool:
    parts = meaning if isinstance(meaning, tuple) else (meaning,)
    return any(isinstance(part, Entity) and part.kind == "rater" for part in parts)
