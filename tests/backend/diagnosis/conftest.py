"""A federation with four nodes that speak the real node link.

Django's settings are read after this file, so whatever needs them is imported inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

    from tests.backend.diagnosis.stage import Stage


@pytest.fixture
def stage(transactional_db: None, settings: SettingsWrapper, tmp_path: Path) -> Iterator[Stage]:
    """Return a federation with a published model version, and its four nodes, enrolled and confirmed."""
    from tests.backend.diagnosis.stage import Stage
    from tests.backend.link.server import link_server

    settings.PRIMIA_STORAGE = tmp_path / "storage"
    with link_server() as address, Stage(address) as stage:
        yield stage


@pytest.fixture
def published(stage: Stage) -> Stage:
    """Return the same with an open service, whose parties hold some stock."""
    stage.publish()
    return stage
