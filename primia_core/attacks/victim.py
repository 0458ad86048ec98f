"""What an honest site sends, as a function of its images: the attacker runs the same function on guesses.

A release is the raw gradient of a batch, the update after some local steps, or the mean of several sites' releases;
under differential privacy its gradients are clipped and noisy. The function is differentiable, so an attack can ask in
which direction a guess has to change. Knows no attack.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from primia_core.attacks.errors import VictimError
from primia_core.attacks.plan import AuditPlan, Mode, NoisySteps, Part

Tensors = tuple[Tensor, ...]
ADAM_BETAS, ADAM_EPSILON = (0.9, 0.999), 1e-8
MOMENTUM = 0.1
"""Of the running statistics, as torch has it."""
SMALLEST_SQUARE = 1e-20
"""Added under roots, whose slope at 0 is infinite."""


@dataclass(frozen=True)
class Release:
    """What leaves a site, or the mean over the sites of a sum.

    ``changes`` has one tensor for each of the network's: gradients, or weights after local work less weights before.
    ``statistics`` has a mean and a variance for each batch normalisation that runs in train mode: running statistics
    move towards those of the batch, and whoever knows the momentum reads them off. None where they are not sent.
    """

    changes: Tensors = field(repr=False)
    statistics: Tensors = field(repr=False, default=())

    def detached(self) -> "Release":
        """Return the values without the graph behind them."""
        return Release(tuple(t.detach() for t in self.changes), tuple(t.detach() for t in self.statistics))


@dataclass(frozen=True)
class Victim:
    """A network in a known mode, and how a site works with it. Its weights are never changed."""

    network: nn.Module = field(repr=False)
    part: Part
    optimizer: str
    learning_rate: float
    momentum: float
    sends_statistics: bool
    privacy: NoisySteps | None = None

    @classmethod
    def of(cls, network: nn.Module, part: Part, plan: AuditPlan) -> "Victim":
        """Return a victim that works on a copy of a network.

        Raises:
            VictimError: differential privacy with BatchNorm, under which no gradient belongs to one image.
        """
        if plan.privacy is not None and any(isinstance(layer, nn.BatchNorm2d) for layer in network.modules()):
            raise VictimError(
                "the network has BatchNorm, which mixes the images of a batch, so that no gradient belongs to one; "
                "audit differential privacy on a network with GroupNorm"
            )
        return cls(
            prepared(network, part.mode),
            part,
            plan.local_optimizer,
            plan.local_learning_rate,
            plan.local_momentum,
            plan.statistics_weight > 0,
            None if part.positive else plan.privacy,
        )

    @property
    def weights(self) -> Mapping[str, Tensor]:
        """Return the trained values by name."""
        return dict(self.network.named_parameters())

    def release(
        self, images: Tensor, labels: Tensor, *, differentiable: bool = False, noise: torch.Generator | None = None
    ) -> Release:
        """Return what leaves.

        Args:
            images: (sites * batch, channel, S, S), normalised, each site's images side by side.
            labels: (sites * batch,) class indices.
            differentiable: keep the graph back to ``images``.
            noise: of the sites, where there is privacy; an attacker knows it not, and passes none.
        """
        sites = self.part.sites
        one_batch = self.part.mode == "eval" and not self.part.local_steps and self.privacy is None
        if one_batch:  # the mean of the sites' gradients is that of all their images
            return self._gradient(self.weights, images, labels, keep=differentiable)
        each = [
            self._of_one_site(own, truth, keep=differentiable, noise=noise)
            for own, truth in zip(images.chunk(sites), labels.chunk(sites), strict=True)
        ]
        if sites == 1:
            return each[0]
        return Release(_means([site.changes for site in each]), _means([site.statistics for site in each]))

    def _of_one_site(self, images: Tensor, labels: Tensor, *, keep: bool, noise: torch.Generator | None) -> Release:
        start = self.weights
        if not self.part.local_steps:
            return self._step(start, images, labels, keep=keep, noise=noise)
        weights, memory = dict(start), _Memory(self.optimizer, self.learning_rate, self.momentum)
        heard: list[Tensors] = []
        for _ in range(self.part.local_steps):
            sent = self._step(weights, images, labels, keep=keep, noise=noise)
            heard.append(sent.statistics)
            weights = {
                name: old + new for (name, old), new in zip(weights.items(), memory.step(sent.changes), strict=True)
            }
            if not keep:
                weights = {name: tensor.detach().requires_grad_() for name, tensor in weights.items()}
        return Release(tuple(weights[name] - start[name] for name in start), _remembered(heard))

    def _step(
        self,
        weights: Mapping[str, Tensor],
        images: Tensor,
        labels: Tensor,
        *,
        keep: bool,
        noise: torch.Generator | None,
    ) -> Release:
        """Return the gradient that a step goes by: the batch's, or the mean of clipped ones with noise in their sum."""
        if self.privacy is None:
            return self._gradient(weights, images, labels, keep=keep)
        each = [
            _clipped(self._gradient(weights, image, label, keep=keep).changes, self.privacy.clip)
            for image, label in zip(images.chunk(len(images)), labels.chunk(len(images)), strict=True)
        ]
        sums = tuple(torch.stack(same).sum(0) for same in zip(*each, strict=True))
        if noise is not None:
            spread = self.privacy.noise_multiplier * self.privacy.clip
            sums = tuple(one + spread * torch.randn(one.shape, generator=noise) for one in sums)
        return Release(tuple(one / len(images) for one in sums))

    def _gradient(self, weights: Mapping[str, Tensor], images: Tensor, labels: Tensor, *, keep: bool) -> Release:
        with _listening(self.network, wanted=self.sends_statistics) as heard:
            logits = cast(Tensor, functional_call(self.network, dict(weights), (images,)))
        loss = cross_entropy(logits, labels)
        return Release(torch.autograd.grad(loss, tuple(weights.values()), create_graph=keep), tuple(heard))


@contextmanager
def _listening(network: nn.Module, *, wanted: bool) -> Iterator[list[Tensor]]:
    """Collect mean and variance of what each batch normalisation in train mode is given."""
    heard: list[Tensor] = []

    def hear(_layer: nn.Module, given: tuple[Tensor, ...]) -> None:
        variance, mean = torch.var_mean(given[0], (0, 2, 3))
        heard.extend((mean, variance))

    layers = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d) and layer.training]
    hooks = [layer.register_forward_pre_hook(hear) for layer in layers if wanted]
    try:
        yield heard
    finally:
        for hook in hooks:
            hook.remove()


def _clipped(gradient: Tensors, clip: float) -> Tensors:
    """Return a gradient scaled to a norm of at most ``clip``."""
    norm = (torch.stack([tensor.square().sum() for tensor in gradient]).sum() + SMALLEST_SQUARE).sqrt()
    factor = clip / norm.clamp(min=clip)
    return tuple(factor * tensor for tensor in gradient)


def _means(of_sites: Sequence[Tensors]) -> Tensors:
    return tuple(torch.stack(same).mean(0) for same in zip(*of_sites, strict=True))


def _remembered(heard: Sequence[Tensors]) -> Tensors:
    """Return what running statistics say of the batches of K local steps: their mean, the later the heavier.

    Running statistics end at (1 - m)**K start + sum_k m (1 - m)**(K - k) heard_k, m the momentum. Whoever knows the
    start takes it away and divides by the rest of the weights, 1 - (1 - m)**K.
    """
    last = len(heard)
    shares = [MOMENTUM * (1 - MOMENTUM) ** (last - k) / (1 - (1 - MOMENTUM) ** last) for k in range(1, last + 1)]
    return tuple(
        torch.stack([share * one for share, one in zip(shares, same, strict=True)]).sum(0)
        for same in zip(*heard, strict=True)
    )


@dataclass
class _Memory:
    """An optimiser whose steps can be differentiated through; torch's own work in place."""

    optimizer: str
    rate: float
    momentum: float
    steps: int = 0
    first: Sequence[Tensor] = ()
    second: Sequence[Tensor] = ()

    def step(self, gradient: Tensors) -> Tensors:
        """Return by how much the weights change."""
        self.steps += 1
        return self._sgd(gradient) if self.optimizer == "sgd" else self._adam(gradient)

    def _sgd(self, gradient: Tensors) -> Tensors:
        if self.momentum and self.first:
            self.first = [self.momentum * old + new for old, new in zip(self.first, gradient, strict=True)]
        else:
            self.first = gradient
        return tuple(-self.rate * velocity for velocity in self.first)

    def _adam(self, gradient: Tensors) -> Tensors:
        (one, two), t = ADAM_BETAS, self.steps
        zeros = [torch.zeros_like(g) for g in gradient]
        before = zip(self.first or zeros, self.second or zeros, strict=True)
        pairs = [
            (one * m + (1 - one) * g, two * v + (1 - two) * g * g) for (m, v), g in zip(before, gradient, strict=True)
        ]
        self.first, self.second = [m for m, _ in pairs], [v for _, v in pairs]
        return tuple(
            -self.rate * (m / (1 - one**t)) / ((v / (1 - two**t) + SMALLEST_SQUARE).sqrt() + ADAM_EPSILON)
            for m, v in pairs
        )


def prepared(network: nn.Module, mode: Mode) -> nn.Module:
    """Return a copy that computes as in ``mode`` and keeps no running statistics; dropout is off, as attackers like it.

    In train mode batch normalisation uses the statistics of the batch that it sees, as a site does that trains.
    """
    copied = copy.deepcopy(network).float().eval()
    for layer in copied.modules():
        if isinstance(layer, nn.BatchNorm2d) and mode == "train":
            layer.train()
            layer.track_running_stats = False
            layer.running_mean = layer.running_var = layer.num_batches_tracked = None
    return copied.requires_grad_(True)
