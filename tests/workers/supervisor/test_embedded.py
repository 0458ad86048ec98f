"""The embedded servers: they answer, keep what they were told, run as no root, and let nobody else in."""

import os
from pathlib import Path

import psycopg2
import pytest
import redis

from workers.supervisor.embedded import embedded_services


def _ask(database_url: str, question: str) -> object:
    connection = psycopg2.connect(database_url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def test_services_keep_rows_and_addresses_when_they_are_started_again(tmp_path: Path):
    with embedded_services(tmp_path) as first:
        _ask(first.database_url, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
        with redis.Redis.from_url(first.redis_url) as client:
            client.set("kept", "7")
    with embedded_services(tmp_path) as second:
        assert second == first
        assert _ask(second.database_url, "SELECT n FROM kept") == 7
        with redis.Redis.from_url(second.redis_url) as client:
            assert client.get("kept") == b"7"


def test_services_refuse_who_has_no_password(tmp_path: Path):
    with embedded_services(tmp_path, durable=False) as addresses:
        user, _, host = addresses.database_url.rpartition("@")
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(f"{user[:-4]}nope@{host}")
        port = addresses.redis_url.rpartition(":")[2]
        with redis.Redis.from_url(f"redis://127.0.0.1:{port}") as client, pytest.raises(redis.AuthenticationError):
            client.get("anything")


def test_state_is_closed_to_others(tmp_path: Path):
    state = tmp_path / "state"
    with embedded_services(state, durable=False):
        entries = [state, *state.iterdir(), state / "run" / "pg"]
        assert {entry.name: oct(entry.stat().st_mode & 0o077) for entry in entries if entry.is_dir()} == {
            entry.name: "0o0" for entry in entries if entry.is_dir()
        }
        assert (state / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_role_of_the_platform_is_no_superuser(tmp_path: Path):
    with embedded_services(tmp_path, durable=False) as addresses:
        assert _ask(addresses.database_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_a_long_folder_still_gets_a_socket(tmp_path: Path):
    deep = tmp_path / ("long" * 25)
    with embedded_services(deep, durable=False) as addresses:
        assert _ask(addresses.database_url, "SELECT 1") == 1


def test_addresses_show_no_password_when_printed(tmp_path: Path):
    with embedded_services(tmp_path, durable=False) as addresses:
        assert "@" not in repr(addresses)


@pytest.mark.django_db
def test_settings_point_at_the_embedded_servers():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone()[0] == "test_primia"
    assert os.environ["DATABASE_URL"].startswith("postgresql://")
