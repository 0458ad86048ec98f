"""`primia up` with real processes: what dies comes back, a second one is refused, Ctrl-C leaves nothing behind."""

import http.client
import json
import os
import signal
import socket

import psycopg2
import pytest

from tests.integration.harness import RESTART_WITHIN_S, RunningPlatform, all_processes, wait_for
from workers.site.folder import DataSettings, SiteFolder, SiteSettings
from workers.supervisor.child import is_there
from workers.supervisor.embedded import EmbeddedServices

pytestmark = [pytest.mark.platform, pytest.mark.slow]


def _health(platform: RunningPlatform) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", platform.port, timeout=10)
    try:
        connection.request("GET", "/api/v1/health")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def _ask(services: EmbeddedServices, question: str) -> list[tuple]:
    connection = psycopg2.connect(services.addresses.database_url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def _is_healthy_again(platform: RunningPlatform) -> None:
    wait_for(lambda: _health(platform) == 200, within_s=RESTART_WITHIN_S, what=platform.output)


def test_everything_that_is_killed_comes_back(platform: RunningPlatform, record_property):
    for name in ("postgres", "redis", "web", "coordinator", "webhooks", "audits", "beat"):
        record_property(f"{name}_seconds", platform.kill(name))
        _is_healthy_again(platform)
        told = f"{name} died and was started again"
        wait_for(lambda told=told: told in platform.output(), within_s=10, what=lambda told=told: f"it says {told}")


def test_rows_outlive_a_killed_postgres(platform: RunningPlatform):
    services = EmbeddedServices(platform.state.path)
    _ask(services, "CREATE TABLE kept AS SELECT 7 AS n")
    platform.kill("postgres")
    wait_for(lambda: is_there(services.postgres.need), within_s=RESTART_WITHIN_S, what=platform.output)
    assert _ask(services, "SELECT n FROM kept") == [(7,)]


def test_second_primia_up_on_the_same_folder_is_refused(platform: RunningPlatform):
    assert platform.process is not None
    second = platform.run("up")
    assert second.returncode == 2
    assert f"process {platform.process.pid} runs the platform" in second.stderr
    assert _health(platform) == 200


def test_status_names_every_process(platform: RunningPlatform):
    shown = json.loads(platform.run("status", "--json").stdout)
    assert {"postgres", "redis", "migrate", "web", "coordinator", "webhooks", "audits", "beat"} == {
        process["name"] for process in shown
    }


def test_secrets_stand_in_no_command_line(platform: RunningPlatform):
    secrets = EmbeddedServices(platform.state.path).secrets
    commands = [words.partition("\n")[0] for _, words in all_processes()]
    assert any("uvicorn" in command for command in commands)
    for secret in (secrets.redis_password, secrets.database_password, secrets.secret_key):
        assert not [command for command in commands if secret in command]


def test_hospital_gets_its_agent_while_the_platform_runs_and_loses_it_with_its_credential(platform: RunningPlatform):
    folder = SiteFolder(platform.state.sites / "nowhere")
    folder.path.mkdir()
    folder.write_settings(SiteSettings(site="nowhere", name="Nowhere", data=DataSettings(classes=("a", "b"))))
    folder.write_credential("known to nobody")
    wait_for(lambda: platform.process_of("site-nowhere") is not None, within_s=20, what=platform.output)
    assert platform.wait_for_process("web")
    (folder.path / "credential").unlink()
    wait_for(lambda: platform.process_of("site-nowhere") is None, within_s=30, what=platform.output)
    assert "site-nowhere is gone and was stopped" in platform.output()


def test_killed_supervisord_is_started_again_with_everything_below_it(platform: RunningPlatform):
    before = platform.wait_for_process("web")
    os.kill(int(platform.state.pid_file.read_text()), signal.SIGKILL)
    platform.wait_for_process("web", other_than=before)
    _is_healthy_again(platform)
    assert "the supervisor died" in platform.output()


def test_after_both_supervisors_were_killed_a_new_primia_up_takes_over(platform: RunningPlatform):
    assert platform.process is not None
    supervisord = int(platform.state.pid_file.read_text())
    platform.process.kill()
    os.kill(supervisord, signal.SIGKILL)
    platform.process.wait()
    platform.start()
    assert _health(platform) == 200


def test_killed_primia_up_alone_stops_the_rest_in_order(platform: RunningPlatform):
    assert platform.process is not None
    platform.process.kill()
    platform.process.wait()
    wait_for(lambda: not platform.left_behind(), within_s=40, what=lambda: f"gone: {platform.left_behind()}")
    assert "database system is shut down" in (platform.state.logs / "postgres.log").read_text()[-400:]


def test_ctrl_c_stops_every_process_within_seconds(platform: RunningPlatform, record_property):
    assert platform.left_behind()
    seconds = platform.interrupt()
    record_property("stop_seconds", seconds)
    assert platform.process is not None
    assert platform.process.returncode == 0
    assert platform.left_behind() == []
    assert seconds < 20
    ended = (platform.state.logs / "supervisord.log").read_text().rpartition("received SIGTERM")[2]
    assert "waiting for" not in ended, "supervisord had something left to stop, which takes it seconds"


def test_up_detached_serves_until_down_which_then_finds_nothing(module_platform: RunningPlatform):
    assert not module_platform.runs()
    up = module_platform.run("up", "--detach")
    assert (up.returncode, up.stderr) == (0, "")
    assert module_platform.url in up.stdout
    assert _health(module_platform) == 200
    assert module_platform.run("down").returncode == 0
    assert module_platform.left_behind() == []
    again = module_platform.run("down")
    assert again.returncode == 2
    assert "nothing runs on" in again.stderr


def test_port_of_another_program_is_refused_by_name(stopped_platform: RunningPlatform):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = stopped_platform.run("up", "--port", str(port))
    assert refused.returncode == 2
    assert f"another program listens on port {port}" in refused.stderr


def test_failed_migration_is_told_with_its_log(stopped_platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PRIMIA_DEBUG", "neither yes nor no")
    refused = stopped_platform.run("up")
    assert refused.returncode == 2
    assert "migrate ended with 1" in refused.stderr
    assert "PRIMIA_DEBUG" in refused.stderr
    assert stopped_platform.left_behind() == []
