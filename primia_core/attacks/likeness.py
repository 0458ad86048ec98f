"""How far a set of pictures is from another in the eyes of a network whose weights the user brings.

The network's name and the hash of its file are in the name of every figure: a distance without them means nothing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from torch import nn
from torch.nn.functional import interpolate

from primia_core.attacks.errors import AttackError, TooFewPictures
from primia_core.evaluation.kernel_distance import kernel_distance
from primia_core.evaluation.pictures import frechet_distance
from primia_core.models.errors import WeightsFileError
from primia_core.models.state_files import read_state

Architecture = Literal["inception_v3", "resnet18"]
Floats = NDArray[np.float64]
SIDES: Mapping[Architecture, int] = {"inception_v3": 299, "resnet18": 224}
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
PICTURES_PER_FEATURE = 10
"""With fewer, the Frechet distance of two samples of one distribution is far from 0: 65 at four a feature."""
LEAST_FOR_KERNEL = 50
BATCH = 16


class Likeness(BaseModel):
    """Two distances between sets of pictures; one that so few pictures do not define is ``None`` with its reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    extractor: str
    features: int
    first: int
    second: int
    frechet: float | None
    kernel: float | None
    kernel_deviation: float | None
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extractor:
    """A network up to its last linear layer, which is left out."""

    name: str
    features: int
    network: nn.Module = field(repr=False)
    side: int

    @classmethod
    def load(cls, file: Path, architecture: Architecture) -> "Extractor":
        """Build a network of torchvision's and give it the weights of a file.

        Args:
            file: a state dict as ``.pth`` (read with ``weights_only``) or ``.safetensors``.
            architecture: whose it is.
        Raises:
            WeightsFileError: no such file, more than tensors in it, or tensors of another network.
        """
        network = _network(architecture)
        try:
            network.load_state_dict(read_state(file), strict=True)
        except RuntimeError as error:
            first = str(error).splitlines()[-1].strip()[:160]
            raise WeightsFileError(f"{file.name} does not fit torchvision's {architecture}: {first}") from error
        features = int(cast(nn.Linear, network.fc).in_features)
        network.fc = nn.Identity()
        digest = hashlib.sha256(file.read_bytes()).hexdigest()[:8]
        return cls(f"{architecture} of {file.name} {digest}", features, network.eval(), SIDES[architecture])

    @torch.inference_mode()
    def of(self, pictures: NDArray[np.uint8]) -> Floats:
        """Return the features of grey pictures (n, 1, S, S): (n, features)."""
        found = []
        mean, std = (torch.tensor(values)[:, None, None] for values in (IMAGENET_MEAN, IMAGENET_STD))
        for first in range(0, len(pictures), BATCH):
            grey = torch.from_numpy(np.array(pictures[first : first + BATCH])).float() / 255  # (batch, 1, S, S)
            sized = interpolate(grey, size=(self.side, self.side), mode="bilinear", antialias=True)
            found.append(self.network((sized.expand(-1, 3, -1, -1) - mean) / std).double().numpy())
        return np.concatenate(found)


def likeness(first: NDArray[np.uint8], second: NDArray[np.uint8], extractor: Extractor) -> Likeness:
    """Compare two sets of pictures (n, 1, S, S) and (m, 1, S, S).

    Raises:
        TooFewPictures: so few that neither distance is defined.
    """
    fewest = min(len(first), len(second))
    wanted = PICTURES_PER_FEATURE * extractor.features
    refused = []
    if fewest < wanted:
        refused.append(f"Frechet distance: {fewest} pictures, {wanted} needed for {extractor.features} features")
    if fewest < LEAST_FOR_KERNEL:
        refused.append(f"kernel distance: {fewest} pictures, {LEAST_FOR_KERNEL} needed")
        raise TooFewPictures(f"{'; '.join(refused)}. Compare more pictures, or use PSNR and SSIM of pairs")
    a, b = extractor.of(first), extractor.of(second)
    kernel = kernel_distance(a, b)
    return Likeness(
        extractor=extractor.name,
        features=extractor.features,
        first=len(first),
        second=len(second),
        frechet=None if fewest < wanted else frechet_distance(a, b),
        kernel=kernel.value,
        kernel_deviation=kernel.deviation,
        refused=tuple(refused),
    )


def _network(architecture: Architecture) -> nn.Module:
    from torchvision import models

    if architecture == "inception_v3":
        # torchvision's weights want [-1, 1], and its network gets there from ImageNet's mean and deviation
        return cast(nn.Module, models.inception_v3(weights=None, init_weights=False, transform_input=True))
    if architecture == "resnet18":
        return cast(nn.Module, models.resnet18(weights=None))
    raise AttackError(f"{architecture!r} is no extractor; take one of {sorted(SIDES)}")
