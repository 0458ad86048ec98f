"""Start from torchvision's ImageNet weights, in a file that the user brings. Fetches nothing and executes nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from torch import Tensor, nn

from primia_core.models.errors import ArchitectureError
from primia_core.models.state_files import read_state

Stem = Literal["sum", "mean"]
STATISTICS = ("running_mean", "running_var", "num_batches_tracked")


@dataclass(frozen=True)
class LoadReport:
    """What became of each tensor: names taken as they are, taken after a change, left at their start, and unused."""

    loaded: tuple[str, ...]
    adapted: tuple[str, ...]
    fresh: tuple[str, ...]
    unused: tuple[str, ...]


def load_imagenet(network: nn.Module, file: Path | str, *, stem: Stem = "sum") -> LoadReport:
    """Load torchvision's state dict into a network of the same architecture.

    Args:
        network: from ``build_model``; changed in place.
        file: ``.pth``/``.pt`` (read with ``weights_only``) or ``.safetensors``, of torchvision's ``resnet18`` or
            ``vgg16_bn``.
        stem: how three colours become one: ``sum`` gives a grey image the response that the same picture in three
            equal colours had; ``mean`` is a third of it.
    Returns:
        What became of each tensor. The last linear layer stays fresh unless it has the same number of classes.
        GroupNorm takes BatchNorm's scale and shift and drops its running statistics.
    Raises:
        WeightsFileError: no such file, or one that is more than tensors by name.
        ArchitectureError: tensors of another architecture.
    """
    found = read_state(Path(file))
    own = network.state_dict()
    head = max(n for n, layer in network.named_modules() if isinstance(layer, nn.Linear))
    first = next(n for n, layer in network.named_modules() if isinstance(layer, nn.Conv2d))
    taken: dict[str, Tensor] = {}
    adapted: list[str] = []
    for name, tensor in own.items():
        given = found.get(name)
        if name == f"{first}.weight" and given is not None and given.shape != tensor.shape:
            given = _grey(given, tensor, stem)
            adapted.append(name)
        if name.startswith(f"{head}.") and (given is None or given.shape != tensor.shape):
            continue
        if given is None and name.endswith("num_batches_tracked"):  # weights of before PyTorch 0.4.1 lack it
            continue
        if given is None or given.shape != tensor.shape:
            raise _mismatch(name, given, tensor, Path(file))
        taken[name] = given.to(tensor.dtype)
    unused = sorted(found.keys() - taken.keys())
    foreign = [n for n in unused if not n.startswith(f"{head}.") and n.rpartition(".")[2] not in STATISTICS]
    if foreign:
        raise _mismatch(foreign[0], found[foreign[0]], None, Path(file))
    network.load_state_dict({**own, **taken})
    plain = tuple(sorted(taken.keys() - set(adapted)))
    return LoadReport(plain, tuple(adapted), tuple(sorted(own.keys() - taken.keys())), tuple(unused))


def _grey(given: Tensor, own: Tensor, stem: Stem) -> Tensor:
    """Reduce a stem (out, 3, k, k) over its colours to (out, 1, k, k)."""
    if given.ndim != 4 or own.shape[1] != 1:
        return given
    return given.sum(1, keepdim=True) if stem == "sum" else given.mean(1, keepdim=True)


def _mismatch(name: str, given: Tensor | None, own: Tensor | None, file: Path) -> ArchitectureError:
    def shape(tensor: Tensor | None) -> str:
        return "nothing" if tensor is None else f"shape {tuple(tensor.shape)}"

    return ArchitectureError(
        f"{file.name} has {shape(given)} for {name}, this network {shape(own)}; "
        "give the file of the same architecture (torchvision's resnet18 or vgg16_bn)"
    )
