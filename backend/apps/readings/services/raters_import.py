"""Bring in raters from a table: people who read elsewhere, and models."""

import hashlib
import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.apps.accounts.models import User
from backend.apps.readings import policies
from backend.apps.readings.errors import RaterTaken, TableRefused
from backend.apps.readings.models import Rater, ReaderStudy, Reading, StudyCase
from backend.apps.readings.services.locking import hold_study
from backend.apps.readings.services.notes import note
from backend.apps.registry.models import ModelVersion
from backend.common.errors import InvalidInput
from primia_core.evaluation.errors import ReadingsError
from primia_core.evaluation.opinions import Opinions, parse_opinions

RATER_NAME = re.compile(r"\w[\w .()-]{0,59}")
RESERVED = re.compile(r"(?i)case|truth|reader \d+")
MOST_RATERS = 30


@transaction.atomic
def raters_import(
    *, study_id: UUID, kind: str, name: str, table: str, model_version: UUID | None, by: User, now: datetime
) -> list[Rater]:
    """Make a rater for each column of a table, or one from a model's predictions.

    Args:
        kind: ``person`` or ``model``.
        name: of the rater, where the table holds one rater's predictions.
        table: a CSV of either form.
        model_version: which model's they are.
    Raises:
        RoleMissing: the user leads no such federation.
        TableRefused, InvalidInput, RaterTaken: what does not fit.
    """
    study = hold_study(study_id)
    policies.require_lead(user=by, study=study)
    policies.require_unblinded(user=by, study=study)
    version = _version(study, kind, model_version)
    cases = tuple(StudyCase.objects.filter(study=study))
    found = _parsed(table, study, cases)
    if version is not None and len(found) > 1:
        raise InvalidInput("One model, many raters.", fields={"table": ["Give the predictions of one model alone."]})
    _check_names(study, [one.rater or name for one in found])
    digest = hashlib.sha256(table.encode()).hexdigest()
    raters = [
        Rater.objects.create(
            study=study, kind=kind, name=one.rater or name, model_version=version, source_sha256=digest,
            created_by=by, created_at=now,
        )
        for one in found
    ]  # fmt: skip
    for rater, one in zip(raters, found, strict=True):
        _keep(study, rater, one, cases, now)
    detail = {"names": [rater.name for rater in raters], "kind": kind, "table_sha256": digest, "state": study.state}
    note(study, by, "raters.imported", detail, now)
    return raters


def _version(study: ReaderStudy, kind: str, version_id: UUID | None) -> ModelVersion | None:
    if version_id is None:
        return None
    version = ModelVersion.objects.filter(pk=version_id, federation=study.federation_id).first()
    if version is None or kind != Rater.Kind.MODEL:
        raise InvalidInput("The model does not fit.", fields={"model_version": ["Choose a model of this federation."]})
    return version


def _parsed(table: str, study: ReaderStudy, cases: Sequence[StudyCase]) -> tuple[Opinions, ...]:
    try:
        found = parse_opinions(table, classes=study.classes)
    except ReadingsError as error:
        raise _refusal(error.message) from error
    for one in found:
        known = {case.sha256 if one.by_file else case.number: case for case in cases}
        strangers = sum(key not in known for key in one.by_case)
        if strangers == len(one.by_case):
            raise _refusal(f"none of its {strangers} rows is a case of this study")
        if strangers and not one.by_file:
            raise _refusal(f"{strangers} of its rows name cases that this study does not have")
        wrong = sum(key in known and study.classes[known[key].truth] != said for key, said in one.truth.items())
        if wrong:
            raise _refusal(f"{wrong} of its truths are not those of this study, so it is of other cases")
    return found


def _check_names(study: ReaderStudy, names: Sequence[str]) -> None:
    odd = next((name for name in names if not RATER_NAME.fullmatch(name) or RESERVED.fullmatch(name)), None)
    if odd is not None:
        message = (
            f"{odd!r} is no name of a rater: begin with a letter, use 60 letters, digits, spaces and .()- at most."
        )
        raise InvalidInput("The name does not fit.", fields={"name": [message]})
    taken = set(Rater.objects.filter(study=study).values_list("name", flat=True))
    if twice := sorted(taken.intersection(names)):
        raise RaterTaken(f"This study has a rater {twice[0]!r}; choose another name.")
    if len(taken) + len(names) > MOST_RATERS:
        raise InvalidInput(
            "Too many raters.",
            fields={"table": [f"{len(taken) + len(names)} raters; a study has {MOST_RATERS} at most."]},
        )


def _keep(study: ReaderStudy, rater: Rater, opinions: Opinions, cases: Sequence[StudyCase], now: datetime) -> None:
    said = [(case, opinions.by_case.get(case.sha256 if opinions.by_file else case.number)) for case in cases]
    Reading.objects.bulk_create(
        Reading(
            id=uuid.uuid4(),
            rater=rater,
            case=case,
            label=study.classes.index(opinion.label),
            probabilities=list(opinion.probabilities) if opinion.probabilities else None,
            received_at=now,
        )
        for case, opinion in said
        if opinion is not None
    )


def _refusal(reason: str) -> TableRefused:
    return TableRefused(f"The table of readings does not fit: {reason}.", fields={"table": [reason]})
