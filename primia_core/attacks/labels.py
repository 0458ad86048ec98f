"""Which classes are in a batch, from what it sent: the gradient of the last layer's bias gives them away.

For cross-entropy that gradient is mean(p) - counts / n, class by class. With a single image exactly one entry is
negative, its class (iDLG, Zhao, Mopuri, Bilen 2020). With more images p is guessed from pictures of the attacker's own
(as Wainakh et al. 2022 do with dummy images), and the counts are rounded to their known sum.
"""

import torch
from torch import Tensor, nn

from primia_core.attacks.victim import Release, Victim

GUESSES = 32
"""Pictures behind the guess of the mean prediction."""


@torch.no_grad()
def inferred_labels(victim: Victim, release: Release, own: Tensor) -> Tensor:
    """Return as many labels as there are images in the release, in the order of classes.

    Args:
        victim: the network and the way of working.
        release: what was sent.
        own: (any, channel, S, S), normalised pictures of the attacker's.
    Edge cases: with one image the answer is exact for a gradient, and for an update of plain steps.
    """
    images = victim.part.images
    gradient = _bias_gradient(victim, release)
    if images == 1:
        return gradient.argmin().reshape(1)
    logits = victim.network(own)
    counts = images * (logits.softmax(1).mean(0) - gradient)
    return torch.repeat_interleave(torch.arange(len(counts)), rounded(counts, images))


def rounded(counts: Tensor, total: int) -> Tensor:
    """Return whole numbers near ``counts``, none below 0, that sum to ``total``; largest remainders go up first."""
    positive = counts.clamp_min(0)
    scaled = positive * (total / positive.sum()) if positive.sum() > 0 else torch.full_like(counts, total / len(counts))
    whole = scaled.floor()
    missing = total - int(whole.sum())
    first = (scaled - whole).argsort(descending=True, stable=True)[:missing]
    whole[first] += 1
    return whole.long()


def right(inferred: Tensor, truth: Tensor, classes: int) -> int:
    """Return how many images of a batch have their label in the inferred counts."""
    return int(
        torch.minimum(torch.bincount(inferred, minlength=classes), torch.bincount(truth, minlength=classes)).sum()
    )


def _bias_gradient(victim: Victim, release: Release) -> Tensor:
    """Return the gradient of the last linear layer's bias; of an update, its mean over the local steps."""
    last = [name for name, layer in victim.network.named_modules() if isinstance(layer, nn.Linear)][-1]
    names = [name for name, _ in victim.network.named_parameters()]
    sent = release.changes[names.index(f"{last}.bias")]
    if not victim.part.local_steps:
        return sent
    return -sent / (victim.learning_rate * victim.part.local_steps)
