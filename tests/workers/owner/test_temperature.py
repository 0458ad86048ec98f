"""The temperature: right where it can be worked out, and one where pictures say nothing."""

import numpy as np
import pytest

from workers.owner.temperature import fitted


def sampled(temperature, count=4000):
    rng = np.random.default_rng(4)
    logits = rng.normal(size=(count, 3))
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = (shares.cumsum(1) < rng.random((count, 1))).sum(1)
    return logits * temperature, labels


@pytest.mark.parametrize("temperature", [0.25, 1.0, 3.0])
def test_temperature_that_made_the_labels_is_found(temperature):
    assert fitted(*sampled(temperature)) == pytest.approx(temperature, rel=0.1)


def test_labels_that_are_not_known_do_not_count():
    logits, labels = sampled(3.0)
    unknown = np.concatenate([labels, np.full(500, -1)])
    assert fitted(np.concatenate([logits, np.full((500, 3), 50.0)]), unknown) == fitted(logits, labels)


def test_too_few_or_one_class_or_all_right_say_nothing():
    logits, labels = sampled(3.0)
    assert fitted(logits[:29], labels[:29]) == 1.0
    assert fitted(logits, np.zeros_like(labels)) == 1.0
    assert fitted(logits, logits.argmax(1)) == 1.0
