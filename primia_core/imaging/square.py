"""Bring pictures of every size to one small square of bytes, the only form in which a model ever sees them.

A picture is *squashed*: both sides are scaled to ``size`` independently. Padding to a square would write the aspect
ratio into the picture as black bars, and in paediatric chest X-rays the aspect ratio alone tells sick from healthy
(area under the curve .875; file size .998). A centre crop would keep proportions and may cut the costophrenic angles
away. What remains of the aspect ratio in squashed anatomy is blurred by scaling the two axes differently in
augmentation. Neither the size of a file nor that of a picture goes any further than this module.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from primia_core.imaging.decode import Frames, Picture, decode_image


def squash(picture: Picture, size: int) -> NDArray[np.uint8]:
    """Scale both sides to ``size`` with antialiasing, and round to bytes.

    Args:
        picture: float32 in [0, 1], (height, width).
        size: pixels of each side.
    Returns:
        uint8, (size, size); 255 is white.
    """
    small = Image.fromarray(picture).resize((size, size), Image.Resampling.BILINEAR)
    return np.clip(np.rint(np.asarray(small) * np.float32(255)), 0, 255).astype(np.uint8)


def load_square(path: Path, size: int, *, frames: Frames = "refuse") -> NDArray[np.uint8]:
    """Decode a file and squash it: the same bytes for training, evaluation and diagnosis."""
    return squash(decode_image(path, frames=frames, at_least=size), size)
