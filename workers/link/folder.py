"""What the folder of every agent has: settings that people edit, the hub's credential, and one process at a time.

It opens no connection. What else lies there, and what the settings say, is in ``site.folder`` and ``node.folder``.
"""

import fcntl
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workers.link.address import LinkAddress, hub_url
from workers.link.errors import AlreadyRunning, FolderError, NotEnrolled
from workers.link.realm import Realm
from workers.link.settings_file import toml, write_private


class HubSettings(BaseModel):
    """Which hub an agent belongs to; empty before it is enrolled."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = ""
    federation: str = ""
    plain_http: bool = False


class AgentSettings(BaseModel):
    """What the settings of every agent say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=120)
    hub: HubSettings = HubSettings()


Settings = TypeVar("Settings", bound=AgentSettings)


@dataclass(frozen=True)
class AgentFolder(Generic[Settings]):
    """One agent's folder.

    Attributes:
        realm: whose folder it is; the settings' file and the command that makes it are called after it.
        environment: the variable that names the folder to the agent's process.
        settings_class: what the settings are read as.
    """

    realm: ClassVar[Realm]
    environment: ClassVar[str]
    settings_class: ClassVar[type[Any]]

    path: Path

    @classmethod
    def from_environment(cls) -> Self:
        """Return the folder that the environment names."""
        named = os.environ.get(cls.environment)
        if not named:
            made = f"the folder that `primia {cls.realm.name} init` made"
            raise FolderError(f"{cls.environment} is not set; it names {made}")
        return cls(Path(named).absolute())

    @property
    def settings_file(self) -> Path:
        """Return the file of the settings."""
        return self.path / f"{self.realm.name}.toml"

    @property
    def identity(self) -> Path:
        """Return the folder of the agent's keys."""
        return self.path / "identity"

    def settings(self) -> Settings:
        """Read the settings.

        Raises:
            FolderError: their file is missing or says something it may not.
        """
        try:
            settings: Settings = self.settings_class.model_validate(tomllib.loads(self.settings_file.read_text()))
        except FileNotFoundError as error:
            raise FolderError(
                f"{self.settings_file} does not exist; make it with `primia {self.realm.name} init`"
            ) from error
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise FolderError(f"{self.settings_file} cannot be used: {error}") from error
        return settings

    def write_settings(self, settings: Settings) -> None:
        """Write the settings whole or not at all."""
        write_private(self.settings_file, toml(settings.model_dump(mode="json")).encode())

    def credential(self) -> str:
        """Return what the hub knows this agent by.

        Raises:
            NotEnrolled: there is none.
        """
        try:
            return (self.path / "credential").read_text().strip()
        except FileNotFoundError:
            raise self._not_enrolled("is not enrolled") from None

    def write_credential(self, credential: str) -> None:
        """Keep the credential, readable by its owner only."""
        write_private(self.path / "credential", credential.encode())

    def address(self) -> LinkAddress:
        """Return where the hub is and who asks.

        Raises:
            NotEnrolled: the agent has no hub yet.
        """
        hub = self.settings().hub
        if not hub.url:
            raise self._not_enrolled("has no hub")
        return LinkAddress(hub_url(hub.url, plain=hub.plain_http), self.credential(), self.realm)

    def claim(self) -> IO[bytes]:
        """Become the one process of this folder until the returned file is closed or the process ends.

        Raises:
            AlreadyRunning: another process has claimed it.
        """
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (self.path / "agent.lock").open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise AlreadyRunning(f"another process works in {self.path}; one folder has one agent") from None
        return file

    def _not_enrolled(self, what: str) -> NotEnrolled:
        who = self.realm.name
        return NotEnrolled(f"this {who} {what}; run `primia {who} enrol` with a one-time token")
