"""A session of five sites of which one coordinator may make fools."""

import pytest

from tests.core.secagg.parties import Parties, names, spec_of


@pytest.fixture
def parties():
    return Parties(spec_of(names(5)))  # t = 4, C = 2
