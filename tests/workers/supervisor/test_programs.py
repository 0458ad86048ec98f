"""Which processes there are: the servers that nobody placed elsewhere, the hub, an agent for each enrolled hospital."""

import configparser
import json
import re
from pathlib import Path

import pytest

from workers.node import NodeFolder, NodeSettings
from workers.supervisor.embedded import EmbeddedServices
from workers.supervisor.hub_variables import CODE, hub_variables
from workers.supervisor.programs import KEEPS_MEMORY, hub_programs, node_programs, servers_here, site_programs
from workers.supervisor.secrets_file import secrets_of
from workers.supervisor.state_folder import StateFolder
from workers.supervisor.supervisord import write_configuration

SECRET_VARIABLES = {"DATABASE_URL", "REDIS_URL", "PRIMIA_SECRET_KEY", "PRIMIA_HUB_IDENTITY", "PRIMIA_STORAGE"}


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    folder = StateFolder(tmp_path / "state 100%")
    folder.make()
    return folder


def _enrol(state: StateFolder, name: str) -> None:
    folder = state.sites / name
    folder.mkdir()
    (folder / "site.toml").touch()
    (folder / "credential").write_text("hush")


def _enrol_node(state: StateFolder, name: str, role: str) -> NodeFolder:
    folder = NodeFolder(state.nodes / name)
    folder.path.mkdir()
    folder.write_settings(NodeSettings(role=role, name=name))
    folder.write_credential("hush")
    return folder


def test_servers_run_here_unless_a_variable_places_them_elsewhere(state: StateFolder):
    services = EmbeddedServices(state.path)
    here = servers_here(services, hub_variables(state, services, {}))
    assert [server.program().name for server in here] == ["postgres", "redis"]
    elsewhere = hub_variables(state, services, {"DATABASE_URL": "postgresql://db.example/primia"})
    assert elsewhere["DATABASE_URL"] == "postgresql://db.example/primia"
    assert [server.program().name for server in servers_here(services, elsewhere)] == ["redis"]


def test_hub_gets_every_variable_that_its_settings_read(state: StateFolder):
    source = (CODE / "backend" / "config" / "settings.py").read_text()
    read = set(re.findall(r'environment\.\w+\(\s*"(\w+)"', source))
    given = hub_variables(state, EmbeddedServices(state.path), dict.fromkeys(read, "given"))
    assert len(read) >= 9
    assert {name: given.get(name) for name in read} == dict.fromkeys(read, "given")


def test_hospitals_agent_learns_nothing_of_the_hub(state: StateFolder, monkeypatch: pytest.MonkeyPatch):
    _enrol(state, "basel")
    for name in SECRET_VARIABLES:
        monkeypatch.setenv(name, "hush")
    (agent,) = site_programs(state, 8000)
    environment = agent.environment()
    assert environment["PRIMIA_SITE_FOLDER"] == str(state.sites / "basel")
    assert not SECRET_VARIABLES & environment.keys()
    assert "hush" not in environment.values()
    assert "--not-root" not in agent.wrapped()


def test_hospital_without_a_credential_or_with_an_odd_name_gets_no_agent(state: StateFolder):
    _enrol(state, "basel")
    (state.sites / "new").mkdir()
    (state.sites / "new" / "site.toml").touch()
    _enrol(state, "No Such Slug")
    assert [program.name for program in site_programs(state, 8000)] == ["site-basel"]


def test_every_enrolled_node_has_a_worker_of_its_own_that_knows_its_folder_alone(
    state: StateFolder, monkeypatch: pytest.MonkeyPatch
):
    for name in SECRET_VARIABLES:
        monkeypatch.setenv(name, "hush")
    apps = {"p0": "workers.party.app", "p1": "workers.party.app", "dealer": "workers.dealer.app"}
    folders = {f"node-{role}": _enrol_node(state, role, role) for role in apps}
    programs = {program.name: program for program in node_programs(state, 8000)}
    assert programs.keys() == folders.keys()
    for name, program in programs.items():
        role, environment = name.removeprefix("node-"), program.environment()
        assert {apps[role], f"mpc.{role}", "solo"} <= set(program.command)
        assert environment["PRIMIA_NODE_FOLDER"] == str(folders[name].path)
        assert KEEPS_MEMORY.items() <= environment.items()
        assert not SECRET_VARIABLES & environment.keys()
        assert "hush" not in environment.values()


def test_node_without_a_credential_gets_no_worker(state: StateFolder):
    (_enrol_node(state, "p0", "p0").path / "credential").unlink()
    assert node_programs(state, 8000) == []


def test_node_whose_settings_cannot_be_read_stops_nobody_else(state: StateFolder):
    _enrol_node(state, "p0", "p0")
    _enrol_node(state, "p1", "p1").settings_file.write_text("role = 3")
    assert [program.name for program in node_programs(state, 8000)] == ["node-p0"]


def test_configuration_can_be_read_back_and_holds_no_secret(state: StateFolder):
    services = EmbeddedServices(state.path)
    variables = hub_variables(state, services, {})
    programs = [*hub_programs(state, (), 8000, variables), services.postgres.program(), services.redis.program()]
    write_configuration(state, programs)
    text = state.configuration.read_text()
    parser = configparser.RawConfigParser(inline_comment_prefixes=(" ;", "\t;"))
    parser.read_string(text)
    assert {f"program:{program.name}" for program in programs} <= set(parser.sections())
    secrets = secrets_of(state.path)
    for secret in (secrets.database_password, secrets.redis_password, secrets.secret_key):
        assert secret not in text
    kept = state.run / "env" / "web.json"
    assert json.loads(kept.read_text())["DATABASE_URL"] == variables["DATABASE_URL"]
    assert kept.stat().st_mode & 0o777 == 0o600
