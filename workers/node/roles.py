"""Which Celery app each role runs, by its module's name: those rooms build on this one, which never imports them."""

import os
import sys
from collections.abc import Mapping
from types import MappingProxyType

from workers.node.folder import RoleName

APPS: Mapping[RoleName, str] = MappingProxyType(
    {
        "p0": "workers.party.app",
        "p1": "workers.party.app",
        "dealer": "workers.dealer.app",
        "owner": "workers.owner.app",
    }
)


def worker_command(role: RoleName, name: str, *, log_level: str = "INFO") -> list[str]:
    """Return the command that runs a node's worker, to be given its folder by ``PRIMIA_NODE_FOLDER``."""
    return [
        *(sys.executable, "-m", "celery", "-A", APPS[role], "worker", "--pool", "solo", "--concurrency", "1"),
        *("-Q", f"mpc.{role}", "-n", f"{name}@{os.uname().nodename}", "-l", log_level),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]
