"""Read one JPEG, PNG or DICOM file as a picture with air black and bone white. Knows no labels and no patients."""

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from primia_core.imaging.errors import ImagingError, OversizedImageError, UnreadableImageError, UnsupportedImageError
from primia_core.imaging.quiet import quiet_decoders
from primia_core.imaging.tone import stretched

Picture = NDArray[np.float32]
Frames = Literal["refuse", "first"]

JPEG_MAGIC = b"\xff\xd8\xff"
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
DICOM_MAGIC = b"DICM"
DICOM_SUFFIXES = (".dcm", ".dicom", "")
MAX_PIXELS = 100_000_000
"""A film scanned at 10,000 x 10,000. Beyond it a header is damaged or hostile, and decoding would eat the memory."""


def decode_image(path: Path | str, *, frames: Frames = "refuse", at_least: int | None = None) -> Picture:
    """Decode a picture, upright, grey, brighter for denser.

    Args:
        path: a JPEG, PNG or DICOM file; its first bytes decide which, not its name.
        frames: what to do with a DICOM file of several frames.
        at_least: the caller will shrink both sides to at most this many pixels, so a JPEG may be decoded at a half,
            a quarter or an eighth of its size as long as both sides keep twice that; ``None`` decodes it whole.
    Returns:
        float32 in [0, 1], (height, width).
    Raises:
        UnreadableImageError: missing, empty, cut short or corrupt.
        UnsupportedImageError: not one of the three formats, or no picture inside.
        OversizedImageError: more than ``MAX_PIXELS``.
        MultiFrameError: several frames and ``frames="refuse"``.
    Edge cases: pictures of more than 8 bits without a window of their own are stretched from their darkest to their
        brightest pixel; one flat grey becomes 0.
    """
    path = Path(path)
    head = _head(path)
    with quiet_decoders:
        try:
            if head.startswith((JPEG_MAGIC, PNG_MAGIC)):
                return _decode_raster(path, at_least)
            if head[128:132] == DICOM_MAGIC or path.suffix.lower() in DICOM_SUFFIXES:
                return _decode_dicom(path, frames)
        except ImagingError:
            raise
        except Exception as error:  # decoders meet damaged files with every class of error there is
            raise UnreadableImageError(f"cannot be decoded: {_first_line(error, path)}") from error
    raise UnsupportedImageError(f"begins with {head[:4].hex()}, which is not JPEG, PNG or DICOM; convert it to one")


def is_dicom(path: Path) -> bool:
    """Say whether a file begins as DICOM files do."""
    try:
        return _head(path)[128:132] == DICOM_MAGIC
    except UnreadableImageError:
        return False


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(132)
    except OSError as error:
        raise UnreadableImageError(f"cannot be opened: {error.strerror}; check that the file is there") from error
    if not head:
        raise UnreadableImageError("is empty (0 bytes); copy it again from its source")
    return head


def _decode_raster(path: Path, at_least: int | None) -> Picture:
    with Image.open(path, formats=("JPEG", "PNG")) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise OversizedImageError(f"has {width} x {height} pixels, more than {MAX_PIXELS:,}; shrink it first")
        if at_least is not None and image.format == "JPEG":
            image.draft("L", (2 * at_least, 2 * at_least))
        upright = ImageOps.exif_transpose(image)
        if upright.mode.startswith("I"):  # 16 bits: "I;16", "I;16B" or, from older files, "I"
            return stretched(np.asarray(upright, np.float32))
        if upright.has_transparency_data:
            canvas = Image.new("RGBA", upright.size, "black")
            upright = Image.alpha_composite(canvas, upright.convert("RGBA"))
        return np.asarray(upright.convert("L"), np.float32) / np.float32(255)


def _decode_dicom(path: Path, frames: Frames) -> Picture:
    from primia_core.imaging import dicom  # pydicom and its decoders take a second to import

    return dicom.picture(dicom.read(path), frames=frames, max_pixels=MAX_PIXELS)


def _first_line(error: BaseException, path: Path) -> str:
    """Return what an error says in its first line, short enough for a table and without the file's name."""
    lines = str(error).replace(str(path), "the file").strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(":")[:160]
