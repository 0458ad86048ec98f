"""A coordinator's whole way in a real browser, on the real platform with three hospitals that train."""

import pytest

from tests.integration.consortium import Consortium
from tests.integration.real_browser import browse

WITHIN_S = 900


@pytest.mark.platform
@pytest.mark.slow
@pytest.mark.timeout(WITHIN_S + 60)
def test_a_coordinator_starts_a_job_and_watches_it_live(consortium: Consortium) -> None:
    access = consortium.access
    browse("platform", consortium.url, access.username, access.password, within_s=WITHIN_S)
