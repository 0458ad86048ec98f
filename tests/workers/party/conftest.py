"""Fixtures of the parties' tests."""

import pytest

from tests.workers.node.node_hub import NodeHub
from tests.workers.party.trio import Trio


@pytest.fixture
def hub():
    hub = NodeHub()
    yield hub
    hub.close()


@pytest.fixture
def trio(hub, tmp_path):
    trio = Trio(hub, tmp_path)
    yield trio
    trio.close()
