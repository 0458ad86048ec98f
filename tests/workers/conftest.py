"""Fixtures of the agents' tests: a hub over real HTTP, from memory."""

import pytest

from tests.workers.link.fake_hub import FakeHub


@pytest.fixture
def hub():
    hub = FakeHub()
    hub.start()
    yield hub
    hub.stop()
