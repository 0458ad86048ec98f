"""The models an attacker trains to know how hard each image is. Knows no attack."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from torch import nn

from primia_core.attacks.errors import MembershipError
from primia_core.imaging import Normalisation, Pixels
from primia_core.models import ModelSpec, build_model
from primia_core.training import LocalTraining, fit, predict

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True)
class Group:
    """Images of one part of a cohort, with the patient of each."""

    pixels: Pixels
    patients: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.pixels) != len(self.patients):
            raise MembershipError(f"{len(self.pixels)} images have {len(self.patients)} patients; name one for each")

    def __len__(self) -> int:
        return len(self.pixels)

    def of_patients(self, wanted: frozenset[str]) -> "Group":
        """Return the images of some patients."""
        return self.at(np.array([patient in wanted for patient in self.patients], bool).nonzero()[0])

    def one_of_each(self) -> "Group":
        """Return the first image of each patient, so that two images of one never count as two trials."""
        return self.at(np.array(sorted({p: i for i, p in reversed(list(enumerate(self.patients)))}.values()), np.int64))

    def at(self, places: NDArray[np.int64]) -> "Group":
        """Return the images at some places."""
        pixels = Pixels(np.asarray(self.pixels.images[places]), self.pixels.labels[places])
        return Group(pixels, tuple(self.patients[place] for place in places))

    def with_those_of(self, other: "Group") -> "Group":
        """Return the images of both."""
        images = np.concatenate([self.pixels.images, other.pixels.images])
        labels = np.concatenate([self.pixels.labels, other.pixels.labels])
        return Group(Pixels(images, labels), (*self.patients, *other.patients))


@dataclass(frozen=True)
class Recipe:
    """How a network is trained: what the attacker knows, or guesses, of the target's training."""

    spec: ModelSpec
    training: LocalTraining
    normalisation: Normalisation

    def train(
        self, group: Group, *, seed: int, progress: Progress = lambda done, total: None,
        should_stop: ShouldStop = lambda: False,
    ) -> nn.Module:  # fmt: skip
        """Return a fresh network trained on a group's images."""
        model = build_model(self.spec, seed=seed)
        nobody = Pixels(group.pixels.images[:0], group.pixels.labels[:0])
        config = self.training.model_copy(update={"patience": None})
        fit(
            model, group.pixels, nobody, config=config, round_number=1, total_rounds=1,
            normalisation=self.normalisation, seed=seed, progress=progress, should_stop=should_stop,
        )  # fmt: skip
        return model.eval()

    def confidences(self, model: nn.Module, group: Group) -> Floats:
        """Return the probability of each image's true class: (n,)."""
        found = predict(model, group.pixels, self.normalisation).probabilities
        return found[np.arange(len(group)), group.pixels.labels].astype(np.float64)


def complementary_halves(patients: frozenset[str], *, models: int, seed: int) -> Iterator[frozenset[str]]:
    """Yield the patients of each reference, so that each patient is in exactly half of them.

    Raises:
        MembershipError: an odd number of models, or fewer than two patients.
    """
    if models < 2 or models % 2 or len(patients) < 2:
        raise MembershipError(
            f"{models} references of {len(patients)} patients; take an even number from 2 up, and 2 patients at least"
        )
    rng = np.random.default_rng(seed)
    everybody = sorted(patients)
    for _ in range(models // 2):
        order = rng.permutation(len(everybody))
        half = frozenset(everybody[place] for place in order[: len(everybody) // 2])
        yield half
        yield patients - half
