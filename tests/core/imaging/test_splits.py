"""Splits are by patient, fixed by seed, and about as large as asked."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.imaging import SPLITS, Cohort, Record, SplitError, partition_by_patient, split_by_patient

CLASSES = ("normal", "bacterial", "viral")


def _cohort(patients: list[tuple[str, int]], split: str | None = None) -> Cohort:
    records = [
        Record(f"{number}-{image}.png", label, f"p{number}", split, None)
        for number, (label, images) in enumerate(patients)
        for image in range(images)
    ]
    return Cohort(Path(), CLASSES, tuple(records))


PATIENTS = st.lists(st.tuples(st.sampled_from(CLASSES), st.integers(1, 5)), min_size=3, max_size=60)


@settings(max_examples=60, deadline=None)
@given(patients=PATIENTS, seed=st.integers(0, 2**31))
def test_no_patient_is_in_two_splits(patients: list[tuple[str, int]], seed: int) -> None:
    cohort = split_by_patient(_cohort(patients), seed=seed)
    where: dict[str, set[str | None]] = {}
    for record in cohort.records:
        where.setdefault(record.patient_id, set()).add(record.split)
    assert all(len(splits) == 1 and splits <= set(SPLITS) for splits in where.values())
    assert len(cohort) == sum(images for _, images in patients)


@settings(max_examples=60, deadline=None)
@given(patients=PATIENTS, seed=st.integers(0, 2**31), parts=st.integers(1, 3))
def test_parts_hold_every_image_once_and_no_patient_twice(
    patients: list[tuple[str, int]], seed: int, parts: int
) -> None:
    cohort = split_by_patient(_cohort(patients), seed=1)
    sites = partition_by_patient(cohort, parts, seed=seed)
    assert sorted(record.path for site in sites for record in site.records) == sorted(r.path for r in cohort.records)
    assert sum(len(site.patients) for site in sites) == len(cohort.patients)
    assert max(map(len, sites)) - min(map(len, sites)) <= 10  # two patients' images


def test_each_class_comes_near_its_fractions() -> None:
    cohort = split_by_patient(_cohort([(CLASSES[n % 3], 1 + n % 4) for n in range(600)]), seed=7)
    counts = Counter((record.label, record.split) for record in cohort.records)
    for label in CLASSES:
        total = sum(counts[label, split] for split in SPLITS)
        for split, share in zip(SPLITS, (0.7, 0.15, 0.15), strict=True):
            assert abs(counts[label, split] - share * total) <= 8


def test_parts_keep_splits_and_share_classes() -> None:
    cohort = split_by_patient(_cohort([(CLASSES[n % 3], 1) for n in range(300)]), seed=7)
    sites = partition_by_patient(cohort, 3, seed=1)
    original = {record.path: record.split for record in cohort.records}
    for site in sites:
        assert all(original[record.path] == record.split for record in site.records)
        counts = Counter((record.label, record.split) for record in site.records)
        assert all(abs(counts[label, "train"] - 70 / 3) <= 2 for label in CLASSES)


def test_the_seed_fixes_the_division_and_another_seed_changes_it() -> None:
    cohort = _cohort([("normal", 1)] * 50)
    shuffled = Cohort(cohort.root, cohort.classes, cohort.records[::-1])
    first = split_by_patient(cohort, seed=3)
    assert split_by_patient(shuffled, seed=3) == first
    assert split_by_patient(cohort, seed=4) != first


def test_the_division_of_today_is_that_of_every_later_version() -> None:
    cohort = split_by_patient(_cohort([("normal", 1)] * 10), {"train": 0.6, "test": 0.4}, seed=2021)
    assert "".join((record.split or "?")[1] for record in cohort.records) == "rrreeerrre"


@pytest.mark.parametrize("fractions", [{}, {"train": 0.5}, {"train": 1.5, "test": -0.5}, {"train": 1.0, "test": 0.0}])
def test_fractions_that_are_none_are_refused(fractions: dict[str, float]) -> None:
    with pytest.raises(SplitError, match="sum to 1"):
        split_by_patient(_cohort([("normal", 1)] * 5), fractions, seed=1)


def test_too_few_patients_are_refused() -> None:
    with pytest.raises(SplitError, match="2 patients cannot be divided into 3 parts"):
        split_by_patient(_cohort([("normal", 9)] * 2), seed=1)
    with pytest.raises(SplitError, match="at least one part"):
        partition_by_patient(_cohort([("normal", 1)] * 2), 0, seed=1)
