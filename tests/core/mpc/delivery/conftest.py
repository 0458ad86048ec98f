"""A place for each test."""

import pytest

from .places import Place


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    yield place
    place.close()
