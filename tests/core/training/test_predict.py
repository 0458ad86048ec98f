"""Predictions: counts, loss and probabilities, whatever the batch size, and nothing changed by looking."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from primia_core.imaging import Pixels
from primia_core.models import ModelSpec, build_model
from primia_core.models.weights import state_hash
from primia_core.training import EmptyDataError, native_precision, predict, processor
from tests.core.training.conftest import SCALE, SIDE, squares

DATA = squares(25, 0)


def _direct(model: torch.nn.Module) -> torch.Tensor:
    images = (torch.from_numpy(DATA.images).float() / 255 - SCALE.mean) / SCALE.std
    with torch.inference_mode():
        return model.eval()(images)


@pytest.mark.parametrize("batch_size", [1, 7, 25, 64])
def test_figures_are_those_of_the_network_in_evaluation_mode(batch_size: int) -> None:
    model = build_model(ModelSpec(name="small_cnn"), seed=0)
    logits, labels = _direct(model), torch.from_numpy(DATA.labels)
    model.train()
    before = state_hash(model.state_dict())
    found = predict(model, DATA, SCALE, batch_size)
    assert found.loss_sum == pytest.approx(float(cross_entropy(logits, labels, reduction="sum")), rel=1e-5)
    assert np.allclose(found.probabilities, logits.softmax(1).numpy(), atol=1e-6)
    assert found.count == found.confusion.sum() == 25
    assert found.confusion.sum(1).tolist() == np.bincount(DATA.labels).tolist()
    assert found.confusion.trace() == int((logits.argmax(1) == labels).sum())
    assert model.training
    assert state_hash(model.state_dict()) == before


def test_bfloat16_is_close_and_answers_in_float32() -> None:
    model = build_model(ModelSpec(name="small_cnn"), seed=0)
    exact, rough = (predict(model, DATA, SCALE, precision=precision) for precision in ("float32", "bfloat16"))
    assert rough.probabilities.dtype == np.float32
    assert not np.array_equal(exact.probabilities, rough.probabilities)
    assert np.allclose(exact.probabilities, rough.probabilities, atol=0.02)


@pytest.mark.parametrize(
    ("flags", "precision"),
    [("avx512f avx512_vnni", "float32"), ("avx512f avx512_bf16", "bfloat16"), ("amx_bf16 amx_tile", "bfloat16")],
)
def test_native_precision_is_read_off_the_processors_flags(
    flags: str, precision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags : fpu sse {flags}\n")
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "cpuinfo")
    assert native_precision() == precision
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "nothing")
    assert native_precision() == "float32"


def test_a_memory_map_is_read_and_not_written() -> None:
    frozen = DATA.images.copy()
    frozen.flags.writeable = False
    labels = DATA.labels.copy()
    labels.flags.writeable = False
    model = build_model(ModelSpec(name="small_cnn"), seed=0)
    assert predict(model, Pixels(frozen, labels), SCALE).loss_sum == predict(model, DATA, SCALE).loss_sum


def test_no_image_is_refused_and_secrets_are_not_printed() -> None:
    model = build_model(ModelSpec(name="small_cnn"), seed=0)
    empty = Pixels(np.zeros((0, 1, SIDE, SIDE), np.uint8), np.zeros(0, np.int64))
    with pytest.raises(EmptyDataError, match="0 evaluation images"):
        predict(model, empty, SCALE)
    assert repr(predict(model, DATA, SCALE)) == "Predictions()"
