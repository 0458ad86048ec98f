"""A process that carries out orders, and the end of the pipe from which they come. Knows no order's meaning."""

import multiprocessing
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from primia_core.errors import PrimiaError
from primia_core.mpc.errors import PeerFailed, PeerLost, PeerStalled
from primia_core.mpc.local.orders import Failed, Order, Reply, Stop

GRACE_S = 5.0
"""How long a process may take to end when it is told to."""

Entry = Callable[..., None]


class Process:
    """A child process and the pipe to it.

    Args:
        name: for people and errors.
        entry: what it runs, importable; it is called with its end of the pipe and ``arguments``.
    """

    def __init__(self, name: str, entry: Entry, *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self.name = name
        self._pipe, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(target=entry, args=(theirs, *arguments), name=name, daemon=True)
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int | None:
        """Return the process number."""
        return self._process.pid

    def order(self, order: Order) -> None:
        """Give an order without waiting for the answer."""
        try:
            self._pipe.send(order)
        except OSError as error:
            raise self._lost() from error

    def answer(self, *, within_s: float) -> Any:
        """Return the answer to the order before.

        Raises:
            PeerFailed: the process could not carry it out, and says why.
            PeerLost: it has ended.
            PeerStalled: it does not answer in time.
        """
        ready = wait([self._pipe, self._process.sentinel], timeout=within_s)
        if not ready:
            raise PeerStalled(f"{self.name} gives no answer within {within_s:g} s; see whether it still computes")
        try:
            reply: Reply = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise self._lost() from error
        if isinstance(reply, Failed):
            raise PeerFailed(f"{self.name}: {reply.message} [{reply.code}]")
        return reply

    def kill(self) -> None:
        """End the process at once, as a power cut would."""
        self._process.kill()
        self._process.join()

    def stop(self) -> None:
        """Let the process end, or end it."""
        with suppress(OSError):  # it may have ended already
            self._pipe.send(Stop())
        self._process.join(GRACE_S)
        if self._process.is_alive():
            self.kill()
        self._pipe.close()
        self._process.close()

    def _lost(self) -> PeerLost:
        self._process.join(GRACE_S)
        return PeerLost(f"{self.name} has ended with exit code {self._process.exitcode}; see its own output")


def serve(pipe: Connection, carry_out: Callable[[Order], Reply]) -> None:
    """Carry out orders until told to stop, or until nobody is left to give any. Runs in the child."""
    while True:
        try:
            order = pipe.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        if isinstance(order, Stop):
            return
        try:
            reply = carry_out(order)
        except PrimiaError as error:
            reply = Failed(error.code, error.message)
        except KeyboardInterrupt:
            return
        try:
            pipe.send(reply)
        except OSError:
            return


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Return how long ago it was made."""
        return time.perf_counter() - self._began
