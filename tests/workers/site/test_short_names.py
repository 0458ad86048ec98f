"""A site's short name stands in plans and addresses: one that cannot is refused before anything is made."""

import pytest

from tests.workers.site.hospitals import draw_images
from workers.link.errors import FolderError
from workers.site.folder import SiteFolder
from workers.site.policy import SitePolicy
from workers.site.setup import make_site


@pytest.mark.parametrize("name", ["Basel", "-basel", "basel ", "basel\n", "a" * 65, ""])
def test_short_name_that_no_plan_can_hold_is_refused_and_nothing_is_made(tmp_path, name):
    data = draw_images(tmp_path / "images", seed=1, patients=4)
    folder = SiteFolder(tmp_path / "site")
    with pytest.raises(FolderError, match="small letters, digits and dashes"):
        make_site(folder, site=name, name="Basel", data=data, task="x", classes=None, policy=SitePolicy())
    assert not folder.path.exists()
