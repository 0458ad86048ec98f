"""docker-compose.yml names nothing that the project does not have. Docker itself is not needed, and not tested."""

import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from django.conf import settings

from workers.node.roles import APPS
from workers.supervisor.commands import register
from workers.supervisor.program import Program
from workers.supervisor.programs import hub_programs
from workers.supervisor.state_folder import StateFolder

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
BUILT = sorted(name for name, service in SERVICES.items() if "build" in service)
HUB = ("migrate", "web", "coordinator", "webhooks", "audits", "beat")
NODES = ("p0", "p1", "dealer", "owner")
ORDINARY_IMAGES = {"postgres": r"postgres:18(-\w+)?", "redis": r"valkey/valkey:\d+(-\w+)?"}
READ_BY_LIBRARIES = {"OMP_NUM_THREADS", "DJANGO_SETTINGS_MODULE", "PYTHONUNBUFFERED", "PATH"}


def _dockerfile(service: str) -> list[str]:
    text = (ROOT / SERVICES[service]["build"]["dockerfile"]).read_text()
    return re.sub(r"\\\n\s*", "", text).splitlines()


def _words(service: str, instruction: str) -> list[list[str]]:
    lines = [line for line in _dockerfile(service) if line.startswith(f"{instruction} ")]
    return [shlex.split(line)[1:] for line in lines]


def _variables_that_the_code_reads() -> set[str]:
    sources = [path for room in ("backend", "workers") for path in (ROOT / room).rglob("*.py")]
    return {name for path in sources for name in re.findall(r'"([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)"', path.read_text())}


def _used_in_compose() -> set[str]:
    return set(re.findall(r"(?<!\$)\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))


def test_parts_are_those_of_primia_up_one_hospital_and_the_nodes_of_a_diagnosis():
    assert set(SERVICES) == {"postgres", "redis", *HUB, "site", *NODES}
    assert set(NODES) == set(APPS)
    for service, image in ORDINARY_IMAGES.items():
        assert re.fullmatch(image, SERVICES[service]["image"])


@pytest.mark.parametrize("service", BUILT)
def test_what_an_image_copies_exists(service: str):
    for *sources, _target in _words(service, "COPY"):
        assert sources[0].startswith("--from=") or all((ROOT / source).exists() for source in sources), sources


@pytest.mark.parametrize("service", BUILT)
def test_make_targets_of_an_image_exist(service: str):
    targets = set(re.findall(r"\bmake ([a-z]+)", "\n".join(_dockerfile(service)).replace("install -y", "")))
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert {"packages", "project"} <= targets & known


def test_hub_commands_are_those_of_primia_up(tmp_path: Path):
    ours = {program.name: program for program in hub_programs(StateFolder(tmp_path), (), 8000, {})}
    for service in HUB:
        assert _gist(SERVICES[service]["command"]) == _gist(_without_python(ours[service])), service


def _without_python(program: Program) -> list[str]:
    return list(program.command[2:]) if program.command[1] == "-m" else list(program.command)


def _gist(command: list[str]) -> tuple[set[str], str]:
    """Return a command without what the place decides: the host it listens on, the file it keeps."""
    words = [word for word in command if not word.startswith("/") and word not in ("0.0.0.0", "127.0.0.1")]  # noqa: S104
    if "migrate" in " ".join(words):
        return {"migrate"}, "migrate"
    return set(words), words[0]


def test_commands_name_modules_and_queues_that_exist():
    asgi, _, name = SERVICES["web"]["command"][1].partition(":")
    assert find_spec(asgi)
    assert f"{name} = " in (ROOT / Path(*asgi.split("."))).with_suffix(".py").read_text()
    for service in ("coordinator", "webhooks", "audits", "beat"):
        assert find_spec(SERVICES[service]["command"][2])
    assert SERVICES["coordinator"]["command"][5] == settings.CELERY_TASK_DEFAULT_QUEUE
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert {SERVICES[service]["command"][5] for service in ("webhooks", "audits")} == routed


@pytest.mark.parametrize(("service", "room"), [("site", "site"), *((node, "node") for node in NODES)])
def test_agents_command_exists(service: str, room: str):
    app = typer.Typer()
    register(app)
    assert SERVICES[service]["command"] == ["primia", room, "run"]
    found = next(group.typer_instance for group in app.registered_groups if group.typer_instance.info.name == room)
    assert "run" in {command.name or command.callback.__name__ for command in found.registered_commands}


@pytest.mark.parametrize("module", APPS.values())
def test_image_of_a_node_holds_the_room_of_every_role(module: str):
    copied = {source for *sources, _target in _words("p0", "COPY") for source in sources}
    assert "/".join(module.split(".")[:2]) in copied
    assert not any(source.startswith("backend") for source in copied)


def test_published_port_is_the_one_that_the_web_server_listens_on():
    command = SERVICES["web"]["command"]
    port = command[command.index("--port") + 1]
    assert [published.rpartition(":")[2] for published in SERVICES["web"]["ports"]] == [port]
    assert _words("web", "EXPOSE") == [[port]]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web", "p0", "p1"]
    assert all(published.startswith("127.0.0.1:") for name in SERVICES for published in SERVICES[name].get("ports", []))


def test_parties_publish_their_page_of_keys_and_nothing_else():
    for party in ("p0", "p1"):
        (published,) = SERVICES[party]["ports"]
        assert published.rpartition(":")[2] == "7100"
    assert _words("p0", "EXPOSE") == [["7000", "7100"]]


def test_volumes_are_declared_and_hold_what_the_variables_name():
    named = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert {name for name in named if not name.startswith(("$", ".", "/"))} == set(COMPOSE["volumes"])
    named_by = {
        "web": ("PRIMIA_STORAGE", "PRIMIA_HUB_IDENTITY"),
        "site": ("PRIMIA_SITE_FOLDER",),
        **dict.fromkeys(NODES, ("PRIMIA_NODE_FOLDER",)),
    }
    for service, variables in named_by.items():
        mounted = [volume.split(":")[1] for volume in SERVICES[service]["volumes"] if not volume.startswith("$")]
        assert [[mounted[0]]] == _words(service, "VOLUME")
        for variable in variables:
            assert Path(SERVICES[service]["environment"][variable]).is_relative_to(mounted[0])


def test_networks_are_declared_and_a_hospital_reaches_the_web_server_alone():
    assert {name for service in SERVICES.values() for name in service["networks"]} == set(COMPOSE["networks"])
    assert _reachable_from("site") == {"site", "web"}


def test_parties_and_dealer_reach_one_another_and_of_the_hub_the_web_server_alone():
    assert _reachable_from("owner") == {"owner", "web"}
    for node in ("p0", "p1", "dealer"):
        assert _reachable_from(node) == {"p0", "p1", "dealer", "web"}
    assert COMPOSE["networks"]["mpc"] == {"internal": True}
    assert "mpc" not in SERVICES["web"]["networks"]


def test_nodes_run_on_demand_and_share_no_volume():
    volumes = [volume.partition(":")[0] for node in NODES for volume in SERVICES[node]["volumes"]]
    assert sorted(volumes) == sorted(NODES)
    assert all(SERVICES[node]["profiles"] == ["diagnosis"] for node in NODES)


def _reachable_from(service: str) -> set[str]:
    networks = set(SERVICES[service]["networks"])
    return {name for name, other in SERVICES.items() if networks & set(other["networks"])}


@pytest.mark.parametrize("service", BUILT)
def test_every_variable_of_a_service_is_read_by_the_code(service: str):
    assert set(SERVICES[service]["environment"]) <= _variables_that_the_code_reads() | READ_BY_LIBRARIES


@pytest.mark.parametrize("service", HUB)
def test_hub_has_every_variable_that_it_cannot_do_without(service: str):
    source = (ROOT / "backend" / "config" / "settings.py").read_text()
    required = set(re.findall(r'environment\.(?:required|folder)\("(\w+)"\)', source))
    assert len(required) >= 5
    assert required <= set(SERVICES[service]["environment"])


def test_hospital_has_no_secret_of_the_hub():
    assert set(SERVICES["site"]["environment"]) == {"PRIMIA_SITE_FOLDER", "OMP_NUM_THREADS"}


@pytest.mark.parametrize("node", NODES)
def test_node_has_no_secret_of_the_hub(node: str):
    assert set(SERVICES[node]["environment"]) == {"PRIMIA_NODE_FOLDER", "OMP_NUM_THREADS"}


def test_example_file_lists_exactly_the_variables_that_are_used():
    listed = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
    assert listed == _used_in_compose()


def test_what_a_service_waits_for_exists_and_can_be_waited_for():
    for service in SERVICES.values():
        for name, terms in service.get("depends_on", {}).items():
            waited = SERVICES[name]
            assert terms["condition"] != "service_healthy" or "healthcheck" in waited
            assert terms["condition"] != "service_completed_successfully" or waited["restart"].startswith("on-failure")
