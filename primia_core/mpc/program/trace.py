"""From a trained torch module to a list of float layers, by symbolic tracing. Runs nothing and changes nothing.

Every layer that no secure operation computes is named, with its place, before anything is computed.
"""

from collections.abc import Mapping, Sequence
from operator import getitem
from typing import Any

from torch import fx, nn

from primia_core.mpc.errors import UnsupportedLayer
from primia_core.mpc.program.calls import (
    DROPOUTS,
    LAYERS,
    SUPPORTED,
    Call,
    Refusal,
    Reshaped,
    call_of,
    is_size,
    kind_of,
    place_of,
)
from primia_core.mpc.program.evaluation import evaluating
from primia_core.mpc.program.layers import (
    Image,
    Layer,
    fold_normalisation,
    living,
    pool_before_rectifying,
)
from primia_core.mpc.program.operations import Shape
from primia_core.mpc.program.translate import Site, flat, translate

BATCH = -1
"""Stands for the number of images wherever a network reads its size."""


def trace(module: nn.Module, shape: Shape) -> list[Layer]:
    """Return the layers of a module in evaluation mode, normalisations folded, pools before positive parts.

    Args:
        module: any; its mode is put back, its weights are copied.
        shape: (channels, height, width) of an image.
    Returns:
        The layers in order; the last one is the result.
    Raises:
        UnsupportedLayer: names all layers that no secure operation computes, or says why it cannot be traced, or which
            layer an image of this shape does not fit.
    """
    root = nn.Sequential(module) if type(module) in LAYERS else module  # tracing would look inside of a layer
    with evaluating(root):
        graph = _graph(root)
        layers = living(_Reader(_calls(root, graph), shape).read(graph))
    return living(pool_before_rectifying(fold_normalisation(layers)))


def _graph(module: nn.Module) -> fx.Graph:
    try:
        return fx.Tracer().trace(module)
    except Exception as error:
        raise UnsupportedLayer(
            f"{type(module).__name__} cannot be traced: {type(error).__name__}: {error}. "
            "Its forward must not depend on the values of the image; write it without such branches"
        ) from error


def _calls(root: nn.Module, graph: fx.Graph) -> dict[fx.Node, Call]:
    """Return what each node computes, or refuse them all at once."""
    calls: dict[fx.Node, Call] = {}
    refused: list[str] = []
    inputs = [node for node in graph.nodes if node.op == "placeholder"]
    refused += [f"a second input ({node.name}): a network takes one image" for node in inputs[1:]]
    for node in graph.nodes:
        if node.op in ("placeholder", "get_attr", "output") or is_size(node):
            continue
        try:
            calls[node] = call_of(root, node)
        except Refusal as refusal:
            refused.append(f"{kind_of(root, node)} at {place_of(node)}: {refusal}")
    if refused:
        listed = "\n".join(f"  {line}" for line in refused)
        raise UnsupportedLayer(f"{len(refused)} layers cannot run encrypted:\n{listed}\nSupported are {SUPPORTED}")
    return calls


class _Reader:
    """Walks through the nodes with their shapes."""

    def __init__(self, calls: Mapping[fx.Node, Call], shape: Shape) -> None:
        self.calls = calls
        self.layers: list[Layer] = [Image(place="input", sources=(), shape=shape)]
        self.position: dict[fx.Node, int] = {}

    def read(self, graph: fx.Graph) -> list[Layer]:
        """Return the layers up to the result."""
        for node in graph.nodes:
            if node.op == "placeholder":
                self.position[node] = 0
            elif node in self.calls:
                self._step(node, self.calls[node])
            elif node.op == "output":
                result = node.args[0]
                if not isinstance(result, fx.Node) or result not in self.position:
                    raise UnsupportedLayer("the network returns more than one tensor; let it return the logits alone")
                return self.layers[: self.position[result] + 1]
        raise UnsupportedLayer("the network returns nothing; let it return the logits")

    def _step(self, node: fx.Node, call: Call) -> None:
        sources = tuple(self.position[operand] for operand in call.operands)
        shapes = tuple(self.layers[source].shape for source in sources)
        site = Site(place_of(node), sources, shapes, len(self.layers))
        try:
            added = self._added(call, site)
        except Refusal as refusal:
            raise UnsupportedLayer(f"{call.kind} at {site.place}: {refusal}. Supported are {SUPPORTED}") from refusal
        self.layers += added
        self.position[node] = len(self.layers) - 1 if added else sources[0]
        if call.in_place:  # whoever reads the operand later reads what has become of it
            for other, position in self.position.items():
                if position == sources[0]:
                    self.position[other] = self.position[node]

    def _added(self, call: Call, site: Site) -> list[Layer]:
        if isinstance(call.module, DROPOUTS):
            return []
        if isinstance(call.module, Reshaped):
            return self._reshaped(call.sizes, site)
        return translate(call.module, site)

    def _reshaped(self, sizes: Sequence[Any], site: Site) -> list[Layer]:
        wanted = [self._size(size) for size in sizes]
        features = site.shape[0] * site.shape[1] * site.shape[2]
        if len(wanted) == 2 and wanted[0] == BATCH and wanted[1] in (BATCH, features):
            return flat(site)
        if len(wanted) == 4 and wanted[0] == BATCH and tuple(wanted[1:]) == site.shape:
            return []
        raise Refusal(f"it makes {tuple(wanted)} of images of shape {site.shape}; only flattening is supported")

    def _size(self, size: Any) -> Any:
        """Return an integer that a reshape asks for, worked out where the network reads it off a shape."""
        if not isinstance(size, fx.Node):
            return size
        axis = size.args[1] if len(size.args) > 1 else size.kwargs.get("dim")
        source = size.args[0]
        if isinstance(source, fx.Node) and is_size(source) and size.target is getitem:
            source = source.args[0]
        if (
            not isinstance(source, fx.Node)
            or source not in self.position
            or not isinstance(axis, int)
            or axis not in range(4)
        ):
            return None
        return (BATCH, *self.layers[self.position[source]].shape)[axis]
