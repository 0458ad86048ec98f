"""Run one party over a link: carry its steps, count them, and end within a bound whatever the peers do.

The party computes in the thread of the event loop, which stands still meanwhile; what comes then waits in the buffers
of the kernel. No step begins before the last one's messages are all there, so nothing piles up.
"""

import asyncio
import time
from asyncio import Future
from collections.abc import Callable

from primia_core.mpc.errors import (
    MpcError,
    PeerFailed,
    PeerGarbage,
    PeerLost,
    PeerStalled,
    SessionError,
    TransportError,
)
from primia_core.mpc.steps import Answers, Exchange, Result, Step
from primia_core.mpc.transport.counters import Counters
from primia_core.mpc.transport.link import Link

_TELLING = (PeerFailed, SessionError, PeerGarbage, PeerLost)
"""Of several failures of one step, the first of these says most."""


async def drive(
    exchange: Exchange[Result],
    link: Link,
    counters: Counters,
    *,
    timeout_s: float,
    clock: Callable[[], float] = time.perf_counter,
) -> Result:
    """Run a party to its end over a link whose session has begun.

    Args:
        exchange: the party.
        link: its connections; left open for another run where this one succeeds.
        counters: filled step by step, also where the run fails.
        timeout_s: how long the messages of one step may take, the peers' computing before them included.
        clock: seconds, for the counters.
    Returns:
        What the party returns.
    Raises:
        PeerLost, PeerStalled, PeerGarbage, PeerFailed, SessionError: the link's, with party and step.
        anything that the party raises.
    Edge cases: whatever is raised, also a cancellation, the party is closed first, then every peer is told, and the
        link is closed, all within one second more.
    Security: peers learn the code of the error and the label of the step, never its text.
    """
    label = "start"
    answers: Answers | None = None
    try:
        while True:
            began = clock()
            try:
                step = next(exchange) if answers is None else exchange.send(answers)
            except StopIteration as end:
                counters.computed(label, clock() - began)
                return end.value  # type: ignore[no-any-return]
            label = step.label
            yielded = clock()
            counters.computed(label, yielded - began)
            answers = await _carry(step, link, timeout_s)
            counters.exchanged(step, clock() - yielded)
    except BaseException as error:
        try:
            exchange.close()
        finally:
            await link.abort(f"{_code(error)} at {label}")
        raise


async def _carry(step: Step, link: Link, timeout_s: float) -> Answers:
    """Send and await all messages of a step at once."""
    receiving: dict[int, Future[memoryview]] = {}
    sending: dict[int, Future[None]] = {}
    try:
        for peer, message in step.send.items():
            sending[peer] = link.send(peer, message)
        for peer, size in step.expect.items():
            receiving[peer] = link.receive(peer, size)
        everything: list[Future[None] | Future[memoryview]] = [*sending.values(), *receiving.values()]
        if waiting := [future for future in everything if not future.done()]:
            await asyncio.wait(waiting, timeout=timeout_s, return_when=asyncio.FIRST_EXCEPTION)
        if failures := [failure for future in everything if (failure := _failure(future)) is not None]:
            raise _placed(min(failures, key=_rank), step)
        if not all(future.done() for future in everything):
            raise _stalled(step, link, sending, receiving, timeout_s)
        return {peer: future.result() for peer, future in receiving.items()}
    finally:
        for sent in sending.values():
            sent.cancel()
        for received in receiving.values():
            received.cancel()


def _failure(future: "Future[None] | Future[memoryview]") -> BaseException | None:
    return future.exception() if future.done() and not future.cancelled() else None


def _rank(failure: BaseException) -> int:
    return next((rank for rank, kind in enumerate(_TELLING) if isinstance(failure, kind)), len(_TELLING))


def _placed(failure: BaseException, step: Step) -> BaseException:
    """Say at which step a connection failed."""
    if isinstance(failure, TransportError | SessionError):
        placed = type(failure)(f"at {step.label}: {failure}")
        placed.__cause__ = failure
        return placed
    return failure


def _stalled(
    step: Step,
    link: Link,
    sending: "dict[int, Future[None]]",
    receiving: "dict[int, Future[memoryview]]",
    timeout_s: float,
) -> PeerStalled:
    silent = [
        f"of party {peer} {link.arrived(peer)} of {step.expect[peer]} bytes have come"
        for peer, future in receiving.items()
        if not future.done()
    ]
    deaf = [
        f"party {peer} has not taken all of {memoryview(step.send[peer]).nbytes} bytes"
        for peer, future in sending.items()
        if not future.done()
    ]
    return PeerStalled(
        f"at {step.label}, after {timeout_s:g} s: {'; '.join(silent + deaf)}; "
        "see whether that party still runs, or allow more time"
    )


def _code(error: BaseException) -> str:
    return error.code if isinstance(error, MpcError) else type(error).__name__
