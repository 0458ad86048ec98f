"""From a release back to images: gradient inversion. Knows no truth, no gallery and no other patient.

Source: Geiping, Bauermeister, Droege, Moeller, "Inverting Gradients", NeurIPS 2020, sections 4 and 6: cosine distance
over all tensors together, plus total variation; Adam on the sign of the gradient; a random normal start; projection
onto the box of valid pixels; several restarts, of which the one of least cost counts. For updates, the local steps are
simulated and differentiated through (their section 6).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Generator, Tensor
from torch.optim import Adam
from torch.optim.lr_scheduler import MultiStepLR

from primia_core.attacks.plan import AuditPlan
from primia_core.attacks.victim import Tensors, Victim

DECAY_AT = (3 / 8, 5 / 8, 7 / 8)
DECAY = 0.1
TOLD_EVERY = 20
"""Iterations between two reports of progress, and two looks at whether to stop."""
TINY = 1e-20

Cost = Callable[[Tensor], Tensor]
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
    release: Tensors,
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
        The attempt of least cost.
    """

    def cost(images: Tensor) -> Tensor:
        guess = victim.release(images, labels, differentiable=True)
        return cosine_distance(guess, release) + plan.tv_weight * total_variation(images)

    attempts = [
        descend(cost, shape=shape, box=box, plan=plan, seed=seed * 1_009 + restart, tick=tick)
        for restart in range(plan.restarts)
    ]
    return min(attempts, key=lambda attempt: attempt.cost)


def descend(
    cost: Cost, *, shape: tuple[int, int, int, int], box: Box, plan: AuditPlan, seed: int, tick: Tick
) -> Attempt:
    """Descend a cost from a random normal start, by the signs of its gradient, within the box."""
    start = torch.randn(shape, generator=Generator().manual_seed(seed))
    images = start.clamp_(box.low, box.high).requires_grad_()
    optimizer = Adam([images], lr=plan.learning_rate)
    milestones = [int(plan.iterations * share) for share in DECAY_AT]
    schedule = MultiStepLR(optimizer, milestones, gamma=DECAY)
    for done in range(plan.iterations):
        if done % TOLD_EVERY == 0:
            tick(min(TOLD_EVERY, plan.iterations - done))
        (gradient,) = torch.autograd.grad(cost(images), images)
        images.grad = gradient.sign_()
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            images.clamp_(box.low, box.high)
    return Attempt(images.detach(), float(cost(images).detach()))


def cosine_distance(guess: Tensors, release: Tensors) -> Tensor:
    """Return 1 - <guess, release> / (|guess| |release|), all tensors taken as one vector; 0 where they agree."""
    product = torch.stack([(a * b).sum() for a, b in zip(guess, release, strict=True)]).sum()
    norms = [torch.stack([(t * t).sum() for t in tensors]).sum().sqrt() for tensors in (guess, release)]
    return 1 - product / (norms[0] * norms[1] + TINY)


def total_variation(images: Tensor) -> Tensor:
    """Return the mean absolute difference of neighbours, down and across."""
    across = (images[..., 1:] - images[..., :-1]).abs().mean()
    down = (images[..., 1:, :] - images[..., :-1, :]).abs().mean()
    return across + down
