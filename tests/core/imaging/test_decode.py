"""JPEG and PNG, and everything that is neither."""

import warnings
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from primia_core.imaging import ImagingError, UnreadableImageError, UnsupportedImageError, decode_image, phantoms
from primia_core.imaging.quiet import quiet_decoders

GREY = (np.add.outer(np.arange(60), 2 * np.arange(90)) % 256).astype(np.uint8)


def test_png_of_eight_bits_is_read_exactly(tmp_path: Path) -> None:
    Image.fromarray(GREY).save(tmp_path / "a.png")
    np.testing.assert_allclose(decode_image(tmp_path / "a.png"), GREY / 255, atol=1e-6)


def test_png_of_sixteen_bits_spans_black_to_white(tmp_path: Path) -> None:
    deep = GREY.astype(np.uint16) * 16  # 12 bits in a 16-bit file, as many archives export
    Image.fromarray(deep).save(tmp_path / "a.png")
    found = decode_image(tmp_path / "a.png")
    np.testing.assert_allclose(found, (GREY - GREY.min()) / np.ptp(GREY), atol=1e-5)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_is_read_as_grey_whatever_its_colours(tmp_path: Path, mode: str) -> None:
    picture = phantoms.phantom("normal", size=96, seed=(1, 2))
    Image.fromarray(picture).convert(mode).save(tmp_path / "a.jpg", quality=95)
    assert np.abs(decode_image(tmp_path / "a.jpg") - picture / 255).mean() < 0.02


@pytest.mark.parametrize("mode", ["1", "P", "LA", "RGBA"])
def test_png_of_every_mode_is_read_as_grey(tmp_path: Path, mode: str) -> None:
    picture = Image.fromarray(np.where(GREY > 127, 255, 0).astype(np.uint8)).convert(mode)
    picture.save(tmp_path / "a.png")
    np.testing.assert_allclose(decode_image(tmp_path / "a.png"), GREY > 127, atol=1e-6)


def test_what_is_transparent_is_black(tmp_path: Path) -> None:
    clear = Image.merge("LA", [Image.new("L", (4, 4), 255), Image.new("L", (4, 4), 0)])
    clear.save(tmp_path / "a.png")
    assert decode_image(tmp_path / "a.png").max() == 0


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photographed_film_is_turned_upright(tmp_path: Path, orientation: int) -> None:
    picture = Image.fromarray(np.repeat(np.repeat(GREY[:4, :6], 16, 0), 16, 1))
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Pillow's transpositions
    stored = picture.transpose(Image.Transpose(undo[orientation])) if orientation > 1 else picture
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.jpg", quality=100, exif=exif)
    np.testing.assert_allclose(decode_image(tmp_path / "a.jpg"), np.asarray(picture) / 255, atol=0.03)


def test_decoding_a_jpeg_small_changes_the_square_by_less_than_its_noise(tmp_path: Path) -> None:
    from primia_core.imaging import squash

    large = Image.fromarray(phantoms.phantom("viral", size=640, seed=(3, 4)))
    large.save(tmp_path / "a.jpg", quality=92)
    whole, drafted = decode_image(tmp_path / "a.jpg"), decode_image(tmp_path / "a.jpg", at_least=64)
    assert min(drafted.shape) < min(whole.shape)
    assert np.abs(squash(whole, 64).astype(int) - squash(drafted, 64).astype(int)).max() <= 6


def test_the_first_bytes_decide_and_not_the_name(tmp_path: Path) -> None:
    Image.fromarray(GREY).save(tmp_path / "a.dcm", format="PNG")
    assert decode_image(tmp_path / "a.dcm").shape == GREY.shape


@pytest.mark.parametrize("kept", [8, 20, 0.3, 0.9])
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_picture_that_is_cut_short_is_refused(tmp_path: Path, suffix: str, kept: float) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(phantoms.phantom("normal", size=96, seed=(1, 2))).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept if kept > 1 else kept * len(whole))])
    with pytest.raises(UnreadableImageError, match="cannot be decoded"):
        decode_image(path)


def test_an_empty_a_missing_and_a_foreign_file_say_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "text.png").write_text("not a picture")
    Image.fromarray(GREY).save(tmp_path / "a.gif")
    with pytest.raises(UnreadableImageError, match="is empty"):
        decode_image(tmp_path / "empty.png")
    with pytest.raises(UnreadableImageError, match="No such file"):
        decode_image(tmp_path / "missing.png")
    for name in ("text.png", "a.gif"):
        with pytest.raises(UnsupportedImageError, match="not JPEG, PNG or DICOM"):
            decode_image(tmp_path / name)


def test_no_error_names_the_file_because_names_may_be_of_patients(tmp_path: Path) -> None:
    path = tmp_path / "doe-jane.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    with pytest.raises(UnreadableImageError) as caught:
        decode_image(path)
    assert "jane" not in caught.value.message


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"\0" * 128 + b"DICM"]),
    rest=st.binary(max_size=400),
    suffix=st.sampled_from([".png", ".dcm", ""]),
)
def test_noise_is_refused_and_never_crashes(tmp_path: Path, head: bytes, rest: bytes, suffix: str) -> None:
    path = tmp_path / f"noise{suffix}"
    path.write_bytes(head + rest)
    with pytest.raises(ImagingError):
        decode_image(path)


def test_warnings_of_others_come_back_after_threads_decoded_at_once() -> None:
    before = list(warnings.filters)

    def hold() -> None:
        for _ in range(200):
            with quiet_decoders:
                pass

    threads = [Thread(target=hold) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before
