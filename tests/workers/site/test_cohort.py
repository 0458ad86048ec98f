"""The site's own cohort: what its disk loses is told at the site, and found again when it is back."""

import pytest

from tests.workers.site.hospitals import CLASSES, draw_images
from workers.site.cohort import SiteCohort
from workers.site.errors import DataError
from workers.site.folder import SiteFolder
from workers.site.policy import SitePolicy
from workers.site.setup import make_site


@pytest.fixture
def cohort(tmp_path):
    folder = SiteFolder(tmp_path / "basel")
    table = draw_images(tmp_path / "images", seed=2)
    settings = make_site(
        folder, site="basel", name="Basel", data=table, task="chest", classes=CLASSES, policy=SitePolicy()
    ).settings
    return SiteCohort.open(folder, settings.data)


def test_images_that_are_away_are_missed_aloud_and_used_again_when_they_are_back(cohort, caplog):
    lost = cohort.cohort.file(cohort.cohort.records[0])
    content = lost.read_bytes()
    lost.unlink()
    assert len(cohort.pixels(16)) == len(cohort.cohort.records) - 1
    assert "1 of " in caplog.text
    lost.write_bytes(content)
    assert len(cohort.pixels(16)) == len(cohort.cohort.records)


def test_cohort_without_a_readable_image_is_an_error(cohort):
    for record in cohort.cohort.records:
        cohort.cohort.file(record).write_bytes(b"something else")
    with pytest.raises(DataError, match="cannot be read"):
        cohort.pixels(16)
