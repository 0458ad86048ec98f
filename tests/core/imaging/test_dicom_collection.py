"""Every file of a collection of odd, damaged and compressed DICOM files comes out as its manifest says."""

import csv
from pathlib import Path

import numpy as np
import pytest

from primia_core.imaging import ImagingError, MultiFrameError, decode_image, dicom
from primia_core.imaging.decode import MAX_PIXELS
from primia_core.imaging.quiet import quiet_decoders

NEEDS_A_GPL_DECODER = {"RG2_JPLY_fixed.dcm"}
"""JPEG Extended with 12 bits, which only pylibjpeg-libjpeg decodes."""


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _decodes(row: dict[str, str]) -> bool:
    return row["decode_all_plugins"] == "ok" and row["file"] not in NEEDS_A_GPL_DECODER


def test_every_file_decodes_or_is_refused_as_its_manifest_says(dicom_core: Path) -> None:
    rows = _rows(dicom_core)
    assert len(rows) == 64
    wrong = {}
    for row in rows:
        try:
            picture = decode_image(dicom_core / row["file"], frames="first")
        except ImagingError as error:
            if _decodes(row):
                wrong[row["file"]] = error.message
            continue
        if not _decodes(row) or picture.shape != (int(row["rows"]), int(row["columns"])):
            wrong[row["file"]] = f"decoded to {picture.shape}"
        elif picture.dtype != np.float32 or picture.min() < 0 or picture.max() > 1:
            wrong[row["file"]] = f"{picture.dtype} from {picture.min()} to {picture.max()}"
    assert wrong == {}


def test_stored_values_have_the_range_that_the_manifest_says(dicom_core: Path) -> None:
    wrong = {}
    for row in filter(_decodes, _rows(dicom_core)):
        with quiet_decoders:
            data = dicom.read(dicom_core / row["file"])
            stored = dicom.stored_values(data, frames="first", max_pixels=MAX_PIXELS)
        low, high, whole = float(stored.min()), float(stored.max()), (float(row["min"]), float(row["max"]))
        several = int(row["frames"] or 1) > 1
        if not (whole[0] <= low <= high <= whole[1] if several else (low, high) == whole):
            wrong[row["file"]] = (low, high, *whole)
    assert wrong == {}


def test_files_of_several_frames_are_refused_unless_the_first_is_chosen(dicom_core: Path) -> None:
    several = [row for row in _rows(dicom_core) if _decodes(row) and int(row["frames"] or 1) > 1]
    assert len(several) == 11
    for row in several:
        with pytest.raises(MultiFrameError, match=f"holds {row['frames']} frames"):
            decode_image(dicom_core / row["file"])


def test_monochrome1_is_the_negative_of_the_same_file_as_monochrome2(dicom_core: Path) -> None:
    right = decode_image(dicom_core / "1.2.276.0.7230010.3.1.4.8323329.6904.1517875201.850819.dcm")
    inverted = decode_image(dicom_core / "Fake_MONOHR1.dcm")
    np.testing.assert_allclose(inverted, 1 - right, atol=1e-6)


@pytest.mark.parametrize(
    "twins",
    [
        ("693_UNCR.dcm", "693_J2KR.dcm"),
        ("OBXXXX1A.dcm", "OBXXXX1A_expb.dcm", "OBXXXX1A_rle.dcm"),
        ("liver.dcm", "liver_expb.dcm", "liver_j2k.dcm"),
        ("liver_nonbyte_aligned.dcm", "liver_nonbyte_aligned_j2k.dcm"),
        (
            "emri_small.dcm",
            "emri_small_RLE.dcm",
            "emri_small_big_endian.dcm",
            "emri_small_jpeg_2k_lossless.dcm",
            "emri_small_jpeg_ls_lossless.dcm",
        ),
        ("JLSL_RGB_ILV0.dcm", "JLSL_RGB_ILV1.dcm", "JLSL_RGB_ILV2.dcm"),
        ("color-pl.dcm", "color-px.dcm"),
    ],
    ids=lambda twins: twins[0],
)
def test_one_picture_is_the_same_in_every_lossless_encoding(dicom_core: Path, twins: tuple[str, ...]) -> None:
    first, *others = (decode_image(dicom_core / name, frames="first") for name in twins)
    assert first.std() > 0.01
    for other in others:
        np.testing.assert_array_equal(first, other)
