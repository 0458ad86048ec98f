"""Encrypted inference of a drawn network, run and measured between real processes, or expected by the cost model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from primia_core.imaging.phantoms import CLASSES, phantom
from primia_core.models import ModelSpec, build_model, check_image_size
from primia_core.mpc import kernels
from primia_core.mpc.cost import Conditions, Rates, estimate
from primia_core.mpc.local.engine import SECURENN, Inference, LocalEngine
from primia_core.mpc.local.orders import Network
from primia_core.mpc.local.rates import measure_rates
from primia_core.mpc.profile import PROFILES
from primia_core.mpc.program.encoding import encode
from primia_core.mpc.program.lowering import Policy
from primia_core.mpc.program.model import SecureModel
from primia_core.mpc.program.preparation import prepare
from primia_core.mpc.securenn.truncation import check_profile

CALIBRATION_IMAGES = 8
SMALLEST_CHEST = 32
SETTLING_PASSES = 3
"""Passes in training mode that give the normalisations the statistics of the images."""
PLAIN_RUNS = 5
Images = NDArray[np.float32]


@dataclass(frozen=True)
class Setting:
    """What is run, and under which conditions."""

    model: str
    size: int
    pool: str
    protocol: str
    profile: str
    channels: int
    batch: int
    policy: Policy
    latency_ms: float
    bandwidth_mbps: float
    threads: int
    runs: int

    @property
    def conditions(self) -> Conditions:
        """Return what the cost model takes of it, for the kernels that run here."""
        return Conditions(
            protocol=self.protocol, batch=self.batch, latency_ms=self.latency_ms, bandwidth_mbps=self.bandwidth_mbps,
            threads=self.threads, kernels=kernels.active(),
        )  # fmt: skip

    @property
    def title(self) -> str:
        """Return it in one line."""
        shape = f"{self.batch}x{self.channels}x{self.size}x{self.size}"
        network = f"{self.latency_ms:g} ms" if self.latency_ms else "no added latency"
        if self.bandwidth_mbps != float("inf"):
            network += f", {self.bandwidth_mbps:g} Mbit/s"
        return f"{self.protocol} ({self.profile}), {self.model} with {self.pool} pool, {shape}, {network}"


def measure(setting: Setting) -> dict[str, Any]:
    """Run and return the figures: of each run the whole, of time and memory the middle and the extremes."""
    torch.set_num_threads(setting.threads)
    network, images = drawn(setting)
    secure = secured(setting, network, images)
    batch = images[: setting.batch]
    logits, plain_s = _plain(network, batch)
    integers = encode(secure.program, batch, limit=None)
    line = Network(latency_ms=setting.latency_ms, bandwidth_mbps=setting.bandwidth_mbps)
    with LocalEngine(
        secure, protocol=setting.protocol, batch=setting.batch, network=line, threads=setting.threads
    ) as engine:
        engine.infer(integers)  # fills caches, and is not counted
        runs = [engine.infer(integers) for _ in range(setting.runs)]
    return {"title": setting.title, **_figures(setting, secure, runs), **_errors(secure, runs, logits),
            "plaintext_seconds": plain_s, "kernels": kernels.active(), "setting": _json(setting)}  # fmt: skip


def expected(setting: Setting, file: Path | None = None) -> dict[str, Any]:
    """Return what the cost model expects, without running the network.

    Args:
        file: holds the rates of this machine, or is written when it is missing; without one they are measured anew.
    """
    network, images = drawn(setting)
    secure = secured(setting, network, images)
    guess = estimate(secure.program, setting.conditions, rates(setting, file))
    return {"title": f"expected: {setting.title}", **guess.to_json(), "kernels": kernels.active(),
            "setting": _json(setting)}  # fmt: skip


def rates(setting: Setting, file: Path | None) -> Rates:
    """Load the rates of this machine, or measure them on reference networks, and keep them."""
    if file is not None and file.exists():
        return Rates.load(file)
    measured = measure_rates(setting.profile, setting.conditions)
    if file is not None:
        measured.save(file)
    return measured


def drawn(setting: Setting) -> tuple[nn.Module, Images]:
    """Return a network with drawn weights, settled on drawn chests, and those.

    Raises:
        ArchitectureError: the images are too small for the network.
    """
    network = _network(setting)
    pictures = [
        phantom(CLASSES[i % len(CLASSES)], size=max(setting.size, SMALLEST_CHEST), seed=(i,))
        for i in range(max(CALIBRATION_IMAGES, setting.batch))
    ]
    grey = np.stack(pictures)[:, None, : setting.size, : setting.size].astype(np.float32)
    images = np.repeat((grey - grey.mean()) / grey.std(), setting.channels, axis=1)
    with torch.inference_mode():
        network.train()
        for _ in range(SETTLING_PASSES):
            network(torch.from_numpy(images[:CALIBRATION_IMAGES]))
        network.eval()
    return network, images


def _network(setting: Setting) -> nn.Module:
    if setting.model == "resnet34":
        from torchvision.models import resnet34

        torch.manual_seed(1)
        network: nn.Module = resnet34(num_classes=len(CLASSES))
        return network
    pool = "average" if setting.pool == "avg" else "max"
    spec = ModelSpec.model_validate(
        {"name": setting.model, "stem_pool": pool, "channels": setting.channels, "classes": len(CLASSES)}
    )
    check_image_size(spec, setting.size)
    return build_model(spec, seed=1)


def secured(setting: Setting, network: nn.Module, images: Images) -> SecureModel:
    """Return the secure program of the network.

    Raises:
        ProfileError: the baseline's local truncation would go wrong too often for the profile.
    """
    if setting.protocol == SECURENN:
        check_profile(PROFILES[setting.profile])
    return prepare(network, images[:CALIBRATION_IMAGES], profile=PROFILES[setting.profile], policy=setting.policy)


def _plain(network: nn.Module, batch: Images) -> tuple[NDArray[np.float32], float]:
    """Return the network's own logits, and the median time that they take."""
    given = torch.from_numpy(batch)
    seconds = []
    with torch.inference_mode():
        for _ in range(PLAIN_RUNS + 1):
            began = perf_counter()
            logits = network(given)
            seconds.append(perf_counter() - began)
    return logits.flatten(1).numpy(), median(seconds[1:])


def _figures(setting: Setting, secure: SecureModel, runs: list[Inference]) -> dict[str, Any]:
    online = [run.online_s for run in runs]
    middle = sorted(runs, key=lambda run: run.online_s)[len(runs) // 2]
    total = middle.counters[0]["total"]
    sent = [counters["total"]["bytes_sent"] for counters in middle.counters]
    first, second = middle.offline.file_bytes
    figures = {
        "online_seconds": _spread(online),
        "online_seconds_all": online,
        "offline_seconds": median(run.offline.seconds for run in runs),
        "dealer_seconds": median(run.offline.dealer_s for run in runs),
        "delivery_seconds": median(run.offline.delivery_s for run in runs),
        "prepare_seconds": median(run.offline.prepare_s for run in runs),
        "rounds": total["rounds"],
        "bytes_sent_per_party": max(sent),
        "bytes_sent": sent,
        "key_bytes": {"p0": first, "p1": second},
        "peak_memory_bytes": max(memory for run in runs for memory in run.peak_memory_bytes),
        "seconds_by_kind": _by_kind(secure, middle.counters[0]),
    }
    if setting.protocol == SECURENN:
        figures["rounds"] = max(counters["total"]["rounds"] for counters in middle.counters)
    return figures


def _by_kind(secure: SecureModel, counters: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Return what party 0 computed, waited and sent for all operations of a kind.

    Counters see steps, so that they count an operation without any to the next one; stopwatches know better.
    """
    kinds = {
        kind: {"compute": cost["compute_s"], "wait": cost["wait_s"], "bytes": cost["bytes_sent"]}
        for kind, cost in counters["by_kind"].items()
    }
    if laps := counters["compute_by_operation"]:
        for cost in kinds.values():
            cost["compute"] = 0.0
        for position, took in laps.items():
            kind = secure.program.operations[position].kind
            kinds.setdefault(kind, {"compute": 0.0, "wait": 0.0, "bytes": 0})["compute"] += took
    return kinds


def _errors(secure: SecureModel, runs: list[Inference], logits: NDArray[np.float32]) -> dict[str, Any]:
    """Compare with the plain network, over all runs."""
    truth = logits.argmax(axis=1)
    if secure.program.output.policy == "label":
        agree = all((run.output[:, 0] == truth).all() for run in runs)
        return {"max_logit_error": None, "label_agrees": bool(agree)}
    scale = secure.program.scales[-1]
    worst = max(float(np.abs(run.output / scale - logits).max()) for run in runs)
    agree = all((run.output.argmax(axis=1) == truth).all() for run in runs)
    return {"max_logit_error": worst, "label_agrees": bool(agree)}


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": median(values), "min": min(values), "max": max(values)}


def _json(setting: Setting) -> dict[str, Any]:
    described = asdict(setting)
    if setting.bandwidth_mbps == float("inf"):
        described["bandwidth_mbps"] = None
    return described
