"""Fixtures: a federation of three agents at a fake hub."""

import pytest
import torch

from tests.workers.site.hospitals import Federation


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def make_federation(tmp_path, hub):
    made = []

    def make(**options) -> Federation:
        made.append(Federation(tmp_path, hub, **options))
        return made[-1]

    yield make
    for federation in made:
        federation.close()


@pytest.fixture
def federation(make_federation):
    return make_federation()
