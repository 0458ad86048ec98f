"""A plan has one hash, and refuses what does not fit together."""

import pytest
from pydantic import ValidationError

from primia_core.federation.plan import Plan
from primia_core.imaging import Normalisation

SCALE = Normalisation(mean=0.25, std=0.2).model_dump()


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
        body[key] = {**(body[key] or {}), **value} if isinstance(value, dict) else value  # type: ignore[dict-item]
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
        ({"purpose": "evaluate"}, "a plan to evaluate has settings to .'evaluate'., got .."),
        ({"purpose": "audit", "audit": {}, "evaluation": {}, "data": {"normalisation": SCALE}}, "got .'evaluate', 'a"),
        ({"evaluation": {}}, "a plan to train has settings to do nothing else, got .'evaluate'."),
        ({"purpose": "evaluate", "evaluation": {}}, "names the normalisation"),
        ({"version": 1, "purpose": "audit", "audit": {}, "data": {"normalisation": SCALE}}, "version 1 only train"),
        ({"evaluation": {"score_bins": 1000}}, "1000, not a power of two"),
        ({"evaluation": {"replicates": 20}}, "20 replicates make no interval"),
        ({"evaluation": {"subgroups": ["sex", "sex"]}}, "named twice"),
    ],
)
def test_a_plan_that_does_not_fit_together_says_why(plan: Plan, change: dict[str, object], says: str) -> None:
    body = plan.to_json()
    for key, value in change.items():
        body[key] = {**(body[key] or {}), **value} if isinstance(value, dict) else value  # type: ignore[dict-item]
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


def test_a_plan_of_version_1_keeps_the_hash_that_was_signed(plan: Plan) -> None:
    """Plans that sites approved before there were purposes stay readable, with the bytes that they signed."""
    old = Plan.model_validate({**plan.to_json(), "version": 1})
    assert set(plan.to_json()) - set(old.to_json()) >= {"purpose", "evaluation", "audit"}
    assert Plan.model_validate(old.to_json()) == old
    assert Plan.model_validate(old.to_json()).hash == old.hash != plan.hash


def test_a_plan_that_evaluates_asks_for_no_statistics(plan: Plan) -> None:
    body = {**plan.to_json(), "purpose": "evaluate", "evaluation": {"subgroups": ["sex"]}}
    body["data"] = {**body["data"], "normalisation": SCALE}  # type: ignore[dict-item]
    body["training"] = {**body["training"], "class_weights": "pooled"}  # type: ignore[dict-item]
    made = Plan.model_validate(body)
    assert not made.needs_statistics
    assert Plan.model_validate(made.to_json()).hash == made.hash
