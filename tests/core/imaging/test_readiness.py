"""Each check names its own trouble, and nothing countable leaves the site."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from primia_core.imaging import Cohort, cohort_from_folders, phantoms, readiness_report, split_by_patient
from primia_core.imaging.cohort import file_sha256

CHECKS = [
    "classes",
    "splits",
    "patients",
    "duplicates",
    "readable",
    "resolution",
    "aspect",
    "upright",
    "contrast",
]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    cohort = phantoms.draw(tmp_path_factory.mktemp("phantoms"), 45, seed=5, size=96)
    return split_by_patient(cohort, seed=1)


def _only(cohort: Cohort, name: str) -> str:
    """Return the status of a check, all others having passed."""
    report = readiness_report(cohort)
    assert [check.name for check in report.checks] == CHECKS
    statuses = {check.name: check.status for check in report.checks}
    assert {other for other, status in statuses.items() if status != "pass"} <= {name}
    return statuses[name]


def _replaced(cohort: Cohort, tmp_path: Path, picture: np.ndarray) -> Cohort:
    """Return a copy of a cohort whose first image is another one."""
    for record in cohort.records:
        (tmp_path / record.path).parent.mkdir(exist_ok=True)
        (tmp_path / record.path).symlink_to(cohort.file(record))
    first = tmp_path / cohort.records[0].path
    first.unlink()
    Image.fromarray(picture).save(first)
    changed = replace(cohort.records[0], sha256=file_sha256(first))
    return replace(cohort, root=tmp_path, records=(changed, *cohort.records[1:]))


def test_a_good_cohort_is_ready(drawn: Cohort) -> None:
    report = readiness_report(drawn)
    assert report.ready
    assert [check.status for check in report.checks] == ["pass"] * len(CHECKS)
    assert report.images == len(drawn) == sum(report.images_per_class.values()) == sum(report.images_per_split.values())
    assert report.patients == 45
    assert report.median_side == 96


def test_an_absent_class_warns(drawn: Cohort) -> None:
    cohort = drawn.with_records(record for record in drawn.records if record.label != "viral")
    assert _only(cohort, "classes") == "warn"


def test_images_in_no_split_fail(drawn: Cohort) -> None:
    assert _only(drawn.with_records(replace(r, split=None) for r in drawn.records), "splits") == "fail"


def test_no_validation_images_fail_and_no_test_images_warn(drawn: Cohort) -> None:
    for missing, status in (("validation", "fail"), ("train", "fail"), ("test", "warn")):
        other = "test" if missing != "test" else "train"
        moved = [replace(r, split=other) if r.split == missing else r for r in drawn.records]
        assert _only(drawn.with_records(moved), "splits") == status


def test_a_patient_in_two_splits_fails(drawn: Cohort) -> None:
    twice = next(r for r in drawn.records if sum(o.patient_id == r.patient_id for o in drawn.records) > 1)
    elsewhere = "test" if twice.split != "test" else "train"
    moved = [replace(r, split=elsewhere) if r is twice else r for r in drawn.records]
    assert _only(drawn.with_records(moved), "patients") == "fail"


def test_one_file_in_two_splits_fails_and_in_one_split_warns(drawn: Cohort) -> None:
    first = drawn.of_split("train")[0]
    for split, status in (("test", "fail"), ("train", "warn")):
        copy = replace(first, path=f"{first.label}/copy.png", patient_id="other", split=split)
        (drawn.root / copy.path).write_bytes(drawn.file(first).read_bytes())
        assert _only(drawn.with_records([*drawn.records, copy]), "duplicates") == status


def test_unreadable_files_warn_and_fail_when_they_are_most(drawn: Cohort, tmp_path: Path) -> None:
    gone = [replace(record, path=f"gone/{record.path}", sha256=None) for record in drawn.records]
    report = readiness_report(drawn.with_records([*drawn.records, *gone[:3]]))
    assert {check.name: check.status for check in report.checks}["readable"] == "warn"
    assert [path for path, _ in report.quarantined] == sorted(record.path for record in gone[:3])
    assert all("No such file" in reason for _, reason in report.quarantined)
    nothing = readiness_report(replace(drawn, root=tmp_path))
    assert not nothing.ready
    assert {check.name: check.status for check in nothing.checks}["readable"] == "fail"
    assert nothing.images == nothing.median_side == 0


def test_what_making_the_cohort_rejected_is_in_the_report(class_folders: Path) -> None:
    (class_folders / "normal" / "notes.txt").write_text("x")
    report = readiness_report(split_by_patient(cohort_from_folders(class_folders), seed=1))
    assert [path for path, _ in report.quarantined] == ["normal/notes.txt"]


def test_small_images_warn(drawn: Cohort, tmp_path: Path) -> None:
    small = np.asarray(Image.open(drawn.file(drawn.records[0])).resize((40, 40)))
    assert _only(_replaced(drawn, tmp_path, small), "resolution") == "warn"


def test_strips_warn(drawn: Cohort, tmp_path: Path) -> None:
    strip = np.asarray(Image.open(drawn.file(drawn.records[0])).resize((240, 100)))
    assert _only(_replaced(drawn, tmp_path, strip), "aspect") == "warn"


@pytest.mark.parametrize("turns", [1, 3])
def test_a_chest_on_its_side_warns(drawn: Cohort, tmp_path: Path, turns: int) -> None:
    lying = np.rot90(np.asarray(Image.open(drawn.file(drawn.records[0]))), turns)
    assert _only(_replaced(drawn, tmp_path, lying), "upright") == "warn"


def test_an_empty_picture_warns(drawn: Cohort, tmp_path: Path) -> None:
    assert _only(_replaced(drawn, tmp_path, np.full((96, 96), 90, np.uint8)), "contrast") == "warn"


def test_what_is_public_holds_no_count_no_path_and_no_patient(drawn: Cohort) -> None:
    report = readiness_report(drawn.with_records(replace(r, split=None) for r in drawn.records))
    allowed = {"pass", "warn", "fail", report.version, *CHECKS}
    leaves = list(_leaves(report.public()))
    assert leaves
    assert all(isinstance(leaf, bool) or leaf in allowed for leaf in leaves)


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        yield value
        return
    for item in value:
        yield from _leaves(item)
