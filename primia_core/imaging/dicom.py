"""From a DICOM data set to a picture: frames, modality and VOI transforms, photometric meaning, orientation.

The order is that of DICOM PS3.4 N.2 (greyscale transformations). Knows no files but the one it is asked to read.
"""

from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.errors import InvalidDicomError
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi
from pydicom.pixels.utils import pixel_array

from primia_core.imaging.errors import (
    MultiFrameError,
    OversizedImageError,
    UnreadableImageError,
    UnsupportedImageError,
)
from primia_core.imaging.quiet import quiet_decoders
from primia_core.imaging.tone import stretched, unit_range

GREY = ("MONOCHROME1", "MONOCHROME2")
PIXEL_ELEMENTS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""ITU-R BT.601, as Pillow uses for JPEG and PNG."""


def read(path: Path) -> pydicom.Dataset:
    """Read a data set; a file without preamble is accepted when what follows is a picture."""
    try:
        return pydicom.dcmread(path)
    except InvalidDicomError:
        data = pydicom.dcmread(path, force=True)
        if "Rows" not in data:
            raise UnsupportedImageError("is not JPEG, PNG or DICOM; convert it to one") from None
        return data


def patient_id(path: Path) -> str | None:
    """Return the Patient ID in the header of a DICOM file, or ``None`` where it is absent, empty or unreadable."""
    return header_values(path, ("PatientID",))["PatientID"] or None


def header_values(path: Path, names: Sequence[str]) -> dict[str, str]:
    """Return elements of a DICOM file's header as text, empty where they are absent or the header is unreadable."""
    with quiet_decoders:
        try:
            data = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=list(names))
        except Exception:  # noqa: BLE001 -- a damaged header; decoding puts the file in quarantine with the reason
            return dict.fromkeys(names, "")
    return {name: str(data.get(name) or "").strip() for name in names}


def picture(data: pydicom.Dataset, *, frames: Literal["refuse", "first"], max_pixels: int) -> NDArray[np.float32]:
    """Turn a data set into a picture with air black and bone white.

    Args:
        data: with pixel data in any transfer syntax that an installed decoder reads, 1 to 16 bits or floating point.
        frames: whether several frames are refused or the first is taken.
        max_pixels: refuse more rows times columns than this, before decoding.
    Returns:
        float32 in [0, 1], (height, width), upright by Patient Orientation where the file tells it.
    Raises:
        UnsupportedImageError, MultiFrameError, UnreadableImageError: see ``decode_image``.
    Edge cases: pixel padding becomes black and takes no part in the range.
    """
    stored = stored_values(data, frames=frames, max_pixels=max_pixels)
    if stored.ndim == 3 or data.PhotometricInterpretation == "PALETTE COLOR":
        unit = _grey_of_colour(stored, data)
    else:
        unit = _grey(stored, data)
    return upright(unit, _orientation(data))


def stored_values(data: pydicom.Dataset, *, frames: Literal["refuse", "first"], max_pixels: int) -> NDArray[Any]:
    """Decode one frame as it is stored: (height, width), or (height, width, 3) with YBR already turned to RGB."""
    if not any(name in data for name in PIXEL_ELEMENTS):
        raise UnsupportedImageError("holds no pixel data; export the picture, not the report or the header")
    if "TransferSyntaxUID" not in getattr(data, "file_meta", ()):
        raise UnreadableImageError("names no transfer syntax, so its bytes cannot be read; export it again")
    rows, columns, count = int(data.Rows), int(data.Columns), int(data.get("NumberOfFrames") or 1)
    if rows * columns > max_pixels:
        raise OversizedImageError(f"has {columns} x {rows} pixels, more than {max_pixels:,}; shrink it first")
    if count > 1 and frames == "refuse":
        raise MultiFrameError(f'holds {count} frames and a cohort takes 1; choose frames="first" or export one')
    return pixel_array(data, index=0) if count > 1 else _single(pixel_array(data))


def upright(image: NDArray[np.float32], orientation: Sequence[str]) -> NDArray[np.float32]:
    """Turn a picture so that rows run towards the patient's left and columns towards the feet.

    Args:
        image: (height, width).
        orientation: Patient Orientation (0020,0020): the direction of a row and that of a column, as in ("L", "F").
    Returns:
        The frontal view as a radiologist hangs it. Without an orientation, or for a plane that has no head-to-feet
        axis, the picture as it was. A lateral view is set upright and not mirrored.
    """
    if len(orientation) != 2 or not all(orientation):
        return image
    row, column = (direction[0] for direction in orientation)
    if row in "HF" and column not in "HF":
        image, row, column = image.T, column, row
    if column not in "HF":
        return image
    if column == "H":
        image = image[::-1]
    return np.ascontiguousarray(image[:, ::-1] if row == "R" else image)


def _single(pixels: NDArray[Any]) -> NDArray[Any]:
    return pixels[0] if pixels.ndim == 4 or (pixels.ndim == 3 and pixels.shape[-1] != 3) else pixels


def _orientation(data: pydicom.Dataset) -> list[str]:
    value = data.get("PatientOrientation")
    return [str(item).strip() for item in value] if isinstance(value, Sequence) and not isinstance(value, str) else []


def _grey(stored: NDArray[Any], data: pydicom.Dataset) -> NDArray[np.float32]:
    valid = _valid(stored, data)
    values = apply_modality_lut(stored, data) if _has_lut(data, "ModalityLUTSequence") is not False else stored
    if _has_lut(data, "VOILUTSequence"):
        unit = _through_voi_lut(values, data)
    elif data.get("WindowWidth") is not None and data.get("WindowCenter") is not None:
        unit = windowed(values, _first(data.WindowCenter), _first(data.WindowWidth), data.get("VOILUTFunction"))
    elif values is stored and int(data.get("BitsStored") or 16) == 8 and not data.get("PixelRepresentation"):
        unit = unit_range(values, 0.0, 255.0)
    else:
        unit = stretched(values, valid)
    if data.PhotometricInterpretation == "MONOCHROME1":
        unit = np.float32(1) - unit
    return unit if valid is None else np.where(valid, unit, np.float32(0))


def windowed(values: NDArray[Any], centre: float, width: float, function: str | None) -> NDArray[np.float32]:
    """Apply a window of interest.

    Args:
        values: after the modality transform.
        centre, width: in those units.
        function: LINEAR (also ``None``), LINEAR_EXACT or SIGMOID.
    Returns:
        float32 in [0, 1].
    Raises:
        UnreadableImageError: a width that the function does not allow.
    Source: DICOM PS3.3, C.11.2.1.2 and C.11.2.1.3.
    """
    name = (function or "LINEAR").upper()
    if width < (1 if name == "LINEAR" else 1e-12):
        raise UnreadableImageError(f"has the window width {width}, too small for {name}; correct its header")
    offset = np.asarray(values, np.float64) - centre
    if name == "SIGMOID":
        return (1.0 / (1.0 + np.exp(np.clip(-4.0 * offset / width, -700, 700)))).astype(np.float32)
    if name == "LINEAR":
        offset, width = offset + 0.5, max(width - 1.0, 1e-6)
    return np.clip(offset / width + 0.5, 0.0, 1.0).astype(np.float32)


def _has_lut(data: pydicom.Dataset, name: str) -> bool | None:
    """Say whether a table is there: ``None`` without the sequence, ``False`` where it is there and empty."""
    items = data.get(name)
    return bool(items[0].get("LUTData")) if items else None


def _through_voi_lut(values: NDArray[Any], data: pydicom.Dataset) -> NDArray[np.float32]:
    entry_bits = int(data.VOILUTSequence[0].LUTDescriptor[2])
    return unit_range(apply_voi(values, data, index=0), 0.0, float(2**entry_bits - 1))


def _grey_of_colour(stored: NDArray[Any], data: pydicom.Dataset) -> NDArray[np.float32]:
    bits = int(data.BitsStored)
    if data.PhotometricInterpretation == "PALETTE COLOR":
        stored = apply_color_lut(stored, _little_endian_palette(data))
        bits = 8 * stored.dtype.itemsize
    return unit_range(stored[..., :3].astype(np.float32) @ LUMA, 0.0, float(2**bits - 1))


def _little_endian_palette(data: pydicom.Dataset) -> pydicom.Dataset:
    """Return a data set whose palette bytes are little-endian, which is what ``apply_color_lut`` takes them for."""
    if data.file_meta.TransferSyntaxUID.is_little_endian:
        return data
    turned = copy(data)
    for colour in ("Red", "Green", "Blue"):
        name = f"{colour}PaletteColorLookupTableData"
        if data[name].VR == "OW":
            setattr(turned, name, np.frombuffer(data[name].value, ">u2").astype("<u2").tobytes())
    return turned


def _valid(stored: NDArray[Any], data: pydicom.Dataset) -> NDArray[np.bool_] | None:
    padding = data.get("PixelPaddingValue")
    if padding is None or isinstance(padding, bytes):
        return None
    limit = data.get("PixelPaddingRangeLimit", padding)
    low, high = sorted((int(padding), int(padding if isinstance(limit, bytes) else limit)))
    return (stored < low) | (stored > high)


def _first(value: Any) -> float:
    return float(value[0] if isinstance(value, Sequence) and not isinstance(value, str) else value)
