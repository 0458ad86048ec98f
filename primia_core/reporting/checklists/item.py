"""An item of a checklist, and an answer to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from primia_core.reporting.checklists.known import Known

Status = Literal["reported", "in part", "authors", "not applicable"]


@dataclass(frozen=True)
class Answer:
    """What can be said to an item.

    Attributes:
        status: ``authors``: nobody but them can say it, and ``text`` tells them what is wanted.
        see: anchors of the sections that it stands in.
    """

    status: Status
    text: str
    see: tuple[str, ...] = ()


Answering = Callable[[Known], Answer]


@dataclass(frozen=True)
class Item:
    """One item; ``key`` is what authors' own answers are filed under, e.g. ``tripod.5a``."""

    key: str
    group: str
    title: str
    answer: Answering

    @property
    def number(self) -> str:
        """Return its number in its checklist."""
        return self.key.partition(".")[2]


def reported(text: str, *see: str) -> Answer:
    """Return an answer that is complete."""
    return Answer("reported", text, see)


def in_part(text: str, *see: str) -> Answer:
    """Return an answer that the authors have to add to."""
    return Answer("in part", text, see)


def authors(text: str) -> Answer:
    """Return what the authors are asked for."""
    return Answer("authors", text)


def by_authors(text: str) -> Answering:
    """Return the answering of an item that the platform never knows anything of."""
    return lambda _: authors(text)


def not_applicable(text: str) -> Answer:
    """Return why an item does not arise."""
    return Answer("not applicable", text)
