"""What every agent's folder has, seen at a hospital's and at a node's."""

import subprocess
import sys
from pathlib import Path

import pytest

from workers.link import NODE, SITE
from workers.link.errors import AlreadyRunning, FolderError, NotEnrolled
from workers.link.folder import AgentFolder
from workers.node.folder import NodeFolder, NodeHubSettings, NodeSettings
from workers.site.folder import DataSettings, SiteFolder, SiteHubSettings, SiteSettings

HUB = {"url": "http://127.0.0.1:8000/", "federation": "alpine"}
CLAIM = "import sys; from pathlib import Path; from {0} import {1}; {1}(Path(sys.argv[1])).claim()"


def settings_of(folder: AgentFolder) -> NodeSettings | SiteSettings:
    """Return settings as an enrolled agent has them."""
    if isinstance(folder, NodeFolder):
        return NodeSettings(role="p1", name="South", hub=NodeHubSettings(**HUB, node="p1-1"))
    return SiteSettings(site="basel", name="Basel", hub=SiteHubSettings(**HUB), data=DataSettings(classes=("a", "b")))


@pytest.fixture(params=[SiteFolder, NodeFolder])
def folder(request, tmp_path):
    """Return a folder of each kind, with its settings written."""
    folder = request.param(tmp_path / "agent")
    folder.write_settings(settings_of(folder))
    return folder


def test_settings_come_back_as_they_were_written_and_are_private(folder):
    assert folder.settings() == settings_of(folder)
    assert folder.settings_file.name == f"{folder.realm.name}.toml"
    assert folder.settings_file.stat().st_mode & 0o077 == 0


def test_a_word_that_nobody_knows_is_refused_by_name(folder):
    folder.settings_file.write_text(folder.settings_file.read_text().replace("plain_http", "plain_https"))
    with pytest.raises(FolderError, match="plain_https"):
        folder.settings()


def test_a_missing_file_says_how_it_is_made(folder):
    folder.settings_file.unlink()
    with pytest.raises(FolderError, match=f"primia {folder.realm.name} init"):
        folder.settings()


def test_an_agent_without_hub_or_credential_is_told_to_enrol(folder):
    hint = f"primia {folder.realm.name} enrol"
    with pytest.raises(NotEnrolled, match=hint):
        folder.address()
    folder.write_credential("secret")
    settings = folder.settings()
    folder.write_settings(settings.model_copy(update={"hub": type(settings.hub)()}))
    with pytest.raises(NotEnrolled, match=hint):
        folder.address()


def test_the_address_has_the_credential_and_the_realm_and_never_shows_the_first(folder):
    folder.write_credential("secret\n")
    address = folder.address()
    assert (address.credential, address.realm) == ("secret", NODE if isinstance(folder, NodeFolder) else SITE)
    assert "secret" not in repr(address) + repr(folder)
    assert (folder.path / "credential").stat().st_mode & 0o077 == 0


def test_the_environment_names_the_folder(folder, monkeypatch):
    monkeypatch.delenv(folder.environment, raising=False)
    with pytest.raises(FolderError, match=folder.environment):
        type(folder).from_environment()
    monkeypatch.setenv(folder.environment, str(folder.path))
    assert type(folder).from_environment() == folder


def test_a_folder_has_one_process_until_that_one_ends(folder):
    kind = type(folder)
    claims = [sys.executable, "-c", CLAIM.format(kind.__module__, kind.__name__), str(folder.path)]
    root = Path(__file__).parents[3]
    with folder.claim():
        with pytest.raises(AlreadyRunning, match="one folder has one agent"):
            folder.claim()
        other = subprocess.run(claims, capture_output=True, text=True, check=False, cwd=root)
        assert "AlreadyRunning" in other.stderr
    assert subprocess.run(claims, check=False, cwd=root).returncode == 0
