"""What one unit adds is its own integers, bounded by the grid's sensitivity, whoever else is in the batch."""

import numpy as np
import pytest
import torch

from primia_core.privacy.grid import Grid
from primia_core.training.private.clipped_sum import ClippedSum
from primia_core.training.private.pieces import pieces
from tests.core.training.private.stage import promise

SHAPES = [(3, 2), (5,)]
DIMENSION = 11


def grid(**changed) -> Grid:
    return Grid.of(promise(**changed), dimension=DIMENSION)


def gradients(count: int, scale: float, seed: int = 0) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [scale * torch.randn(count, *shape, generator=generator) for shape in SHAPES]


def summed(found: list[torch.Tensor], units: list[int], count: int, used: Grid) -> np.ndarray:
    total = ClippedSum([torch.zeros(shape) for shape in SHAPES], used)
    total.add([gradient.clone() for gradient in found], torch.tensor(units), count)
    return np.concatenate([part.numpy().ravel() for part in total.totals])


@pytest.mark.parametrize("scale", [1e-4, 0.3, 1.0, 1e6, 1e30])
def test_a_unit_adds_integers_within_the_sensitivity(scale):
    used = grid()
    alone = summed(gradients(1, scale), [0], 1, used)
    assert np.array_equal(alone, np.rint(alone))
    assert np.linalg.norm(alone) <= used.sensitivity
    if scale >= 1:
        assert np.linalg.norm(alone) > 0.999 * used.clip_steps


def test_a_unit_adds_the_same_whoever_is_in_the_batch():
    used, found = grid(), gradients(4, 0.4)
    others = summed([g[:3] for g in found], [0, 1, 2], 3, used)
    everybody = summed(found, [0, 1, 2, 3], 4, used)
    alone = summed([g[3:] for g in found], [0], 1, used)
    assert np.array_equal(everybody - others, alone)


def test_small_gradients_are_kept_to_half_a_step():
    used, found = grid(clip=2.0), gradients(1, 0.05)
    exact = np.concatenate([g.numpy().ravel() for g in found]) * used.clip_steps / used.clip
    assert np.abs(summed(found, [0], 1, used) - exact).max() <= 0.5 + 2.0**-19 * np.abs(exact).max()


def test_a_patients_gradients_are_added_before_they_are_clipped():
    used, found = grid(), gradients(4, 5.0)
    patient = summed(found, [0, 0, 0, 0], 1, used)
    assert np.linalg.norm(patient) <= used.sensitivity
    assert np.linalg.norm(summed(found, [0, 1, 2, 3], 4, used)) > used.sensitivity
    direction = np.concatenate([g.sum(0).numpy().ravel() for g in found])
    assert np.dot(patient, direction) / np.linalg.norm(patient) / np.linalg.norm(direction) > 0.999


def test_a_patient_that_is_larger_than_a_piece_is_still_one_unit():
    used, found = grid(), gradients(5, 2.0)
    total = ClippedSum([torch.zeros(shape) for shape in SHAPES], used)
    units = [np.array([0]), np.array([1, 2, 3, 4])]
    cut = list(pieces(units, at_most=2))
    assert [len(piece.images) for piece in cut] == [1, 2, 2]
    for piece in cut:
        part = [gradient[torch.from_numpy(piece.images)] for gradient in found]
        total.add(part, torch.from_numpy(piece.units), piece.count, continues=piece.continues)
    whole = summed(found, [0, 1, 1, 1, 1], 2, used)
    got = np.concatenate([part.numpy().ravel() for part in total.totals])
    assert np.abs(got - whole).max() <= 1  # float32 sums in another order


def test_a_unit_whose_gradient_is_no_number_adds_nothing():
    found = gradients(2, 0.3)
    found[0][1, 0, 0] = float("nan")
    assert np.array_equal(summed(found, [0, 1], 2, grid()), summed([g[:1] for g in found], [0], 1, grid()))


@pytest.mark.parametrize("at_most", [1, 2, 3, 16])
def test_pieces_hold_every_image_once_and_units_whole(at_most):
    units = [np.array([0, 1]), np.array([2]), np.array([3, 4, 5]), np.array([6]), np.array([7])]
    cut = list(pieces(units, at_most=at_most))
    assert sorted(np.concatenate([piece.images for piece in cut])) == list(range(8))
    assert all(len(piece.images) <= at_most for piece in cut)
    assert sum(piece.count for piece in cut if not piece.continues) == len(units)
    assert not cut[-1].continues


def test_no_units_are_one_empty_piece():
    (piece,) = pieces([], at_most=4)
    assert (len(piece.images), piece.count) == (0, 0)
