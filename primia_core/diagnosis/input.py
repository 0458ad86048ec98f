"""From a file to the integers that a service takes, the same in Python and in the browser.

    decode      in full, upright, grey, air black (``imaging.decode_image``)
    refuse      what is no X-ray, or too small or too large
    squash      both sides to the service's size, rounded to bytes (``imaging.squash``)
    normalise   (grey / 255 - mean) / std, times the scale, rounded half to even

There are 256 greys, so the last step is a table. Knows no shares.
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from primia_core.diagnosis.descriptor import Descriptor, Input
from primia_core.diagnosis.errors import (
    BeyondRange,
    ColourPhoto,
    DamagedImage,
    NotAnImage,
    SeveralFrames,
    TooLarge,
    TooSmall,
)
from primia_core.imaging.decode import JPEG_MAGIC, MAX_PIXELS, PNG_MAGIC, Picture, decode_image
from primia_core.imaging.errors import (
    MultiFrameError,
    OversizedImageError,
    UnreadableImageError,
    UnsupportedImageError,
)
from primia_core.imaging.quiet import quiet_decoders
from primia_core.imaging.square import squash

MOST_BYTES: Final = 64 << 20
LEAST_SIDE: Final = 32
COLOURED: Final = 40
"""A pixel has a colour when its largest and smallest channel differ by more than this."""
MOST_COLOURED: Final = 0.02
GREYS: Final = 256


def picture(path: Path | str, size: int) -> Picture:
    """Decode a file, and refuse what no service should be asked about.

    Args:
        size: pixels of each side, as the service takes them.
    Returns:
        float32 in [0, 1], (height, width), at its full size.
    Raises:
        NotAnImage, DamagedImage, SeveralFrames, ColourPhoto, TooSmall, TooLarge: it is no picture for the service.
    """
    path = Path(path)
    try:
        _check_file(path)
        decoded = decode_image(path)
    except MultiFrameError as error:
        raise SeveralFrames("the file holds several frames; export the one that you mean") from error
    except OversizedImageError as error:
        raise TooLarge(f"the picture {error.message}") from error
    except UnsupportedImageError as error:
        raise NotAnImage(f"the file {error.message}") from error
    except UnreadableImageError as error:
        raise DamagedImage(f"the file {error.message}") from error
    height, width = decoded.shape
    least = max(LEAST_SIDE, -(-size // 4))
    if min(height, width) < least:
        raise TooSmall(
            f"the picture has {width} x {height} pixels, each side needs {least}; take the original, not a thumbnail"
        )
    return decoded


def tensor(path: Path | str, descriptor: Descriptor) -> NDArray[np.uint8]:
    """Return a file as the plane of bytes that the model sees, (size, size)."""
    size = descriptor.input.size
    return squash(picture(path, size), size)


def table(asked: Input) -> NDArray[np.int64]:
    """Return the integer of each of the 256 greys: rint((grey / 255 - mean) / std * scale) in float64.

    Cost: both languages round half to even; no other operation of IEEE 754 leaves a choice.
    """
    greys = np.arange(GREYS, dtype=np.float64)
    return np.rint((greys / 255 - asked.mean) / asked.std * asked.scale).astype(np.int64)


def integers(path: Path | str, descriptor: Descriptor) -> NDArray[np.int64]:
    """Return a file as the integers that ``request.split`` takes, (channels, size, size).

    Raises:
        InputError: as ``picture``.
        BeyondRange: a grey of it lies beyond what the service's calibration has seen.
    """
    return normalised(tensor(path, descriptor), descriptor)


def normalised(plane: NDArray[np.uint8], descriptor: Descriptor) -> NDArray[np.int64]:
    """Return a plane of bytes as integers, the same in every channel.

    Raises:
        BeyondRange: a grey of it lies beyond what the service's calibration has seen.
    """
    asked = descriptor.input
    values = table(asked)[plane]
    largest, limit = int(np.abs(values).max(initial=0)), asked.limit * asked.scale
    if largest > limit:
        raise BeyondRange(
            f"the picture's extreme grey is {largest / limit:.3g} times what the service was calibrated for; "
            "take another window, or ask the service's owner to calibrate anew"
        )
    return np.repeat(values[None], asked.channels, axis=0)


def _check_file(path: Path) -> None:
    """Raise where a file is too large to read, or a photograph."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(len(PNG_MAGIC))
    except OSError as error:
        raise UnreadableImageError(f"cannot be opened: {error.strerror}; check that it is there") from error
    if size > MOST_BYTES:
        raise TooLarge(f"the file has {size >> 20} MiB, a diagnosis takes {MOST_BYTES >> 20}; export it smaller")
    if not head.startswith((JPEG_MAGIC, PNG_MAGIC)):
        return
    with quiet_decoders:
        try:
            share = _coloured(path)
        except OversizedImageError:
            raise
        except Exception as error:  # decoders meet damaged files with every class of error there is
            raise UnreadableImageError(f"cannot be decoded ({type(error).__name__}); copy it again") from error
    if share > MOST_COLOURED:
        raise ColourPhoto(
            f"{share:.0%} of the picture's pixels have a colour, an X-ray has none; give the X-ray itself"
        )


def _coloured(path: Path) -> float:
    """Return the part of the pixels that have a colour, over black where the picture is transparent."""
    with Image.open(path, formats=("JPEG", "PNG")) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise OversizedImageError(f"has {width} x {height} pixels, more than {MAX_PIXELS:,}; shrink it first")
        if image.mode in ("1", "L", "LA") or image.mode.startswith("I"):
            return 0.0
        shown: Image.Image = image
        if image.has_transparency_data:
            shown = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image.convert("RGBA"))
        channels = np.asarray(shown.convert("RGB"))
    spread = channels.max(axis=2) - channels.min(axis=2)
    return float(np.mean(spread > COLOURED))
