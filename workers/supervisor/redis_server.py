"""The embedded Redis: its configuration file, the process, and the address that others use."""

from dataclasses import dataclass
from pathlib import Path

from workers.supervisor.binaries import redis_program
from workers.supervisor.program import Program
from workers.supervisor.secrets_file import Secrets, write_private


@dataclass(frozen=True)
class Redis:
    """One server below ``state``, on loopback, behind a password. It writes what it is told before it says so."""

    state: Path
    secrets: Secrets
    durable: bool = True

    @property
    def folder(self) -> Path:
        return self.state.resolve() / "redis"

    @property
    def url(self) -> str:
        """Return the address in the form of ``REDIS_URL``."""
        return f"redis://:{self.secrets.redis_password}@127.0.0.1:{self.secrets.redis_port}/0"

    @property
    def need(self) -> str:
        """Return what others wait for, in the words of ``child.py``."""
        return f"tcp:127.0.0.1:{self.secrets.redis_port}"

    def prepare(self) -> None:
        """Write the configuration. The password stands in this file and not in the list of processes."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self.folder / "redis.conf", "\n".join(self._settings()) + "\n")

    def _settings(self) -> list[str]:
        return [
            "bind 127.0.0.1",
            f"port {self.secrets.redis_port}",
            f"requirepass {self.secrets.redis_password}",
            f'dir "{self.folder}"',
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
            "tcp-keepalive 60",
            "daemonize no",
            "supervised no",
        ]

    def program(self) -> Program:
        """Return the server as a process."""
        return Program(name="redis", command=(redis_program("redis-server"), str(self.folder / "redis.conf")))
