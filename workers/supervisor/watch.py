"""What is watched while the platform runs: processes that die, hospitals that come and go, the supervisor itself."""

import threading
import time
from collections.abc import Callable

from primia_core.errors import PrimiaError
from workers.supervisor.control import ProcessState
from workers.supervisor.errors import NotRunning, StartFailed
from workers.supervisor.platform import Platform

TICK_S = 0.5
FATAL_PAUSE_S = 20.0
SHORTEST_LIFE_S = 5.0


class Watch:
    """One look at the platform after another. It restarts what supervisord gave up, and supervisord."""

    def __init__(self, platform: Platform, say: Callable[[str], None]) -> None:
        self._platform, self._say = platform, say
        self._enrolled: frozenset[str] = frozenset()
        self._pids: dict[str, int] = {}
        self._given_up: dict[str, float] = {}
        self._launched = time.monotonic()
        self._resting, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Look twice a second from now on, in a thread of its own."""
        self._enrolled = self._platform.enrolled()
        self.look()
        self._thread.start()

    def rest(self) -> None:
        """Look no more. A supervisor that this thread started lives on: the kernel ties it to the thread."""
        self._resting.set()

    def end(self) -> None:
        """End the thread, and with it what it started."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._resting.wait(TICK_S):
                self.look()
        except PrimiaError as error:
            self._say(error.message)
        finally:
            if not self._resting.is_set():
                self._platform.lost.set()
        self._ended.wait()

    def look(self) -> None:
        """Compare with the last look, act, and tell.

        Raises:
            StartFailed: supervisord ends as soon as it is started.
        """
        if not self._platform.supervisor_lives():
            self._relaunch()
            return
        try:
            if (enrolled := self._platform.enrolled()) != self._enrolled:
                self._follow(enrolled)
            for process in self._platform.control.processes():
                self._compare(process)
        except NotRunning:
            return  # between two supervisors; the next look knows more

    def _relaunch(self) -> None:
        if time.monotonic() - self._launched < SHORTEST_LIFE_S:
            raise StartFailed("supervisord ends as soon as it is started; see logs/supervisord.log")
        self._say("the supervisor died; it and everything below it is started again")
        self._launched = time.monotonic()
        self._pids.clear()
        self._platform.launch()

    def _follow(self, enrolled: frozenset[str]) -> None:
        self._platform.configure()
        started, stopped = self._platform.control.update()
        self._enrolled = enrolled
        for name in started:
            self._say(f"{name} is new and was started")
        for name in stopped:
            self._say(f"{name} is gone and was stopped")

    def _compare(self, process: ProcessState) -> None:
        name, before = process.name, self._pids.get(process.name)
        if process.pid and before and process.pid != before:
            self._say(f"{name} died and was started again")
        if process.pid:
            self._pids[name] = process.pid
        if process.state != "FATAL":
            self._given_up.pop(name, None)
        elif name not in self._given_up:
            self._given_up[name] = time.monotonic()
            self._say(f"{name} keeps failing; see `primia logs {name}`. It is tried again every {FATAL_PAUSE_S:.0f} s")
        elif time.monotonic() - self._given_up[name] > FATAL_PAUSE_S:
            self._given_up[name] = time.monotonic()
            self._platform.control.start(name)
