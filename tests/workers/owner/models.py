"""A small trained-looking network as a file, pictures, and rates as a machine would have kept them."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from primia_core.imaging.phantoms import CLASSES, phantom
from primia_core.models import Manifest, ModelSpec, build_model
from primia_core.models.weights import PixelScale, save, state_hash
from primia_core.mpc import kernels
from primia_core.mpc.cost import Rates

SIZE = 32
SPEC = ModelSpec(name="small_cnn", channels=1, classes=3)
KINDS = ("input", "linear", "truncate", "maximum", "relu", "lift", "weighted_pool", "reshape", "output")


def weights_file(path: Path, *, seed: int = 3, classes: tuple[str, ...] = CLASSES) -> bytes:
    """Write a network whose normalisations have seen chests, and return the bytes of its file."""
    network = build_model(SPEC, seed=seed)
    chests = np.stack([phantom(CLASSES[i % 3], size=SIZE, seed=(9, i)) for i in range(24)])[:, None]
    given = torch.from_numpy((chests.astype(np.float32) / 255 - np.float32(0.5)) / np.float32(0.25))
    with torch.inference_mode():
        for _ in range(3):
            network.train()(given)
    state = network.eval().state_dict()
    manifest = Manifest(
        spec=SPEC, classes=classes, image_size=SIZE, normalisation=PixelScale(mean=0.5, std=0.25),
        state_hash=state_hash(state),
    )  # fmt: skip
    return save(path, state, manifest).read_bytes()


def draw_pictures(folder: Path, count: int) -> None:
    """Draw chests into folders of their classes."""
    for number in range(count):
        label = CLASSES[number % 3]
        (folder / label).mkdir(parents=True, exist_ok=True)
        Image.fromarray(phantom(label, size=64, seed=(5, number))).save(folder / label / f"{number}.png")


def keep_rates(folder: Path, protocol: str = "tables", profile: str = "fast") -> Rates:
    """Put rates where an owner's node keeps those that it has measured."""
    by_kind = {kind: {"once": 1e-4} for kind in KINDS}
    rates = Rates(
        protocol=protocol, profile=profile, threads=1, kernels=kernels.active(), machine="a desk", measured="today",
        online=by_kind, preparing=by_kind, dealing=by_kind, start=0.25,
    )  # fmt: skip
    (folder / "rates").mkdir(parents=True, exist_ok=True)
    rates.save(folder / "rates" / f"{protocol}-{profile}-{kernels.active()}.json")
    return rates
