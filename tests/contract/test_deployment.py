"""Away from loopback the settings are strict without anybody asking for it."""

import os
import subprocess
import sys

CHECK = ("-m", "django", "check", "--deploy", "--fail-level", "WARNING")


def run(**changes: str) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if name != "PRIMIA_HTTPS"} | changes
    variables["PRIMIA_SECRET_KEY"] = "0123456789abcdefghijklmnopqrstuvwxyz" * 2
    return subprocess.run([sys.executable, *CHECK], env=variables, capture_output=True, text=True, timeout=60)


def test_deployment_check_has_nothing_to_warn_of_when_the_host_is_public():
    answer = run(PRIMIA_ALLOWED_HOSTS="hub.example")
    assert answer.returncode == 0, answer.stderr


def test_deployment_check_warns_when_https_is_switched_off():
    answer = run(PRIMIA_ALLOWED_HOSTS="hub.example", PRIMIA_HTTPS="0")
    assert answer.returncode == 1
    assert "SESSION_COOKIE_SECURE" in answer.stderr
