"""Drawn answers of a good but fallible classifier about drawn patients, some of whom have several images."""

from dataclasses import dataclass

import numpy as np

from primia_core.evaluation.scores import Scored

CLASSES = ("normal", "bacterial", "viral")
AGES = ("0-4", "5-17", "18-39", "40-64", "65-79", "80+")


@dataclass(frozen=True)
class Answers:
    """What was said of each image, whose it is, and who these people are."""

    scored: Scored
    patients: tuple[str, ...]
    groups: dict[str, tuple[str, ...]]

    def part(self, chosen: np.ndarray) -> "Answers":
        """Return some of the images."""
        places = np.flatnonzero(chosen)
        return Answers(
            Scored.of(self.scored.truth[places], self.scored.probabilities[places]),
            tuple(self.patients[k] for k in places),
            {name: tuple(of[k] for k in places) for name, of in self.groups.items()},
        )

    def of_patients(self, parts: int, part: int) -> "Answers":
        """Return one of so many hospitals' images: whole patients."""
        return self.part(np.array([int(name.rpartition("-")[2]) % parts == part for name in self.patients]))


def drawn_answers(patients: int = 260, *, seed: int = 5, skill: float = 1.6) -> Answers:
    """Draw patients with one to three images each, and what is said of every image."""
    generator = np.random.default_rng(seed)
    images = 1 + generator.choice(3, patients, p=(0.7, 0.2, 0.1))
    of_image = np.repeat(np.arange(patients), images)
    truth = generator.choice(3, patients, p=(0.4, 0.35, 0.25))[of_image]
    hard = generator.normal(0, 0.6, (patients, 3))[of_image]  # images of one patient are alike
    logits = skill * np.eye(3)[truth] + hard + generator.normal(0, 0.9, (len(truth), 3))
    powers = np.exp(1.3 * logits)
    ages = generator.choice(len(AGES), patients, p=(0.02, 0.06, 0.27, 0.35, 0.27, 0.03))
    sexes, views = generator.random((2, patients))
    people = {
        "age": [AGES[age] for age in ages],
        "sex": ["female" if sex < 0.5 else "male" if sex < 0.95 else "unknown" for sex in sexes],
        "view": ["PA" if view < 0.7 else "AP" for view in views],
    }
    return Answers(
        Scored.of(truth, powers / powers.sum(1, keepdims=True)),
        tuple(f"patient-{k}" for k in of_image),
        {name: tuple(of[k] for k in of_image) for name, of in people.items()},
    )
