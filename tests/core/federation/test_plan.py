"""A plan has one hash, and refuses what does not fit together."""

import pytest
from pydantic import ValidationError

from primia_core.federation.plan import Plan


def test_a_plan_read_back_has_the_same_hash(plan: Plan) -> None:
    assert Plan.model_validate(plan.to_json()).hash == plan.hash


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"initial_model": "0" * 64},
        {"training": {"learning_rate": 0.002, "final_learning_rate": 0.002}},
        {"aggregation": {"clip_weights": 0.5}},
        {"data": {"image_size": 32}},
    ],
)
def test_any_change_of_a_plan_changes_its_hash(plan: Plan, change: dict[str, object]) -> None:
    body = plan.to_json()
    for key, value in change.items():
        body[key] = {**body[key], **value} if isinstance(value, dict) else value  # type: ignore[dict-item]
    assert Plan.model_validate(body).hash != plan.hash


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"roster": []}, "0 sites"),
        ({"unknown": 1}, "unknown"),
        ({"data": {"classes": ["a", "a", "b"]}}, "different classes"),
        ({"model": {"classes": 2}}, "2 classes"),
        ({"strategy": {"name": "fedprox"}}, "mu=0.0"),
        ({"strategy": {"mu": 0.1}}, "fedavg with mu=0.1"),
        ({"aggregation": {"reference_samples": 1000}}, "1000, not a power of two"),
        ({"training": {"epochs": 1}}, "steps=6 and epochs=1"),
        ({"training": {"learning_rate": 1e-4}}, "the rate decays"),
    ],
)
def test_a_plan_that_does_not_fit_together_says_why(plan: Plan, change: dict[str, object], says: str) -> None:
    body = plan.to_json()
    for key, value in change.items():
        body[key] = {**body[key], **value} if isinstance(value, dict) else value  # type: ignore[dict-item]
    with pytest.raises(ValidationError, match=says):
        Plan.model_validate(body)


def test_the_roster_is_sorted_and_without_doubles(plan: Plan) -> None:
    body = plan.to_json()
    body["roster"] = list(reversed(body["roster"]))  # type: ignore[call-overload]
    with pytest.raises(ValidationError, match="sorted by site"):
        Plan.model_validate(body)
    body["roster"] = [*body["roster"], body["roster"][0]]  # type: ignore[misc]
    with pytest.raises(ValidationError, match="appears twice"):
        Plan.model_validate(body)


def test_threshold_and_colluders_follow_the_design(plan: Plan) -> None:
    assert (plan.threshold, plan.colluders) == (3, 2)
