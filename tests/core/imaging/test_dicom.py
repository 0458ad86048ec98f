"""The greyscale pipeline of DICOM, each step against a value worked out by hand."""

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from primia_core.imaging import MultiFrameError, UnreadableImageError, UnsupportedImageError, decode_image
from tests.core.imaging.conftest import DicomWriter

RAMP = np.arange(0, 4096, 16, dtype=np.uint16).reshape(16, 16)
CORNERED = np.array([[0, 10, 20], [100, 110, 120]], np.uint8)
"""No two pixels alike, so that every turn and mirror shows."""


def _lut(values: list[int], first: int, bits: int) -> Sequence:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(values), first, bits])
    item.add_new("LUTData", "OW", np.array(values, "<u2").tobytes())
    return Sequence([item])


def test_linear_window_is_the_formula_of_the_standard(write_dicom: DicomWriter) -> None:
    values = np.array([[0, 1447, 1448, 2047, 2048, 2647, 2648, 4095]], np.uint16)
    found = decode_image(write_dicom(values, stored=12, WindowCenter=2048, WindowWidth=1200))
    # PS3.3 C.11.2.1.2.1: black at or below c - 0.5 - (w-1)/2 = 1448, white above c - 0.5 + (w-1)/2 = 2647
    want = [0, 0, 0, (2047 - 2047.5) / 1199 + 0.5, (2048 - 2047.5) / 1199 + 0.5, 1, 1, 1]
    np.testing.assert_allclose(found[0], want, atol=1e-6)


def test_linear_exact_window_is_the_formula_of_the_standard(write_dicom: DicomWriter) -> None:
    values = np.array([[0, 100, 150, 200, 300]], np.uint16)
    path = write_dicom(values, WindowCenter=150, WindowWidth=100, VOILUTFunction="LINEAR_EXACT")
    np.testing.assert_allclose(decode_image(path)[0], [0, 0, 0.5, 1, 1], atol=1e-6)


def test_sigmoid_window_is_the_formula_of_the_standard(write_dicom: DicomWriter) -> None:
    values = np.array([[0, 100, 150, 200, 60000]], np.uint16)
    path = write_dicom(values, WindowCenter=150, WindowWidth=100, VOILUTFunction="SIGMOID")
    want = 1 / (1 + np.exp(-4 * (values[0].astype(float) - 150) / 100))
    np.testing.assert_allclose(decode_image(path)[0], want, atol=1e-6)


def test_the_first_of_several_windows_counts(write_dicom: DicomWriter) -> None:
    several = decode_image(write_dicom(RAMP, WindowCenter=[1000, 3000], WindowWidth=[500, 100]))
    single = decode_image(write_dicom(RAMP, WindowCenter=1000, WindowWidth=500))
    np.testing.assert_array_equal(several, single)


@pytest.mark.parametrize("width", [0, -5])
def test_a_window_without_width_is_refused(write_dicom: DicomWriter, width: int) -> None:
    with pytest.raises(UnreadableImageError, match="window width"):
        decode_image(write_dicom(RAMP, WindowCenter=1000, WindowWidth=width))


def test_the_window_is_in_rescaled_units(write_dicom: DicomWriter) -> None:
    values = np.array([[0, 1000, 2000]], np.uint16)
    window = {"WindowCenter": 0, "WindowWidth": 2000, "VOILUTFunction": "LINEAR_EXACT"}
    path = write_dicom(values, RescaleSlope=2, RescaleIntercept=-2000, RescaleType="US", **window)
    np.testing.assert_allclose(decode_image(path)[0], [0, 0.5, 1], atol=1e-6)


def test_a_modality_table_comes_before_the_range(write_dicom: DicomWriter) -> None:
    values = np.array([[0, 1, 2, 3]], np.uint8)
    path = write_dicom(values, ModalityLUTSequence=_lut([30, 20, 10, 0], 0, 16))
    np.testing.assert_allclose(decode_image(path)[0], [1, 2 / 3, 1 / 3, 0], atol=1e-6)


def test_a_voi_table_is_scaled_by_its_own_bits(write_dicom: DicomWriter) -> None:
    values = np.array([[0, 1, 2, 3]], np.uint8)
    path = write_dicom(values, VOILUTSequence=_lut([0, 1023, 512, 256], 0, 10), WindowCenter=1, WindowWidth=2)
    np.testing.assert_allclose(decode_image(path)[0], [0, 1, 512 / 1023, 256 / 1023], atol=1e-6)


@pytest.mark.parametrize("name", ["ModalityLUTSequence", "VOILUTSequence"])
def test_an_empty_table_is_as_good_as_none(write_dicom: DicomWriter, name: str) -> None:
    plain = decode_image(write_dicom(RAMP))
    np.testing.assert_array_equal(decode_image(write_dicom(RAMP, **{name: Sequence([Dataset()])})), plain)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16])
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_any_depth_without_a_window_spans_black_to_white(write_dicom: DicomWriter, dtype: type, bits: int) -> None:
    bits = min(bits, 8 * np.dtype(dtype).itemsize)
    low = -(2 ** (bits - 1)) if np.dtype(dtype).kind == "i" else 0
    values = np.linspace(low, low + 2**bits - 1, 64).round().astype(dtype).reshape(8, 8)
    found = decode_image(write_dicom(values, stored=bits))
    np.testing.assert_allclose(found.ravel(), np.linspace(0, 1, 64), atol=1 / 64)


def test_eight_bits_keep_their_absolute_grey(write_dicom: DicomWriter) -> None:
    values = np.array([[51, 102]], np.uint8)
    np.testing.assert_allclose(decode_image(write_dicom(values))[0], [0.2, 0.4], atol=1e-6)


def test_monochrome1_is_inverted(write_dicom: DicomWriter) -> None:
    as_is = decode_image(write_dicom(RAMP, stored=12))
    inverted = decode_image(write_dicom(RAMP, stored=12, PhotometricInterpretation="MONOCHROME1"))
    np.testing.assert_allclose(inverted, 1 - as_is, atol=1e-6)


@pytest.mark.parametrize("meaning", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_black_and_takes_no_part_in_the_range(write_dicom: DicomWriter, meaning: str) -> None:
    values = np.array([[60000, 60000, 1000, 2000]], np.uint16)
    path = write_dicom(values, PixelPaddingValue=60000, PhotometricInterpretation=meaning)
    want = [0, 0, 1, 0] if meaning == "MONOCHROME1" else [0, 0, 0, 1]
    np.testing.assert_allclose(decode_image(path)[0], want, atol=1e-6)


@pytest.mark.parametrize(
    ("orientation", "stored"),
    [
        (["L", "F"], CORNERED),
        (["R", "F"], CORNERED[:, ::-1]),
        (["L", "H"], CORNERED[::-1]),
        (["R", "H"], CORNERED[::-1, ::-1]),
        (["F", "L"], CORNERED.T),
        (["F", "R"], CORNERED[:, ::-1].T),
        (["H", "L"], CORNERED[::-1].T),
        (["H", "R"], CORNERED[::-1, ::-1].T),
        (["LA", "FP"], CORNERED),
        (["RP", "FA"], CORNERED[:, ::-1]),
        (["P", "F"], CORNERED),
        (["A", "H"], CORNERED[::-1]),
        (["L", "P"], CORNERED),
        ([""], CORNERED),
    ],
)
def test_every_patient_orientation_comes_out_upright(
    write_dicom: DicomWriter, orientation: list[str], stored: np.ndarray
) -> None:
    path = write_dicom(np.ascontiguousarray(stored), PatientOrientation=orientation)
    np.testing.assert_allclose(decode_image(path), CORNERED / 255, atol=1e-6)


def test_several_frames_are_refused_or_the_first_is_taken(write_dicom: DicomWriter) -> None:
    path = write_dicom(np.stack([CORNERED, 255 - CORNERED, CORNERED]))
    with pytest.raises(MultiFrameError, match="holds 3 frames"):
        decode_image(path)
    np.testing.assert_allclose(decode_image(path, frames="first"), CORNERED / 255, atol=1e-6)


def test_a_file_without_preamble_is_read_when_a_picture_follows(write_dicom: DicomWriter) -> None:
    path = write_dicom(CORNERED)
    path.write_bytes(path.read_bytes()[132:])
    np.testing.assert_allclose(decode_image(path), CORNERED / 255, atol=1e-6)


def test_a_report_without_pixels_is_refused(write_dicom: DicomWriter) -> None:
    path = write_dicom(CORNERED, PixelData=None)
    with pytest.raises((UnsupportedImageError, UnreadableImageError)):
        decode_image(path)


def test_a_header_of_absurd_size_is_refused_before_decoding(write_dicom: DicomWriter) -> None:
    with pytest.raises(UnsupportedImageError, match="65535 x 65535"):
        decode_image(write_dicom(CORNERED, Rows=65535, Columns=65535))


@pytest.mark.parametrize("kept", [140, 300, 0.5, 0.9])
def test_a_file_that_is_cut_short_is_refused(write_dicom: DicomWriter, kept: float) -> None:
    path = write_dicom(np.tile(RAMP, (8, 8)))
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept if kept > 1 else kept * len(whole))])
    with pytest.raises((UnreadableImageError, UnsupportedImageError)):
        decode_image(path)
