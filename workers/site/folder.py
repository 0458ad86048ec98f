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

import fcntl
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workers.link import LinkAddress, hub_url
from workers.link.settings_file import toml, write_private
from workers.site.errors import AlreadyRunning, FolderError, NotEnrolled
from workers.site.policy import SitePolicy

ENVIRONMENT = "PRIMIA_SITE_FOLDER"


class HubSettings(BaseModel):
    """Which hub this site belongs to; empty before it is enrolled."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = ""
    federation: str = ""
    plain_http: bool = False
    coordinator: dict[str, str] = Field(default_factory=dict, description="pinned when the site enrolled")


class DataSettings(BaseModel):
    """The site's cohort."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    csv: str = "data/cohort.csv"
    root: str = Field(default="data", description="folder that the CSV's paths are relative to")
    name: str = "Chest X-rays"
    task: str = "chest-xray-pneumonia"
    classes: tuple[str, ...]


class SiteSettings(BaseModel):
    """``site.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    site: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    name: str = Field(min_length=1, max_length=120)
    hub: HubSettings = HubSettings()
    data: DataSettings
    policy: SitePolicy = SitePolicy()


@dataclass(frozen=True)
class SiteFolder:
    """One hospital's folder."""

    path: Path

    @classmethod
    def from_environment(cls) -> "SiteFolder":
        """Return the folder that ``PRIMIA_SITE_FOLDER`` names."""
        named = os.environ.get(ENVIRONMENT)
        if not named:
            raise FolderError(f"{ENVIRONMENT} is not set; it names the folder that `primia site init` made")
        return cls(Path(named).absolute())

    @property
    def settings_file(self) -> Path:
        """Return ``site.toml``."""
        return self.path / "site.toml"

    @property
    def identity(self) -> Path:
        """Return the folder of the site's keys."""
        return self.path / "identity"

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

    def settings(self) -> SiteSettings:
        """Read ``site.toml``.

        Raises:
            FolderError: it is missing or says something it may not.
        """
        try:
            return SiteSettings.model_validate(tomllib.loads(self.settings_file.read_text()))
        except FileNotFoundError as error:
            raise FolderError(f"{self.settings_file} does not exist; make it with `primia site init`") from error
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise FolderError(f"{self.settings_file} cannot be used: {error}") from error

    def write_settings(self, settings: SiteSettings) -> None:
        """Write ``site.toml`` whole or not at all."""
        write_private(self.settings_file, toml(settings.model_dump(mode="json")).encode())

    def credential(self) -> str:
        """Return what the hub knows this site by.

        Raises:
            NotEnrolled: there is none.
        """
        try:
            return (self.path / "credential").read_text().strip()
        except FileNotFoundError:
            raise NotEnrolled("this site is not enrolled; run `primia site enrol` with a one-time token") from None

    def write_credential(self, credential: str) -> None:
        """Keep the credential, readable by its owner only."""
        write_private(self.path / "credential", credential.encode())

    def address(self) -> LinkAddress:
        """Return where the hub is and who asks.

        Raises:
            NotEnrolled: the site has no hub yet.
        """
        hub = self.settings().hub
        if not hub.url:
            raise NotEnrolled("this site has no hub; run `primia site enrol` with a one-time token")
        return LinkAddress(hub_url(hub.url, plain=hub.plain_http), self.credential())

    def data_file(self, relative: str) -> Path:
        """Return a path of ``site.toml``, relative ones counted from this folder."""
        return self.path / relative

    def claim(self) -> IO[bytes]:
        """Become the one agent of this folder until the returned file is closed or the process ends.

        Raises:
            AlreadyRunning: another process has claimed it.
        """
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (self.path / "agent.lock").open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise AlreadyRunning(f"another agent works in {self.path}; one folder has one agent") from None
        return file
