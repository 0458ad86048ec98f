"""Where things lie in a node's folder, and what its ``node.toml`` says. It opens no connection.

node.toml      role, name, trust, addresses: written by ``primia node init`` and ``enrol``, made to be edited
credential     what the hub knows this node by
identity/      its keys
node.sqlite    answers, what left, whom it trusts
ledger.sqlite  what it must never forget; in no backup
stock/         a party's correlations; in no backup
outbox/        a dealer's, until they are delivered; in no backup
services/      one folder for each service that it helps to give
calibration/   a model owner's pictures
"""

import fcntl
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workers.link import NODE, LinkAddress, hub_url
from workers.link.settings_file import toml, write_private
from workers.node.errors import AlreadyRunning, FolderError, NotEnrolled
from workers.node.place import Place

ENVIRONMENT = "PRIMIA_NODE_FOLDER"
RoleName = Literal["p0", "p1", "dealer", "owner"]


class HubSettings(BaseModel):
    """Which hub this node belongs to; empty before it is enrolled."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = ""
    node: str = ""
    federation: str = ""
    plain_http: bool = False


class NodeSettings(BaseModel):
    """``node.toml``.

    Attributes:
        trust: pinned: other nodes' keys count once a person here has confirmed their fingerprint. hub: whatever the
            hub says counts, and is written down; for trials in which one operator runs everything.
        address: host:port at which other nodes reach this one; a dealer and the first party need it.
        listen: host:port to bind instead, where the two differ.
        origin: web address at which everybody may read a party's public keys.
        page: host:port to serve them at, where that differs from the origin's.
        threads: to compute with; 0 is one.
        waits_s: how long a party waits for the other one to come to the same task.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: RoleName
    name: str = Field(min_length=1, max_length=120)
    trust: Literal["pinned", "hub"] = "pinned"
    address: str = ""
    listen: str = ""
    origin: str = ""
    page: str = ""
    threads: int = Field(default=0, ge=0, le=256)
    waits_s: float = Field(default=15.0, gt=0, le=120)
    hub: HubSettings = HubSettings()

    @property
    def queue(self) -> str:
        """Return what the node's mailbox is called."""
        return f"mpc.{self.role}"

    @property
    def door(self) -> Place:
        """Return where this node listens for other nodes."""
        return Place.parse(self.listen or self.address)

    @property
    def shown_at(self) -> Place | None:
        """Return where its keys are served, or nothing."""
        if self.page:
            return Place.parse(self.page)
        return Place.of_origin(self.origin) if self.origin else None


@dataclass(frozen=True)
class NodeFolder:
    """One node's folder."""

    path: Path

    @classmethod
    def from_environment(cls) -> "NodeFolder":
        """Return the folder that ``PRIMIA_NODE_FOLDER`` names."""
        named = os.environ.get(ENVIRONMENT)
        if not named:
            raise FolderError(f"{ENVIRONMENT} is not set; it names the folder that `primia node init` made")
        return cls(Path(named).absolute())

    @property
    def settings_file(self) -> Path:
        """Return ``node.toml``."""
        return self.path / "node.toml"

    @property
    def identity(self) -> Path:
        """Return the folder of the node's keys."""
        return self.path / "identity"

    @property
    def database(self) -> Path:
        """Return the node's database."""
        return self.path / "node.sqlite"

    @property
    def ledger(self) -> Path:
        """Return the node's ledger."""
        return self.path / "ledger.sqlite"

    @property
    def stock(self) -> Path:
        """Return the folder of a party's correlations."""
        return self.path / "stock"

    @property
    def outbox(self) -> Path:
        """Return the folder of a dealer's undelivered correlations."""
        return self.path / "outbox"

    @property
    def calibration(self) -> Path:
        """Return the folder of a model owner's pictures."""
        return self.path / "calibration"

    @property
    def services(self) -> Path:
        """Return the folder of folders of services."""
        return self.path / "services"

    def service(self, service_id: str) -> Path:
        """Return the folder of a service, whether it exists or not."""
        return self.services / str(UUID(service_id))

    def settings(self) -> NodeSettings:
        """Read ``node.toml``.

        Raises:
            FolderError: it is missing or says something it may not.
        """
        try:
            return NodeSettings.model_validate(tomllib.loads(self.settings_file.read_text()))
        except FileNotFoundError as error:
            raise FolderError(f"{self.settings_file} does not exist; make it with `primia node init`") from error
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise FolderError(f"{self.settings_file} cannot be used: {error}") from error

    def write_settings(self, settings: NodeSettings) -> None:
        """Write ``node.toml`` whole or not at all."""
        write_private(self.settings_file, toml(settings.model_dump(mode="json")).encode())

    def credential(self) -> str:
        """Return what the hub knows this node by.

        Raises:
            NotEnrolled: there is none.
        """
        try:
            return (self.path / "credential").read_text().strip()
        except FileNotFoundError:
            raise NotEnrolled("this node is not enrolled; run `primia node enrol` with a one-time token") from None

    def write_credential(self, credential: str) -> None:
        """Keep the credential, readable by its owner only."""
        write_private(self.path / "credential", credential.encode())

    def address(self) -> LinkAddress:
        """Return where the hub is and who asks.

        Raises:
            NotEnrolled: the node has no hub yet.
        """
        hub = self.settings().hub
        if not hub.url:
            raise NotEnrolled("this node has no hub; run `primia node enrol` with a one-time token")
        return LinkAddress(hub_url(hub.url, plain=hub.plain_http), self.credential(), NODE)

    def claim(self) -> IO[bytes]:
        """Become the one process of this folder until the returned file is closed or the process ends.

        Raises:
            AlreadyRunning: another process has claimed it.
        """
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (self.path / "node.lock").open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise AlreadyRunning(f"another process works in {self.path}; one folder has one node") from None
        return file
