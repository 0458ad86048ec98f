"""What the form of a job that evaluates or audits may say. All but that is the model's own, as its plan has it."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from backend.apps.artifacts.models import Artifact
from backend.apps.jobs.job_settings import JobSettings
from backend.apps.registry.models import ModelVersion
from backend.common.errors import InvalidInput
from primia_core.attacks.plan import AuditPlan
from primia_core.federation.plan import Aggregation, EvaluationPlan
from primia_core.imaging import Normalisation

PARTS: Mapping[str, tuple[str, type[BaseModel]]] = {
    "evaluate": ("evaluation", EvaluationPlan),
    "audit": ("audit", AuditPlan),
}
FROM_FORM = frozenset({"secure", "min_survivors", "neighbours"})
"""What a form says of aggregation; how weights are encoded is the training's and of no matter here."""


def examination_read(given: object, *, kind: str, version: ModelVersion | None, min_survivors: int) -> JobSettings:
    """Read the form's settings.

    Args:
        given: ``{"evaluation": {...}}`` or ``{"audit": {...}}``, and ``aggregation`` where wanted.
        kind: ``evaluate`` or ``audit``.
        version: the model.
        min_survivors: the federation's; a job may ask for more, never for fewer.
    Raises:
        InvalidInput: with an entry for each wrong field, or where this model cannot be examined.
    """
    name, part = PARTS[kind]
    if not isinstance(given, Mapping):
        raise InvalidInput("Settings are an object.", fields={"settings": ["Give an object of parts."]})
    assert version is not None
    _check_examinable(version)
    fields = {f"settings.{key}": ["There is no such setting."] for key in sorted(set(given) - {name, "aggregation"})}
    wanted = _read(f"settings.{name}", part, given.get(name) or {}, fields)
    asked = {"min_survivors": max(min_survivors, 2), **(given.get("aggregation") or {})}
    for key in sorted(set(asked) - FROM_FORM):
        fields[f"settings.aggregation.{key}"] = ["There is no such setting."]
    aggregation = _read("settings.aggregation", Aggregation, asked, fields)
    if isinstance(aggregation, Aggregation) and aggregation.min_survivors < min_survivors:
        fields["settings.aggregation.min_survivors"] = [f"The federation asks for at least {min_survivors} sites."]
    if fields:
        raise InvalidInput("Some settings do not fit; see fields.", fields=fields)
    return _complete(version, {name: wanted, "aggregation": aggregation})


def _complete(version: ModelVersion, parts: Mapping[str, Any]) -> JobSettings:
    """Put the form's parts beside those of the plan that made the model."""
    plan = version.job.plan
    known = {name: plan[name] for name in ("model", "training", "strategy", "selection")}
    data = {**plan["data"], "normalisation": Normalisation.model_validate(version.card["normalisation"])}
    return JobSettings.model_validate({**known, "data": data, "seed": plan["training"]["seed"], **parts})


def _check_examinable(version: ModelVersion) -> None:
    reason = None
    if version.artifact.state != Artifact.State.COMPLETE:
        reason = "Its weights are no longer kept."
    elif not version.job.plan or not version.card.get("normalisation"):
        reason = "It does not say how its images were normalised."
    elif version.job.plan["strategy"].get("batch_norm") == "local":
        reason = "Its layers with running statistics stayed at the sites, so nobody has the whole model."
    if reason:
        raise InvalidInput("This model cannot be examined.", fields={"model": [reason]})


def _read(place: str, kind: type[BaseModel], value: Any, fields: dict[str, list[str]]) -> BaseModel | None:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        for where, messages in InvalidInput.from_pydantic(error, prefix=place).fields.items():
            fields.setdefault(where, []).extend(messages)
    return None
