"""What cannot be private is refused with a reason and what to set instead."""

import pytest

from primia_core.models import ModelSpec
from primia_core.training.private import refusals
from tests.core.training.private.stage import promise, settings

GROUP = ModelSpec(name="small_cnn", normalisation="group")


def test_private_settings_are_allowed():
    assert refusals(promise(), settings(), GROUP) == []
    assert refusals(promise(mode="distributed"), settings(steps=1), GROUP) == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"steps": None, "epochs": 1}, "not Poisson samples"),
        ({"exhausted_sites": "keep_last"}, "not sampled"),
        ({"class_weights": "pooled"}, "weighs classes"),
        ({"mixup_alpha": 0.2}, "mixup"),
        ({"patience": 2}, "early stopping"),
        ({"precision": "bfloat16"}, "float32"),
    ],
)
def test_each_unprivate_setting_is_refused_with_its_reason(changed, says):
    (reason,) = refusals(promise(), settings(**changed), GROUP)
    assert says in reason
    assert "set " in reason or "give " in reason or "leave " in reason


def test_batch_normalisation_is_refused():
    (reason,) = refusals(promise(), settings(), ModelSpec(name="small_cnn"))
    assert "BatchNorm" in reason
    assert '"group"' in reason


def test_several_steps_a_round_are_refused_where_the_sum_is_what_is_private():
    (reason,) = refusals(promise(mode="distributed"), settings(steps=8), GROUP)
    assert "steps is 8" in reason
