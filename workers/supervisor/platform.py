"""The whole platform as one thing that runs: start it, add hospitals while it runs, stop it."""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from workers.supervisor.child import POLL_S
from workers.supervisor.control import Control, ProcessState
from workers.supervisor.embedded import EmbeddedServices
from workers.supervisor.errors import NotRunning, StartFailed
from workers.supervisor.hub_variables import CODE, hub_variables
from workers.supervisor.program import Program
from workers.supervisor.programs import (
    MIGRATE,
    NODE_PREFIX,
    SITE_PREFIX,
    hub_programs,
    node_programs,
    servers_here,
    site_programs,
)
from workers.supervisor.running_program import log_tail, wait_until
from workers.supervisor.secrets_file import write_private
from workers.supervisor.state_folder import StateFolder
from workers.supervisor.supervisord import start_supervisord, write_configuration

READY_WITHIN_S = 120.0
STOP_WITHIN_S = 10.0


class Platform:
    """What runs on one claimed state folder. ``running_platform`` makes, starts and stops it."""

    def __init__(self, state: StateFolder, lock: int) -> None:
        self.state, self._lock = state, lock
        services = EmbeddedServices(state.path)
        self.port = services.secrets.web_port
        self.variables = hub_variables(state, services, os.environ)
        self._servers = servers_here(services, self.variables)
        self.control = Control(state.control_socket)
        self._supervisord: subprocess.Popen[bytes] | None = None
        self.lost = threading.Event()
        """Set when the platform cannot be kept running."""

    @property
    def url(self) -> str:
        """Return the dashboard's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sites(self) -> Path:
        """Return the folder of folders: an enrolled hospital's folder put there gets its agent within seconds."""
        return self.state.sites

    @property
    def nodes(self) -> Path:
        """The same for the parties, dealer and owners of diagnosis services."""
        return self.state.nodes

    def enrolled(self) -> frozenset[str]:
        """Return the names of the agents, of hospitals and nodes, that are to run now."""
        return frozenset(program.name for program in self._agents())

    def _agents(self) -> list[Program]:
        return site_programs(self.state, self.port) + node_programs(self.state, self.port)

    def start(self) -> None:
        """Start everything and return once the dashboard serves.

        Raises:
            StartFailed: a process gave up; the message holds the end of its log.
        """
        for server in self._servers:
            server.prepare()
        self.configure()
        self.launch()
        failure = "the platform was not ready in time; see `primia logs`"
        wait_until(self._serves, within_s=READY_WITHIN_S, otherwise=lambda: failure)
        write_private(self.state.ready, json.dumps({"url": self.url, "pid": os.getpid()}))

    def launch(self) -> None:
        """Start supervisord, which starts the rest."""
        self.state.migrated.unlink(missing_ok=True)
        self._supervisord = start_supervisord(self.state, self._lock)

    def configure(self) -> None:
        """Write supervisord's configuration for the hospitals and nodes that are here now."""
        needs = tuple(server.need for server in self._servers)
        programs: list[Program] = [server.program() for server in self._servers]
        programs += hub_programs(self.state, needs, self.port, self.variables)
        programs += self._agents()
        write_configuration(self.state, programs, once=frozenset({MIGRATE}))

    def supervisor_lives(self) -> bool:
        """Say whether supervisord runs."""
        return self._supervisord is not None and self._supervisord.poll() is None

    def _serves(self) -> bool:
        if not self.supervisor_lives():
            raise StartFailed(f"supervisord ended: {log_tail(self.state.logs / 'supervisord.out')}")
        with suppress(NotRunning):  # its socket comes a moment later
            for process in self.control.processes():
                self._refuse_failed(process)
        return self.state.migrated.exists() and self._is_healthy()

    def _refuse_failed(self, process: ProcessState) -> None:
        failed = process.state == "FATAL" or (process.name == MIGRATE and process.exit_status != 0 and process.ended)
        if failed:
            tail = log_tail(self.state.logs / f"{process.name}.log")
            raise StartFailed(f"{process.name} ended with {process.exit_status}; the end of its log:\n{tail}")

    def _is_healthy(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/api/v1/health")
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """Stop everything in waves: agents, which still tell the hub, then the hub, then its servers."""
        self.state.ready.unlink(missing_ok=True)
        if not self.supervisor_lives() or self._supervisord is None:
            return
        with suppress(NotRunning):
            names = [process.name for process in self.control.processes()]
            agents = {name for name in names if name.startswith((SITE_PREFIX, NODE_PREFIX))}
            servers = {server.program().name for server in self._servers}
            self._stop_together(agents)
            self._stop_together({*names} - agents - servers)
            self._stop_together(servers)  # supervisord itself would spend a second on each process that has ended
        self._supervisord.terminate()
        try:
            self._supervisord.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._supervisord.kill()
            self._supervisord.wait()

    def _stop_together(self, names: set[str]) -> None:
        self.control.stop(names)
        deadline = time.monotonic() + STOP_WITHIN_S
        while time.monotonic() < deadline:
            if all(process.ended for process in self.control.processes() if process.name in names):
                return
            time.sleep(POLL_S)

    def manage(self, *arguments: str, **variables: str) -> str:
        """Run one of Django's management commands as the hub and return what it printed.

        Raises:
            StartFailed: it ended with another status than 0; the message holds the end of its complaint.
        """
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "django", *arguments],
            env={**os.environ, **self.variables, **variables},
            cwd=CODE,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StartFailed(f"{arguments[0]} ended with {done.returncode}: {done.stderr.strip()[-800:]}")
        return done.stdout
