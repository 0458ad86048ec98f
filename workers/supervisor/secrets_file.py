"""Ports, passwords and keys: chosen once for a state folder, kept there in one file that only its owner reads."""

import json
import os
import secrets
import socket
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

FILE_NAME = "secrets.json"
WEB_PORT = 8000


@dataclass(frozen=True)
class Secrets:
    """What the processes of one state folder share. ``repr`` shows the ports alone."""

    web_port: int
    redis_port: int
    redis_password: str = field(repr=False)
    database_password: str = field(repr=False)
    database_admin_password: str = field(repr=False)
    secret_key: str = field(repr=False)


def secrets_of(folder: Path) -> Secrets:
    """Read the folder's secrets, or choose them if it has none."""
    path = folder / FILE_NAME
    if not path.exists():
        keep(folder, _choose())
    return Secrets(**json.loads(path.read_text()))


def keep(folder: Path, secrets: Secrets) -> Secrets:
    """Write the folder's secrets and return them."""
    write_private(folder / FILE_NAME, json.dumps(asdict(secrets), indent=1))
    return secrets


def _choose() -> Secrets:
    return Secrets(
        web_port=WEB_PORT if port_is_free(WEB_PORT) else free_port(),
        redis_port=free_port(),
        redis_password=secrets.token_hex(24),
        database_password=secrets.token_hex(24),
        database_admin_password=secrets.token_hex(24),
        secret_key=secrets.token_urlsafe(48),
    )


def free_port() -> int:
    """Return a TCP port of the loopback interface that nobody uses now."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    """Say whether a server could listen on this TCP port of the loopback interface now."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def write_private(path: Path, text: str) -> None:
    """Put ``text`` at ``path`` in one step, readable and writable for the owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
