"""Fixtures that start the real platform: one for tests that only use it, one for tests that kill parts of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.harness import RunningPlatform
from workers.supervisor.secrets_file import free_port
from workers.supervisor.state_folder import StateFolder


@pytest.fixture
def stopped_platform(tmp_path: Path) -> Iterator[RunningPlatform]:
    """A platform that the test starts itself. Nothing of it outlives the test."""
    platform = RunningPlatform(StateFolder(tmp_path / "state"), free_port())
    yield platform
    platform.clean_up()


@pytest.fixture
def platform(stopped_platform: RunningPlatform) -> RunningPlatform:
    """A platform of its own that serves."""
    stopped_platform.start()
    return stopped_platform
