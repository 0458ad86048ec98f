"""One mask, one model: a second version under an old R_w is refused, by parties and dealer, after a restart too."""

import numpy as np
import pytest

from primia_core.mpc.errors import MaskReused
from primia_core.mpc.stock import Ledger
from primia_core.mpc.weight_masks import WeightMasks

MASK, OTHER = "0a" * 16, "0b" * 16


@pytest.fixture
def book(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    yield WeightMasks(ledger)
    ledger.close()


def test_two_versions_under_one_mask_would_give_their_difference_away():
    mask, old = np.arange(9, dtype=np.uint32) * np.uint32(2654435761), np.arange(9, dtype=np.uint32)
    new = old + np.uint32(7)
    assert np.array_equal((new + mask) - (old + mask), new - old)


def test_second_version_is_refused(book, tmp_path):
    book.may_send(MASK, "v1", b"share")
    book.opened(MASK, "v1", b"weights")
    again = WeightMasks(Ledger(tmp_path / "ledger.sqlite"))
    for attempt in (
        lambda: again.assign(MASK, "v2"),
        lambda: again.may_send(MASK, "v2", b"share"),
        lambda: again.opened(MASK, "v2", b"weights"),
    ):
        with pytest.raises(MaskReused, match="belongs to model 'v1'"):
            attempt()
    assert again.version_of(MASK) == "v1"


def test_same_bytes_may_be_opened_again(book):
    for _ in range(2):
        book.may_send(MASK, "v1", np.arange(4, dtype=np.uint32))
        book.opened(MASK, "v1", np.arange(9, dtype=np.uint32))


def test_other_bytes_of_the_same_version_are_refused(book):
    book.may_send(MASK, "v1", b"share")
    book.opened(MASK, "v1", b"weights")
    with pytest.raises(MaskReused, match="share of the weights"):
        book.may_send(MASK, "v1", b"SHARE")
    with pytest.raises(MaskReused, match="masked weights"):
        book.opened(MASK, "v1", b"WEIGHTS")


def test_model_may_have_several_masks(book):
    book.assign(MASK, "v1")
    book.assign(OTHER, "v1")
    assert book.version_of(OTHER) == "v1"
    assert book.version_of("0c" * 16) is None
