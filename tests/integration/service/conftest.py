"""One open service for all tests of this folder: to publish one and fill its stock takes most of a minute."""

from collections.abc import Iterator

import pytest

from tests.integration.harness import platform_in
from tests.integration.service.offered import Offered, offered_on


@pytest.fixture(scope="package")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offered]:
    """An open service, and what its network says in the clear."""
    with platform_in(tmp_path_factory.mktemp("platform")) as platform:
        platform.start()
        with offered_on(platform, tmp_path_factory.mktemp("offered")) as offered:
            yield offered
