"""A fake platform for each test."""

from collections.abc import Iterator

import pytest

from tests.core.client.fake_platform import FakePlatform


@pytest.fixture
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakePlatform]:
    """A platform with one open service, and both parties at work."""
    fake = FakePlatform(tmp_path_factory.mktemp("nodes"))
    yield fake
    fake.stop()
