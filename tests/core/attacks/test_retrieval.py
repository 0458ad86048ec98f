"""Identification has no advantage but what a guess knows; matching is an assignment."""

import numpy as np
import pytest

from primia_core.attacks.draws import Draws
from primia_core.attacks.errors import GalleryError, VictimError
from primia_core.attacks.matching import assigned, compared, errors
from primia_core.attacks.plan import Part
from primia_core.attacks.retrieval import correlations, identified
from primia_core.evaluation.intervals import clopper_pearson
from primia_core.imaging import Normalisation

PART = Part("secure_sum", batch_size=4, sites=3, local_steps=0, mode="train", victims=1)


def pictures(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.random((count, 8, 8))


@pytest.mark.parametrize("guesses", [1, 12])
def test_guesses_that_know_nothing_identify_by_chance(guesses):
    rng, gallery, trials = np.random.default_rng(7), 10, 3000
    hits = sum(
        identified(pictures(rng, guesses), pictures(rng, 1)[0], pictures(rng, gallery - 1), rng=rng)
        for _ in range(trials)
    )
    low, high = clopper_pearson(hits, trials, level=0.999)
    assert low <= 1 / gallery <= high


def test_flat_guesses_leave_the_choice_to_chance():
    rng = np.random.default_rng(3)
    flat = np.full((4, 8, 8), 0.5)
    hits = sum(identified(flat, pictures(rng, 1)[0], pictures(rng, 4), rng=rng) for _ in range(1000))
    low, high = clopper_pearson(hits, 1000, level=0.999)
    assert low <= 1 / 5 <= high


def test_a_faint_copy_among_other_guesses_identifies():
    rng = np.random.default_rng(0)
    truth, decoys = pictures(rng, 1)[0], pictures(rng, 99)
    faint = 0.5 + 0.05 * (truth - 0.5)
    assert identified(np.stack([pictures(rng, 1)[0], faint]), truth, decoys, rng=rng)
    assert not identified(decoys[3:4], truth, decoys, rng=rng)


def test_correlations_are_pearsons():
    rng = np.random.default_rng(1)
    a, b = pictures(rng, 3), pictures(rng, 2)
    wanted = [[np.corrcoef(x.ravel(), y.ravel())[0, 1] for y in b] for x in a]
    np.testing.assert_allclose(correlations(a, b), wanted)


def test_assignment_finds_a_permutation_and_beats_the_nearest_for_each():
    rng = np.random.default_rng(2)
    truths = pictures(rng, 9)
    order = rng.permutation(9)
    np.testing.assert_array_equal(assigned(truths, truths[order]), truths)
    guesses = pictures(rng, 9)
    matched = assigned(truths, guesses)
    assert sorted(matched.sum((1, 2))) == pytest.approx(sorted(guesses.sum((1, 2))))
    assert np.trace(errors(truths, matched)) <= np.trace(errors(truths, guesses)) + 1e-12


def test_comparison_is_in_units_of_the_variance():
    truth = np.zeros((16, 16))
    alike = compared(truth, truth + 0.1, Normalisation(mean=0.5, std=0.2))
    assert alike.mse == pytest.approx(0.25)
    assert alike.psnr == pytest.approx(20)
    assert compared(truth, truth, Normalisation(mean=0.5, std=0.2)).ssim == pytest.approx(1)


def cohort(patients: int, images_each: int = 2) -> Draws:
    labels = np.arange(patients * images_each) // images_each % 2
    names = [f"p{number // images_each}" for number in range(patients * images_each)]
    return Draws.of(labels, names, gallery=100, seed=5)


def test_a_release_its_galleries_and_strangers_share_no_patient():
    draws = cohort(300)
    drawn = draws.release(PART, 0)
    victims, strangers = set(draws.patients[drawn.images]), set(draws.patients[drawn.strangers])
    assert len(victims) == len(drawn.images) == len(strangers) == 12
    for truth, gallery in zip(drawn.images, drawn.galleries, strict=True):
        decoys = set(draws.patients[gallery.decoys])
        assert len(decoys) == 99, "each decoy is of another patient"
        assert set(draws.labels[gallery.decoys]) == {draws.labels[truth]}
        assert victims.isdisjoint(decoys)
        assert strangers.isdisjoint(decoys)
    assert victims.isdisjoint(strangers)
    np.testing.assert_array_equal(draws.labels[drawn.strangers], draws.labels[drawn.images])


def test_near_twins_in_a_cohort_leave_chance_what_it_is():
    """Ten images of each of 14 patients: a gallery of ten drawn among images would hold far fewer patients."""
    rng, patients, gallery = np.random.default_rng(11), 14, 10
    names = [f"p{number // 10}" for number in range(10 * patients)]
    hits, trials = 0, 2500
    for seed in range(trials):
        images = np.repeat(pictures(rng, patients), 10, axis=0) + 0.001 * pictures(rng, 10 * patients)
        draws = Draws.of(np.zeros(10 * patients, np.int64), names, gallery=gallery, seed=seed)
        drawn = draws.release(Part("gradient", 1, 1, 0, "eval", 1), 0)
        hits += identified(pictures(rng, 1), images[drawn.images[0]], images[drawn.galleries[0].decoys], rng=rng)
    low, high = clopper_pearson(hits, trials, level=0.999)
    assert low <= 1 / gallery <= high


def test_draws_repeat_and_differ_by_number():
    first, again, other = (cohort(300).release(PART, number) for number in (0, 0, 1))
    np.testing.assert_array_equal(first.images, again.images)
    np.testing.assert_array_equal(first.galleries[3].decoys, again.galleries[3].decoys)
    assert set(first.images) != set(other.images)


def test_too_few_images_or_patients_are_named():
    with pytest.raises(GalleryError, match="gallery of 100 needs 99"):
        cohort(100, images_each=1).release(PART, 0)
    with pytest.raises(VictimError, match="there are 8; take a smaller batch"):
        cohort(8).release(PART, 0)
    with pytest.raises(VictimError, match="3 images have 2 patients"):
        Draws.of(np.zeros(3, np.int64), ["a", "b"], gallery=100, seed=0)
