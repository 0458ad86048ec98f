"""The real platform for tests: one state folder a module, on which every test finds the platform running."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.harness import RunningPlatform, platform_in


@pytest.fixture(scope="module")
def module_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """A platform that is not started yet. Nothing of it outlives the module."""
    with platform_in(tmp_path_factory.mktemp("platform")) as platform:
        yield platform


@pytest.fixture
def platform(module_platform: RunningPlatform) -> RunningPlatform:
    """The module's platform, running."""
    module_platform.start_if_stopped()
    return module_platform


@pytest.fixture
def stopped_platform(tmp_path: Path) -> Iterator[RunningPlatform]:
    """A platform of the test's own that it starts itself. Nothing of it outlives the test."""
    with platform_in(tmp_path) as platform:
        yield platform
