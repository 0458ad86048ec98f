"""What both kinds of private local work share: a network with a gradient for each image, and sampled batches.

Whatever is drawn for one unit is drawn for it alone, and nobody can know it beforehand. If all images were augmented
from one stream with a public seed, one patient more would change how every later image is turned, and so what every
later patient adds to the sum: far more than the noise is made for.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from opacus import GradSampleModule
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from primia_core.imaging import Normalisation, Pixels, augment
from primia_core.privacy import PrivacyPlan
from primia_core.privacy.discrete import Bits, RandomBytes
from primia_core.privacy.sampling import PoissonSampler, units_of
from primia_core.training.config import LocalTraining
from primia_core.training.feed import STILL, as_floats, check_not_empty, normalised
from primia_core.training.objective import class_count
from primia_core.training.private.errors import NotPrivate
from primia_core.training.private.pieces import Piece, pieces


@dataclass
class PrivateWork:
    """A network that keeps every image's gradient, and the batches that it sees.

    Args:
        patients: of the images, in their order; images of one patient are one unit where the plan says so.
        rng: uniform bytes, of which all randomness is made; only tests pass their own.
    Raises:
        NotPrivate: a layer has no gradient for each image.
        EmptyDataError: there is no image.
    """

    model: nn.Module
    pixels: Pixels
    patients: Sequence[str]
    privacy: PrivacyPlan
    config: LocalTraining
    normalisation: Normalisation
    rng: RandomBytes = field(default=secrets.token_bytes, repr=False)

    def __post_init__(self) -> None:
        check_not_empty(self.pixels, "training")
        if len(self.patients) != len(self.pixels):
            raise NotPrivate(f"{len(self.pixels)} images have {len(self.patients)} patients; each image has one")
        try:
            self.hooked = GradSampleModule(self.model.train(), loss_reduction="sum")
        except NotImplementedError as error:  # Opacus names the layers
            raise NotPrivate(f"the network cannot be trained privately: {error}") from error
        self._units = units_of(self.patients, self.privacy.unit)
        self._sampler = PoissonSampler(len(self._units), self.privacy.sample_rate, rng=self.rng)
        self._change = None if self.config.augmentation == STILL else augment.build(self.config.augmentation)
        drops = any(isinstance(layer, nn.Dropout) for layer in self.model.modules())  # from one stream a forward pass
        self._at_most = 1 if drops else self.privacy.max_physical_batch
        self._seeds = Bits(self.rng)
        self._classes = class_count(self.model)

    @property
    def parameters(self) -> list[nn.Parameter]:
        """Return what is trained, in the network's order."""
        return [parameter for parameter in self.model.parameters() if parameter.requires_grad]

    @property
    def dimension(self) -> int:
        """Return the number of coordinates of a gradient."""
        return sum(parameter.numel() for parameter in self.parameters)

    def batch(self) -> Iterator[tuple[Piece, bool]]:
        """Draw a batch; yield its pieces after each one's gradients are there, and whether it is the last.

        Torch's global generator is left as it was.
        """
        drawn = [self._units[unit] for unit in self._sampler.draw()]
        cut = list(pieces(drawn, at_most=self._at_most))
        for piece in cut:
            self._gradients(piece)
            yield piece, piece is cut[-1]

    def gradients(self) -> list[Tensor]:
        """Return the gradients of the last piece, for each parameter (image, *shape)."""
        return [parameter.grad_sample for parameter in self.parameters]  # type: ignore[attr-defined]

    def close(self) -> None:
        """Take the hooks off the network."""
        for parameter in self.parameters:
            parameter.grad_sample, parameter.grad = None, None  # type: ignore[attr-defined]
        self.hooked.remove_hooks()

    def _gradients(self, piece: Piece) -> None:
        for parameter in self.parameters:
            empty = None if len(piece.images) else torch.zeros(0, *parameter.shape)
            parameter.grad_sample, parameter.grad = empty, None  # type: ignore[attr-defined]
        if not len(piece.images):
            return
        images = self._changed(as_floats(self.pixels, piece.images))
        targets = one_hot(torch.from_numpy(np.array(self.pixels.labels[piece.images])), self._classes).float()
        smoothing = self.config.label_smoothing
        inputs = normalised(images, self.normalisation).requires_grad_()  # or the hooks of the first layer warn
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self._seed())  # dropout draws from the global generator
            logits = self.hooked(inputs)
            cross_entropy(logits, targets, label_smoothing=smoothing, reduction="sum").backward()  # type: ignore[no-untyped-call]

    def _changed(self, images: Tensor) -> Tensor:
        """Augment each image by itself, from a seed of its own."""
        if self._change is None:
            return images
        return torch.cat([self._change(image[None], Generator().manual_seed(self._seed())) for image in images])

    def _seed(self) -> int:
        return int(self._seeds.words(1)[0] >> np.uint64(1))
