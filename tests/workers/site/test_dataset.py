"""The PySyft dataset: drawings for those who may look, a manifest for nobody, no real image anywhere."""

import csv
import hashlib

import pytest
from typer.testing import CliRunner

from tests.workers.site.hospitals import CLASSES, draw_images
from tests.workers.site.test_commands import app
from workers.site.cohort import SiteCohort
from workers.site.dataset import HospitalDataset
from workers.site.errors import DataError
from workers.site.folder import SiteFolder
from workers.site.policy import SitePolicy
from workers.site.setup import make_site

READER = "researcher@university.example"


@pytest.fixture
def site(tmp_path):
    folder = SiteFolder(tmp_path / "basel")
    table = draw_images(tmp_path / "images", seed=2)
    settings = make_site(
        folder, site="basel", name="Basel", data=table, task="chest", classes=CLASSES, policy=SitePolicy()
    ).settings
    return folder, HospitalDataset(folder, settings), SiteCohort.open(folder, settings.data).cohort


def test_no_real_image_is_in_the_dataset(site):
    folder, dataset, cohort = site
    dataset.publish(cohort, [READER])
    real = {record.sha256 for record in cohort.records}
    files = [path for path in folder.dataset.rglob("*") if path.is_file()]
    assert len([path for path in files if path.suffix == ".png"]) >= 12
    assert not real & {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_manifest_names_files_by_hash_and_patients_by_keyed_pseudonym(site):
    folder, dataset, cohort = site
    published = dataset.publish(cohort, [READER])
    rows = list(csv.DictReader(published.manifest.read_text().splitlines()))
    assert [(row["path"], row["sha256"], row["label"]) for row in rows] == [
        (record.path, record.sha256, record.label) for record in cohort.records
    ]
    assert "patient-" not in published.manifest.read_text()
    plain = hashlib.sha256(cohort.records[0].patient_id.encode()).hexdigest()
    assert rows[0]["pseudonym"] != plain[:32]
    assert (folder.path / "pseudonym.key").stat().st_mode & 0o077 == 0
    again = dataset.publish(cohort, [READER])
    assert list(csv.DictReader(again.manifest.read_text().splitlines())) == rows


def test_only_named_readers_see_the_mock_and_nobody_else_the_manifest(site):
    _, dataset, cohort = site
    published = dataset.publish(cohort, [READER])
    files = dataset.mock_files(READER)
    assert any(path.suffix == ".png" for path in files)
    assert published.manifest not in files
    with pytest.raises(DataError, match="may see nothing"):
        dataset.mock_files("stranger@elsewhere.example")
    dataset.publish(cohort, [])
    with pytest.raises(DataError, match="may see nothing"):
        dataset.mock_files(READER)


def test_a_pysyft_user_opens_the_dataset_as_they_know_it(site):
    from syft_datasets.dataset_manager import SyftDatasetManager

    folder, dataset, cohort = site
    dataset.publish(cohort, ["any"])
    opened = SyftDatasetManager(folder.dataset, READER).get("chest", datasite=dataset.owner)
    assert opened.name == "chest"
    assert any(path.suffix == ".png" for path in opened.mock_files)
    assert dataset.mock_files("anybody@elsewhere.example")


def test_the_commands_publish_and_list(site):
    folder, dataset, _ = site
    with pytest.raises(DataError, match="published no dataset"):
        dataset.published()
    runner = CliRunner()
    made = runner.invoke(app, ["site", "publish", "--folder", str(folder.path), "--reader", READER])
    assert made.exit_code == 0, made.output
    listed = runner.invoke(app, ["site", "mock", READER, "--folder", str(folder.path)])
    assert ".png" in listed.output
