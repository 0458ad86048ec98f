"""Pictures as data URIs, so that a document carries them and a page shows them. Knows no attack."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def data_uri(picture: NDArray[np.float64]) -> str:
    """Return a picture of pixels in [0, 1] as a PNG in a data URI."""
    grey = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, "PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


def png_bytes(uri: str) -> bytes:
    """Return the PNG of a data URI that ``data_uri`` made."""
    return base64.b64decode(uri.partition(",")[2])
