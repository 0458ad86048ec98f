"""A cohort is decoded once; what cannot be decoded is listed and nothing else happens to it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from primia_core.imaging import (
    CacheError,
    Cohort,
    PixelCache,
    cache,
    cohort_from_folders,
    load_square,
    split_by_patient,
    squash,
)


@pytest.fixture
def cohort(class_folders: Path) -> Cohort:
    return split_by_patient(
        cohort_from_folders(class_folders), {"train": 0.5, "validation": 0.25, "test": 0.25}, seed=1
    )


def test_every_image_is_there_with_its_label_and_split(cohort: Cohort, tmp_path: Path) -> None:
    built = PixelCache.build(cohort, 32, tmp_path / "cache")
    assert built.images.dtype == np.uint8
    assert built.images.shape == (24, 1, 32, 32)
    by_path = {record.path: record for record in cohort.records}
    for path, image, label in zip(built.paths, built.images, built.labels, strict=True):
        record = by_path[path]
        assert cohort.classes[label] == record.label
        np.testing.assert_array_equal(image[0], load_square(cohort.file(record), 32))
    want = Counter(record.split for record in cohort.records)
    assert {name: len(built.split(name)) for name in built.splits} == want
    assert len(built.all()) == 24


def test_taking_a_split_copies_nothing(cohort: Cohort, tmp_path: Path) -> None:
    built = PixelCache.build(cohort, 32, tmp_path / "cache")
    assert isinstance(built.images, np.memmap)
    assert all(np.shares_memory(built.split(name).images, built.images) for name in built.splits)
    assert len(built.split("nobody is here")) == 0


def test_a_second_build_decodes_nothing(cohort: Cohort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = PixelCache.build(cohort, 32, tmp_path / "cache")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("decoded again")

    monkeypatch.setattr(cache, "load_square", refuse)
    again = PixelCache.build(cohort, 32, tmp_path / "cache")
    np.testing.assert_array_equal(again.images, first.images)
    with pytest.raises(AssertionError, match="decoded again"):
        PixelCache.build(cohort, 48, tmp_path / "cache")
    with pytest.raises(AssertionError, match="decoded again"):
        PixelCache.build(split_by_patient(cohort, seed=2), 32, tmp_path / "cache")


def test_a_build_that_was_cut_off_is_begun_again(
    cohort: Cohort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(cache, "load_square", die)
        with pytest.raises(KeyboardInterrupt):
            PixelCache.build(cohort, 32, tmp_path / "cache")
    assert len(PixelCache.build(cohort, 32, tmp_path / "cache")) == 24
    assert [path for path in (tmp_path / "cache").iterdir() if path.name.endswith(".unfinished")] == []


def test_processes_that_build_at_once_decode_once(
    cohort: Cohort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[Path] = []

    def counted(path: Path, size: int, **options: str) -> np.ndarray:
        decoded.append(path)
        return load_square(path, size)

    monkeypatch.setattr(cache, "load_square", counted)
    with ThreadPoolExecutor(4) as pool:
        builds = list(pool.map(lambda _: PixelCache.build(cohort, 32, tmp_path / "cache"), range(4)))
    assert len(decoded) == len(cohort)
    assert {len(built) for built in builds} == {24}


def test_files_that_cannot_be_decoded_are_quarantined_with_their_reason(class_folders: Path, tmp_path: Path) -> None:
    (class_folders / "normal" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    cohort = split_by_patient(cohort_from_folders(class_folders), seed=1)
    changed, gone = cohort.records[3], cohort.records[7]
    cohort.file(changed).write_bytes(cohort.file(cohort.records[4]).read_bytes())
    cohort.file(gone).unlink()
    built = PixelCache.build(cohort, 32, tmp_path / "cache")
    assert len(built) == 22
    reasons = {path: reason.split(":")[0] for path, reason in built.quarantined}
    assert reasons == {
        changed.path: "imaging.changed",
        gone.path: "imaging.unreadable",
        "normal/broken.png": "imaging.unreadable",
    }
    assert PixelCache.build(cohort, 32, tmp_path / "cache").quarantined == built.quarantined


def test_images_that_come_back_are_decoded_after_all(cohort: Cohort, tmp_path: Path) -> None:
    away = {record.path: cohort.file(record).read_bytes() for record in cohort.records[:5]}
    for path in away:
        (cohort.root / path).unlink()
    assert len(PixelCache.build(cohort, 32, tmp_path / "cache")) == 19
    back = {path: content for path, content in away.items() if path != min(away)}
    for path, content in back.items():
        (cohort.root / path).write_bytes(content)
    healed = PixelCache.build(cohort, 32, tmp_path / "cache")
    assert (len(healed), [path for path, _ in healed.quarantined]) == (23, [min(away)])
    assert len(list((tmp_path / "cache").glob("*-v*[0-9]"))) == 1


def test_a_cohort_of_which_nothing_decodes_is_an_empty_cache(tmp_path: Path) -> None:
    (tmp_path / "images" / "normal").mkdir(parents=True)
    (tmp_path / "images" / "normal" / "a.png").write_text("x")
    built = PixelCache.build(cohort_from_folders(tmp_path / "images"), 32, tmp_path / "cache")
    assert (len(built), len(built.quarantined), built.splits) == (0, 1, ())
    assert built.split("train").images.shape == (0, 1, 32, 32)


def test_progress_ends_with_all_images(cohort: Cohort, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    PixelCache.build(cohort, 32, tmp_path / "cache", progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (24, 24)


@pytest.mark.parametrize("size", [0, 7, 4097])
def test_a_size_out_of_range_is_refused(cohort: Cohort, tmp_path: Path, size: int) -> None:
    with pytest.raises(CacheError, match=f"image_size is {size}"):
        PixelCache.build(cohort, size, tmp_path)


def test_neither_aspect_ratio_nor_file_size_reaches_the_square(tmp_path: Path) -> None:
    """The same scene, filmed wide and tall and stored large and small, is the same square; no bars tell which."""
    y, x = np.mgrid[0:1:120j, 0:1:120j]
    scene = Image.fromarray((127 + 60 * np.sin(7 * x) * np.cos(5 * y)).astype(np.uint8))
    squares = []
    for width, height, level in ((240, 120, 0), (120, 240, 9), (300, 280, 4)):
        scene.resize((width, height), Image.Resampling.BICUBIC).save(tmp_path / "a.png", compress_level=level)
        squares.append(load_square(tmp_path / "a.png", 64).astype(int))
    for square in squares[1:]:
        assert np.abs(square - squares[0]).max() <= 4
    assert min(square.min() for square in squares) > 40  # no black bar anywhere


def test_squash_rounds_to_the_nearest_byte() -> None:
    flat = squash(np.full((50, 70), 100.4 / 255, np.float32), 16)
    assert set(np.unique(flat)) == {100}
