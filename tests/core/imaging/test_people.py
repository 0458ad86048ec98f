"""Age, sex and view of images: read from tables and DICOM headers, committed to, and sorted into groups."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from primia_core.imaging import CohortPixels, PixelCache, cohort_from_csv, phantoms, split_by_patient, write_csv
from primia_core.imaging.people import GROUPS, age_of, from_headers, group_of, sex_of, view_of


@pytest.mark.parametrize(
    ("text", "years"),
    [("34", 34), ("34.5", 34), ("034Y", 34), ("010M", 0), ("026M", 2), ("052W", 1), ("400D", 1), ("", None),
     ("old", None), ("200", None), ("-3", None)],
)  # fmt: skip
def test_ages_are_whole_years_as_tables_and_headers_write_them(text: str, years: int | None) -> None:
    assert age_of(text) == years


def test_sexes_and_views_have_one_spelling_and_the_unknown_is_none() -> None:
    assert [sex_of(text) for text in ("F", "male", "W", "O", "", "U")] == ["female", "male", "female", "other"] + [
        None
    ] * 2
    assert [view_of(text) for text in ("pa", "AP", "LL", "XX", "")] == ["PA", "AP", "lateral", "other", None]


def test_a_table_keeps_what_it_tells_and_the_version_commits_to_it(tmp_path: Path) -> None:
    cohort = phantoms.draw(tmp_path, 4, seed=1, size=32)
    plain = cohort_from_csv(tmp_path / "cohort.csv", classes=cohort.classes)
    assert plain.version == cohort.version
    told = cohort.with_records(
        replace(record, age=70 + k, sex="female", view="AP") for k, record in enumerate(cohort.records)
    )
    read = cohort_from_csv(write_csv(told, tmp_path / "cohort.csv"), classes=cohort.classes)
    assert read == told
    assert read.version == told.version != plain.version
    older = told.with_records([replace(told.records[0], age=71), *told.records[1:]])
    assert older.version != told.version
    assert {group_of(record, "age") for record in told.records} <= {"65-79", "80+"}
    assert {group_of(record, "view") for record in plain.records} == {"unknown"}
    assert all("unknown" in names for names in GROUPS.values())


def test_headers_fill_in_what_the_table_does_not_say(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name, tags in (("one.dcm", {"PatientAge": "071Y", "PatientSex": "F", "ViewPosition": "PA"}), ("two.dcm", {})):
        _write(tmp_path / "a" / name, tags)
    table = "path,label,patient_id,sex\na/one.dcm,a,p1,m\na/two.dcm,a,p2,\n"
    (tmp_path / "cohort.csv").write_text(table)
    one, two = from_headers(cohort_from_csv(tmp_path / "cohort.csv", classes=("a", "b"))).records
    assert (one.age, one.sex, one.view) == (71, "male", "PA"), "the table knows better than the header"
    assert (two.age, two.sex, two.view) == (None, None, None)


def test_images_of_a_split_come_with_their_patients_and_groups_in_order(tmp_path: Path) -> None:
    cohort = split_by_patient(phantoms.draw(tmp_path / "chests", 30, seed=2, size=32), seed=0)
    cohort = cohort.with_records(
        replace(record, sex="male" if record.patient_id.endswith("3") else None) for record in cohort.records
    )
    data = CohortPixels(cohort, PixelCache.build(cohort, 16, tmp_path / "pixels"))
    labels = {record.patient_id: cohort.classes.index(record.label) for record in cohort.records}
    patients, sexes = data.patients("test"), data.groups("test", "sex")
    assert [labels[name] for name in patients] == data.split("test").labels.tolist()
    assert list(sexes) == ["male" if name.endswith("3") else "unknown" for name in patients]
    assert len(set(data.patients("train")) & set(patients)) == 0


def _write(path: Path, tags: dict[str, str]) -> None:
    data = pydicom.Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = generate_uid()
    data.Rows = data.Columns = 8
    data.BitsAllocated, data.BitsStored, data.HighBit, data.SamplesPerPixel, data.PixelRepresentation = 16, 16, 15, 1, 0
    data.PixelData = np.zeros((8, 8), np.uint16).tobytes()
    for name, value in {**tags, "PatientID": path.stem}.items():
        setattr(data, name, value)
    data.save_as(path, enforce_file_format=True)
