"""A demonstration takes real images where they are, phantoms otherwise, and says which."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from primia_core.imaging import demo_cohort, partition_by_patient, sources
from tests.required import data_folder, missing


@pytest.fixture
def real_archive() -> Path:
    folder = data_folder()
    if not (folder / sources.ARCHIVE).is_file():
        missing(f"no {sources.ARCHIVE} in the data folder")
    return folder


def test_without_images_phantoms_are_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIMIA_DATA", str(tmp_path / "nothing"))
    cohort, source = demo_cohort(tmp_path / "own", patients=9)
    assert source == "phantom"
    assert cohort.classes == ("normal", "bacterial", "viral")
    assert {record.split for record in cohort.records} == {"train", "validation", "test"}
    monkeypatch.setattr(sources, "draw", None)
    assert demo_cohort(tmp_path / "own", patients=9)[0] == cohort


def _images(folder: Path, names: dict[str, list[str]]) -> None:
    for label, stems in names.items():
        (folder / label).mkdir(parents=True)
        for stem in stems:
            Image.new("L", (20, 20), len(stem)).save(folder / label / f"{stem}.png")


def test_class_folders_are_taken_and_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIMIA_DATA", str(tmp_path / "data"))
    _images(tmp_path / "data", {"sick": ["a", "b", "c"], "normal": ["d", "e", "f"]})
    cohort, source = demo_cohort(tmp_path / "own")
    assert source == "folders"
    assert cohort.classes == ("normal", "sick")
    assert {record.split for record in cohort.records} == {"train", "validation", "test"}
    assert not (tmp_path / "own").exists()


def test_class_folders_of_kermany_images_are_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIMIA_DATA", str(tmp_path / "data"))
    names = {
        "normal": ["IM-0001-0001", "NORMAL2-IM-0003-0001"],
        "bacteria": ["person1_bacteria_1", "person2_bacteria_4"],
        "virus": ["person1_virus_6", "person2_virus_9"],
    }
    _images(tmp_path / "data", names)
    cohort, source = demo_cohort(tmp_path / "own")
    assert source == "kermany"
    assert cohort.classes == ("normal", "bacterial", "viral")


def test_a_folder_of_other_things_holds_no_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIMIA_DATA", str(tmp_path))
    (tmp_path / "papers").mkdir()
    assert demo_cohort(tmp_path / "own", patients=4)[1] == "phantom"


def test_the_kermany_archive_has_its_published_counts(
    real_archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIMIA_DATA", str(real_archive))
    cohort, source = demo_cohort(tmp_path)
    assert source == "kermany"
    assert Counter(record.label for record in cohort.records) == {"normal": 1583, "bacterial": 2780, "viral": 1493}
    assert Counter(record.label for record in cohort.of_split("test")) == {
        "normal": 234,
        "bacterial": 242,
        "viral": 148,
    }
    splits: dict[str, set[str | None]] = {}
    for record in cohort.records:
        splits.setdefault(record.patient_id, set()).add(record.split)
    assert all(len(where) == 1 for where in splits.values())
    assert all(record.sha256 for record in cohort.records)
    sites = partition_by_patient(cohort, 3, seed=1)
    assert max(map(len, sites)) - min(map(len, sites)) < 10
    assert demo_cohort(tmp_path)[0] == cohort


def test_importing_imaging_brings_neither_torch_nor_pydicom() -> None:
    code = "import sys, primia_core.imaging; print([m for m in ('torch', 'pydicom', 'gdcm') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
