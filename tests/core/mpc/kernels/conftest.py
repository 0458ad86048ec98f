"""Run a test once for every level of kernels that this machine has."""

from collections.abc import Iterator

import pytest

from primia_core.mpc import kernels


@pytest.fixture(params=kernels.available())
def level(request: pytest.FixtureRequest) -> Iterator[str]:
    """Make one level the active one, and give the choice back to the machine afterwards."""
    kernels.use(request.param)
    yield request.param
    kernels.use(None)
