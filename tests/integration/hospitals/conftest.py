"""One consortium of hospitals for all tests of this folder. Its sites count as silent sooner than elsewhere."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.integration.consortium import THREE, Consortium
from tests.integration.harness import platform_in


@pytest.fixture(scope="package")
def package_consortium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consortium]:
    """The consortium, on a platform that is not started yet."""
    with pytest.MonkeyPatch.context() as patch, platform_in(tmp_path_factory.mktemp("platform")) as platform:
        patch.setenv("PRIMIA_SILENT_AFTER_S", "10")
        with closing(Consortium(platform, tmp_path_factory.mktemp("consortium"))) as consortium:
            yield consortium


@pytest.fixture
def consortium(package_consortium: Consortium) -> Consortium:
    """The folder's consortium, on a platform that runs, with three hospitals at least."""
    package_consortium.platform.start_if_stopped()
    package_consortium.enrol(THREE)
    return package_consortium
