"""What makes a node a party, a dealer or a model owner: what it opens, and what it does for each kind of task."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from workers.node.job import Job
from workers.node.node import Node


class Closes(Protocol):
    """Something that is opened when a worker begins and closed when it ends."""

    def close(self) -> None:
        """Let go of everything."""


Work = TypeVar("Work", bound=Closes)
Handler = Callable[[Work, Job, Mapping[str, Any]], Mapping[str, object]]


@dataclass(frozen=True)
class Role(Generic[Work]):
    """A role.

    Attributes:
        name: for people.
        open: called once, when the worker begins.
        kinds: kind of task -> what carries it out: payload in, JSON of the result out. It may be called again for a
            task that it did not finish; what was answered is resent without it.
        background: kinds that run in a thread of their own while the worker takes other tasks.
    """

    name: str
    open: Callable[[Node], Work]
    kinds: Mapping[str, Handler[Work]]
    background: frozenset[str] = frozenset()
