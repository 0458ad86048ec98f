"""Predictions of a folder: by the network in the clear, and by parties that see nothing; and how well they agree."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from primia_core.cli.output import progress_bar
from primia_core.cli.picture_folder import Pictures
from primia_core.models.weights import Loaded
from primia_core.mpc.local.engine import LocalEngine
from primia_core.mpc.profile import PROFILES
from primia_core.mpc.program.encoding import encode, input_limit
from primia_core.mpc.program.preparation import prepare

CALIBRATION_IMAGES = 32


@dataclass(frozen=True)
class Prediction:
    """Of one image; the probabilities and logits are ``None`` where only the label was opened."""

    path: str
    label: str
    probabilities: tuple[float, ...] | None
    logits: tuple[float, ...] | None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Summary:
    """Encrypted beside plain."""

    protocol: str
    profile: str
    images: int
    calibrated_on: str
    labels_agree: int
    max_logit_error: float | None
    online_seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    def in_words(self) -> str:
        """Return it in one sentence."""
        error = "" if self.max_logit_error is None else f", logits differ by {self.max_logit_error:.2g} at most"
        return (
            f"{self.labels_agree} of {self.images} labels are those of the plain network{error}; "
            f"{self.online_seconds:.3f} s online an image ({self.protocol}, {self.profile}). "
            f"Scales, which are public, were taken from {self.calibrated_on}."
        )


def in_the_clear(loaded: Loaded, pictures: Pictures, batch: int) -> list[Prediction]:
    """Return what the network says."""
    network = loaded.network()
    given = torch.from_numpy(pictures.pixels)
    with torch.inference_mode():
        logits = torch.cat([network(given[start : start + batch]) for start in range(0, len(given), batch)])
    return _from_logits(loaded, pictures, logits.flatten(1).double().numpy())


def secretly(
    loaded: Loaded,
    pictures: Pictures,
    calibration: Pictures,
    *,
    protocol: str,
    profile: str,
    label_only: bool,
    batch: int,
    threads: int,
    quiet: bool,
) -> tuple[list[Prediction], float]:
    """Return what the parties' answers add up to, and the median of online seconds an image.

    Raises:
        CalibrationError, UnsupportedLayer: the network cannot be run encrypted, with the reason.
        OutOfRange: an image is beyond the range that calibration saw; calibrate with images like those.
    """
    secure = prepare(
        loaded.network(),
        calibration.pixels[:CALIBRATION_IMAGES],
        profile=PROFILES[profile],
        policy="label" if label_only else "logits",
    )
    program = secure.program
    integers = encode(program, pictures.pixels, limit=input_limit(program))
    outputs, seconds = [], []
    with (
        LocalEngine(secure, protocol=protocol, batch=batch, threads=threads) as engine,
        progress_bar("encrypted inference", quiet=quiet) as told,
    ):
        for start in range(0, len(integers), batch):
            part = integers[start : start + batch]
            full = np.concatenate([part, np.zeros((batch - len(part), *part.shape[1:]), part.dtype)])
            inference = engine.infer(full)
            outputs.append(inference.output[: len(part)])
            seconds.append(inference.online_s / batch)
            told(start + len(part), len(integers))
    output = np.concatenate(outputs)
    if label_only:
        classes = loaded.manifest.classes
        found = [
            Prediction(path, classes[int(row[0])], None, None) for path, row in zip(pictures.paths, output, strict=True)
        ]
    else:
        found = _from_logits(loaded, pictures, output / program.scales[-1])
    return found, median(seconds)


def summary(
    plain: Sequence[Prediction],
    secret: Sequence[Prediction],
    seconds: float,
    *,
    protocol: str,
    profile: str,
    calibrated_on: str,
) -> Summary:
    """Compare."""
    pairs = list(zip(plain, secret, strict=True))
    errors = [
        max(abs(a - b) for a, b in zip(one.logits, other.logits, strict=True))
        for one, other in pairs
        if one.logits is not None and other.logits is not None
    ]
    agree = sum(one.label == other.label for one, other in pairs)
    return Summary(protocol, profile, len(pairs), calibrated_on, agree, max(errors) if errors else None, seconds)


def _from_logits(loaded: Loaded, pictures: Pictures, logits: NDArray[np.float64]) -> list[Prediction]:
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = exponents / exponents.sum(axis=1, keepdims=True)
    classes = loaded.manifest.classes
    return [
        Prediction(path, classes[int(row.argmax())], tuple(share.tolist()), tuple(row.tolist()))
        for path, row, share in zip(pictures.paths, logits, shares, strict=True)
    ]
