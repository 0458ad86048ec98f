"""Order and size of batches: the same for a seed, full where steps are counted, fair where epochs are."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primia_core.training import LocalTraining
from primia_core.training.batches import Batches


def _drawn(images: int, seed: int = 0, **settings: int | None) -> list[np.ndarray]:
    batches = Batches(images, LocalTraining(**settings))
    drawn = list(batches.draw(np.random.default_rng(seed)))
    assert len(drawn) == len(batches)
    return drawn


@given(st.integers(1, 100), st.integers(1, 20), st.integers(2, 40))
def test_steps_are_full_whatever_the_size_of_the_cohort_and_use_every_image_alike(
    images: int, steps: int, size: int
) -> None:
    drawn = _drawn(images, steps=steps, batch_size=size)
    assert [len(batch) for batch in drawn] == [size] * steps
    seen = Counter(np.concatenate(drawn).tolist())
    counts = [seen[index] for index in range(images)]
    assert max(counts) - min(counts) <= 1
    assert sum(counts) == steps * size


@given(st.integers(2, 100), st.integers(1, 4), st.integers(2, 40))
def test_an_epoch_is_every_image_once_in_even_batches(images: int, epochs: int, size: int) -> None:
    drawn = _drawn(images, steps=None, epochs=epochs, batch_size=size)
    a_pass = len(drawn) // epochs
    for epoch in range(epochs):
        batches = drawn[epoch * a_pass : (epoch + 1) * a_pass]
        assert sorted(np.concatenate(batches)) == list(range(images))
        sizes = [len(batch) for batch in batches]
        assert max(sizes) <= max(size, 3)
        assert max(sizes) - min(sizes) <= 1
        assert min(sizes) >= 2


def test_one_image_alone_is_taken_twice_so_that_it_has_batch_statistics() -> None:
    assert [batch.tolist() for batch in _drawn(1, steps=None, epochs=2)] == [[0, 0], [0, 0]]


def test_the_order_is_fixed_by_the_generator_and_new_in_every_epoch() -> None:
    one, two, other = (_drawn(40, seed=seed, steps=None, epochs=2, batch_size=40) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one[0], other[0])
    assert not np.array_equal(one[0], one[1])


@pytest.mark.parametrize("settings", [{"steps": 3, "epochs": 2}, {"steps": None, "epochs": None}])
def test_steps_and_epochs_exclude_each_other(settings: dict[str, int | None]) -> None:
    with pytest.raises(ValueError, match="either steps or epochs"):
        LocalTraining(**settings)


@pytest.mark.parametrize(("images", "steps", "batches"), [(50, 100, 6), (50, 3, 3), (5, 9, 1)])
def test_a_site_that_keeps_its_last_update_stops_when_its_images_are_used_up(
    images: int, steps: int, batches: int
) -> None:
    config = LocalTraining(steps=steps, batch_size=8, exhausted_sites="keep_last")
    drawn = list(Batches(images, config).draw(np.random.default_rng(1)))
    assert len(drawn) == len(Batches(images, config)) == batches
    if images >= 8:
        assert len(np.unique(np.concatenate(drawn))) == 8 * batches
