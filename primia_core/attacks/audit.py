"""An audit from beginning to end: draw victims, attack them and the controls, measure. Knows no sites and no files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from primia_core.attacks.controls import most_alike, prior_alone
from primia_core.attacks.document import Picture
from primia_core.attacks.draws import Draws
from primia_core.attacks.errors import VictimError
from primia_core.attacks.findings import AuditFindings, Baseline, Guesses
from primia_core.attacks.inversion import Box, invert
from primia_core.attacks.labels import GUESSES, inferred_labels, right
from primia_core.attacks.matching import Alike, Pictures, assigned, compared
from primia_core.attacks.pictures import data_uri
from primia_core.attacks.plan import AuditPlan, Control, Part
from primia_core.attacks.retrieval import identified
from primia_core.attacks.sums import Measured
from primia_core.attacks.victim import Victim
from primia_core.imaging import Normalisation, Pixels
from primia_core.training import Cancelled
from primia_core.training.objective import class_count

Progress = Callable[[int, int], None]
SHOWN = 8
"""Pictures kept of the first release of each part."""


def run_audit(
    plan: AuditPlan,
    *,
    model: nn.Module,
    pixels: Pixels,
    patients: Sequence[str],
    normalisation: Normalisation,
    progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> AuditFindings:
    """Attack what a site with these images would send, in every view of a plan, beside its controls.

    Args:
        plan: what is attacked and how hard.
        model: the weights that gradients are taken at; a copy is used, it stays as it is.
        pixels: uint8 (n, 1, S, S) with labels. Other sites of a sum are played by other patients of the same images.
        patients: the patient of each image.
        normalisation: of the training.
        progress: told (iterations done, iterations in all).
        should_stop: asked every few iterations.
    Returns:
        Figures and pictures. The same seed, thread count and machine kind give the same ones.
    Raises:
        VictimError: fewer patients than a release has images, or differential privacy with BatchNorm.
        GalleryError: a class has too few patients.
        Cancelled: ``should_stop`` said so.
    Cost: ``iterations_of(plan)`` passes forward, backward and backward again over a release.
    """
    if len(pixels) == 0:
        raise VictimError("there are 0 images to attack; choose a split that holds some")
    clock = _Clock(iterations_of(plan), progress, should_stop)
    cohort = _Cohort(pixels, normalisation, Draws.of(pixels.labels, patients, gallery=plan.gallery, seed=plan.seed))
    baseline = Baseline()
    guesses: list[Guesses] = []
    pictures: list[Picture] = []
    victims = [Victim.of(model, part, plan) for part in plan.parts]
    for part, victim in zip(plan.parts, victims, strict=True):
        siege = _Siege(plan, part, victim, cohort, clock, baseline)
        guesses.append(siege.guesses())
        pictures += siege.pictures
    return AuditFindings(plan, tuple(guesses), baseline, tuple(pictures))


def iterations_of(plan: AuditPlan) -> int:
    """Return how many iterations an audit takes in all, those of the prior alone apart."""
    return sum(part.victims for part in plan.parts) * plan.restarts * plan.iterations


@dataclass
class _Clock:
    """Counts iterations, tells about them, and ends the work where somebody asks for it."""

    total: int
    progress: Progress
    should_stop: Callable[[], bool]
    done: int = 0

    def tick(self, iterations: int) -> None:
        if self.should_stop():
            raise Cancelled(f"stopped after {self.done} of {self.total} iterations; nothing of this audit is kept")
        self.done += iterations
        self.progress(self.done, self.total)


@dataclass(frozen=True)
class _Cohort:
    """The images, as pictures in [0, 1] and as what networks take."""

    pixels: Pixels
    normalisation: Normalisation
    draws: Draws

    @property
    def box(self) -> Box:
        mean, std = self.normalisation.mean, self.normalisation.std
        return Box((0 - mean) / std, (1 - mean) / std)

    def pictures(self, indices: NDArray[np.int64]) -> Pictures:
        return np.asarray(self.pixels.images[indices], np.float64)[:, 0] / 255

    def tensors(self, indices: NDArray[np.int64]) -> Tensor:
        z = (self.pictures(indices) - self.normalisation.mean) / self.normalisation.std
        return torch.from_numpy(z[:, None].astype(np.float32))

    def labels(self, indices: NDArray[np.int64]) -> Tensor:
        return torch.from_numpy(np.asarray(self.pixels.labels[indices], np.int64))

    def back(self, tensors: Tensor) -> Pictures:
        z = tensors[:, 0].double().numpy()
        return np.clip(z * self.normalisation.std + self.normalisation.mean, 0, 1)


@dataclass
class _Siege:
    """All releases of one part, attacked one after the other."""

    plan: AuditPlan
    part: Part
    victim: Victim
    cohort: _Cohort
    clock: _Clock
    baseline: Baseline
    rows: dict[Control, list[Measured]] = field(default_factory=dict)
    labels_right: int = 0
    pictures: list[Picture] = field(default_factory=list)

    def guesses(self) -> Guesses:
        self.rows = {control: [] for control in self.part.controls}
        for number in range(self.part.victims):
            self._attack(number)
        images = self.part.images * self.part.victims
        return Guesses(self.part, self.rows, self.labels_right, images)

    def _attack(self, number: int) -> None:
        drawn = self.cohort.draws.release(self.part, number)
        seed = self._starts(number)
        truths = self.cohort.pictures(drawn.images)
        decoys = [self.cohort.pictures(gallery.decoys) for gallery in drawn.galleries]
        images, labels = self.cohort.tensors(drawn.images), self.cohort.labels(drawn.images)
        shape = (len(images), 1, images.shape[-2], images.shape[-1])
        guessed = self._inverted(images, labels, shape, number)
        prior = prior_alone(shape, box=self.cohort.box, plan=self.plan, seed=seed, tick=self._watch)
        attack, *others = self.part.controls
        nulls = np.stack([most_alike(truth, others) for truth, others in zip(truths, decoys, strict=True)])
        strangers = self.cohort.pictures(drawn.strangers)
        rng = np.random.default_rng([seed, *self.part.name.encode()])
        for control, shown, searched in (
            (attack, assigned(truths, guessed), guessed),
            (others[0], nulls, strangers),
            (others[1], assigned(truths, self.cohort.back(prior.images)), self.cohort.back(prior.images)),
        ):
            self.rows[control] += self._measured(truths, shown, searched, decoys, rng)
        self.baseline.add(truths, decoys, strangers, self.cohort.normalisation)
        if number == 0:
            self._show(number, truths, assigned(truths, guessed), nulls)

    def _inverted(self, images: Tensor, labels: Tensor, shape: tuple[int, int, int, int], number: int) -> Pictures:
        seed = self._starts(number)
        release = self.victim.release(images, labels, noise=self._noise(number)).detached()
        own = torch.randn((GUESSES, *shape[1:]), generator=torch.Generator().manual_seed(seed))
        inferred = inferred_labels(self.victim, release, own)
        self.labels_right += right(inferred, labels, class_count(self.victim.network))
        exact = self.part.images == 1 and self.victim.privacy is None
        known = inferred if exact or self.plan.labels == "inferred" else labels
        attempt = invert(
            self.victim,
            release,
            known,
            shape=shape,
            box=self.cohort.box,
            plan=self.plan,
            seed=seed,
            tick=self.clock.tick,
        )
        return self.cohort.back(attempt.images)

    def _starts(self, number: int) -> int:
        return self.plan.seed * 10_007 + number

    def _noise(self, number: int) -> torch.Generator:
        """Return the randomness of the sites' noise, which has nothing to do with that of the attacker's starts."""
        drawn = np.random.default_rng([self.plan.seed, *b"noise", *self.part.name.encode(), number])
        return torch.Generator().manual_seed(int(drawn.integers(2**63 - 1)))

    def _watch(self, _iterations: int) -> None:
        self.clock.tick(0)

    def _measured(
        self,
        truths: Pictures,
        shown: Pictures,
        searched: Pictures,
        decoys: Sequence[Pictures],
        rng: np.random.Generator,
    ) -> list[Measured]:
        found = []
        for truth, guess, others in zip(truths, shown, decoys, strict=True):
            alike: Alike = compared(truth, guess, self.cohort.normalisation)
            hit = identified(searched, truth, others, rng=rng)
            found.append(Measured(alike.mse, alike.psnr, alike.ssim, hit))
        return found

    def _show(self, victim: int, truths: Pictures, guesses: Pictures, nulls: Pictures) -> None:
        measured = self.rows[self.part.controls[0]]
        for position in range(min(SHOWN, len(truths))):
            self.pictures.append(
                Picture(
                    view=self.part.view,
                    batch_size=self.part.batch_size,
                    victim=victim,
                    positive=self.part.positive,
                    original=data_uri(truths[position]),
                    reconstruction=data_uri(guesses[position]),
                    null=data_uri(nulls[position]),
                    mse=measured[position].mse,
                    ssim=measured[position].ssim,
                    identified=measured[position].identified,
                )
            )
