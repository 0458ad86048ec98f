"""The real platform for tests: one state folder a module, on which every test finds the platform running."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.harness import RunningPlatform
from workers.supervisor.secrets_file import free_port
from workers.supervisor.state_folder import StateFolder


@pytest.fixture(scope="module")
def module_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """A platform that is not started yet. Nothing of it outlives the module."""
    platform = RunningPlatform(StateFolder(tmp_path_factory.mktemp("platform") / "state"), free_port())
    yield platform
    platform.clean_up()


@pytest.fixture
def platform(module_platform: RunningPlatform) -> RunningPlatform:
    """The module's platform, running: started if it never was, or started again if the last test stopped it."""
    if not module_platform.runs():
        module_platform.start()
    return module_platform


@pytest.fixture
def stopped_platform(tmp_path: Path) -> Iterator[RunningPlatform]:
    """A platform of the test's own that it starts itself. Nothing of it outlives the test."""
    platform = RunningPlatform(StateFolder(tmp_path / "state"), free_port())
    yield platform
    platform.clean_up()
