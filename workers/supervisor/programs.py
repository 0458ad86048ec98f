"""Which processes make the platform, and what each waits for: the list that `primia up` hands to its supervisor."""

import logging
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from workers.link.errors import FolderError
from workers.node.folder import NodeFolder
from workers.node.roles import worker_command
from workers.supervisor.embedded import EmbeddedServices
from workers.supervisor.hub_variables import code_variables
from workers.supervisor.postgres import Postgres
from workers.supervisor.program import Program
from workers.supervisor.redis_server import Redis
from workers.supervisor.state_folder import StateFolder

log = logging.getLogger(__name__)

MIGRATE = "migrate"
SITE_PREFIX = "site-"
NODE_PREFIX = "node-"
AGENT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
QUIET_WORKER = ("--without-gossip", "--without-mingle", "--without-heartbeat")
KEEPS_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(2**30)}
"""For whoever computes on models: glibc gives vectors of megabytes back to the kernel at each release, and getting
fresh pages for the next one costs more than most of what is done with it."""


def servers_here(services: EmbeddedServices, variables: Mapping[str, str]) -> list[Postgres | Redis]:
    """Return the servers that this platform runs itself: those that the variables do not place elsewhere."""
    places = (("DATABASE_URL", services.postgres), ("REDIS_URL", services.redis))
    return [server for variable, server in places if variables[variable] == server.url]


def hub_programs(state: StateFolder, needs: tuple[str, ...], port: int, variables: Mapping[str, str]) -> list[Program]:
    """Return the hub's own processes; ``needs`` are the servers that they wait for."""
    ready = (*needs, f"file:{state.migrated}")

    def program(name: str, *command: str, waits: tuple[str, ...] = ready, **more: str) -> Program:
        return Program(name, (sys.executable, *command), needs=waits, variables={**variables, **more})

    return [
        program(MIGRATE, "-m", "workers.supervisor.migrate", str(state.migrated), waits=needs),
        program(
            "web",
            *("-m", "uvicorn", "backend.config.asgi:application", "--host", "127.0.0.1", "--port", str(port)),
            *("--no-access-log", "--timeout-graceful-shutdown", "2"),
        ),
        program(
            "coordinator",
            *("-m", "celery", "-A", "workers.hub.app", "worker", "-Q", "coordinator"),
            *("-n", "coordinator@primia", "-l", "INFO"),
            *("--concurrency", "2", *QUIET_WORKER),
            **KEEPS_MEMORY,
        ),
        program(
            "webhooks",
            *("-m", "celery", "-A", "workers.hub.webhooks", "worker", "-Q", "webhooks"),
            *("-n", "webhooks@primia", "-l", "INFO"),
            *("--concurrency", "1", *QUIET_WORKER),
        ),
        program(
            "audits",
            *("-m", "celery", "-A", "workers.hub.audits", "worker", "-Q", "audits"),
            *("-n", "audits@primia", "-l", "INFO"),
            *("--concurrency", "1", "--max-tasks-per-child", "1", *QUIET_WORKER),
        ),
        program(
            "beat",  # it sends names of tasks; knowing the tasks would cost it 500 MB
            *("-m", "celery", "-A", "backend.config.celery", "beat", "-l", "WARNING"),
            *("--schedule", str(state.run / "beat-schedule")),
        ),
    ]


def site_programs(state: StateFolder, port: int) -> list[Program]:
    """Return an agent for each folder of an enrolled hospital."""
    folders = sorted(path.parent for path in state.sites.glob("*/site.toml"))
    return [_agent(folder, port) for folder in folders if AGENT_NAME.fullmatch(folder.name) and _is_enrolled(folder)]


def node_programs(state: StateFolder, port: int) -> list[Program]:
    """Return a worker for each folder of an enrolled node: compute parties, dealer, model owner."""
    folders = sorted(path.parent for path in state.nodes.glob("*/node.toml"))
    enrolled = [folder for folder in folders if AGENT_NAME.fullmatch(folder.name) and _is_enrolled(folder)]
    return [program for folder in enrolled if (program := _node(folder, port)) is not None]


def _is_enrolled(folder: Path) -> bool:
    return (folder / "credential").exists()


def _agent(folder: Path, port: int) -> Program:
    """One hospital's agent. It learns its own folder and nothing of the hub's: no database, no Redis, no key."""
    return Program(
        name=SITE_PREFIX + folder.name,
        command=(
            *(sys.executable, "-m", "celery", "-A", "workers.site.app", "worker", "--pool", "solo"),
            *("--concurrency", "1", *QUIET_WORKER, "-n", f"agent@{folder.name}", "-l", "INFO"),
        ),
        needs=(f"tcp:127.0.0.1:{port}",),
        niceness=5,  # training may take every core; the dashboard must not feel it
        folder=folder,
        variables={
            "PRIMIA_SITE_FOLDER": str(folder),
            "OMP_NUM_THREADS": str(site_threads()),
            **KEEPS_MEMORY,
            **code_variables(),
        },
    )


def _node(folder: Path, port: int) -> Program | None:
    """One node's worker. It learns its own folder and nothing of the hub's, nor of another node's."""
    try:
        role = NodeFolder(folder).settings().role
    except FolderError as error:
        log.warning("no worker for %s: %s", folder.name, error.message)
        return None
    return Program(
        name=NODE_PREFIX + folder.name,
        command=tuple(worker_command(role, folder.name)),
        needs=(f"tcp:127.0.0.1:{port}",),
        folder=folder,
        variables={
            "PRIMIA_NODE_FOLDER": str(folder),
            "OMP_NUM_THREADS": str(site_threads()),
            **KEEPS_MEMORY,
            **code_variables(),
        },
    )


def site_threads() -> int:
    """Return how many threads one agent computes with, so that those on one machine share its cores."""
    return int(os.environ.get("PRIMIA_SITE_THREADS") or max(1, (os.cpu_count() or 1) // 4))
