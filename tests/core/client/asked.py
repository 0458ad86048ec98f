"""What tests of the diagnosis clients look at: requests that are kept, and the answer that must come."""

from pathlib import Path

import numpy as np

from primia_core.diagnosis.answer import softmax
from primia_core.diagnosis.input import integers
from tests.core.client.fake_platform import FakePlatform, logits_of


def pending(kept: Path) -> list[Path]:
    return list(kept.glob("*.pending.json"))


def expected(platform: FakePlatform, picture: Path) -> np.ndarray:
    """Return the probabilities that the fake network gives to a picture."""
    logits = logits_of(integers(picture, platform.descriptor)[0]) / platform.descriptor.output.scale
    return softmax(logits)
