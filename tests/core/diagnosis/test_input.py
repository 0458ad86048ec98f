"""A file becomes the integers that the service takes, or is refused with a reason of its own."""

import numpy as np
import pytest
from PIL import Image

from primia_core.diagnosis.errors import (
    BeyondRange,
    ColourPhoto,
    DamagedImage,
    NotAnImage,
    SeveralFrames,
    TooLarge,
    TooSmall,
)
from primia_core.diagnosis.input import MOST_BYTES, integers, normalised, picture, table, tensor
from primia_core.imaging import decode_image, load_square, squash
from tests.core.diagnosis.parties import described
from tests.core.diagnosis.resize_twin import squashed
from tests.core.imaging.conftest import write_dicom  # noqa: F401 -- a fixture

SERVICE = described(size=64)


@pytest.fixture
def grey():
    return np.random.default_rng(1).integers(0, 256, (150, 170), dtype=np.uint8)


@pytest.fixture
def save(tmp_path):
    def write(pixels, name="image.png", **options):
        path = tmp_path / name
        Image.fromarray(pixels).save(path, **options)
        return path

    return write


@pytest.mark.parametrize("name", ["image.png", "image.jpg"])
def test_a_file_becomes_what_training_saw(save, grey, name):
    path = save(grey, name)
    plane = tensor(path, SERVICE)
    np.testing.assert_array_equal(plane, squash(decode_image(path), 64))
    assert np.abs(plane.astype(int) - load_square(path, 64)).max() <= (0 if name.endswith("png") else 12)
    np.testing.assert_array_equal(plane, squashed(decode_image(path), 64))


def test_integers_are_the_normalised_greys_times_the_scale(save, grey):
    path, asked = save(grey), SERVICE.input
    whole = integers(path, SERVICE)
    assert (whole.shape, whole.dtype) == ((3, 64, 64), np.int64)
    plane = (tensor(path, SERVICE).astype(np.float32) / 255 - np.float32(asked.mean)) / np.float32(asked.std)
    for channel in whole:
        assert np.abs(channel - plane * asked.scale).max() < 0.51


def test_the_table_is_rounded_half_to_even():
    halves = described().input.model_copy(update={"mean": 0.0, "std": 1.0, "scale": 127.5})
    assert table(halves)[:6].tolist() == [0, 0, 1, 2, 2, 2]


def test_a_dicom_file_is_taken(write_dicom, grey):  # noqa: F811
    path = write_dicom(grey.astype(np.uint16) * 16, stored=12)
    assert integers(path, SERVICE).shape == (3, 64, 64)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "LA", "1", "I;16", "CMYK"])
def test_grey_pictures_are_taken_in_every_mode(tmp_path, grey, mode):
    path = tmp_path / ("image.jpg" if mode == "CMYK" else "image.png")
    if mode == "I;16":
        Image.fromarray(grey.astype(np.uint16) * 200).save(path)
    else:
        Image.fromarray(grey).convert("RGB" if mode == "CMYK" else mode).convert(mode).save(path)
    assert tensor(path, SERVICE).shape == (64, 64)


def coloured(share):
    pixels = np.full((100, 100, 3), 120, np.uint8)
    pixels.reshape(-1, 3)[: int(share * 10_000)] = (200, 120, 120)
    return pixels


def test_a_photograph_is_refused_and_a_coloured_marker_is_not(save):
    assert tensor(save(coloured(0.02)), SERVICE).shape == (64, 64)
    with pytest.raises(ColourPhoto) as refused:
        tensor(save(coloured(0.021)), SERVICE)
    assert refused.value.code == "input.colour"


def test_a_tint_is_no_colour(save):
    pixels = np.full((100, 100, 3), (160, 140, 120), np.uint8)
    assert tensor(save(pixels), SERVICE).shape == (64, 64)
    pixels[..., 0] = 161
    with pytest.raises(ColourPhoto):
        tensor(save(pixels), SERVICE)


def test_colour_that_cannot_be_seen_is_none(save):
    pixels = np.dstack([coloured(1.0), np.zeros((100, 100), np.uint8)])
    assert tensor(save(pixels), SERVICE).max() == 0


@pytest.mark.parametrize(("shape", "size"), [((31, 200), 64), ((200, 31), 64), ((63, 200), 256), ((200, 56), 225)])
def test_a_thumbnail_is_refused(save, shape, size):
    path = save(np.zeros(shape, np.uint8))
    with pytest.raises(TooSmall) as refused:
        picture(path, size)
    assert refused.value.code == "input.too_small"
    assert f"{shape[1]} x {shape[0]}" in refused.value.message


@pytest.mark.parametrize(("shape", "size"), [((32, 32), 64), ((64, 64), 256), ((57, 57), 225)])
def test_the_smallest_picture_is_taken(save, shape, size):
    assert picture(save(np.zeros(shape, np.uint8)), size).shape == shape


def test_a_file_of_too_many_bytes_is_refused(tmp_path):
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(TooLarge) as refused:
        tensor(path, SERVICE)
    assert refused.value.code == "input.too_large"


def test_a_picture_of_too_many_pixels_is_refused(tmp_path, write_dicom, grey):  # noqa: F811
    path = tmp_path / "large.png"
    Image.new("1", (20_000, 6_000)).save(path)
    header = write_dicom(grey, Rows=65535, Columns=65535)
    for large in (path, header):
        with pytest.raises(TooLarge):
            tensor(large, SERVICE)


@pytest.mark.parametrize("content", [b"%PDF-1.7 and more", b"GIF89a", b"plain text", b"PK\3\4"])
def test_what_is_no_picture_is_refused(tmp_path, content):
    path = tmp_path / "report.pdf"
    path.write_bytes(content)
    with pytest.raises(NotAnImage) as refused:
        tensor(path, SERVICE)
    assert refused.value.code == "input.not_an_image"


def test_damaged_files_are_refused(tmp_path, save, grey, write_dicom):  # noqa: F811
    whole = [save(grey), save(grey, "image.jpg"), write_dicom(grey)]
    for path in whole:
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
    empty = tmp_path / "empty.png"
    empty.touch()
    for path in (*whole, empty, tmp_path / "missing.png"):
        with pytest.raises(DamagedImage) as refused:
            tensor(path, SERVICE)
        assert refused.value.code == "input.damaged"
        assert path.name not in refused.value.message


def test_several_frames_are_refused(write_dicom):  # noqa: F811
    with pytest.raises(SeveralFrames):
        tensor(write_dicom(np.zeros((3, 90, 90), np.uint8)), SERVICE)


def test_a_grey_beyond_the_limit_is_refused():
    asked = SERVICE.input.model_copy(update={"limit": 2.0})
    narrow = described(size=64, input=asked)
    plane = np.full((64, 64), 100, np.uint8)
    assert normalised(plane, narrow).shape == (3, 64, 64)
    plane[3, 4] = 255
    with pytest.raises(BeyondRange) as refused:
        normalised(plane, narrow)
    assert refused.value.code == "input.out_of_range"
