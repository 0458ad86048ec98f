"""Files of expected values: cases with what every figure of them must be. Recomputes each, and says what deviates.

A file holds sets; a set holds cases (`y_true`, `prob`, `pred`, several `raters`, pictures, features, groups) and, in
blocks, the figures that are expected of them. A block's name says of whom it speaks, a figure's what it is. A name that
is not known is an outcome of its own: nothing passes because nobody looked.
"""

import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from primia_core.errors import PrimiaError
from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.vectors.agreement import TOLERANCE, alike, plain
from primia_core.evaluation.vectors.expected import Expected, expected
from primia_core.evaluation.vectors.leaves import tolerances
from primia_core.evaluation.vectors.shape import Open

Json = Any
Status = Literal["agrees", "deviates", "unknown"]
REFUSED: Final = (PrimiaError, KeyError, IndexError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What goes wrong where a file does not hold what a figure needs."""


@dataclass(frozen=True)
class Outcome:
    """One expected value.

    Attributes:
        where: its path in the file.
        wanted, found: both values; ``found`` is ``None`` where the name is not known, or the figure is undefined.
        reason: why it is not known, or not computed.
        convention: by which the value was read, where files leave several open and the usual one fits worse.
    """

    where: str
    status: Status
    wanted: Json
    found: Json = None
    reason: str = ""
    convention: str = ""


def read(path: Path) -> dict[str, Json]:
    """Read a file.

    Raises:
        VectorsError: it is missing, no JSON, says a name twice in one block, or holds no sets.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError) as error:
        raise VectorsError(f"{path} cannot be read as JSON ({type(error).__name__}); give a file of vectors") from error
    if not isinstance(body, dict) or not isinstance(body.get("sets"), dict) or not body["sets"]:
        raise VectorsError(f"{path} holds no sets; give a file with an object `sets`")
    return body


def recompute(body: Mapping[str, Json], *, tolerance: float | None = None) -> list[Outcome]:
    """Compute every expected value of a file anew.

    Args:
        tolerance: absolute and relative; by default that of the block or set, the file's
            `meta.conventions.tolerance`, or 1e-9.
    """
    conventions = _block(_block(body.get("meta")).get("conventions"))
    order = conventions.get("class_order", ())
    allowed = tolerance or tolerances(conventions).get("", TOLERANCE)
    found = [
        Outcome(name, "unknown", None, reason="it stands beside `sets`; put it into one, so that it is looked at")
        for name, value in body.items()
        if name not in ("meta", "sets") and isinstance(value, dict | list)
    ]
    for name, content in body["sets"].items():
        found += _of_set(name, content, order if isinstance(order, list) else (), tolerance, allowed)
    return found


def _of_set(name: str, content: Json, order: Sequence[str], forced: float | None, allowed: float) -> list[Outcome]:
    if not isinstance(content, Mapping):
        return [Outcome(name, "unknown", None, reason="a set is an object; this is none")]
    try:
        wanted = list(expected(content, order))
    except REFUSED as error:
        return [Outcome(name, "unknown", None, reason=_reason(error))]
    judged = [_Judged(one, forced or one.leaf.tolerance or allowed) for one in wanted]
    for question in dict.fromkeys(one.question for one in judged if one.question):
        _answer([one for one in judged if one.question == question])
    outcomes = [*(one.outcome(name) for one in judged), *_printed(name, content)]
    return outcomes or [Outcome(name, "unknown", None, reason="the set expects nothing; give figures, or leave it out")]


class _Judged:
    """A value while it is judged: what depends on an open convention waits for the others that ask the same."""

    def __init__(self, one: Expected, tolerance: float) -> None:
        self._one, self._tolerance = one, tolerance
        self._value: Json = None
        self._convention = ""
        self._reason = "" if one.compute else f"no figure of this name is known, which says {sorted(one.words)}"
        if one.compute:
            self._take(one.compute)

    @property
    def question(self) -> str:
        """Return what is left open about the value, if anything."""
        return self._value.question if isinstance(self._value, Open) and not self._reason else ""

    @property
    def answers(self) -> tuple[str, ...]:
        """Return the conventions that could be meant."""
        found: tuple[str, ...] = self._value.answers
        return found

    def agrees(self, answer: str) -> bool:
        """Say whether the value is the expected one by a convention."""
        try:
            return self._alike(_quietly(partial(self._value.under, answer)))
        except REFUSED:
            return False

    def settle(self, answer: str) -> None:
        """Take the value by a convention."""
        if answer != self.answers[0]:
            self._convention = f"{self.question}: {answer}"
        self._take(partial(self._value.under, answer))

    def outcome(self, of: str) -> Outcome:
        """Return the verdict."""
        leaf = self._one.leaf
        where = ".".join((of, *leaf.where))
        if leaf.wanted in ({}, []):
            nothing = "nothing is expected here; give figures, or leave it out"
            return Outcome(where, "unknown", leaf.wanted, reason=nothing)
        if self._reason:
            return Outcome(where, "unknown", leaf.wanted, reason=self._reason)
        status: Status = "agrees" if self._alike(self._value) else "deviates"
        return Outcome(where, status, leaf.wanted, plain(self._value), convention=self._convention)

    def _take(self, compute: Callable[[], Json]) -> None:
        try:
            self._value = _quietly(compute)
        except REFUSED as error:
            self._reason = _reason(error)

    def _alike(self, value: Json) -> bool:
        return alike(value, self._one.leaf.wanted, tolerance=self._tolerance, is_p=self._one.is_p)


def _quietly(compute: Callable[[], Json]) -> Json:
    """Compute without the warnings of libraries: the verdict shows what they warn of."""
    with warnings.catch_warnings(action="ignore"):
        return compute()


def _answer(asking: Sequence[_Judged]) -> None:
    """Settle an open convention for all that asks it: by that one with which most values agree, the usual one first."""
    best, most = asking[0].answers[0], -1
    for answer in asking[0].answers:
        agreeing = sum(one.agrees(answer) for one in asking)
        if agreeing > most:
            best, most = answer, agreeing
        if most == len(asking):
            break
    for one in asking:
        one.settle(best)


def _printed(name: str, content: Mapping[str, Json]) -> Iterator[Outcome]:
    """Judge what a paper printed, with its own way to get rid of decimals."""
    from primia_core.evaluation.paper import table_1  # which reads cases from here

    if "paper_printed" not in content:
        return
    try:
        lines = table_1(content)
    except REFUSED as error:
        yield Outcome(f"{name}.paper_printed", "unknown", content["paper_printed"], reason=_reason(error))
        return
    for line in lines:
        where = f"{name}.paper_printed.{line.figure}.{line.of}"
        yield Outcome(where, "agrees" if line.agrees else "deviates", line.printed, line.shown)


def _reason(error: Exception) -> str:
    if isinstance(error, PrimiaError):
        return error.message
    if isinstance(error, KeyError):
        return f"the set does not give {error}"
    return f"cannot be computed from what the set gives: {error}"


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Refuse a name that is said twice: JSON's readers keep the last, and nobody would look at the first."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = sorted({name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1})
        raise VectorsError(f"the file says {twice} twice in one block; keep one of each")
    return found


def _block(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
