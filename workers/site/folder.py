"""Where things lie in a hospital's folder, and what its ``site.toml`` says. It reads no images and opens no connection.

site.toml     name, hub, data, policy: written by ``primia site init`` and ``enrol``, made to be edited
credential    what the hub knows this site by
identity/     the site's keys
data/         cohort.csv (the images stay where the hospital keeps them)
site.db       approvals, sessions, ledger, outbox, journal
cache/        decoded pixels, weights, blobs; may be deleted while no job runs
audits/       what attacks made of this site's own images: pages that stay here
dataset/      the PySyft dataset: mock images and the private manifest
"""

from pathlib import Path
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from workers.link import SITE, Realm
from workers.link.folder import AgentFolder, AgentSettings, HubSettings
from workers.site.policy import SitePolicy

ENVIRONMENT = "PRIMIA_SITE_FOLDER"
SHORT_NAME: Final = r"[a-z0-9][a-z0-9-]{0,63}"


class SiteHubSettings(HubSettings):
    """Which hub this site belongs to, and whose sums it accepts."""

    coordinator: dict[str, str] = Field(default_factory=dict, description="pinned when the site enrolled")


class DataSettings(BaseModel):
    """The site's cohort."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    csv: str = "data/cohort.csv"
    root: str = Field(default="data", description="folder that the CSV's paths are relative to")
    name: str = "Chest X-rays"
    task: str = "chest-xray-pneumonia"
    classes: tuple[str, ...]


class SiteSettings(AgentSettings):
    """``site.toml``."""

    site: str = Field(pattern=f"^{SHORT_NAME}$")
    hub: SiteHubSettings = SiteHubSettings()
    data: DataSettings
    policy: SitePolicy = SitePolicy()


class SiteFolder(AgentFolder[SiteSettings]):
    """One hospital's folder."""

    realm: ClassVar[Realm] = SITE
    environment: ClassVar[str] = ENVIRONMENT
    settings_class: ClassVar[type[SiteSettings]] = SiteSettings

    @property
    def database(self) -> Path:
        """Return the site's database."""
        return self.path / "site.db"

    @property
    def blobs(self) -> Path:
        """Return the folder of downloaded blobs and of those to be sent."""
        return self.path / "cache" / "blobs"

    @property
    def weights(self) -> Path:
        """Return the folder of global weights by their hash."""
        return self.path / "cache" / "weights"

    @property
    def pixels(self) -> Path:
        """Return the folder of decoded cohorts."""
        return self.path / "cache" / "pixels"

    @property
    def local(self) -> Path:
        """Return the folder of answers and layers that are in work."""
        return self.path / "work"

    @property
    def audits(self) -> Path:
        """Return the folder of what attacks made of this site's own images; nothing sends it."""
        return self.path / "audits"

    @property
    def dataset(self) -> Path:
        """Return the folder of the PySyft dataset."""
        return self.path / "dataset"

    def data_file(self, relative: str) -> Path:
        """Return a path of ``site.toml``, relative ones counted from this folder."""
        return self.path / relative
