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

from pathlib import Path
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from workers.link import NODE, Realm
from workers.link.folder import AgentFolder, AgentSettings, HubSettings
from workers.node.place import Place

ENVIRONMENT = "PRIMIA_NODE_FOLDER"
RoleName = Literal["p0", "p1", "dealer", "owner"]


class NodeHubSettings(HubSettings):
    """Which hub this node belongs to, and what it is called there."""

    node: str = ""


class NodeSettings(AgentSettings):
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

    role: RoleName
    trust: Literal["pinned", "hub"] = "pinned"
    address: str = ""
    listen: str = ""
    origin: str = ""
    page: str = ""
    threads: int = Field(default=0, ge=0, le=256)
    waits_s: float = Field(default=15.0, gt=0, le=120)
    hub: NodeHubSettings = NodeHubSettings()

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


class NodeFolder(AgentFolder[NodeSettings]):
    """One node's folder."""

    realm: ClassVar[Realm] = NODE
    environment: ClassVar[str] = ENVIRONMENT
    settings_class: ClassVar[type[NodeSettings]] = NodeSettings

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
