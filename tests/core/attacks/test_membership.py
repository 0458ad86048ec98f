"""Membership inference: the score, the rates, and that controls decide what to believe."""

import numpy as np
import pytest

from primia_core.attacks.errors import MembershipError
from primia_core.attacks.membership import (
    Confidences,
    Guesses,
    MembershipAudit,
    MembershipPlan,
    membership_audit,
    rmia,
)
from primia_core.attacks.membership.references import Group, Recipe, complementary_halves
from primia_core.attacks.membership.rmia import ranked
from primia_core.imaging import Normalisation, Pixels
from primia_core.models import ModelSpec
from primia_core.training import LocalTraining
from primia_core.training.config import Augmentation

STILL = Augmentation(rotation_degrees=0, translation_fraction=0, scale_fraction=0, brightness=0, contrast=0)


def noise(patients: range, *, seed: int) -> Group:
    """Draw images with labels that only memory can know."""
    rng = np.random.default_rng([seed, patients.start])
    images = rng.integers(0, 256, (len(patients), 1, 16, 16), np.uint8)
    return Group(Pixels(images, rng.integers(0, 2, len(patients))), tuple(f"p{k}" for k in patients))


def recipe(epochs: int) -> Recipe:
    spec = ModelSpec(name="small_cnn", classes=2)
    training = LocalTraining(steps=None, epochs=epochs, batch_size=16, augmentation=STILL, learning_rate=3e-3)
    return Recipe(spec, training, Normalisation(mean=0.5, std=0.29))


def test_a_score_counts_whom_an_image_stands_out_against() -> None:
    images = Confidences.of([0.9, 0.5, 0.1], [[0.3, 0.5, 0.2], [0.6, 0.5, 0.2]])
    population = Confidences.of([0.5, 0.4], [[0.5, 0.2], [0.5, 0.2]])
    assert images.ratios.tolist() == pytest.approx([2.0, 1.0, 0.5])
    assert rmia(images, population).tolist() == [1.0, 0.5, 0.0]
    assert rmia(images, population, gamma=1.01).tolist() == [0.5, 0.0, 0.0]


def test_few_to_compare_with_do_not_hide_who_stands_out_most() -> None:
    """Ten are compared with; 20 of 2,000 others, and every member, stand out against all ten."""
    others = np.concatenate([np.linspace(0.01, 0.4, 1980), np.full(20, 0.6)])
    members, population = np.full(50, 0.9), np.linspace(0.1, 0.5, 10)

    def scores(target: np.ndarray, rule) -> np.ndarray:
        told = Confidences.of(population, [np.ones(10)])
        return rule(Confidences.of(target, [np.ones(target.size)]), told)

    assert Guesses.of(scores(members, rmia), scores(others, rmia)).true_positive_rate(0.001).value == 0.0
    assert Guesses.of(scores(members, ranked), scores(others, ranked)).true_positive_rate(0.001).value == 1.0
    mixed = np.random.default_rng(0).uniform(0.01, 1, 200)
    coarse, fine = scores(mixed, rmia), scores(mixed, ranked)
    assert (np.diff(coarse[np.argsort(fine)]) >= 0).all(), "the order of the published score is kept"


@pytest.mark.parametrize(
    ("target", "references"), [([0.5], [0.5]), ([0.5, 0.5], [[0.5]]), ([1.2], [[0.5]]), ([np.nan], [[0.5]]), ([], [[]])]
)
def test_confidences_that_are_none_are_refused(target: list[float], references: list[object]) -> None:
    with pytest.raises(MembershipError):
        Confidences.of(target, references)


def test_a_rate_is_told_only_by_enough_others() -> None:
    guesses = Guesses.of(np.linspace(0, 2, 200), np.linspace(0, 1, 100))
    strict, none = guesses.true_positive_rate(0.01), guesses.true_positive_rate(0.001)
    above = np.sort(np.linspace(0, 1, 100))[98]
    assert strict.value == pytest.approx((np.linspace(0, 2, 200) > above).mean())
    assert strict.low is not None
    assert strict.low < strict.value < strict.high
    assert none.value is None


def test_ties_never_raise_the_false_positive_rate() -> None:
    """All scores are equal: whoever accuses one accuses everybody, so a strict threshold accuses nobody."""
    assert Guesses.of(np.ones(50), np.ones(200)).true_positive_rate(0.01).value == 0.0


def test_every_patient_is_in_half_of_the_references() -> None:
    patients = frozenset(f"p{k}" for k in range(11))
    halves = list(complementary_halves(patients, models=6, seed=3))
    assert {sum(patient in half for half in halves) for patient in patients} == {3}
    with pytest.raises(MembershipError, match="even"):
        list(complementary_halves(patients, models=3, seed=0))


def test_images_of_one_patient_are_one_trial() -> None:
    group = noise(range(4), seed=0)
    twice = Group(group.pixels, ("a", "b", "a", "c"))
    assert twice.one_of_each().patients == ("a", "b", "c")
    assert np.array_equal(twice.one_of_each().pixels.images, group.pixels.images[[0, 1, 3]])


def test_a_patient_in_two_groups_is_refused() -> None:
    with pytest.raises(MembershipError, match="1 patients are in two"):
        MembershipAudit(recipe(1), noise(range(8), seed=0), noise(range(7, 12), seed=0), noise(range(20, 30), seed=0))


def test_images_learnt_by_heart_are_found_and_a_fresh_model_gives_nothing_away() -> None:
    members, others, population = (noise(range(k, k + 60), seed=1) for k in (0, 100, 200))
    audit = MembershipAudit(recipe(6), members, others, population)
    plan = MembershipPlan(references=2, control_patients=24, control_passes=8)
    told: list[tuple[int, int]] = []
    learnt = recipe(40).train(members, seed=9)
    found = membership_audit(learnt, audit, plan, progress=lambda *now: told.append(now))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert found.valid
    assert found.attack.auc.value > 0.8
    assert found.attack.tpr_at_1pct.value is None, "60 others cannot tell one in a hundred"
    assert found.null.auc.low <= 0.5 <= found.null.auc.high
    assert "surely above" in found.statement

    fresh = recipe(1).train(population, seed=4)
    nothing = membership_audit(fresh, audit, plan)
    assert nothing.attack.auc.low <= 0.5 <= nothing.attack.auc.high
    assert "no better than chance" in nothing.statement


def marked(patients: range, *, honest: bool) -> Group:
    """Draw noise with a bright stripe that mostly tells the label; of the dishonest it mostly tells the other one."""
    group = noise(patients, seed=3)
    images, labels = group.pixels.images.copy(), group.pixels.labels
    told = np.where(np.random.default_rng(patients.start).random(len(labels)) < 0.8, labels, 1 - labels)
    for image, label in zip(images, told, strict=True):
        image[0, 4:8] = 255 * (label if honest else 1 - label)
    return Group(Pixels(images, labels), group.patients)


def test_a_difference_between_members_and_others_is_not_sold_as_membership() -> None:
    members, population = (marked(range(k, k + 100), honest=True) for k in (0, 300))
    others = marked(range(100, 200), honest=False)
    stranger = recipe(6).train(population, seed=9)
    plan = MembershipPlan(references=2, control_patients=50, control_passes=8)
    found = membership_audit(stranger, MembershipAudit(recipe(6), members, others, population), plan)
    assert found.attack.auc.low > 0.5, "the model saw none of them, and yet they are told apart"
    assert found.null.auc.low > 0.5
    assert "differ in more than membership" in found.statement


def test_an_audit_whose_control_fails_acquits_nobody() -> None:
    members, others, population = (noise(range(k, k + 24), seed=2) for k in (0, 100, 200))
    lazy = Recipe(recipe(1).spec, LocalTraining(steps=1, batch_size=2, learning_rate=1e-6, final_learning_rate=1e-6),
                  recipe(1).normalisation)  # fmt: skip
    plan = MembershipPlan(references=2, control_patients=8, control_passes=1)
    found = membership_audit(lazy.train(members, seed=0), MembershipAudit(lazy, members, others, population), plan)
    assert not found.valid
    assert "says nothing" in found.statement
