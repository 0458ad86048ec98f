"""What every room's tests share: servers that start when a test first needs them, data that may be demanded.

The addresses stand in the environment before Django reads its settings; the processes behind them start with the first
test that asks for the database or for `services`. A run of tests/core alone starts nothing and never imports Django.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.required import data_folder
from tests.side_by_side import pytest_collection_modifyitems, pytest_xdist_make_scheduler
from workers.supervisor.embedded import Addresses, EmbeddedServices

ROOT = Path(__file__).resolve().parents[1]
PURE = ROOT / "tests" / "core"
STATE = Path(tempfile.mkdtemp(prefix="primia-tests-"))
ONE_OF_SEVERAL = "PYTEST_XDIST_WORKER" in os.environ
OWN_SERVERS = "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ and not ONE_OF_SEVERAL
EMBEDDED = EmbeddedServices(STATE, durable=False)

__all__ = ["pytest_collection_modifyitems", "pytest_xdist_make_scheduler"]

atexit.register(shutil.rmtree, STATE, ignore_errors=True)

# How long an example takes says something about the machine and what else runs on it.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


def _point_the_settings_here() -> None:
    if not OWN_SERVERS:
        os.environ["DATABASE_URL"] = EMBEDDED.addresses.database_url
        os.environ["REDIS_URL"] = EMBEDDED.addresses.redis_url
    for variable, folder in (("PRIMIA_STORAGE", "storage"), ("PRIMIA_HUB_IDENTITY", "identity")):
        (STATE / folder).mkdir(mode=0o700, exist_ok=True)
        os.environ[variable] = str(STATE / folder)
    os.environ["PRIMIA_SECRET_KEY"] = "a key for tests, used nowhere else, long enough for the checks"
    os.environ["PRIMIA_HTTPS"] = "0"
    os.environ.setdefault("OMP_NUM_THREADS", "1")


_point_the_settings_here()


def pytest_configure(config: pytest.Config) -> None:
    """Load Django's settings before pytest-django looks for them, unless only pure tests were asked for.

    A process that only deals out tests leaves them to those that run them: each has addresses of its own.
    """
    if getattr(config.option, "numprocesses", None):
        return
    asked = [Path(argument.split("::")[0]).resolve() for argument in config.args]
    if asked and all(path.is_relative_to(PURE) for path in asked):
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = "backend.config.settings"
    from django.conf import settings

    _ = settings.DATABASES


@pytest.fixture(scope="session")
def services() -> Iterator[Addresses]:
    """PostgreSQL and Redis: the embedded ones, or those that the environment named for a single process of tests."""
    if OWN_SERVERS:
        yield Addresses(os.environ["DATABASE_URL"], os.environ["REDIS_URL"])
        return
    with EMBEDDED.running() as addresses:
        yield addresses


@pytest.fixture(scope="session")
def django_db_modify_db_settings(services: Addresses) -> None:
    """Start the servers before pytest-django makes its database; the settings already name them."""


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data, see ``required.data_folder``."""
    return data_folder()
