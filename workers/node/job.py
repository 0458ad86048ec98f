"""One task at hand, as its role sees it: who it is, how far it is, and the sealed blobs that belong to it."""

from collections.abc import Callable
from typing import Any, TypeVar

from primia_core.errors import PrimiaError
from workers.link import LeasedTask, LeaseKeeper
from workers.link.errors import HubRefused
from workers.link.patience import patiently
from workers.node.node import Node

PATIENCE_S = 60.0

Got = TypeVar("Got")


class GiveBack(PrimiaError):
    """Somebody else must move first: let the hub deliver the task again."""

    code = "node.give_back"


class Job:
    """A delivery, its lease, and the node that works on it."""

    def __init__(self, node: Node, delivery: LeasedTask, lease: LeaseKeeper) -> None:
        self._node, self.lease = node, lease
        self.id, self.kind, self.deliveries = delivery.id, delivery.kind, delivery.deliveries
        self.later: list[Callable[[], None]] = []

    def phase(self, name: str, done: int | None = None, total: int | None = None) -> None:
        """Tell the hub how far the task is."""
        self.lease.progress(name, done, total)

    def check(self) -> None:
        """Raise when the task is lost, cancelled, or this worker is stopping."""
        self.lease.check()

    def should_stop(self) -> bool:
        """Say whether ``check`` would raise."""
        return self.lease.should_stop()

    def afterwards(self, call: Callable[[], None]) -> None:
        """Have something done once the hub has the answer, before the next task is taken."""
        self.later.append(call)

    def put_blob(self, content: bytes, *, reader: str) -> dict[str, Any]:
        """Leave a sealed blob for the node in the role ``reader``, and return its id, hash and size."""
        self._node.journal.blob(f"blob for {reader}", content, task=self.id)
        return self._patiently(lambda: self._node.link.put_blob(self.id, content, reader=reader))

    def get_blob(self, blob: str) -> bytes:
        """Return a sealed blob that is addressed to this node."""
        return self._patiently(lambda: self._node.link.get_blob(blob))

    def delete_blob(self, blob: str) -> None:
        """Say that a blob has been read; one that is gone already is no error."""
        try:
            self._patiently(lambda: self._node.link.delete_blob(blob))
        except HubRefused as error:
            if error.status != 404:  # a redelivery: it was deleted the first time
                raise

    def _patiently(self, call: Callable[[], Got]) -> Got:
        return patiently(call, for_s=PATIENCE_S, stop=self.should_stop)
