"""What the form of a new job may say: parts of a plan, with the server's defaults and an error for each wrong field.

It knows the plan's parts; which sites take part is decided when the plan is made.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.common.errors import InvalidInput
from primia_core.attacks.plan import AuditPlan
from primia_core.federation.plan import Aggregation, DataPlan, EvaluationPlan, Selection, Strategy
from primia_core.federation.privacy_terms import objections
from primia_core.models.spec import ModelSpec
from primia_core.privacy import PrivacyPlan
from primia_core.training.config import LocalTraining

Json = dict[str, Any]

PARTS: Mapping[str, type[BaseModel]] = {
    "data": DataPlan,
    "model": ModelSpec,
    "training": LocalTraining,
    "strategy": Strategy,
    "selection": Selection,
    "aggregation": Aggregation,
}
SEEDS = 2**31


class JobSettings(BaseModel):
    """A job's settings, complete. ``seed`` fixes the initial weights and the sites' order of images."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: DataPlan
    model: ModelSpec
    training: LocalTraining
    strategy: Strategy
    selection: Selection
    aggregation: Aggregation
    seed: int = Field(ge=0, lt=SEEDS)
    evaluation: EvaluationPlan | None = None
    audit: AuditPlan | None = None
    privacy: PrivacyPlan | None = None

    @property
    def trains(self) -> bool:
        """Say whether a job with these settings makes a model."""
        return self.evaluation is None and self.audit is None

    @property
    def purpose(self) -> str:
        """Return what a plan with these settings is for."""
        return "train" if self.trains else "examine"


def settings_read(
    given: object, *, min_survivors: int, task: str | None, classes: tuple[str, ...] | None
) -> JobSettings:
    """Read the form's settings.

    Args:
        given: nested settings; whatever is left out has a default.
        min_survivors: the federation's; a job may ask for more, never for fewer.
        task, classes: of the federation's cohorts, where they have one in common; the defaults.
    Raises:
        InvalidInput: with an entry for each wrong field, named like ``settings.training.batch_size``.
    """
    if not isinstance(given, Mapping):
        raise InvalidInput("Settings are an object.", fields={"settings": ["Give an object of parts."]})
    fields: dict[str, list[str]] = {}
    for name in sorted(set(given) - {*PARTS, "seed", "privacy"}):
        fields[f"settings.{name}"] = ["There is no such setting."]
    values = _with_defaults(given, min_survivors, task, classes)
    parts = {name: _part(name, kind, values[name], fields) for name, kind in PARTS.items()}
    seed = given.get("seed", secrets.randbelow(SEEDS))
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < SEEDS:
        fields["settings.seed"] = [f"Give a whole number from 0 to {SEEDS - 1}."]
    privacy = _part("privacy", PrivacyPlan, given["privacy"], fields) if given.get("privacy") else None
    if not fields:
        _check_together(parts, min_survivors, fields)
    if fields:
        raise InvalidInput("Some settings do not fit; see fields.", fields=fields)
    settings = JobSettings(**parts, seed=seed, privacy=privacy)
    if broken := objections(settings):
        raise InvalidInput("The promise of privacy cannot be kept; see fields.", fields={"settings.privacy": broken})
    return settings


def _with_defaults(
    given: Mapping[str, Any], min_survivors: int, task: str | None, classes: tuple[str, ...] | None
) -> dict[str, Any]:
    values = {name: given.get(name) or {} for name in PARTS}
    if not all(isinstance(value, Mapping) for value in values.values()):
        return values
    cohort = {"task": task, "classes": classes}
    data = {**{name: value for name, value in cohort.items() if value}, **values["data"]}
    classes_wanted = data.get("classes") or DataPlan().classes
    model: Json = {"classes": len(classes_wanted)} if isinstance(classes_wanted, list | tuple) else {}
    training = dict(values["training"])
    if training.get("epochs") and "steps" not in training:
        training["steps"] = None  # the default counts steps; whoever counts epochs need not say so twice
    return {
        **values,
        "data": data,
        "model": {**model, **values["model"]},
        "training": training,
        "aggregation": {"min_survivors": max(min_survivors, 2), **values["aggregation"]},
    }


def _part(name: str, kind: type[BaseModel], value: Any, fields: dict[str, list[str]]) -> BaseModel | None:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        for place, messages in InvalidInput.from_pydantic(error, prefix=f"settings.{name}").fields.items():
            fields.setdefault(place, []).extend(messages)
    return None


def _check_together(parts: Mapping[str, Any], min_survivors: int, fields: dict[str, list[str]]) -> None:
    if parts["model"].classes != len(parts["data"].classes):
        fields["settings.model.classes"] = [f"The data have {len(parts['data'].classes)} classes; leave this out."]
    if parts["aggregation"].min_survivors < min_survivors:
        fields["settings.aggregation.min_survivors"] = [f"The federation asks for at least {min_survivors} sites."]
