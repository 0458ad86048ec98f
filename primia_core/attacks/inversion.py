"""From a release back to images: gradient inversion. Knows no truth, no gallery and no other patient.

Source: Geiping, Bauermeister, Droege, Moeller, "Inverting Gradients", NeurIPS 2020, sections 4 and 6: cosine distance
over all tensors together, plus total variation; Adam on the sign of the gradient; a random normal start; projection
onto the box of valid pixels; several restarts, of which the one of least cost counts. For updates, the local steps are
simulated and differentiated through (their section 6). Added, because each brought the positive control's error down:
tensors are balanced (``Target``), the total variation's weight falls (``tv_weight_at``), attempts are averaged
(``invert``), and the first rate is 0.3 where they have 0.1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Generator, Tensor
from torch.optim import Adam
from torch.optim.lr_scheduler import MultiStepLR

from primia_core.attacks.matching import assigned
from primia_core.attacks.plan import AuditPlan
from primia_core.attacks.victim import Release, Tensors, Victim

DECAY_AT = (3 / 8, 5 / 8, 7 / 8)
DECAY = 0.1
TOLD_EVERY = 20
"""Iterations between two reports of progress, and two looks at whether to stop."""
TINY, SMALL = 1e-20, 1e-6

TV_FALLS_UNTIL = 0.6
"""The share of the iterations after which the weight of the total variation has reached its end."""

ABOUT_AS_LITTLE = 1.5
"""Times the least cost: attempts up to it take part in a consensus."""

Distance = Callable[[Tensor], Tensor]
Tick = Callable[[int], None]


@dataclass(frozen=True)
class Box:
    """The range of valid pixels, in z units."""

    low: float
    high: float


@dataclass(frozen=True)
class Attempt:
    """Images and what they cost; the least cost of several attempts is the attacker's own choice, without the truth."""

    images: Tensor = field(repr=False)
    cost: float


def invert(
    victim: Victim,
    release: Release,
    labels: Tensor,
    *,
    shape: tuple[int, int, int, int],
    box: Box,
    plan: AuditPlan,
    seed: int,
    tick: Tick = lambda iterations: None,
) -> Attempt:
    """Search images that would have sent this release.

    Args:
        victim: what the attacker knows of the site: network, mode, way of working.
        release: what was sent.
        labels: (images,) known or inferred.
        shape: (images, channel, S, S).
        box: of valid pixels.
        plan: iterations, restarts, rate, weight of the total variation.
        seed: of the starts.
        tick: told how many iterations went by; may raise, which ends the search.
    Returns:
        As ``search``.
    """
    target = Target.of(release, plan, noisy=victim.privacy is not None)

    def distance(images: Tensor) -> Tensor:
        return target.distance(victim.release(images, labels, differentiable=True))

    return search(distance, shape=shape, box=box, plan=plan, seed=seed, tick=tick)


def search(
    distance: Distance, *, shape: tuple[int, int, int, int], box: Box, plan: AuditPlan, seed: int, tick: Tick
) -> Attempt:
    """Descend a distance from as many starts as the plan has.

    Returns:
        The attempt of least cost; or, where the plan says ``consensus``, the mean of the attempts that cost about as
        little, each put in the order of the best. Attempts agree on what the release says and differ in the rest.
    """
    attempts = [
        descend(distance, shape=shape, box=box, plan=plan, seed=seed * 1_009 + restart, tick=tick)
        for restart in range(plan.restarts)
    ]
    best = min(attempts, key=lambda attempt: attempt.cost)
    return _agreed(best, attempts) if plan.consensus else best


def _agreed(best: Attempt, attempts: Sequence[Attempt]) -> Attempt:
    wanted = best.images[:, 0].double().numpy()
    close = [attempt.images for attempt in attempts if attempt.cost <= ABOUT_AS_LITTLE * best.cost]
    matched = [assigned(wanted, images[:, 0].double().numpy()) for images in close]
    return Attempt(torch.from_numpy(np.mean(matched, axis=0)).float()[:, None], best.cost)


def descend(
    distance: Distance, *, shape: tuple[int, int, int, int], box: Box, plan: AuditPlan, seed: int, tick: Tick
) -> Attempt:
    """Descend a distance and the total variation from a random normal start, by the signs of the gradient."""
    start = torch.randn(shape, generator=Generator().manual_seed(seed))
    images = start.clamp_(box.low, box.high).requires_grad_()
    optimizer = Adam([images], lr=plan.learning_rate)
    milestones = [int(plan.iterations * share) for share in DECAY_AT]
    schedule = MultiStepLR(optimizer, milestones, gamma=DECAY)
    for done in range(plan.iterations):
        if done % TOLD_EVERY == 0:
            tick(min(TOLD_EVERY, plan.iterations - done))
        cost = distance(images) + tv_weight_at(plan, done / plan.iterations) * total_variation(images)
        (gradient,) = torch.autograd.grad(cost, images)
        images.grad = gradient.sign_()
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            images.clamp_(box.low, box.high)
    cost = distance(images) + plan.tv_weight * total_variation(images)
    return Attempt(images.detach(), float(cost.detach()))


def tv_weight_at(plan: AuditPlan, progress: float) -> float:
    """Return the weight of the total variation: from its start down to its end, a line on a logarithmic axis.

    A smooth picture is found first and sharpened then; with one weight throughout, descents stop in worse places.
    """
    if not plan.tv_weight:
        return 0.0
    return float(plan.tv_weight * plan.tv_start ** (1 - min(1.0, progress / TV_FALLS_UNTIL)))


@dataclass(frozen=True)
class Target:
    """A release, made ready to be compared with: one vector of length 1, and a factor for each of its values."""

    direction: Tensor = field(repr=False)
    factors: Tensor | None = field(repr=False)
    statistics: Tensors = field(repr=False)
    statistics_weight: float

    @classmethod
    def of(cls, release: Release, plan: AuditPlan, *, noisy: bool = False) -> "Target":
        """Prepare a release.

        Where the plan says ``balanced``, each tensor is measured in units of its root mean square, so that each *value*
        counts the same. As published, a few tensors with large gradients drown those that hold most of the picture.
        ``noisy`` releases are taken as published: noise is alike in every value, so faint tensors are mostly noise.
        """
        factors = _factors(release.changes) if plan.balanced and not noisy else None
        vector = _joined(release.changes, factors)
        return cls(vector / (vector.norm() + TINY), factors, release.statistics, plan.statistics_weight)

    def distance(self, guess: Release) -> Tensor:
        """Return how far a guess's release is from this one; 0 where they agree.

        It is 1 - cosine of the angle between the changes, and, where statistics of batches are sent, the distance of
        these: squared differences of means in units of the variance, and of the variances' logarithms.
        """
        vector = _joined(guess.changes, self.factors)
        angle: Tensor = 1 - (vector @ self.direction) / (vector.norm() + TINY)
        if not self.statistics:
            return angle
        return angle + self.statistics_weight * _apart(guess.statistics, self.statistics)


def _factors(tensors: Tensors) -> Tensor:
    """Return 1 / root mean square of its tensor for each value; 0 where a tensor is silent."""
    scales = [1 / float(t.square().mean().sqrt()) if bool(t.any()) else 0.0 for t in tensors]
    return torch.cat([torch.full((t.numel(),), scale) for t, scale in zip(tensors, scales, strict=True)])


def _apart(guess: Tensors, sent: Tensors) -> Tensor:
    layers = []
    for position in range(0, len(sent), 2):
        (mean, variance), (wanted, spread) = guess[position : position + 2], sent[position : position + 2]
        means = ((mean - wanted).square() / (spread + SMALL)).mean()
        layers.append(means + ((variance + SMALL) / (spread + SMALL)).log().square().mean())
    return torch.stack(layers).mean()


def _joined(tensors: Tensors, factors: Tensor | None) -> Tensor:
    vector = torch.cat([tensor.reshape(-1) for tensor in tensors])
    return vector if factors is None else vector * factors


def total_variation(images: Tensor) -> Tensor:
    """Return the mean absolute difference of neighbours, down and across."""
    across = (images[..., 1:] - images[..., :-1]).abs().mean()
    down = (images[..., 1:, :] - images[..., :-1, :]).abs().mean()
    return across + down
