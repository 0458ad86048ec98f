"""Cohorts from folders and tables, and the version that names one."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from primia_core.imaging import Cohort, CohortError, Record, cohort_from_csv, cohort_from_folders, write_csv
from tests.core.imaging.conftest import DicomWriter


def _record(name: str, **changes: str | None) -> Record:
    return replace(Record(name, "normal", f"patient of {name}", "train", 64 * "0"), **changes)


def test_class_folders_become_a_cohort_with_normal_first(class_folders: Path) -> None:
    cohort = cohort_from_folders(class_folders)
    assert cohort.classes == ("normal", "bacterial", "viral")
    assert len(cohort) == 24
    assert len(cohort.patients) == 12
    assert {record.split for record in cohort.records} == {None}


def test_split_folders_above_the_classes_give_the_split(class_folders: Path) -> None:
    for folder in ("train", "val", "test"):
        shutil.copytree(class_folders, class_folders.parent / "kaggle" / folder)
    cohort = cohort_from_folders(class_folders.parent / "kaggle")
    assert {name: len(cohort.of_split(name)) for name in ("train", "validation", "test")} == {
        "train": 24,
        "validation": 24,
        "test": 24,
    }
    assert cohort.classes == ("normal", "bacterial", "viral")


def test_patients_are_read_from_the_names_of_the_kermany_images(tmp_path: Path) -> None:
    names = {
        "virus": ["person1_virus_6", "person1_virus_7"],
        "bacteria": ["person1_bacteria_1"],
        "normal": ["IM-0115-0001", "NORMAL2-IM-0115-0001", "IM-0115-0001-0002", "something"],
    }
    for label, stems in names.items():
        (tmp_path / label).mkdir()
        for stem in stems:
            Image.new("L", (8, 8)).save(tmp_path / label / f"{stem}.png")
    patients = {record.path: record.patient_id for record in cohort_from_folders(tmp_path).records}
    assert patients["virus/person1_virus_6.png"] == patients["virus/person1_virus_7.png"]
    assert patients["virus/person1_virus_6.png"] != patients["bacteria/person1_bacteria_1.png"]
    assert patients["normal/IM-0115-0001.png"] == patients["normal/IM-0115-0001-0002.png"]
    assert patients["normal/IM-0115-0001.png"] != patients["normal/NORMAL2-IM-0115-0001.png"]
    assert patients["normal/something.png"] == "normal_something"


def test_patients_of_dicom_files_are_read_from_their_headers(tmp_path: Path, write_dicom: DicomWriter) -> None:
    pixels = np.zeros((8, 8), np.uint8)
    (tmp_path / "images" / "normal").mkdir(parents=True)
    for name, patient in (("a", "P-1"), ("b", "P-1"), ("c", "P-2"), ("d", "")):
        write_dicom(pixels, PatientID=patient).rename(tmp_path / "images" / "normal" / f"{name}.dcm")
    (tmp_path / "images" / "normal" / "e.dcm").write_bytes(b"\0" * 128 + b"DICM damaged")
    patients = [record.patient_id for record in cohort_from_folders(tmp_path / "images").records]
    assert patients == ["P-1", "P-1", "P-2", "normal_d", "normal_e"]


def test_files_that_are_no_images_are_listed_and_hidden_ones_passed_over(class_folders: Path) -> None:
    (class_folders / "normal" / "notes.txt").write_text("x")
    (class_folders / "normal" / ".DS_Store").write_text("x")
    cohort = cohort_from_folders(class_folders)
    assert [path for path, _ in cohort.rejected] == ["normal/notes.txt"]


def test_a_folder_without_images_of_a_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CohortError, match="no image"):
        cohort_from_folders(tmp_path)
    with pytest.raises(CohortError, match="not a folder"):
        cohort_from_folders(tmp_path / "missing")


def test_a_table_reads_back_to_an_equal_cohort(class_folders: Path) -> None:
    cohort = cohort_from_folders(class_folders)
    split = cohort.with_records(replace(record, split="validation") for record in cohort.records)
    read = cohort_from_csv(write_csv(split, class_folders / "cohort.csv"))
    assert read == split
    assert read.version == split.version


def test_rows_that_cannot_be_records_are_rejected_with_their_reason(class_folders: Path) -> None:
    image = "normal/normal-0/0.png"
    rows = [
        "path,label,patient_id,split,age",
        f"{image},normal,p1,train,4",
        f"{image},normal,p1,train,4",
        ",normal,p2,,",
        "a.png,,p2,,",
        "b.png,plague,p2,,",
        "c.png,normal,,,",
        "d.png,normal,p2,tomorrow,",
        "../../secret.png,normal,p2,,",
        "/etc/hostname,normal,p2,,",
        "gone.png,viral,p3,val,",
    ]
    (class_folders / "cohort.csv").write_text("\n".join(rows))
    cohort = cohort_from_csv(class_folders / "cohort.csv", classes=["normal", "viral"])
    assert [(record.path, record.split) for record in cohort.records] == [("gone.png", "validation"), (image, "train")]
    assert cohort.records[0].sha256 is None
    assert [reason for _, reason in cohort.rejected] == [
        "is listed twice",
        "the row names no path",
        "the label '' is none of ['normal', 'viral']",
        "the label 'plague' is none of ['normal', 'viral']",
        "the row names no patient, and splits are by patient",
        "the split 'tomorrow' is none of ['train', 'validation', 'test']",
        "the path leads out of the cohort's folder",
        "the path leads out of the cohort's folder",
    ]


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("path,diagnosis\n1.png,normal\n")
    with pytest.raises(CohortError, match=r"lacks the columns \['label', 'patient_id'\]"):
        cohort_from_csv(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00bad")
    with pytest.raises(CohortError, match="cannot be read as CSV"):
        cohort_from_csv(tmp_path / "b.csv")


@pytest.mark.parametrize(
    "change",
    [
        {"path": "c.png"},
        {"label": "viral"},
        {"patient_id": "another"},
        {"split": "test"},
        {"split": None},
        {"sha256": 64 * "1"},
        {"sha256": None},
    ],
)
def test_the_version_changes_with_everything_that_matters(tmp_path: Path, change: dict[str, str | None]) -> None:
    cohort = Cohort(tmp_path, ("normal", "viral"), (_record("a.png"), _record("b.png")))
    other = cohort.with_records([_record("a.png"), _record("b.png", **change)])
    assert other.version != cohort.version


def test_the_version_is_that_of_the_content_wherever_it_lies_in_whatever_order(tmp_path: Path) -> None:
    records = (_record("a.png"), _record("b.png", sha256=None, split=None), _record("b2.png", split=None))
    cohort = Cohort(tmp_path, ("normal", "viral"), records)
    assert Cohort(tmp_path / "moved", ("normal", "viral"), records[::-1]).version == cohort.version
    assert Cohort(tmp_path, ("viral", "normal"), records).version != cohort.version
    assert len(cohort.version) == 64


def test_a_cohort_refuses_what_contradicts_itself(tmp_path: Path) -> None:
    with pytest.raises(CohortError, match="listed twice"):
        Cohort(tmp_path, ("normal",), (_record("a.png"), _record("a.png", patient_id="other")))
    with pytest.raises(CohortError, match="none of the classes"):
        Cohort(tmp_path, ("viral",), (_record("a.png"),))
    with pytest.raises(CohortError, match="different class names"):
        Cohort(tmp_path, ("viral", "viral"), ())


def test_neither_record_nor_cohort_shows_patients_when_printed(tmp_path: Path) -> None:
    cohort = Cohort(tmp_path, ("normal",), (_record("a.png", patient_id="Jane Doe"),))
    assert "Jane" not in repr(cohort) + repr(cohort.records[0])
