"""`primia up` with real processes: what dies comes back, a second one is refused, Ctrl-C leaves nothing behind."""

import http.client
import os
import signal
import socket
from pathlib import Path

import psycopg2
import pytest

from tests.integration.harness import RESTART_WITHIN_S, RunningPlatform, wait_for
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


def _is_healthy_again(platform: RunningPlatform) -> None:
    wait_for(lambda: _health(platform) == 200, within_s=RESTART_WITHIN_S, what=platform.output)


def test_everything_that_is_killed_comes_back(platform: RunningPlatform, record_property):
    for name in ("postgres", "redis", "web"):
        record_property(f"{name}_seconds", platform.kill(name))
        _is_healthy_again(platform)
        told = f"{name} died and was started again"
        wait_for(lambda told=told: told in platform.output(), within_s=10, what=lambda told=told: f"it says {told}")


def test_rows_outlive_a_killed_postgres(platform: RunningPlatform):
    services = EmbeddedServices(platform.state.path)
    with psycopg2.connect(services.addresses.database_url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 7 AS n")
    connection.close()
    platform.kill("postgres")
    wait_for(lambda: is_there(services.postgres.need), within_s=RESTART_WITHIN_S, what=platform.output)
    connection = psycopg2.connect(services.addresses.database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT n FROM kept")
        assert cursor.fetchone() == (7,)
    connection.close()


def test_killed_supervisord_is_started_again_with_everything_below_it(platform: RunningPlatform):
    before = platform.wait_for_process("web")
    os.kill(int(platform.state.pid_file.read_text()), signal.SIGKILL)
    platform.wait_for_process("web", other_than=before)
    _is_healthy_again(platform)
    assert "the supervisor died" in platform.output()


def test_killed_primia_up_leaves_nothing_and_a_new_one_takes_over(platform: RunningPlatform):
    assert platform.process is not None
    supervisord = int(platform.state.pid_file.read_text())
    os.kill(platform.process.pid, signal.SIGKILL)
    os.kill(supervisord, signal.SIGKILL)
    platform.process.wait()
    platform.start()
    assert _health(platform) == 200


def test_killed_primia_up_alone_stops_the_rest_in_order(platform: RunningPlatform):
    assert platform.process is not None
    os.kill(platform.process.pid, signal.SIGKILL)
    platform.process.wait()
    wait_for(lambda: not platform.left_behind(), within_s=40, what=lambda: f"gone: {platform.left_behind()}")
    log = (platform.state.logs / "postgres.log").read_text()
    assert "database system is shut down" in log


def test_second_primia_up_on_the_same_folder_is_refused(platform: RunningPlatform):
    assert platform.process is not None
    second = platform.run("up")
    assert second.returncode == 2
    assert f"process {platform.process.pid} runs the platform" in second.stderr
    assert _health(platform) == 200


def test_ctrl_c_stops_every_process_within_seconds(platform: RunningPlatform, record_property):
    assert platform.left_behind()
    seconds = platform.interrupt()
    record_property("stop_seconds", seconds)
    assert platform.process is not None
    assert platform.process.returncode == 0
    assert platform.left_behind() == []
    assert seconds < 20


def test_down_stops_what_up_started_and_then_finds_nothing(platform: RunningPlatform):
    assert platform.run("down").returncode == 0
    assert platform.left_behind() == []
    again = platform.run("down")
    assert again.returncode == 2
    assert "nothing runs on" in again.stderr


def test_status_names_every_process(platform: RunningPlatform):
    shown = platform.run("status").stdout
    for name in ("postgres", "redis", "web", "coordinator", "beat"):
        assert name in shown


def test_port_of_another_program_is_refused_by_name(stopped_platform: RunningPlatform):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = stopped_platform.run("up", "--port", str(taken.getsockname()[1]))
    assert refused.returncode == 2
    assert "another program listens on port" in refused.stderr


def test_secrets_stand_in_no_command_line(platform: RunningPlatform):
    secrets = EmbeddedServices(platform.state.path).secrets
    commands = [
        (entry / "cmdline").read_bytes().decode(errors="replace")
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and (entry / "cmdline").exists()
    ]
    for secret in (secrets.redis_password, secrets.database_password, secrets.secret_key):
        assert not [command for command in commands if secret in command]
