"""The embedded PostgreSQL: making its cluster, running it, and the address that others use. One role, one database."""

import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from workers.supervisor.binaries import postgres_program
from workers.supervisor.errors import StartFailed
from workers.supervisor.private_folder import socket_folder
from workers.supervisor.program import CHILD, Program
from workers.supervisor.secrets_file import Secrets, write_private

ROLE = DATABASE = "primia"
ADMIN = "postgres"
PORT = 5432  # names the socket's file only: nothing listens on TCP
CAREFUL = ("max_connections=100", "shared_buffers=96MB")
FAST = (*CAREFUL, "fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Postgres:
    """One cluster below ``state``. With ``durable`` off a power cut may lose it, which is what tests want."""

    state: Path
    secrets: Secrets
    durable: bool = True

    @property
    def folder(self) -> Path:
        """Everything that the server itself writes, its socket included."""
        return self.state.resolve() / "postgres"

    @property
    def sockets(self) -> Path:
        return socket_folder(self.state) / "pg"

    @property
    def socket(self) -> Path:
        return self.sockets / f".s.PGSQL.{PORT}"

    @property
    def url(self) -> str:
        """Return the address in the form of ``DATABASE_URL``: a socket's folder in place of a host."""
        return f"postgresql://{ROLE}:{self.secrets.database_password}@{quote(str(self.sockets), safe='')}/{DATABASE}"

    @property
    def need(self) -> str:
        """Return what others wait for, in the words of ``child.py``."""
        return f"postgres:{self.socket}"

    def prepare(self) -> None:
        """Make the cluster, its role and its database, unless they are there. A half-made one is made anew."""
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        data = self.folder / "data"
        if data.exists():
            return
        fresh = self.folder / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        password = self.folder / "password"
        write_private(password, self.secrets.database_admin_password)
        try:
            self._run(postgres_program("initdb"), *_initdb_options(fresh, password))
            self._run(
                postgres_program("postgres"),
                "--single",
                "-D",
                str(fresh),
                "-c",
                "fsync=off",
                ADMIN,
                text=_roles(self.secrets),
            )
        finally:
            password.unlink()
        (fresh / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        fresh.rename(data)

    def _run(self, *command: str, text: str = "") -> None:
        wrapped = [sys.executable, "-I", str(CHILD), "--not-root", str(self.folder), "--", *command]
        done = subprocess.run(wrapped, input=text, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0 or "ERROR:" in done.stderr:
            raise StartFailed(f"{Path(command[0]).name} failed with {done.returncode}: {done.stderr.strip()[-600:]}")

    def program(self) -> Program:
        """Return the server as a process: SIGINT stops it fast and clean, and it gets the same when its parent dies."""
        settings = (
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            "listen_addresses=",
            "log_destination=stderr",
            "timezone=UTC",
            *(CAREFUL if self.durable else FAST),
        )
        options = [part for setting in settings for part in ("-c", setting)]
        return Program(
            name="postgres",
            command=(postgres_program("postgres"), "-D", str(self.folder / "data"), "-p", str(PORT), *options),
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            not_root=self.folder,
        )


def _initdb_options(data: Path, password: Path) -> list[str]:
    return [
        f"--pgdata={data}",
        f"--username={ADMIN}",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]


def _roles(secrets: Secrets) -> str:
    # Tests make a database of their own beside this one, hence CREATEDB; the role is no superuser.
    return (
        f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{secrets.database_password}';\n"
        f"CREATE DATABASE {DATABASE} OWNER {ROLE};\n"
    )
