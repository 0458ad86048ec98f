"""Read settings from the environment, and say what is missing. It does not know Django."""

import os
from pathlib import Path

from primia_core.errors import PrimiaError

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


class SettingError(PrimiaError):
    """A variable that the backend needs is absent or cannot be read."""

    code = "backend.environment"


def required(name: str) -> str:
    """Return the variable ``name``, or say that it must be set."""
    value = os.environ.get(name, "")
    if not value:
        raise SettingError(f"{name} is not set; `primia up` and docker-compose.yml set it, `primia manage` uses it")
    return value


def optional(name: str, default: str) -> str:
    """Return the variable ``name``, or ``default`` where it is absent or empty."""
    return os.environ.get(name) or default


def flag(name: str, *, default: bool) -> bool:
    """Return the variable ``name`` as a yes or no."""
    value = os.environ.get(name, "1" if default else "0").strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise SettingError(f"{name} is {value!r}; use 1 or 0")


def seconds(name: str, default: float, *, least: float) -> float:
    """Return the variable ``name`` as a number of seconds, at least ``least``."""
    given = optional(name, str(default))
    try:
        value = float(given)
    except ValueError:
        raise SettingError(f"{name} is {given!r}; give a number of seconds") from None
    if not least <= value < float("inf"):
        raise SettingError(f"{name} is {given}, the least is {least:g} seconds")
    return value


def folder(name: str) -> Path:
    """Return the variable ``name`` as an absolute path."""
    return Path(required(name)).expanduser().resolve()


def words(name: str, default: str) -> list[str]:
    """Return the comma-separated variable ``name`` as a list without empty entries."""
    return [word.strip() for word in optional(name, default).split(",") if word.strip()]
