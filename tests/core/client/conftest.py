"""A fake platform for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from primia_core.client.diagnosis import DiagnosisClient
from primia_core.imaging.phantoms import phantom
from tests.core.client.fake_platform import TOKEN, FakePlatform


@pytest.fixture
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakePlatform]:
    """A platform with one open service, and both parties at work."""
    fake = FakePlatform(tmp_path_factory.mktemp("nodes"))
    yield fake
    fake.stop()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "chest.png"
    Image.fromarray(phantom("viral", size=96, seed=(1,))).save(path)
    return path


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
def client(platform: FakePlatform, kept: Path) -> Iterator[DiagnosisClient]:
    with DiagnosisClient(platform.url, TOKEN, keep=kept, within_s=20) as made:
        yield made
