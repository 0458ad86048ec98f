"""From a file of weights to a secure model and the facts that its service tells. Needs torch, alone among the nodes."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from primia_core.diagnosis.descriptor import Accuracy, Input, Output, Price
from primia_core.models.weights import Loaded, Manifest, load
from primia_core.mpc.cost import Rates
from primia_core.mpc.errors import ProfileError
from primia_core.mpc.profile import PROFILES
from primia_core.mpc.program.accuracy import measure
from primia_core.mpc.program.encoding import input_limit, logit_limit
from primia_core.mpc.program.model import SecureModel
from primia_core.mpc.program.operations import SecureProgram
from primia_core.mpc.program.preparation import prepare
from primia_core.mpc.session import Policy
from workers.owner.errors import WrongModel
from workers.owner.pictures import Calibration, calibration
from workers.owner.price import price
from workers.owner.temperature import LEAST_LABELLED, fitted

Told = Callable[[str], None]
DRAWN = (
    "calibrated on chests that the project draws, which look like X-rays to nobody but software; put at least 32 "
    "approved or mock pictures into the owner's folder and publish again before anyone relies on it"
)
CHUNK = 16


@dataclass(frozen=True)
class Wanted:
    """What a service asks of its model.

    Attributes:
        classes: that the service names; the model's must be those.
    """

    classes: tuple[str, ...]
    policy: Policy
    protocol: str
    profile: str


@dataclass(frozen=True)
class Described:
    """A secure model, and what may be told of it."""

    model: SecureModel
    facts: dict[str, Any]


def describe(
    weights: Path, wanted: Wanted, pictures: Path, rates: Callable[[], Rates], told: Told = lambda phase: None
) -> Described:
    """Prepare a model, replay it in plain text, and say what its service is.

    Args:
        weights: the file; its hash is checked against its manifest.
        pictures: folder of calibration images.
        rates: measures this machine, or remembers.
        told: called with the name of each phase; it may raise, which ends the work.
    Raises:
        WeightsFileError, ManifestError, ArchitectureError: the file is damaged or not ours.
        WrongModel: its classes are not the service's.
        TooFewImages, CalibrationError, UnsupportedLayer, ProgramError: it cannot be prepared.
    """
    told("reading")
    loaded = _load(weights, wanted)
    told("calibrating")
    images = calibration(pictures, loaded.manifest)
    network = loaded.network()
    model = prepare(network, images.images, profile=PROFILES[wanted.profile], policy=wanted.policy)
    told("replaying")
    measured = measure(model, network, images.images)
    accuracy = Accuracy(
        images=measured.images,
        labels_agree=round(measured.agreement * measured.images),
        largest_logit_error=measured.max_logit_error,
    )
    told("measuring")
    cost = price(model.program, wanted.protocol, rates())
    temperature = 1.0 if wanted.policy == "label" else fitted(_logits(network, images.images), images.labels)
    facts = {
        "input": _plain(_input(model.program, loaded.manifest)),
        "output": _plain(_output(model.program, temperature)),
        "price": _plain(cost),
        "accuracy": _plain(accuracy),
        "report": _report(model, images, cost, temperature, sum(excess.values for excess in measured.excesses)),
    }
    return Described(model, facts)


def _load(weights: Path, wanted: Wanted) -> Loaded:
    if wanted.profile not in PROFILES:
        raise ProfileError(f"there is no profile {wanted.profile!r}; take one of {', '.join(PROFILES)}")
    loaded = load(weights)
    if loaded.manifest.classes != wanted.classes:
        raise WrongModel(
            f"the weights are of a model with the classes {list(loaded.manifest.classes)}, the service names "
            f"{list(wanted.classes)}; the hub has sent other weights than the service is for"
        )
    return loaded


def _input(program: SecureProgram, manifest: Manifest) -> Input:
    return Input.model_validate(
        {
            "size": manifest.image_size,
            "channels": manifest.spec.channels,
            "mean": manifest.normalisation.mean,
            "std": manifest.normalisation.std,
            "scale": program.scales[0],
            "limit": input_limit(program),
            "ring_bits": program.widths.ring_bits,
        }
    )


def _output(program: SecureProgram, temperature: float) -> Output:
    output, widths = program.output, program.widths
    logits = output.policy == "logits"
    return Output.model_validate(
        {
            "policy": output.policy,
            "scale": program.scales[-1] if logits else 1.0,
            "limit": logit_limit(program),
            "words": prod(output.shape) if logits else 1,
            "ring_bits": widths.ring_bits if logits else widths.wire_bits,
            "temperature": temperature,
        }
    )


def _logits(network: nn.Module, images: NDArray[np.float32]) -> NDArray[np.float64]:
    with torch.inference_mode():
        chunks = [network(torch.from_numpy(images[i : i + CHUNK])) for i in range(0, len(images), CHUNK)]
    return torch.cat(chunks).flatten(1).double().numpy()


def _report(
    model: SecureModel, images: Calibration, cost: Price, temperature: float, out_of_range: int
) -> dict[str, object]:
    """Return what people should know besides; magnitudes of layers stay in the owner's own report."""
    totals = model.report.totals
    notes = [DRAWN] if images.source == "phantoms" else []
    if temperature == 1.0:
        notes.append(
            f"probabilities are not calibrated: that takes {LEAST_LABELLED} pictures in folders named after the classes"
        )
    if model.report.warnings:
        notes.append(f"preparation gave {len(model.report.warnings)} warnings; the owner's own report has them")
    return {
        "calibration": {"images": len(images), "source": images.source, "left_out": images.left_out},
        "online_seconds": f"{cost.online_seconds} s are expected between two processes of the owner's machine, with "
        "one thread each; it was not measured between the parties",
        "multiplications": totals.multiplications,
        "relus": totals.relus,
        "comparisons": totals.comparisons,
        "weight_words": totals.weight_words,
        "out_of_range": out_of_range,
        "notes": notes,
    }


def _plain(part: Input | Output | Price | Accuracy) -> dict[str, Any]:
    return part.model_dump(mode="json")
