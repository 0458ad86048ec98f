"""A round's local work: it learns, repeats itself exactly, stops when told, and keeps what its definition says."""

from collections.abc import Mapping
from math import sqrt

import numpy as np
import pytest
import torch
from torch import Tensor

from primia_core.imaging import Pixels
from primia_core.models import ModelSpec, build_model
from primia_core.models.weights import state_hash
from primia_core.training import (
    Augmentation,
    Cancelled,
    Check,
    DivergedError,
    EmptyDataError,
    FitResult,
    LocalTraining,
    fit,
    learning_rate_at,
    predict,
)
from primia_core.training.stopping import EarlyStopping
from tests.core.training.conftest import SCALE, SIDE, STILL, squares

TRAIN, VALIDATION = squares(60, 0), squares(30, 1)
EMPTY = Pixels(np.zeros((0, 1, SIDE, SIDE), np.uint8), np.zeros(0, np.int64))


def _model(seed: int = 0, **spec: str) -> torch.nn.Module:
    return build_model(ModelSpec.model_validate({"name": "small_cnn", **spec}), seed=seed)


def _fit(model: torch.nn.Module | None = None, *, train: Pixels = TRAIN, **options: object) -> FitResult:
    names = LocalTraining.model_fields.keys() - {"class_weights"}
    defaults = {"steps": 6, "batch_size": 16, "augmentation": STILL, "learning_rate": 5e-3}
    config = LocalTraining.model_validate({**defaults, **{n: v for n, v in options.items() if n in names}})
    rest = {n: v for n, v in options.items() if n not in names or n == "seed"}
    call = {"round_number": 1, "total_rounds": 1, "seed": 0, "normalisation": SCALE, **rest}
    validation = call.pop("validation", VALIDATION)
    return fit(model or _model(), train, validation, config=config, **call)


def test_it_learns() -> None:
    result = _fit(steps=40)
    model = _model()
    model.load_state_dict(result.state_dict)
    found = predict(model, VALIDATION, SCALE)
    assert found.confusion.trace() >= 28
    assert (result.samples, result.steps, result.loss_count, result.best_step) == (60, 40, 640, 40)
    assert not result.stopped_early


@pytest.mark.parametrize(
    "settings",
    [
        {"optimizer": "sgd", "learning_rate": 0.05, "weight_decay": 1e-3},
        {"precision": "bfloat16"},
        {"steps": None, "epochs": 2},
        {"mixup_alpha": 0.2, "label_smoothing": 0.1, "augmentation": Augmentation()},
    ],
    ids=["sgd", "bfloat16", "epochs", "mixed"],
)
def test_each_way_of_training_moves_the_weights_and_repeats_itself(settings: dict[str, object]) -> None:
    first, second, other = (_fit(**settings, seed=seed) for seed in (3, 3, 4))
    hashes = [state_hash(result.state_dict) for result in (first, second, other)]
    assert hashes[0] == hashes[1] != hashes[2]
    assert hashes[0] != state_hash(_model().state_dict())
    assert all(torch.isfinite(tensor).all() for tensor in first.state_dict.values())


def test_dropout_is_drawn_from_the_seed_and_the_global_generator_is_left_alone() -> None:
    def noisy() -> torch.nn.Module:
        return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Dropout(), torch.nn.Linear(SIDE * SIDE, 3))

    start = noisy().state_dict()
    hashes = set()
    for _ in range(2):
        model = noisy()
        model.load_state_dict(start)
        torch.manual_seed(len(hashes))
        before = torch.random.get_rng_state()
        hashes.add(state_hash(_fit(model).state_dict))
        assert torch.equal(before, torch.random.get_rng_state())
    assert len(hashes) == 1


def test_weights_come_back_in_row_major_order_and_by_themselves() -> None:
    model = _model()
    result = _fit(model, precision="bfloat16")
    own = model.state_dict()
    for name, tensor in result.state_dict.items():
        assert tensor.is_contiguous()
        assert tensor.data_ptr() != own[name].data_ptr()


def test_learning_rate_falls_log_linearly_over_the_whole_job(monkeypatch: pytest.MonkeyPatch) -> None:
    from primia_core.training import local_work

    rates: list[float] = []
    real = local_work._optimizer

    def watched(model: torch.nn.Module, config: LocalTraining) -> torch.optim.Optimizer:
        optimizer = real(model, config)
        optimizer.register_step_pre_hook(lambda opt, *_: rates.append(opt.param_groups[0]["lr"]))
        return optimizer

    monkeypatch.setattr(local_work, "_optimizer", watched)
    for number in (1, 2):
        _fit(steps=4, round_number=number, total_rounds=2, learning_rate=1e-2, final_learning_rate=1e-4)
    assert rates == pytest.approx([1e-2 * 0.01 ** (k / 8) for k in range(8)])
    config = LocalTraining(learning_rate=1e-2, final_learning_rate=1e-4)
    assert [learning_rate_at(config, p) for p in (0.0, 0.5, 1.0, 2.0)] == pytest.approx([1e-2, 1e-3, 1e-4, 1e-4])


def test_the_first_step_of_adam_is_that_of_the_formula() -> None:
    model = _model()
    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    result = _fit(model, steps=1, learning_rate=1e-3)
    moved = torch.cat([(result.state_dict[name] - start[name]).abs().flatten() for name in start])
    assert moved.max() <= 1e-3 * (1 + 1e-3)  # Adam's first step is the sign of the gradient
    assert moved.median() == pytest.approx(1e-3, rel=0.01)


def test_fedprox_pulls_towards_its_reference() -> None:
    start = {name: tensor.clone() for name, tensor in _model().state_dict().items()}

    def distance(proximal: tuple[float, Mapping[str, Tensor]] | None) -> float:
        end = _fit(optimizer="sgd", learning_rate=0.02, momentum=0.0, steps=20, proximal=proximal).state_dict
        names = [name for name, _ in _model().named_parameters()]
        return sqrt(sum(float((end[name] - start[name]).square().sum()) for name in names))

    free, held, tight = (distance(p) for p in (None, (1.0, start), (20.0, start)))
    assert tight < held < free
    assert distance((0.0, start)) == free


def test_class_weights_multiply_each_classs_part() -> None:
    from primia_core.training.objective import Objective

    logits = torch.tensor([[2.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
    targets = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]])
    logs = logits.log_softmax(1)
    weights = torch.tensor([0.5, 2.0, 1.0])
    expected = -(weights * targets * logs).sum() / 2
    assert Objective(_model(), [0.5, 2.0, 1.0]).loss(logits, targets) == pytest.approx(float(expected))


def test_a_class_of_weight_zero_is_not_learnt() -> None:
    result = _fit(steps=40, class_weights=[1.5, 1.5, 0.0])
    model = _model()
    model.load_state_dict(result.state_dict)
    confusion = predict(model, VALIDATION, SCALE).confusion
    assert confusion[2, 2] < confusion[0, 0] == confusion[1, 1] == 10


class TestEarlyStopping:
    """A script of validation losses in, and what local early stopping makes of it out."""

    def _watch(self, losses: list[float], patience: int) -> tuple[EarlyStopping, int | None]:
        model, watch = _model(), EarlyStopping(patience)
        for step, loss in enumerate(losses, 1):
            with torch.no_grad():
                model.fc.bias.fill_(step)
            if watch.check(model, loss, step):
                return watch, step
        return watch, None

    @pytest.mark.parametrize(
        ("losses", "patience", "best", "stops"),
        [
            ([3.0, 2.0, 1.0], 1, 3, None),
            ([1.0, 2.0], 1, 1, 2),
            ([3.0, 1.0, 2.0, 0.5, 2.0, 2.0], 2, 4, 6),
            ([1.0, 1.0, 1.0], 2, 1, 3),
            ([float("nan"), 1.0, 2.0], 1, 1, 2),
        ],
    )
    def test_best_and_stop(self, losses: list[float], patience: int, best: int, stops: int | None) -> None:
        watch, stopped = self._watch(losses, patience)
        assert (watch.best_step, stopped) == (best, stops)
        assert watch.state["fc.bias"].tolist() == [best] * 3


def _scripted(monkeypatch: pytest.MonkeyPatch, losses: list[float]) -> None:
    """Make validation report these losses, whatever the weights."""
    from primia_core.training import local_work

    real, script = local_work.predict, iter(losses)

    def found(*args: object, **options: object) -> object:
        predictions = real(*args, **options)  # type: ignore[arg-type]
        return type(predictions)(
            predictions.confusion, next(script) * predictions.count, predictions.count, predictions.probabilities
        )

    monkeypatch.setattr(local_work, "predict", found)


def test_early_stopping_returns_the_best_checks_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    short = _fit(steps=4, final_learning_rate=5e-3)  # a constant rate, so that steps do not depend on how many follow
    _scripted(monkeypatch, [3.0, 1.0, 2.0, 2.0, 0.0])
    result = _fit(steps=20, final_learning_rate=5e-3, patience=2, check_every_steps=2)
    assert (result.stopped_early, result.steps, result.best_step) == (True, 8, 4)
    assert state_hash(result.state_dict) == state_hash(short.state_dict)


def test_early_stopping_never_answers_with_the_weights_it_started_from(monkeypatch: pytest.MonkeyPatch) -> None:
    _scripted(monkeypatch, [float("inf")] * 9)
    result = _fit(steps=6, patience=1, check_every_steps=100)  # the only check is that of the last step
    assert (result.best_step, result.stopped_early) == (6, False)
    assert state_hash(result.state_dict) == state_hash(_fit(steps=6).state_dict)


def test_a_patience_that_ends_with_the_last_step_did_not_stop_early(monkeypatch: pytest.MonkeyPatch) -> None:
    _scripted(monkeypatch, [1.0, 2.0, 3.0])
    result = _fit(steps=6, patience=2, check_every_steps=2)
    assert (result.steps, result.best_step, result.stopped_early) == (6, 2, False)


def test_watching_changes_no_weight() -> None:
    checks: list[Check] = []
    watched = _fit(check_every_steps=4, on_check=checks.append)
    assert [(check.step, check.steps) for check in checks] == [(4, 6), (6, 6)]
    assert state_hash(watched.state_dict) == state_hash(_fit().state_dict)
    mean = (4 * checks[0].training_loss + 2 * checks[1].training_loss) / 6
    assert mean == pytest.approx(watched.loss_sum / watched.loss_count)


def test_progress_is_told_after_every_step_and_stopping_is_asked_before() -> None:
    told: list[tuple[int, int]] = []
    with pytest.raises(Cancelled, match="after 3 of 6"):
        _fit(progress=lambda done, total: told.append((done, total)), should_stop=lambda: len(told) == 3)
    assert told == [(1, 6), (2, 6), (3, 6)]


def test_a_loss_that_is_no_number_is_an_error_with_its_step() -> None:
    broken = _model()
    with torch.no_grad():
        broken.fc.weight.fill_(float("nan"))
    with pytest.raises(DivergedError, match=r"nan at step 1 of 6, learning rate 0\.005; lower learning_rate"):
        _fit(broken)


def test_empty_splits_are_refused_where_they_are_needed() -> None:
    with pytest.raises(EmptyDataError, match="training"):
        _fit(train=EMPTY)
    with pytest.raises(EmptyDataError, match="validation"):
        _fit(validation=EMPTY, patience=1)
    assert _fit(validation=EMPTY).steps == 6


def test_a_cohort_of_one_image_trains() -> None:
    one = Pixels(TRAIN.images[:1], TRAIN.labels[:1])
    assert _fit(train=one, steps=None, epochs=2).loss_count == 4
    assert _fit(train=one).loss_count == 96
