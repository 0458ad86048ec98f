"""Pooled statistics are those of all pixels together, exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.imaging import Normalisation, PixelSums, StatisticsError, pooled


def _images(rng: np.random.Generator, n: int, top: int) -> np.ndarray:
    return rng.integers(0, top, (n, 1, 9, 9), dtype=np.uint8)


@settings(max_examples=40, deadline=None)
@given(sizes=st.lists(st.integers(1, 6), min_size=1, max_size=5), seed=st.integers(0, 1000))
def test_pooling_sites_equals_all_pixels_together(sizes: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    sites = [_images(rng, n, int(rng.integers(3, 256))) for n in sizes]
    together = np.concatenate([site.ravel() for site in sites]).astype(np.float64) / 255
    found = pooled(*(PixelSums.of(site) for site in sites))
    np.testing.assert_allclose([found.mean, found.std], [together.mean(), together.std()], rtol=1e-12)


def test_the_pooled_deviation_is_not_the_mean_of_the_sites_deviations() -> None:
    dark, bright = np.full((1, 1, 4, 4), 50, np.uint8), np.full((1, 1, 4, 4), 150, np.uint8)
    assert pooled(PixelSums.of(dark), PixelSums.of(bright)).std == pytest.approx(50 / 255)


def test_sums_are_exact_integers_beyond_what_floats_hold() -> None:
    one = PixelSums.of(np.full((1, 1, 64, 64), 255, np.uint8))
    many = sum([one] * 1000, start=PixelSums(0, 0, 0))
    assert many == PixelSums(1000 * one.count, 1000 * one.total, 1000 * one.total_squares)
    huge = PixelSums(2**60, 255 * 2**60 - 1, 255**2 * 2**60 - 255)
    assert type(huge.normalisation().std) is float


def test_one_flat_grey_does_not_divide_by_zero() -> None:
    assert pooled(PixelSums.of(np.full((2, 1, 4, 4), 51, np.uint8))) == Normalisation(mean=0.2, std=1 / 1024)


@pytest.mark.parametrize("sums", [(0, 0, 0), (4, 2000, 10**6), (4, 100, 1), (4, -1, 5)])
def test_sums_that_no_pixels_have_are_refused(sums: tuple[int, int, int]) -> None:
    with pytest.raises(StatisticsError, match="no pixels have"):
        PixelSums(*sums).normalisation()


def test_anything_but_bytes_is_refused() -> None:
    with pytest.raises(StatisticsError, match="float32"):
        PixelSums.of(np.zeros((1, 1, 4, 4), np.float32))  # type: ignore[arg-type]
