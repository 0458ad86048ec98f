"""PostgreSQL and Redis from the programs that installed packages carry, for machines that have no servers of their own.

What runs here is what runs in production; only the addresses differ. This module knows neither Django nor any row.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from workers.supervisor.postgres import Postgres
from workers.supervisor.redis_server import Redis
from workers.supervisor.running_program import running_program
from workers.supervisor.secrets_file import secrets_of

START_WITHIN_S = 60.0


@dataclass(frozen=True)
class Addresses:
    """Where the two servers are. Both addresses hold a password."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)


class EmbeddedServices:
    """The two servers of one state folder: known addresses first, processes when somebody wants them."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.secrets = secrets_of(folder)
        self.logs = folder / "logs"
        self.postgres = Postgres(folder, self.secrets, durable)
        self.redis = Redis(folder, self.secrets, durable)

    @property
    def addresses(self) -> Addresses:
        """Return the addresses, which do not depend on whether the servers run."""
        return Addresses(self.postgres.url, self.redis.url)

    @contextmanager
    def running(self) -> Iterator[Addresses]:
        """Run both servers as children of this process until the block ends.

        Raises:
            StartFailed: a server ended or did not answer within a minute; the message holds the end of its log.
        """
        self.postgres.prepare()
        self.redis.prepare()
        with ExitStack() as stack:
            servers = (self.redis, self.postgres)
            started = [stack.enter_context(running_program(server.program(), self.logs)) for server in servers]
            for server, running in zip(servers, started, strict=True):
                running.wait_for(server.need, within_s=START_WITHIN_S)
            yield self.addresses


@contextmanager
def embedded_services(folder: Path, *, durable: bool = True) -> Iterator[Addresses]:
    """Run PostgreSQL and Redis with their state in ``folder`` until the block ends, and say where they are."""
    with EmbeddedServices(folder, durable=durable).running() as addresses:
        yield addresses
