"""What a network is fed: normalised, augmented, mixed and smoothed as the settings say."""

import numpy as np
import pytest
import torch

from primia_core.imaging import Pixels
from primia_core.training import Augmentation, EmptyDataError, LocalTraining
from primia_core.training.batches import Batches
from primia_core.training.feed import Feed
from tests.core.training.conftest import SCALE, SIDE, STILL, squares


def _feed(pixels: Pixels, seed: int = 0, **settings: object) -> Feed:
    values = {"steps": 4, "batch_size": 8, "augmentation": STILL, **settings}
    return Feed(pixels, SCALE, LocalTraining.model_validate(values), 3, seed)


def test_batches_are_normalised_images_with_their_labels() -> None:
    pixels = squares(20, 0)
    feed = _feed(pixels)
    drawn = Batches(20, feed.config).draw(np.random.default_rng(0))
    for batch, indices in zip(feed, drawn, strict=True):
        expected = (pixels.images[indices] / 255 - SCALE.mean) / SCALE.std
        assert np.allclose(batch.images.numpy(), expected, atol=1e-6)
        assert batch.images.dtype == torch.float32
        assert batch.targets.argmax(1).tolist() == pixels.labels[indices].tolist()
        assert batch.targets.sum(1).tolist() == [1.0] * 8


def test_the_same_seed_feeds_the_same_and_another_does_not() -> None:
    pixels = squares(20, 0)
    busy = {"augmentation": Augmentation(noise_std=0.1), "mixup_alpha": 0.4, "label_smoothing": 0.1}
    one, two, other = ([b.images for b in _feed(pixels, seed, **busy)] for seed in (1, 1, 2))
    assert all(torch.equal(a, b) for a, b in zip(one, two, strict=True))
    assert not torch.equal(one[0], other[0])


def test_augmentation_stays_within_black_and_white() -> None:
    batch = next(iter(_feed(squares(20, 0), augmentation=Augmentation(brightness=1, contrast=1, noise_std=0.5))))
    back = batch.images * SCALE.std + SCALE.mean
    assert back.min() >= -1e-6
    assert back.max() <= 1 + 1e-6


def test_mixup_mixes_pictures_and_targets_at_one_weight() -> None:
    levels = np.array([0, 100, 200], np.uint8)
    labels = np.arange(30, dtype=np.int64) % 3
    flat = np.broadcast_to(levels[labels][:, None, None, None], (30, 1, SIDE, SIDE))
    seen = set()
    for batch in _feed(Pixels(flat, labels), mixup_alpha=1.0, steps=6):
        grey = (batch.images[:, 0, 0, 0] * SCALE.std + SCALE.mean) * 255
        expected = batch.targets @ torch.from_numpy(levels).float()
        assert torch.allclose(grey, expected, atol=1e-3)
        assert torch.allclose(batch.targets.sum(1), torch.ones(8))
        mixed = {round(float(t), 4) for t in batch.targets.flatten() if 0 < t < 1}
        assert len(mixed) <= 2  # a weight and what is left of 1
        seen |= mixed
    assert len(seen) > 2


def test_label_smoothing_leaves_a_little_to_the_others() -> None:
    batch = next(iter(_feed(squares(9, 0), label_smoothing=0.3)))
    assert sorted(batch.targets[0].tolist()) == pytest.approx([0.1, 0.1, 0.8])


def test_nothing_to_feed_is_refused() -> None:
    empty = Pixels(np.zeros((0, 1, SIDE, SIDE), np.uint8), np.zeros(0, np.int64))
    with pytest.raises(EmptyDataError, match="0 training images"):
        _feed(empty)
