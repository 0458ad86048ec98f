"""Make a study from its protocol and its table of cases."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.apps.accounts.models import User
from backend.apps.federations.policies import require_role
from backend.apps.federations.selectors import federation_get
from backend.apps.readings.errors import ReadingTaken, TableRefused
from backend.apps.readings.models import Look, ReaderStudy, StudyCase
from backend.apps.readings.roles import LEAD
from backend.apps.readings.services.notes import note
from backend.common.errors import InvalidInput
from primia_core.canonical import sha256_hex
from primia_core.evaluation.errors import ReadingsError
from primia_core.evaluation.study_cases import StudyCase as GivenCase
from primia_core.evaluation.study_cases import parse_cases

CLASS_NAME = re.compile(r"(?!(?:case|sha256|truth|label)$)\w[\w /()+.-]{0,39}")
LEAST_CLASSES, MOST_CLASSES = 2, 9


@transaction.atomic
def study_create(
    *,
    study_id: UUID,
    federation_id: UUID,
    title: str,
    question: str,
    classes: Sequence[str],
    margin: Decimal | None,
    washout: str,
    ask_confidence: bool,
    cases: str,
    by: User,
    now: datetime,
) -> tuple[ReaderStudy, bool]:
    """Keep a draft under its maker's own id; the same again finds the row that it made.

    Its maker has seen the truth, and so can never read in it.

    Args:
        cases: a CSV with the columns case, sha256, truth.
    Returns:
        The study, and whether this call made it.
    Raises:
        NotFound, RoleMissing: the user may not.
        InvalidInput, TableRefused: with what does not fit.
        ReadingTaken: the id came before with another study.
    """
    federation = federation_get(user=by, federation_id=federation_id)
    require_role(user=by, federation_id=federation.pk, roles=LEAD)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # one creation at a time, so that an id is seen once
    known = ReaderStudy.objects.filter(pk=study_id).first()
    if known is not None:
        if (known.created_by_id, known.federation_id, known.title) != (by.pk, federation.pk, title):
            raise ReadingTaken(f"The id {study_id} came before with another study; draw a new id for every study.")
        return known, False
    names = _class_names(classes)
    given = _cases(cases, names)
    seal = secrets.token_hex(32)
    protocol = {
        "title": title,
        "question": question,
        "classes": names,
        "margin": f"{margin:.3f}" if margin is not None else None,
    }
    study = ReaderStudy.objects.create(
        id=study_id, federation=federation, title=title, question=question, classes=names, margin=margin,
        washout=washout, ask_confidence=ask_confidence, seal=seal, protocol_sha256=protocol_hash(protocol, given, seal),
        created_by=by, created_at=now,
    )  # fmt: skip
    StudyCase.objects.bulk_create(
        StudyCase(study=study, number=one.case, sha256=one.sha256, truth=names.index(one.truth)) for one in given
    )
    Look.objects.create(study=study, user=by, what=Look.What.TRUTH, readings=0, at=now)
    detail = {"title": title, "cases": len(given), "protocol_sha256": study.protocol_sha256}
    note(study, by, "study.created", detail, now)
    return study, True


def protocol_hash(protocol: dict[str, Any], cases: Sequence[GivenCase], seal: str) -> str:
    """Return what binds a study to its protocol. Without the seal nobody can try every truth of a few cases on it."""
    rows = sorted([one.case, one.sha256, one.truth] for one in cases)
    return sha256_hex({"schema": 1, **protocol, "cases": rows, "seal": seal})


def _class_names(classes: Sequence[str]) -> list[str]:
    names = [name.strip() for name in classes]
    if not LEAST_CLASSES <= len(names) <= MOST_CLASSES or len(set(names)) != len(names):
        message = f"Give {LEAST_CLASSES} to {MOST_CLASSES} different names, one for each key from 1 to {MOST_CLASSES}."
        raise InvalidInput("The classes do not fit.", fields={"classes": [message]})
    odd = next((name for name in names if not CLASS_NAME.fullmatch(name)), None)
    if odd is not None:
        message = f"{odd!r} is no name of a class: 40 letters, digits and /()+.- at most, and none of a column."
        raise InvalidInput("The classes do not fit.", fields={"classes": [message]})
    return names


def _cases(text: str, classes: Sequence[str]) -> tuple[GivenCase, ...]:
    try:
        return parse_cases(text, classes=classes)
    except ReadingsError as error:
        raise TableRefused(
            f"The table of cases does not fit: {error.message}.", fields={"cases": [error.message]}
        ) from error
