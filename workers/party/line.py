"""The line to the other party: mutual TLS with pinned certificates, kept open between tasks, made again when it broke.

It carries exchanges and knows none of them. All of it happens in the thread that runs tasks.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, Final, TypeVar

from primia_core.errors import PrimiaError
from primia_core.mpc.errors import SessionError, TransportError
from primia_core.mpc.steps import Exchange
from primia_core.mpc.transport.counters import Counters
from primia_core.mpc.transport.drive import drive
from primia_core.mpc.transport.link import Link
from primia_core.mpc.transport.mesh import connect_mesh
from primia_core.mpc.transport.tls import Certificate, Identity, Pinned
from workers.node.job import GiveBack, Job
from workers.node.place import Place
from workers.party.errors import PeerAbsent
from workers.party.meeting import Met, Task, meet

log = logging.getLogger(__name__)

MEETING: Final = b"primia party meeting"
LOOK_S = 0.2
"""How often a waiting party looks whether its task is still wanted."""
SHORTEST_S = 0.05

Result = TypeVar("Result")


class Line:
    """One party's line to its peer.

    Args:
        party: this party's number; party 0 listens at its own place, party 1 dials.
        places: of both parties.
        meeting_s: how long to wait for the peer to come to the same task.
        step_s: how long the messages of one step may take.
    """

    def __init__(
        self,
        party: int,
        identity: Identity,
        peer: Certificate,
        places: tuple[Place, Place],
        *,
        meeting_s: float = 15.0,
        step_s: float = 30.0,
    ) -> None:
        self._party, self._places = party, places
        self._security = Pinned(identity, {1 - party: peer})
        self._meeting_s, self._step_s = meeting_s, step_s
        self._loop = asyncio.new_event_loop()
        self._link: Link | None = None

    def close(self) -> None:
        """Hang up."""
        if self._link is not None:
            self._loop.run_until_complete(self._link.close())
            self._link = None
        self._loop.close()

    def meet(self, task: Task, job: Job) -> Met:
        """Wait until the peer is at the same task.

        Raises:
            GiveBack: the peer is at one that comes first.
            PeerAbsent: it did not come in time.
            TaskStopped: this task is not wanted any more.
        """
        return self._run(self._meet(task), job)

    def exchange(self, exchange: Exchange[Result], session: bytes, job: Job | None = None) -> Result:
        """Carry an exchange of both parties, who have met.

        Args:
            session: the same at both; frames of another one are refused.
            job: looked at meanwhile; without one, nothing but the time ends the exchange.
        Raises:
            TransportError, SessionError: the line broke, or the peer gave up. It is closed then.
            TaskStopped: this task is not wanted any more; the peer is told that this party gives up.
        """
        return self._run(self._carry(exchange, session, self._step_s), job)

    @contextmanager
    def together(self, *alike: type[PrimiaError]) -> Iterator[None]:
        """Hang up when the block fails, so that the peer does not wait for a party that has given up.

        Args:
            alike: what both parties raise at the same place; the line stays open then.
        """
        try:
            yield
        except alike:
            raise
        except BaseException as error:
            if self._link is not None:
                code = error.code if isinstance(error, PrimiaError) else type(error).__name__
                self._loop.run_until_complete(self._link.abort(f"{code} between exchanges"))
                self._link = None
            raise

    async def _meet(self, task: Task) -> Met:
        deadline = monotonic() + self._meeting_s
        busy = False
        while (left := deadline - monotonic()) > SHORTEST_S:
            try:
                if self._link is None:
                    self._link = await self._connect(left)
                met = await self._carry(meet(self._party, task), MEETING, max(deadline - monotonic(), SHORTEST_S))
            except (TransportError, SessionError) as error:
                log.info("%s %s: %s", task.kind, task.subject, error.message)
                busy = False
                await asyncio.sleep(SHORTEST_S)
                continue
            if met.same:
                return met
            busy = True
            if not met.first:
                await asyncio.sleep(LOOK_S)  # the hub is not to hear of it a hundred times
                raise GiveBack(f"party {1 - self._party} is at a task that comes before {task.kind} {task.subject}")
        does = "was at another task for" if busy else "did not come within"
        raise PeerAbsent(
            f"P{1 - self._party} {does} {self._meeting_s:g} s; see that it runs and reaches this party, then try again"
        )

    async def _connect(self, within_s: float) -> Link:
        addresses = {number: (place.host, place.port) for number, place in enumerate(self._places)}
        return await connect_mesh(self._party, addresses, self._security, within_s=within_s)

    async def _carry(self, exchange: Exchange[Result], session: bytes, step_s: float) -> Result:
        link = self._link
        if link is None:
            raise SessionError("the line to the other party is closed; meet again")
        link.begin(session)
        try:
            return await drive(exchange, link, Counters(), timeout_s=step_s)
        except BaseException:
            self._link = None  # drive has told the peer and closed it
            raise

    def _run(self, work: Coroutine[Any, Any, Result], job: Job | None) -> Result:
        should_stop = job.should_stop if job is not None else lambda: False
        result = self._loop.run_until_complete(_watched(work, should_stop))
        if isinstance(result, _Stopped):
            assert job is not None
            job.check()
            raise SessionError("a task was to stop, and is not any more; take it again")
        return result


class _Stopped:
    """The task was not wanted any more."""


async def _watched(work: Coroutine[Any, Any, Result], should_stop: Callable[[], bool]) -> Result | _Stopped:
    """Do something, and end it as soon as it is not wanted."""
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait({task}, timeout=LOOK_S)
        if not task.done() and should_stop():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            return _Stopped()
    return task.result()
